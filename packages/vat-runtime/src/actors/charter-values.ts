/** The numbers of a charter over time: pure, so that whoever reads a charter can reckon the same. */

/** What a number of a charter may be. Both bounds are allowed values. */
export type Bounds = {
  readonly initial: bigint;
  readonly least: bigint;
  readonly most: bigint;
};

/** One day, in milliseconds. */
export const day: bigint = 24n * 60n * 60n * 1000n;

/** A change that was decided: what it will be, and from which epoch on. */
export type Pending = { readonly number: bigint; readonly from: bigint; readonly value: bigint };
/** What a name had before all that is pending, and what it will have. */
export type Entry = { readonly value: bigint; readonly pending: readonly Pending[] };

export const isWithin = ({ least, most }: Bounds, value: bigint): boolean =>
  value >= least && value <= most;

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
