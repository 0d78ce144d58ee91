/** Which edges can clear together: the strongly connected components of a round's network. */
import type { NetEdge } from './matching.ts';

type Visit = { readonly seat: number; readonly out: readonly number[]; next: number };

/**
 * The number of each seat's component, by Tarjan (1972), with a list in place of recursion: a ring may
 * be as long as there are seats.
 */
const numbersOf = (edges: readonly NetEdge[]): ReadonlyMap<number, number> => {
  const outOf = new Map<number, number[]>();
  for (const { from, to } of edges) {
    const out = outOf.get(from);
    if (out === undefined) outOf.set(from, [to]);
    else out.push(to);
  }
  const found = new Map<number, number>();
  const low = new Map<number, number>();
  const component = new Map<number, number>();
  const open: number[] = [];
  const path: Visit[] = [];
  const enter = (seat: number): void => {
    found.set(seat, found.size);
    low.set(seat, found.get(seat)!);
    open.push(seat);
    path.push({ seat, out: outOf.get(seat) ?? [], next: 0 });
  };
  const lower = (seat: number, to: number): void => {
    if (to < low.get(seat)!) low.set(seat, to);
  };
  const leave = (seat: number): void => {
    if (low.get(seat) !== found.get(seat)) return;
    for (let last = open.pop(); last !== undefined; last = open.pop()) {
      component.set(last, found.get(seat)!);
      if (last === seat) return;
    }
  };
  for (const start of outOf.keys()) {
    if (found.has(start)) continue;
    enter(start);
    for (let visit = path.at(-1); visit !== undefined; visit = path.at(-1)) {
      const { seat, out } = visit;
      const to = out[visit.next];
      if (to === undefined) {
        path.pop();
        leave(seat);
        const above = path.at(-1);
        if (above !== undefined) lower(above.seat, low.get(seat)!);
        continue;
      }
      visit.next += 1;
      if (!found.has(to)) enter(to);
      else if (!component.has(to)) lower(seat, found.get(to)!);
    }
  }
  return component;
};

/**
 * The edges of each strongly connected component, in the order of the edges that were given. What lies
 * between two components is in none: nothing of it can clear, since nothing comes back.
 */
export const componentsOf = (edges: readonly NetEdge[]): readonly (readonly NetEdge[])[] => {
  const numbers = numbersOf(edges);
  const components = new Map<number, NetEdge[]>();
  for (const edge of edges) {
    const number = numbers.get(edge.from)!;
    if (number !== numbers.get(edge.to)) continue;
    const component = components.get(number);
    if (component === undefined) components.set(number, [edge]);
    else component.push(edge);
  }
  return [...components.values()];
};

/** The seats of these edges, as they first come there. Solvers know them by their places in this list. */
export const seatsOf = (edges: readonly NetEdge[]): readonly number[] => [
  ...new Set(edges.flatMap(({ from, to }) => [from, to])),
];
