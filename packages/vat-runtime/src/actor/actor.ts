/**
 * The words in which a vat module defines its actors. Types only: the vat supplies the functions
 * (`vat/library.ts`), because what they do belongs to one vat and its current turn.
 */
import type { RemotableBrand } from '@endo/eventual-send';
import type { RemotableObject } from '@endo/pass-style';
import type { CastedPattern, InterfaceGuard, Pattern, TypeFromPattern } from '@endo/patterns';
import type { Described } from './description.ts';
import type { Forwarder, Message } from './forwarder.ts';

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

/** What a forwarder does with a message. Its arguments are hardened, and come unchecked. */
export type Forward = (method: string, args: readonly unknown[], message: Message) => unknown;

export type ActorDefinition<
  Shape extends Record<string, Pattern>,
  Args extends readonly any[],
  F extends Record<string, Methods>,
  Phase extends string = never,
  W extends Record<string, Forward> = {},
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
   * The methods of each facet, written with method syntax, since they use `this`.
   * @see Self
   */
  facets: F & ThisType<Self<StateOf<Shape>, AllFacets<F, W>, Phase>>;
  /**
   * Methods, as `facet.method`, that may answer with a promise. They run without a turn:
   * they read state, and writing it there throws.
   */
  readOnly?: readonly string[];
  /**
   * Facets of which nothing may tell who called them, or when within the epoch: where one is called, by `E`
   * or by a call within the vat, the whole delivery leaves nothing in the vat's journal but that there was
   * one; so do those that bring what it asked of others. Meanwhile `clock.now()` tells the end of the
   * epoch, and what is printed, errors too, is lost. By `send` such a facet cannot be reached, since a message that waits has a
   * sender.
   *
   * What the methods themselves store is as telling as they make it: keep no reference, name or number of
   * the caller, and nothing that differs between two who ask for the same. The order of what happened
   * remains, as numbers of objects and in the journal; docs/actors.md says what else does.
   */
  unlinked?: readonly NoInfer<keyof F & string>[];
  /**
   * The phases of an object's life, each with the methods, as `facet.method`, that are there in it.
   * The first is that of a new object, `this.become` goes on to another. A method listed in no phase
   * is there in all; one listed elsewhere throws, and is not in the description.
   */
  phases?: { readonly [P in Phase]: readonly string[] };
  /** Facets that take any message: for each, what it does with one, in a turn. `this` is as in methods. */
  forwarders?: W & ThisType<Self<StateOf<Shape>, AllFacets<F, W>, Phase>>;
};

/** The facets of one object, those that take any message too. */
export type AllFacets<F, W> = Kit<F> & { readonly [K in keyof W]: Forwarder };

/** What `this` is in a method. */
export type Self<State, Facets, Phase extends string> = {
  /**
   * The object's state. What is assigned to a property is hardened itself, not copied. It must last:
   * data, facets of this vat, durable collections, and lasting references to objects elsewhere.
   */
  readonly state: State;
  readonly facets: Facets;
  /** The phase in which the object is. */
  readonly phase: Phase;
  /** Changes the phase: a part of the turn, as a change of state is. */
  become(phase: Phase): void;
};

/**
 * Defines a kind of durable object and returns its maker.
 *
 * Every call of a facet is one turn, or a savepoint inside the caller's turn: a throw undoes all
 * that the call wrote, made, sent and became. Objects, and references to them, survive a restart of
 * the node. What the definition gets wrong, such as the name of a method, throws at once.
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
 *
 * @example with phases: after `close`, `bid` throws and the page no longer offers it
 * const makeAuction = defineActor({
 *   …
 *   phases: { open: ['seller.close', 'buyer.bid'], closed: ['buyer.collect'] },
 *   facets: { seller: { close() { this.become('closed'); } }, … },
 * });
 */
export type DefineActor = <
  const Shape extends Record<string, Pattern>,
  Args extends readonly any[],
  F extends Record<string, Methods>,
  Phase extends string = never,
  W extends Record<string, Forward> = {},
>(
  definition: ActorDefinition<Shape, Args, F, Phase, W>,
) => (...args: Args) => AllFacets<F, W>;

/** Which part of a collection to walk through, in ascending order of keys unless `reverse`. */
export type KeyRange<K> = {
  /** The lowest key, itself included. */
  readonly from?: K;
  /** Above the highest key: itself not included. */
  readonly to?: K;
  readonly reverse?: boolean;
  /** How many at most. */
  readonly limit?: number;
};

/**
 * A durable map, ordered by its keys: strings by code unit, bigints by value.
 * It belongs to the vat: it may stand in state, never in a message.
 *
 * A walk reads as far as it is followed, however large the map is. The map may change meanwhile: each
 * step goes on after the last key that was given, in the map as it then is.
 */
export type DurableMap<K extends string | bigint, V> = {
  get(key: K): V | undefined;
  has(key: K): boolean;
  /** Stores `value`, which must last as state must. @see Self */
  set(key: K, value: V): void;
  /** @returns whether there was such a key */
  delete(key: K): boolean;
  size(): number;
  keys(range?: KeyRange<K>): IterableIterator<K>;
  values(range?: KeyRange<K>): IterableIterator<V>;
  entries(range?: KeyRange<K>): IterableIterator<[K, V]>;
};

/** Makes an empty durable map. Inside a turn only. */
export type MakeDurableMap = <K extends string | bigint, V>() => DurableMap<K, V>;

/** A durable set, ordered and walked through as a durable map is. */
export type DurableSet<K extends string | bigint> = {
  has(key: K): boolean;
  /** @returns whether it was not there before */
  add(key: K): boolean;
  /** @returns whether it was there */
  delete(key: K): boolean;
  size(): number;
  values(range?: KeyRange<K>): IterableIterator<K>;
};

/** Makes an empty durable set. Inside a turn only. */
export type MakeDurableSet = <K extends string | bigint>() => DurableSet<K>;

/**
 * A promise for the next version of what `objects` hold: settles as soon as their version differs
 * from `since`, at once where it already does or `since` is undefined.
 * A version is an opaque string, good until the vat restarts; an older one settles at once.
 *
 * @param objects - facets of objects, or durable collections, of this vat
 */
export type Changed = (since: string | undefined, ...objects: object[]) => Promise<string>;

/**
 * A text that is the same for the same object, and for no other, as long as this vat's state holds a
 * reference to it. It gives no access. @throws where the reference does not last
 */
export type IdentityOf = (reference: unknown) => string;

/** The pattern itself, with a static type that the caller vouches for. */
export const typed = <T>(pattern: Pattern): CastedPattern<T> => pattern as CastedPattern<T>;
