/**
 * What must be true of a mutual credit ledger after every turn (SPEC C2, C4).
 * It knows nothing of how the ledger works, so that a test can hold any ledger to it.
 */
import { distance, sum } from '../amount/amount.ts';

export type AccountEntry = {
  readonly number: bigint;
  readonly balance: bigint;
  /** Value that left the balance into this account's open holds. */
  readonly held: bigint;
  /** Value in open holds of others that are meant for this account. */
  readonly incoming: bigint;
  readonly debitLimit: bigint;
  readonly ceiling: bigint;
};

/** An open hold. */
export type HoldEntry = {
  readonly number: bigint;
  readonly payer: bigint;
  readonly payee: bigint;
  readonly value: bigint;
};

/** Everything a ledger says about itself. For the market that runs it, and for tests. */
export type Books = {
  readonly accounts: readonly AccountEntry[];
  readonly holds: readonly HoldEntry[];
};

/** The books in total, without anybody's account. */
export type Statement = {
  readonly unit: string;
  readonly accounts: bigint;
  /** Sum of the balances above zero. */
  readonly credit: bigint;
  /** Sum of the balances below zero, as a positive value. */
  readonly debt: bigint;
  /** Value in open holds. */
  readonly held: bigint;
  /** credit − debt + held. Zero, or the ledger is broken. */
  readonly sum: bigint;
};

/** The totals of the books. */
export const statementOf = (unit: string, { accounts, holds }: Books): Statement => {
  const credit = sum(accounts.map(({ balance }) => (balance > 0n ? balance : 0n)));
  const debt = sum(accounts.map(({ balance }) => (balance < 0n ? -balance : 0n)));
  const held = sum(holds.map(({ value }) => value));
  return { unit, accounts: BigInt(accounts.length), credit, debt, held, sum: credit - debt + held };
};

/** Each broken invariant as a sentence; empty for sound books. */
export const faultsOf = (books: Books): string[] => {
  const { accounts, holds } = books;
  const faults: string[] = [];
  const total = sum(accounts.map(({ balance }) => balance)) + sum(holds.map(({ value }) => value));
  if (total !== 0n) faults.push(`accounts and holds sum to ${total}`);

  for (const { number, balance, held, incoming, debitLimit } of accounts) {
    if (balance < -debitLimit) faults.push(`account ${number} owes ${distance(balance)}`);
    const asPayer = sum(holds.filter(({ payer }) => payer === number).map(({ value }) => value));
    if (held !== asPayer) faults.push(`account ${number} counts ${held} held, not ${asPayer}`);
    const asPayee = sum(holds.filter(({ payee }) => payee === number).map(({ value }) => value));
    if (incoming !== asPayee)
      faults.push(`account ${number} counts ${incoming} incoming, not ${asPayee}`);
  }
  const numbers = new Set(accounts.map(({ number }) => number));
  if (numbers.size !== accounts.length) faults.push('two accounts have one number');
  for (const { number, payer, payee, value } of holds) {
    if (value < 0n) faults.push(`hold ${number} is negative`);
    if (!numbers.has(payer) || !numbers.has(payee)) faults.push(`hold ${number} lacks an account`);
  }
  return faults;
};

/**
 * Whether an account may take this much more (SPEC C2, invariants 3 and 4).
 * Up to its ceiling it may; beyond, only what brings it closer to zero.
 *
 * @param incoming - what was promised to it already and counts as received
 */
export const mayTake = (
  { balance, incoming, ceiling }: Pick<AccountEntry, 'balance' | 'incoming' | 'ceiling'>,
  value: bigint,
): boolean =>
  balance + incoming + value <= ceiling || distance(balance + value) < distance(balance);
