/** What a poca lodges with a round, by its standing instruction and preferences. Pure functions. */
import type { Wishes } from '../round/types.ts';
import type { Preference, Standing } from './types.ts';

const day = 24n * 60n * 60n * 1000n;

export type Offer = {
  readonly origin: string;
  readonly kind: 'obligation' | 'line';
  readonly end: 'from' | 'to';
  /** What is left of it, or may still be drawn. */
  readonly max: bigint;
  readonly due: bigint;
  /** Whose the other end is. */
  readonly counterparty: bigint;
};

export type Settings = {
  readonly standing: Standing;
  readonly pays: bigint;
  readonly lends: boolean;
  readonly olderFirst: boolean;
};

const least = (...values: readonly [bigint, ...bigint[]]): bigint =>
  values.reduce((a, b) => (b < a ? b : a));

const aboveZero = (value: bigint): bigint => (value > 0n ? value : 0n);

/** What is overdue is worth clearing first, in three steps: at all, for a month, for three. */
export const priorityOfAge = (due: bigint, now: bigint): bigint => {
  const late = now - due;
  if (late <= 0n) return 0n;
  if (late <= 30n * day) return 1n;
  return late <= 90n * day ? 2n : 3n;
};

/**
 * How much a poca wants to be owed by another one than now.
 *
 * @param net - what it is owed more than it owes, in the round's unit
 */
export const movableOf = ({ standing }: Settings, net: bigint): bigint =>
  standing.kind === 'move' ? least(standing.limit, aboveZero(net)) : 0n;

/**
 * How much of an offer may be used, nothing for what stays out.
 *
 * A line that this poca granted is lodged only where it lends in rounds, or moves its balance along it:
 * then no more than that balance. One that was granted to it was agreed to when it was accepted.
 *
 * @param movable - what is left of the balance to be moved, for all lines together
 */
export const mostOf = (
  offer: Offer,
  { standing, lends }: Settings,
  preference: Preference | undefined,
  movable: bigint,
): bigint => {
  const most = least(offer.max, preference?.atMost ?? offer.max);
  if (offer.kind === 'obligation' || offer.end === 'to' || lends) return most;
  if (standing.kind !== 'move' || standing.to !== offer.counterparty) return 0n;
  return least(most, movable);
};

export const priorityOf = (
  { due, kind }: Offer,
  { olderFirst }: Settings,
  preference: Preference | undefined,
  now: bigint,
): bigint => {
  if (preference !== undefined) return preference.priority;
  return olderFirst && kind === 'obligation' ? priorityOfAge(due, now) : 0n;
};

export const wishesOf = ({ standing, pays }: Settings, net: bigint): Wishes => ({
  recall: standing.kind === 'recall' ? least(standing.limit, aboveZero(net)) : 0n,
  pays,
});
