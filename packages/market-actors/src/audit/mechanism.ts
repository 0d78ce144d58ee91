/** The public audit (SPEC C5) as a market takes it in: anybody sees it, and each participant a share of their own. */
import type { Facet } from '@pocas/vat-runtime';
import type { Mechanism } from '../inside/types.ts';
import { makeAuditPart } from './part.ts';
import type { AuditPart } from './types.ts';

export const auditMechanism: Mechanism = {
  name: 'audit',
  found(market) {
    const { part, audits } = makeAuditPart(market);
    return { part, publicPage: audits.public() };
  },
  desk: (market, member) => ({
    desk: (market.part('audit') as Facet<AuditPart>).audits().share(member.payee().number()),
  }),
  endEpoch: (market, epoch) => (market.part('audit') as Facet<AuditPart>).begin(epoch),
};
