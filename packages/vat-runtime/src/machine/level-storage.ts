/** The embedded store: LevelDB, one database for a node. */
import { resolve } from 'node:path';
import { Level } from 'level';
import { RowDamagedError, openRow } from '../store/checked-storage.ts';
import { StoreRefusedError } from '../store/open-store.ts';
import { type ListOptions, type Row, type Storage, compareKeys } from '../store/storage.ts';
import { rowChecksum } from './integrity.ts';

/** Another process, or another node of this one, has the data directory open. */
export class DataInUseError extends Error {
  readonly code = 'POCAS_DATA_IN_USE';
  constructor(directory: string) {
    super(`Cannot open data directory "${directory}": it is in use by another process`);
    this.name = 'DataInUseError';
  }
}

/** The disk has no room, so that nothing can be opened or made there. */
export class DiskFullError extends Error {
  readonly code = 'POCAS_DISK_FULL';
  constructor(directory: string, options?: ErrorOptions) {
    super(
      `Cannot open data directory "${directory}": the disk is full; make room on it, and start again`,
      options,
    );
    this.name = 'DiskFullError';
  }
}

/** What went wrong at the opening, in words for the operator where it is known. */
const openError = (directory: string, error: unknown): unknown => {
  const { cause } = error as { cause?: { code?: string; message?: string } };
  if (cause?.code === 'LEVEL_LOCKED') return new DataInUseError(directory);
  if (/no space left|disk quota exceeded/i.test(cause?.message ?? '')) {
    return new DiskFullError(directory, { cause: error });
  }
  if (cause?.code === 'LEVEL_CORRUPTION' || cause?.code === 'LEVEL_IO_ERROR') {
    return new StoreRefusedError(
      { reason: 'damaged', words: `LevelDB cannot read "${directory}": ${cause.message}` },
      { cause: error },
    );
  }
  return error;
};

/** Other threads of this process may read through handles of their own (classic-level, `multithreading`). */
const open = async (directory: string): Promise<Level<string, string>> => {
  const level = new Level<string, string>(directory, { multithreading: true } as object);
  try {
    await level.open();
  } catch (error) {
    throw openError(directory, error);
  }
  return level;
};

/** LevelDB's lock keeps out other processes, and with `multithreading` not other nodes of this one. */
const writers = new Set<string>();

/** A block that LevelDB cannot read damages rows like a checksum that does not fit. */
const readError = (key: string, error: unknown): unknown => {
  const { code } = error as { code?: string };
  const isDamage = code === 'LEVEL_CORRUPTION' || code === 'LEVEL_IO_ERROR';
  return isDamage ? new RowDamagedError(key, { cause: error }) : error;
};

const readRow = (level: Level<string, string>, key: string): string | undefined => {
  try {
    return level.getSync(key);
  } catch (error) {
    throw readError(key, error);
  }
};

/**
 * Rows as they are, without checksums.
 * @throws DataInUseError where another process has it open, DiskFullError, StoreRefusedError
 */
export const openLevelStorage = async (directory: string): Promise<Storage> => {
  const path = resolve(directory);
  if (writers.has(path)) throw new DataInUseError(directory);
  writers.add(path);
  const level = await open(directory).catch((error: unknown) => {
    writers.delete(path);
    throw error;
  });
  return Object.freeze({
    get: (key: string) => readRow(level, key),
    list: (prefix: string, { after, limit }: ListOptions = {}) =>
      level
        .iterator({
          ...(after !== undefined && compareKeys(after, prefix) >= 0
            ? { gt: after }
            : { gte: prefix }),
          lt: `${prefix}\u{10ffff}`,
          ...(limit === undefined ? {} : { limit }),
        })
        .all()
        .catch((error: unknown) => {
          throw readError(`${prefix}*`, error);
        }),
    write: (rows: readonly Row[]) =>
      level.batch(
        rows.map(([key, value]) =>
          value === undefined
            ? { type: 'del' as const, key }
            : { type: 'put' as const, key, value },
        ),
        { sync: true } as object,
      ),
    async close() {
      await level.close();
      writers.delete(path);
    },
  });
};

/** A second handle in another thread of the process that has the store open. Read only, verified. */
export const openLevelReader = async (
  directory: string,
): Promise<{ get(key: string): string | undefined; close(): Promise<void> }> => {
  const level = await open(directory);
  return Object.freeze({
    get(key: string) {
      const stored = readRow(level, key);
      return stored === undefined ? undefined : openRow(rowChecksum, key, stored);
    },
    close: () => level.close(),
  });
};
