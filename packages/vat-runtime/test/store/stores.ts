/** Stores as a node opens them, for tests. */
import {
  type Committer,
  openDataDirectory,
  openStore,
  rowChecksum,
  sha256,
} from '@pocas/vat-runtime/node';
import type { Storage } from '#src/store/storage.js';
import type { Anchor } from '#src/store/anchor.js';

export const powers = { hash: sha256, checksum: rowChecksum };

export type TestStoreOptions = {
  readonly onFailure?: (error: unknown) => void;
  readonly maxWaitingBytes?: number;
};

const throwIt = (error: unknown) => {
  throw error;
};

export const openOver = (
  storage: Storage,
  anchor: Anchor | undefined,
  { onFailure = throwIt, ...options }: TestStoreOptions = {},
): Promise<Committer> => openStore({ ...powers, storage, anchor, onFailure, ...options });

/** The store of a data directory: LevelDB and the anchor's file. */
export const openTestStore = async (path: string): Promise<Committer> => {
  const { storage, anchor } = await openDataDirectory(path);
  return openOver(storage, anchor);
};

/** Stages one batch and waits for the disk. */
export const commit = async (
  store: Committer,
  rows: readonly (readonly [string, string | undefined])[],
): Promise<void> => {
  store.stage(rows);
  await store.settled();
};
