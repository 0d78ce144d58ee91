/** What is left of a component for its next pass. */
import { componentsOf, seatsOf } from './components.ts';
import type { NetEdge } from './matching.ts';
import type { Edge } from './types.ts';

/** What was said of a component in a pass. */
export type Said = {
  readonly refused: ReadonlySet<Edge>;
  /** Seats that said nothing in time, or nothing that could be read. */
  readonly silent: ReadonlySet<number>;
  /** Seats that were an end of a refused edge in a pass before. */
  readonly struck: ReadonlySet<number>;
};

export type NextPass = {
  /** The parts that are solved again, each by itself. */
  readonly components: readonly (readonly NetEdge[])[];
  /** Seats that are in none of them any more. */
  readonly out: readonly number[];
  /** As `Said.struck`, for the pass that comes. */
  readonly struck: readonly number[];
};

const pairOf = ({ from, to }: NetEdge): string => (from < to ? `${from} ${to}` : `${to} ${from}`);

/**
 * What is left falls into components again, without
 *
 * - all edges between two of whom one refused an edge that they share: they do not agree, and the next
 *   edge would cost another pass;
 * - all edges of whoever said nothing;
 * - all edges of whoever is an end of a refused edge for the second time: one who refuses or lies can
 *   cost a component two passes, and is out of the third.
 */
export const nextPass = (
  edges: readonly NetEdge[],
  { refused, silent, struck }: Said,
): NextPass => {
  // Who refuses what it shares with somebody silent has done what it should.
  const quarrels = edges.filter(
    ({ edge, from, to }) => refused.has(edge) && !silent.has(from) && !silent.has(to),
  );
  const pairs = new Set(quarrels.map(pairOf));
  const ends = new Set(seatsOf(quarrels));
  const isOut = (seat: number): boolean => silent.has(seat) || (ends.has(seat) && struck.has(seat));
  const left = edges.filter(
    (edge) => !pairs.has(pairOf(edge)) && !isOut(edge.from) && !isOut(edge.to),
  );
  const components = componentsOf(left);
  const staying = new Set(components.flatMap(seatsOf));
  return {
    components,
    out: seatsOf(edges).filter((seat) => !staying.has(seat)),
    struck: [...new Set([...struck, ...ends])],
  };
};
