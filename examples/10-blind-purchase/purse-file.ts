/** A purse in a file of the member's own. The market never sees it; whoever has file and key has the credits. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Purse } from '@pocas/clearing/purse';

export const readPurse = (file: string): Purse =>
  JSON.parse(readFileSync(file, 'utf8'), (_key, value: { bigint?: string } | null) =>
    typeof value?.bigint === 'string' ? BigInt(value.bigint) : value,
  ) as Purse;

/** Whole or not at all. What must outlast a power cut is synced too. */
export const writePurse = (file: string, purse: Purse): void => {
  const text = JSON.stringify(purse, (_key, value: unknown) =>
    typeof value === 'bigint' ? { bigint: `${value}` } : value,
  );
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
};
