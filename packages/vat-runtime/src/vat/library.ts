/** What `@pocas/vat-runtime` offers inside a vat: `defineActor` and its company, bound to this vat. */
import harden from '@endo/harden';
import type { Pattern } from '@endo/patterns';
import type { Described } from '../actor/description.ts';
import type {
  Changed,
  DefineActor,
  IdentityOf,
  MakeDurableMap,
  MakeDurableSet,
} from '../actor/actor.ts';
import { makeWatch } from './changed.ts';
import { defineCollection, settle } from './collection.ts';
import { assertAlive, contextOf } from './context.ts';
import { mapForm } from './durable-map.ts';
import { setForm } from './durable-set.ts';
import {
  type Guard,
  type Methods,
  type OwnMethods,
  assertPlain,
  makeFacetPrototype,
} from './facet.ts';
import type { Forwarding } from './forwarding.ts';
import type { Context, Form, Heap, Kind } from './objects.ts';
import type { Recall } from './recall.ts';

/** `defineActor`'s argument as it arrives at run time. */
type Definition = {
  name: string;
  version?: number;
  state: Record<string, Pattern>;
  init: (...args: unknown[]) => Record<string, unknown>;
  guards: Record<string, Guard | Described<Guard>>;
  facets: Record<string, Methods>;
  readOnly?: readonly string[];
  unlinked?: readonly string[];
  phases?: Record<string, readonly string[]>;
  forwarders?: Record<string, Parameters<Forwarding['makeForwarder']>[1]>;
};

export type VatLibrary = {
  readonly defineActor: DefineActor;
  readonly makeDurableMap: MakeDurableMap;
  readonly makeDurableSet: MakeDurableSet;
  readonly changed: Changed;
  readonly identityOf: IdentityOf;
};

export type VatLibraryPowers = {
  readonly heap: Heap;
  /** What other loads of the vat's module asked before. */
  readonly recall: Recall;
  readonly forwarding: Forwarding;
  /** Differs for each load of the vat, so that versions of an earlier one are not mistaken. */
  readonly incarnation: string;
  /** Objects that the turn just committed has touched are reported here. */
  readonly onTouched: (listener: (touched: ReadonlySet<object>) => void) => void;
};

/** @throws for a definition that cannot work, or that names what is not there */
const assertDefinition = ({
  name,
  state,
  guards,
  facets,
  readOnly = [],
  unlinked = [],
  phases,
  forwarders = {},
}: Definition) => {
  const refuse = (reason: string): never => {
    throw TypeError(`Cannot define "${name}": ${reason}`);
  };
  const phaseNames = Object.keys(phases ?? {});
  // A facet's name is part of its slots, the others stand in rows: see `importsIn` in vat.ts.
  for (const word of [
    name,
    ...Object.keys(state),
    ...Object.keys(facets),
    ...Object.keys(forwarders),
    ...phaseNames,
  ]) {
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
  for (const [facet, methods] of Object.entries(facets)) {
    for (const [method, body] of Object.entries(methods)) {
      if (typeof body !== 'function') refuse(`"${facet}.${method}" is not a function`);
    }
  }
  for (const facet of Object.keys(forwarders)) {
    if (Object.hasOwn(facets, facet)) refuse(`forwarder "${facet}" is also a facet`);
  }
  for (const facet of unlinked) {
    if (!Object.hasOwn(facets, facet)) refuse(`unlinked names "${facet}", which is no facet`);
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

/** A definition without what belongs to its vat: of its methods, only the names. */
type FormDefinition = Required<Omit<Definition, 'init' | 'facets' | 'forwarders'>> & {
  facets: Record<string, readonly string[]>;
};

const makeStatePrototype = (shape: Record<string, Pattern>): object => {
  const prototype = {};
  for (const name of Object.keys(shape)) {
    Object.defineProperty(prototype, name, {
      enumerable: true,
      get(this: object) {
        const context = contextOf(this);
        return context.heap.read(context, name);
      },
      set(this: object, value: unknown) {
        const context = contextOf(this);
        context.heap.write(context, name, value);
      },
    });
  }
  return prototype;
};

const makeForm = (definition: FormDefinition): Form => {
  const { name, version, state, guards, facets, readOnly, unlinked, phases } = definition;
  const prototypes = Object.entries(facets).map(([facet, methods]) => {
    const guard = guards[facet]!;
    const isUnlinked = unlinked.includes(facet);
    return [
      facet,
      makeFacetPrototype({ kind: name, facet, methods, guard, readOnly, isUnlinked, phases }),
    ] as const;
  });
  return harden({
    name,
    version,
    unlinked,
    shape: state,
    phases: Object.keys(phases),
    prototypes: Object.fromEntries(prototypes),
    statePrototype: makeStatePrototype(state),
  });
};

/** The vat's own part of a kind. @throws where a method cannot be a turn */
const makeOwn = ({ name, facets, readOnly = [] }: Definition): OwnMethods =>
  Object.fromEntries(
    Object.entries(facets).map(([facet, methods]) => {
      for (const [method, body] of Object.entries(methods)) {
        const fullName = `${facet}.${method}`;
        if (!readOnly.includes(fullName)) assertPlain(body, `${name}.${fullName}`);
      }
      return [facet, { ...methods }];
    }),
  );

export const makeLibrary = ({
  heap,
  recall,
  forwarding,
  incarnation,
  onTouched,
}: VatLibraryPowers): VatLibrary => {
  const selfOf = (facet: object) => {
    const context = contextOf(facet);
    assertAlive(context);
    return context.self;
  };

  const defineActor = (definition: Definition) => {
    assertDefinition(definition);
    const {
      name,
      version = 1,
      state,
      init,
      guards,
      readOnly = [],
      unlinked = [],
      phases = {},
      forwarders = {},
    } = definition;
    const own = makeOwn(definition);
    const facets = Object.fromEntries(
      Object.entries(own).map(([facet, methods]) => [facet, Object.keys(methods)]),
    );
    const form = recall.ask(
      'defineActor',
      { name, version, state, guards, facets, readOnly, unlinked, phases },
      makeForm,
    );
    const kind: Kind = Object.freeze({
      form,
      own,
      forwarders: Object.fromEntries(
        Object.entries(forwarders).map(([facet, forward]) => [
          facet,
          () => forwarding.makeForwarder(`${name} ${facet}`, forward, selfOf),
        ]),
      ),
    });
    heap.define(kind);
    return harden((...args: unknown[]) => heap.make(kind, () => init(...args)).facets);
  };

  const { changed, tell } = makeWatch(heap, incarnation);
  onTouched((touched) => {
    settle(touched);
    tell(touched as ReadonlySet<Context>);
  });

  return harden({
    defineActor: defineActor as unknown as DefineActor,
    makeDurableMap: defineCollection(heap, mapForm) as MakeDurableMap,
    makeDurableSet: defineCollection(heap, setForm) as MakeDurableSet,
    changed,
    identityOf: (reference: unknown) => heap.nameOf(reference, 'an identity'),
  });
};
