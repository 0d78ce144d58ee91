/**
 * The rule of credit limits (SPEC 7.1): a pure function in whole numbers, with floors as written there,
 * so that any node that has the same counts finds the same limits.
 */
import { sum } from '../amount/amount.ts';
import { assertInput, assertParams } from './bounds.ts';
import type { LimitInput, LimitParams, LimitTerms, MarketTotals } from './types.ts';

/** Which text of the rule this is. It changes with every change of what the function answers. */
export const ruleVersion = 'SPEC 7.1, 1';

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/**
 * d(k), per mille: what was done k epochs ago counts for so much.
 *
 * @param window - W, in epochs
 */
export const weightOf = (ago: bigint, window: bigint): bigint => 1000n - (1000n * ago) / window;

/** t_i and A_i of one member. What lies outside of the window does not count. */
const sumsOf = ({ counted }: LimitInput, { window, perEpochCap }: LimitParams) => {
  let turnover = 0n;
  let activity = 0n;
  for (const { ago, sold, spent } of counted) {
    if (ago >= window) continue;
    const sales = least(sold, perEpochCap);
    turnover += sales;
    activity += ((sales + least(spent, perEpochCap)) * weightOf(ago, window)) / 2000n;
  }
  return { turnover, activity };
};

/**
 * The earned limit of each member, in the order of `members`.
 *
 * @throws RangeError for parameters or counts out of bounds
 */
export const limitsOf = (
  params: LimitParams,
  members: readonly LimitInput[],
): { readonly market: MarketTotals; readonly members: readonly LimitTerms[] } => {
  assertParams(params);
  for (const member of members) assertInput(member);
  const { halfActivity, beta, limitCap, chi } = params;

  const sums = members.map((member) => sumsOf(member, params));
  const turnover = sum(sums.map((one) => one.turnover));
  const squares = sum(sums.map((one) => one.turnover * one.turnover));
  const perHead = turnover === 0n ? 0n : squares / turnover;

  const wants = sums.map(({ activity }, index) => {
    const { reliability } = members[index]!;
    const saturation = (1000n * activity) / (activity + halfActivity);
    const value = (perHead * beta * saturation * reliability) / 1_000_000_000n;
    return { saturation, wanted: least(limitCap, value) };
  });
  const wanted = sum(wants.map((one) => one.wanted));
  const bound = (chi * turnover) / 1000n;

  return {
    market: { turnover, perHead, bound, wanted },
    members: sums.map((one, index) => {
      const want = wants[index]!;
      const earned = wanted > bound ? (want.wanted * bound) / wanted : want.wanted;
      return { ...one, ...want, earned };
    }),
  };
};

/**
 * The limit that is published: a limit falls by at most a fifth of itself in an epoch.
 * The fifth is rounded up, since otherwise a limit of four would never end.
 */
export const smoothed = (before: bigint, earned: bigint): bigint =>
  most(earned, before - (before + 4n) / 5n);

/** The credit ceiling: past it the payee is asked (SPEC C2, invariant 3). */
export const ceilingOf = (
  { gamma, minimumCeiling }: LimitParams,
  published: bigint,
  vouchedIn: bigint,
): bigint => most(minimumCeiling, (gamma * (published + vouchedIn)) / 1000n);
