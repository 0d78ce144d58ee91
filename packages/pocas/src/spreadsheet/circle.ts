/** A set-off circle as it stands in files: who owes whom, who lends whom how much, and who wants what of money. */
import type { Sign } from './decimals.ts';
import type { Fault } from './faults.ts';
import type { Delimiter } from './table.ts';

/** Amounts are in the smallest unit of their currency. */
export type Debt = {
  /** Where it stands in the file. It names the debt in all that we write. */
  readonly line: number;
  /** What the file calls it, or ''. */
  readonly id: string;
  readonly debtor: string;
  readonly creditor: string;
  readonly amount: bigint;
  /** Days since 1970. */
  readonly due?: bigint;
  readonly priority?: bigint;
  readonly weight?: bigint;
  /** SHA-256 of all that the row says: see `origins.ts`. */
  readonly origin: string;
};

export type CreditLine = {
  readonly line: number;
  readonly lender: string;
  readonly borrower: string;
  readonly limit: bigint;
  readonly origin: string;
};

export type Wish = {
  readonly line: number;
  readonly participant: string;
  readonly recall: bigint;
  readonly pays: bigint;
};

/** All of one currency. */
export type Part = {
  /** As the file calls it, or '' where it names none. */
  readonly currency: string;
  /** The smallest unit is one divided by ten so many times: as many decimals as the files have. */
  readonly places: number;
  readonly debts: readonly Debt[];
  readonly lines: readonly CreditLine[];
  readonly wishes: readonly Wish[];
};

export type Circle = {
  readonly delimiter: Delimiter;
  /** The sign before decimals. Where the file has none: the point. */
  readonly sign: Sign;
  readonly hasId: boolean;
  readonly hasCurrency: boolean;
  /** By the first line of each. */
  readonly parts: readonly Part[];
  /** Rows that were left out, as was asked for. */
  readonly skipped: readonly Fault[];
  /** What was understood and may surprise; sentences in English. */
  readonly notices: readonly string[];
};
