/** Files as texts, for tests. */
import { readCircle, type ReadOptions } from '#src/spreadsheet/read-circle.js';
import { SpreadsheetError } from '#src/spreadsheet/faults.js';
import type { Circle, Part } from '#src/spreadsheet/circle.js';

export const file = (text: string | Uint8Array, name = 'f.csv') => ({
  name,
  bytes: typeof text === 'string' ? new TextEncoder().encode(text) : text,
});

export const read = (text: string | Uint8Array, options?: ReadOptions): Circle =>
  readCircle({ obligations: file(text) }, options);

/** The only currency of a file. */
export const readPart = (text: string, options?: ReadOptions): Part => {
  const { parts } = read(text, options);
  if (parts.length !== 1) throw Error('several currencies');
  return parts[0]!;
};

/** What is said of a bad file, a line each. */
export const faultsOf = (body: () => unknown): string[] => {
  try {
    body();
  } catch (error) {
    if (error instanceof SpreadsheetError) return error.message.split('\n');
    throw error;
  }
  return [];
};
