/** `pocas market import`: what somebody offers or needs, from a spreadsheet. */
import { E } from '@endo/far';
import type { NeedDesk, OfferDesk } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import type { Refusal, RefusalCode } from '@pocas/vat-runtime/actors';
import { SpreadsheetError, describeFault } from '../spreadsheet/faults.ts';
import {
  type MarketReadOptions,
  type NeedRow,
  type OfferRow,
  type Read,
  readNeeds,
  readOffers,
} from '../spreadsheet/market-rows.ts';
import type { CircleFile } from '../spreadsheet/read-circle.ts';
import { shown } from '../spreadsheet/shown.ts';
import { type InputOptions, readInput } from './clearing-input.ts';
import { CommandError } from './exit-codes.ts';
import { type Place, withPlace } from './market-key.ts';

export type MarketImportOptions = Pick<InputOptions, 'decimals' | 'dates' | 'skipBad' | 'json'> & {
  readonly keyFile: string;
  readonly market?: string;
  readonly again?: number;
  readonly batch?: string;
};

/** `state`: what became of it since, where it was posted before. */
type Outcome = { readonly ok: true; readonly state: string } | Refusal;
type Row = { readonly line: number; readonly requestId: string };
type Post<One> = (row: One, requestId: string) => Promise<Outcome>;

const millisecondsPerDay = 86_400_000;

/** What a refusal says here, and what to do. */
const wordsOf: { readonly [code in RefusalCode]?: string } = {
  quota: 'there is no room for more of yours; end some of them',
  closed: 'nothing new is taken here any more',
  invalid: 'this market does not have that kind',
  conflict: 'this market does not want something in it',
  limit: 'the price is not one that this market has',
  unsupported: 'the money besides is in a unit that this market does not have',
};
/** After these nothing else would be taken either. */
const isFinal = (code: RefusalCode): boolean => code === 'quota' || code === 'closed';

const postOffers =
  (desk: Facet<OfferDesk>): Post<OfferRow> =>
  async (row, requestId) => {
    const { what, description, category, delivery, minutes, price, outside, quantity, days } = row;
    const bundle = { own: price, brands: [], outside };
    const terms = { what, description, category, delivery, alternatives: [bundle] };
    const answer = await E(desk).offerWith(
      { ...terms, duration: minutes },
      quantity === 0n ? { kind: 'demand' } : { kind: 'units', units: quantity },
      days === 0n ? {} : { days },
      requestId,
    );
    if (!answer.ok) return answer;
    return { ok: true, state: (await E(answer.offer).view()).status };
  };

const postNeeds =
  (desk: Facet<NeedDesk>): Post<NeedRow> =>
  async (row, requestId) => {
    const { kind, what, description, howMuch, inReturn, days, isUnnamed } = row;
    const words = [kind, what, description, howMuch, inReturn] as const;
    const answer = await (isUnnamed
      ? E(desk).postUnnamed(...words, days, requestId)
      : E(desk).post(...words, days, requestId));
    if (!answer.ok) return answer;
    return { ok: true, state: (await E(answer.need).view()).status };
  };

/**
 * Asks once, and once more for each time that somebody said to ask again. A refusal is kept by the market as an
 * outcome, so the same request never succeeds later; another one is sent only after that refusal was heard.
 */
const postRow = async <One extends Row>(
  row: One,
  post: Post<One>,
  again: number,
): Promise<Outcome> => {
  let outcome = await post(row, row.requestId);
  for (let time = 1; time <= again && !outcome.ok; time += 1) {
    outcome = await post(row, `${row.requestId} ${time}`);
  }
  return outcome;
};

type Report = {
  posted: number;
  /** Lines of those that were posted at an earlier time, and ended since. */
  readonly over: { readonly line: number; readonly state: string }[];
  /** Lines of needs without a name that wait for a word: they might tell who asks. */
  readonly drafts: number[];
  readonly refused: { readonly line: number; readonly code: RefusalCode }[];
  /** Lines that the market was not asked for. */
  unasked: readonly number[];
};

const ended = ['withdrawn', 'over', 'met'];

const postAll = async <One extends Row>(
  file: string,
  rows: readonly One[],
  post: Post<One>,
  again: number,
): Promise<Report> => {
  const report: Report = { posted: 0, over: [], drafts: [], refused: [], unasked: [] };
  const { stderr } = process;
  const show = (text: string) => stderr.isTTY && stderr.write(`\r\u001b[K${text}`);
  try {
    for (const [index, row] of rows.entries()) {
      show(`Posting… ${index + 1} of ${rows.length}`);
      const outcome = await postRow(row, post, again).catch((error: unknown) => {
        const words = shown((error as Error).message);
        throw new CommandError(
          `Cannot go on at ${file}, line ${row.line}: ${words}. ${report.posted} rows before it are posted; run it again to go on: what is posted is not posted twice`,
        );
      });
      if (!outcome.ok) {
        report.refused.push({ line: row.line, code: outcome.code });
        if (isFinal(outcome.code)) {
          report.unasked = rows.slice(index + 1).map(({ line }) => line);
          break;
        }
      } else if (ended.includes(outcome.state)) {
        report.over.push({ line: row.line, state: outcome.state });
      } else {
        report.posted += 1;
        if (outcome.state === 'draft') report.drafts.push(row.line);
      }
    }
  } finally {
    show('');
  }
  return report;
};

const say = (file: string, market: string, again: number, report: Report): void => {
  const { stderr, stdout } = process;
  const line = (number: number, words: string) =>
    stderr.write(`${describeFault({ file, line: number, words })}\n`);
  for (const { line: number, state } of report.over) {
    line(number, `it was posted before, and is ${state} now; --batch and a word posts it anew`);
  }
  for (const number of report.drafts) {
    line(number, 'few look for that kind, so it might tell who asks: publish it on your page');
  }
  for (const { line: number, code } of report.refused) {
    line(number, `the market refuses it: ${wordsOf[code] ?? code}`);
  }
  const [first] = report.unasked;
  if (first !== undefined)
    line(first, `from here on nothing was asked: ${report.unasked.length} rows`);
  stdout.write(`${report.posted} rows are posted in ${shown(market)}.\n`);
  if (report.refused.length > 0) {
    stderr.write(
      `When that is mended, run it again with --again ${again + 1}: it asks anew for what was refused, and posts nothing twice.\n`,
    );
  }
};

const run = async <One extends Row>(
  path: string,
  options: MarketImportOptions,
  read: (file: CircleFile, options: MarketReadOptions) => Read<One>,
  postTo: (place: Place) => Promise<Post<One>>,
): Promise<void> => {
  const { decimals, dates, skipBad, batch, again = 0, json } = options;
  const file = readInput(path);
  await withPlace(options, async (place) => {
    const { unit, rules, market } = place;
    if (rules?.isOpen === false) {
      throw new CommandError(`Cannot post: ${shown(market)} takes nothing new any more`);
    }
    let found: Read<One>;
    try {
      found = read(file, {
        ...{ dates, skipBad, batch, unit, rules },
        sign: decimals === undefined ? undefined : ({ point: '.', comma: ',' } as const)[decimals],
        today: BigInt(Math.floor(Date.now() / millisecondsPerDay)),
      });
    } catch (error) {
      if (!(error instanceof SpreadsheetError)) throw error;
      throw new CommandError(
        `Cannot use the rows of ${file.name}, so nothing was posted:\n${error.message}`,
      );
    }
    for (const notice of found.notices) process.stderr.write(`${notice}\n`);
    if (found.skipped.length > 0) {
      const words = new SpreadsheetError(found.skipped).message;
      process.stderr.write(`Left out, as --skip-bad says:\n${words}\n`);
    }
    const report = await postAll(file.name, found.rows, await postTo(place), again);
    if (json) {
      const skipped = [...new Set(found.skipped.map(({ line }) => line))];
      process.stdout.write(`${JSON.stringify({ market, ...report, skipped })}\n`);
    } else say(file.name, market, again, report);
    if (report.refused.length > 0) process.exitCode = 1;
  });
};

export const importOffers = (path: string, options: MarketImportOptions): Promise<void> =>
  run(path, options, readOffers, async ({ participant }) =>
    // The casts hold: a market has its desks under these names.
    postOffers((await E(participant).desk('offer')) as Facet<OfferDesk>),
  );

export const importNeeds = (path: string, options: MarketImportOptions): Promise<void> =>
  run(path, options, readNeeds, async ({ participant }) =>
    postNeeds((await E(participant).desk('need')) as Facet<NeedDesk>),
  );
