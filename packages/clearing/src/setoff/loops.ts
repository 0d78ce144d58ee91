/** A flow as loops. Fit for vats. */
import { maxLoopEdges } from './limits.ts';
import type { FlowLoop, Problem } from './types.ts';

/** So many edges may be looked at for each that may be in a loop. */
const looksForEach = 64;

/** What a search found from one of its two ends on. */
type Side = {
  /** For each participant the edges by which the search goes on from it; those without flow are taken out on the way. */
  readonly edges: readonly number[][];
  /** Where each edge leads to, in the direction of this side. */
  readonly heads: readonly number[];
  /** In which search a participant was found last, and by which edge. */
  readonly seen: number[];
  readonly by: number[];
  /** Those found last, and how many edges lead on from them. */
  frontier: number[];
  cost: number;
};

const makeSide = (
  participants: number,
  tails: readonly number[],
  heads: readonly number[],
  flow: readonly bigint[],
): Side => {
  const edges: number[][] = Array.from({ length: participants }, () => []);
  flow.forEach((value, edge) => {
    if (value > 0n) edges[tails[edge]!]!.push(edge);
  });
  return {
    edges,
    heads,
    seen: Array<number>(participants).fill(-1),
    by: Array<number>(participants).fill(-1),
    frontier: [],
    cost: 0,
  };
};

/** Goes one step on. @returns where the other side has been, if it has; −1 otherwise */
const goOn = (side: Side, other: Side, search: number, left: readonly bigint[]): number => {
  const { edges, heads, seen, by, frontier } = side;
  const next: number[] = [];
  let cost = 0;
  for (const u of frontier) {
    const list = edges[u]!;
    let kept = 0;
    let met = -1;
    for (let i = 0; i < list.length; i += 1) {
      const edge = list[i]!;
      if (left[edge] === 0n) continue;
      list[kept] = edge;
      kept += 1;
      const v = heads[edge]!;
      if (met !== -1 || seen[v] === search) continue;
      seen[v] = search;
      by[v] = edge;
      next.push(v);
      cost += edges[v]!.length;
      if (other.seen[v] === search) met = v;
    }
    list.length = kept;
    if (met !== -1) return met;
  }
  side.frontier = next;
  side.cost = cost;
  return -1;
};

/**
 * Takes a circulation apart into loops that add up to it: at most one for each edge with flow. A loop passes
 * no participant twice, and is as short as one through its first edge can be, or one longer than that
 * (a search from both ends of it). Which loops, of many ways to take it apart, is decided by the numbers
 * of participants and the order of edges alone.
 *
 * @param cleared - a circulation: as much into each participant as out of it
 * @param maxEdges - in all loops together. Past it, or past 64 times as many looks, the rest of the flow
 * is left as it is, in no loop
 * @throws Error where it is none
 */
export const loopsOf = (
  { participants, debtors, creditors }: Pick<Problem, 'participants' | 'debtors' | 'creditors'>,
  cleared: readonly bigint[],
  maxEdges: number = maxLoopEdges,
): FlowLoop[] => {
  const left = cleared.slice();
  const negative = left.findIndex((value) => value < 0n);
  if (negative !== -1) {
    throw Error(`Cannot take a flow apart: edge ${negative} has ${left[negative]}, below zero`);
  }
  const onward = makeSide(participants, debtors, creditors, left);
  const backward = makeSide(participants, creditors, debtors, left);
  let searches = 0;
  let looks = 0;
  let written = 0;

  const begin = (side: Side, at: number): void => {
    side.seen[at] = searches;
    side.frontier = [at];
    side.cost = side.edges[at]!.length;
  };

  /** The way back from the creditor of an edge to its debtor, in order. */
  const wayBack = (edge: number): number[] => {
    const from = creditors[edge]!;
    const to = debtors[edge]!;
    if (from === to) return [];
    searches += 1;
    begin(onward, from);
    begin(backward, to);
    let met = -1;
    while (met === -1) {
      if (onward.cost === 0 || backward.cost === 0) {
        throw Error(`Cannot take a flow apart: what edge ${edge} carries does not come back`);
      }
      looks += Math.min(onward.cost, backward.cost);
      met =
        onward.cost <= backward.cost
          ? goOn(onward, backward, searches, left)
          : goOn(backward, onward, searches, left);
    }
    const way: number[] = [];
    for (let at = met; at !== from; at = debtors[way.at(-1)!]!) way.push(onward.by[at]!);
    way.reverse();
    for (let at = met; at !== to; at = creditors[way.at(-1)!]!) way.push(backward.by[at]!);
    return way;
  };

  const loops: FlowLoop[] = [];
  for (let first = 0; first < left.length; first += 1) {
    while (left[first]! > 0n) {
      const edges = [first, ...wayBack(first)];
      written += edges.length;
      if (written > maxEdges || looks > looksForEach * maxEdges) return loops;
      let value = left[first]!;
      for (const edge of edges) if (left[edge]! < value) value = left[edge]!;
      for (const edge of edges) left[edge]! -= value;
      loops.push(Object.freeze({ value, edges: Object.freeze(fromSmallest(edges, debtors)) }));
    }
  }
  return loops;
};

/** The loop, beginning at the participant with the smallest number. */
const fromSmallest = (edges: readonly number[], debtors: readonly number[]): number[] => {
  let first = 0;
  for (let i = 1; i < edges.length; i += 1) {
    if (debtors[edges[i]!]! < debtors[edges[first]!]!) first = i;
  }
  return [...edges.slice(first), ...edges.slice(0, first)];
};

/** A loop as one who is in it may see it: its own two edges, and how many take part. `Loop` in round/types.ts. */
export type OwnLoop = {
  readonly value: bigint;
  /** The edge that leaves this participant: what it owes, or a line that it grants. */
  readonly owes: number;
  /** The edge that comes to it: what it is owed, or a line that it draws on. */
  readonly isOwed: number;
  readonly length: bigint;
};

/** For each participant the loops that it is in, as it may see them. */
export const ownLoops = (
  { participants, debtors }: Pick<Problem, 'participants' | 'debtors'>,
  loops: readonly FlowLoop[],
): OwnLoop[][] => {
  const own: OwnLoop[][] = Array.from({ length: participants }, () => []);
  for (const { value, edges } of loops) {
    let isOwed = edges.at(-1)!;
    for (const owes of edges) {
      own[debtors[owes]!]!.push(
        Object.freeze({ value, owes, isOwed, length: BigInt(edges.length) }),
      );
      isOwed = owes;
    }
  }
  return own;
};
