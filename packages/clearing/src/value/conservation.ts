/**
 * What must be true of the value of one brand after every turn (SPEC C1, C2, C4), of any kind of brand.
 * It knows nothing of how a ledger works, so that a test can hold any ledger to it.
 */
import { distance, sum } from '../amount/sum.ts';
import type { AccountEntry, Books, LedgerStatement } from './types.ts';

/** The totals of the books. What a ledger keeps as it goes must be the same. */
export const statementOf = (
  unit: string,
  { accounts, holds, payments, issued }: Books,
): LedgerStatement => {
  const total = (kind: AccountEntry['kind'], value: (balance: bigint) => bigint): bigint =>
    sum(accounts.filter((entry) => entry.kind === kind).map(({ balance }) => value(balance)));
  const totals = {
    credit: total('member', (balance) => (balance > 0n ? balance : 0n)),
    debt: total('member', (balance) => (balance < 0n ? -balance : 0n)),
    held: sum(holds.map(({ value }) => value)),
    payments: sum(payments.map(({ value }) => value)),
    pools: total('pool', (balance) => balance),
    commons: total('commons', (balance) => balance),
  };
  const open = accounts.filter(({ kind, status }) => kind === 'member' && status !== 'closed');
  return { unit, accounts: BigInt(open.length), ...totals, sum: sumOf(totals) - issued };
};

/** All of it with its sign. */
export const sumOf = (
  totals: Pick<LedgerStatement, 'credit' | 'debt' | 'held' | 'payments' | 'pools' | 'commons'>,
): bigint => {
  const { credit, debt, held, payments, pools, commons } = totals;
  return credit - debt + held + payments + pools + commons;
};

/** Adds up `value` by the number that `of` says, in one pass: books may be long. */
const addUp = <Entry extends { readonly value: bigint }>(
  entries: readonly Entry[],
  of: (entry: Entry) => bigint,
): ReadonlyMap<bigint, bigint> => {
  const sums = new Map<bigint, bigint>();
  for (const entry of entries) sums.set(of(entry), (sums.get(of(entry)) ?? 0n) + entry.value);
  return sums;
};

/**
 * Each broken invariant as a sentence; empty for sound books.
 *
 * That somebody owes more than the limit is no fault by itself, since limits may fall: see `faultsBetween`.
 *
 * @param step - of the brand: every value is a multiple of it
 */
export const faultsOf = (books: Books, step = 1n): string[] => {
  const { accounts, holds, payments, issued } = books;
  const faults: string[] = [];
  const total =
    sum(accounts.map(({ balance }) => balance)) +
    sum(holds.map(({ value }) => value)) +
    sum(payments.map(({ value }) => value));
  if (total !== issued)
    faults.push(`accounts, holds and payments sum to ${total} of ${issued} that was issued`);

  const asPayer = addUp(holds, ({ payer }) => payer);
  const asPayee = addUp(holds, ({ payee }) => payee);
  const asPayments = addUp(payments, ({ account }) => account);
  for (const entry of accounts) {
    const { number, kind, status, balance } = entry;
    const counts = [
      ['held', entry.held, asPayer.get(number) ?? 0n],
      ['incoming', entry.incoming, asPayee.get(number) ?? 0n],
      ['withdrawn', entry.withdrawn, asPayments.get(number) ?? 0n],
    ] as const;
    for (const [name, said, found] of counts) {
      if (said !== found) faults.push(`account ${number} counts ${said} ${name}, not ${found}`);
    }
    if (kind === 'pool' && balance < 0n) faults.push(`pool ${number} owes ${distance(balance)}`);
    if (status === 'closed' && balance !== 0n)
      faults.push(`account ${number} is closed and has ${balance}`);
    if (balance % step !== 0n) faults.push(`account ${number} has ${balance}, in steps of ${step}`);
  }
  const numbers = new Set(accounts.map(({ number }) => number));
  if (numbers.size !== accounts.length) faults.push('two accounts have one number');
  if (accounts.filter(({ kind }) => kind === 'commons').length > 1)
    faults.push('there are two commons');
  for (const { number, payer, payee, value } of holds) {
    if (value < 0n) faults.push(`hold ${number} is negative`);
    if (!numbers.has(payer) || !numbers.has(payee)) faults.push(`hold ${number} lacks an account`);
  }
  for (const { number, account, value } of payments) {
    if (value < 0n) faults.push(`payment ${number} is negative`);
    if (!numbers.has(account)) faults.push(`payment ${number} lacks an account`);
  }
  for (const [what, entries] of [
    ['holds', holds],
    ['payments', payments],
  ] as const) {
    if (new Set(entries.map(({ number }) => number)).size !== entries.length)
      faults.push(`two ${what} have one number`);
  }
  return faults;
};

/**
 * What a turn did that no turn may do (SPEC C2, invariant 2): a balance falls by its holder's act alone, and
 * never below the limit, which for the commons is its floor. A limit that fell took nothing from anybody.
 */
export const faultsBetween = (before: Books, after: Books): string[] => {
  const earlier = new Map(before.accounts.map((entry) => [entry.number, entry]));
  return after.accounts.flatMap(({ number, balance, debitLimit, kind }) => {
    const was = earlier.get(number)?.balance ?? 0n;
    // The floor of a commons holds for what is moved to it too, such as a debt.
    if (balance >= was || balance >= -debitLimit) return [];
    return [`${kind} ${number} went from ${was} to ${balance}, below ${-debitLimit}`];
  });
};

type Taker = Pick<AccountEntry, 'balance' | 'ceiling'> & { readonly kind?: AccountEntry['kind'] };

/**
 * Whether an account may take this much more without being asked (SPEC C2, invariants 3 and 4).
 * Up to its ceiling it may; beyond, only what brings it closer to zero. Pools and commons have no ceiling.
 */
export const mayTake = ({ balance, ceiling, kind = 'member' }: Taker, value: bigint): boolean =>
  kind !== 'member' || balance + value <= ceiling || distance(balance + value) < distance(balance);

/** How much of a value passes the ceiling and waits for the receiver's word, in whole steps of the brand. */
export const excessOf = (taker: Taker, value: bigint, step = 1n): bigint => {
  if (mayTake(taker, value)) return 0n;
  const { balance, ceiling } = taker;
  const room = ceiling > balance ? ceiling - balance : 0n;
  return value - (room - (room % step));
};
