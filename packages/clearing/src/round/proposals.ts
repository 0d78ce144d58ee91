/** What each participant of a component is told of a solution: its own rows, and no more. */
import type { Problem, Solution } from '../setoff/types.ts';
import { seatsOf } from './components.ts';
import type { NetEdge } from './matching.ts';
import { treeOf } from './tree.ts';
import type { Proposal, Row } from './types.ts';

/** What is cleared of obligations, and what there is of them. Lines are not counted: they are no debt yet. */
export const sumsOf = (
  edges: readonly NetEdge[],
  cleared: readonly bigint[],
): { readonly lodged: bigint; readonly cleared: bigint } => {
  const sums = { lodged: 0n, cleared: 0n };
  edges.forEach(({ cap, isLine }, i) => {
    if (isLine) return;
    sums.lodged += cap;
    sums.cleared += cleared[i] ?? 0n;
  });
  return sums;
};

/** By seat, in the order in which seats come in the edges. */
export const proposalsOf = (
  component: number,
  pass: number,
  edges: readonly NetEdge[],
  { weights }: Problem,
  { cleared, prices }: Solution,
): ReadonlyMap<number, Proposal> => {
  const seats = seatsOf(edges);
  const priceOf = new Map(seats.map((seat, place) => [seat, prices[place]!]));
  const rows = new Map<number, Row[]>(seats.map((seat) => [seat, []]));
  edges.forEach(({ edge, from, to }, i) => {
    const row = { edge, cleared: cleared[i]!, weight: weights[i]! };
    const [own, other] = [priceOf.get(from)!, priceOf.get(to)!];
    rows.get(from)!.push({ ...row, own, other });
    rows.get(to)!.push({ ...row, own: other, other: own });
  });
  const tree = treeOf(edges);
  const totals = { participants: BigInt(seats.length), ...sumsOf(edges, cleared) };
  return new Map(
    seats.map((seat) => [
      seat,
      { component, pass, rows: rows.get(seat)!, ...tree.get(seat)!, totals },
    ]),
  );
};
