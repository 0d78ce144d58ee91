/** A folder of results, read back by those commands that are given one. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '@pocas/clearing/setoff';
import type { Circle } from '../spreadsheet/circle.ts';
import type { OtherFiles } from '../spreadsheet/check-files.ts';
import { type Fault, SpreadsheetError } from '../spreadsheet/faults.ts';
import type { CircleFile } from '../spreadsheet/read-circle.ts';
import { type ReadResult, readResult } from '../spreadsheet/read-result.ts';
import { type ResultFile, resultFiles } from '../spreadsheet/results.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
import { readInput, sayNotices } from './clearing-input.ts';

/** All files of the folder that are there. */
export const readFolder = (folder: string): OtherFiles => {
  const files: { [file in ResultFile]?: CircleFile } = {};
  for (const name of resultFiles) {
    const path = join(folder, name);
    if (existsSync(path)) files[name] = readInput(path);
  }
  return files;
};

const needed = (files: OtherFiles, name: ResultFile, folder: string): CircleFile => {
  const file = files[name];
  if (file !== undefined) return file;
  throw new CommandError(
    `Cannot read the result in "${folder}": ${name} is not there; give the folder that "pocas clearing solve --out" wrote`,
    exitCodes.usage,
  );
};

/** What the folder says was cleared, with all that is wrong with it. */
export const readFolderResult = (circle: Circle, folder: string, files: OtherFiles): ReadResult => {
  try {
    return readResult(circle, {
      cleared: needed(files, 'cleared.csv', folder),
      certificate: needed(files, 'certificate.csv', folder),
      lines: files['lines.csv'],
    });
  } catch (error) {
    if (error instanceof SpreadsheetError) return { results: [], faults: error.faults };
    throw error;
  }
};

export const faultsError = (faults: readonly Fault[], head: string): CommandError =>
  new CommandError(`${head}\n${new SpreadsheetError(faults).message}`, exitCodes.wrong);

/** The same for who only uses it: a wrong one is refused. */
export const trustFolder = (circle: Circle, folder: string): readonly Result[] => {
  sayNotices(circle);
  const { results, faults } = readFolderResult(circle, folder, readFolder(folder));
  if (faults.length === 0) return results;
  throw faultsError(faults, `Cannot use the result in "${folder}": it is not right`);
};
