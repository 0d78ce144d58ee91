/** The embedded store: LevelDB, one database for a node. */
import { Level } from 'level';
import type { Row, Storage } from '../store/storage.ts';

/** Another process, or another node of this one, has the data directory open. */
export class DataInUseError extends Error {
  readonly code = 'POCAS_DATA_IN_USE';
  constructor(directory: string) {
    super(`Cannot open data directory "${directory}": it is in use by another process`);
    this.name = 'DataInUseError';
  }
}

/** Other threads of this process may read through handles of their own (classic-level, `multithreading`). */
const open = async (directory: string): Promise<Level<string, string>> => {
  const level = new Level<string, string>(directory, { multithreading: true } as object);
  try {
    await level.open();
  } catch (error) {
    const { cause } = error as { cause?: { code?: string } };
    if (cause?.code === 'LEVEL_LOCKED') throw new DataInUseError(directory);
    throw error;
  }
  return level;
};

/** @throws DataInUseError where another process has it open */
export const openLevelStorage = async (directory: string): Promise<Storage> => {
  const level = await open(directory);
  return Object.freeze({
    get: (key: string) => level.getSync(key),
    list: (prefix: string) => level.iterator({ gte: prefix, lt: `${prefix}\u{10ffff}` }).all(),
    write: (rows: readonly Row[]) =>
      level.batch(
        rows.map(([key, value]) =>
          value === undefined
            ? { type: 'del' as const, key }
            : { type: 'put' as const, key, value },
        ),
        { sync: true } as object,
      ),
    close: () => level.close(),
  });
};

/** A second handle in another thread of the process that has the store open. Read only. */
export const openLevelReader = async (
  directory: string,
): Promise<{ get(key: string): string | undefined; close(): Promise<void> }> => {
  const level = await open(directory);
  return Object.freeze({
    get: (key: string) => level.getSync(key),
    close: () => level.close(),
  });
};
