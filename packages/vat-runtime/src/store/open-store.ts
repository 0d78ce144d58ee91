/** Opens a node's store: verified first, and refused where something is missing from it. */
import type { Anchor } from './anchor.ts';
import { type Hash, makeChain, startChain } from './chain.ts';
import { type Checksum, makeCheckedStorage } from './checked-storage.ts';
import { type Committer, defaultMaxWaitingBytes, makeCommitter } from './committer.ts';
import type { Row, Storage } from './storage.ts';
import {
  type Refusal,
  type RefusalReason,
  formatKey,
  storeFormat,
  verifyStore,
} from './verify-store.ts';

/** What to do about it. The program adds its commands. */
const advice: { readonly [reason in RefusalReason]: string } = {
  hole: 'check the disk, then restore the newest backup of the whole data directory, or recover what is there',
  'behind-anchor':
    'put the newest data directory back, all of it, or recover what is there and accept the loss',
  'no-anchor': 'put the file back with the rows that belong to it, or recover what is there',
  empty: 'put the rows back, or recover, which begins anew with nothing',
  'wrong-anchor': 'restore rows and anchor from one backup, or recover what is there',
  'unknown-format': 'use the version of the program that wrote it, or another data directory',
  damaged: 'check the disk, then restore the newest backup, or recover what can be read',
};

/** The store would answer what is wrong or too old, so it was not opened. */
export class StoreRefusedError extends Error {
  readonly code = 'POCAS_STORE_REFUSED';
  readonly reason: RefusalReason;
  constructor({ reason, words }: Refusal, options?: ErrorOptions) {
    super(`Cannot open the store: ${words} (${reason}); ${advice[reason]}`, options);
    this.name = 'StoreRefusedError';
    this.reason = reason;
  }
}

export type StorePowers = {
  readonly storage: Storage;
  /** undefined where storage and process end together, as in memory. */
  readonly anchor: Anchor | undefined;
  readonly hash: Hash;
  readonly checksum: Checksum;
};

export type OpenStoreOptions = StorePowers & {
  /** Above it, `whenRoom` waits. */
  readonly maxWaitingBytes?: number;
  /** Called once when a batch or its anchor was not written: end the process. */
  readonly onFailure: (error: unknown) => void;
};

const firstRows: readonly Row[] = [[formatKey, storeFormat]];

/**
 * Verifies the store and opens it. Storage and anchor are the store's from then on: it closes
 * them, also when it is refused.
 *
 * @throws StoreRefusedError where something is missing or damaged
 */
export const openStore = async ({
  storage,
  anchor,
  hash,
  checksum,
  maxWaitingBytes = defaultMaxWaitingBytes,
  onFailure,
}: OpenStoreOptions): Promise<Committer> => {
  const checked = makeCheckedStorage(storage, checksum);
  try {
    const { refusal, links, anchored } = await verifyStore(checked, anchor);
    if (refusal !== undefined) throw new StoreRefusedError(refusal);
    let chain;
    if (links.length > 0) {
      chain = makeChain(hash, links);
      const { sequence, hash: newest } = chain.last();
      // A batch may have been written and not anchored. Its rows will be shown from now on.
      if (anchored?.sequence !== sequence) await anchor?.write(sequence, newest);
    } else {
      // Batch 0. The anchor comes first here: rows without one would be refused.
      const { link, rows } = startChain(hash, 0, '', firstRows);
      if (anchored === undefined) await anchor?.write(link.sequence, link.hash);
      await checked.write([...firstRows, ...rows]);
      chain = makeChain(hash, [link]);
    }
    return makeCommitter({ storage: checked, anchor, chain, maxWaitingBytes, onFailure });
  } catch (error) {
    await storage.close();
    await anchor?.close();
    throw error;
  }
};
