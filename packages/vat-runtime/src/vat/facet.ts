/**
 * The prototype of a facet: each method of its definition as a turn, behind its guard, in its phases,
 * and what the facet says about itself.
 */
import { defendPrototype } from '@endo/exo/tools.js';
import harden from '@endo/harden';
import { Far } from '@endo/marshal';
import { toThrowable } from '@endo/pass-style';
import {
  type InterfaceGuard,
  type MethodGuard,
  getInterfaceGuardPayload,
  getMethodGuardPayload,
  isRawGuard,
  mustMatch,
} from '@endo/patterns';
import type { Described, Description } from '../actor/description.ts';
import { sureMatcher } from './atoms.ts';
import type { Turns } from './turn.ts';

export type Guard = InterfaceGuard<Record<string, MethodGuard>>;
export type Method = (...args: unknown[]) => unknown;
export type Methods = Record<string, Method>;

export type FacetDefinition = {
  /** The name of the kind, and that of the facet. */
  readonly kind: string;
  readonly facet: string;
  readonly methods: Methods;
  readonly guard: Guard | Described<Guard>;
  readonly readOnly: readonly string[];
  readonly phases: Readonly<Record<string, readonly string[]>>;
};

/** What `this` is in a method, as far as it is needed here. */
type Self = { readonly phase: string | undefined };

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

const isDescribed = (guard: Guard | Described<Guard>): guard is Described<Guard> =>
  Object.hasOwn(guard, 'description');

/** The method, with its answer checked while its turn can still be undone. */
const withAnswerChecked = (method: Method, guard: MethodGuard, name: string): Method => {
  const { returnGuard } = getMethodGuardPayload(guard);
  if (isRawGuard(returnGuard)) return method;
  return {
    checked(this: unknown, ...args: unknown[]) {
      const answer = Reflect.apply(method, this, args);
      if (!(answer instanceof Promise)) mustMatch(harden(answer), returnGuard, `${name}: result`);
      return answer;
    },
  }.checked;
};

/**
 * The defended method, entered past the check of its arguments where they are atoms and references
 * that surely pass: half of what a small turn costs is that check.
 */
const withShortCut = (
  defended: Method,
  method: Method,
  guard: MethodGuard | undefined,
  selfOf: (facet: object) => Self,
  label: string,
): Method => {
  if (guard === undefined) return defended;
  const { argGuards, optionalArgGuards, restArgGuard, returnGuard } = getMethodGuardPayload(guard);
  const matchers = argGuards.flatMap((shape) => sureMatcher(shape) ?? []);
  const isPlain =
    matchers.length === argGuards.length &&
    (optionalArgGuards ?? []).length === 0 &&
    restArgGuard === undefined &&
    !isRawGuard(returnGuard);
  if (!isPlain) return defended;
  const isSureAnswer = sureMatcher(returnGuard);
  return {
    shortCut(this: object, ...args: unknown[]) {
      const isSure = args.length === matchers.length && matchers.every((is, i) => is(args[i]));
      if (!isSure) return Reflect.apply(defended, this, args);
      try {
        const answer = Reflect.apply(method, selfOf(this), args);
        if (isSureAnswer?.(answer) !== true) {
          mustMatch(harden(answer), returnGuard, `${label}: result`);
        }
        return answer;
      } catch (error) {
        // As the guard does.
        throw toThrowable(error);
      }
    },
  }.shortCut;
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

/**
 * @param selfOf - what `this` is in the methods of a facet
 * @throws where a method cannot be a turn, or guard and methods do not fit
 */
export const makeFacetPrototype = (
  { kind, facet, methods, guard: given, readOnly, phases }: FacetDefinition,
  turns: Turns,
  selfOf: (facet: object) => Self,
): object => {
  const guard = isDescribed(given) ? given.guard : given;
  const guards = getInterfaceGuardPayload(guard).methodGuards as Record<string, MethodGuard>;

  // Named methods, because the guard hands on `this`.
  const asTurn = (method: Method): Method =>
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

  /** The phases to which a method belongs; undefined where it is there in all. */
  const phasesOf = (name: string): string[] | undefined => {
    const own = Object.keys(phases).filter((phase) => phases[phase]!.includes(`${facet}.${name}`));
    return own.length === 0 ? undefined : own;
  };
  const withPhaseChecked = (method: Method, name: string): Method => {
    const own = phasesOf(name);
    if (own === undefined) return method;
    return {
      inPhase(this: Self, ...args: unknown[]) {
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
  const startsInside = (name: string): boolean => {
    const own = guards[name];
    return own !== undefined && getMethodGuardPayload(own).callKind === 'async';
  };

  const inner: Methods = {};
  for (const [name, method] of Object.entries(methods)) {
    const fullName = `${kind}.${facet}.${name}`;
    if (!reads(name)) assertPlain(method, fullName);
    const inPhase = withPhaseChecked(method, name);
    if (reads(name)) inner[name] = asReader(inPhase);
    else if (startsInside(name))
      inner[name] = asTurn(withAnswerChecked(inPhase, guards[name]!, fullName));
    else inner[name] = inPhase;
  }
  const tag = `${kind} ${facet}`;
  const defended = defendPrototype(
    tag,
    selfOf as never,
    inner,
    true,
    guard as never,
  ) as unknown as Methods;

  const outer: Methods = {};
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(defended))) {
    const method = descriptor.value as Method;
    if (typeof method !== 'function') continue;
    const isTurn = Object.hasOwn(methods, name) && !reads(name) && !startsInside(name);
    outer[name] = isTurn
      ? asTurn(withShortCut(method, inner[name]!, guards[name], selfOf, method.name))
      : method;
  }
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
        const { phase } = selfOf(this);
        return phase === undefined ? always : byPhase[phase];
      },
    }.__describe__;
  }
  return Far(tag, outer);
};
