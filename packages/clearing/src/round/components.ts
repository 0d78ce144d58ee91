/** Which edges can clear together, and who is in them. */
import { componentsOf as numbersOf } from '../setoff/debt-components.ts';
import type { Debts } from '../setoff/types.ts';
import type { NetEdge } from './matching.ts';
import type { Edge } from './types.ts';

/** The seats of these edges, as they first come there. Solvers know them by their places in this list. */
export const seatsOf = (edges: readonly NetEdge[]): readonly number[] => {
  const seats = new Set<number>();
  for (const { from, to } of edges) seats.add(from).add(to);
  return [...seats];
};

/** The numbers of each seat's edges, of those that have any. */
export const edgesBySeat = (edges: readonly NetEdge[]): ReadonlyMap<number, readonly Edge[]> => {
  const bySeat = new Map<number, Edge[]>(seatsOf(edges).map((seat) => [seat, []]));
  for (const { edge, from, to } of edges) {
    bySeat.get(from)!.push(edge);
    bySeat.get(to)!.push(edge);
  }
  return bySeat;
};

/** The edges in the numbers of solvers: participants are places of `seatsOf`. */
export const debtsOf = (edges: readonly NetEdge[]): Debts => {
  const places = new Map(seatsOf(edges).map((seat, place) => [seat, place]));
  return {
    participants: places.size,
    debtors: edges.map(({ from }) => places.get(from)!),
    creditors: edges.map(({ to }) => places.get(to)!),
    amounts: edges.map(({ cap }) => cap),
  };
};

/**
 * The edges of each strongly connected component, in the order of the edges that were given. What lies
 * between two components is in none: nothing of it can clear, since nothing comes back.
 */
export const componentsOf = (edges: readonly NetEdge[]): readonly (readonly NetEdge[])[] => {
  const debts = debtsOf(edges);
  const numbers = numbersOf(debts);
  const components = new Map<number, NetEdge[]>();
  edges.forEach((edge, i) => {
    const number = numbers[debts.debtors[i]!]!;
    if (number !== numbers[debts.creditors[i]!]) return;
    const component = components.get(number);
    if (component === undefined) components.set(number, [edge]);
    else component.push(edge);
  });
  return [...components.values()];
};
