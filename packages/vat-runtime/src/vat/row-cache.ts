/**
 * The rows of one durable collection, decoded: all that the current turn wrote, and the last few
 * that were read or written before. What a row holds is never changed in place, so that undoing a
 * write is to forget it.
 */

export type RowCache = {
  /**
   * What the row holds, as the current turn left it. A row is always read with the same `decode`.
   * @param decode - is given undefined where there is no such row
   */
  get<T>(key: string, decode: (text: string | undefined, key: string) => T): T;
  /**
   * Writes a row in the current turn.
   * @param text - what it holds at the turn's end; undefined deletes it
   */
  set(key: string, value: unknown, text: () => string | undefined): void;
  /** To be called when the turn that wrote was committed. */
  settle(): void;
};

export type RowCachePowers = {
  /** A row as of the last committed turn. */
  readonly read: (key: string) => string | undefined;
  /** Notes a change of the current turn; `row` says what the row holds at its end. */
  readonly note: (change: { undo: () => void; key: string; row: () => string | undefined }) => void;
  readonly maxKnownRows?: number;
};

/**
 * The most rows of a collection that stay decoded from one turn to the next. Enough for the entries
 * at hand and their pages; few enough that a vat with a thousand collections stays small.
 */
const defaultMaxKnownRows = 256;

type Written = { readonly value: unknown; readonly text: () => string | undefined };

export const makeRowCache = ({
  read,
  note,
  maxKnownRows = defaultMaxKnownRows,
}: RowCachePowers): RowCache => {
  /** What the current turn wrote: it is in no store yet, so it stays here until the turn is over. */
  const written = new Map<string, Written>();
  /**
   * What the store has, in two ages. When the younger is full, the older is forgotten: what was used
   * lately stays, and to use it again costs one look.
   */
  let young = new Map<string, unknown>();
  let old = new Map<string, unknown>();

  const remember = (key: string, value: unknown) => {
    if (young.size >= maxKnownRows / 2 && !young.has(key)) {
      old = young;
      young = new Map();
    }
    young.set(key, value);
  };

  return Object.freeze({
    get<T>(key: string, decode: (text: string | undefined, key: string) => T): T {
      const mine = written.get(key);
      // The casts hold since a row is always read and written as the same type.
      if (mine !== undefined) return mine.value as T;
      if (young.has(key)) return young.get(key) as T;
      const value = old.has(key) ? (old.get(key) as T) : decode(read(key), key);
      remember(key, value);
      return value;
    },
    set(key: string, value: unknown, text: () => string | undefined) {
      const before = written.get(key);
      written.set(key, { value, text });
      note({
        undo: () => {
          if (before === undefined) written.delete(key);
          else written.set(key, before);
        },
        key,
        row: () => {
          const now = written.get(key);
          return now === undefined ? read(key) : now.text();
        },
      });
    },
    settle() {
      for (const [key, { value }] of written) remember(key, value);
      written.clear();
    },
  });
};
