/** What is left of a component for its next pass. */
import { componentsOf, seatsOf } from './components.ts';
import type { NetEdge } from './matching.ts';
import type { Edge } from './types.ts';

export type NextPass = {
  /** The parts that are solved again, each by itself. */
  readonly components: readonly (readonly NetEdge[])[];
  /** Seats that are in none of them any more. */
  readonly out: readonly number[];
};

/**
 * Without the edges that somebody refused, and without all edges of whoever said nothing, what is left
 * falls into components again.
 */
export const nextPass = (
  edges: readonly NetEdge[],
  refused: ReadonlySet<Edge>,
  silent: ReadonlySet<number>,
): NextPass => {
  const left = edges.filter(
    ({ edge, from, to }) => !refused.has(edge) && !silent.has(from) && !silent.has(to),
  );
  const components = componentsOf(left);
  const staying = new Set(components.flatMap(seatsOf));
  return { components, out: seatsOf(edges).filter((seat) => !staying.has(seat)) };
};
