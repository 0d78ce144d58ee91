/**
 * The prototype of a facet: each method of its definition as a turn, behind its guard, in its phases,
 * and what the facet says about itself. It serves all vats of a module: what belongs to one of them is
 * found by `this`.
 */
import harden from '@endo/harden';
import { type MethodGuard, getMethodGuardPayload } from '@endo/patterns';
import type { Described, Description } from '../actor/description.ts';
import { assertAlive, contextOf } from './context.ts';
import {
  type Guard,
  type Inner as GuardedInner,
  type Method,
  type Methods,
  guardMethod,
  guardsFor,
  makeAnswerCheck,
  makeGuardedObject,
} from './guard.ts';
import type { Context } from './objects.ts';

export type { Guard, Methods };

/** A facet without its methods, which each vat has of its own: only their names. */
export type FacetDefinition = {
  /** The name of the kind, and that of the facet. */
  readonly kind: string;
  readonly facet: string;
  readonly methods: readonly string[];
  readonly guard: Guard | Described<Guard>;
  readonly readOnly: readonly string[];
  readonly isUnlinked: boolean;
  readonly phases: Readonly<Record<string, readonly string[]>>;
};

/** What a kind made by `defineActor` has of its vat: the methods of each facet. */
export type OwnMethods = Readonly<Record<string, Methods>>;

/** A method on its way to its vat: the guard hands it the context. */
type Inner = GuardedInner<Context>;

const AsyncFunction = Object.getPrototypeOf(async () => {}) as object;
const GeneratorFunction = Object.getPrototypeOf(function* () {}) as object;
const AsyncGeneratorFunction = Object.getPrototypeOf(async function* () {}) as object;

/** @throws for a method that gives control away in the middle: its later writes would be outside the turn */
export const assertPlain = (method: Method, name: string): void => {
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

const isDescribed = (guard: Guard | Described<Guard>): guard is Described<Guard> =>
  Object.hasOwn(guard, 'description');

/** The method, with its answer checked while its turn can still be undone. */
const withAnswerChecked = (method: Inner, guard: MethodGuard, name: string): Inner => {
  const checkAnswer = makeAnswerCheck(name, guard);
  if (checkAnswer === undefined) return method;
  return {
    checked(this: Context, ...args: unknown[]) {
      const answer = Reflect.apply(method, this, args);
      if (!(answer instanceof Promise)) checkAnswer(answer);
      return answer;
    },
  }.checked;
};

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

/** The context of a facet. @throws where it has no state, or none any more */
const living = (facet: object): Context => {
  const context = contextOf(facet);
  assertAlive(context);
  return context;
};

// Named methods, because the guard hands on `this`.
const asTurn = (method: Method): Method =>
  ({
    turn(this: object, ...args: unknown[]) {
      return contextOf(this).heap.turns.run(() => Reflect.apply(method, this, args));
    },
  }).turn;
/** A method whose turn comes later: of that, nobody who is called now could be told. */
const asLaterTurn = (method: Method): Method =>
  ({
    later(this: object, ...args: unknown[]) {
      contextOf(this).heap.turns.assertMayFollow();
      return Reflect.apply(method, this, args);
    },
  }).later;
const asInnerTurn = (method: Inner): Inner =>
  ({
    turn(this: Context, ...args: unknown[]) {
      return this.heap.turns.run(() => Reflect.apply(method, this, args));
    },
  }).turn;
const asReader = (method: Inner): Inner =>
  ({
    reader(this: Context, ...args: unknown[]) {
      return this.heap.turns.read(() => Reflect.apply(method, this, args));
    },
  }).reader;

/** Before anything else: a call that is refused is tied to nobody either. */
const asUnlinked = (method: Method): Method =>
  ({
    unlinked(this: object, ...args: unknown[]) {
      contextOf(this).heap.unlink();
      return Reflect.apply(method, this, args);
    },
  }).unlinked;
/** A method that waits for its arguments runs in a later delivery. */
const asUnlinkedTurn = (method: Inner): Inner =>
  ({
    unlinked(this: Context, ...args: unknown[]) {
      this.heap.unlink();
      return Reflect.apply(method, this, args);
    },
  }).unlinked;

/** @throws where guard and methods do not fit */
export const makeFacetPrototype = ({
  kind,
  facet,
  methods,
  guard: given,
  readOnly,
  isUnlinked,
  phases,
}: FacetDefinition): object => {
  const guard = isDescribed(given) ? given.guard : given;
  const guards = guardsFor(`${kind}.${facet}`, guard, methods);

  /** The method of the vat that has the object. */
  const ownMethod = (name: string): Inner =>
    ({
      own(this: Context, ...args: unknown[]) {
        return Reflect.apply((this.kind.own as OwnMethods)[facet]![name]!, this.self, args);
      },
    }).own;

  /** The phases to which a method belongs; undefined where it is there in all. */
  const phasesOf = (name: string): string[] | undefined => {
    const own = Object.keys(phases).filter((phase) => phases[phase]!.includes(`${facet}.${name}`));
    return own.length === 0 ? undefined : own;
  };
  const withPhaseChecked = (method: Inner, name: string): Inner => {
    const own = phasesOf(name);
    if (own === undefined) return method;
    return {
      inPhase(this: Context, ...args: unknown[]) {
        const phase = this.phase!;
        if (own.includes(phase)) return Reflect.apply(method, this, args);
        throw Error(
          `Cannot call "${kind}.${facet}.${name}" in phase "${phase}": it is there in "${own.join('", "')}"`,
        );
      },
    }.inPhase;
  };

  const reads = (name: string) => readOnly.includes(`${facet}.${name}`);
  /** The turn begins inside a `callWhen` guard, whose body runs later, and outside any other. */
  const startsInside = (name: string): boolean =>
    getMethodGuardPayload(guards[name]!).callKind === 'async';

  const guarded = (name: string): Method => {
    const methodGuard = guards[name]!;
    const own = ownMethod(name);
    const inPhase = withPhaseChecked(isUnlinked ? asUnlinkedTurn(own) : own, name);
    const behind = (method: Inner) => guardMethod(name, methodGuard, method, living);
    if (reads(name)) return behind(asReader(inPhase));
    if (!startsInside(name)) return asTurn(behind(inPhase));
    return asLaterTurn(behind(asInnerTurn(withAnswerChecked(inPhase, methodGuard, name))));
  };
  const outer: Methods = Object.fromEntries(
    methods.map((name) => [name, isUnlinked ? asUnlinked(guarded(name)) : guarded(name)]),
  );
  if (isDescribed(given)) {
    const { description } = given;
    const always = harden({ ...description });
    const inPhase = (phase: string) =>
      descriptionOf(description, (name) => phasesOf(name)?.includes(phase) ?? true);
    const byPhase = harden(
      Object.fromEntries(Object.keys(phases).map((phase) => [phase, inPhase(phase)])),
    );
    outer['__describe__'] = {
      __describe__(this: object) {
        const { phase } = living(this);
        return phase === undefined ? always : byPhase[phase];
      },
    }.__describe__;
  }
  return makeGuardedObject(`${kind} ${facet}`, guard, outer);
};
