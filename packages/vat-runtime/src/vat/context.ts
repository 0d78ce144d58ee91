/**
 * The parts of durable objects: facets, state records, and what `this` is in a method.
 *
 * One table serves all vats of this thread, because facets of vats that run the same module have the
 * same prototype, whose methods find their object here by `this`. A vat holds parts of its own objects
 * only, and never meets the table or a context itself.
 */
import { Fail } from '@endo/errors';
import type { Heap, Kind } from './heap.ts';

/** A property of the state, as JSON text of its CapData, and its value once that was read. */
export type Property = { readonly text: string; decoded?: { readonly value: unknown } };

/** What `this` is in a method, as far as it is needed here. */
export type Self = { readonly phase: string | undefined };

export type Context = {
  /** Of the vat to which the object belongs. */
  readonly heap: Heap;
  readonly number: bigint;
  readonly kind: Kind;
  readonly facets: Readonly<Record<string, object>>;
  /** What `this` is in a method: `state`, `facets`, `phase` and `become`. */
  readonly self: Self;
  readonly properties: Map<string, Property>;
  /** Undefined where the kind has no phases. */
  phase: string | undefined;
  /** The stamp of the last turn that touched it, or that of its coming back into memory. */
  changedAt: number;
  /** True where the turn that made the object was undone. */
  dead: boolean;
};

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
