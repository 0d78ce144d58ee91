/**
 * What durable maps and sets have in common. A collection is an object of the vat with one facet that
 * never leaves the vat; its ordered keys are in pages (`key-pages.ts`), its rows in a cache.
 */
import harden from '@endo/harden';
import { Far } from '@endo/marshal';
import type { Context, Heap, Kind } from './heap.ts';
import { type Key, type KeyPages, type KeyRange, makeKeyPages } from './key-pages.ts';
import { type RowCache, makeRowCache } from './row-cache.ts';
import type { Turns } from './turn.ts';

export type Collection = {
  readonly number: bigint;
  readonly keys: KeyPages;
  readonly rows: RowCache;
};

export type Collections = {
  /** Defines a kind of collection, `map` or `set`, and returns its maker. */
  define(name: string, methods: Record<string, unknown>): () => object;
  /** The collection of a facet. @throws where the turn that made it was undone */
  open(facet: object): Collection;
  /** The same, to be changed by the current turn. @throws where none is running */
  openToChange(facet: object): Collection;
  /**
   * Walks through a range, key by key. Each step goes on after the last key, in the collection as it
   * then is; so it may be changed meanwhile, and what is put behind the walker is not met.
   */
  walk<T>(
    facet: object,
    range: KeyRange,
    give: (collection: Collection, key: Key) => T,
  ): IterableIterator<T>;
  /** To be called when a turn that touched these objects was committed. */
  settle(touched: Iterable<object>): void;
  /** @throws for the facet of a collection, which must not be sent */
  assertNotOne(value: object): void;
};

export const makeCollections = (heap: Heap, turns: Turns): Collections => {
  const opened = new WeakMap<object, Collection>();
  const names = new WeakMap<object, string>();

  const open = (facet: object): Collection => {
    const context: Context = heap.contextOf(facet);
    if (context.dead) {
      const name = context.kind.name.slice(1);
      throw Error(`Cannot use ${name}: the turn that made it was undone`);
    }
    const known = opened.get(context);
    if (known !== undefined) return known;
    const { number } = context;
    const rows = makeRowCache({
      read: heap.row,
      note: (change) => turns.note({ ...change, touched: context }),
    });
    const collection = harden({ number, keys: makeKeyPages(number, rows), rows });
    opened.set(context, collection);
    return collection;
  };

  function* steps<T>(
    facet: object,
    range: KeyRange,
    give: (collection: Collection, key: Key) => T,
  ): Generator<T, undefined> {
    let last: Key | undefined;
    for (let left = range.limit ?? Infinity; left > 0; left -= 1) {
      const collection = open(facet);
      last = collection.keys.next(range, last);
      if (last === undefined) return;
      yield give(collection, last);
    }
  }

  return harden({
    define(name: string, methods: Record<string, unknown>) {
      const prototype = Far(`Durable ${name}`, methods) as object;
      names.set(prototype, name);
      const kind: Kind = harden({
        name: `@${name}`,
        version: 1,
        shape: {},
        phases: [],
        prototypes: { [name]: prototype },
        statePrototype: {},
      });
      heap.define(kind);
      return () => heap.make(kind, () => ({})).facets[name]!;
    },
    open,
    openToChange(facet: object) {
      turns.assertActive('change a collection');
      return open(facet);
    },
    walk: (facet, range, give) => harden(steps(facet, range, give)),
    settle(touched: Iterable<object>) {
      for (const context of touched) opened.get(context)?.rows.settle();
    },
    assertNotOne(value: object) {
      const name = names.get(Object.getPrototypeOf(value) as object);
      if (name !== undefined) {
        throw TypeError(`Cannot send a durable ${name}: it belongs to its vat`);
      }
    },
  }) as Collections;
};
