/** A node's data directory: its secrets, readable by their owner only, its store and the store's anchor. */
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Designator, makeIdentity } from '../locator/identity.ts';
import type { Anchor } from '../store/anchor.ts';
import type { Storage } from '../store/storage.ts';
import { openAnchorFile } from './anchor-file.ts';
import { DiskFullError, openLevelStorage } from '../machine/level-storage.ts';
import type { NodeSecrets } from './node.ts';
import { DirectoryMovedError, assertRunnable, movedKey } from './directory-marks.ts';
import { writeSyncedFile } from './synced-files.ts';

const secretNames = ['identity', 'grants', 'web'] as const;
/** The files of secrets. */
export const secretFiles: readonly string[] = secretNames.map((name) => `${name}.key`);

export type DataDirectory = {
  readonly path: string;
  readonly storeDirectory: string;
  readonly storage: Storage;
  readonly anchor: Anchor;
  /** `web` keys the hashes of cookies and addresses. */
  readonly secrets: NodeSecrets & { readonly web: Uint8Array };
};

/** 32 random bytes. */
export const makeSecret = (): Uint8Array => new Uint8Array(randomBytes(32));

/** The secret in a file, made when there is none. */
const provideSecret = (path: string): Uint8Array => {
  // On disk at once: a node that has answered anyone must not come back without its keys.
  if (!existsSync(path)) writeSyncedFile(path, Buffer.from(makeSecret()).toString('hex'));
  return readSecret(path);
};

const readSecret = (path: string): Uint8Array => {
  const bytes = Buffer.from(readFileSync(path, 'utf8').trim(), 'hex');
  if (bytes.length !== 32) {
    throw Error(`Cannot read secret "${path}": it should hold 64 hexadecimal digits`);
  }
  return new Uint8Array(bytes);
};

/** Whose data directory it is. */
export const designatorFrom = (path: string): Designator =>
  makeIdentity(readSecret(join(path, 'identity.key'))).designator;

const storeIn = (path: string) => join(path, 'store');

export const makeStoreDirectory = (path: string): string => {
  const storeDirectory = storeIn(path);
  try {
    mkdirSync(storeDirectory, { recursive: true, mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (isDiskFull(error)) throw new DiskFullError(path, { cause: error });
    const why = code === 'ENOTDIR' || code === 'EEXIST' ? 'a file stands in its place' : code;
    throw Error(`Cannot make data directory "${path}": ${why}`);
  }
  chmodSync(path, 0o700);
  return storeDirectory;
};

export const isDiskFull = (error: unknown): boolean => {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT';
};

/**
 * Opens what a data directory keeps in its store, and no secret. The directory has to be there.
 * @throws DataInUseError where another process has it open, DiskFullError, StoreRefusedError
 */
export const openStoreFiles = async (
  path: string,
): Promise<Pick<DataDirectory, 'storage' | 'anchor'>> => {
  const storage = await openLevelStorage(storeIn(path));
  try {
    return { storage, anchor: openAnchorFile(join(path, 'anchor')) };
  } catch (error) {
    await storage.close();
    throw isDiskFull(error) ? new DiskFullError(path, { cause: error }) : error;
  }
};

/**
 * Opens the data directory, or makes it. Whether its rows are all there is for `openStore` to say.
 * @throws DataInUseError where another process has it open, DirectoryMovedError,
 * ImportUnfinishedError, DiskFullError, StoreRefusedError
 */
export const openDataDirectory = async (path: string): Promise<DataDirectory> => {
  assertRunnable(path);
  const storeDirectory = makeStoreDirectory(path);
  // The store's lock comes first, so that two processes do not make secrets or anchors at once.
  const { storage, anchor } = await openStoreFiles(path);
  try {
    // An export may have held the lock until now. Its row is there where somebody took away the file.
    assertRunnable(path);
    if (storage.get(movedKey) !== undefined) throw new DirectoryMovedError(path);
    const [identity, grants, web] = secretNames.map((name) =>
      provideSecret(join(path, `${name}.key`)),
    ) as [Uint8Array, Uint8Array, Uint8Array];
    return Object.freeze({
      path,
      storeDirectory,
      storage,
      anchor,
      secrets: { identity, grants, web },
    });
  } catch (error) {
    await storage.close();
    await anchor.close();
    throw isDiskFull(error) ? new DiskFullError(path, { cause: error }) : error;
  }
};
