/** Files that a power cut leaves whole or does not leave at all. */
import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** What is in a file, or which names are in a folder, is on disk afterwards. */
export const syncPath = (path: string): void => {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
};

/** Writes a file that only its owner may read, in the place of an earlier one if there is one. */
export const writeSyncedFile = (path: string, text: string): void => {
  const draft = `${path}.new`;
  writeFileSync(draft, text, { mode: 0o600, flush: true });
  renameSync(draft, path);
  syncPath(dirname(path));
};
