/** What a durable object, its kind, and the objects of a vat are: the types. */
import type { Pattern } from '@endo/patterns';
import type { StoredData } from './delivery.ts';
import type { Turns } from './turn.ts';

/** What all vats of a module have in common of one kind of object. Nothing in it belongs to a vat. */
export type Form = {
  readonly name: string;
  readonly version: number;
  /** Facets whose calls are journalled without what would tie a caller to them. */
  readonly unlinked?: readonly string[];
  /** The shape of each property of the state. */
  readonly shape: Readonly<Record<string, Pattern>>;
  /** In the order of their definition: an object begins in the first. Empty where it has none. */
  readonly phases: readonly string[];
  /** The guarded prototype of each facet. */
  readonly prototypes: Readonly<Record<string, object>>;
  /** The prototype of the state record: an accessor for each property. */
  readonly statePrototype: object;
};

/** One kind of object of one vat. */
export type Kind = {
  readonly form: Form;
  /** What the methods of the form's prototypes find there of their vat: they say what it is. */
  readonly own: unknown;
  /** Makes each facet that takes any message (`forwarding.ts`). */
  readonly forwarders?: Readonly<Record<string, () => object>>;
};

export type Heap = {
  readonly turns: Turns;
  /** What the present delivery does is tied to nobody from now on. @see Form.unlinked */
  unlink(): void;
  isUnlinked(facet: object): boolean;
  define(kind: Kind): void;
  /** After the module was loaded, no kind may be added. */
  close(): void;
  make(kind: Kind, initialState: () => Record<string, unknown>): Context;
  /** The context of a facet, of a state record, or of what `this` is in a method. @throws for any other object */
  contextOf(part: object): Context;
  read(context: Context, property: string): unknown;
  write(context: Context, property: string, value: unknown): void;
  become(context: Context, phase: string): void;
  /** The slot of a facet, `o+d…`; undefined for what is not a facet of this vat. */
  slotOf(value: object): string | undefined;
  facetAt(slot: string): object | undefined;
  /** Durable data. @throws a TypeError that says why the value, called `name`, cannot be stored */
  toData(value: unknown, name: string): StoredData;
  /** @param row - where it stands, for the words in which damage is told */
  fromData(row: string, data: StoredData): unknown;
  /** The same as JSON text. */
  encode(value: unknown, name: string): string;
  decode(row: string, text: string): unknown;
  /** How rows name a reference. @throws for anything else, and for one that does not last */
  nameOf(reference: unknown, name: string): string;
  row(key: string): string | undefined;
  /** Notes that a turn changed these objects. Stamps rise from turn to turn. */
  stamp(touched: Iterable<Context>): void;
  getRoot(): object | undefined;
  setRoot(facet: object): void;
};

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
