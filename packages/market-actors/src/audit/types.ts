/** What the market keeps for its audits. */
import type { Audits } from '@pocas/clearing/audit';
import type { Facet } from '@pocas/vat-runtime';

export type AuditPart = {
  audits(): Facet<Audits>;
  /** What was sold, for how much in all. Whoever bought is not said. In the turn in which the sale is done. */
  noteSale(what: string, price: bigint): void;
  /** An epoch has ended. */
  begin(epoch: bigint): void;
};
