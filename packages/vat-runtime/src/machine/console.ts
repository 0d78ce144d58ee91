/**
 * What a thread prints. Under lockdown the console of SES would print what errors hide from others, and
 * that of Node what the engine put into them; so this one prints the words of those errors that have
 * words for others, and of the rest only what they are and where they were made. What it prints of a
 * text or a record is what it was given, without secrets.
 */
import { writeSync } from 'node:fs';
import { format, inspect } from 'node:util';
import { redact } from '../monitor/redact.ts';
import { isError, isWritten, wordsOf } from '../switchboard/errors.ts';

/** Where an error was made. SES keeps stacks from everybody but the thread's own program. */
const placesOf = (error: Error): string => {
  const { getStackString } = globalThis as { getStackString?: (error: Error) => string };
  return getStackString?.(error) ?? '';
};

/** An error as a thread may show it. */
export const shownError = (reason: unknown): string => {
  if (!isError(reason)) {
    return typeof reason === 'string' ? redact(reason) : `it was thrown as ${typeof reason}`;
  }
  if (isWritten(reason)) return redact(wordsOf(reason));
  try {
    const { constructor } = Object.getPrototypeOf(reason) as { constructor?: { name?: unknown } };
    return redact(`${String(constructor?.name)}, made by the engine${placesOf(reason)}`);
  } catch {
    return 'an error that cannot be read';
  }
};

/** Errors inside of what is shown have no words: `inspect` does not know those of SES for errors. */
const show = (value: unknown): unknown => {
  if (isError(value)) return shownError(value);
  return Object(value) === value ? inspect(value, { customInspect: false }) : value;
};
const lineOf = (args: readonly unknown[]): string => redact(format(...args.map(show)));

const printing = ['log', 'info', 'debug', 'warn', 'error', 'trace', 'group', 'groupCollapsed'];

/** A console that prints through the stock one. */
export const makeThreadConsole = (stock: Console): Console => {
  const methods = stock as unknown as Record<string, (...args: unknown[]) => void>;
  const print =
    (name: string) =>
    (...args: unknown[]) =>
      // The stock console would look for places to fill in the text again.
      args.length === 0 ? methods[name]!() : methods[name]!('%s', lineOf(args));
  const withLabel =
    (name: string) =>
    (label: unknown = 'default') =>
      methods[name]!(redact(String(label)));
  return Object.freeze({
    ...stock,
    ...Object.fromEntries(printing.map((name) => [name, print(name)])),
    ...Object.fromEntries(
      ['count', 'countReset', 'time', 'timeEnd', 'timeLog'].map((name) => [name, withLabel(name)]),
    ),
    dir: (value: unknown) => print('log')(value),
    dirxml: print('log'),
    table: (value: unknown) => print('log')(value),
    assert(condition: unknown, ...args: unknown[]) {
      if (!condition) print('warn')('Assertion failed:', ...args);
    },
  }) as Console;
};

/** Prints a line at once, also where the thread ends with it. */
export const printLast = (line: string): void => {
  try {
    writeSync(2, `${line}\n`);
  } catch {
    // A process without standard error has nobody to tell.
  }
};
