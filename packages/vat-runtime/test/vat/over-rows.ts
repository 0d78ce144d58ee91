/** A vat's library over rows in memory, without compartment, endpoint or node. */
import '@pocas/vat-runtime/lockdown';
import { makeForwarding } from '#src/vat/forwarding.js';
import { makeHeap } from '#src/vat/heap.js';
import { type VatLibrary, makeLibrary } from '#src/vat/library.js';
import { makeRecall } from '#src/vat/recall.js';
import { type TurnResult, makeTurns } from '#src/vat/turn.js';

export type OverRows<Kinds> = {
  readonly kinds: Kinds;
  readonly library: VatLibrary;
  /** Runs a turn; its rows are in the store when it has succeeded. */
  turn<T>(body: () => T): T;
  /** The facet of a slot, such as `o+d1.account`. */
  at(slot: string): any;
  slotOf(facet: object): string | undefined;
  /** The keys of the rows that were read, since it was last emptied. */
  readonly read: string[];
};

/**
 * Loads a vat of which the store has `rows`: a restart, where they are not empty.
 *
 * @param imports - presences of objects elsewhere that last, by slot `o-d…`
 */
export const loadOverRows = <Kinds>(
  rows: Map<string, string>,
  define: (library: VatLibrary) => Kinds,
  imports: ReadonlyMap<string, object> = new Map(),
): OverRows<Kinds> => {
  const read: string[] = [];
  const listeners: ((touched: ReadonlySet<object>) => void)[] = [];
  const commit = ({ rows: changed, touched }: TurnResult) => {
    for (const [key, text] of changed) {
      if (text === undefined) rows.delete(key);
      else rows.set(key, text);
    }
    for (const listener of listeners) listener(touched);
  };
  const turns = makeTurns(() => {}, commit);
  const heap = makeHeap({
    isUnlinked: () => false,
    turns,
    unlink: () => {},
    read: (key) => {
      read.push(key);
      return rows.get(key);
    },
    importSlot: (value) => [...imports].find(([, known]) => known === value)?.[0],
    importAt: (slot) => imports.get(slot)!,
  });
  const library = makeLibrary({
    heap,
    recall: makeRecall(),
    forwarding: makeForwarding({ heap, turns, relay: () => {} }),
    incarnation: 'test',
    onTouched: (listener) => listeners.push(listener),
  });
  const kinds = define(library);
  heap.close();
  return {
    kinds,
    library,
    turn: (body) => turns.run(body),
    at: (slot) => heap.facetAt(slot),
    slotOf: (facet) => heap.slotOf(facet),
    read,
  };
};
