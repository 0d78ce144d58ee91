/**
 * What a field of a log event may hold: a closed set of types, each of which looks at its value.
 *
 * Three of them are texts. What goes into those was written by ourselves (`fault`), by the program
 * (`label`) or by a vat for its operator (`line`); each passes `redact`, has no control characters,
 * and is cut at a length. Nothing else that anybody wrote can be logged.
 */
import harden from '@endo/harden';
import { isDesignatorText } from '../locator/identity.ts';
import { redact } from './redact.ts';

export type FieldValue = string | number | boolean;

/** @see fields */
export type Field<T extends FieldValue> = {
  /** For people: what stands in the table of events. */
  readonly type: string;
  /** The value as it may be written, undefined where it is not of the type. */
  readonly read: (value: unknown) => T | undefined;
};

/** What tells kinds of parties apart, and nothing about which one it is. */
export const partyKinds = ['vat', 'node', 'client', 'session', 'control'] as const;
export type PartyKind = (typeof partyKinds)[number];

const text = (type: string, maxLength: number): Field<string> => ({
  type,
  read: (value) =>
    typeof value === 'string'
      ? // A secret that the end of the text would cut in two is still whole here.
        redact(value).replace(hidden, '\u{fffd}').slice(0, maxLength)
      : undefined,
});
/** Control characters but line feed and tab, and those that turn the direction of writing: they lie to a terminal. */
// eslint-disable-next-line no-control-regex
const hidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

const form = (type: string, pattern: RegExp): Field<string> => ({
  type,
  read: (value) => (typeof value === 'string' && pattern.test(value) ? value : undefined),
});

const oneOf = <W extends string>(type: string, words: readonly W[]): Field<W> => ({
  type,
  read: (value) => words.find((word) => word === value),
});

/** Each type of field, by its name. */
export const fields: {
  readonly count: Field<number>;
  readonly milliseconds: Field<number>;
  readonly flag: Field<boolean>;
  readonly designator: Field<string>;
  readonly vat: Field<string>;
  readonly moduleHash: Field<string>;
  readonly party: Field<PartyKind>;
  readonly method: Field<string>;
  readonly label: Field<string>;
  readonly fault: Field<string>;
  readonly line: Field<string>;
  readonly oneOf: <W extends string>(...words: readonly W[]) => Field<W>;
} = harden({
  count: {
    type: 'count',
    read: (value) =>
      Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined,
  },
  milliseconds: {
    type: 'milliseconds',
    read: (value) =>
      typeof value === 'number' && value >= 0 && value < Infinity
        ? Math.round(value * 1000) / 1000
        : undefined,
  },
  flag: {
    type: 'true or false',
    read: (value) => (typeof value === 'boolean' ? value : undefined),
  },
  designator: {
    type: 'designator',
    read: (value) => (typeof value === 'string' && isDesignatorText(value) ? value : undefined),
  },
  vat: form('number of a vat', /^[0-9]{1,15}$/),
  moduleHash: form('hash of a module', /^[0-9a-f]{64}$/),
  party: oneOf('kind of party', partyKinds),
  // Shorter than any secret.
  method: form('name of a method', /^[A-Za-z_$][A-Za-z0-9_$]{0,39}$/),
  label: text('label of a vat', 64),
  fault: text('words of ours', 1024),
  line: text('what a vat printed', 8192),
  oneOf: (...words) => oneOf(words.join(', '), words),
});
