/**
 * What `@endo/marshal` does for bodies in the form "capdata" without error numbers, and no more: for a
 * page, which would spend nine kilobytes on the rest. One set of tests holds this and that one to the same
 * bytes and the same refusals.
 */
import { makeError } from '@endo/errors';
import harden from '@endo/harden';
import {
  type Passable,
  assertPassable,
  getErrorConstructor,
  getTag,
  makeTagged,
  nameForPassableSymbol,
  passStyleOf,
  passableSymbolForName,
  toPassableError,
} from '@endo/pass-style';
import {
  type Bodies,
  type DecodeOther,
  type EncodeOther,
  QCLASS,
  type Tree,
  decodeWith,
  encodeWith,
  makeBodies,
} from './plain-bodies.ts';

const refuse = (): never => {
  throw TypeError('Cannot read message: its body is malformed');
};

// ---- writing ----

const special = (kind: string, fields = ''): string => `{"${QCLASS}":"${kind}"${fields}}`;

const encodeError = ({ name, message }: Error): string =>
  special(
    'error',
    `,"message":${JSON.stringify(`${message}`)},"name":${JSON.stringify(`${name}`)}`,
  );

const encodeRecord = (record: Tree, encodePart: (part: unknown) => string): string => {
  if (Object.hasOwn(record, QCLASS)) {
    const { [QCLASS]: original, ...rest } = record;
    const hidden = `,"original":${encodePart(original)}`;
    const isAll = Object.keys(rest).length === 0;
    return special(
      'hilbert',
      isAll ? hidden : `${hidden},"rest":${encodePart(Object.freeze(rest))}`,
    );
  }
  // Slots are numbered in the order of the names, and written in that of JSON: whole numbers first.
  const names = Object.keys(record).sort();
  const parts = Object.fromEntries(names.map((name) => [name, encodePart(record[name])]));
  const body = Object.entries(parts).map(([name, part]) => `${JSON.stringify(name)}:${part}`);
  return `{${body.join()}}`;
};

const encodeOther: EncodeOther = (value, encodePart) => {
  switch (passStyleOf(value as Passable)) {
    case 'number':
      return special(String(value));
    case 'symbol':
      return special('symbol', `,"name":${JSON.stringify(nameForPassableSymbol(value as symbol))}`);
    case 'copyRecord':
      return encodeRecord(value as Tree, encodePart);
    case 'tagged': {
      const tag = JSON.stringify(getTag(value as never));
      return special('tagged', `,"tag":${tag},"payload":${encodePart((value as Tree)['payload'])}`);
    }
    case 'error':
      return encodeError(value as Error);
    default:
      throw TypeError('Cannot send: it holds bytes');
  }
};

// ---- reading ----

const decodeError = (
  { [QCLASS]: _, message, name, ...rest }: Tree,
  decodePart: (part: unknown) => unknown,
): Error => {
  if (typeof name !== 'string' || typeof message !== 'string') return refuse();
  // What else stands there is looked at, and left.
  const { cause, errors } = Object.fromEntries(
    Object.entries(rest).map(([key, part]) => [key, part ? decodePart(part) : undefined]),
  );
  return toPassableError(
    harden(
      makeError(message, getErrorConstructor(name) ?? Error, {
        sanitize: false,
        cause: cause as Error,
        errors: errors as Error[],
      }),
    ),
  );
};

const decodeHidden = (tree: Tree, decodePart: (part: unknown) => unknown): Tree => {
  const { original, rest } = tree;
  if (!Object.hasOwn(tree, 'original')) return refuse();
  const value: Tree = { [QCLASS]: decodePart(original) };
  if (Object.hasOwn(tree, 'rest')) {
    if (Object(rest) !== rest || Reflect.ownKeys(rest as Tree).length === 0) return refuse();
    const others = decodePart(rest) as object;
    if (Object.hasOwn(others, QCLASS)) return refuse();
    Object.defineProperties(value, Object.getOwnPropertyDescriptors(others));
  }
  assertPassable(harden(value));
  return value;
};

const decodeOther: DecodeOther = (tree, decodePart, { slots, valueAt }) => {
  const { [QCLASS]: kind, index, iface } = tree;
  switch (kind) {
    case 'NaN':
    case 'Infinity':
    case '-Infinity':
      return Number(kind);
    case 'bigint':
      return typeof tree['digits'] === 'string' ? BigInt(tree['digits']) : refuse();
    case '@@asyncIterator':
      return Symbol.asyncIterator;
    case 'symbol':
      return passableSymbolForName(tree['name'] as string);
    case 'tagged':
      return makeTagged(tree['tag'] as string, harden(decodePart(tree['payload'])) as Passable);
    case 'slot':
      // All that a slot may have, and something that is no name.
      if (Object.keys(tree).length > 3 || !('iface' in tree)) return refuse();
      if (typeof index !== 'number') return refuse();
      return valueAt(slots[index] ?? refuse(), iface as string);
    case 'error':
      return decodeError(tree, decodePart);
    case 'hilbert':
      return decodeHidden(tree, decodePart);
    default:
      return refuse();
  }
};

export const smallBodies: Bodies = makeBodies({
  encode(value, slotOf) {
    // One that is no passable itself, since it is not frozen, crosses all the same.
    if (value instanceof Error)
      return { data: { body: encodeError(value), slots: [] }, values: [] };
    return encodeWith(value, slotOf, encodeOther);
  },
  decode: (data, valueAt) => harden(decodeWith(data, valueAt, decodeOther)),
});
