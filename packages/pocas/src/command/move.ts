/** `pocas move export` and `pocas move import` */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  DataInUseError,
  DiskFullError,
  type MoveKey,
  type MoveStep,
  MoveRefusedError,
  exportPoca,
  findMoveKey,
  importPoca,
  makeMoveKey,
  readArchiveHeader,
  readMoveHeader,
} from '@pocas/vat-runtime/node';
import { CommandError, exitCodes } from './exit-codes.ts';
import { readPassphrase } from './passphrase.ts';
import { joinShares, makeShares, parseStewards } from './shares.ts';
import { storeError } from './store.ts';

type Options = { data: string; passphraseFile?: string; json?: true };
export type MoveExportOptions = Options & { stewards?: string };
export type MoveImportOptions = Options & { shares?: string[] };

const random = (length: number) => new Uint8Array(randomBytes(length));

const doing: { readonly [step in MoveStep]: string } = {
  checking: 'Reading and checking the store',
  writing: 'Writing',
  verifying: 'Reading again what was written',
  marking: 'Marking',
  naming: 'Ending',
  done: 'Done',
};

/** A line for each step, and one for each so many rows of a long one, on standard error. */
const makeProgress = (isQuiet: boolean) => {
  let last: MoveStep | undefined;
  return (step: MoveStep, rows: number): void => {
    if (isQuiet) return;
    if (step !== last) process.stderr.write(`${doing[step]}…\n`);
    else if (rows > 0 && rows % 100_000 === 0) process.stderr.write(`  ${rows} rows\n`);
    last = step;
  };
};

const moveError = (error: unknown, directory: string): unknown => {
  if (error instanceof DataInUseError) {
    return new CommandError(
      `Cannot move the poca of "${directory}": a node runs on it; stop that one first`,
      exitCodes.inUse,
    );
  }
  if (error instanceof DiskFullError) return new CommandError(error.message, exitCodes.diskFull);
  if (error instanceof MoveRefusedError || error instanceof RangeError) {
    return new CommandError(error.message);
  }
  const { code, path } = error as NodeJS.ErrnoException;
  if (code !== undefined && path !== undefined) {
    return new CommandError(`Cannot open "${path}": ${code}`);
  }
  return storeError(error, directory);
};

/** The key of a new bundle. Its shares are in files of their own before anything is marked. */
const makeKey = async (
  file: string,
  { stewards, passphraseFile }: MoveExportOptions,
): Promise<{ key: MoveKey; shares: readonly string[] }> => {
  if (stewards === undefined) {
    const passphrase = await readPassphrase(passphraseFile, true);
    return { key: await makeMoveKey({ kind: 'passphrase', passphrase }, random), shares: [] };
  }
  const wanted = parseStewards(stewards);
  const secret = random(32);
  const key = await makeMoveKey({ kind: 'shared', secret }, random);
  const texts = await makeShares(secret, key.header, wanted);
  const shares: string[] = [];
  try {
    for (const [i, text] of texts.entries()) {
      const path = `${file}.share-${i + 1}`;
      writeFileSync(path, `${text}\n`, { mode: 0o600, flag: 'wx', flush: true });
      shares.push(path);
    }
  } catch (error) {
    for (const share of shares) rmSync(share);
    throw error;
  }
  return { key, shares };
};

export const exportMove = async (file: string, options: MoveExportOptions): Promise<void> => {
  const { data, json } = options;
  const directory = resolve(data);
  if (!existsSync(join(directory, 'store'))) {
    throw new CommandError(
      `Cannot move "${directory}": it is no data directory of a node; give one with --data`,
      exitCodes.usage,
    );
  }
  let shares: readonly string[] = [];
  try {
    const exported = await exportPoca({
      ...{ directory, file: resolve(file) },
      async makeKey() {
        const made = await makeKey(resolve(file), options);
        ({ shares } = made);
        return made.key;
      },
      onProgress: makeProgress(json === true),
    });
    process.stdout.write(
      json
        ? `${JSON.stringify({ ...exported, shares })}\n`
        : exported.wasMoved
          ? `This poca was moved before. Its bundle was written as\n${exported.file}\n`
          : `The poca is in this file, ${exported.rows} rows and its keys:\n${exported.file}\n\nThe directory "${directory}" does not start any more. Where the poca goes: pocas move import\nDelete the old directory when the poca runs there, and not before.\n${sharesSaid(shares)}`,
    );
  } catch (error) {
    // Of a bundle that there is not.
    if (!existsSync(join(directory, 'moved'))) for (const share of shares) rmSync(share);
    throw moveError(error, directory);
  }
};

const sharesSaid = (shares: readonly string[]): string =>
  shares.length === 0
    ? ''
    : `\nGive each steward one of these, and delete them here:\n${shares.map((path) => `${path}\n`).join('')}`;

const findKey = async (
  path: string,
  { passphraseFile, shares }: MoveImportOptions,
): Promise<MoveKey> => {
  const header = await readArchiveHeader(path);
  // Before anybody is asked for a passphrase.
  const kind = readMoveHeader(header);
  if (kind !== (shares === undefined ? 'passphrase' : 'shared')) {
    throw new MoveRefusedError('other-secret');
  }
  if (shares !== undefined) {
    const texts = shares.map((share) => readFileSync(share, 'utf8'));
    return findMoveKey(header, { kind: 'shared', secret: await joinShares(texts, header) });
  }
  return findMoveKey(header, {
    kind: 'passphrase',
    passphrase: await readPassphrase(passphraseFile, false),
  });
};

export const importMove = async (file: string, options: MoveImportOptions): Promise<void> => {
  const { data, json } = options;
  const directory = resolve(data);
  const path = resolve(file);
  try {
    const key = await findKey(path, options);
    const imported = await importPoca({
      ...{ directory, file: path, key },
      onProgress: makeProgress(json === true),
    });
    process.stdout.write(
      json
        ? `${JSON.stringify({ ...imported, data: directory })}\n`
        : `The poca is here now: ${imported.designator}\nStart it: pocas start --data ${directory}\nIt tells the nodes that it knows where it is. Never import the bundle a second time elsewhere: of two copies other nodes refuse both.\n`,
    );
  } catch (error) {
    throw moveError(error, directory);
  }
};
