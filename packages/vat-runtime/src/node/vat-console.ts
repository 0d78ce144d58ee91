/** A vat's console: its lines go to standard error, with the vat's label. Errors show their redacted text. */
import { format } from 'node:util';

const show = (value: unknown): unknown =>
  value instanceof Error ? `${value.name}: ${value.message}` : value;

export const makeVatConsole = (label: string): object => {
  const print = (...args: unknown[]) => {
    process.stderr.write(`[vat ${label}] ${format(...args.map(show))}\n`);
  };
  return Object.freeze({ log: print, info: print, warn: print, error: print, debug: () => {} });
};
