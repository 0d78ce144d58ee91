/** Files of `pocas clearing` on disk: whole or not at all, and never over what somebody else wrote. */
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { CommandError, exitCodes } from './exit-codes.ts';

/** Names of files that may be there from an earlier time. What else is in a folder stays. */
export type Known = readonly string[];

/** Beside the place where it will be, so that it only needs another name in the end. */
const besides = (path: string, what: string): string =>
  join(dirname(path), `.${basename(path)}.${what}-${randomBytes(6).toString('hex')}`);

const outputError = (error: unknown, path: string): unknown => {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined || error instanceof CommandError) return error;
  if (code === 'ENOSPC') {
    return new CommandError(
      `Cannot write "${path}": the disk is full; nothing was written`,
      exitCodes.diskFull,
    );
  }
  if (code === 'ENOENT') {
    return new CommandError(
      `Cannot write "${path}": the folder that it would be in is not there`,
      exitCodes.usage,
    );
  }
  return new CommandError(`Cannot write "${path}": ${code}; nothing was written`);
};

const alreadyThere = (path: string, words: string): CommandError =>
  new CommandError(`Cannot write "${path}": ${words}`, exitCodes.usage);

/** Before anything long is begun. @throws CommandError where the folder may not be written */
export const checkFolder = (folder: string, known: Known, isForced: boolean): void => {
  const path = resolve(folder);
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isDirectory()) throw alreadyThere(path, 'something that is no folder stands there');
  const files = readdirSync(path);
  const foreign = files.find((name) => !known.includes(name));
  if (foreign !== undefined) {
    throw alreadyThere(path, 'other files are in it; give a new folder');
  }
  if (files.length > 0 && !isForced) {
    throw alreadyThere(path, 'results are in it; give a new folder, or replace them with --force');
  }
};

/** Writes a folder of files as a whole. */
export const writeFolder = (
  folder: string,
  files: ReadonlyMap<string, string>,
  known: Known,
  isForced: boolean,
): void => {
  const path = resolve(folder);
  const made = besides(path, 'new');
  try {
    mkdirSync(made);
    for (const [name, text] of files) writeFileSync(join(made, name), text, { flush: true });
    // Whatever came there meanwhile.
    checkFolder(path, known, isForced);
    if (!existsSync(path)) return renameSync(made, path);
    if (readdirSync(path).length === 0) {
      rmdirSync(path);
      return renameSync(made, path);
    }
    const old = besides(path, 'old');
    renameSync(path, old);
    renameSync(made, path);
    for (const name of known) rmSync(join(old, name), { force: true });
    rmdirSync(old);
  } catch (error) {
    throw outputError(error, path);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
};

/** Before anything long is begun. */
export const checkFile = (file: string, isForced: boolean): void => {
  const path = resolve(file);
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isFile()) throw alreadyThere(path, 'something that is no file stands there');
  if (!isForced) throw alreadyThere(path, 'it is there already; replace it with --force');
};

/** @param mode - who may read it */
export const writeFile = (file: string, text: string, isForced: boolean, mode = 0o666): void => {
  const path = resolve(file);
  const made = besides(path, 'new');
  try {
    checkFile(path, isForced);
    writeFileSync(made, text, { flush: true, mode });
    if (isForced) return renameSync(made, path);
    try {
      // Unlike a new name, it fails where something is.
      linkSync(made, path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') throw alreadyThere(path, 'it is there already');
      // Some file systems of memory sticks have no links.
      checkFile(path, isForced);
      renameSync(made, path);
    }
  } catch (error) {
    throw outputError(error, path);
  } finally {
    rmSync(made, { force: true });
  }
};
