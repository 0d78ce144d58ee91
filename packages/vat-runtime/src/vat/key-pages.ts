/**
 * The ordered keys of a durable map, in pages of rows, so that a change costs the same however many
 * keys there are: one page, the count, and now and then the list of pages.
 *
 *   x/<map>          the pages in order: { next, pages: [[number, first key it may hold], …] }
 *   k/<map>/<page>   a page's keys
 *   n/<map>          how many keys there are
 */
import harden from '@endo/harden';

export type Key = string | bigint;
/** `from` inclusive, `to` exclusive. */
export type KeyRange = { readonly from?: Key; readonly to?: Key };

export const encodeKey = (key: Key): string => (typeof key === 'bigint' ? `n${key}` : `s${key}`);
const decodeKey = (text: string): Key => (text[0] === 'n' ? BigInt(text.slice(1)) : text.slice(1));

/** Bigints by value come before strings by code unit. */
const isBefore = (a: Key, b: Key): boolean =>
  typeof a === typeof b ? a < b : typeof a === 'bigint';

/** Where `key` stands, or would stand, among ascending keys. */
const position = (keys: readonly Key[], key: Key): number => {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(keys[middle]!, key)) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** The keys from `from` until the next page's; undefined for the first page, which has no lower end. */
type Page = { readonly number: number; readonly from: Key | undefined; keys: Key[] | undefined };

export type KeyPages = {
  has(key: Key): boolean;
  /** The key must not be there. */
  insert(key: Key): void;
  /** The key must be there. */
  remove(key: Key): void;
  size(): number;
  /** In ascending order. */
  select(range: KeyRange): Key[];
};

export type KeyPagesPowers = {
  /** The number of the map. */
  readonly map: bigint;
  readonly read: (key: string) => string | undefined;
  /** Notes a change of the current turn; `row` says what the row holds at its end. */
  readonly note: (change: { undo: () => void; key: string; row: () => string | undefined }) => void;
  /** The most keys of a page: a page is read and written whole. */
  readonly maxPageKeys?: number;
};

export const makeKeyPages = ({ map, read, note, maxPageKeys = 128 }: KeyPagesPowers): KeyPages => {
  const list = JSON.parse(read(`x/${map}`) ?? '{"next":1,"pages":[[0,null]]}') as {
    next: number;
    pages: [number: number, from: string | null][];
  };
  let { next } = list;
  let size = Number(read(`n/${map}`) ?? 0);
  const pages = list.pages.map(([number, from]): Page => ({
    number,
    from: from === null ? undefined : decodeKey(from),
    keys: undefined,
  }));

  const keysOf = (page: Page): Key[] => {
    page.keys ??= (JSON.parse(read(`k/${map}/${page.number}`) ?? '[]') as string[]).map(decodeKey);
    return page.keys;
  };

  /** The index of the page to which a key belongs. */
  const pageIndex = (key: Key): number => {
    let low = 1;
    let high = pages.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBefore(key, pages[middle]!.from!)) high = middle;
      else low = middle + 1;
    }
    return low - 1;
  };

  const noteKeys = (page: Page, undo: () => void) =>
    note({
      undo,
      key: `k/${map}/${page.number}`,
      row: () => (pages.includes(page) ? JSON.stringify(keysOf(page).map(encodeKey)) : undefined),
    });
  const notePages = (undo: () => void) =>
    note({
      undo,
      key: `x/${map}`,
      row: () =>
        JSON.stringify({
          next,
          pages: pages.map(({ number, from }) => [
            number,
            from === undefined ? null : encodeKey(from),
          ]),
        }),
    });
  const changeSize = (by: number) => {
    size += by;
    note({ undo: () => void (size -= by), key: `n/${map}`, row: () => String(size) });
  };

  const split = (index: number) => {
    const page = pages[index]!;
    const keys = keysOf(page);
    const upper = keys.splice(keys.length >>> 1);
    const added: Page = { number: next, from: upper[0]!, keys: upper };
    next += 1;
    pages.splice(index + 1, 0, added);
    // Undone in reverse order, so the pages then are as they are now.
    notePages(() => {
      pages.splice(index + 1, 1);
      keys.push(...upper);
    });
    noteKeys(added, () => {});
  };

  return harden({
    has(key: Key) {
      const keys = keysOf(pages[pageIndex(key)]!);
      return keys[position(keys, key)] === key;
    },
    insert(key: Key) {
      const index = pageIndex(key);
      const page = pages[index]!;
      const keys = keysOf(page);
      keys.splice(position(keys, key), 0, key);
      noteKeys(page, () => keys.splice(position(keys, key), 1));
      changeSize(1);
      if (keys.length > maxPageKeys) split(index);
    },
    remove(key: Key) {
      const index = pageIndex(key);
      const page = pages[index]!;
      const keys = keysOf(page);
      keys.splice(position(keys, key), 1);
      noteKeys(page, () => keys.splice(position(keys, key), 0, key));
      changeSize(-1);
      // The first page stays, so that there always is one.
      if (keys.length > 0 || index === 0) return;
      pages.splice(index, 1);
      notePages(() => pages.splice(index, 0, page));
    },
    size: () => size,
    select({ from, to }: KeyRange) {
      const selected: Key[] = [];
      const first = from === undefined ? 0 : pageIndex(from);
      for (let index = first; index < pages.length; index += 1) {
        const page = pages[index]!;
        if (to !== undefined && page.from !== undefined && !isBefore(page.from, to)) break;
        const keys = keysOf(page);
        const start = from === undefined ? 0 : position(keys, from);
        const end = to === undefined ? keys.length : position(keys, to);
        selected.push(...keys.slice(start, end));
      }
      return selected;
    },
  });
};
