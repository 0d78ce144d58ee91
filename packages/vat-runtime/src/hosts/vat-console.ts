/** A vat's console. Its lines are part of what a delivery did, and so wait for the disk. Errors show their redacted text. */
import { inspect } from 'node:util';

/** Without custom inspection, which would hand `inspect` itself to an object of the vat. */
const show = (value: unknown): string => {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  return inspect(value, { customInspect: false, breakLength: Infinity });
};

export const makeVatConsole = (print: (line: string) => void): object => {
  const log = (...args: unknown[]) => print(args.map(show).join(' '));
  return Object.freeze({ log, info: log, warn: log, error: log, debug: () => {} });
};
