/** A tree over the participants of a component, by which they decide if the coordinator is gone for good. */
import type { NetEdge } from './matching.ts';
import type { Edge } from './types.ts';

/** One participant's place in the tree. */
export type Branch = {
  /** The edge to the neighbour above; none at the root. */
  readonly parent?: Edge;
  /** Edges to those below. */
  readonly children: readonly Edge[];
  /** How far from the root: 0 there. */
  readonly depth: number;
};

type Growing = { readonly parent?: Edge; readonly children: Edge[]; readonly depth: number };
type Way = { readonly edge: Edge; readonly seat: number };

/**
 * A spanning tree in breadth, so that few hops lead to its root: the seat with the most neighbours,
 * and among those the first. Whoever is below is reached by the first edge that leads there, in
 * either direction.
 *
 * @param edges - of one component, so that all are reached
 */
export const treeOf = (edges: readonly NetEdge[]): ReadonlyMap<number, Branch> => {
  const ways = new Map<number, Way[]>();
  const add = (seat: number, way: Way): void => {
    const own = ways.get(seat);
    if (own === undefined) ways.set(seat, [way]);
    else own.push(way);
  };
  for (const { edge, from, to } of edges) {
    add(from, { edge, seat: to });
    add(to, { edge, seat: from });
  }
  const neighbours = (seat: number): number => new Set(ways.get(seat)!.map((way) => way.seat)).size;
  const [root] = [...ways.keys()]
    .map((seat) => ({ seat, count: neighbours(seat) }))
    .sort((a, b) => b.count - a.count);
  const tree = new Map<number, Growing>();
  if (root === undefined) return tree;
  tree.set(root.seat, { children: [], depth: 0 });
  // The tree grows while it is walked through, which a Map allows.
  for (const [seat, { children, depth }] of tree) {
    for (const way of ways.get(seat)!) {
      if (tree.has(way.seat)) continue;
      tree.set(way.seat, { parent: way.edge, children: [], depth: depth + 1 });
      children.push(way.edge);
    }
  }
  return tree;
};
