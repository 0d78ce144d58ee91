/** A purse in a file: what a program of somebody's own keeps between two starts. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Purse } from '@pocas/clearing/purse';

export const readPurse = (file: string): Purse =>
  JSON.parse(readFileSync(file, 'utf8'), (_key, value: { n?: string } | null) =>
    typeof value?.n === 'string' ? BigInt(value.n) : value,
  ) as Purse;

/** Whole or not at all. */
export const writePurse = (file: string, purse: Purse): void => {
  const text = JSON.stringify(purse, (_key, value: unknown) =>
    typeof value === 'bigint' ? { n: `${value}` } : value,
  );
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
};
