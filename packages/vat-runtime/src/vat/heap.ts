/**
 * The durable objects of one vat: their identities, their state, and its rows in the store.
 *
 * An object is known by a number that is never used again. Its facets are slots `o+d<number>.<facet>`.
 * State is kept encoded, property by property, so that what cannot survive a restart is refused
 * at the assignment, by name. Rows are read when first needed.
 *
 *   o/<number>          { kind, version, state: { property: CapData } }
 *   x/…, k/…, n/…       a map's keys (`key-pages.ts`)
 *   m/<number>/<key>    a map's value
 *   meta                { lastObject, root }
 *
 * In a row, a slot of this vat's own is written `d<number>.<facet>`, an import `-d<number>`.
 */
import { Fail, q } from '@endo/errors';
import harden from '@endo/harden';
import { makeMarshal } from '@endo/marshal';
import { type Passable, passStyleOf } from '@endo/pass-style';
import { type Pattern, mustMatch } from '@endo/patterns';
import type { Turns } from './turn.ts';

export type StoredValue = { readonly body: string; readonly slots: readonly string[] };

/** One kind of object, as `defineActor` made it. */
export type Kind = {
  readonly name: string;
  readonly version: number;
  /** The shape of each property of the state. */
  readonly shape: Readonly<Record<string, Pattern>>;
  /** The guarded prototype of each facet. */
  readonly prototypes: Readonly<Record<string, object>>;
  /** The prototype of the state record: an accessor for each property. */
  readonly statePrototype: object;
};

export type Context = {
  readonly number: bigint;
  readonly kind: Kind;
  readonly state: object;
  readonly facets: Readonly<Record<string, object>>;
  readonly values: Map<string, unknown>;
  encoded: Record<string, StoredValue> | undefined;
  /** The stamp of the last turn that touched it, or that of its coming back into memory. */
  changedAt: number;
  /** True where the turn that made the object was undone. */
  dead: boolean;
};

export type Heap = {
  define(kind: Kind): void;
  /** After the module was loaded, no kind may be added. */
  close(): void;
  make(kind: Kind, initialState: () => Record<string, unknown>): Context;
  /** The context of a facet or of a state record. */
  contextOf(facetOrState: object): Context;
  read(context: Context, property: string): unknown;
  write(context: Context, property: string, value: unknown): void;
  /** The slot of a facet, `o+d…`; undefined for what is not a facet of this vat. */
  slotOf(value: object): string | undefined;
  facetAt(slot: string): object | undefined;
  encode(value: unknown, name: string): StoredValue;
  decode(stored: StoredValue): unknown;
  row(key: string): string | undefined;
  /** Notes that a turn changed these objects. Stamps rise from turn to turn. */
  stamp(touched: Iterable<Context>): void;
  getRoot(): object | undefined;
  setRoot(facet: object): void;
};

export type HeapPowers = {
  readonly turns: Turns;
  /** A row of this vat as of its last turn. */
  readonly read: (key: string) => string | undefined;
  /** The import slot (`o-…`) of a presence, undefined for what was not imported. */
  readonly importSlot: (value: object) => string | undefined;
  readonly importAt: (slot: string) => object;
};

const OBJECT_SLOT = /^o\+d([1-9][0-9]*)\.([A-Za-z]\w*)$/;

export const makeHeap = ({ turns, read: row, importSlot, importAt }: HeapPowers): Heap => {
  const kinds = new Map<string, Kind>();
  let closed = false;
  const contexts = new Map<bigint, WeakRef<Context>>();
  const collected = new FinalizationRegistry<bigint>((number) => {
    if (contexts.get(number)?.deref() === undefined) contexts.delete(number);
  });
  /** From facets and state records; it keeps a context alive as long as one of them is. */
  const contextOf = new WeakMap<object, Context>();
  const facetNames = new WeakMap<object, string>();

  const meta = JSON.parse(row('meta') ?? '{"lastObject":"0"}') as {
    lastObject: string;
    root?: string;
  };
  let stamp = 0;
  let lastObject = BigInt(meta.lastObject);
  let { root } = meta;
  const metaRow = () =>
    JSON.stringify({ lastObject: String(lastObject), ...(root === undefined ? {} : { root }) });

  const slotOf = (value: object): string | undefined => {
    const context = contextOf.get(value);
    const facet = facetNames.get(value);
    if (context === undefined || facet === undefined) return undefined;
    if (context.dead) throw Error('Cannot use object: the turn that made it was undone');
    return `o+d${context.number}.${facet}`;
  };

  const marshal = makeMarshal<string>(
    (value) => {
      const own = slotOf(value as object);
      if (own !== undefined) return own.slice(2);
      const slot = importSlot(value as object);
      if (slot?.[2] === 'd') return slot.slice(1);
      if (passStyleOf(value as Passable) === 'promise') throw Error('a promise does not last');
      throw Error(
        slot === undefined
          ? 'an object that was not made by defineActor does not last'
          : 'a reference that ends with its session does not last',
      );
    },
    (slot) =>
      slot[0] === '-'
        ? importAt(`o${slot}`)
        : (facetAt(`o+${slot}`) ?? Fail`Cannot read state: it names a missing object ${q(slot)}`),
    { serializeBodyFormat: 'smallcaps', errorTagging: 'off' },
  );

  const encode = (value: unknown, name: string): StoredValue => {
    try {
      return marshal.toCapData(harden(value) as Passable);
    } catch (error) {
      throw TypeError(`Cannot store ${name}: ${(error as Error).message}`);
    }
  };
  const decode = (stored: StoredValue) =>
    marshal.fromCapData({ body: stored.body, slots: [...stored.slots] }) as unknown;

  const incarnate = (
    number: bigint,
    kind: Kind,
    encoded: Record<string, StoredValue> | undefined,
  ): Context => {
    const facets = Object.fromEntries(
      Object.entries(kind.prototypes).map(([name, prototype]) => {
        const facet = Object.freeze(Object.create(prototype) as object);
        facetNames.set(facet, name);
        return [name, facet];
      }),
    );
    const state = Object.freeze(Object.create(kind.statePrototype) as object);
    const context: Context = {
      number,
      kind,
      state,
      facets: Object.freeze(facets),
      values: new Map(),
      encoded,
      changedAt: stamp,
      dead: false,
    };
    contextOf.set(state, context);
    for (const facet of Object.values(facets)) contextOf.set(facet, context);
    contexts.set(number, new WeakRef(context));
    collected.register(context, number);
    return context;
  };

  const revive = (number: bigint): Context | undefined => {
    const known = contexts.get(number)?.deref();
    if (known !== undefined) return known.dead ? undefined : known;
    const text = row(`o/${number}`);
    if (text === undefined) return undefined;
    const stored = JSON.parse(text) as {
      kind: string;
      version: number;
      state: Record<string, StoredValue>;
    };
    const kind =
      kinds.get(stored.kind) ?? Fail`Cannot revive object: the module defines no ${q(stored.kind)}`;
    if (stored.version !== kind.version) {
      Fail`Cannot revive ${q(stored.kind)}: it is stored in version ${q(stored.version)}, the module has ${q(kind.version)}`;
    }
    return incarnate(number, kind, stored.state);
  };

  const facetAt = (slot: string): object | undefined => {
    const [, number, facet] = OBJECT_SLOT.exec(slot) ?? [];
    if (number === undefined || facet === undefined) return undefined;
    const context = revive(BigInt(number));
    return context !== undefined && Object.hasOwn(context.facets, facet)
      ? context.facets[facet]
      : undefined;
  };

  const objectRow = (context: Context) => () =>
    context.dead
      ? undefined
      : JSON.stringify({
          kind: context.kind.name,
          version: context.kind.version,
          state: context.encoded,
        });

  const requireContext = (value: object): Context =>
    contextOf.get(value) ?? Fail`Cannot find object: it was not made by defineActor in this vat`;

  return harden({
    define(kind) {
      if (closed)
        throw Error(`Cannot define "${kind.name}": kinds are defined while the module loads`);
      if (kinds.has(kind.name)) throw Error(`Cannot define "${kind.name}": the name is taken`);
      kinds.set(kind.name, kind);
    },
    close() {
      closed = true;
    },
    make(kind, initialState) {
      turns.assertActive(`make a "${kind.name}"`);
      // Where its maker catches a failure, nothing of the object or of what `init` did may stay.
      return turns.run(() => {
        lastObject += 1n;
        const context = incarnate(lastObject, kind, {});
        turns.note({
          // The number stays used: identities are never given twice.
          undo: () => {
            context.dead = true;
          },
          touched: context,
          key: `o/${context.number}`,
          row: objectRow(context),
        });
        turns.note({ undo: () => {}, touched: context, key: 'meta', row: metaRow });
        const state = initialState();
        const extra = Object.keys(state).filter((name) => !Object.hasOwn(kind.shape, name));
        if (extra.length > 0)
          throw TypeError(`Cannot make "${kind.name}": no property "${extra[0]}" in its state`);
        for (const [name, shape] of Object.entries(kind.shape)) {
          const value = harden(state[name]) as Passable;
          mustMatch(value, shape, `${kind.name}.state.${name}`);
          context.encoded![name] = encode(value, `"${name}" of "${kind.name}"`);
          context.values.set(name, value);
        }
        return context;
      });
    },
    contextOf: requireContext,
    read(context, property) {
      if (context.dead) throw Error('Cannot use object: the turn that made it was undone');
      if (context.values.has(property)) return context.values.get(property);
      const stored = context.encoded?.[property];
      const value = stored === undefined ? undefined : decode(stored);
      context.values.set(property, value);
      return value;
    },
    write(context, property, allegedValue) {
      const { kind } = context;
      turns.assertActive(`set "${property}" of "${kind.name}"`);
      if (context.dead) throw Error('Cannot use object: the turn that made it was undone');
      const value = harden(allegedValue) as Passable;
      mustMatch(value, kind.shape[property]!, `${kind.name}.state.${property}`);
      const stored = encode(value, `"${property}" of "${kind.name}"`);
      const { encoded, values } = context;
      const before = encoded![property]!;
      turns.note({
        undo: () => {
          encoded![property] = before;
          values.delete(property);
        },
        touched: context,
        key: `o/${context.number}`,
        row: objectRow(context),
      });
      encoded![property] = stored;
      values.set(property, value);
    },
    slotOf,
    facetAt,
    encode,
    decode,
    row,
    stamp(touched) {
      stamp += 1;
      for (const context of touched) context.changedAt = stamp;
    },
    getRoot: () => (root === undefined ? undefined : facetAt(root)),
    setRoot(facet) {
      const slot = slotOf(facet);
      if (slot === undefined)
        throw TypeError('Cannot set root: it is not a facet made by defineActor');
      const before = root;
      root = slot;
      turns.note({
        undo: () => {
          root = before;
        },
        touched: requireContext(facet),
        key: 'meta',
        row: metaRow,
      });
    },
  }) as Heap;
};
