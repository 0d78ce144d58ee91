/** How commands open the store of a data directory, and what they say where they cannot. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  DataInUseError,
  DirectoryMovedError,
  DiskFullError,
  ImportUnfinishedError,
  StoreRefusedError,
  openStoreFiles,
  rowChecksum,
  sha256,
  type RecoverPowers,
} from '@pocas/vat-runtime/node';
import { CommandError, exitCodes } from './exit-codes.ts';

/** The same error with the program's own advice and exit code, where it is about the store. */
export const storeError = (error: unknown, directory: string): unknown => {
  if (error instanceof DataInUseError) {
    return new CommandError(
      `Cannot start: the data directory "${directory}" is in use by another process; stop that one, or give another with --data`,
      exitCodes.inUse,
    );
  }
  if (error instanceof DiskFullError) return new CommandError(error.message, exitCodes.diskFull);
  if (error instanceof DirectoryMovedError || error instanceof ImportUnfinishedError) {
    return new CommandError(error.message, exitCodes.moved);
  }
  if (error instanceof StoreRefusedError) {
    return new CommandError(
      `${error.message}\nNo row was changed. See what is there: pocas check --data ${directory}\nWhat it means and the way on: docs/operating.md, "${error.reason}"`,
      exitCodes.refused,
    );
  }
  return error;
};

/** Runs `use` with the store of a node that does not run. */
export const withStore = async <T>(
  data: string,
  use: (powers: RecoverPowers, directory: string) => Promise<T>,
): Promise<T> => {
  const directory = resolve(data);
  if (!existsSync(join(directory, 'store'))) {
    throw new CommandError(
      `Cannot open "${directory}": it is no data directory of a node; give one with --data`,
      exitCodes.usage,
    );
  }
  let files;
  try {
    files = await openStoreFiles(directory);
  } catch (error) {
    if (!(error instanceof DataInUseError)) throw storeError(error, directory);
    throw new CommandError(
      `Cannot open "${directory}": a node runs on it; stop that one first`,
      exitCodes.inUse,
    );
  }
  const { storage, anchor } = files;
  try {
    return await use({ storage, anchor, hash: sha256, checksum: rowChecksum }, directory);
  } finally {
    await storage.close();
    await anchor.close();
  }
};
