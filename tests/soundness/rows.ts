/**
 * What the rows of a vat say, read without the vat's own code: objects by number, and the entries of maps.
 * How they are written: `vat/heap.ts` of vat-runtime.
 */

/** The number of an object, which may be too large for a double (`vat/hidden.ts`). */
export type ObjectId = string;
/** `d17.inside`, as rows name a facet of their own vat. */
export type Slot = { readonly '@': string };
export type StoredObject = {
  readonly kind: string;
  readonly phase: string | undefined;
  /** Data with bigints; facets are slots. */
  readonly state: Readonly<Record<string, unknown>>;
};

type Data = { readonly body: string; readonly slots: readonly string[] };

/** Smallcaps, as far as state uses it. */
const plain = (value: unknown, slots: readonly string[]): unknown => {
  if (typeof value === 'string') {
    if (/^[+-]\d/.test(value)) return BigInt(value);
    if (value === '#undefined') return undefined;
    const slot = /^\$(\d+)/.exec(value);
    if (slot !== null) return { '@': slots[Number(slot[1])]! } satisfies Slot;
    return value.startsWith('!') ? value.slice(1) : value;
  }
  if (Array.isArray(value)) return value.map((one) => plain(one, slots));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one, slots)]));
};

export const dataOf = ({ body, slots }: Data): unknown =>
  plain(JSON.parse(body.replace(/^#/, '')), slots);

/** The kind of the object in a row, so that only those that matter are read. */
export const kindOf = (text: string): string | undefined => /^\{"kind":"(\w+)"/.exec(text)?.[1];

export const objectOf = (text: string): StoredObject => {
  const { kind, phase, state } = JSON.parse(text) as {
    kind: string;
    phase?: string;
    state: Record<string, Data>;
  };
  const read = Object.entries(state).map(([name, data]) => [name, dataOf(data)] as const);
  return { kind, phase, state: Object.fromEntries(read) };
};

/** The object that a slot designates; empty for one of another vat. */
export const idOf = (slot: unknown): ObjectId =>
  /^d(\d+)\./.exec((slot as Slot | undefined)?.['@'] ?? '')?.[1] ?? '';

/** The objects whose decider a row names. */
export const decidersIn = (text: string): readonly ObjectId[] =>
  [...text.matchAll(/"d(\d+)\.decider"/g)].map(([, id]) => id!);
