/**
 * The parts of durable objects: facets, state records, and what `this` is in a method.
 *
 * One table serves all vats of this thread, because facets of vats that run the same module have the
 * same prototype, whose methods find their object here by `this`. A vat holds parts of its own objects
 * only, and never meets the table or a context itself.
 */
import { Fail } from '@endo/errors';
import type { Context } from './objects.ts';

/** It keeps a context alive as long as one of its parts is. */
const contexts = new WeakMap<object, Context>();

export const noteParts = (context: Context, parts: readonly object[]): void => {
  for (const part of parts) contexts.set(part, context);
};

export const findContext = (part: object): Context | undefined => contexts.get(part);

export const contextOf = (part: object): Context =>
  contexts.get(part) ?? Fail`Cannot find object: it was not made by defineActor in this vat`;

export const assertAlive = ({ dead }: Context): void => {
  if (dead) throw Error('Cannot use object: the turn that made it was undone');
};
