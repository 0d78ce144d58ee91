/** A flow as loops. Fit for vats. */
import type { FlowLoop, Problem } from './types.ts';

/**
 * Takes a circulation apart into loops that add up to it: at most one for each edge with flow. A loop passes
 * no participant twice. Which loops, of many ways to take it apart, is decided by the numbers of
 * participants and the order of edges alone. Time is that of writing the loops down.
 *
 * @param cleared - a circulation: as much into each participant as out of it
 * @throws Error where it is none
 */
export const loopsOf = (
  { participants, debtors, creditors }: Pick<Problem, 'participants' | 'debtors' | 'creditors'>,
  cleared: readonly bigint[],
): FlowLoop[] => {
  const left = cleared.slice();
  const outgoing: number[][] = Array.from({ length: participants }, () => []);
  left.forEach((value, edge) => {
    if (value < 0n) throw Error(`Cannot take a flow apart: edge ${edge} has ${value}, below zero`);
    if (value > 0n) outgoing[debtors[edge]!]!.push(edge);
  });
  // The first edge of each participant that has something left.
  const next: number[] = Array(participants).fill(0);
  const edgeFrom = (u: number): number | undefined => {
    const edges = outgoing[u]!;
    while (next[u]! < edges.length && left[edges[next[u]!]!] === 0n) next[u]! += 1;
    return edges[next[u]!];
  };
  /** Where each participant stands in the path; −1 where it does not. */
  const place: number[] = Array(participants).fill(-1);
  const loops: FlowLoop[] = [];
  for (let origin = 0; origin < participants; origin += 1) {
    const path: number[] = [];
    let at = origin;
    for (;;) {
      if (place[at] === -1) {
        const edge = edgeFrom(at);
        if (edge === undefined) {
          if (path.length > 0) {
            throw Error(`Cannot take a flow apart: at participant ${at} more flows in than out`);
          }
          break;
        }
        place[at] = path.length;
        path.push(edge);
        at = creditors[edge]!;
        continue;
      }
      // The path came back to where it was: from there on it is a loop.
      const edges = path.splice(place[at]!);
      let value = left[edges[0]!]!;
      for (const edge of edges) {
        place[debtors[edge]!] = -1;
        if (left[edge]! < value) value = left[edge]!;
      }
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
