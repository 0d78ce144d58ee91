/** What an activity keeps of one member: one row, whatever the window is. */
import { sum } from '../amount/amount.ts';
import type { Limits } from '../value/types.ts';
import { firstReliability } from './bounds.ts';
import { ceilingOf } from './rule.ts';
import type { Counted, LimitParams, LimitTerms, Vouch } from './types.ts';

/** How many vouches one member may give, and how many it may have been given. */
export const maxVouches = 30;
/** With so many open buyers in one epoch a seller's further ones are not counted: a row must stay small. */
export const maxBuyers = 500;

/** What was counted in the epoch that runs. */
export type Running = {
  readonly sold: bigint;
  /** Below zero where more came back than left: it is taken from earlier epochs when this one ends. */
  readonly spent: bigint;
  /** All that came in for sales, whether it counts or not. */
  readonly received: bigint;
  /** Appreciation tokens that were taken. */
  readonly appreciations: bigint;
  readonly faults: bigint;
  /** What was counted of sales to each open buyer. Forgotten with the epoch. */
  readonly buyers: readonly { readonly buyer: bigint; readonly sold: bigint }[];
};
export type Row = {
  readonly base: bigint;
  readonly reliability: bigint;
  /** Of the account when the last epoch ended. */
  readonly balance: bigint;
  readonly published: bigint;
  /** Past epochs, packed: the newest first; only those in which something counts, within the window. */
  readonly past: string;
  readonly running: Running;
  readonly given: readonly Vouch[];
  readonly taken: readonly Vouch[];
  /** As they were when the last epoch ended. */
  readonly terms: LimitTerms;
};

export const nothingYet: Running = {
  sold: 0n,
  spent: 0n,
  received: 0n,
  appreciations: 0n,
  faults: 0n,
  buyers: [],
};

/**
 * Counts as one text. Every member's row is written at each epoch's end, and a text costs a vat a
 * fraction of what a dozen records do.
 */
export const packCounts = (counted: readonly Counted[]): string =>
  counted.map(({ epoch, sold, spent }) => `${epoch}:${sold}:${spent}`).join(' ');

/** What `packCounts` made. */
export const unpackCounts = (past: string): readonly Counted[] =>
  past === ''
    ? []
    : past.split(' ').map((text) => {
        const [epoch, sold, spent] = text.split(':').map(BigInt);
        // The casts hold because this file alone writes these texts.
        return { epoch: epoch!, sold: sold!, spent: spent! };
      });

/** A member of whom nothing is known. */
export const makeRow = (base: bigint): Row => ({
  base,
  reliability: firstReliability,
  balance: 0n,
  published: base,
  past: '',
  running: nothingYet,
  given: [],
  taken: [],
  terms: { turnover: 0n, activity: 0n, saturation: 0n, wanted: 0n, earned: 0n },
});

export const totalOf = (vouches: readonly Vouch[]): bigint => sum(vouches.map((one) => one.value));

/** `debitLimit_i = L_i + in_i − out_i`, and the ceiling. */
export const limitsOfRow = (params: LimitParams, { published, given, taken }: Row): Limits => {
  const vouchedIn = totalOf(taken);
  const debitLimit = published + vouchedIn - totalOf(given);
  return {
    // Below zero only where a lender's own limit fell and what it lent is in use.
    debitLimit: debitLimit > 0n ? debitLimit : 0n,
    ceiling: ceilingOf(params, published, vouchedIn),
  };
};
