/**
 * Which objects of other nodes the rows of this node name, and how often.
 *
 * A node may release what another one exported to it only when no row names that any more: a vat that
 * sleeps, a web session, an item that waits may have it. The rows themselves are the truth: they are
 * counted once at each start, in one pass, and then with each row that is staged. A count in the store
 * would be one more thing to be wrong, for ever, and too low a count loses a reference.
 */
import harden from '@endo/harden';

/** The part that those who stage rows need. */
export type Holdings = {
  /** A row that names an object was staged, or was found at the start. */
  add(owner: string, slot: string): void;
  /** The row is gone. */
  remove(owner: string, slot: string): void;
  isNamed(owner: string, slot: string): boolean;
  /** All that is named of one owner. */
  namedOf(owner: string): Iterable<string>;
  /** All nodes of which something is named, by their party ids. */
  owners(): Iterable<string>;
};

/** Whether the party with an id is another node: only what those own is counted. */
const isNode = (owner: string): boolean => owner.startsWith('n:');

/** @param onUnnamed - the last row that named it is gone. It may be asked for again within the call */
export const makeHoldings = (onUnnamed: (owner: string, slot: string) => void): Holdings => {
  const counts = new Map<string, Map<string, number>>();
  return harden({
    add(owner: string, slot: string) {
      if (!isNode(owner)) return;
      const slots = counts.get(owner) ?? new Map<string, number>();
      counts.set(owner, slots.set(slot, (slots.get(slot) ?? 0) + 1));
    },
    remove(owner: string, slot: string) {
      const slots = counts.get(owner);
      const count = slots?.get(slot);
      if (slots === undefined || count === undefined) return;
      if (count > 1) return void slots.set(slot, count - 1);
      slots.delete(slot);
      if (slots.size === 0) counts.delete(owner);
      onUnnamed(owner, slot);
    },
    isNamed: (owner: string, slot: string) => counts.get(owner)?.has(slot) === true,
    namedOf: (owner: string) => counts.get(owner)?.keys() ?? [],
    owners: () => counts.keys(),
  });
};
