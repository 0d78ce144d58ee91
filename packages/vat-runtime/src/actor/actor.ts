/**
 * The words in which a vat module defines its actors. Types only: the vat supplies the functions
 * (`vat/library.ts`), because what they do belongs to one vat and its current turn.
 */
import type { RemotableBrand } from '@endo/eventual-send';
import type { RemotableObject } from '@endo/pass-style';
import type { CastedPattern, InterfaceGuard, Pattern, TypeFromPattern } from '@endo/patterns';
import type { Described } from './description.ts';

/** A facet as its holder in the same vat sees it: guarded methods, which may be called directly. */
export type Facet<Methods> = Methods & RemotableObject & RemotableBrand<{}, Methods>;

/** The facets of one object, by name. */
export type Kit<F> = { readonly [K in keyof F]: Facet<F[K]> };

/** The type of a state whose properties have these shapes. */
export type StateOf<Shape> = { -readonly [K in keyof Shape]: TypeFromPattern<Shape[K]> };

// `any` on purpose: it keeps inference of each method's own signature (a plain function type erases it).
type Methods = Record<string, any>;
// `any` on purpose: the guard's method names are compared with the methods at definition, at run time.
type Guard = InterfaceGuard<any>;

export type ActorDefinition<
  Shape extends Record<string, Pattern>,
  Args extends readonly any[],
  F extends Record<string, Methods>,
> = {
  /** Names the kind in the store. Unique in the module, and never changed once objects exist. */
  name: string;
  /** Counts up when the meaning of stored state changes. Default 1. */
  version?: number;
  /** The state's properties and what each may hold; checked at every assignment. */
  state: Shape;
  /** Makes the first state from the maker's arguments. Runs inside the turn that makes the object. */
  init: (...args: Args) => StateOf<Shape>;
  /** For each facet its interface guard, with a description or without. */
  guards: { [K in keyof F]: Guard | Described<Guard> };
  /**
   * The methods of each facet. Inside them `this.state` is the object's state
   * and `this.facets` its facets. Written with method syntax, since they use `this`.
   */
  facets: F & ThisType<{ readonly state: StateOf<Shape>; readonly facets: Kit<F> }>;
  /**
   * Methods, as `facet.method`, that may answer with a promise. They run without a turn:
   * they read state, and writing it there throws.
   */
  readOnly?: readonly string[];
};

/**
 * Defines a kind of durable object and returns its maker.
 *
 * Every call of a facet is one turn, or a savepoint inside the caller's turn: a throw undoes all
 * that the call wrote and sent. Objects, and references to them, survive a restart of the node.
 *
 * To be called at the top level of a vat module.
 *
 * @example
 * const makeCounter = defineActor({
 *   name: 'Counter',
 *   state: { count: M.nat() },
 *   init: () => ({ count: 0n }),
 *   guards: { counter: M.interface('Counter', { add: M.call(M.nat()).returns(M.nat()) }) },
 *   facets: { counter: { add(n: bigint) { return (this.state.count += n); } } },
 * });
 */
export type DefineActor = <
  const Shape extends Record<string, Pattern>,
  Args extends readonly any[],
  F extends Record<string, Methods>,
>(
  definition: ActorDefinition<Shape, Args, F>,
) => (...args: Args) => Kit<F>;

/** A durable, ordered collection. It belongs to the vat: it may stand in state, never in a message. */
export type DurableMap<K extends string | bigint, V> = {
  get(key: K): V | undefined;
  has(key: K): boolean;
  /** Stores `value`, which must be durable: data, facets of this vat, lasting references to others. */
  set(key: K, value: V): void;
  /** @returns whether there was such a key */
  delete(key: K): boolean;
  size(): number;
  /** In ascending order of keys: strings by code unit, bigints by value. `from` inclusive, `to` exclusive. */
  keys(range?: { from?: K; to?: K }): Iterable<K>;
  values(range?: { from?: K; to?: K }): Iterable<V>;
  entries(range?: { from?: K; to?: K }): Iterable<[K, V]>;
};

/** Makes an empty durable map. Inside a turn only. */
export type MakeDurableMap = <K extends string | bigint, V>() => DurableMap<K, V>;

/**
 * A promise for the next version of what `objects` hold: settles as soon as their version differs
 * from `since`, at once where it already does or `since` is undefined.
 * A version is an opaque string, good until the vat restarts; an older one settles at once.
 *
 * @param objects - facets of objects, or durable maps, of this vat
 */
export type Changed = (since: string | undefined, ...objects: object[]) => Promise<string>;

/** The pattern itself, with a static type that the caller vouches for. */
export const typed = <T>(pattern: Pattern): CastedPattern<T> => pattern as CastedPattern<T>;
