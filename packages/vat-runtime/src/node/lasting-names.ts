/**
 * References in what has to last until a vat takes it: from a vat's slots to names that mean the same
 * at every start, its owner's id and slot, and back.
 */
import harden from '@endo/harden';
import type { Connection } from '../switchboard/connection.ts';
import type { Switchboard } from '../switchboard/switchboard.ts';
import type { InboxItem, StoredData } from '../vat/delivery.ts';
import type { NamedData, StoredItem } from './inbox.ts';

export type LastingNames = {
  /** What a vat's slot, as its rows write it, means to the node. */
  nameOf(party: Connection, slot: string): readonly [owner: string, slot: string];
  named(party: Connection, data: StoredData): NamedData;
  /** An item as a vat takes it. @throws where the owner of a reference exists no more */
  itemFor(party: Connection, item: StoredItem): InboxItem;
};

/** @param provideParty - the party with an id, made if need be */
export const makeLastingNames = (
  switchboard: Switchboard,
  provideParty: (id: string) => Connection | undefined,
): LastingNames => {
  const nameOf = (party: Connection, slot: string): readonly [string, string] => {
    if (slot[0] !== '-') return [party.id, `o+${slot}`];
    const { owner, slot: ownerSlot } = switchboard.held(party, `o${slot}`);
    return [owner.id, ownerSlot];
  };
  const named = (party: Connection, { body, slots }: StoredData): NamedData => ({
    body,
    refs: slots.map((slot) => nameOf(party, slot)),
  });
  const slotted = (party: Connection, { body, refs }: NamedData): StoredData => ({
    body,
    slots: refs.map(([owner, slot]) => {
      if (owner === party.id) return slot.slice(2);
      const connection = provideParty(owner);
      if (connection === undefined) throw Error('the owner of a reference is gone');
      return switchboard.introduce(party, switchboard.refAt(connection, slot)).slice(1);
    }),
  });
  const itemFor = (party: Connection, item: StoredItem): InboxItem => {
    switch (item.kind) {
      case 'send':
        return { ...item, args: slotted(party, item.args) };
      case 'answer':
        return {
          ...item,
          outcome: { ok: item.outcome.ok, data: slotted(party, item.outcome.data) },
        };
      case 'timer':
        return item;
    }
  };

  return harden({ nameOf, named, itemFor });
};
