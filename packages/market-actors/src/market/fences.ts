/**
 * What of a market comes out of a participant's share as it is (`fence.ts` of the actors): what only designates,
 * so that people can hand it to each other and to the till, and what is the same for everybody.
 *
 * Everything else that a participant obtains stands behind their fence, and is renewed with it. So a kind of
 * facet that is not listed here costs some rows for each participant who sees it, and one that is listed by
 * mistake stays with a lost device: when in doubt, leave it out.
 */
export const openFacets: readonly string[] = [
  // Designate somebody, or something that is offered or asked for.
  'Participant card',
  'LabelDesk card',
  'BulkDesk card',
  'BridgePartner card',
  'BridgePosted card',
  'OfferVersion offer',
  'Need need',
  // Safe to post, or meant to be given away.
  'Invitation invitation',
  'CreditAccount payee',
  'CreditPayment payment',
  // Of values: compared by identity, by everybody.
  'CreditLedger brand',
  'CreditLedger issuer',
  'CreditLedger auditor',
  'VoucherSeries series',
  // The same for everybody.
  'Charter charterPublic',
  'CharterEntry entry',
  'JournalReader reader',
  'Label public',
  'Tag public',
  'Bulk public',
  'Plan public',
  'MarketPublic marketPublic',
  'MarketPublic door',
  'OfferBook publicPage',
  'NeedBoard page',
  'Audits public',
  'Till till',
];
