/**
 * The durable objects of one vat: their identities, their state, and its rows in the store.
 *
 * An object is known by a number that is never used again. Its facets are slots `o+d<number>.<facet>`.
 * State is kept encoded, property by property, so that what cannot survive a restart is refused
 * at the assignment, by name. Rows are read when first needed.
 *
 *   o/<number>          { kind, version, phase, state: { property: CapData } }; no phase where the
 *                       kind has none
 *   x/…, k/…, n/…       the keys of a map or a set (`key-pages.ts`)
 *   m/<number>/<key>    a map's value
 *   meta                { lastObject, lastHidden, root }
 *
 * What is made while nobody is to know when has numbers of a range of its own (`hiddenObjects`): between
 * two of the others, of which the journal says when they were made, it would be dated as well.
 *
 * In a row, a slot of this vat's own is written `d<number>.<facet>`, an import `-d<number>`.
 */
import { Fail, q } from '@endo/errors';
import harden from '@endo/harden';
import { makeMarshal } from '@endo/marshal';
import { type Passable, passStyleOf } from '@endo/pass-style';
import { matches } from '@endo/patterns';
import { RowDamagedError } from '../store/checked-storage.ts';
import { isCount, isDigits, isRecord, isText, parseRow, recordOf } from '../store/stored-json.ts';
import { encodeAtom } from './atoms.ts';
import { assertAlive, contextOf, findContext, noteParts } from './context.ts';
import { type StoredData, isStoredData } from './delivery.ts';
import { mismatch } from './mismatch.ts';
import { hiddenObjects } from './hidden.ts';
import type { Context, Form, Heap, Kind, Property } from './objects.ts';
import { decodePlain, encodePlain } from './plain-rows.ts';
import { sureMatcher } from './sure.ts';
import type { Turns } from './turn.ts';

export type HeapPowers = {
  readonly turns: Turns;
  readonly unlink: () => void;
  /** Whether what is made now is tied to nobody. */
  readonly isUnlinked: () => boolean;
  /** A row of this vat as of its last turn. */
  readonly read: (key: string) => string | undefined;
  /** The import slot (`o-…`) of a presence, undefined for what was not imported. */
  readonly importSlot: (value: object) => string | undefined;
  readonly importAt: (slot: string) => object;
};

const isStoredObject = recordOf(
  { kind: isText, version: isCount, state: isRecord },
  { phase: isText },
);

const OBJECT_SLOT = /^o\+d([1-9][0-9]*)\.([A-Za-z]\w*)$/;

const selfPrototype = harden({
  get phase(): string | undefined {
    return contextOf(this).phase;
  },
  become(phase: string) {
    const context = contextOf(this);
    context.heap.become(context, phase);
  },
});

export const makeHeap = ({
  turns,
  unlink,
  isUnlinked,
  read: row,
  importSlot,
  importAt,
}: HeapPowers): Heap => {
  const kinds = new Map<string, Kind>();
  let closed = false;
  const contexts = new Map<bigint, WeakRef<Context>>();
  const collected = new FinalizationRegistry<bigint>((number) => {
    if (contexts.get(number)?.deref() === undefined) contexts.delete(number);
  });
  const meta = parseRow<{ lastObject: string; lastHidden?: string; root?: string }>(
    'meta',
    row('meta') ?? '{"lastObject":"0"}',
    recordOf({ lastObject: isDigits }, { lastHidden: isDigits, root: isText }),
  );
  let stamp = 0;
  let lastObject = BigInt(meta.lastObject);
  let lastHidden = BigInt(meta.lastHidden ?? hiddenObjects);
  let { root } = meta;
  const metaRow = () =>
    JSON.stringify({
      lastObject: String(lastObject),
      ...(lastHidden === hiddenObjects ? {} : { lastHidden: String(lastHidden) }),
      ...(root === undefined ? {} : { root }),
    });
  const nextObject = () => (isUnlinked() ? (lastHidden += 1n) : (lastObject += 1n));

  const slotOf = (value: object): string | undefined => {
    const context = findContext(value);
    if (context?.heap !== heap) return undefined;
    const { facets, number } = context;
    for (const facet of Object.keys(facets)) {
      if (facets[facet] !== value) continue;
      assertAlive(context);
      return `o+d${number}.${facet}`;
    }
    return undefined;
  };

  /** How rows name a reference. @throws for one that does not last */
  const lastingSlotOf = (value: object): string => {
    const own = slotOf(value);
    if (own !== undefined) return own.slice(2);
    const slot = importSlot(value);
    if (slot?.[2] === 'd') return slot.slice(1);
    if (passStyleOf(value as Passable) === 'promise') throw Error('a promise does not last');
    throw Error(
      slot === undefined
        ? 'an object that was not made by defineActor does not last'
        : 'a reference that ends with its session does not last',
    );
  };
  const valueAt = (slot: string): object =>
    slot[0] === '-'
      ? importAt(`o${slot}`)
      : (facetAt(`o+${slot}`) ?? Fail`Cannot read state: it names a missing object ${q(slot)}`);
  const marshal = makeMarshal<string>(
    (value) => lastingSlotOf(value as object),
    (slot) => valueAt(slot),
    { serializeBodyFormat: 'smallcaps', errorTagging: 'off' },
  );

  /** What is wrong with a value, in words for its author. */
  const reasonOf = ({ message }: Error): string =>
    // How @endo/pass-style puts it.
    message.includes('[Symbol(passStyle)]')
      ? 'an object of a class, such as a Set, a Map or a Date, does not last'
      : message;

  const toPlainData = (value: unknown): StoredData | undefined => {
    try {
      return encodePlain(value, lastingSlotOf);
    } catch {
      // The marshaller says what is wrong with it.
      return undefined;
    }
  };
  const toData = (value: unknown, name: string): StoredData => {
    try {
      return toPlainData(value) ?? marshal.toCapData(harden(value) as Passable);
    } catch (error) {
      throw TypeError(
        `Cannot store ${name}: ${reasonOf(error as Error)}; what lasts is data, facets made by defineActor, durable collections, and references that outlive their session`,
      );
    }
  };
  const fromData = (key: string, data: StoredData): unknown => {
    try {
      const plain = decodePlain(data, valueAt);
      if (plain !== undefined) return plain.value;
      return marshal.fromCapData({ body: data.body, slots: [...data.slots] });
    } catch (error) {
      // The engine could not read it; other errors say in words what is wrong.
      const isOurs = error instanceof RowDamagedError || (error as Error).name === 'Error';
      throw isOurs ? error : new RowDamagedError(key);
    }
  };
  const nameOf = (reference: unknown, name: string): string => {
    const { slots } = toData(reference, name);
    if (passStyleOf(reference as Passable) === 'remotable') return slots[0]!;
    throw TypeError(`Cannot store ${name}: it is not a reference`);
  };
  const encode = (value: unknown, name: string): string => {
    const body = encodeAtom(value);
    return body === undefined
      ? JSON.stringify(toData(value, name))
      : `{"body":${JSON.stringify(body)},"slots":[]}`;
  };
  const decode = (key: string, text: string): unknown =>
    fromData(key, parseRow(key, text, isStoredData));

  const encodeProperty = (form: Form, name: string, value: unknown): Property => {
    const text = encode(value, `"${name}" of "${form.name}"`);
    const shape = form.shape[name]!;
    if (sureMatcher(shape)?.(value) !== true) {
      if (!matches(value as Passable, shape)) {
        throw TypeError(
          `Cannot store "${name}" of "${form.name}": ${mismatch(value, shape, 'it')}`,
        );
      }
    }
    return { text, decoded: { value } };
  };

  const requireContext = (part: object): Context => {
    const context = contextOf(part);
    if (context.heap !== heap) throw Error('Cannot find object: it belongs to another vat');
    return context;
  };

  const objectRow = ({ kind: { form }, phase, properties, dead }: Context): string | undefined => {
    if (dead) return undefined;
    const state = [...properties].map(([name, { text }]) => `"${name}":${text}`);
    const inPhase = phase === undefined ? '' : `"phase":"${phase}",`;
    return `{"kind":"${form.name}","version":${form.version},${inPhase}"state":{${state.join(',')}}}`;
  };
  const noteObject = (context: Context, undo: () => void) =>
    turns.note({
      undo,
      touched: context,
      key: `o/${context.number}`,
      row: () => objectRow(context),
    });

  const become = (context: Context, phase: string) => {
    const { kind, phase: before } = context;
    const { name, phases } = kind.form;
    turns.assertActive(`become "${phase}"`);
    assertAlive(context);
    if (!phases.includes(phase)) {
      throw TypeError(`Cannot become "${phase}": "${name}" has no such phase`);
    }
    if (phase === before) return;
    noteObject(context, () => {
      context.phase = before;
    });
    context.phase = phase;
  };
  const incarnate = (number: bigint, kind: Kind, phase: string | undefined): Context => {
    const made = [
      ...Object.entries(kind.form.prototypes).map(([name, prototype]) => ({
        name,
        facet: Object.freeze(Object.create(prototype) as object),
      })),
      ...Object.entries(kind.forwarders ?? {}).map(([name, make]) => ({ name, facet: make() })),
    ];
    const facets = Object.freeze(Object.fromEntries(made.map(({ name, facet }) => [name, facet])));
    const state = Object.freeze(Object.create(kind.form.statePrototype) as object);
    const self = Object.freeze(
      Object.assign(Object.create(selfPrototype) as typeof selfPrototype, { state, facets }),
    );
    const context: Context = {
      heap,
      number,
      kind,
      facets,
      self,
      properties: new Map(),
      phase,
      changedAt: stamp,
      dead: false,
    };
    noteParts(context, [self, state, ...Object.values(facets)]);
    contexts.set(number, new WeakRef(context));
    collected.register(context, number);
    return context;
  };

  const revive = (number: bigint): Context | undefined => {
    const known = contexts.get(number)?.deref();
    if (known !== undefined) return known.dead ? undefined : known;
    const text = row(`o/${number}`);
    if (text === undefined) return undefined;
    const stored = parseRow<{
      kind: string;
      version: number;
      phase?: string;
      state: Record<string, unknown>;
    }>(`o/${number}`, text, isStoredObject);
    const kind =
      kinds.get(stored.kind) ?? Fail`Cannot revive object: the module defines no ${q(stored.kind)}`;
    const { version, phases } = kind.form;
    if (stored.version !== version) {
      Fail`Cannot revive ${q(stored.kind)}: it is stored in version ${q(stored.version)}, the module has ${q(version)}`;
    }
    // One that was stored before its kind had phases is in the first.
    const { phase = phases[0] } = stored;
    if (phase !== undefined && !phases.includes(phase)) {
      Fail`Cannot revive ${q(stored.kind)}: it is stored in phase ${q(phase)}, which the module does not have`;
    }
    const context = incarnate(number, kind, phase);
    for (const [name, value] of Object.entries(stored.state)) {
      context.properties.set(name, { text: JSON.stringify(value) });
    }
    return context;
  };

  const facetAt = (slot: string): object | undefined => {
    const [, number, facet] = OBJECT_SLOT.exec(slot) ?? [];
    if (number === undefined || facet === undefined) return undefined;
    const context = revive(BigInt(number));
    return context !== undefined && Object.hasOwn(context.facets, facet)
      ? context.facets[facet]
      : undefined;
  };

  const heap: Heap = Object.freeze({
    turns,
    unlink,
    isUnlinked(facet) {
      const { kind, facets } = requireContext(facet);
      return kind.form.unlinked?.some((name) => facets[name] === facet) ?? false;
    },
    define(kind) {
      const { name } = kind.form;
      if (closed) throw Error(`Cannot define "${name}": kinds are defined while the module loads`);
      if (kinds.has(name)) throw Error(`Cannot define "${name}": the name is taken`);
      kinds.set(name, kind);
    },
    close() {
      closed = true;
    },
    make(kind, initialState) {
      const { form } = kind;
      turns.assertActive(`make a "${form.name}"`);
      // Where its maker catches a failure, nothing of the object or of what `init` did may stay.
      return turns.run(() => {
        const context = incarnate(nextObject(), kind, form.phases[0]);
        // The number stays used: identities are never given twice.
        noteObject(context, () => {
          context.dead = true;
        });
        turns.note({ undo: () => {}, touched: context, key: 'meta', row: metaRow });
        const state = initialState();
        const extra = Object.keys(state).filter((name) => !Object.hasOwn(form.shape, name));
        if (extra.length > 0)
          throw TypeError(`Cannot make "${form.name}": no property "${extra[0]}" in its state`);
        for (const name of Object.keys(form.shape)) {
          context.properties.set(name, encodeProperty(form, name, state[name]));
        }
        return context;
      });
    },
    contextOf: requireContext,
    read(context, name) {
      assertAlive(context);
      const property = context.properties.get(name);
      if (property === undefined) return undefined;
      property.decoded ??= { value: decode(`o/${context.number}`, property.text) };
      return property.decoded.value;
    },
    write(context, name, value) {
      const { properties } = context;
      const { form } = context.kind;
      turns.assertActive(`set "${name}" of "${form.name}"`);
      assertAlive(context);
      const property = encodeProperty(form, name, value);
      const before = properties.get(name);
      noteObject(context, () => {
        if (before === undefined) properties.delete(name);
        else properties.set(name, before);
      });
      properties.set(name, property);
    },
    become,
    slotOf,
    facetAt,
    toData,
    fromData,
    nameOf,
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
        throw TypeError(
          "Cannot set root: what the module's make answers is not one facet made by defineActor",
        );
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
  } satisfies Heap);
  return heap;
};
