/** The rules under which a caretaker or a membrane lets a message through. */
import type { CastedPattern } from '@endo/patterns';
import { M } from '@endo/patterns';
import type { Clock, Facet } from '@pocas/vat-runtime';
import { identityOf, send, typed } from '@pocas/vat-runtime';
import type { Budget } from './budget.ts';
import type { Refusal } from './refusal.ts';
import { refuse } from './refusal.ts';

/** A durable facet that is told of each use, by `send`. */
export type Witness = {
  used(notice: { readonly method: string; readonly use: bigint }): unknown;
};

export type Rules = {
  /** The methods that are let through; all where it is absent. Others are refused as `unsupported`. */
  readonly methods?: readonly string[];
  /**
   * Only what changes nothing, held to by the vat: a call whose turn would change or send anything is
   * undone, and throws. For a target in the same vat; for one elsewhere give `methods`.
   */
  readonly readOnly?: boolean;
  /** How many uses in all. Then: `limit`. */
  readonly uses?: bigint;
  /** How many uses in any span of so many milliseconds, at most 1000. Beyond: `limit`. Needs `clock`. */
  readonly rate?: { readonly uses: bigint; readonly per: bigint };
  /** From this time on: `expired`. Needs `clock`. */
  readonly expires?: bigint;
  readonly witness?: Witness;
  /** In the same vat. Each use spends 1 of it; where it cannot: `limit`. */
  readonly budget?: Facet<Budget>;
  readonly clock?: Clock;
};

/** What of the rules changes. */
export type RulesState = {
  readonly rules: Rules;
  used: bigint;
  /** The times of the last uses, as many as `rate` looks back on. */
  times: readonly bigint[];
};

const RateShape = M.splitRecord({ uses: M.nat(), per: M.nat() });

export const RulesShape: CastedPattern<Rules> = typed<Rules>(
  M.splitRecord(
    {},
    {
      methods: M.arrayOf(M.string()),
      readOnly: M.boolean(),
      uses: M.nat(),
      rate: RateShape,
      expires: M.nat(),
      witness: M.remotable('witness'),
      budget: M.remotable('budget'),
      clock: M.remotable('clock'),
    },
    {},
  ),
);

const maxRate = 1000n;

/** Whether an object is of this vat: its identity begins with its number, that of another with a sign. */
export const isOwn = (target: unknown): boolean => !identityOf(target).startsWith('-');

/** @throws where the rules cannot be held to */
export const checkRules = (rules: Rules, target: object): void => {
  const { rate, expires, clock, readOnly, budget } = rules;
  if ((rate !== undefined || expires !== undefined) && clock === undefined) {
    throw TypeError('Cannot make caretaker: "rate" and "expires" need a clock');
  }
  if (rate !== undefined && (rate.uses < 1n || rate.uses > maxRate)) {
    throw RangeError(`Cannot make caretaker: "rate" takes 1 to ${maxRate} uses`);
  }
  if (readOnly === true && !isOwn(target)) {
    throw TypeError(
      'Cannot make caretaker: "readOnly" is held to in this vat only, and the target is elsewhere; give "methods"',
    );
  }
  if (budget !== undefined && typeof budget.spend !== 'function') {
    throw TypeError('Cannot make caretaker: its budget is not in this vat');
  }
};

/** Why no message at all may come through now. */
export const refusalNow = ({ expires, clock }: Rules): Refusal | undefined =>
  expires !== undefined && clock!.now() >= expires ? refuse('expired') : undefined;

/** Why this method may not be called; undefined where it may. */
export const refusalOf = (rules: Rules, method: string): Refusal | undefined =>
  rules.methods !== undefined && !rules.methods.includes(method)
    ? refuse('unsupported')
    : undefined;

/**
 * Counts a use, and tells the witness. In the turn of the use, so that it is undone with it.
 *
 * @param requestOf - names the use to the budget: never the same for two
 * @returns why there may be no more; then nothing was counted
 */
export const noteUse = (
  state: RulesState,
  method: string,
  requestOf: (use: bigint) => string,
): Refusal | undefined => {
  const { uses, rate, witness, budget, clock } = state.rules;
  const use = state.used + 1n;
  if (uses !== undefined && use > uses) return refuse('limit');
  let { times } = state;
  if (rate !== undefined) {
    const now = clock!.now();
    const [first] = times;
    const isFull = BigInt(times.length) === rate.uses;
    if (isFull && now - first! < rate.per) return refuse('limit');
    times = [...times.slice(isFull ? 1 : 0), now];
  }
  if (budget !== undefined) {
    // Not asked for in vain: it would answer this use as refused also when it has more again.
    if (budget.remaining() < 1n) return refuse('limit');
    if (!budget.spend(1n, requestOf(use)).ok) return refuse('limit');
  }
  if (times !== state.times) state.times = times;
  state.used = use;
  if (witness !== undefined) send(witness, 'used', [{ method, use }]);
  return undefined;
};
