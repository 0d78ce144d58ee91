/**
 * Plain data: arrays and records of atoms, of references and of more of the same. Nearly all that actors
 * hand each other and remember is such a tree.
 *
 * `harden` and `passStyleOf` take any object, and keep a table of all that they ever saw. Of a plain tree
 * the same is found out here by looking at it: it is frozen through and through, has no accessors, and
 * may be passed. What is not plain, or nests deeply (as a circle does), is left to them.
 */
import { type Passable, passStyleOf } from '@endo/pass-style';

export const maxPlainDepth = 24;

export const isAtom = (value: unknown): boolean => {
  switch (typeof value) {
    case 'string':
    case 'bigint':
    case 'number':
    case 'boolean':
    case 'undefined':
      return true;
    default:
      return value === null;
  }
};

/** Whether it is surely a reference. False also where an error would say what is wrong with it. */
export const isReference = (value: unknown): value is object => {
  if (typeof value !== 'object' || value === null) return false;
  try {
    return passStyleOf(value as Passable) === 'remotable';
  } catch {
    return false;
  }
};

const hasData = (frozen: object, name: PropertyKey): boolean => {
  const property = Object.getOwnPropertyDescriptor(frozen, name);
  return property !== undefined && property.enumerable === true && Object.hasOwn(property, 'value');
};

/**
 * Freezes an object that inherits from `prototype`. Looked at after that, even a proxy can no longer say
 * something else of itself the next time.
 */
const isFrozenHeir = (value: object, prototype: object): boolean =>
  Object.getPrototypeOf(value) === prototype &&
  Object.getPrototypeOf(Object.freeze(value)) === prototype;

/** Freezes an array, whose items may still be anything. False where it is none, or has gaps or more properties. */
export const isPlainArray = (value: object): value is readonly unknown[] => {
  if (!isFrozenHeir(value, Array.prototype) || !Array.isArray(value)) return false;
  const { length } = value;
  for (let i = 0; i < length; i += 1) if (!hasData(value, i)) return false;
  return Reflect.ownKeys(value).length === length + 1;
};

export type PlainRecord = Readonly<Record<string, unknown>>;

/** Freezes a record. @returns its names; undefined where it is none, or has other properties than data */
export const namesOfPlain = (value: object): readonly string[] | undefined => {
  if (!isFrozenHeir(value, Object.prototype)) return undefined;
  const names = Reflect.ownKeys(value);
  for (const name of names) if (typeof name !== 'string' || !hasData(value, name)) return undefined;
  // The loop has looked at each.
  return names as string[];
};

/** Freezes a value where it is plain through and through. False says that it has to be looked at by others. */
export const isPlain = (value: unknown, depth = 0): boolean => {
  if (typeof value !== 'object' || value === null) return isAtom(value);
  if (depth > maxPlainDepth) return false;
  if (isPlainArray(value)) {
    for (const item of value) if (!isPlain(item, depth + 1)) return false;
    return true;
  }
  const names = namesOfPlain(value);
  if (names === undefined) return isReference(value);
  for (const name of names) if (!isPlain((value as PlainRecord)[name], depth + 1)) return false;
  return true;
};
