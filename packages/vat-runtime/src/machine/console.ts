/**
 * What a thread prints. Under lockdown the console of SES would print what errors hide from others, and
 * that of Node what the engine put into them; so this one prints the words of those errors that have
 * words for others, and of the rest only what they are and where they were made. What it prints of a
 * text or a record is what it was given, without secrets.
 */
import { writeSync } from 'node:fs';
import { format } from 'node:util';
import { redact } from '../monitor/redact.ts';
import { isWritten, wordsOf } from '../switchboard/errors.ts';

/** Where an error was made. SES keeps stacks from everybody but the thread's own program. */
const placesOf = (error: Error): string => {
  const { getStackString } = globalThis as { getStackString?: (error: Error) => string };
  return getStackString?.(error) ?? '';
};

/** An error as a thread may show it. */
export const shownError = (reason: unknown): string => {
  if (!(reason instanceof Error)) {
    return typeof reason === 'string' ? redact(reason) : `it was thrown as ${typeof reason}`;
  }
  if (isWritten(reason)) return redact(wordsOf(reason));
  const { constructor } = Object.getPrototypeOf(reason) as { constructor?: { name?: unknown } };
  return redact(`${String(constructor?.name)}, made by the engine${placesOf(reason)}`);
};

const show = (value: unknown): unknown => (value instanceof Error ? shownError(value) : value);

/** A console that prints through another one, whose methods it has. */
export const makeThreadConsole = <Whole extends object>(stock: Whole): Whole =>
  Object.freeze(
    Object.fromEntries(
      Object.entries(stock).map(([name, method]: [string, unknown]) => {
        if (typeof method !== 'function') return [name, method];
        // The stock format would look for a second time for places in the text.
        const print = (...args: unknown[]) =>
          Reflect.apply(
            method,
            stock,
            args.length === 0 ? [] : ['%s', redact(format(...args.map(show)))],
          ) as unknown;
        return [name, print];
      }),
    ),
  ) as Whole;

/** Prints a line at once, also where the thread ends with it. */
export const printLast = (line: string): void => {
  try {
    writeSync(2, `${line}\n`);
  } catch {
    // A process without standard error has nobody to tell.
  }
};
