/**
 * Durable maps: one row for each value and one for the ordered keys.
 * A map is an object of the vat with one facet that never leaves the vat.
 *
 * Inserting and deleting rewrite the row of keys, so a map suits some thousands of entries.
 */
import harden from '@endo/harden';
import { Far } from '@endo/marshal';
import type { Context, Heap, Kind, StoredValue } from './heap.ts';
import type { Turns } from './turn.ts';

type Key = string | bigint;
type Range = { from?: Key; to?: Key };
type Held = { readonly value: unknown; readonly stored: StoredValue };
type Contents = { readonly keys: Key[]; readonly values: Map<Key, Held> };

const encodeKey = (key: Key): string => (typeof key === 'bigint' ? `n${key}` : `s${key}`);
const decodeKey = (text: string): Key => (text[0] === 'n' ? BigInt(text.slice(1)) : text.slice(1));

const assertKey = (key: unknown): Key => {
  // The store keeps keys as UTF-8, where all halves of surrogate pairs are one and the same.
  if (typeof key === 'string' && /\p{Cs}/u.test(key)) {
    throw TypeError('Cannot use key: the text is not well formed');
  }
  if (typeof key === 'string' || typeof key === 'bigint') return key;
  throw TypeError('Cannot use key: a durable map takes strings or bigints');
};

/** Where `key` stands, or would stand, among ascending keys. */
const position = (keys: readonly Key[], key: Key): number => {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
};

export type DurableMaps = {
  makeDurableMap(): object;
  /** True for the facet of a map, which must not be sent. */
  isMap(value: object): boolean;
};

export const makeDurableMaps = (heap: Heap, turns: Turns): DurableMaps => {
  const contentsOf = new WeakMap<object, Contents>();

  const load = (map: object): Contents & { number: bigint; context: Context } => {
    const context = heap.contextOf(map);
    if (context.dead) throw Error('Cannot use map: the turn that made it was undone');
    const { number } = context;
    let contents = contentsOf.get(context);
    if (contents === undefined) {
      const keys = (JSON.parse(heap.row(`x/${number}`) ?? '[]') as string[]).map(decodeKey);
      contents = { keys, values: new Map() };
      contentsOf.set(context, contents);
    }
    return { ...contents, number, context };
  };

  const has = (keys: readonly Key[], key: Key) => keys[position(keys, key)] === key;

  const get = (map: object, key: Key): Held | undefined => {
    const { keys, values, number } = load(map);
    if (!has(keys, key)) return undefined;
    let held = values.get(key);
    if (held === undefined) {
      const stored = JSON.parse(heap.row(`m/${number}/${encodeKey(key)}`)!) as StoredValue;
      held = { value: heap.decode(stored), stored };
      values.set(key, held);
    }
    return held;
  };

  /** Writes or, with `held` undefined, deletes one entry. */
  const put = (map: object, key: Key, held: Held | undefined) => {
    const { keys, values, number, context } = load(map);
    const before = get(map, key);
    const set = (now: Held | undefined) => {
      if (now === undefined) values.delete(key);
      else values.set(key, now);
    };
    turns.note({
      undo: () => set(before),
      touched: context,
      key: `m/${number}/${encodeKey(key)}`,
      row: () => (has(keys, key) ? JSON.stringify(values.get(key)!.stored) : undefined),
    });
    set(held);
    if ((before === undefined) === (held === undefined)) return;
    const insert = () => keys.splice(position(keys, key), 0, key);
    const remove = () => keys.splice(position(keys, key), 1);
    turns.note({
      undo: held === undefined ? insert : remove,
      touched: context,
      key: `x/${number}`,
      row: () => (context.dead ? undefined : JSON.stringify(keys.map(encodeKey))),
    });
    if (held === undefined) remove();
    else insert();
  };

  const select = (map: object, { from, to }: Range = {}): Key[] => {
    const { keys } = load(map);
    const first = from === undefined ? 0 : position(keys, from);
    const last = to === undefined ? keys.length : position(keys, to);
    return keys.slice(first, last);
  };

  const prototype = Far('DurableMap', {
    get(this: object, key: unknown) {
      return get(this, assertKey(key))?.value;
    },
    has(this: object, key: unknown) {
      return has(load(this).keys, assertKey(key));
    },
    set(this: object, key: unknown, value: unknown) {
      turns.assertActive('change a map');
      const hardened = harden(value);
      put(this, assertKey(key), {
        value: hardened,
        stored: heap.encode(hardened, 'a value of a map'),
      });
    },
    delete(this: object, key: unknown) {
      turns.assertActive('change a map');
      const existed = has(load(this).keys, assertKey(key));
      if (existed) put(this, key as Key, undefined);
      return existed;
    },
    size(this: object) {
      return load(this).keys.length;
    },
    keys(this: object, range?: Range) {
      return select(this, range);
    },
    values(this: object, range?: Range) {
      return select(this, range).map((key) => get(this, key)!.value);
    },
    entries(this: object, range?: Range) {
      return select(this, range).map((key) => [key, get(this, key)!.value]);
    },
  });

  const kind: Kind = harden({
    name: '@map',
    version: 1,
    shape: {},
    prototypes: { map: prototype },
    statePrototype: {},
  });
  heap.define(kind);

  return harden({
    makeDurableMap: () => heap.make(kind, () => ({})).facets['map']!,
    isMap: (value: object) => Object.getPrototypeOf(value) === prototype,
  });
};
