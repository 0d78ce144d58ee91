/** Where a node keeps its rows: ordered text keys, text values, one atomic batch at a time. */
export type Row = readonly [key: string, value: string | undefined];

/** A row that is there. */
export type StoredRow = readonly [key: string, value: string];

/** Which of the rows with a prefix to read. */
export type ListOptions = {
  /** Only keys after this one. */
  readonly after?: string;
  /** At most so many rows. */
  readonly limit?: number;
};

export type Storage = {
  /** The value on disk, undefined where there is none. */
  get(key: string): string | undefined;
  /**
   * Rows whose key starts with `prefix`, in order of keys (`compareKeys`), as they are at the
   * moment of the call: a write that ends while they are read is not seen.
   */
  list(prefix: string, options?: ListOptions): Promise<StoredRow[]>;
  /**
   * Writes all rows (undefined deletes) or none, and resolves when they are on disk.
   * After a rejection the storage must not be used again: what it holds is not known.
   */
  write(rows: readonly Row[]): Promise<void>;
  close(): Promise<void>;
};

/** Surrogates stand for code points above all others, and come before some in UTF-16. */
const rank = (unit: number) => (unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit);

/** The order of keys: by code points, which is also that of their bytes in UTF-8. */
export const compareKeys = (a: string, b: string): number => {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const difference = rank(a.charCodeAt(i)) - rank(b.charCodeAt(i));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
};

/** Whether a list with `prefix` and `after` has the key, if the row is there. */
export const isListed = (key: string, prefix: string, after: string | undefined): boolean =>
  key.startsWith(prefix) && (after === undefined || compareKeys(key, after) > 0);
