/**
 * The types of the facets that market actors hand out. The vats themselves are entry points of
 * their own: `@pocas/market-actors/market`, `…/wallet`, `…/reception` and `…/item`.
 */
export type * from './charter/types.ts';
export type * from './decision/types.ts';
export type * from './founding/types.ts';
export type * from './market/types.ts';
export type { MarketPowers } from './market/vat.ts';
export type * from './offer/types.ts';
export type * from './order/types.ts';
export type * from './reception/types.ts';
export type * from './bulk/types.ts';
export type * from './free-store/types.ts';
export type * from './label/types.ts';
export type * from './subscription/types.ts';
export type { ForVisitors, Visitor, VisitorOrdered, VisitorView } from './visitor/types.ts';
export type * from './wallet/types.ts';
export type { AppTerms, Sale, WalletApp, WalletAppView, WalletApps } from './wallet/app-types.ts';
export type { CreditsDone, CreditsView, WalletCredits } from './wallet/credits-types.ts';
export type { WalletDevices } from './wallet/devices.ts';
export type { Entry } from './wallet/entry.ts';
export type {
  Guardian,
  GuardianOffer,
  GuardianSeat,
  Help,
  Recovery,
  WalletGuarding,
} from './wallet/guard-types.ts';
export type { WalletGuardians } from './wallet/guardians.ts';
export type { WalletAttestations } from './wallet/holder.ts';
export type { WalletInbox, WalletThings } from './wallet/inbox.ts';
export type { RecoveryPhase, RecoveryView, WalletRecovery } from './wallet/recovery-types.ts';
export type * from './vault/types.ts';
export type * from './custody/types.ts';
export {
  answerContext,
  answerText,
  chainAfter,
  contextOf,
  headText,
  printOf,
  purposeOf,
  readAnswer,
  sawText,
  sealDigest,
  sealText,
  tagOf,
} from './vault/texts.ts';
export { type Liar, type Opened, faultOfTerms, readParts } from './vault/viewer.ts';
export { divideZone, shelfRuleVersion } from './shelf/rule.ts';
export type { Division, ShelfClaim, ShelfRule, ShelfShare } from './shelf/rule-types.ts';
export type * from './shelf/types.ts';
// What a program checks before it asks a market: the very rules that the market goes by.
export { faultOf as offerFault } from './offer/terms.ts';
export { isUnwanted, kindOf } from './need/rules.ts';
export { reviewContext } from './review/context.ts';
export { appreciationContext, saleContext } from './till/context.ts';
export type {
  BlindDesk,
  BlindDeskView,
  BlindOrder,
  BlindOrderView,
  Bought,
  ForSale,
  Purchase,
  Till,
  TillView,
} from './till/types.ts';
export type {
  DraftNeed,
  Need,
  NeedBoardPage,
  NeedDesk,
  OpenNeed,
  OwnNeed,
  Posted,
} from './need/types.ts';
export type { Promised, VoucherDesk } from './voucher/types.ts';
export type { BridgeCare, BridgeDesk, BridgeView, TradePage } from './bridge/types.ts';
export type { Claim, ClaimListener, ItemOwner, ItemView } from './item/types.ts';
export type { ThingsKeeper, ThingsView } from './item/things.ts';
