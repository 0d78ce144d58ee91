/**
 * A checksum for each row, bound to its key. LevelDB answers altered values without an error.
 *
 * On disk a value is its checksum, of one width, and then the value itself. What the checksum does
 * not fit is never answered: neither a value with a flipped bit, nor one that belongs to another key.
 */
import type { ListOptions, Row, Storage, StoredRow } from './storage.ts';

/** `checksumLength` characters that depend on key and value. Guards against accidents, not against forgers. */
export type Checksum = (key: string, value: string) => string;

export const checksumLength = 8;

/** A row on disk is not what was written under its key. Names the key, and never the value. */
export class RowDamagedError extends Error {
  readonly code = 'POCAS_ROW_DAMAGED';
  readonly key: string;
  constructor(key: string, options?: ErrorOptions) {
    super(`Cannot read row ${JSON.stringify(key)}: it is damaged on disk`, options);
    this.name = 'RowDamagedError';
    this.key = key;
  }
}

/** Takes the checksum off a stored text. @throws RowDamagedError where it does not fit */
export const openRow = (checksum: Checksum, key: string, stored: string): string => {
  const value = stored.slice(checksumLength);
  if (stored.slice(0, checksumLength) !== checksum(key, value)) throw new RowDamagedError(key);
  return value;
};

/** The storage with checksums: written with every row, verified whenever one is read. */
export const makeCheckedStorage = (storage: Storage, checksum: Checksum): Storage =>
  Object.freeze({
    get(key: string) {
      const stored = storage.get(key);
      return stored === undefined ? undefined : openRow(checksum, key, stored);
    },
    async list(prefix: string, options?: ListOptions) {
      const rows = await storage.list(prefix, options);
      return rows.map(([key, stored]): StoredRow => [key, openRow(checksum, key, stored)]);
    },
    write: (rows: readonly Row[]) =>
      storage.write(
        rows.map(([key, value]): Row => [
          key,
          value === undefined ? undefined : checksum(key, value) + value,
        ]),
      ),
    close: () => storage.close(),
  });
