/** Where a node keeps its rows: ordered text keys, text values, one atomic batch at a time. */
export type Row = readonly [key: string, value: string | undefined];

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
  /** Rows whose key starts with `prefix`, in order of keys. */
  list(prefix: string, options?: ListOptions): Promise<(readonly [key: string, value: string])[]>;
  /**
   * Writes all rows (undefined deletes) or none, and resolves when they are on disk.
   * After a rejection the storage must not be used again: what it holds is not known.
   */
  write(rows: readonly Row[]): Promise<void>;
  close(): Promise<void>;
};
