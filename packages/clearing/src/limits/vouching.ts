/** Lent limits (SPEC 7.1, "trust"): they move from one member to another, and none is made or lost. */
import type { Row } from './row.ts';
import { totalOf } from './row.ts';
import type { Vouch } from './types.ts';

const least = (...values: bigint[]): bigint => values.reduce((a, b) => (a < b ? a : b));
const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** A value more or less for one member; at zero the entry goes. A new one is the youngest. */
export const changed = (
  vouches: readonly Vouch[],
  member: bigint,
  by: bigint,
): readonly Vouch[] => {
  const known = vouches.some((one) => one.member === member);
  const all = known ? vouches : [...vouches, { member, value: 0n }];
  return all
    .map((one) => (one.member === member ? { member, value: one.value + by } : one))
    .filter(({ value }) => value > 0n);
};

/** How far a member may still go below where it stands. */
export const unusedOf = ({ published, given, taken }: Row, used: bigint): bigint =>
  most(0n, published + totalOf(taken) - totalOf(given) - used);

/** The most that it may lend: of its own limit, and only what is unused. */
export const lendable = (row: Row, used: bigint): bigint =>
  most(0n, least(row.published - totalOf(row.given), unusedOf(row, used)));

/** The most of this vouch that can be taken back. */
export const recallable = (row: Row, from: bigint, used: bigint): bigint =>
  least(row.taken.find((one) => one.member === from)?.value ?? 0n, unusedOf(row, used));

/** Who pays how much of a debt: the oldest vouch first. */
export const sharesOf = (taken: readonly Vouch[], debt: bigint): readonly Vouch[] => {
  let left = debt;
  return taken
    .map(({ member, value }) => {
      const share = least(value, left);
      left -= share;
      return { member, value: share };
    })
    .filter(({ value }) => value > 0n);
};

/**
 * What of a lender's vouches its own limit does not carry any more, vouch by vouch: all in the same
 * proportion. Nobody lends what they do not have, or limits would be made from nothing.
 */
export const uncarried = ({ published, given }: Row): readonly Vouch[] => {
  const out = totalOf(given);
  if (out <= published) return [];
  return given.map(({ member, value }) => ({
    member,
    value: value - (value * published) / out,
  }));
};
