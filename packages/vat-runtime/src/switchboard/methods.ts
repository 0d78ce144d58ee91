/** Which methods of an object a message may reach: those behind a guard, and nothing inherited from Object. */
import { HandledPromise } from '@endo/eventual-send';
import { type Passable, passStyleOf } from '@endo/pass-style';

/** Objects that take messages with any name, and say themselves what they do with them. */
const takers = new WeakSet<object>();

/** Lets messages with any name through to an object. */
export const acceptAnyMethod = (value: object): void => void takers.add(value);

/** The methods behind a guard, of an object or of all objects that have this prototype. */
const guarded = new WeakMap<object, ReadonlySet<string>>();

export const noteGuarded = (value: object, methods: readonly string[]): void =>
  void guarded.set(value, new Set(methods));

const guardedMethods = (value: object): ReadonlySet<string> | undefined =>
  guarded.get(value) ?? guarded.get(Object.getPrototypeOf(value) as object);

/** Whether an object looks at what it is sent: a facet, a forwarder, a power. */
export const isGuarded = (value: object): boolean =>
  takers.has(value) || guardedMethods(value) !== undefined;

/** @throws for an object that must not be handed out, since nothing looks at what it is sent */
export const assertGuarded = (value: object): void => {
  if (isGuarded(value)) return;
  throw TypeError(
    'Cannot send object: it has no guard, or is a reference of another session; only what is guarded can be called',
  );
};

/**
 * Names of the methods of a remotable without a guard, its own and its prototypes', without those of
 * Object. A client may hand out such objects, which are its own affair.
 */
const methodNames = (value: object): ReadonlySet<string> => {
  const names = new Set<string>();
  for (
    let layer: object | null = value;
    layer !== null && layer !== Object.prototype;
    layer = Object.getPrototypeOf(layer) as object | null
  ) {
    for (const [name, { value: member }] of Object.entries(
      Object.getOwnPropertyDescriptors(layer),
    )) {
      if (typeof member === 'function' && name !== 'constructor') names.add(name);
    }
  }
  return names;
};

/** By the object itself: a prototype says nothing of what stands on the object. */
const namesOf = new WeakMap<object, ReadonlySet<string>>();

export const hasMethod = (value: object, name: string): boolean => {
  // A far function has the members of `Function.prototype`, and none of its own.
  if (typeof value !== 'object') return false;
  if (takers.has(value)) return true;
  const behindGuard = guardedMethods(value);
  if (behindGuard !== undefined) return behindGuard.has(name);
  if (passStyleOf(value as Passable) !== 'remotable') return false;
  let names = namesOf.get(value);
  if (names === undefined) {
    names = methodNames(value);
    namesOf.set(value, names);
  }
  return names.has(name);
};

/** Runs a method that `hasMethod` has found. */
export const callMethod = (value: object, name: string, args: readonly unknown[]): unknown => {
  // It is a presence: what it does stands in its handler.
  if (takers.has(value)) return HandledPromise.applyMethod(value, name, [...args]);
  const methods = value as Record<string, (...args: unknown[]) => unknown>;
  return methods[name]!(...args);
};
