/**
 * Durable maps: one row for each value, and the ordered keys in pages (`key-pages.ts`).
 * A map is an object of the vat with one facet that never leaves the vat.
 */
import harden from '@endo/harden';
import { Far } from '@endo/marshal';
import type { Context, Heap, Kind, StoredValue } from './heap.ts';
import { type Key, type KeyPages, type KeyRange, encodeKey, makeKeyPages } from './key-pages.ts';
import type { Turns } from './turn.ts';

type Held = { readonly value: unknown; readonly stored: StoredValue };
type Contents = { readonly keys: KeyPages; readonly values: Map<Key, Held> };

const assertKey = (key: unknown): Key => {
  // The store keeps keys as UTF-8, where all halves of surrogate pairs are one and the same.
  if (typeof key === 'string' && /\p{Cs}/u.test(key)) {
    throw TypeError('Cannot use key: the text is not well formed');
  }
  if (typeof key === 'string' || typeof key === 'bigint') return key;
  throw TypeError('Cannot use key: a durable map takes strings or bigints');
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
      const keys = makeKeyPages({
        map: number,
        read: heap.row,
        note: ({ undo, key, row }) =>
          turns.note({
            undo,
            touched: context,
            key,
            row: () => (context.dead ? undefined : row()),
          }),
      });
      contents = { keys, values: new Map() };
      contentsOf.set(context, contents);
    }
    return { ...contents, number, context };
  };

  const get = (map: object, key: Key): Held | undefined => {
    const { keys, values, number } = load(map);
    if (!keys.has(key)) return undefined;
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
      row: () => (keys.has(key) ? JSON.stringify(values.get(key)!.stored) : undefined),
    });
    set(held);
    if ((before === undefined) === (held === undefined)) return;
    if (held === undefined) keys.remove(key);
    else keys.insert(key);
  };

  const select = (map: object, range: KeyRange = {}): Key[] => load(map).keys.select(range);

  const prototype = Far('DurableMap', {
    get(this: object, key: unknown) {
      return get(this, assertKey(key))?.value;
    },
    has(this: object, key: unknown) {
      return load(this).keys.has(assertKey(key));
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
      const existed = load(this).keys.has(assertKey(key));
      if (existed) put(this, key as Key, undefined);
      return existed;
    },
    size(this: object) {
      return load(this).keys.size();
    },
    keys(this: object, range?: KeyRange) {
      return select(this, range);
    },
    values(this: object, range?: KeyRange) {
      return select(this, range).map((key) => get(this, key)!.value);
    },
    entries(this: object, range?: KeyRange) {
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
