/**
 * Imports a poca into a new directory, which may be used when all of it was verified, and not before.
 *
 * Its life goes on far past any that the old directory can reach by starting, so that peers that have met
 * it refuse the old one, also where somebody takes the mark away there.
 */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rowChecksum, sha256 } from '../machine/integrity.ts';
import { DiskFullError, openLevelStorage } from '../machine/level-storage.ts';
import { checksumLength } from '../store/checked-storage.ts';
import { openStore } from '../store/open-store.ts';
import type { Row, Storage } from '../store/storage.ts';
import { parseCount } from '../store/stored-json.ts';
import { openAnchorFile } from './anchor-file.ts';
import { arrivalRows } from './arrivals.ts';
import {
  designatorFrom,
  isDiskFull,
  makeStoreDirectory,
  openStoreFiles,
  secretFiles,
} from './data-directory.ts';
import { isImporting, markImporting, movedKey, unmarkImporting } from './directory-marks.ts';
import { type Poca, makeRowDigest, readArchive } from './move-archive.ts';
import { type OnMoveProgress, eachRow, isMovedFile, unfinished } from './move-export.ts';
import type { MoveKey } from './move-key.ts';
import { MoveRefusedError } from './move-refused.ts';
import { syncPath } from './synced-files.ts';

/** The row of the life. @see relations */
export const lifeKey = 'life';
/** By how much a move raises the life. A directory that starts each second gets there in 136 years. */
export const moveLives: number = 2 ** 32;
/** Rows of one write: so many, or so many characters. */
const batchRows = 1000;
const batchLength = 1 << 20;

export type ImportOptions = {
  readonly file: string;
  /** New, or empty, or one of an import that did not end. */
  readonly directory: string;
  readonly key: MoveKey;
  readonly onProgress?: OnMoveProgress;
  /** Default: LevelDB. */
  readonly openStorage?: (directory: string) => Promise<Storage>;
};

/** @returns whether the directory was made just now */
const prepare = async (directory: string): Promise<boolean> => {
  const isNew = !existsSync(directory);
  if (isNew) mkdirSync(directory, { recursive: true, mode: 0o700 });
  else if (isImporting(directory)) {
    // Whether another import is at it now, its lock says.
    if (existsSync(join(directory, 'store'))) {
      await (await openLevelStorage(makeStoreDirectory(directory))).close();
    }
    empty(directory);
  } else if (readdirSync(directory).length > 0) throw new MoveRefusedError('not-empty');
  markImporting(directory);
  return isNew;
};

/** The mark goes last, so that what is left after a crash is known to be of an import. */
const empty = (directory: string): void => {
  const names = readdirSync(directory);
  for (const name of names.filter((other) => other !== 'importing')) {
    rmSync(join(directory, name), { recursive: true, force: true });
  }
  rmSync(join(directory, 'importing'), { force: true });
};

/** Writes what the bundle says. @returns whose it is, and the digest of its rows */
const writeAll = async ({
  file,
  directory,
  key,
  onProgress = () => {},
  openStorage = openLevelStorage,
}: ImportOptions) => {
  const storage = await openStorage(makeStoreDirectory(directory));
  let poca: Poca | undefined;
  const names = new Set<string>();
  try {
    let batch: Row[] = [];
    let length = 0;
    let rows = 0;
    const flush = async () => {
      if (batch.length > 0) await storage.write(batch);
      rows += batch.length;
      onProgress('writing', rows);
      batch = [];
      length = 0;
    };
    const end = await readArchive(file, key, {
      poca: (said) => void (poca = said),
      file(name, text) {
        // Names stand in a bundle that was sealed by its owner; a path is none all the same.
        if (!isMovedFile(name)) throw new MoveRefusedError('malformed');
        names.add(name);
        writeFileSync(join(directory, name), text, { mode: 0o600, flush: true });
      },
      async row(row) {
        if (row[0] === movedKey) throw new MoveRefusedError('moved');
        batch.push(row);
        length += row[0].length + row[1].length;
        if (batch.length >= batchRows || length >= batchLength) await flush();
      },
    });
    await flush();
    if (poca === undefined || secretFiles.some((name) => !names.has(name))) {
      throw new MoveRefusedError('malformed');
    }
    if (designatorFrom(directory) !== poca.designator) throw new MoveRefusedError('malformed');
    return { poca, end };
  } finally {
    await storage.close();
  }
};

const writeAnchor = async (directory: string, { sequence, hash }: Poca): Promise<void> => {
  const anchor = openAnchorFile(join(directory, 'anchor'));
  try {
    await anchor.write(sequence, hash);
  } finally {
    await anchor.close();
  }
};

/** Reads everything again, and raises the life. */
const verifyAll = async (
  { directory, onProgress = () => {} }: ImportOptions,
  end: { rows: number; digest: string },
): Promise<void> => {
  onProgress('verifying', 0);
  const { storage, anchor } = await openStoreFiles(directory);
  try {
    const digest = makeRowDigest();
    await eachRow(storage, (row) => {
      digest.add(row);
      if (digest.count() % 1000 === 0) onProgress('verifying', digest.count());
      if (row[1].slice(0, checksumLength) !== rowChecksum(row[0], row[1].slice(checksumLength))) {
        throw new MoveRefusedError('not-verified');
      }
    });
    if (digest.count() !== end.rows || digest.text() !== end.digest) {
      throw new MoveRefusedError('not-verified');
    }
  } catch (error) {
    await storage.close();
    await anchor.close();
    throw error;
  }
  onProgress('marking', end.rows);
  let failure: unknown;
  const onFailure = (error: unknown) => void (failure = error);
  const store = await openStore({
    storage,
    anchor,
    hash: sha256,
    checksum: rowChecksum,
    onFailure,
  });
  try {
    const life = parseCount(lifeKey, store.get(lifeKey) ?? '0');
    store.stage([[lifeKey, String(life + moveLives)], ...arrivalRows(await store.list('peer/'))]);
    await store.settled().catch((error: unknown) => {
      throw failure ?? error;
    });
  } finally {
    await store.close();
  }
};

/**
 * Imports a bundle. The directory is as it was, or empty, where this throws; after a crash it is marked, and
 * importing again begins anew.
 *
 * @returns the designator of the poca's node
 * @throws MoveRefusedError, DiskFullError, StoreRefusedError
 */
export const importPoca = async (
  options: ImportOptions,
): Promise<{ designator: string; rows: number }> => {
  const { file, directory, onProgress = () => {} } = options;
  if (file.endsWith(unfinished(''))) throw new MoveRefusedError('not-whole');
  const isNew = await prepare(directory);
  try {
    onProgress('writing', 0);
    const { poca, end } = await writeAll(options);
    await writeAnchor(directory, poca);
    await verifyAll(options, end);
    syncPath(directory);
    onProgress('naming', end.rows);
    unmarkImporting(directory);
    onProgress('done', end.rows);
    return { designator: poca.designator, rows: end.rows };
  } catch (error) {
    if (isImporting(directory)) {
      empty(directory);
      if (isNew) rmSync(directory, { recursive: true, force: true });
    }
    throw isDiskFullBelow(error) ? new DiskFullError(directory, { cause: error }) : error;
  }
};

/** LevelDB says it in words, and as the cause of another error. */
const isDiskFullBelow = (error: unknown): boolean => {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (isDiskFull(at) || /no space left|disk quota exceeded/i.test(at.message)) return true;
  }
  return false;
};
