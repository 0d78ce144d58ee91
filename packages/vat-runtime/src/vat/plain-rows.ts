/**
 * Plain data in rows: the smallcaps bodies of `@endo/marshal`, byte for byte as it writes them, and back.
 */
import { getInterfaceOf } from '@endo/pass-style';
import { decodeMarked, encodeAtom, isMarked } from './atoms.ts';
import type { StoredData } from './delivery.ts';
import {
  type PlainRecord,
  isPlainArray,
  isReference,
  maxPlainDepth,
  namesOfPlain,
} from './plain.ts';

/** Answers undefined for what is left to the marshaller. */
type Encode<T> = (value: T, depth: number) => string | undefined;

/** A digit comes first where names are sorted, and JSON puts names that are numbers in front of others. */
const beginsWithDigit = (name: string): boolean => name >= '0' && name < ':';

const joined = (parts: readonly (string | undefined)[], open: string, close: string) =>
  parts.includes(undefined) ? undefined : `${open}${parts.join(',')}${close}`;

/**
 * @param slotOf - how rows name a reference. Throws for one that does not last
 * @returns undefined for what is left to the marshaller. Plain data is frozen meanwhile
 */
export const encodePlain = (
  value: unknown,
  slotOf: (reference: object) => string,
): StoredData | undefined => {
  const slots: string[] = [];
  const references: object[] = [];

  const encodeReference: Encode<object> = (reference) => {
    const known = references.indexOf(reference);
    if (known >= 0) return `"$${known}"`;
    slots.push(slotOf(reference));
    const index = references.push(reference) - 1;
    return JSON.stringify(`$${index}.${String(getInterfaceOf(reference))}`);
  };
  const encodeObject: Encode<object> = (object, depth) => {
    if (depth > maxPlainDepth) return undefined;
    if (isPlainArray(object)) {
      const items = object.map((item) => encode(item, depth + 1));
      return joined(items, '[', ']');
    }
    const names = namesOfPlain(object);
    if (names === undefined)
      return isReference(object) ? encodeReference(object, depth) : undefined;
    if (names.some(beginsWithDigit)) return undefined;
    // Sorted, so that one value has one text.
    const properties = names.toSorted().map((name) => {
      const item = encode((object as PlainRecord)[name], depth + 1);
      return item === undefined ? undefined : `${atom(name)}:${item}`;
    });
    return joined(properties, '{', '}');
  };
  // Of an atom alone the body begins with `#`.
  const atom = (one: unknown): string | undefined => encodeAtom(one)?.slice(1);
  const encode: Encode<unknown> = (one, depth) =>
    typeof one === 'object' && one !== null ? encodeObject(one, depth) : atom(one);

  const body = encode(value, 0);
  return body === undefined ? undefined : { body: `#${body}`, slots };
};

/** Stands for what is left to the marshaller. */
const NOT_PLAIN = Symbol('not plain');

type Tree = Record<string, unknown>;

/**
 * @param valueAt - what stands in a slot. Throws where nothing does
 * @returns the value, frozen, in a record; undefined where it is left to the marshaller
 */
export const decodePlain = (
  { body, slots }: StoredData,
  valueAt: (slot: string) => object,
): { readonly value: unknown } | undefined => {
  if (body[0] !== '#') return undefined;

  const references: (object | undefined)[] = [];
  const decodeReference = (text: string): unknown => {
    const [, digits] = /^\$(0|[1-9][0-9]{0,8})(?:\.|$)/.exec(text) ?? [];
    const slot = digits === undefined ? undefined : slots[Number(digits)];
    return slot === undefined ? NOT_PLAIN : (references[Number(digits)] ??= valueAt(slot));
  };
  /** Makes the value out of its tree, which is a new one, in its place. */
  const decodeTree = (tree: Tree): unknown => {
    const isList = Array.isArray(tree);
    for (const name of Object.keys(tree)) {
      // Names are marked as texts are, and those of what is no record as well.
      if (!isList && isMarked(name)) return NOT_PLAIN;
      const value = decode(tree[name]);
      if (value === NOT_PLAIN) return NOT_PLAIN;
      // One named `__proto__` is as ordinary as any: it is the tree's own, so no setter is met.
      tree[name] = value;
    }
    return Object.freeze(tree);
  };
  const decode = (part: unknown): unknown => {
    if (typeof part === 'object' && part !== null) return decodeTree(part as Tree);
    if (typeof part !== 'string' || !isMarked(part)) return part;
    if (part[0] === '$') return decodeReference(part);
    const atom = decodeMarked(part);
    return atom === undefined ? NOT_PLAIN : atom.value;
  };

  const value = decode(JSON.parse(body.slice(1)));
  return value === NOT_PLAIN ? undefined : { value };
};
