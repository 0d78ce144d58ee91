/** What an audit takes from the books of a ledger. */
import type { TokenCount } from '../blind/types.ts';
import type { Books } from '../value/types.ts';
import type { AuditBooks, AuditTotals } from './types.ts';

/** The label of the pool that stands behind blind credits. */
export const floatLabel = 'float';

const total = (values: readonly { readonly value: bigint }[]): bigint =>
  values.reduce((sum, { value }) => sum + value, 0n);

/**
 * Accounts of people, each with its balance, and all else as totals. Closed accounts are empty, and are left out.
 *
 * @param tokens - of all that are good still
 */
export const auditBooksOf = (
  { accounts, holds, payments }: Books,
  tokens: readonly TokenCount[],
): AuditBooks => {
  const balanceOf = (isMeant: (account: Books['accounts'][number]) => boolean): bigint =>
    accounts.filter(isMeant).reduce((sum, { balance }) => sum + balance, 0n);
  const totals: AuditTotals = {
    float: balanceOf(({ kind, label }) => kind === 'pool' && label === floatLabel),
    pools: balanceOf(({ kind, label }) => kind === 'pool' && label !== floatLabel),
    commons: balanceOf(({ kind }) => kind === 'commons'),
    held: total(holds),
    payments: total(payments),
  };
  return {
    accounts: accounts
      .filter(
        ({ kind, status, balance }) => kind === 'member' && (status !== 'closed' || balance !== 0n),
      )
      .map(({ number, balance }) => ({ number, balance })),
    totals,
    tokens,
  };
};
