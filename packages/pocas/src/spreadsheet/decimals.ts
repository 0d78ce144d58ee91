/**
 * Numbers as people write them, exactly: no floating point, and nothing guessed.
 *
 * "1,234" is a thousand in Mexico and a little more than one in Spain. Which sign stands before the
 * decimals is found out for a whole file, from those of its numbers that can only be read in one way,
 * and a number that would still mean two things is refused.
 */
import { quoted } from './shown.ts';

export type Sign = '.' | ',';

/** `digits / 10 ** places` */
export type Decimal = { readonly digits: bigint; readonly places: number };

export type ReadNumber = { readonly value: Decimal } | { readonly words: string };

/** More than any currency has. What a spreadsheet calculated in floating point has more. */
const mostPlaces = 6;
const mostDigits = 18;

// Thousands are parted by the other sign, by a space of any kind, or by an apostrophe: always by the same.
const forms: { readonly [sign in Sign]: RegExp } = {
  '.': /^(\d+|[1-9]\d{0,2}([, \u00a0\u202f'’])\d{3}(?:\2\d{3})*)(?:\.(\d+))?$/,
  ',': /^(\d+|[1-9]\d{0,2}([. \u00a0\u202f'’])\d{3}(?:\2\d{3})*)(?:,(\d+))?$/,
};

const readAs = (text: string, sign: Sign): Decimal | undefined => {
  const match = forms[sign].exec(text);
  if (match === null) return undefined;
  const [, whole, , fraction = ''] = match;
  const digits = whole!.replace(/\D/g, '');
  return { digits: BigInt(digits + fraction), places: fraction.length };
};

const words = (sign: Sign): string => (sign === '.' ? 'point' : 'comma');

/** Why a text is no number, for those who wrote it. */
const whyNot = (text: string): string => {
  const instead = 'write only digits, such as 1200.50';
  if (text === '') return 'it is empty';
  if (text.startsWith('-') || /^\(.*\)$/.test(text)) {
    return `${quoted(text)} is below zero; write it above zero, and change debtor and creditor`;
  }
  if (/^\d[\d.,]*e[+-]?\d+$/i.test(text)) {
    return `${quoted(text)} was shortened by the spreadsheet; format the cells as numbers with decimals`;
  }
  if (/\p{Sc}/u.test(text)) {
    return `${quoted(text)} has the sign of a currency; format the cells as plain numbers, and write the currency in a column of its own`;
  }
  if (/^#/.test(text)) return `${quoted(text)} is an error of the spreadsheet`;
  return `${quoted(text)} is no number; ${instead}`;
};

export type Numbers = {
  /** The sign before decimals, where the file has any or was said to have. */
  readonly sign?: Sign;
  /** Whether thousands are parted somewhere. */
  readonly hasGroups: boolean;
  /** In the order of the texts. */
  readonly numbers: readonly ReadNumber[];
};

/**
 * Reads all numbers of a file.
 *
 * @param stated - the sign before decimals, as somebody said who knows
 */
export const readNumbers = (texts: readonly string[], stated?: Sign): Numbers => {
  const votes = { '.': 0, ',': 0 };
  const read = texts.map((text) => {
    // A long one is refused for its length, and takes no part.
    if (text.length > mostDigits + 12) return {};
    const both = { '.': readAs(text, '.'), ',': readAs(text, ',') };
    if (both['.'] !== undefined && both[','] === undefined) votes['.'] += 1;
    if (both[','] !== undefined && both['.'] === undefined) votes[','] += 1;
    return both;
  });
  const sign: Sign | undefined =
    stated ?? (votes['.'] + votes[','] === 0 ? undefined : votes[','] > votes['.'] ? ',' : '.');
  const toldBy = stated === undefined ? 'most of this file' : '--decimals';

  const one = (
    text: string,
    both: { readonly [sign in Sign]?: Decimal | undefined },
  ): ReadNumber => {
    const point = both['.'];
    const comma = both[','];
    if (point === undefined && comma === undefined) return { words: whyNot(text) };
    // Where only whole numbers stand in the file, both are the same.
    const value = both[sign ?? '.'];
    if (value === undefined) {
      const other = sign === ',' ? '.' : ',';
      return {
        words: `${quoted(text)} has a decimal ${words(other)}, and by ${toldBy} it is the ${words(sign!)}; write it as the others`,
      };
    }
    if (
      stated === undefined &&
      point !== undefined &&
      comma !== undefined &&
      point.places !== comma.places &&
      (sign === undefined || value.places > 0)
    ) {
      const [large, small] = point.places === 0 ? [point, comma] : [comma, point];
      return {
        words: `${quoted(text)} may be ${large.digits} or ${formatDecimal(small.digits, small.places, '.')}; write it without parting thousands, or say how decimals are written with --decimals point or --decimals comma`,
      };
    }
    if (value.places > mostPlaces) {
      return {
        words: `${quoted(text)} has more than ${mostPlaces} decimals; round it to the smallest coin`,
      };
    }
    if (value.digits >= 10n ** BigInt(mostDigits)) {
      return { words: `${quoted(text)} has more than ${mostDigits} digits` };
    }
    return { value };
  };
  const numbers = read.map((both, i) => one(texts[i]!, both));
  const hasGroups = numbers.some((number, i) => {
    if (!('value' in number)) return false;
    const signs = texts[i]!.replace(/\d/g, '').length;
    return signs > (number.value.places === 0 ? 0 : 1);
  });
  return { ...(sign === undefined ? {} : { sign }), hasGroups, numbers };
};

/** In the smallest unit of a currency with so many decimals. `places` is not less than the number's own. */
export const scale = ({ digits, places }: Decimal, to: number): bigint =>
  digits * 10n ** BigInt(to - places);

/** @param digits - in the smallest unit; may be below zero */
export const formatDecimal = (digits: bigint, places: number, sign: Sign): string => {
  const text = (digits < 0n ? -digits : digits).toString().padStart(places + 1, '0');
  const minus = digits < 0n ? '-' : '';
  if (places === 0) return `${minus}${text}`;
  return `${minus}${text.slice(0, -places)}${sign}${text.slice(-places)}`;
};

const plainForms: { readonly [sign in Sign]: RegExp } = {
  '.': /^(-?)(\d{1,18})(?:\.(\d{1,6}))?$/,
  ',': /^(-?)(\d{1,18})(?:,(\d{1,6}))?$/,
};

/**
 * One amount that we wrote ourselves, in its smallest unit; or why it is none. Zeros at its end may be
 * missing: a spreadsheet leaves them out.
 */
export const readMoney = (text: string, sign: Sign, places: number): bigint | string => {
  // As we write it, which nearly all are.
  const [, minus, whole, fraction = ''] = plainForms[sign].exec(text) ?? [];
  if (whole !== undefined && fraction.length <= places) {
    const amount = BigInt(whole + fraction.padEnd(places, '0'));
    return minus === '' ? amount : -amount;
  }
  const isBelow = text.startsWith('-');
  const [number] = readNumbers([isBelow ? text.slice(1) : text], sign).numbers;
  if (number === undefined) return 'it is empty';
  if ('words' in number) return number.words;
  if (number.value.places > places) {
    return `${quoted(text)} has more decimals than the obligations have`;
  }
  const amount = scale(number.value, places);
  return isBelow ? -amount : amount;
};
