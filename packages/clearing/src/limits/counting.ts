/** What counts of what happens in an epoch (SPEC 7.1, "counted sales", "counted spending", r_i). */
import { bestReliability, worstReliability } from './bounds.ts';
import type { SaleRule } from './names.ts';
import type { Row, Running } from './row.ts';
import { maxBuyers } from './row.ts';
import type { Counted } from './types.ts';

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** A sale: at most κ, and to an open buyer at most κ_pair in the epoch. */
export const withSale = (
  running: Running,
  { kappa, kappaPair, perEpochCap }: SaleRule,
  buyer: bigint | undefined,
  price: bigint,
  isAppreciated: boolean,
): Running => {
  const received = running.received + price;
  const value = least(price, kappa);
  if (buyer === undefined)
    return { ...running, received, sold: running.sold + (isAppreciated ? value : 0n) };

  // Past the cap nothing more counts, so nobody needs to remember the buyers any more.
  if (running.sold >= perEpochCap) return { ...running, received };
  const before = running.buyers.find((one) => one.buyer === buyer)?.sold ?? 0n;
  if (before === 0n && running.buyers.length >= maxBuyers) return { ...running, received };
  const counts = most(0n, least(value, kappaPair - before));
  if (counts === 0n) return { ...running, received };
  const others = running.buyers.filter((one) => one.buyer !== buyer);
  return {
    ...running,
    received,
    sold: running.sold + counts,
    buyers: [...others, { buyer, sold: before + counts }],
  };
};

/**
 * What a seller did not take after all, or gave back, counts for nothing: else a sale could be made for show.
 * Below zero it is taken out of what was sold in epochs before.
 */
export const withoutSale = (running: Running, value: bigint): Running => ({
  ...running,
  received: most(0n, running.received - value),
  sold: running.sold - value,
});

/**
 * Takes `value` out of what was sold, or spent, in past epochs, the newest first: an order of last week that is
 * refunded today was never spent. What there is not is forgotten.
 */
export const without = (
  counted: readonly Counted[],
  what: 'sold' | 'spent',
  value: bigint,
): readonly Counted[] => {
  let left = value;
  return counted.map((one) => {
    const taken = least(one[what], left);
    left -= taken;
    return { ...one, [what]: one[what] - taken };
  });
};

/**
 * Whether a balance moved towards zero, or through it, at any time of an epoch.
 *
 * What came in and what left need not be known in their order: from below zero the first that comes in
 * moves it towards zero, from above the first that leaves, and from zero whichever comes second.
 */
export const movedTowardsZero = (
  before: bigint,
  after: bigint,
  received: bigint,
  paid: bigint,
): boolean => {
  const came = most(received, after - before) > 0n;
  const left = most(paid, before - after) > 0n;
  if (before < 0n) return came;
  if (before > 0n) return left;
  return came && left;
};

/** r_i after an epoch: +0.04 for moving towards zero, −0.1 for each fault, which comes last. */
export const reliabilityAfter = (
  { reliability, balance, running }: Row,
  balanceNow: bigint,
): bigint => {
  const { received, spent, faults } = running;
  const moved = movedTowardsZero(balance, balanceNow, received, most(spent, 0n));
  const risen = moved ? least(bestReliability, reliability + 40n) : reliability;
  return most(worstReliability, risen - 100n * faults);
};
