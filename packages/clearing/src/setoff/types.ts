/** What is set off: obligations and lines in, what is cleared of them out. Docs: docs/clearing.md. */

/** What somebody owes somebody. */
export type Obligation = {
  /** What it came from: unique, 1 to 200 characters, best a SHA-256. It breaks ties, so nobody should be free to choose it alone. */
  readonly origin: string;
  readonly debtor: string;
  readonly creditor: string;
  /** In the smallest unit of the currency. Above zero. */
  readonly amount: bigint;
  /** Among those with equal parties and weight, the smaller is cleared first. Any ordinal, such as milliseconds. Without one: last. */
  readonly due?: bigint;
  /** What clearing one unit of it is worth. Above zero. Default 1. */
  readonly weight?: bigint;
  /** Not negative, default 0. Higher ones are cleared first where this costs no total. Not together with `weight`. */
  readonly priority?: bigint;
};

/** New debt that both sides agree to: the borrower may come to owe the lender up to `limit` more. */
export type Line = {
  readonly origin: string;
  readonly lender: string;
  readonly borrower: string;
  readonly limit: bigint;
};

/** All of one currency. Currencies never mix: each is set off alone. */
export type Network = {
  readonly obligations: readonly Obligation[];
  readonly lines?: readonly Line[];
};

/** The same in numbers, as solvers see it, in columns: edge i goes from debtors[i] to creditors[i]. */
export type Problem = {
  /** Participants have the numbers 0 to participants − 1. */
  readonly participants: number;
  /** For a line: the lender. */
  readonly debtors: readonly number[];
  /** For a line: the borrower. */
  readonly creditors: readonly number[];
  readonly amounts: readonly bigint[];
  /** Of any sign. */
  readonly weights: readonly bigint[];
};

export type Solution = {
  /** For each edge, from 0 to its amount. */
  readonly cleared: readonly bigint[];
  /** For each participant: the certificate. */
  readonly prices: readonly bigint[];
};
