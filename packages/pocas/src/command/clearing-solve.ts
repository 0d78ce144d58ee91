/** `pocas clearing solve` */
import { summaryOf } from '../spreadsheet/positions.ts';
import { makeFiles, resultFiles, summaryToJson } from '../spreadsheet/results.ts';
import { writeStatements } from '../spreadsheet/statements.ts';
import { type InputOptions, languageOf, readCircleOf, solveAtTerminal } from './clearing-input.ts';
import { checkFolder, writeFolder } from './clearing-output.ts';
import { clearingWords, describeSummary } from './clearing-words.ts';

export type SolveOptions = InputOptions & {
  readonly hub?: string;
  readonly out?: string;
  readonly force?: true;
};

export const clearingSolve = async (file: string, options: SolveOptions): Promise<void> => {
  const { out, json } = options;
  const isForced = options.force === true;
  if (out !== undefined) checkFolder(out, resultFiles, isForced);
  const circle = readCircleOf(file, options);
  const solved = await solveAtTerminal(circle, options);

  const language = languageOf(options);
  const words = clearingWords[language];
  if (out !== undefined) {
    const files: Map<string, string> = makeFiles(circle, solved, language);
    const results = solved.map(({ result }) => result);
    const statements = writeStatements(circle, results, { language, ...words });
    if (statements !== undefined) files.set('statements.txt', statements);
    writeFolder(out, files, resultFiles, isForced);
  }
  const summaries = circle.parts.map((part, i) => summaryOf(part, solved[i]!));
  if (json) {
    const skipped = circle.skipped.map(({ line }) => line);
    process.stdout.write(
      `${JSON.stringify({ currencies: summaries.map(summaryToJson), skipped })}\n`,
    );
    return;
  }
  const texts = summaries.map((summary) => describeSummary(summary, circle.sign, language));
  process.stdout.write(texts.join('\n'));
  if (out !== undefined) process.stdout.write(`\n${words.written(out)}\n`);
};
