/**
 * References in what has to last until a vat takes it: from a vat's slots to names that mean the same
 * at every start, its owner's id and slot, and back.
 */
import harden from '@endo/harden';
import type { Designator } from '../locator/identity.ts';
import { peerId } from '../session/peers.ts';
import type { Connection, Ref } from '../switchboard/connection.ts';
import type { Switchboard } from '../switchboard/switchboard.ts';
import { WireViolation, reverse } from '../switchboard/wire.ts';
import type { InboxItem, StoredData } from '../vat/delivery.ts';
import type { NamedData, StoredItem } from './inbox.ts';
import type { WireNames } from './streams.ts';

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

/** The same for what another node is sent, and sends, in the slots of its lasting c-list. */
export const makeWireNames = (
  switchboard: Switchboard,
  provideParty: (id: string) => Connection | undefined,
): WireNames => {
  const ownerOf = (id: string) => {
    const owner = provideParty(id);
    if (owner === undefined) throw Error('the owner of a reference is gone');
    return owner;
  };
  const nameOf = ({ owner, slot, lasting }: Ref): readonly [string, string] => {
    if (!lasting) throw new WireViolation('a reference that does not last');
    return [owner.id, slot];
  };
  const peerOf = (node: Designator) => ownerOf(peerId(node));
  const nodes: WireNames = {
    outgoing(node, { body, refs }) {
      const peer = peerOf(node);
      const slots = new Map<Ref, string>();
      return {
        body,
        slots: refs.map(([owner, slot]) => {
          if (owner === peer.id) return reverse(slot);
          const ref = switchboard.refAt(ownerOf(owner), slot);
          // Each counts once in a message, as what takes it counts it.
          const known = slots.get(ref) ?? reverse(switchboard.introduce(peer, ref));
          slots.set(ref, known);
          return known;
        }),
      };
    },
    incoming(node, data) {
      const { body, refs } = switchboard.take(peerOf(node), data);
      return { body, refs: refs.map(nameOf) };
    },
    handedOut(node, { body, refs }) {
      const peer = peerOf(node);
      // What is its own is in no table here unless somebody has it, and is no gift.
      const others = [...refs.keys()].filter((at) => refs[at]![0] !== peer.id);
      const made = switchboard.dataFor(peer, {
        body,
        refs: others.map((at) => switchboard.refAt(ownerOf(refs[at]![0]), refs[at]![1])),
      });
      const slots = refs.map(([, slot]) => reverse(slot));
      for (const [i, at] of others.entries()) slots[at] = made.data.slots[i]!;
      const gifts = made.gifts?.map((gift) => ({ ...gift, at: others[gift.at]! }));
      return { data: { body, slots }, ...(gifts === undefined ? {} : { gifts }) };
    },
    handedIn(node, data, gifts, done) {
      switchboard.dataFrom(peerOf(node), data, gifts, ({ body, refs }) => {
        // It may have ended while it was waited for.
        done(refs.every(({ lasting }) => lasting) ? { body, refs: refs.map(nameOf) } : undefined);
      });
    },
    target: (node, slot) => nameOf(switchboard.held(peerOf(node), slot)),
  };
  return harden(nodes);
};
