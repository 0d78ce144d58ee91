/**
 * From what was lodged to the edges of a round: an edge is there where both of its ends were lodged,
 * with one kind and one version, by two different seats, and nobody else lodged the same.
 */
import { maxSum } from './limits.ts';
import type { Edge, FrozenEdge, Lodged } from './types.ts';

/** What one seat lodged. */
export type Lodgement = { readonly seat: number; readonly lodged: readonly Lodged[] };

/** An edge of the round between two seats. */
export type NetEdge = {
  readonly edge: Edge;
  /** The seat of the debtor, or of a line's lender. */
  readonly from: number;
  /** The seat of the creditor, or of a line's borrower. */
  readonly to: number;
  /** The smaller of what both ends allow. Above zero. */
  readonly cap: bigint;
  readonly isLine: boolean;
  /** The sum of both ends: 0 to 6. */
  readonly priority: number;
};

export type Matched = NetEdge & {
  readonly origin: string;
  readonly version: bigint;
};

type Pair = { readonly from: Half; readonly to: Half; readonly cap: bigint };
type Ends = { readonly from: Half[]; readonly to: Half[] };
type Half = { readonly seat: number; readonly lodged: Lodged };

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);

const before = (a: Lodged, b: Lodged): number => {
  if (a.origin !== b.origin) return a.origin < b.origin ? -1 : 1;
  if (a.kind !== b.kind) return a.kind < b.kind ? -1 : 1;
  return a.version < b.version ? -1 : 1;
};

/**
 * Those that add up to no more than solvers can count. Without this, two who lodge an enormous
 * obligation to each other would have every solver refuse the component of all others with them; so
 * the largest stay out.
 */
export const countable = <Capped extends { readonly cap: bigint }>(
  pairs: readonly Capped[],
  most: bigint = maxSum,
): readonly Capped[] => {
  let sum = pairs.reduce((total, { cap }) => total + cap, 0n);
  if (sum <= most) return pairs;
  const left = new Set(pairs);
  for (const pair of [...pairs].sort((a, b) => (a.cap < b.cap ? 1 : a.cap > b.cap ? -1 : 0))) {
    if (sum <= most) break;
    left.delete(pair);
    sum -= pair.cap;
  }
  return [...left];
};

/**
 * The edges, numbered from 0 in the order of their origins: so the same lodgements in any order give
 * the same numbers, and solvers, who go by numbers, break ties by origin (SPEC 7.3).
 *
 * An end that was lodged twice is nobody's: whoever lodges an origin that is not theirs can keep an
 * edge out of a round, and cannot get into it.
 */
export const match = (lodgements: readonly Lodgement[]): readonly Matched[] => {
  const all = new Map<string, Ends>();
  for (const { seat, lodged } of lodgements) {
    for (const one of lodged) {
      const key = `${one.kind} ${one.version} ${one.origin}`;
      const ends = all.get(key) ?? { from: [], to: [] };
      ends[one.end].push({ seat, lodged: one });
      all.set(key, ends);
    }
  }
  const pairs = [...all.values()].flatMap((ends): readonly Pair[] => {
    const [from, to] = [ends.from[0], ends.to[0]];
    if (ends.from.length !== 1 || ends.to.length !== 1 || !from || !to) return [];
    const cap = smaller(from.lodged.max, to.lodged.max);
    return from.seat === to.seat || cap <= 0n ? [] : [{ from, to, cap }];
  });
  const sorted = [...countable(pairs)].sort((a, b) => before(a.from.lodged, b.from.lodged));
  return sorted.map(({ from, to, cap }, edge) => ({
    edge,
    from: from.seat,
    to: to.seat,
    cap,
    isLine: from.lodged.kind === 'line',
    priority: Number(from.lodged.priority + to.lodged.priority),
    origin: from.lodged.origin,
    version: from.lodged.version,
  }));
};

/** What each seat is asked to lock, of those that have an edge. */
export const frozenBySeat = (
  matched: readonly Matched[],
): ReadonlyMap<number, readonly FrozenEdge[]> => {
  const frozen = new Map<number, FrozenEdge[]>();
  const add = (seat: number, edge: FrozenEdge): void => {
    const own = frozen.get(seat);
    if (own === undefined) frozen.set(seat, [edge]);
    else own.push(edge);
  };
  for (const { edge, origin, isLine, version, cap: max, from, to } of matched) {
    const one = { edge, origin, kind: isLine ? 'line' : 'obligation', version, max } as const;
    add(from, { ...one, end: 'from' });
    add(to, { ...one, end: 'to' });
  }
  return frozen;
};
