/** What couriers need of the durable streams between nodes, and of who is known. */
import type { Designator } from '../locator/identity.ts';

export type Post = {
  /**
   * A piece of the stream to a node, as plain data: what was not acknowledged, as far as it fits, and
   * what was taken of the other direction. Undefined where the node is not known, or quarantined.
   *
   * @param maxBytes - of its JSON
   */
  exportPiece(designator: Designator, maxBytes: number): unknown;
  /**
   * Takes what is new of a piece that `designator` signed, which may be old, or known.
   *
   * @returns how many items were new, and how many were known
   * @throws with words for the operator, and then nothing was taken
   */
  takePiece(
    designator: Designator,
    piece: unknown,
  ): { taken: number; known: number } | Promise<{ taken: number; known: number }>;
  /** The nodes for which something waits. */
  waitingFor(): Iterable<Designator>;
  /** Whether this node has to do with that one. */
  isKnown(designator: Designator): boolean;
};
