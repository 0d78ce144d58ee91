/**
 * Exports a poca: everything into one sealed file, and then the directory refuses to run.
 *
 * The order of steps is what keeps a poca from being lost, or doubled, by a crash at any moment:
 *
 *   1  the file is written under another name, `….part`, which no import takes
 *   2  it is read again, all of it, from the disk
 *   3  the directory is marked as moved, by a file
 *   4  the bundle gets its name
 *   5  the directory is marked in its store too
 *
 * Before 3 the directory works and the bundle is worth nothing; after it the bundle is whole, and what
 * was not done of 4 and 5 is done by the next export.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { rowChecksum, sha256 } from '../machine/integrity.ts';
import { DiskFullError } from '../machine/level-storage.ts';
import { checkStore, isSound } from '../store/check-store.ts';
import { checksumLength } from '../store/checked-storage.ts';
import { openStore } from '../store/open-store.ts';
import type { Storage, StoredRow } from '../store/storage.ts';
import {
  type DataDirectory,
  designatorFrom,
  isDiskFull,
  openStoreFiles,
} from './data-directory.ts';
import { markMoved, movedKey, readMoved } from './directory-marks.ts';
import { type OpenFile, readArchive, writeArchive } from './move-archive.ts';
import type { MoveKey } from './move-key.ts';
import { MoveRefusedError } from './move-refused.ts';
import { syncPath } from './synced-files.ts';

export type MoveStep = 'checking' | 'writing' | 'verifying' | 'marking' | 'naming' | 'done';
export type OnMoveProgress = (step: MoveStep, rows: number) => void;

/** Under which name a bundle is written, until its directory is marked. */
export const unfinished = (file: string): string => `${file}.part`;

/** Small files beside the store that belong to the poca. Where it listens is found anew. */
export const isMovedFile = (name: string): boolean =>
  /^[a-z][a-z0-9-]{0,39}\.(?:key|json)$/.test(name) &&
  name !== 'port.json' &&
  name !== 'running.json';

const pageLength = 500;

/** All rows as they are stored, in order. */
export const eachRow = async (
  storage: Storage,
  visit: (row: StoredRow) => Promise<void> | void,
): Promise<void> => {
  for (let after: string | undefined; ;) {
    const page = await storage.list('', {
      limit: pageLength,
      ...(after === undefined ? {} : { after }),
    });
    for (const row of page) await visit(row);
    if (page.length < pageLength) return;
    after = page.at(-1)![0];
  }
};

export type ExportOptions = {
  readonly directory: string;
  readonly file: string;
  /** Asked when everything else is ready: of what was moved before nobody needs another key. */
  readonly makeKey: () => Promise<MoveKey>;
  readonly onProgress?: OnMoveProgress;
  /** Default: the disk. */
  readonly openFile?: OpenFile;
};
type Writing = Omit<ExportOptions, 'makeKey'> & { readonly key: MoveKey };

type Files = Pick<DataDirectory, 'storage' | 'anchor'>;

/** @returns what the end of the bundle says */
const writeBundle = async (
  { directory, file, key, onProgress = () => {}, openFile }: Writing,
  { storage, anchor }: Files,
) => {
  onProgress('checking', 0);
  const found = await checkStore({ storage, anchor, hash: sha256, checksum: rowChecksum });
  const { anchored } = found;
  if (!isSound(found) || anchored === undefined) throw new MoveRefusedError('unsound');
  const archive = await writeArchive(unfinished(file), key, openFile);
  try {
    onProgress('writing', 0);
    await archive.poca({ designator: designatorFrom(directory), ...anchored });
    for (const name of readdirSync(directory).filter(isMovedFile)) {
      const path = join(directory, name);
      if (statSync(path).isFile()) await archive.file(name, readFileSync(path, 'utf8'));
    }
    let rows = 0;
    await eachRow(storage, async (row) => {
      await archive.row(row);
      rows += 1;
      if (rows % 1000 === 0) onProgress('writing', rows);
    });
    const written = await archive.end();
    if (written.rows !== found.rows) throw new MoveRefusedError('not-verified');
    syncPath(dirname(file));
    return written;
  } finally {
    await archive.close();
  }
};

const verifyBundle = async (
  { file, key, onProgress = () => {} }: Writing,
  written: { rows: number; digest: string },
) => {
  onProgress('verifying', 0);
  let rows = 0;
  const read = await readArchive(unfinished(file), key, {
    row() {
      rows += 1;
      if (rows % 1000 === 0) onProgress('verifying', rows);
    },
  });
  if (read.rows !== written.rows || read.digest !== written.digest) {
    throw new MoveRefusedError('not-verified');
  }
};

/** Says in the store what the file says, for whoever takes the file away. The store is closed then. */
const markStore = async ({ storage, anchor }: Files, mark: string): Promise<void> => {
  const onFailure = () => {};
  const store = await openStore({
    storage,
    anchor,
    hash: sha256,
    checksum: rowChecksum,
    onFailure,
  });
  try {
    store.stage([[movedKey, mark]]);
    await store.settled();
  } finally {
    await store.close();
  }
};

const giveName = (file: string): void => {
  if (!existsSync(unfinished(file))) return;
  renameSync(unfinished(file), file);
  syncPath(dirname(file));
};

/** What is left to do once the file of the mark is there. @returns where the bundle is */
const finish = async (files: Files, mark: string): Promise<string> => {
  const [file = ''] = mark.split('\n');
  giveName(file);
  await markStore(files, mark);
  return file;
};

export type Exported = {
  readonly file: string;
  readonly rows: number;
  /** It was moved before, and what was left to do is done. */
  readonly wasMoved: boolean;
};

/**
 * Exports the poca of a directory on which no node runs.
 *
 * @throws DataInUseError, DiskFullError, MoveRefusedError. The directory works as before then.
 */
export const exportPoca = async (options: ExportOptions): Promise<Exported> => {
  const { directory, onProgress = () => {} } = options;
  const file = resolve(options.file);
  const files = await openStoreFiles(directory);
  let isOpen = true;
  try {
    const stored = files.storage.get(movedKey)?.slice(checksumLength);
    const mark = readMoved(directory) ?? stored;
    if (mark !== undefined) {
      if (readMoved(directory) === undefined) markMoved(directory, mark);
      isOpen = false;
      return { file: await finish(files, mark), rows: 0, wasMoved: true };
    }
    // The mark is lines, and says in the first how the bundle is named, after a crash too.
    if (/[\r\n]/.test(file)) throw new MoveRefusedError('bad-name');
    if (existsSync(file)) throw new MoveRefusedError('file-exists');
    const writing = { ...options, file, key: await options.makeKey() };
    const written = await writeBundle(writing, files);
    await verifyBundle(writing, written);
    onProgress('marking', written.rows);
    const id = createHash('sha256').update(writing.key.header).digest('hex');
    const newMark = `${file}\n${id}\n`;
    markMoved(directory, newMark);
    onProgress('naming', written.rows);
    isOpen = false;
    await finish(files, newMark);
    onProgress('done', written.rows);
    return { file, rows: written.rows, wasMoved: false };
  } catch (error) {
    if (readMoved(directory) === undefined && isOpen) rmSync(unfinished(file), { force: true });
    throw isDiskFull(error) ? new DiskFullError(dirname(file), { cause: error }) : error;
  } finally {
    if (isOpen) {
      await files.storage.close();
      await files.anchor.close();
    }
  }
};
