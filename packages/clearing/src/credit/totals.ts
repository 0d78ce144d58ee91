/** What an auditor sees of a ledger, counted as it changes, so that nobody has to read all accounts for it. */
import type { AccountKind, LedgerStatement } from '../value/types.ts';

export type Totals = Pick<
  LedgerStatement,
  'accounts' | 'credit' | 'debt' | 'held' | 'payments' | 'pools' | 'commons'
>;
export const nothing: Totals = {
  accounts: 0n,
  credit: 0n,
  debt: 0n,
  held: 0n,
  payments: 0n,
  pools: 0n,
  commons: 0n,
};

const above = (value: bigint): bigint => (value > 0n ? value : 0n);

/** The totals when a balance has changed. */
export const withMoved = (
  totals: Totals,
  kind: AccountKind,
  before: bigint,
  after: bigint,
): Totals => {
  const by = after - before;
  if (kind === 'pool') return { ...totals, pools: totals.pools + by };
  if (kind === 'commons') return { ...totals, commons: totals.commons + by };
  const credit = totals.credit + above(after) - above(before);
  const debt = totals.debt + above(-after) - above(-before);
  return { ...totals, credit, debt };
};

/** The totals with so much more, or less, of one of them. */
export const withMore = (
  totals: Totals,
  what: 'accounts' | 'held' | 'payments',
  by: bigint,
): Totals => ({ ...totals, [what]: totals[what] + by });
