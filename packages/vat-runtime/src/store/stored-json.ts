/**
 * Rows that hold JSON, read as what they should be.
 *
 * A checksum says that a row is as it was written. One that somebody else wrote, or a version that
 * was wrong, is refused here, by its key and without a word of what it says: the engine's own errors
 * repeat the text that they could not read.
 */
import { RowDamagedError } from './checked-storage.ts';

export type Check = (value: unknown) => boolean;

export const isText: Check = (value) => typeof value === 'string';
export const isFlag: Check = (value) => typeof value === 'boolean';
export const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
/** A whole number of any size, as text. */
export const isDigits: Check = (value) => isText(value) && /^-?[0-9]+$/.test(value as string);
export const isRecord: Check = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const arrayOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every((element) => check(element));
export const tuple =
  (...checks: readonly Check[]): Check =>
  (value) =>
    Array.isArray(value) &&
    value.length === checks.length &&
    checks.every((check, i) => check(value[i]));
/** Of a record that says less or more, only what is named here is looked at. */
export const recordOf =
  (
    required: Readonly<Record<string, Check>>,
    optional: Readonly<Record<string, Check>> = {},
  ): Check =>
  (value) => {
    if (!isRecord(value)) return false;
    const record = value as Record<string, unknown>;
    const fits = ([name, check]: [string, Check]) =>
      Object.hasOwn(record, name) && check(record[name]);
    return (
      Object.entries(required).every(fits) &&
      Object.entries(optional).every(
        ([name, check]) => !Object.hasOwn(record, name) || check(record[name]),
      )
    );
  };

/** @throws RowDamagedError where the text is no JSON, or not of the form that `check` asks for */
export const parseRow = <T>(key: string, text: string, check: Check): T => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RowDamagedError(key);
  }
  if (!check(value)) throw new RowDamagedError(key);
  // The cast holds as far as the check looked.
  return value as T;
};

/** A row that is a whole number, not negative. @throws RowDamagedError */
export const parseCount = (key: string, text: string): number => {
  const count = /^[0-9]{1,16}$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(count)) throw new RowDamagedError(key);
  return count;
};
