/** Which methods of an object a message may reach: those of remotables, and nothing inherited from Object. */
import { HandledPromise } from '@endo/eventual-send';
import { type Passable, passStyleOf } from '@endo/pass-style';

/** Names of the methods of a remotable, its own and its prototypes', without those of Object. */
const methodNames = (value: object): Set<string> => {
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

/** Objects that take messages with any name, and say themselves what they do with them. */
const takers = new WeakSet<object>();

/** Lets messages with any name through to an object. */
export const acceptAnyMethod = (value: object): void => void takers.add(value);

const namesByPrototype = new WeakMap<object, Set<string>>();

export const hasMethod = (value: object, name: string): boolean => {
  if (takers.has(value)) return true;
  // A far function has the members of `Function.prototype`, and none of its own.
  if (typeof value !== 'object' || passStyleOf(value as Passable) !== 'remotable') return false;
  const prototype = Object.getPrototypeOf(value) as object;
  // An exo's methods all stand on its prototype, shared by its whole class.
  const key = Object.getOwnPropertyNames(value).length === 0 ? prototype : value;
  let names = namesByPrototype.get(key);
  if (names === undefined) {
    names = methodNames(value);
    namesByPrototype.set(key, names);
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
