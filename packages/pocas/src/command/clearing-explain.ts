/** `pocas clearing explain` */
import { findNames } from '../spreadsheet/names.ts';
import { shown } from '../spreadsheet/shown.ts';
import { makeStatements } from '../spreadsheet/statements.ts';
import { type InputOptions, languageOf, readCircleOf, solveAtTerminal } from './clearing-input.ts';
import { trustFolder } from './clearing-result.ts';
import { clearingWords } from './clearing-words.ts';
import { CommandError, exitCodes } from './exit-codes.ts';

export type ExplainOptions = InputOptions & { readonly who: string; readonly result?: string };

export const clearingExplain = async (file: string, options: ExplainOptions): Promise<void> => {
  const { who, result: folder, json } = options;
  const language = languageOf(options);
  const circle = readCircleOf(file, options);
  const namesOf = circle.parts.map(
    ({ debts, lines }) =>
      new Set([
        ...debts.flatMap(({ debtor, creditor }) => [debtor, creditor]),
        ...lines.flatMap(({ lender, borrower }) => [lender, borrower]),
      ]),
  );
  const all = new Set(namesOf.flatMap((names) => [...names]));
  const { name, alike } = findNames(who, all);
  if (name === undefined) {
    const hint =
      alike.length === 0 ? '' : `; is it ${alike.map((one) => `"${shown(one)}"`).join(' or ')}?`;
    throw new CommandError(
      `Cannot explain: nobody in the file is called "${shown(who)}"${hint}`,
      exitCodes.usage,
    );
  }
  const results =
    folder === undefined
      ? (await solveAtTerminal(circle, options)).map(({ result }) => result)
      : trustFolder(circle, folder);
  const sentences = circle.parts.flatMap((part, i) =>
    namesOf[i]!.has(name)
      ? makeStatements(circle, part, results[i]!, { language, ...clearingWords[language] })(name)
      : [],
  );
  if (json) {
    process.stdout.write(`${JSON.stringify({ participant: name, sentences })}\n`);
    return;
  }
  process.stdout.write(sentences.map((sentence) => `${sentence}\n`).join(''));
};
