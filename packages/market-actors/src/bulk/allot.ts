/**
 * How a bulk-buy comes out (SPEC M7): which price tier is reached, how many whole cases are bought, and who
 * gets how many units. A pure function of the pledges, so anybody who sees them can compute it again.
 *
 * 1. As few promised units as possible are released, so that what remains can be bought in whole cases.
 *    Mostly none are: a range takes up the remainder. Of equals, those that leave the others most room,
 *    then the latest.
 * 2. The best tier that whole cases within the ranges can reach is taken, and no more cases than it needs.
 * 3. Everybody gets their least, and the rest is filled up equally within the ranges (SPEC 7.4).
 */
import { fillEqually } from '../sharing/fill.ts';

/** From so many units on, one unit costs `price`. */
export type Tier = { readonly from: bigint; readonly price: bigint };
export type Range = { readonly min: bigint; readonly max: bigint };
export type BuyTerms = {
  /** Rising in `from`, strictly falling in `price`; the first is the price of the smallest buy. */
  readonly tiers: readonly Tier[];
  /** The supplier sells no less. */
  readonly minimum: bigint;
  readonly caseSize: bigint;
};
export type Allotment = {
  /** In all, a multiple of the case size. */
  readonly total: bigint;
  /** The same for everybody. */
  readonly price: bigint;
  /** In the order of the pledges: 0 for one that is released, else within its range. */
  readonly units: readonly bigint[];
};

/** How many there may be (as many as a page lists), and how many units all of them together may promise at least: bounds the search. */
export const maxPledges = 30;
export const maxPromised = 10_000n;

const sum = (values: readonly bigint[]): bigint => values.reduce((all, one) => all + one, 0n);
const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);
/** The next multiple of `step` that is not less. */
export const roundUp = (value: bigint, step: bigint): bigint => ((value + step - 1n) / step) * step;

/** The best that can be bought of at least `least` and at most `top` units; undefined where nothing can. */
const bestBuy = (
  { tiers, minimum, caseSize }: BuyTerms,
  least: bigint,
  top: bigint,
): { readonly total: bigint; readonly price: bigint } | undefined => {
  for (const { from, price } of [...tiers].reverse()) {
    const total = roundUp(most(most(least, minimum), most(from, 1n)), caseSize);
    if (total <= top) return { total, price };
  }
  return undefined;
};

/** Pledges that are released together, as a list that shares its tail with others. */
type Released = { readonly index: number; readonly rest: Released | undefined };

/**
 * For each number of promised units, the way to release just so many that gives up the least room.
 * A knapsack over the units promised, so it is exact and its work is bounded by `maxPledges · maxPromised`.
 */
const waysToRelease = (
  pledges: readonly Range[],
): ReadonlyMap<number, { readonly room: bigint; readonly released: Released }> => {
  const ways = new Map<number, { room: bigint; released: Released }>();
  // The latest first, and only what is strictly better replaces: so of equals the latest are released.
  for (let index = pledges.length - 1; index >= 0; index -= 1) {
    const { min, max } = pledges[index]!;
    const additions: [number, { room: bigint; released: Released }][] = [
      [Number(min), { room: max - min, released: { index, rest: undefined } }],
    ];
    for (const [units, { room, released }] of ways)
      additions.push([
        units + Number(min),
        { room: room + max - min, released: { index, rest: released } },
      ]);
    for (const [units, way] of additions) {
      const known = ways.get(units);
      if (known === undefined || way.room < known.room) ways.set(units, way);
    }
  }
  return ways;
};

const isIn = (first: Released): ((index: number) => boolean) => {
  const indices = new Set<number>();
  for (let way: Released | undefined = first; way !== undefined; way = way.rest)
    indices.add(way.index);
  return (index) => indices.has(index);
};

const allotTo = (
  pledges: readonly Range[],
  isReleased: (index: number) => boolean,
  { total, price }: { readonly total: bigint; readonly price: bigint },
): Allotment => {
  const kept = pledges.map(({ min, max }, index) =>
    isReleased(index) ? { min: 0n, max: 0n } : { min, max },
  );
  const more = fillEqually(
    total - sum(kept.map(({ min }) => min)),
    kept.map(({ min, max }) => max - min),
  );
  return { total, price, units: kept.map(({ min }, index) => min + more[index]!) };
};

/**
 * @param pledges - the earliest first; each min at least 1 and at most its max
 * @returns undefined where the minimum is not reached: then all is released
 */
export const allot = (terms: BuyTerms, pledges: readonly Range[]): Allotment | undefined => {
  const least = sum(pledges.map(({ min }) => min));
  const top = sum(pledges.map(({ max }) => max));
  const whole = bestBuy(terms, least, top);
  if (whole !== undefined) return allotTo(pledges, () => false, whole);
  const ways = waysToRelease(pledges);
  for (const units of [...ways.keys()].sort((a, b) => a - b)) {
    const { room, released } = ways.get(units)!;
    const remaining = least - BigInt(units);
    const buy = bestBuy(terms, remaining, top - BigInt(units) - room);
    if (buy === undefined) continue;
    return allotTo(pledges, isIn(released), buy);
  }
  return undefined;
};

/**
 * Fewer came than were bought: the same rule for what there is, at the same price. No pledge gets more than
 * it was allotted; as few promised units as possible are released, each pledge whole.
 *
 * @param received - at most the total
 */
export const allotAgain = (
  pledges: readonly Range[],
  { units: before, price }: Allotment,
  received: bigint,
): Allotment => {
  const ranges = pledges
    .map(({ min }, index) => ({ min, max: before[index]!, index }))
    .filter(({ max }) => max > 0n);
  const least = sum(ranges.map(({ min }) => min));
  const top = sum(ranges.map(({ max }) => max));
  const given = (isReleased: (index: number) => boolean, total: bigint): Allotment => {
    const { units: parts } = allotTo(ranges, isReleased, { total, price });
    const units = pledges.map(() => 0n);
    for (const [at, { index }] of ranges.entries()) units[index] = parts[at]!;
    return { total, price, units };
  };
  if (least <= received) return given(() => false, received < top ? received : top);
  const ways = waysToRelease(ranges);
  for (const released of [...ways.keys()].sort((a, b) => a - b)) {
    if (least - BigInt(released) > received) continue;
    const way = ways.get(released)!;
    const room = top - BigInt(released) - way.room;
    return given(isIn(way.released), received < room ? received : room);
  }
  throw new Error('Cannot allot: to release all pledges always fits');
};

/** How many units are wanted to fill the case that is begun: what whoever would like more may still take. */
export const unitsToNextCase = (
  { caseSize, minimum }: BuyTerms,
  pledges: readonly Range[],
): bigint => {
  const least = sum(pledges.map(({ min }) => min));
  const top = sum(pledges.map(({ max }) => max));
  const wanted = roundUp(most(most(least, minimum), 1n), caseSize);
  return wanted > top ? wanted - top : 0n;
};
