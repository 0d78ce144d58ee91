/** The addresses of what one session holds. */
import harden from '@endo/harden';
import type { SessionSlot, WebSession } from '@pocas/vat-runtime';

/** The last part of `/c/<address>`: 128 bits, the same for a session and slot each time, useless elsewhere. */
export type Address = string;

export type AddressBook = {
  /**
   * The address of a presence of this session. From here on the presence is held,
   * and kept across restarts where its slot lasts.
   */
  addressOf(presence: object): Address;
  /** The presence at an address, or undefined: never met, dropped, or another session's. */
  find(address: Address): object | undefined;
};

/**
 * @param derive - makes the address from the slot; depends on the session, and on this start of the
 * node for a slot that does not last
 * @param limit - how many addresses are remembered at most. Past it the one unused longest is
 * forgotten; a lasting one is found again through the kept slots.
 */
export const makeAddressBook = (
  web: WebSession,
  derive: (slot: SessionSlot, lasts: boolean) => Address,
  limit: number,
): AddressBook => {
  // In order of use. The presence is held strongly: a c-list drops what nobody holds,
  // and a page that is on somebody's screen holds what it shows.
  const met = new Map<Address, object>();
  const kept = new Set<SessionSlot>(web.slots());

  const touch = (address: Address, presence: object) => {
    met.delete(address);
    met.set(address, presence);
    if (met.size <= limit) return;
    for (const oldest of met.keys()) {
      met.delete(oldest);
      break;
    }
  };

  return harden({
    addressOf(presence: object) {
      const slot = web.slotOf(presence);
      if (!kept.has(slot) && web.keep(slot)) kept.add(slot);
      const address = derive(slot, kept.has(slot));
      touch(address, presence);
      return address;
    },

    find(address: Address) {
      const known = met.get(address);
      if (known !== undefined) {
        touch(address, known);
        return known;
      }
      // After a restart of the node: what was kept is found by its slot.
      for (const slot of web.slots()) {
        if (derive(slot, true) !== address) continue;
        const presence = web.presenceAt(slot);
        if (presence !== undefined) touch(address, presence);
        return presence;
      }
      return undefined;
    },
  });
};
harden(makeAddressBook);
