/**
 * The ordered keys of a durable collection, in pages of rows, so that a change costs the same however
 * many keys there are: one page, the count, and now and then the list of pages. A range is read page
 * by page, as far as it is asked for.
 *
 *   x/<number>          the pages in order: { next, pages: [[number, first key it may hold], …] };
 *                       absent while page 0 was never split
 *   k/<number>/<page>   a page's keys
 *   n/<number>          how many keys there are
 *
 * A collection that never held a key has none of these rows. Where one is there, another that is
 * missing is an error and never reads as empty.
 */
import { RowDamagedError } from '../store/checked-storage.ts';
import {
  type Check,
  arrayOf,
  isCount,
  isText,
  parseCount,
  parseRow,
  recordOf,
  tuple,
} from '../store/stored-json.ts';
import type { RowCache } from './row-cache.ts';

export type Key = string | bigint;
/** `from` inclusive, `to` exclusive, in either direction; at most `limit` keys. */
export type KeyRange = {
  readonly from?: Key;
  readonly to?: Key;
  readonly reverse?: boolean;
  readonly limit?: number;
};

export const encodeKey = (key: Key): string => (typeof key === 'bigint' ? `n${key}` : `s${key}`);
const isKeyText: Check = (value) => isText(value) && /^(?:n-?[0-9]+$|s)/.test(value as string);
const decodeKey = (text: string): Key => (text[0] === 'n' ? BigInt(text.slice(1)) : text.slice(1));

export const assertKey = (key: unknown): Key => {
  // The store keeps keys as UTF-8, where all halves of surrogate pairs are one and the same.
  if (typeof key === 'string' && /\p{Cs}/u.test(key)) {
    throw TypeError('Cannot use key: the text is not well formed');
  }
  if (typeof key === 'string' || typeof key === 'bigint') return key;
  throw TypeError('Cannot use key: a durable collection takes strings or bigints');
};

/** @returns a copy, which does not change while it is iterated over */
export const assertRange = (range: Partial<Record<keyof KeyRange, unknown>> = {}): KeyRange => {
  const { from, to, reverse = false, limit, ...rest } = range;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw TypeError(`Cannot read range: no option "${unknown}"`);
  if (typeof reverse !== 'boolean') throw TypeError('Cannot read range: reverse is true or false');
  if (limit !== undefined && !(Number.isSafeInteger(limit) && (limit as number) >= 0)) {
    throw TypeError('Cannot read range: limit is a whole number, not negative');
  }
  return {
    ...(from === undefined ? {} : { from: assertKey(from) }),
    ...(to === undefined ? {} : { to: assertKey(to) }),
    reverse,
    ...(limit === undefined ? {} : { limit: limit as number }),
  };
};

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

/** Holds keys from `from` until the next page's; undefined for the first page, which has no lower end. */
type Page = { readonly number: number; readonly from: Key | undefined };
type PageList = { readonly next: number; readonly pages: readonly Page[] };

const onePage: PageList = { next: 1, pages: [{ number: 0, from: undefined }] };

// Each answers undefined where there is no such row.
const decodeCount = (text: string | undefined, row: string) =>
  text === undefined ? undefined : parseCount(row, text);
const decodeKeys = (text: string | undefined, row: string): readonly Key[] | undefined => {
  if (text === undefined) return undefined;
  const keys = parseRow<string[]>(row, text, arrayOf(isKeyText)).map(decodeKey);
  // What stands out of order would be found by some ways of looking, and not by others.
  if (keys.some((key, i) => i > 0 && !isBefore(keys[i - 1]!, key))) throw new RowDamagedError(row);
  return keys;
};
const isPages = recordOf({
  next: isCount,
  pages: arrayOf(tuple(isCount, (from) => from === null || isKeyText(from))),
});
const decodeList = (text: string | undefined, row: string): PageList | undefined => {
  if (text === undefined) return undefined;
  const { next, pages } = parseRow<{
    next: number;
    pages: [number: number, from: string | null][];
  }>(row, text, isPages);
  // Only the first has no lower end.
  if (pages.length === 0 || pages.some(([, from], i) => (from === null) !== (i === 0))) {
    throw new RowDamagedError(row);
  }
  return {
    next,
    pages: pages.map(([number, from]) => ({
      number,
      from: from === null ? undefined : decodeKey(from),
    })),
  };
};
const encodeList = ({ next, pages }: PageList): string =>
  JSON.stringify({
    next,
    pages: pages.map(({ number, from }) => [number, from === undefined ? null : encodeKey(from)]),
  });

export const missingRow = (key: string): Error =>
  Error(
    `Cannot read collection: its row "${key}" is missing, so the store is damaged; restore a backup`,
  );

export type KeyPages = {
  has(key: Key): boolean;
  /** The key must not be there. */
  insert(key: Key): void;
  /** The key must be there. */
  remove(key: Key): void;
  size(): number;
  /** The first key of the range, in its direction, that comes after `last`; whatever its limit. */
  next(range: KeyRange, last: Key | undefined): Key | undefined;
};

/**
 * @param number - that of the collection
 * @param maxPageKeys - the most keys of a page, which is read and written whole
 */
export const makeKeyPages = (number: bigint, rows: RowCache, maxPageKeys = 128): KeyPages => {
  const countKey = `n/${number}`;
  const listKey = `x/${number}`;
  const pageKey = (page: number) => `k/${number}/${page}`;

  const size = (): number => {
    const count = rows.get(countKey, decodeCount);
    if (count !== undefined) return count;
    const isUsed =
      rows.get(listKey, decodeList) !== undefined || rows.get(pageKey(0), decodeKeys) !== undefined;
    if (isUsed) throw missingRow(countKey);
    return 0;
  };

  const keysOf = ({ number: page }: Page): readonly Key[] => {
    const keys = rows.get(pageKey(page), decodeKeys);
    if (keys !== undefined) return keys;
    if (size() > 0) throw missingRow(pageKey(page));
    return [];
  };

  const list = (): PageList => {
    const stored = rows.get(listKey, decodeList);
    if (stored !== undefined) return stored;
    if (keysOf(onePage.pages[0]!).length !== size()) throw missingRow(listKey);
    return onePage;
  };

  /** The index of the page to which a key belongs. */
  const pageIndex = (pages: readonly Page[], key: Key): number => {
    let low = 1;
    let high = pages.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBefore(key, pages[middle]!.from!)) high = middle;
      else low = middle + 1;
    }
    return low - 1;
  };

  const setKeys = ({ number: page }: Page, keys: readonly Key[]) =>
    rows.set(pageKey(page), keys, () => JSON.stringify(keys.map(encodeKey)));
  const setList = (now: PageList) => rows.set(listKey, now, () => encodeList(now));
  const changeSize = (by: number) => {
    const now = size() + by;
    rows.set(countKey, now, () => String(now));
  };

  const forwards = ({ from, to }: KeyRange, last: Key | undefined): Key | undefined => {
    const { pages } = list();
    const start = last ?? from;
    let index = start === undefined ? 0 : pageIndex(pages, start);
    let keys = keysOf(pages[index]!);
    let at = start === undefined ? 0 : position(keys, start);
    if (last !== undefined && keys[at] === last) at += 1;
    while (at >= keys.length) {
      index += 1;
      const page = pages[index];
      if (page === undefined || (to !== undefined && !isBefore(page.from!, to))) return undefined;
      keys = keysOf(page);
      at = 0;
    }
    const key = keys[at]!;
    return to === undefined || isBefore(key, to) ? key : undefined;
  };

  const backwards = ({ from, to }: KeyRange, last: Key | undefined): Key | undefined => {
    const { pages } = list();
    const end = last ?? to;
    let index = end === undefined ? pages.length - 1 : pageIndex(pages, end);
    let keys = keysOf(pages[index]!);
    let at = (end === undefined ? keys.length : position(keys, end)) - 1;
    while (at < 0) {
      const { from: above } = pages[index]!;
      if (above === undefined || (from !== undefined && !isBefore(from, above))) return undefined;
      index -= 1;
      keys = keysOf(pages[index]!);
      at = keys.length - 1;
    }
    const key = keys[at]!;
    return from === undefined || !isBefore(key, from) ? key : undefined;
  };

  return Object.freeze({
    has(key: Key) {
      const { pages } = list();
      const keys = keysOf(pages[pageIndex(pages, key)]!);
      return keys[position(keys, key)] === key;
    },
    insert(key: Key) {
      const { next, pages } = list();
      const index = pageIndex(pages, key);
      const page = pages[index]!;
      const before = keysOf(page);
      changeSize(1);
      const keys = before.toSpliced(position(before, key), 0, key);
      if (keys.length <= maxPageKeys) return setKeys(page, keys);
      const middle = keys.length >>> 1;
      const added: Page = { number: next, from: keys[middle]! };
      setKeys(page, keys.slice(0, middle));
      setKeys(added, keys.slice(middle));
      setList({ next: next + 1, pages: pages.toSpliced(index + 1, 0, added) });
    },
    remove(key: Key) {
      const { next, pages } = list();
      const index = pageIndex(pages, key);
      const page = pages[index]!;
      const before = keysOf(page);
      changeSize(-1);
      const keys = before.toSpliced(position(before, key), 1);
      // The first page stays, so that there always is one.
      if (keys.length > 0 || index === 0) return setKeys(page, keys);
      rows.set(pageKey(page.number), undefined, () => undefined);
      setList({ next, pages: pages.toSpliced(index, 1) });
    },
    size,
    next(range: KeyRange, last: Key | undefined) {
      const backward = range.reverse === true;
      const key = backward ? backwards(range, last) : forwards(range, last);
      // With pages that do not fit together one would walk round for ever.
      const isOn =
        key === undefined ||
        last === undefined ||
        (backward ? isBefore(key, last) : isBefore(last, key));
      if (!isOn) throw new RowDamagedError(listKey);
      return key;
    },
  });
};
