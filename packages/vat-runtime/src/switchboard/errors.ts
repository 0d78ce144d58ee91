/**
 * Which errors cross to others with their words.
 *
 * An error that somebody constructed, by name and on purpose, was written for whoever catches it. One
 * that the engine made (`undefined.x`, `JSON.parse`, `BigInt('…')`) may repeat any value that the failing
 * code had at hand, so it stays where it was made, and others learn only that the object failed.
 *
 * The two are told apart by their birth: the constructors that modules find under their names note what
 * they construct (`node/lockdown.ts` and `vat/module.ts` see to that), and the engine does not use those.
 * This file imports nothing, since it is there before the lockdown.
 */

/** What is said of a failure that has no words for others. */
export const OBJECT_FAILED = 'Cannot call: the object failed';

const written = new WeakSet<object>();
/** What an error stands in for, for the console of its own party. */
const originals = new WeakMap<object, unknown>();

/** `@endo/eventual-send` lists the methods of an object that lacks one, which are nobody else's business. */
const tellsTooMuch = /^target has no method /;

/** The names of the constructors whose errors have words. An `AggregateError` has none without its parts. */
export const errorNames: readonly string[] = Object.freeze([
  ...['Error', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError'],
]);

/** The same constructor, which notes what it constructs. */
export const asWriter = <Constructor extends (...args: never[]) => object>(
  constructor: Constructor,
): Constructor => {
  const note = (error: object) => {
    written.add(error);
    return error;
  };
  return new Proxy(constructor, {
    apply: (target, self, args) => note(Reflect.apply(target, self, args) as object),
    construct: (target, args, newTarget) =>
      note(Reflect.construct(target, args, newTarget) as object),
  });
};

/** Whether an error was constructed by somebody who gave it words. Runs nothing of the error's. */
export const isWritten = (reason: unknown): boolean => {
  if (Object(reason) !== reason || !written.has(reason as object)) return false;
  const message = Reflect.getOwnPropertyDescriptor(reason as object, 'message')?.value as unknown;
  return typeof message !== 'string' || !tellsTooMuch.test(message);
};

/** False also of what throws when it is asked, such as a proxy. */
export const isError = (reason: unknown): reason is Error => {
  try {
    return reason instanceof Error;
  } catch {
    return false;
  }
};

/** The words of an error, for the console of its own party. */
export const wordsOf = (reason: unknown): string => {
  if (!isError(reason)) return `it was thrown as ${typeof reason}, and not as an error`;
  try {
    const { name, message } = reason;
    return name === 'Error' ? `${message}` : `${name}: ${message}`;
  } catch {
    return 'an error that cannot be read';
  }
};

/** Makes a copy of an error as good, or as little good, as the error. */
export const copies = <Copy>(copy: Copy, original: unknown): Copy => {
  if (Object(copy) === copy && copy !== original && !isWritten(original)) {
    written.delete(copy as object);
  }
  return copy;
};

/** Lets an error stand in for another one, which is shown to its own party only. */
export const standIn = <Instead extends object>(error: Instead, original: unknown): Instead => {
  written.add(error);
  originals.set(error, original);
  return error;
};

/** What an error stands in for; undefined where it stands for itself. */
export const originalOf = (reason: unknown): unknown =>
  Object(reason) === reason ? originals.get(reason as object) : undefined;

/** What may cross in the place of a failure. What is no error was put together by somebody. */
export const asCrossing = (reason: unknown): unknown => {
  if (!isError(reason) || isWritten(reason)) return reason;
  return standIn(Error(OBJECT_FAILED), reason);
};

let lastOriginal: unknown;

/**
 * To be called with each error that is being marshalled for another party.
 *
 * @throws what is to be marshalled in its place: captp sends what marshalling throws as the failure
 */
export const onMarshalled = (error: unknown): void => {
  lastOriginal = undefined;
  const instead = asCrossing(error);
  if (instead !== error) throw instead as Error;
  lastOriginal = originalOf(error);
};

/**
 * What the error stands in for that was marshalled last, once; asked by the party that sends it, in the
 * same step as it marshals it.
 */
export const takeOriginal = (): unknown => {
  const original = lastOriginal;
  lastOriginal = undefined;
  return original;
};
