/** Reads a whole store, whatever is wrong with it: for `pocas check` and `pocas recover`. */
import type { Anchor, AnchorPoint } from './anchor.ts';
import { linkPrefix, sequenceIn, startChain } from './chain.ts';
import { type Checksum, RowDamagedError, makeCheckedStorage, openRow } from './checked-storage.ts';
import type { StorePowers } from './open-store.ts';
import type { Row, Storage, StoredRow } from './storage.ts';
import { type Refusal, formatKey, storeFormat, verifyStore } from './verify-store.ts';

export type StoreCheck = {
  readonly rows: number;
  readonly characters: number;
  /** Links of the commit chain that are kept. */
  readonly links: number;
  /** The newest batch whose link is there. */
  readonly newest: number | undefined;
  readonly anchored: AnchorPoint | undefined;
  /** Why a start would be refused. */
  readonly refusal: Refusal | undefined;
  /** Keys of rows whose checksum does not fit. */
  readonly damaged: readonly string[];
  /** Some part could not be read at all, so rows may be missing from all this. */
  readonly unreadable: string | undefined;
};

/** Rows in memory at a time. */
const pageLength = 1000;

/** All rows as they are stored. Answers why it ended before the last one, where it did. */
const readAll = async (
  storage: Storage,
  visit: (row: StoredRow) => void,
): Promise<string | undefined> => {
  let after: string | undefined;
  let limit = pageLength;
  for (;;) {
    let page;
    try {
      page = await storage.list('', { limit, ...(after === undefined ? {} : { after }) });
    } catch (error) {
      if (limit === 1)
        return ((error as Error).cause as Error | undefined)?.message ?? String(error);
      // LevelDB answers nothing of a page with a damaged block in it, and all rows one by one.
      limit = 1;
      continue;
    }
    for (const row of page) visit(row);
    if (page.length < limit) return undefined;
    after = page.at(-1)![0];
  }
};

const isIntact = (checksum: Checksum, [key, stored]: StoredRow): boolean => {
  try {
    openRow(checksum, key, stored);
    return true;
  } catch (error) {
    if (error instanceof RowDamagedError) return false;
    throw error;
  }
};

/** Both need an anchor: without one there is nothing to compare with. */
export type RecoverPowers = StorePowers & { readonly anchor: Anchor };

/** Reads and verifies everything. Changes nothing. */
export const checkStore = async ({
  storage,
  anchor,
  checksum,
}: RecoverPowers): Promise<StoreCheck> => {
  let rows = 0;
  let characters = 0;
  let links = 0;
  let newest: number | undefined;
  const damaged: string[] = [];
  const unreadable = await readAll(storage, (row) => {
    const [key, stored] = row;
    rows += 1;
    characters += key.length + stored.length;
    if (!isIntact(checksum, row)) damaged.push(key);
    if (!key.startsWith(linkPrefix)) return;
    links += 1;
    newest = sequenceIn(key);
  });
  const { refusal, anchored } = await verifyStore(makeCheckedStorage(storage, checksum), anchor);
  return { rows, characters, links, newest, anchored, refusal, damaged, unreadable };
};

/** Whether there is anything to report. */
export const isSound = ({ refusal, damaged, unreadable }: StoreCheck): boolean =>
  refusal === undefined && damaged.length === 0 && unreadable === undefined;

/**
 * Makes a store usable with what is there: drops damaged rows and all links, and begins the chain
 * anew behind every number that was ever seen. What is missing stays missing.
 *
 * @param found - what the check has just answered
 * @returns the sequence number from which it goes on
 */
export const recoverStore = async (
  { storage, anchor, hash, checksum }: RecoverPowers,
  { damaged, newest = 0, anchored, refusal }: StoreCheck,
): Promise<number> => {
  if (refusal?.reason === 'unknown-format') {
    throw Error('Cannot recover: the rows were written by another version of the program');
  }
  const sequence = Math.max(newest, anchored?.sequence ?? 0) + 1;
  const links: string[] = [];
  await readAll(storage, ([key]) => {
    if (key.startsWith(linkPrefix)) links.push(key);
  });
  const own: Row[] = [
    ...[...new Set([...damaged, ...links])].map((key): Row => [key, undefined]),
    [formatKey, storeFormat],
  ];
  const { link, rows } = startChain(hash, sequence, anchored?.hash ?? '', own);
  await makeCheckedStorage(storage, checksum).write([...own, ...rows]);
  await anchor.write(link.sequence, link.hash);
  return sequence;
};
