/** What a participant is told at the end: the loops that it was in. */
import { loopsOf, ownLoops } from '../setoff/loops.ts';
import { debtsOf, seatsOf } from './components.ts';
import { maxLoopEdges, maxLoops } from './limits.ts';
import type { NetEdge } from './matching.ts';
import type { Loop } from './types.ts';

const byValue = (a: Loop, b: Loop): number => (a.value < b.value ? 1 : a.value > b.value ? -1 : 0);

/**
 * The loops of a settled component, by seat: of each the greatest, its own two edges, and how many
 * took part. Where there are too many to tell, the rest is left out.
 */
export const loopsBySeat = (
  network: readonly NetEdge[],
  cleared: readonly bigint[],
): ReadonlyMap<number, readonly Loop[]> => {
  const debts = debtsOf(network);
  const own = ownLoops(debts, loopsOf(debts, cleared, maxLoopEdges));
  return new Map(
    seatsOf(network).map((seat, place) => [
      seat,
      own[place]!.map((loop) => ({
        ...loop,
        owes: network[loop.owes]!.edge,
        isOwed: network[loop.isOwed]!.edge,
      }))
        .sort(byValue)
        .slice(0, maxLoops),
    ]),
  );
};

type Row = readonly [value: string, owes: number, isOwed: number, length: string];

export const packLoops = (loops: readonly Loop[]): string =>
  JSON.stringify(
    loops.map(({ value, owes, isOwed, length }): Row => [`${value}`, owes, isOwed, `${length}`]),
  );

/** Of what `packLoops` wrote. */
export const unpackLoops = (text: string): readonly Loop[] =>
  // The cast holds because only `packLoops` writes these texts.
  (JSON.parse(text) as Row[]).map(([value, owes, isOwed, length]) => ({
    value: BigInt(value),
    owes,
    isOwed,
    length: BigInt(length),
  }));
