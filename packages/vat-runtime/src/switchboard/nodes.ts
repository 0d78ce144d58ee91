/** What the switchboard has to know of other nodes, so that they can meet: how they are named and reached. */
import type { Connection } from './connection.ts';
import type { Whereabouts } from './gifts.ts';

export type Nodes = {
  /** The designator of this node. */
  readonly self: string;
  /** The id of a node's party. */
  partyOf(designator: string): string;
  /** The node that a party is, if it is one. */
  designatorOf(party: string): string | undefined;
  /**
   * The party of a node, to be reached where it is known to be, or where it says itself that it is.
   * @param where - not verified. @returns undefined where there is no way to reach it
   */
  provide(designator: string, where: Whereabouts | undefined): Connection | undefined;
  /** Where a node said that it is, so that others believe it. */
  locationsOf(designator: string): Whereabouts | undefined;
  /** A number for a gift: 16 unpredictable bytes in base64url. */
  makeGiftId(): string;
  /** @returns a function that cancels it */
  after(milliseconds: number, task: () => void): () => void;
};

/** Of a switchboard that meets no nodes: nothing is handed over. */
export const noNodes: Nodes = Object.freeze({
  self: '',
  partyOf: (designator: string) => designator,
  designatorOf: () => undefined,
  provide: () => undefined,
  locationsOf: () => undefined,
  makeGiftId: () => 'A'.repeat(22),
  after: () => () => {},
});
