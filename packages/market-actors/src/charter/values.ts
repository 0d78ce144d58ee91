/**
 * What a market's charter decides: numbers with bounds, and short lists of words (SPEC 0.1, 11; M1).
 *
 * Defaults of the limits are those of SPEC 7.1; where it names none, the most careful one stands here.
 */
import type { CharterName } from '../inside/types.ts';

/** What a number of the charter is, and what it may be. Both bounds are allowed values. */
export type Bounds = {
  readonly initial: bigint;
  readonly least: bigint;
  readonly most: bigint;
};

/** One day, in milliseconds. */
export const day: bigint = 24n * 60n * 60n * 1000n;
const most = 1_000_000_000n;

export const charterValues: { readonly [name in CharterName]: Bounds } = {
  baseLimit: { initial: 20n, least: 0n, most },
  limitCap: { initial: 400n, least: 0n, most },
  minimumCeiling: { initial: 50n, least: 0n, most },
  kappa: { initial: 30n, least: 0n, most },
  kappaPair: { initial: 30n, least: 0n, most },
  perEpochCap: { initial: 60n, least: 0n, most },
  halfActivity: { initial: 120n, least: 1n, most },
  beta: { initial: 900n, least: 0n, most: 10_000n },
  // More than 1,000 ‰ of a window's turnover in limits would let everybody leave with all of it.
  chi: { initial: 500n, least: 0n, most: 1_000n },
  gamma: { initial: 1_500n, least: 1_000n, most: 100_000n },
  window: { initial: 12n, least: 1n, most: 104n },
  appreciations: { initial: 8n, least: 0n, most: 64n },
  orderExpiry: { initial: 14n * day, least: day, most: 366n * day },
  silence: { initial: 7n * day, least: day, most: 366n * day },
  disputeRefundBelow: { initial: 10n, least: 0n, most },
  commonsFloor: { initial: 200n, least: 0n, most },
  absence: { initial: 182n * day, least: 28n * day, most: 3_660n * day },
  maxOffers: { initial: 20n, least: 1n, most: 1_000n },
  maxOrders: { initial: 20n, least: 1n, most: 1_000n },
  maxNeeds: { initial: 10n, least: 1n, most: 1_000n },
  voucherCap: { initial: 100n, least: 0n, most },
  price: { initial: 0n, least: 0n, most },
  step: { initial: 1n, least: 1n, most: 10_000n },
  strangers: { initial: 20n, least: 0n, most: 10_000n },
  // Never without any notice: whoever minds a change must have the time to leave.
  notice: { initial: 1n, least: 1n, most: 52n },
};
export const charterNames = Object.keys(charterValues) as readonly CharterName[];

/** Those that are times, in milliseconds: a page says them in days. */
export const charterTimes: readonly CharterName[] = ['orderExpiry', 'silence', 'absence'];

/** Lists of the charter: an empty one bounds nothing. */
export const charterLists = ['categories', 'units', 'refused'] as const;
export type CharterList = (typeof charterLists)[number];
/** How many words a list has at most. */
export const maxListed = 30;

/** Whether a number is one that the charter may hold under this name. */
export const isWithin = (name: CharterName, value: bigint): boolean => {
  const { least, most: highest } = charterValues[name];
  return value >= least && value <= highest;
};

/** A change that was decided: what it will be, and from which epoch on. */
export type Pending = { readonly number: bigint; readonly from: bigint; readonly value: bigint };
/** What a name had before all that is pending, and what it will have. */
export type Entry = { readonly value: bigint; readonly pending: readonly Pending[] };

const isLater = (a: Pending, b: Pending): boolean =>
  a.from > b.from || (a.from === b.from && a.number > b.number);

/** Of changes that hold, the one that came last; of two of one epoch the one decided later. */
const lastOf = (entry: Entry, epoch: bigint): Pending | undefined =>
  entry.pending
    .filter(({ from }) => from <= epoch)
    .reduce<Pending | undefined>(
      (last, one) => (last === undefined || isLater(one, last) ? one : last),
      undefined,
    );

/** What holds in an epoch. */
export const valueIn = (entry: Entry, epoch: bigint): bigint =>
  lastOf(entry, epoch)?.value ?? entry.value;

/** The same entry without what is past, so that it stays small. */
export const settled = (entry: Entry, epoch: bigint): Entry => ({
  value: valueIn(entry, epoch),
  pending: entry.pending.filter(({ from }) => from > epoch),
});

/** The first epoch of a change that is decided now: the notice is given for so many whole epochs. */
export const effectiveFrom = (epoch: bigint, notice: bigint): bigint => epoch + notice + 1n;
