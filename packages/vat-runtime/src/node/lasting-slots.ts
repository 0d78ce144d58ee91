/**
 * Lasting c-list entries in the store.
 *
 *   c/<party>/<slot>            [owner, owner's slot]
 *   r/<party>/<owner>/<slot>    the party's slot: the same entry found from the other end
 *   k/<party>                   the last number given
 */
import type { Committer } from '../store/committer.ts';
import { isText, parseCount, parseRow, tuple } from '../store/stored-json.ts';
import type { LastingSlots } from '../switchboard/c-lists.ts';

export const makeLastingSlots = (store: Committer): LastingSlots => {
  const lastNumbers = new Map<string, number>();
  return Object.freeze({
    at(party: string, slot: string) {
      const key = `c/${party}/${slot}`;
      const row = store.get(key);
      if (row === undefined) return undefined;
      const [owner, ownerSlot] = parseRow<[string, string]>(key, row, tuple(isText, isText));
      return { owner, slot: ownerSlot };
    },
    slotOf: (party: string, owner: string, slot: string) =>
      store.get(`r/${party}/${owner}/${slot}`),
    next(party: string) {
      const key = `k/${party}`;
      const number = (lastNumbers.get(party) ?? parseCount(key, store.get(key) ?? '0')) + 1;
      lastNumbers.set(party, number);
      return `o-d${number}`;
    },
    keep(party: string, slot: string, owner: string, ownerSlot: string) {
      store.stage([
        [`c/${party}/${slot}`, JSON.stringify([owner, ownerSlot])],
        [`r/${party}/${owner}/${ownerSlot}`, slot],
        [`k/${party}`, String(lastNumbers.get(party) ?? store.get(`k/${party}`) ?? 0)],
      ]);
    },
  });
};

/** Erases all that a party keeps. */
export const eraseLastingSlots = async (store: Committer, party: string): Promise<void> => {
  const rows = [...(await store.list(`c/${party}/`)), ...(await store.list(`r/${party}/`))];
  store.stage([...rows.map(([key]) => [key, undefined] as const), [`k/${party}`, undefined]]);
};
