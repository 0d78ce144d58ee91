/**
 * Lasting c-list entries in the store.
 *
 *   c/<party>/<slot>            [owner, owner's slot]
 *   r/<party>/<owner>/<slot>    the party's slot: the same entry found from the other end
 *   k/<party>                   the last number given
 */
import type { Committer } from '../store/committer.ts';
import { isText, parseCount, parseRow, tuple } from '../store/stored-json.ts';
import type { Row } from '../store/storage.ts';
import type { LastingSlots } from '../switchboard/c-lists.ts';

type Entry = readonly [owner: string, slot: string];
const isEntry = tuple(isText, isText);

export type KeptSlots = LastingSlots & {
  /** The greatest number that a party was given. */
  last(party: string): number;
  /** A party's numbers go on after this one. */
  raise(party: string, number: number): void;
};

export const makeLastingSlots = (store: Committer): KeptSlots => {
  const lastNumbers = new Map<string, number>();
  const last = (party: string): number => {
    const key = `k/${party}`;
    return lastNumbers.get(party) ?? parseCount(key, store.get(key) ?? '0');
  };
  return Object.freeze({
    at(party: string, slot: string) {
      const key = `c/${party}/${slot}`;
      const row = store.get(key);
      if (row === undefined) return undefined;
      const [owner, ownerSlot] = parseRow<Entry>(key, row, isEntry);
      return { owner, slot: ownerSlot };
    },
    slotOf: (party: string, owner: string, slot: string) =>
      store.get(`r/${party}/${owner}/${slot}`),
    next(party: string) {
      const number = last(party) + 1;
      lastNumbers.set(party, number);
      return `o-d${number}`;
    },
    keep(party: string, slot: string, owner: string, ownerSlot: string) {
      store.stage([
        [`c/${party}/${slot}`, JSON.stringify([owner, ownerSlot])],
        [`r/${party}/${owner}/${ownerSlot}`, slot],
        [`k/${party}`, String(last(party))],
      ]);
    },
    last,
    raise(party: string, number: number) {
      if (number <= last(party)) return;
      lastNumbers.set(party, number);
      store.stage([[`k/${party}`, String(number)]]);
    },
  });
};

/** The rows to stage so that a party keeps nothing any more. @param slots - all that it keeps */
export const erasedSlots = (store: Committer, party: string, slots: Iterable<string>): Row[] => {
  const rows: Row[] = [[`k/${party}`, undefined]];
  for (const slot of slots) {
    const key = `c/${party}/${slot}`;
    const row = store.get(key);
    if (row === undefined) continue;
    const [owner, ownerSlot] = parseRow<Entry>(key, row, isEntry);
    rows.push([key, undefined], [`r/${party}/${owner}/${ownerSlot}`, undefined]);
  }
  return rows;
};

/** Erases all that a party keeps, but for the last number that it was given. */
export const eraseKept = async (store: Committer, party: string): Promise<void> => {
  const prefix = `c/${party}/`;
  for (const [key, row] of await store.list(prefix)) {
    const [owner, ownerSlot] = parseRow<Entry>(key, row, isEntry);
    store.stage([
      [key, undefined],
      [`r/${party}/${owner}/${ownerSlot}`, undefined],
    ]);
  }
};
