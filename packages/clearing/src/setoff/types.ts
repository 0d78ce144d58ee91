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

/** What a solver may be told. `progress` hears of the part done, from 0 to 1, some 100 times at most. */
export type { Control } from './circulation.ts';

/** Which rules a result comes from. Another version may clear another of several best set-offs. */
export type Rule = 'setoff/1';

/**
 * What a set-off clears. Lists of pairs, so `new Map(result.cleared)` finds by origin.
 * All of it is frozen, and does not depend on the order in which anything was given.
 */
export type Result = {
  readonly rule: Rule;
  /** Of all obligations together. */
  readonly total: bigint;
  /** Of all lines together: debt that is new. */
  readonly lent: bigint;
  /** Of each obligation, in the order of origins. */
  readonly cleared: readonly (readonly [origin: string, value: bigint])[];
  /** Of each line, in the order of origins: what the borrower owes the lender newly, under the line's origin. */
  readonly drawn: readonly (readonly [origin: string, value: bigint])[];
  /** The certificate, for each participant in the order of its number. */
  readonly prices: readonly (readonly [participant: string, price: bigint])[];
};

/** A network in numbers, in the order that decides ties (`numberNetwork`). */
export type Numbered = {
  readonly problem: Problem;
  /** By number. */
  readonly participants: readonly string[];
  /** For each edge of the problem, what it is. */
  readonly edges: readonly (
    | { readonly kind: 'obligation'; readonly obligation: Obligation }
    | { readonly kind: 'line'; readonly line: Line }
  )[];
};

/** An edge as one of its two ends sees it, with the price of the other one: what it needs to check the certificate alone. */
export type OwnRow = {
  readonly edge: number;
  /** `from`: this participant is the debtor of the obligation, or the lender of the line. */
  readonly end: 'from' | 'to';
  /** What this participant lodged of it at most. */
  readonly max: bigint;
  readonly cleared: bigint;
  readonly weight: bigint;
  /** The price of this participant, the same in all its rows. */
  readonly own: bigint;
  /** The price of the other end. */
  readonly other: bigint;
  /** Where it is known, the sign of the weight is checked too: an obligation's is above zero, a line's below. */
  readonly kind?: 'obligation' | 'line';
};

/** What came round in one loop. */
export type FlowLoop = {
  readonly value: bigint;
  /** Each begins where the one before ends, and the first where the last ends. */
  readonly edges: readonly number[];
};

/** A debt that is left, or new by a line. */
export type Remaining = {
  readonly origin: string;
  readonly debtor: string;
  readonly creditor: string;
  readonly amount: bigint;
  /** Whether a line made it, which is then its origin. */
  readonly isNew: boolean;
};

/** Debts in numbers: debt i is owed by debtors[i] to creditors[i]. */
export type Debts = {
  readonly participants: number;
  readonly debtors: readonly number[];
  readonly creditors: readonly number[];
  readonly amounts: readonly bigint[];
};

/** For each participant by its number. Neither is negative. */
export type Money = {
  /** How much of what it is owed on balance it wants to be paid. */
  readonly recall: readonly bigint[];
  /** How much outside money it can put in. No more than it owes on balance is taken. */
  readonly pays: readonly bigint[];
};

/** What is paid in outside money. */
export type Payments = {
  /** For each debt, what its debtor pays of it. Nobody pays on what was not paid to it or put in by it. */
  readonly paid: readonly bigint[];
  /** For each participant, what it puts in: no more than `pays`, nor than it owes on balance. */
  readonly putIn: readonly bigint[];
  /** For each participant, what it keeps: no more than `recall`, nor than it is owed on balance. */
  readonly received: readonly bigint[];
  /** Of outside money in all: the sum of either list. */
  readonly total: bigint;
  /** What cannot be served, since too little can be put in: the sum of what recalling participants wanted beyond `received`. */
  readonly unserved: bigint;
};

/** A payment from one to another in outside money. */
export type Transfer<Who = number> = {
  readonly from: Who;
  readonly to: Who;
  readonly value: bigint;
};
