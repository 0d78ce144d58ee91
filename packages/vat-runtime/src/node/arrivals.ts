/**
 * A node that was moved dials those that it knows, until each has heard where it is now.
 *
 *   arrived/<designator>  that node has not heard of it yet. Written by an import
 */
import harden from '@endo/harden';
import type { Designator } from '../locator/identity.ts';
import type { Committer } from '../store/committer.ts';
import type { Row, StoredRow } from '../store/storage.ts';

const prefix = 'arrived/';
const peerPrefix = 'peer/';

/** The rows to stage where a poca has arrived: one for each node whose place is known. */
export const arrivalRows = (peers: readonly StoredRow[]): Row[] =>
  peers.map(([key]): Row => [`${prefix}${key.slice(peerPrefix.length)}`, '']);

export type Arrivals = {
  /** Nodes that are still to be told. */
  nodes(): Designator[];
  has(node: Designator): boolean;
  /** It has heard. */
  met(node: Designator): void;
};

export const openArrivals = async (store: Committer): Promise<Arrivals> => {
  const left = new Set<Designator>();
  for (const [key] of await store.list(prefix)) {
    const node = key.slice(prefix.length);
    // One that was forgotten meanwhile is not looked for any more.
    if (store.get(`${peerPrefix}${node}`) === undefined) store.stage([[key, undefined]]);
    else left.add(node);
  }
  return harden({
    nodes: () => [...left],
    has: (node: Designator) => left.has(node),
    met(node: Designator) {
      if (left.delete(node)) store.stage([[`${prefix}${node}`, undefined]]);
    },
  });
};
