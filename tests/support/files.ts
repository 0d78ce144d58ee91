/** What lies in a folder, down to the last byte. */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Paths of all files and folders in a folder, relative to it. */
export const pathsIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();

/** The files whose bytes contain `bytes`. */
export const filesWith = (folder: string, bytes: string | Buffer): string[] =>
  pathsIn(folder).filter((path) => {
    const whole = join(folder, path);
    return statSync(whole).isFile() && readFileSync(whole).includes(bytes);
  });

/** The permissions of a file, such as `600`. */
export const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);
