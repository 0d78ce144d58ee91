/** JSON as somebody writes it who wants to break what reads it. */
import * as fc from 'fast-check';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A record as any other code would make it. */
export const plainRecord = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record<T>(model, { noNullPrototype: true });

const atoms = [
  ...['null', 'true', 'false', '0', '-0', '1', '-1', '0.5', '1e21', '1e999', '-1e-999'],
  ...['9007199254740993', '9'.repeat(400), '""', '"o-1"', '"o+1"', '"q-1"', '"\\u0000"'],
  ...['"\\ud800"', '"__proto__"', '"constructor"', '"\\u005f_proto__"', '"d1.a"', '"#undefined"'],
];
const keys = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'then', 'length', '', '0', '@qclass'],
  ...['index', 'iface', 'type', 'body', 'slots', 'digits', 'message', 'name', 'kind', 'state'],
];

/** Some text that is JSON, with keys that stand twice, and now and then nested deeply. */
export const jsonTextArb: fc.Arbitrary<string> = fc.letrec<{ json: string }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...atoms),
    fc.string({ unit: 'binary', maxLength: 6 }).map((text) => JSON.stringify(text)),
    fc.array(tie('json'), { maxLength: 4 }).map((parts) => `[${parts.join()}]`),
    fc
      .array(fc.tuple(fc.constantFrom(...keys), tie('json')), { maxLength: 5 })
      .map((parts) => `{${parts.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join()}}`),
    fc
      .tuple(tie('json'), fc.integer({ min: 20, max: 100 }), fc.constantFrom('[]', '{}'))
      .map(([inner, depth, [open, close]]) =>
        open === '['
          ? `${open.repeat(depth)}${inner}${close!.repeat(depth)}`
          : `${'{"a":'.repeat(depth)}${inner}${close!.repeat(depth)}`,
      ),
  ),
})).json;

export const jsonArb: fc.Arbitrary<unknown> = jsonTextArb.map(
  (text) => JSON.parse(text) as unknown,
);

/** JSON that exhausts the stack of whatever walks through it by calling itself. */
export const deepTextArb: fc.Arbitrary<string> = fc
  .tuple(fc.integer({ min: 1000, max: 300_000 }), fc.constantFrom(...['[]', '{}', '[ ', '{ ']))
  .map(([depth, kind]) => {
    const begin = kind[0] === '[' ? '[' : '{"a":';
    return `${begin.repeat(depth)}0${kind[1]!.trim().repeat(depth)}`;
  });

/** Any text at all, JSON or not, and some that only begins as JSON. */
export const textArb: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  jsonTextArb,
  fc
    .tuple(jsonTextArb, fc.nat(), fc.string({ unit: 'binary', maxLength: 3 }))
    .map(([text, at, inserted]) => {
      const place = at % (text.length + 1);
      return `${text.slice(0, place)}${inserted}`;
    }),
);

/** One change: where, of what kind, and what comes in. */
export type Mutation = { readonly at: number; readonly kind: number; readonly value: unknown };

export const mutationsArb: fc.Arbitrary<Mutation[]> = fc.array(
  plainRecord({ at: fc.nat(), kind: fc.nat({ max: 5 }), value: jsonArb }),
  { minLength: 1, maxLength: 3 },
);

type Place = { readonly within: Record<string, unknown> | unknown[]; readonly key: string };

const placesIn = (value: unknown): Place[] => {
  const places: Place[] = [];
  const waiting = [value];
  while (waiting.length > 0 && places.length < 1000) {
    const within = waiting.pop();
    if (typeof within !== 'object' || within === null) continue;
    for (const key of Object.keys(within)) {
      places.push({ within: within as Record<string, unknown>, key });
      waiting.push((within as Record<string, unknown>)[key]);
    }
  }
  return places;
};

/** `Object.defineProperty`, so that `__proto__` is a property as any other, as it is for a parser. */
const put = (within: object, key: string, value: unknown): void => {
  const own = { value, writable: true, enumerable: true, configurable: true };
  Object.defineProperty(within, key, own);
};

/** A copy of some JSON with changes at any depth. */
export const mutate = (original: unknown, mutations: readonly Mutation[]): unknown => {
  const root = { value: JSON.parse(JSON.stringify(original)) as unknown };
  for (const { at, kind, value } of mutations) {
    const places = placesIn(root);
    const { within, key } = places[at % places.length]!;
    const current = (within as Record<string, unknown>)[key];
    switch (kind) {
      case 0:
        put(within, key, value);
        break;
      case 1:
        if (Array.isArray(within)) within.splice(Number(key), 1);
        else if (within !== root) delete within[key];
        break;
      case 2:
        if (Array.isArray(within)) within.splice(Number(key), 0, value);
        else if (within !== root) put(within, keys[at % keys.length]!, value);
        break;
      case 3:
        put(within, key, [current]);
        break;
      case 4:
        put(
          within,
          key,
          typeof current === 'string' ? { toString: current } : JSON.stringify(current),
        );
        break;
      default:
        // As a parser never makes it, and a copy between threads does.
        if (Array.isArray(within)) delete within[Number(key)];
        else if (typeof current === 'string') put(within, key, `${current}${String(at % 10)}`);
    }
  }
  return root.value;
};

/** How a text is altered: a piece of it, one bit, or the JSON in it. */
export type Alteration =
  | { readonly at: number; readonly cut: number; readonly put: string }
  | { readonly bit: number }
  | { readonly mutations: readonly Mutation[] };

export const alterationArb: fc.Arbitrary<Alteration> = fc.oneof(
  plainRecord({
    at: fc.nat(),
    cut: fc.nat({ max: 20 }),
    put: fc.oneof(
      fc.string({ unit: 'binary', maxLength: 2 }),
      fc.constantFrom('%', '%ff', '&', '=', '/', '?', '"', ',', ' ', '\n', '"__proto__":0,'),
    ),
  }),
  plainRecord({ bit: fc.nat() }),
  plainRecord({ mutations: mutationsArb }),
);

export const alter = (text: string, alteration: Alteration): string => {
  if ('at' in alteration) {
    const place = alteration.at % (text.length + 1);
    return text.slice(0, place) + alteration.put + text.slice(place + alteration.cut);
  }
  if ('bit' in alteration) {
    if (text === '') return text;
    const place = alteration.bit % text.length;
    const flipped = String.fromCharCode(text.charCodeAt(place) ^ (1 << (alteration.bit % 7)));
    return text.slice(0, place) + flipped + text.slice(place + 1);
  }
  try {
    return JSON.stringify(mutate(JSON.parse(text), alteration.mutations)) ?? '';
  } catch {
    return '';
  }
};
