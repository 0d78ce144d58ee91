/** `pocas clearing verify` */
import { faultsOfFiles } from '../spreadsheet/check-files.ts';
import { describeFault } from '../spreadsheet/faults.ts';
import {
  type InputOptions,
  languageOf,
  readCircleOf,
  sayNotices,
  solveAtTerminal,
} from './clearing-input.ts';
import { faultsError, readFolder, readFolderResult } from './clearing-result.ts';
import { clearingWords } from './clearing-words.ts';
import { exitCodes } from './exit-codes.ts';

export type VerifyOptions = InputOptions & { readonly result: string };

export const clearingVerify = async (file: string, options: VerifyOptions): Promise<void> => {
  const { result: folder, json, wishes } = options;
  const circle = readCircleOf(file, options);
  const files = readFolder(folder);
  const { results, faults: found } = readFolderResult(circle, folder, files);
  const faults = [...found];
  if (faults.length > 0) sayNotices(circle);
  else {
    // How little money settles the rest is solved anew: it has no certificate in the folder.
    const solved = await solveAtTerminal(circle, options, results);
    faults.push(...faultsOfFiles(circle, solved, files, wishes !== undefined));
  }
  const words = clearingWords[languageOf(options)];
  if (json) {
    const isRight = faults.length === 0;
    process.stdout.write(
      `${JSON.stringify({ right: isRight, faults: faults.map(describeFault) })}\n`,
    );
    if (!isRight) process.exitCode = exitCodes.wrong;
    return;
  }
  if (faults.length > 0) throw faultsError(faults, words.wrong(faults.length));
  const participants = new Set(
    circle.parts.flatMap(({ debts }) =>
      debts.flatMap(({ debtor, creditor }) => [debtor, creditor]),
    ),
  );
  const obligations = circle.parts.reduce((sum, { debts }) => sum + debts.length, 0);
  process.stdout.write(`${words.right(participants.size, obligations)}\n`);
};
