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
import { numberOf } from '../switchboard/held-slots.ts';
import type { Holdings } from './holdings.ts';

type Entry = readonly [owner: string, slot: string];
const isEntry = tuple(isText, isText);

export type KeptSlots = LastingSlots & {
  /** The greatest number that a party was given. */
  last(party: string): number;
  /** A party's numbers go on after this one. */
  raise(party: string, number: number): void;
};

const rowsAtOnce = 10_000;

/** Reads all rows with a prefix, by pages. */
export async function* eachRow(
  store: Committer,
  prefix: string,
): AsyncGenerator<readonly [key: string, value: string]> {
  for (let after: string | undefined; ;) {
    const rows = await store.list(prefix, {
      limit: rowsAtOnce,
      ...(after === undefined ? {} : { after }),
    });
    yield* rows;
    if (rows.length < rowsAtOnce) return;
    after = rows.at(-1)![0];
  }
}

/** Counts what the entries in the store name of other nodes. To be done once, before anything changes. */
export const countLastingSlots = async (store: Committer, holdings: Holdings): Promise<void> => {
  for await (const [key, row] of eachRow(store, 'c/')) {
    // Most entries of most nodes name what is here, and need not be parsed.
    if (row.startsWith('["n:')) holdings.add(...parseRow<Entry>(key, row, isEntry));
  }
};

/** The slots that a party keeps, by pages: some may be gone, or new, when they are read. */
export async function* keptSlots(store: Committer, party: string): AsyncGenerator<string> {
  const prefix = `c/${party}/`;
  for await (const [key] of eachRow(store, prefix)) yield key.slice(prefix.length);
}

export const makeLastingSlots = (store: Committer, holdings: Holdings): KeptSlots => {
  const lastNumbers = new Map<string, number>();
  const entryIn = (key: string): Entry | undefined => {
    const row = store.get(key);
    return row === undefined ? undefined : parseRow<Entry>(key, row, isEntry);
  };
  const last = (party: string): number => {
    const key = `k/${party}`;
    return lastNumbers.get(party) ?? parseCount(key, store.get(key) ?? '0');
  };
  return Object.freeze({
    at(party: string, slot: string) {
      const entry = entryIn(`c/${party}/${slot}`);
      return entry === undefined ? undefined : { owner: entry[0], slot: entry[1] };
    },
    slotOf: (party: string, owner: string, slot: string) =>
      store.get(`r/${party}/${owner}/${slot}`),
    next(party: string) {
      const number = last(party) + 1;
      lastNumbers.set(party, number);
      return `o-d${number}`;
    },
    keep(party: string, slot: string, owner: string, ownerSlot: string) {
      const key = `c/${party}/${slot}`;
      if (store.get(key) === undefined) holdings.add(owner, ownerSlot);
      store.stage([
        [key, JSON.stringify([owner, ownerSlot])],
        [`r/${party}/${owner}/${ownerSlot}`, slot],
        [`k/${party}`, String(last(party))],
      ]);
    },
    erase(party: string, slot: string) {
      const key = `c/${party}/${slot}`;
      const entry = entryIn(key);
      if (entry === undefined) return;
      const [owner, ownerSlot] = entry;
      store.stage([
        [key, undefined],
        [`r/${party}/${owner}/${ownerSlot}`, undefined],
      ]);
      holdings.remove(owner, ownerSlot);
    },
    wasGiven(party: string, slot: string) {
      const number = numberOf(slot);
      return number !== undefined && number <= last(party);
    },
    isNamed: holdings.isNamed,
    last,
    raise(party: string, number: number) {
      if (number <= last(party)) return;
      lastNumbers.set(party, number);
      store.stage([[`k/${party}`, String(number)]]);
    },
  });
};
