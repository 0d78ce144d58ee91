/** Turns the text of a form into the arguments of a call. */
import harden from '@endo/harden';
import type { ArgumentDescription, MethodDescription } from '@pocas/vat-runtime';

/** Why the text of one field is no value. `min` and `max` go with `small` and `large`. */
export type Mistake =
  | { readonly code: 'missing' | 'notNat' | 'long' | 'gone' }
  | { readonly code: 'small' | 'large'; readonly bound: bigint };

export type ReadArguments =
  | { readonly ok: true; readonly args: readonly unknown[]; readonly repeatable: boolean }
  /** `broken`: the form did not come from us, or not whole. */
  | {
      readonly ok: false;
      readonly mistakes: ReadonlyMap<string, Mistake>;
      readonly broken: boolean;
    };

/** The name of the form field for an argument. The prefix keeps it apart from the bridge's own. */
export const fieldName = (argument: string): string => `arg.${argument}`;
harden(fieldName);

// In characters. Larger texts belong in a store of blobs, not in a call.
const maxText = { text: 1_000, longText: 20_000, secret: 4_000 } as const;
// 39 digits hold any 128-bit number; parsing is quadratic in their count.
const maxDigits = 39;

/** Whether the person must write something: not where the form starts with an empty text. */
export const isRequired = (argument: ArgumentDescription): boolean =>
  argument.kind === 'nat' || argument.initial !== '';
harden(isRequired);

const requestId = /^[A-Za-z0-9_-]{22}$/;

/** The request id that a form carries, if its method takes one and it is well formed. */
export const requestIdIn = (
  method: MethodDescription,
  field: (name: string) => string | undefined,
): string | undefined => {
  const argument = method.args.find(({ kind }) => kind === 'requestId');
  const text = argument === undefined ? undefined : field(fieldName(argument.name));
  return text !== undefined && requestId.test(text) ? text : undefined;
};
harden(requestIdIn);

type Read = { readonly value: unknown } | { readonly mistake: Mistake } | 'broken';
const wrong = (code: 'missing' | 'notNat' | 'long' | 'gone'): Read => ({ mistake: { code } });

const readNat = (text: string, { min = 0n, max }: ArgumentDescription): Read => {
  const digits = text.trim();
  if (digits === '') return wrong('missing');
  if (!/^[0-9]+$/.test(digits) || digits.length > maxDigits) return wrong('notNat');
  const value = BigInt(digits);
  if (value < min) return { mistake: { code: 'small', bound: min } };
  if (max !== undefined && value > max) return { mistake: { code: 'large', bound: max } };
  return { value };
};

const readText = (text: string, argument: ArgumentDescription, limit: number): Read => {
  if (text.trim() === '') return isRequired(argument) ? wrong('missing') : { value: '' };
  return text.length > limit ? wrong('long') : { value: text };
};

const readOne = (
  text: string | undefined,
  argument: ArgumentDescription,
  find: (address: string) => object | undefined,
): Read => {
  if (text === undefined) return 'broken';
  switch (argument.kind) {
    case 'nat':
      return readNat(text, argument);
    case 'text':
      return readText(text.trim(), argument, maxText.text);
    case 'longText':
      // Browsers send line ends as CR LF.
      return readText(text.replaceAll('\r\n', '\n'), argument, maxText.longText);
    case 'secret':
      return readText(text.trim(), argument, maxText.secret);
    case 'requestId':
      return requestId.test(text) ? { value: text } : 'broken';
    case 'facet': {
      const value = find(text);
      return value === undefined ? wrong('gone') : { value };
    }
  }
};

/**
 * @param field - the text of a form field by its name, undefined where the form has none
 * @param find - the presence of this session at an address
 */
export const readArguments = (
  method: MethodDescription,
  field: (name: string) => string | undefined,
  find: (address: string) => object | undefined,
): ReadArguments => {
  const args: unknown[] = [];
  const mistakes = new Map<string, Mistake>();
  let broken = false;
  for (const argument of method.args) {
    const read = readOne(field(fieldName(argument.name)), argument, find);
    if (read === 'broken') broken = true;
    else if ('mistake' in read) mistakes.set(argument.name, read.mistake);
    else args.push(read.value);
  }
  if (broken || mistakes.size > 0) return { ok: false, mistakes, broken };
  const repeatable = method.args.some(({ kind }) => kind === 'requestId');
  return { ok: true, args: harden(args), repeatable };
};
harden(readArguments);
