/**
 * The bodies of messages: values as `@endo/marshal` writes them, and back.
 *
 * Most of them are arrays and records of atoms and references. Those are written and read here, byte
 * for byte as the marshaller does; whatever is not plain is left to a marshaller as a whole.
 */
import harden from '@endo/harden';
import { type Passable, getInterfaceOf, passStyleOf } from '@endo/pass-style';
import { onMarshalled } from './errors.ts';
import type { CapData } from './wire.ts';

/** The slot of an object or a promise, as its sender writes it. Throws where it must not leave. */
export type SlotOf = (value: object) => string;
/** What stands in a slot, as the sender of the body wrote it. Throws where nothing does. */
export type ValueAt = (slot: string, iface: string | undefined) => object;

/** A body with its slots, and beside it what stands in each of them. */
export type Encoded = { readonly data: CapData; readonly values: readonly object[] };

/** Stands for a value that is left to the marshaller. */
const NOT_PLAIN = Symbol('not plain');
type NotPlain = typeof NOT_PLAIN;

export const QCLASS = '@qclass';
/** More of them are for the marshaller, which is no slower there. */
const DIGITS = /^-?[0-9]{1,400}$/;

export type Tree = Record<string, unknown>;
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null;

/** Writes and reads what is not plain, and the whole body around it. */
export type Marshaller = {
  /** @param value - hardened, or an error. @throws where it cannot be sent */
  encode(value: unknown, slotOf: SlotOf): Encoded;
  /** @throws where the body cannot be read */
  decode(data: CapData, valueAt: ValueAt): unknown;
};

export type Bodies = {
  /** @param value - hardened. @throws where it cannot be sent */
  encodeBody(value: unknown, slotOf: SlotOf): Encoded;
  /** The body of a call. @param args - a true array, hardened. @throws where they cannot be sent */
  encodeCall(method: string, args: readonly unknown[], slotOf: SlotOf): Encoded;
  /** @throws where the body cannot be read */
  decodeBody(data: CapData, valueAt: ValueAt): unknown;
  /** The arguments in the body of a call. @throws where it cannot be read, or is no call of a method */
  decodeArguments(data: CapData, valueAt: ValueAt): readonly unknown[];
};

/** @throws where the value holds an error that stays with its party */
const lookAtErrors = (value: unknown): void => {
  if (value instanceof Error) return onMarshalled(value);
  if (!isTree(value)) return;
  switch (passStyleOf(value as Passable)) {
    case 'copyArray':
    case 'copyRecord':
      return Object.values(value).forEach(lookAtErrors);
    case 'tagged':
      return lookAtErrors(value['payload']);
  }
};

// ---- writing ----

/** Writes a value that is not plain, and its parts by `encodePart`. */
export type EncodeOther = (value: unknown, encodePart: (part: unknown) => string) => string;

type Table = {
  readonly slots: string[];
  readonly values: object[];
  readonly slotOf: SlotOf;
  readonly other: (value: unknown, table: Table) => string | NotPlain;
};
const notPlain = (): NotPlain => NOT_PLAIN;
const makeTable = (slotOf: SlotOf, other: Table['other'] = notPlain): Table => ({
  slots: [],
  values: [],
  slotOf,
  other,
});

const encodeReference = (value: object, { slots, values, slotOf }: Table): string => {
  const known = values.indexOf(value);
  if (known >= 0) return `{"${QCLASS}":"slot","index":${known}}`;
  slots.push(slotOf(value));
  const index = values.push(value) - 1;
  const iface = getInterfaceOf(value) as string | undefined;
  if (iface === undefined) return `{"${QCLASS}":"slot","index":${index}}`;
  return `{"${QCLASS}":"slot","iface":${JSON.stringify(iface)},"index":${index}}`;
};

const encodeArray = (array: readonly unknown[], table: Table): string | NotPlain => {
  let body = '[';
  for (let i = 0; i < array.length; i += 1) {
    const item = encodePlain(array[i], table);
    if (item === NOT_PLAIN) return NOT_PLAIN;
    body += i === 0 ? item : `,${item}`;
  }
  return `${body}]`;
};

const encodeRecord = (record: Tree, table: Table): string | NotPlain => {
  let body = '{';
  // Sorted, so that one value has one text.
  const names = Object.keys(record).sort();
  // JSON puts names that are numbers first. Before any part has its slot.
  if (names.some((name) => name === QCLASS || (name >= '0' && name < ':'))) {
    return table.other(record, table);
  }
  for (const name of names) {
    const item = encodePlain(record[name], table);
    if (item === NOT_PLAIN) return NOT_PLAIN;
    body += `${body.length === 1 ? '' : ','}${JSON.stringify(name)}:${item}`;
  }
  return `${body}}`;
};

const encodePlain = (value: unknown, table: Table): string | NotPlain => {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'bigint':
      return `{"${QCLASS}":"bigint","digits":"${value}"}`;
    case 'boolean':
      return value ? 'true' : 'false';
    case 'undefined':
      return `{"${QCLASS}":"undefined"}`;
    case 'number':
      return Number.isFinite(value) ? JSON.stringify(value) : table.other(value, table);
    case 'object':
    case 'function': {
      if (value === null) return 'null';
      switch (passStyleOf(value as Passable)) {
        case 'remotable':
        case 'promise':
          return encodeReference(value, table);
        case 'copyArray':
          return encodeArray(value as readonly unknown[], table);
        case 'copyRecord':
          return encodeRecord(value as Tree, table);
        default:
          return table.other(value, table);
      }
    }
    default:
      return table.other(value, table);
  }
};

/** Writes a body whose parts are plain, or written by `other`. */
export const encodeWith = (value: unknown, slotOf: SlotOf, other: EncodeOther): Encoded => {
  const table = makeTable(slotOf, (part) => other(part, encodePart));
  // The cast holds: here nothing is left to anybody else.
  const encodePart = (part: unknown) => encodePlain(part, table) as string;
  const body = encodePart(value);
  return { data: { body, slots: table.slots }, values: table.values };
};

// ---- reading ----

/** What the parts of a body are read with. */
type Source = {
  readonly slots: readonly string[];
  readonly valueAt: ValueAt;
  readonly other: (tree: Tree, source: Source) => unknown;
};

const decodeSpecial = (tree: Tree, source: Source): unknown => {
  const { slots, valueAt } = source;
  const { iface, index, digits } = tree;
  switch (tree[QCLASS]) {
    case 'undefined':
      return undefined;
    case 'bigint':
      return typeof digits === 'string' && DIGITS.test(digits)
        ? BigInt(digits)
        : source.other(tree, source);
    case 'slot': {
      const length = Object.keys(tree).length;
      const isPlain = length === 2 || (length === 3 && typeof iface === 'string');
      const slot = isPlain && typeof index === 'number' ? slots[index] : undefined;
      return slot === undefined
        ? source.other(tree, source)
        : valueAt(slot, iface as string | undefined);
    }
    default:
      return source.other(tree, source);
  }
};

/** Makes the value out of its tree, which is a new one, in its place. */
const decodePlain = (tree: Tree, source: Source): unknown => {
  const isArray = Array.isArray(tree);
  if (!isArray && Object.hasOwn(tree, QCLASS)) return decodeSpecial(tree, source);
  for (const name of Object.keys(tree)) {
    // One named `__proto__` is as ordinary as any: it is the tree's own, so no setter is met.
    const item = tree[name];
    if (!isTree(item)) continue;
    const value = decodePlain(item, source);
    if (value === NOT_PLAIN) return NOT_PLAIN;
    tree[name] = value;
  }
  return tree;
};

/** Reads a special part that is not plain, and its parts by `decodePart`. */
export type DecodeOther = (
  tree: Tree,
  decodePart: (part: unknown) => unknown,
  source: { readonly slots: readonly string[]; readonly valueAt: ValueAt },
) => unknown;

/** Reads a body whose parts are plain, or read by `other`. */
export const decodeWith = (
  { body, slots }: CapData,
  valueAt: ValueAt,
  other: DecodeOther,
): unknown => {
  const source: Source = { slots, valueAt, other: (tree) => other(tree, decodePart, source) };
  const decodePart = (part: unknown) => (isTree(part) ? decodePlain(part, source) : part);
  return decodePart(JSON.parse(body));
};

export const makeBodies = (marshaller: Marshaller): Bodies => {
  const encodeByMarshal = (value: unknown, slotOf: SlotOf): Encoded => {
    lookAtErrors(value);
    return marshaller.encode(value, slotOf);
  };

  const encodeBody = (value: unknown, slotOf: SlotOf): Encoded => {
    // An error may be sent although it is not passable as it is.
    if (value instanceof Error) return encodeByMarshal(value, slotOf);
    const table = makeTable(slotOf);
    const body = encodePlain(value, table);
    if (body === NOT_PLAIN) return encodeByMarshal(value, slotOf);
    return { data: { body, slots: table.slots }, values: table.values };
  };

  const encodeCall = (method: string, args: readonly unknown[], slotOf: SlotOf): Encoded => {
    const table = makeTable(slotOf);
    const body = encodeArray(args, table);
    if (body === NOT_PLAIN) return encodeByMarshal(harden([method, args]), slotOf);
    const { slots, values } = table;
    return { data: { body: `[${JSON.stringify(method)},${body}]`, slots }, values };
  };

  const decodeBody = (data: CapData, valueAt: ValueAt): unknown => {
    const tree = JSON.parse(data.body) as unknown;
    if (!isTree(tree)) return tree;
    const value = decodePlain(tree, { slots: data.slots, valueAt, other: notPlain });
    if (value === NOT_PLAIN) return marshaller.decode(data, valueAt);
    return isTree(value) ? harden(value) : value;
  };

  const decodeArguments = (data: CapData, valueAt: ValueAt): readonly unknown[] => {
    const call = decodeBody(data, valueAt);
    if (Array.isArray(call) && call.length === 2 && Array.isArray(call[1])) return call[1];
    throw TypeError('Cannot read call: it is no call of a method');
  };

  return harden({ encodeBody, encodeCall, decodeBody, decodeArguments });
};
