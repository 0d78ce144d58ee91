/** What all commands of `pocas clearing` are given: files, and how they are written. */
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Result } from '@pocas/clearing/setoff';
import type { Circle } from '../spreadsheet/circle.ts';
import type { DateOrder } from '../spreadsheet/dates.ts';
import { SpreadsheetError } from '../spreadsheet/faults.ts';
import { type CircleFile, readCircle } from '../spreadsheet/read-circle.ts';
import { CancelledError, type Solved, solveParts } from '../spreadsheet/solving.ts';
import { shown } from '../spreadsheet/shown.ts';
import { mostBytes } from '../spreadsheet/table.ts';
import { CommandError, exitCodes } from './exit-codes.ts';

export type Language = 'en' | 'es';

export type InputOptions = {
  readonly lines?: string;
  readonly wishes?: string;
  readonly decimals?: 'point' | 'comma';
  readonly dates?: DateOrder;
  readonly skipBad?: true;
  readonly lang?: Language;
  readonly json?: true;
};

/** The language that was asked for, or that of the terminal, as POSIX locale variables give it. */
export const languageOf = ({ lang }: { readonly lang?: Language }): Language => {
  const { LC_ALL, LC_MESSAGES, LANG } = process.env;
  const locale = [LC_ALL, LC_MESSAGES, LANG].find((value) => value !== undefined && value !== '');
  return lang ?? (locale?.startsWith('es') ? 'es' : 'en');
};

/** A file, whole. @throws CommandError */
export const readInput = (path: string): CircleFile => {
  const name = shown(basename(path));
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : code;
    throw new CommandError(`Cannot read "${shown(path)}": ${why}`, exitCodes.usage);
  }
  try {
    const stat = fstatSync(file);
    if (stat.isDirectory()) {
      throw new CommandError(`Cannot read "${shown(path)}": it is a folder`, exitCodes.usage);
    }
    if (stat.size > mostBytes) {
      throw new CommandError(`Cannot read "${shown(path)}": it has more than ${mostBytes} bytes`);
    }
    return { name, bytes: readFileSync(file) };
  } finally {
    closeSync(file);
  }
};

/** @throws CommandError with a line for each of the first faults */
export const readCircleOf = (path: string, options: InputOptions): Circle => {
  const { lines, wishes, decimals, dates, skipBad } = options;
  const files = {
    obligations: readInput(path),
    lines: lines === undefined ? undefined : readInput(lines),
    wishes: wishes === undefined ? undefined : readInput(wishes),
  };
  const sign = decimals === undefined ? undefined : ({ point: '.', comma: ',' } as const)[decimals];
  try {
    return readCircle(files, { sign, dates, skipBad });
  } catch (error) {
    if (!(error instanceof SpreadsheetError)) throw error;
    throw new CommandError(`Cannot use the rows of ${files.obligations.name}:\n${error.message}`);
  }
};

/** Says what was understood, and solves while a terminal is told how far it is. Ctrl-C cancels. */
export const solveAtTerminal = async (
  circle: Circle,
  { wishes, hub }: InputOptions & { readonly hub?: string },
  known: readonly Result[] = [],
): Promise<readonly Solved[]> => {
  const abort = new AbortController();
  const cancel = () => abort.abort();
  const { stderr } = process;
  let isShown = false;
  let last = '';
  const onProgress = (done: number): void => {
    const text = `Solving… ${Math.floor(done * 100)} %`;
    if (!stderr.isTTY || text === last) return;
    last = text;
    isShown = true;
    stderr.write(`\r${text}`);
  };
  process.once('SIGINT', cancel);
  process.once('SIGTERM', cancel);
  try {
    sayNotices(circle);
    return await solveParts(
      circle.parts,
      { hasWishes: wishes !== undefined, hub, onProgress, signal: abort.signal },
      known,
    );
  } catch (error) {
    if (error instanceof CancelledError) {
      throw new CommandError('Cancelled: nothing was written');
    }
    throw new CommandError((error as Error).message);
  } finally {
    process.off('SIGINT', cancel);
    process.off('SIGTERM', cancel);
    if (isShown) stderr.write('\r\u001b[K');
  }
};

/** What was understood, and what was left out, on standard error: the results stand alone on standard output. */
export const sayNotices = ({ notices, skipped }: Circle): void => {
  for (const notice of notices) process.stderr.write(`${notice}\n`);
  if (skipped.length > 0) {
    const words = new SpreadsheetError(skipped).message;
    process.stderr.write(`Left out, as --skip-bad says:\n${words}\n`);
  }
};
