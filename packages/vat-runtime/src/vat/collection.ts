/**
 * What durable maps and sets have in common. A collection is an object of the vat with one facet that
 * never leaves the vat; its ordered keys are in pages (`key-pages.ts`), its rows in a cache.
 */
import harden from '@endo/harden';
import { Far } from '@endo/marshal';
import { contextOf } from './context.ts';
import type { Context, Form, Heap, Kind } from './objects.ts';
import { type Key, type KeyPages, type KeyRange, makeKeyPages } from './key-pages.ts';
import { type RowCache, makeRowCache } from './row-cache.ts';

export type Collection = {
  readonly number: bigint;
  readonly heap: Heap;
  readonly keys: KeyPages;
  readonly rows: RowCache;
};

const opened = new WeakMap<object, Collection>();
/** The facets' prototypes, each with the name of its form. */
const names = new WeakMap<object, string>();

/** A form of collection, `map` or `set`. Its methods find their collection by `this`. */
export const makeCollectionForm = (name: string, methods: Record<string, unknown>): Form => {
  const prototype = Far(`Durable ${name}`, methods) as object;
  names.set(prototype, name);
  return harden({
    name: `@${name}`,
    version: 1,
    shape: {},
    phases: [],
    prototypes: { [name]: prototype },
    statePrototype: {},
  });
};

/** @returns the maker of empty collections of a form, for one vat */
export const defineCollection = (heap: Heap, form: Form): (() => object) => {
  const kind: Kind = Object.freeze({ form, own: undefined });
  heap.define(kind);
  return () => heap.make(kind, () => ({})).facets[form.name.slice(1)]!;
};

/** The collection of a facet. @throws where the turn that made it was undone */
export const open = (facet: object): Collection => {
  const context: Context = contextOf(facet);
  const { number, heap, kind, dead } = context;
  if (dead) {
    throw Error(`Cannot use ${kind.form.name.slice(1)}: the turn that made it was undone`);
  }
  const known = opened.get(context);
  if (known !== undefined) return known;
  const rows = makeRowCache({
    read: heap.row,
    note: (change) => heap.turns.note({ ...change, touched: context }),
  });
  const collection = Object.freeze({ number, heap, keys: makeKeyPages(number, rows), rows });
  opened.set(context, collection);
  return collection;
};

/** The same, to be changed by the current turn. @throws where none is running */
export const openToChange = (facet: object): Collection => {
  contextOf(facet).heap.turns.assertActive('change a collection');
  return open(facet);
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

/**
 * Walks through a range, key by key. Each step goes on after the last key, in the collection as it
 * then is; so it may be changed meanwhile, and what is put behind the walker is not met.
 */
export const walk = <T>(
  facet: object,
  range: KeyRange,
  give: (collection: Collection, key: Key) => T,
): IterableIterator<T> => harden(steps(facet, range, give));

/** To be called when a turn that touched these objects was committed. */
export const settle = (touched: Iterable<object>): void => {
  for (const context of touched) opened.get(context)?.rows.settle();
};

/** @throws for the facet of a collection, which must not be sent */
export const assertNotCollection = (value: object): void => {
  const name = names.get(Object.getPrototypeOf(value) as object);
  if (name !== undefined) {
    throw TypeError(`Cannot send a durable ${name}: it belongs to its vat`);
  }
};
