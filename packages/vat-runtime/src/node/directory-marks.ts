/**
 * Files in a data directory that say why no node may run on it.
 *
 *   moved       its poca was exported, and lives elsewhere; the row `moved` says the same
 *   importing   an import fills it, or began to
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { syncPath, writeSyncedFile } from './synced-files.ts';

/** The poca of a data directory was moved. Running it again would be a second copy of it. */
export class DirectoryMovedError extends Error {
  readonly code = 'POCAS_MOVED';
  constructor(directory: string) {
    super(
      `Cannot start on "${directory}": its poca was moved, and what runs here again would be a second copy that other nodes refuse; run it where it was imported, or import the bundle into another directory`,
    );
    this.name = 'DirectoryMovedError';
  }
}

/** An import into a data directory did not end. */
export class ImportUnfinishedError extends Error {
  readonly code = 'POCAS_IMPORT_UNFINISHED';
  constructor(directory: string) {
    super(
      `Cannot start on "${directory}": an import into it did not end; import the bundle again, into the same directory`,
    );
    this.name = 'ImportUnfinishedError';
  }
}

/** The row that says the same as the file `moved`. */
export const movedKey = 'moved';

const movedIn = (directory: string) => join(directory, 'moved');
const importingIn = (directory: string) => join(directory, 'importing');

/** Which bundle holds what was here, as text. Undefined where nothing was moved. */
export const readMoved = (directory: string): string | undefined =>
  existsSync(movedIn(directory)) ? readFileSync(movedIn(directory), 'utf8') : undefined;

/** On disk when it returns. From then on no node runs here. */
export const markMoved = (directory: string, bundle: string): void =>
  writeSyncedFile(movedIn(directory), bundle);

export const isImporting = (directory: string): boolean => existsSync(importingIn(directory));

export const markImporting = (directory: string): void =>
  writeSyncedFile(importingIn(directory), 'Remove this directory, or import into it again.\n');

/** On disk when it returns. From then on a node may run here. */
export const unmarkImporting = (directory: string): void => {
  rmSync(importingIn(directory));
  syncPath(directory);
};

/** @throws DirectoryMovedError, ImportUnfinishedError */
export const assertRunnable = (directory: string): void => {
  if (existsSync(movedIn(directory))) throw new DirectoryMovedError(directory);
  if (isImporting(directory)) throw new ImportUnfinishedError(directory);
};
