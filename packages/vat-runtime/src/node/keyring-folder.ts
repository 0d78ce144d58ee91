/**
 * A keyring's place on disk: a folder with one file, whose name is a number.
 *
 * A change writes the next number, by a link, which fails where that number is there already: so two
 * processes that write at once find out, without a lock that one of them could leave behind when it is
 * killed. A file is whole before it has its name.
 */
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import type { KeyringStorage } from '../client/keyring.ts';
import { maxKeyringBytes } from '../client/sealed-keyring.ts';
import { syncPath } from './synced-files.ts';

const numberForm = /^[1-9][0-9]{0,14}$/;
/** Whoever loses so often in a row is not writing against people. */
const maxAttempts = 100;

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/** Greatest first. */
const numbersIn = (folder: string): number[] =>
  readdirSync(folder)
    .filter((name) => numberForm.test(name))
    .map(Number)
    .sort((a, b) => b - a);

/** @returns the number of the file that counts, 0 where there is none, and what is in it */
const readNewest = (folder: string): { number: number; bytes: Uint8Array | undefined } => {
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const [number] = numbersIn(folder);
    if (number === undefined) return { number: 0, bytes: undefined };
    const path = join(folder, String(number));
    try {
      if (statSync(path).size > maxKeyringBytes) return { number, bytes: new Uint8Array(0) };
      return { number, bytes: new Uint8Array(readFileSync(path)) };
    } catch (error) {
      // It was replaced meanwhile by a greater one.
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  }
  throw Error(`Cannot read keyring "${folder}": it changes all the time; try again`);
};

/** @returns whether the number was free, and still counts */
const writeNext = (folder: string, number: number, bytes: Uint8Array): boolean => {
  // One that a killed process left is written over by the next with its number. It is sealed too.
  const draft = join(folder, `draft-${process.pid}-${threadId}`);
  const path = join(folder, String(number));
  try {
    writeFileSync(draft, bytes, { mode: 0o600, flush: true });
    linkSync(draft, path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
  const [newest] = numbersIn(folder);
  if (newest !== number) {
    // The number had been given and taken back since we read, or somebody has gone on from ours already.
    // The change is made again; where it is there it changes nothing.
    rmSync(path, { force: true });
    return false;
  }
  syncPath(folder);
  return true;
};

/** @param folder - made when there is none; its owner alone may read it. Nothing else should lie there. */
export const makeFolderStorage = (folder: string): KeyringStorage => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  return Object.freeze({
    async read() {
      return readNewest(folder).bytes;
    },
    async replace(change: (stored: Uint8Array | undefined) => Uint8Array) {
      for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
        const { number, bytes } = readNewest(folder);
        const next = change(bytes);
        if (!writeNext(folder, number + 1, next)) continue;
        for (const old of numbersIn(folder)) {
          if (old <= number) rmSync(join(folder, String(old)), { force: true });
        }
        return;
      }
      throw Error(`Cannot write keyring "${folder}": it changes all the time; try again`);
    },
  });
};
