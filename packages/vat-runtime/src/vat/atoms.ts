/**
 * Short cuts for atoms, of which most state and most arguments consist: what the marshaller and the
 * matcher would answer, without their general machinery. What is not plain is left to them.
 */
import { type Passable, getTag, passStyleOf } from '@endo/pass-style';
import { M, type Pattern } from '@endo/patterns';

/** The smallcaps body of an atom, byte for byte as the marshaller writes it; undefined for anything else. */
export const encodeAtom = (value: unknown): string | undefined => {
  switch (typeof value) {
    case 'bigint':
      return `#"${value < 0n ? '' : '+'}${value}"`;
    case 'boolean':
      return `#${value}`;
    case 'undefined':
      return '#"#undefined"';
    case 'number':
      // The marshaller has words of its own for NaN and the infinities.
      return Number.isFinite(value) ? `#${JSON.stringify(value)}` : undefined;
    case 'string':
      // A text that begins with one of ! to - is marked; see smallcaps in @endo/marshal.
      return `#${JSON.stringify(value >= '!' && value < '.' ? `!${value}` : value)}`;
    default:
      return value === null ? '#null' : undefined;
  }
};

/** @returns the value of a body in a record, or undefined where it is left to the marshaller */
export const decodeAtom = (body: string): { readonly value: unknown } | undefined => {
  const encoded = /^#(?:[-0-9tfn"])/.test(body) ? (JSON.parse(body.slice(1)) as unknown) : body;
  if (encoded === body) return undefined;
  if (typeof encoded !== 'string') return { value: encoded };
  if (!(encoded >= '!' && encoded < '.')) return { value: encoded };
  if (/^[+-][0-9]+$/.test(encoded)) return { value: BigInt(encoded) };
  if (encoded[0] === '!') return { value: encoded.slice(1) };
  return encoded === '#undefined' ? { value: undefined } : undefined;
};

const tooLarge = 1n << 128n;

// The matcher's limits on digits and on lengths are far beyond these.
const sureMatchers = new Map<Pattern, (value: unknown) => boolean>([
  [M.bigint(), (value) => typeof value === 'bigint' && -tooLarge < value && value < tooLarge],
  [M.nat(), (value) => typeof value === 'bigint' && value >= 0n && value < tooLarge],
  [M.string(), (value) => typeof value === 'string' && value.length < 1000],
  [M.boolean(), (value) => typeof value === 'boolean'],
  [M.undefined(), (value) => value === undefined],
]);

const isSurelyRemotable = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  try {
    return passStyleOf(value as Passable) === 'remotable';
  } catch {
    // The matcher says what is wrong with it.
    return false;
  }
};

/**
 * @returns answers true only where the matcher would accept a value, and false where the matcher is
 * to be asked; undefined for a shape of which nothing is known here
 */
export const sureMatcher = (shape: Pattern): ((value: unknown) => boolean) | undefined => {
  const isRemotable = shape === M.remotable() || getTag(Object(shape)) === 'match:remotable';
  return isRemotable ? isSurelyRemotable : sureMatchers.get(shape);
};
