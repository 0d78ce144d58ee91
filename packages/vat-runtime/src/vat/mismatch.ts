/**
 * What is wrong with an argument, in words for whoever wrote the call. They name the place by what the
 * guard itself names, and the kind of what was given: never a value, nor a name that the caller chose.
 */
import { type Passable, isPassable } from '@endo/pass-style';
import { type Pattern, kindOf, matches } from '@endo/patterns';

const kinds: Readonly<Record<string, string>> = Object.freeze({
  undefined: 'undefined',
  null: 'null',
  boolean: 'true or false (boolean)',
  number: 'a number',
  bigint: 'a whole number (bigint)',
  string: 'a text (string)',
  symbol: 'a symbol',
  byteArray: 'bytes',
  copyArray: 'an array',
  copyRecord: 'a record',
  copySet: 'a set',
  copyBag: 'a bag',
  copyMap: 'a map',
  remotable: 'a reference',
  promise: 'a promise',
  error: 'an error',
});

/** The kind of value that passes a matcher, where there is one. */
const kindsOfMatchers: Readonly<Record<string, string>> = Object.freeze({
  'match:bigint': 'bigint',
  'match:nat': 'bigint',
  'match:string': 'string',
  'match:symbol': 'symbol',
  'match:byteArray': 'byteArray',
  'match:remotable': 'remotable',
  'match:promise': 'promise',
  'match:recordOf': 'copyRecord',
  'match:splitRecord': 'copyRecord',
  'match:arrayOf': 'copyArray',
  'match:splitArray': 'copyArray',
  'match:setOf': 'copySet',
  'match:bagOf': 'copyBag',
  'match:mapOf': 'copyMap',
});

type Matcher = { readonly tag: string; readonly payload: unknown };

/** undefined for a pattern that is a plain value, or an array or record of patterns. */
const matcherOf = (pattern: Pattern): Matcher | undefined => {
  const kind = kindOf(pattern as Passable);
  if (kind === undefined || !kind.startsWith('match:')) return undefined;
  return { tag: kind, payload: (pattern as { payload?: unknown }).payload };
};

const kindIn = (value: unknown): string => {
  if (!isPassable(value)) return 'something that cannot be sent';
  return kinds[kindOf(value) ?? ''] ?? 'a tagged value';
};

/** The kind of value that passes, undefined where there is none or more than one. */
const kindWanted = (pattern: Pattern): string | undefined => {
  const matcher = matcherOf(pattern);
  if (matcher === undefined) return kindOf(pattern as Passable);
  const { tag, payload } = matcher;
  if (tag === 'match:kind') return payload as string;
  return /^match:[lg]te?$/.test(tag) ? kindOf(payload as Passable) : kindsOfMatchers[tag];
};

const maxLiteral = 40;
/** A value that stands in the guard. */
const literal = (value: unknown): string => {
  if (typeof value === 'bigint') return `${value}n`.slice(0, maxLiteral);
  if (typeof value === 'string') return JSON.stringify(value.slice(0, maxLiteral));
  if (typeof value === 'object' && value !== null) {
    return `a certain ${(kindIn(value).split(' ').at(-1) ?? 'value').replace(/[()]/g, '')}`;
  }
  return String(value).slice(0, maxLiteral);
};

const comparisons: Readonly<Record<string, string>> = Object.freeze({
  'match:lt': 'less than',
  'match:lte': 'at most',
  'match:gte': 'at least',
  'match:gt': 'more than',
});

const maxAlternatives = 5;

/** The values that pass, in words. */
const wanted = (pattern: Pattern): string => {
  const matcher = matcherOf(pattern);
  if (matcher === undefined) {
    const kind = kindOf(pattern as Passable);
    return kind === 'copyRecord' || kind === 'copyArray' ? kinds[kind]! : literal(pattern);
  }
  const { tag, payload } = matcher;
  const kind = kindWanted(pattern);
  const words = kinds[kind ?? ''];
  switch (tag) {
    case 'match:and':
      return (payload as Pattern[]).map(wanted).join(' and ') || 'anything';
    case 'match:or': {
      const all = [...new Set((payload as Pattern[]).map(wanted))];
      const left = all.length - maxAlternatives;
      return left > 0
        ? `${all.slice(0, maxAlternatives).join(', ')} or one of ${left} others`
        : all.join(' or ');
    }
    case 'match:not':
      return 'something else';
    case 'match:nat':
      return `${words}, not negative`;
    case 'match:string': {
      const [limits] = payload as [{ stringLengthLimit?: number }?];
      const most = limits?.stringLengthLimit;
      return most === undefined ? words! : `${words} of at most ${most} characters`;
    }
    case 'match:remotable': {
      const label = (payload as { label?: unknown } | undefined)?.label;
      return typeof label === 'string' ? `${words} (${label})` : words!;
    }
    case 'match:lt':
    case 'match:lte':
    case 'match:gte':
    case 'match:gt':
      return `${words ?? 'a value'}, ${comparisons[tag]} ${literal(payload)}`;
    default:
      return words ?? 'something that its guard accepts';
  }
};

const fits = (value: unknown, pattern: Pattern): boolean => {
  try {
    return matches(value as Passable, pattern);
  } catch {
    return false;
  }
};

const isArray = (value: unknown): value is readonly unknown[] => Array.isArray(value);

const inRecord = (
  value: Readonly<Record<string, unknown>>,
  [required, optional = {}, rest]: readonly [
    Readonly<Record<string, Pattern>>,
    Readonly<Record<string, Pattern>>?,
    Pattern?,
  ],
  place: string,
): string => {
  for (const [name, pattern] of Object.entries(required)) {
    if (!Object.hasOwn(value, name)) return `${place} lacks "${name}"`;
    if (!fits(value[name], pattern)) return mismatch(value[name], pattern, `${place}, "${name}"`);
  }
  for (const [name, pattern] of Object.entries(optional)) {
    const given = Object.hasOwn(value, name) ? value[name] : undefined;
    if (given !== undefined && !fits(given, pattern)) {
      return mismatch(given, pattern, `${place}, "${name}"`);
    }
  }
  const left = Object.entries(value).filter(
    ([name]) => !Object.hasOwn(required, name) && !Object.hasOwn(optional, name),
  );
  if (rest === undefined || left.length === 0 || matcherOf(rest) === undefined) {
    return `${place} has a property that its guard does not name`;
  }
  return mismatch(Object.fromEntries(left), rest, `the other properties of ${place}`);
};

const inArray = (
  value: readonly unknown[],
  [required, optional = [], rest]: readonly [readonly Pattern[], (readonly Pattern[])?, Pattern?],
  place: string,
): string => {
  if (value.length < required.length) {
    return `${place} must have ${required.length} items or more, and has ${value.length}`;
  }
  for (const [index, pattern] of [...required, ...optional].entries()) {
    const item = value[index];
    if (index >= required.length && item === undefined) continue;
    if (!fits(item, pattern)) return mismatch(item, pattern, `${place}, item ${index + 1}`);
  }
  const most = required.length + optional.length;
  if (rest === undefined || matcherOf(rest) === undefined) {
    return `${place} must have at most ${most} items, and has ${value.length}`;
  }
  return mismatch(value.slice(most), rest, `the other items of ${place}`);
};

/**
 * @param place - how the value is called: `argument 2, "price"`
 * @returns what is wrong with a value that a pattern does not accept
 */
export const mismatch = (value: unknown, pattern: Pattern, place: string): string => {
  const { tag, payload } = matcherOf(pattern) ?? { tag: undefined, payload: undefined };
  if (tag === 'match:and') {
    const failed = (payload as Pattern[]).find((part) => !fits(value, part));
    if (failed !== undefined) return mismatch(value, failed, place);
  }
  if (tag === 'match:not' && isPassable(value)) {
    return `${place} must not be ${wanted(payload as Pattern)}`;
  }
  const own = isPassable(value) ? kindOf(value) : undefined;
  if (tag === 'match:or') {
    const alike = (payload as Pattern[]).filter((part) => kindWanted(part) === own);
    if (alike.length === 1 && (own === 'copyRecord' || own === 'copyArray')) {
      return mismatch(value, alike[0]!, place);
    }
  }
  if (own === undefined || kindWanted(pattern) !== own) {
    return `${place} must be ${wanted(pattern)}, and is ${kindIn(value)}`;
  }
  if (own === 'copyRecord') {
    const record = value as Readonly<Record<string, unknown>>;
    if (tag === undefined) return inRecord(record, [pattern as never], place);
    if (tag === 'match:splitRecord') return inRecord(record, payload as never, place);
    const [, valuePattern] = payload as [Pattern, Pattern];
    const wrong = Object.values(record).find((each) => !fits(each, valuePattern));
    if (wrong !== undefined) return mismatch(wrong, valuePattern, `a property of ${place}`);
    return `${place} has too many properties, or one with a name that it may not have`;
  }
  if (isArray(value)) {
    if (tag === undefined) return inArray(value, [pattern as never], place);
    if (tag === 'match:splitArray') return inArray(value, payload as never, place);
    const [itemPattern] = payload as [Pattern];
    const index = value.findIndex((item) => !fits(item, itemPattern));
    if (index >= 0) return mismatch(value[index], itemPattern, `${place}, item ${index + 1}`);
    return `${place} has too many items`;
  }
  const words = `${place} must be ${wanted(pattern)}`;
  if (tag === undefined || tag in comparisons) return `${words}, and is another`;
  if (typeof value === 'bigint' && value < 0n && tag === 'match:nat')
    return `${words}, and is negative`;
  return /^match:(?:bigint|nat|string|symbol|byteArray)$/.test(tag)
    ? `${words}, and is too long`
    : `${words}, and holds what it may not`;
};
