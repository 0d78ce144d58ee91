/**
 * What surely matches a shape, found out without the general machinery of `@endo/patterns`, which takes
 * ten times as long: of a record, say, it hardens a pair for each property.
 *
 * A shape is looked at once, and becomes a function. That answers true only where the value is plain
 * (`plain.ts`), is frozen now, and the matcher would accept it. False says only that the matcher is to be asked.
 */
import { getTag, passStyleOf } from '@endo/pass-style';
import type { Pattern } from '@endo/patterns';
import {
  type PlainRecord,
  isAtom,
  isPlain,
  isPlainArray,
  isReference,
  maxPlainDepth,
  namesOfPlain,
} from './plain.ts';

/** @param depth - of the value in that which is looked at as a whole */
type Sure = (value: unknown, depth: number) => boolean;

/** Limits of the matcher's own, where a shape has none. */
const defaultLimits = {
  decimalDigitsLimit: 100,
  stringLengthLimit: 100_000,
  numPropertiesLimit: 80,
  propertyNameLengthLimit: 100,
  arrayLengthLimit: 10_000,
};
const limitsOf = (given: unknown): typeof defaultLimits => ({
  ...defaultLimits,
  ...(given as object | undefined),
});

const isUndefined: Sure = (value) => value === undefined;
const kinds: Readonly<Record<string, Sure>> = {
  boolean: (value) => typeof value === 'boolean',
  undefined: isUndefined,
  remotable: isReference,
};

// The matcher counts digits by a logarithm, so the last one is left to it.
const smallerThan = (given: unknown): bigint =>
  10n ** BigInt(Math.min(Math.max(limitsOf(given).decimalDigitsLimit - 1, 0), 40));

const integers = (limits: unknown, least: (bound: bigint) => bigint): Sure => {
  const bound = smallerThan(limits);
  const lowest = least(bound);
  return (value) => typeof value === 'bigint' && value >= lowest && value < bound;
};

const texts = (limits: unknown): Sure => {
  const { stringLengthLimit } = limitsOf(limits);
  return (value) => typeof value === 'string' && value.length <= stringLengthLimit;
};

/** Any value but one atom. Numbers are left to the matcher, which has its own mind of zeros and NaN. */
const others =
  (atom: unknown): Sure =>
  (value) =>
    value !== atom && isAtom(value) && typeof value !== 'number';

const compared = (shape: Pattern, holds: (value: bigint, bound: bigint) => boolean) =>
  typeof shape === 'bigint'
    ? (value: unknown) => typeof value === 'bigint' && holds(value, shape)
    : undefined;

const arrays = (item: Sure, limits: unknown): Sure => {
  const { arrayLengthLimit } = limitsOf(limits);
  return (value, depth) =>
    typeof value === 'object' &&
    value !== null &&
    depth < maxPlainDepth &&
    isPlainArray(value) &&
    value.length <= arrayLengthLimit &&
    value.every((each) => item(each, depth + 1));
};

/** Records of which each property is looked at by itself; `isWhole` looks at all of their names. */
const records =
  (
    isWhole: (names: readonly string[]) => boolean,
    property: (name: string, value: unknown, depth: number) => boolean,
  ): Sure =>
  (value, depth) => {
    if (typeof value !== 'object' || value === null || depth >= maxPlainDepth) return false;
    const names = namesOfPlain(value);
    return (
      names !== undefined &&
      isWhole(names) &&
      names.every((name) => property(name, (value as PlainRecord)[name], depth + 1))
    );
  };

const recordsOf = (name: Sure, item: Sure, limits: unknown): Sure => {
  const { numPropertiesLimit, propertyNameLengthLimit } = limitsOf(limits);
  return records(
    (names) =>
      names.length <= numPropertiesLimit &&
      names.every((each) => each.length <= propertyNameLengthLimit && name(each, 0)),
    (_name, value, depth) => item(value, depth),
  );
};

/** The shapes of a record's properties, each as a function; undefined where one of them is not to be had. */
const fieldsOf = (shapes: PlainRecord): ReadonlyMap<string, Sure> | undefined => {
  const fields = new Map<string, Sure>();
  for (const [name, shape] of Object.entries(shapes)) {
    const field = sureOf(shape as Pattern);
    if (field === undefined) return undefined;
    fields.set(name, field);
  }
  return fields;
};

/** @param rest - of properties that are in neither list; undefined where there must be none */
const splitRecords = (required: PlainRecord, optional: PlainRecord, rest: Sure | undefined) => {
  const [must, may] = [fieldsOf(required), fieldsOf(optional)];
  if (must === undefined || may === undefined) return undefined;
  return records(
    (names) => names.filter((name) => must.has(name)).length === must.size,
    (name, value, depth) => {
      const field = must.get(name);
      if (field !== undefined) return field(value, depth);
      const other = may.get(name);
      if (other !== undefined) return value === undefined || other(value, depth);
      return rest?.(value, depth) ?? false;
    },
  );
};

const isEmptyRecord = (shape: Pattern): boolean =>
  passStyleOf(shape) === 'copyRecord' && Object.keys(shape as object).length === 0;

const ofAll = (shapes: readonly Pattern[]): readonly Sure[] | undefined => {
  const all = shapes.map(sureOf);
  return all.some((one) => one === undefined) ? undefined : (all as Sure[]);
};

/** What is known of the shapes that `M` makes, by their tag. */
const ofTag: Readonly<Record<string, (payload: never) => Sure | undefined>> = {
  'match:any': () => isPlain,
  'match:kind': (kind: string) => (Object.hasOwn(kinds, kind) ? kinds[kind] : undefined),
  'match:remotable': () => isReference,
  'match:bigint': ([limits]: readonly unknown[]) => integers(limits, (bound) => 1n - bound),
  'match:nat': ([limits]: readonly unknown[]) => integers(limits, () => 0n),
  'match:string': ([limits]: readonly unknown[]) => texts(limits),
  'match:gte': (bound: Pattern) => compared(bound, (value, least) => value >= least),
  'match:gt': (bound: Pattern) => compared(bound, (value, below) => value > below),
  'match:lte': (bound: Pattern) => compared(bound, (value, most) => value <= most),
  'match:lt': (bound: Pattern) => compared(bound, (value, above) => value < above),
  'match:not': (shape: Pattern) =>
    isAtom(shape) && typeof shape !== 'number' ? others(shape) : undefined,
  'match:or': (shapes: readonly Pattern[]) => {
    const some = shapes.flatMap((shape) => sureOf(shape) ?? []);
    return (value, depth) => some.some((one) => one(value, depth));
  },
  'match:and': (shapes: readonly Pattern[]) => {
    const all = ofAll(shapes);
    if (all === undefined || all.length === 0) return undefined;
    return (value, depth) => all.every((one) => one(value, depth));
  },
  'match:arrayOf': ([shape, limits]: readonly [Pattern, unknown]) => {
    const item = sureOf(shape);
    return item && arrays(item, limits);
  },
  'match:recordOf': ([nameShape, shape, limits]: readonly [Pattern, Pattern, unknown]) => {
    const [name, item] = [sureOf(nameShape), sureOf(shape)];
    return name && item && recordsOf(name, item, limits);
  },
  'match:splitRecord': ([required, optional = {}, rest]: readonly [
    PlainRecord,
    PlainRecord?,
    Pattern?,
  ]) => {
    if (rest !== undefined && isEmptyRecord(rest))
      return splitRecords(required, optional, undefined);
    const isAny = rest === undefined || getTag(Object(rest)) === 'match:any';
    return isAny ? splitRecords(required, optional, isPlain) : undefined;
  },
};

const compile = (shape: Pattern): Sure | undefined => {
  if (isAtom(shape))
    return typeof shape === 'number' ? undefined : (value: unknown) => value === shape;
  const style = passStyleOf(shape);
  if (style === 'copyRecord') return splitRecords(shape as PlainRecord, {}, undefined);
  if (style !== 'tagged') return undefined;
  const { payload } = shape as unknown as { readonly payload: never };
  const tag: string = getTag(shape as never);
  return Object.hasOwn(ofTag, tag) ? ofTag[tag]!(payload) : undefined;
};

const compiled = new WeakMap<object, Sure | false>();

const sureOf = (shape: Pattern): Sure | undefined => {
  if (typeof shape !== 'object' || shape === null) return compile(shape);
  const known = compiled.get(shape) ?? compile(shape) ?? false;
  compiled.set(shape, known);
  return known === false ? undefined : known;
};

/** @returns answers whether a value surely matches; undefined for a shape of which nothing is known here */
export const sureMatcher = (shape: Pattern): ((value: unknown) => boolean) | undefined => {
  const sure = sureOf(shape);
  if (sure === undefined) return undefined;
  return (value) => {
    try {
      return sure(value, 0);
    } catch {
      // Somebody's proxy, or an object that cannot be frozen: the matcher says what is wrong with it.
      return false;
    }
  };
};
