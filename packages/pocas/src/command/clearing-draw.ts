/** `pocas clearing draw` */
import { basename } from 'node:path';
import { type Owed, drawPicture } from '@pocas/clearing/picture';
import type { Result } from '@pocas/clearing/setoff';
import type { Circle, Part } from '../spreadsheet/circle.ts';
import { formatDecimal } from '../spreadsheet/decimals.ts';
import { quoted, shown } from '../spreadsheet/shown.ts';
import { type InputOptions, languageOf, readCircleOf, solveAtTerminal } from './clearing-input.ts';
import { checkFile, writeFile } from './clearing-output.ts';
import { trustFolder } from './clearing-result.ts';
import { clearingWords } from './clearing-words.ts';
import { CommandError, exitCodes } from './exit-codes.ts';

export type DrawOptions = InputOptions & {
  readonly out: string;
  readonly result?: string;
  readonly currency?: string;
  readonly largest?: number;
  readonly title?: string;
  readonly force?: true;
};

/** The currency that was asked for, or the only one. */
const choosePart = ({ parts }: Circle, currency: string | undefined): number => {
  const all = parts.map((part) => quoted(part.currency)).join(', ');
  if (currency === undefined) {
    if (parts.length === 1) return 0;
    throw new CommandError(
      `Cannot draw: the file has several currencies; choose one of ${all} with --currency`,
      exitCodes.usage,
    );
  }
  const at = parts.findIndex((part) => part.currency === currency);
  if (at >= 0) return at;
  throw new CommandError(
    `Cannot draw: the file has no currency ${quoted(currency)}, but ${all}`,
    exitCodes.usage,
  );
};

const owedOf = ({ debts, lines }: Part, { cleared, drawn }: Result): Owed[] => {
  const clearedOf = new Map(cleared);
  const drawnOf = new Map(drawn);
  return [
    ...debts.map(({ origin, debtor, creditor, amount }) => ({
      ...{ debtor, creditor, before: amount },
      after: amount - (clearedOf.get(origin) ?? 0n),
    })),
    ...lines.map(({ origin, lender, borrower }) => ({
      ...{ debtor: borrower, creditor: lender, before: 0n },
      after: drawnOf.get(origin) ?? 0n,
    })),
  ];
};

/** Thousands a little apart, by a space that no line breaks at: so no sign means two things. */
const apart = (text: string): string => text.replace(/\B(?=(?:\d{3})+(?!\d))/g, '\u202f');

export const clearingDraw = async (file: string, options: DrawOptions): Promise<void> => {
  const { out, result: folder, currency, largest, title, json } = options;
  const isForced = options.force === true;
  checkFile(out, isForced);
  const circle = readCircleOf(file, options);
  const at = choosePart(circle, currency);
  const results =
    folder === undefined
      ? (await solveAtTerminal(circle, options)).map(({ result }) => result)
      : trustFolder(circle, folder);
  const part = circle.parts[at]!;
  const { places } = part;
  const language = languageOf(options);
  const words = clearingWords[language];
  const svg = drawPicture(owedOf(part, results[at]!), {
    language,
    heading: title ?? `${words.picture(part.currency)}: ${basename(file)}`,
    format(amount) {
      const scaled = formatDecimal(amount, places, circle.sign);
      const whole = places === 0 ? scaled : scaled.slice(0, -places - 1);
      return `${apart(whole)}${scaled.slice(whole.length)}`;
    },
    sign: circle.sign,
    ...(largest === undefined ? {} : { most: largest }),
  });
  writeFile(out, svg, isForced);
  process.stdout.write(
    json ? `${JSON.stringify({ picture: out })}\n` : `${words.written(shown(out))}\n`,
  );
};
