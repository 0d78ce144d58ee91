/** What `@pocas/vat-runtime` offers inside a vat: `defineActor` and its company, bound to this vat. */
import { defendPrototype } from '@endo/exo/tools.js';
import harden from '@endo/harden';
import { Far } from '@endo/marshal';
import {
  type InterfaceGuard,
  type MethodGuard,
  type Pattern,
  getInterfaceGuardPayload,
  getMethodGuardPayload,
  isRawGuard,
  mustMatch,
} from '@endo/patterns';
import type { Described, Description } from '../actor/description.ts';
import type { Changed, DefineActor, MakeDurableMap, MakeDurableSet } from '../actor/actor.ts';
import type { Collections } from './collection.ts';
import { defineDurableMap } from './durable-map.ts';
import { defineDurableSet } from './durable-set.ts';
import type { Context, Heap, Kind } from './heap.ts';
import type { Turns } from './turn.ts';

type Guard = InterfaceGuard<Record<string, MethodGuard>>;
type Method = (...args: unknown[]) => unknown;
type Methods = Record<string, Method>;

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

const AsyncFunction = Object.getPrototypeOf(async () => {}) as object;
const GeneratorFunction = Object.getPrototypeOf(function* () {}) as object;
const AsyncGeneratorFunction = Object.getPrototypeOf(async function* () {}) as object;

/** A method that gives control away in the middle would leave its later writes outside the turn. */
const assertPlain = (method: Method, name: string): void => {
  const prototype = Object.getPrototypeOf(method) as object;
  if (
    prototype === AsyncFunction ||
    prototype === GeneratorFunction ||
    prototype === AsyncGeneratorFunction
  ) {
    throw TypeError(
      `Cannot define "${name}": async and generator methods must be listed in readOnly, since an await ends the turn`,
    );
  }
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

const isDescribed = (guard: Guard | Described<Guard>): guard is Described<Guard> =>
  Object.hasOwn(guard, 'description');

/** The description without the methods that are not offered. */
const descriptionOf = (
  { order, ...description }: Description,
  isOffered: (method: string) => boolean,
): Description => ({
  ...description,
  methods: Object.fromEntries(
    Object.entries(description.methods).filter(([method]) => isOffered(method)),
  ),
  ...(order === undefined ? {} : { order: { ...order, methods: order.methods.filter(isOffered) } }),
});

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

  const methodGuardOf = (guard: Guard, method: string): MethodGuard | undefined =>
    (getInterfaceGuardPayload(guard).methodGuards as Record<string, MethodGuard>)[method];

  /** The turn begins inside a `callWhen` guard, whose body runs later, and outside any other. */
  const startsInside = (guard: Guard, method: string): boolean => {
    const methodGuard = methodGuardOf(guard, method);
    return methodGuard !== undefined && getMethodGuardPayload(methodGuard).callKind === 'async';
  };

  /** The method, with its answer checked while its turn can still be undone. */
  const withAnswerChecked = (method: Method, guard: Guard, name: string): Method => {
    const { returnGuard } = getMethodGuardPayload(methodGuardOf(guard, name)!);
    if (isRawGuard(returnGuard)) return method;
    return {
      checked(this: unknown, ...args: unknown[]) {
        const answer = Reflect.apply(method, this, args);
        if (!(answer instanceof Promise)) {
          mustMatch(harden(answer), returnGuard, `${name}: result`);
        }
        return answer;
      },
    }.checked;
  };

  const makeFacetPrototype = (
    definition: Definition,
    facet: string,
    context: (facet: object) => object,
  ): object => {
    const { name: kindName, guards, facets, readOnly = [], phases = {} } = definition;
    const methods = facets[facet]!;
    const given = guards[facet]!;
    const guard = isDescribed(given) ? given.guard : given;

    /** The phases to which a method belongs; undefined where it is there in all. */
    const phasesOf = (method: string): string[] | undefined => {
      const name = `${facet}.${method}`;
      const own = Object.keys(phases).filter((phase) => phases[phase]!.includes(name));
      return own.length === 0 ? undefined : own;
    };
    const withPhaseChecked = (method: Method, name: string): Method => {
      const own = phasesOf(name);
      if (own === undefined) return method;
      return {
        inPhase(this: { phase: string }, ...args: unknown[]) {
          const { phase } = this;
          if (own.includes(phase)) return Reflect.apply(method, this, args);
          throw Error(
            `Cannot call "${kindName}.${facet}.${name}" in phase "${phase}": it is there in "${own.join('", "')}"`,
          );
        },
      }.inPhase;
    };

    const asTurn = (method: Method): Method =>
      // A named method, because the guard hands on `this`.
      ({
        turn(this: unknown, ...args: unknown[]) {
          return turns.run(() => Reflect.apply(method, this, args));
        },
      }).turn;
    const asReader = (method: Method): Method =>
      ({
        reader(this: unknown, ...args: unknown[]) {
          return turns.read(() => Reflect.apply(method, this, args));
        },
      }).reader;

    const inner: Methods = {};
    for (const [name, given] of Object.entries(methods)) {
      const reads = readOnly.includes(`${facet}.${name}`);
      if (!reads) assertPlain(given, `${kindName}.${facet}.${name}`);
      const method = withPhaseChecked(given, name);
      if (reads) inner[name] = asReader(method);
      else if (startsInside(guard, name))
        inner[name] = asTurn(withAnswerChecked(method, guard, name));
      else inner[name] = method;
    }
    const defended = defendPrototype(
      `${kindName} ${facet}`,
      context as never,
      inner,
      true,
      guard as never,
    ) as unknown as Methods;

    const outer: Methods = {};
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(defended))) {
      const method = descriptor.value as Method;
      const isTurn =
        Object.hasOwn(methods, name) &&
        !readOnly.includes(`${facet}.${name}`) &&
        !startsInside(guard, name);
      if (typeof method === 'function') outer[name] = isTurn ? asTurn(method) : method;
    }
    if (isDescribed(given)) {
      const inPhase = (phase: string) =>
        descriptionOf(given.description, (name) => phasesOf(name)?.includes(phase) ?? true);
      const always = harden({ ...given.description });
      const byPhase = harden(
        Object.fromEntries(Object.keys(phases).map((phase) => [phase, inPhase(phase)])),
      );
      outer['__describe__'] = function __describe__(this: object) {
        const { phase } = heap.contextOf(this);
        return phase === undefined ? always : byPhase[phase];
      } as Method;
    }
    return Far(`${kindName} ${facet}`, outer);
  };

  const defineActor = (definition: Definition) => {
    assertDefinition(definition);
    const { name, version = 1, state, init, facets, phases = {} } = definition;
    const thisOf = (facet: object) => {
      const context = heap.contextOf(facet);
      if (context.dead) throw Error('Cannot use object: the turn that made it was undone');
      return context.self;
    };
    const prototypes = Object.fromEntries(
      Object.keys(facets).map((facet) => [facet, makeFacetPrototype(definition, facet, thisOf)]),
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

  const waiting = new Map<Context, Set<() => void>>();
  // The newest stamp among some objects differs from an older answer when one of them was touched
  // since, or came back into memory: an answer too many, never one too few.
  onTouched((touched) => {
    collections.settle(touched);
    heap.stamp(touched as ReadonlySet<Context>);
    const woken = new Set<() => void>();
    for (const object of touched as ReadonlySet<Context>) {
      for (const wake of waiting.get(object) ?? []) woken.add(wake);
    }
    for (const wake of woken) wake();
  });

  const changed: Changed = (since, ...objects) => {
    const contexts = objects.map((object) => heap.contextOf(object));
    const version = () =>
      `${incarnation}.${Math.max(...contexts.map(({ changedAt }) => changedAt))}`;
    if (since !== version()) return Promise.resolve(version());
    return new Promise((resolve) => {
      const wake = () => {
        for (const context of contexts) {
          const set = waiting.get(context);
          set?.delete(wake);
          if (set?.size === 0) waiting.delete(context);
        }
        resolve(version());
      };
      for (const context of contexts) {
        const set = waiting.get(context) ?? new Set();
        waiting.set(context, set.add(wake));
      }
    });
  };

  return harden({
    defineActor: defineActor as unknown as DefineActor,
    makeDurableMap: defineDurableMap(heap, collections) as MakeDurableMap,
    makeDurableSet: defineDurableSet(collections) as MakeDurableSet,
    changed,
  });
};
