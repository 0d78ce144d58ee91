/** A vat's console: its lines go to standard error, with the vat's label. Errors show their redacted text. */
import { inspect } from 'node:util';

/** Without custom inspection, which would hand `inspect` itself to an object of the vat. */
const show = (value: unknown): string => {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  return inspect(value, { customInspect: false, breakLength: Infinity });
};

export const makeVatConsole = (label: string): object => {
  const print = (...args: unknown[]) => {
    process.stderr.write(`[vat ${label}] ${args.map(show).join(' ')}\n`);
  };
  return Object.freeze({ log: print, info: print, warn: print, error: print, debug: () => {} });
};
