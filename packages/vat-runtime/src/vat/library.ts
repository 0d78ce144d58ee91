/** What `@pocas/vat-runtime` offers inside a vat: `defineActor` and its company, bound to this vat. */
import harden from '@endo/harden';
import type { Pattern } from '@endo/patterns';
import type { Described } from '../actor/description.ts';
import type { Changed, DefineActor, MakeDurableMap, MakeDurableSet } from '../actor/actor.ts';
import { makeWatch } from './changed.ts';
import type { Collections } from './collection.ts';
import { defineDurableMap } from './durable-map.ts';
import { defineDurableSet } from './durable-set.ts';
import { type Guard, type Methods, makeFacetPrototype } from './facet.ts';
import type { Context, Heap, Kind } from './heap.ts';
import type { Turns } from './turn.ts';

/** `defineActor`'s argument as it arrives at run time. */
type Definition = {
  name: string;
  version?: number;
  state: Record<string, Pattern>;
  init: (...args: unknown[]) => Record<string, unknown>;
  guards: Record<string, Guard | Described<Guard>>;
  facets: Record<string, Methods>;
  readOnly?: readonly string[];
  phases?: Record<string, readonly string[]>;
};

export type VatLibrary = {
  readonly defineActor: DefineActor;
  readonly makeDurableMap: MakeDurableMap;
  readonly makeDurableSet: MakeDurableSet;
  readonly changed: Changed;
};

export type VatLibraryPowers = {
  readonly heap: Heap;
  readonly turns: Turns;
  readonly collections: Collections;
  /** Differs for each load of the vat, so that versions of an earlier one are not mistaken. */
  readonly incarnation: string;
  /** Objects that the turn just committed has touched are reported here. */
  readonly onTouched: (listener: (touched: ReadonlySet<object>) => void) => void;
};

/** @throws for a definition that cannot work, or that names what is not there */
const assertDefinition = ({ name, state, guards, facets, readOnly = [], phases }: Definition) => {
  const refuse = (reason: string): never => {
    throw TypeError(`Cannot define "${name}": ${reason}`);
  };
  const phaseNames = Object.keys(phases ?? {});
  // A facet's name is part of its slots, the others stand in rows: see `importsIn` in vat.ts.
  for (const word of [name, ...Object.keys(state), ...Object.keys(facets), ...phaseNames]) {
    if (!/^[A-Za-z][A-Za-z0-9]{0,39}$/.test(word)) {
      refuse(`"${word}" is not a name of letters and digits`);
    }
  }
  for (const facet of Object.keys(guards)) {
    if (!Object.hasOwn(facets, facet)) refuse(`guard "${facet}" guards no facet`);
  }
  for (const facet of Object.keys(facets)) {
    if (!Object.hasOwn(guards, facet)) refuse(`facet "${facet}" has no guard`);
    if (Object.hasOwn(facets[facet]!, 'then')) {
      refuse(
        `facet "${facet}" has a method "then", so it would be taken for a promise; give it another name`,
      );
    }
  }
  if (phases !== undefined && phaseNames.length === 0) refuse('its phases are none');
  const lists: [string, readonly string[]][] = [
    ['readOnly', readOnly],
    ...Object.entries(phases ?? {}).map(([phase, methods]): [string, readonly string[]] => [
      `phase "${phase}"`,
      methods,
    ]),
  ];
  const known = new Set(
    Object.entries(facets).flatMap(([facet, methods]) =>
      Object.keys(methods).map((method) => `${facet}.${method}`),
    ),
  );
  for (const [list, methods] of lists) {
    for (const method of methods) {
      if (!known.has(method)) refuse(`${list} names "${method}", and no facet has such a method`);
    }
  }
};

export const makeLibrary = ({
  heap,
  turns,
  collections,
  incarnation,
  onTouched,
}: VatLibraryPowers): VatLibrary => {
  const makeStatePrototype = (shape: Record<string, Pattern>): object => {
    const prototype = {};
    for (const name of Object.keys(shape)) {
      Object.defineProperty(prototype, name, {
        enumerable: true,
        get(this: object) {
          return heap.read(heap.contextOf(this), name);
        },
        set(this: object, value: unknown) {
          heap.write(heap.contextOf(this), name, value);
        },
      });
    }
    return harden(prototype);
  };

  const defineActor = (definition: Definition) => {
    assertDefinition(definition);
    const {
      name,
      version = 1,
      state,
      init,
      guards,
      facets,
      readOnly = [],
      phases = {},
    } = definition;
    const selfOf = (facet: object) => {
      const context = heap.contextOf(facet);
      if (context.dead) throw Error('Cannot use object: the turn that made it was undone');
      return context.self;
    };
    const prototypes = Object.fromEntries(
      Object.entries(facets).map(([facet, methods]) => [
        facet,
        makeFacetPrototype(
          { kind: name, facet, methods, guard: guards[facet]!, readOnly, phases },
          turns,
          selfOf,
        ),
      ]),
    );
    const kind: Kind = Object.freeze({
      name,
      version,
      shape: harden(state),
      phases: Object.keys(phases),
      prototypes,
      statePrototype: makeStatePrototype(state),
    });
    heap.define(kind);
    return harden((...args: unknown[]) => heap.make(kind, () => init(...args)).facets);
  };

  const { changed, tell } = makeWatch(heap, incarnation);
  onTouched((touched) => {
    collections.settle(touched);
    tell(touched as ReadonlySet<Context>);
  });

  return harden({
    defineActor: defineActor as unknown as DefineActor,
    makeDurableMap: defineDurableMap(heap, collections) as MakeDurableMap,
    makeDurableSet: defineDurableSet(collections) as MakeDurableSet,
    changed,
  });
};
