/** Offers and needs as rows of a spreadsheet. Nothing is used of a file with a fault, unless somebody asks for that. */
import type { MarketRules } from '@pocas/market-actors';
import { readText } from './cell-text.ts';
import { type DateOrder, formatDate, readDates } from './dates.ts';
import { type Decimal, type Sign, readNumbers, scale } from './decimals.ts';
import { type Fault, SpreadsheetError } from './faults.ts';
import { type Field, isSameWord } from './headers.ts';
import { faultOfNeed, faultOfOffer } from './market-rules.ts';
import { makeNameReader } from './names.ts';
import { makeOrigins } from './origins.ts';
import type { CircleFile } from './read-circle.ts';
import { type RowReader, makeRowReader } from './row-reader.ts';
import { quoted, shown } from './shown.ts';
import { type Table, readTable } from './table.ts';

type Posted = {
  readonly line: number;
  /** Follows from what the row says, wherever it stands: who posts it again with this posts it once. */
  readonly requestId: string;
};
export type OfferRow = Posted & {
  readonly what: string;
  readonly description: string;
  readonly price: bigint;
  /** 0: made when it is ordered. */
  readonly quantity: bigint;
  readonly category: string;
  readonly delivery: string;
  readonly minutes: bigint;
  /** Money besides, in words. */
  readonly outside: string;
  /** From today on; 0 for as long as it is there. */
  readonly days: bigint;
};
export type NeedRow = Posted & {
  readonly kind: string;
  readonly what: string;
  readonly description: string;
  readonly howMuch: string;
  readonly inReturn: string;
  readonly days: bigint;
  readonly isUnnamed: boolean;
};

export type MarketReadOptions = {
  readonly sign?: Sign | undefined;
  readonly dates?: DateOrder | undefined;
  /** Leaves out rows with a fault. */
  readonly skipBad?: boolean | undefined;
  /** A word that makes rows others than the same ones of an earlier time. */
  readonly batch?: string | undefined;
  /** Days since 1970, UTC. */
  readonly today: bigint;
  readonly unit: string;
  /** Undefined where the market does not tell them. */
  readonly rules?: MarketRules | undefined;
};

export type Read<Row> = {
  readonly rows: readonly Row[];
  readonly notices: readonly string[];
  /** Why rows were left out. */
  readonly skipped: readonly Fault[];
};

// As the market's own facets take them.
const mostWhat = 100;
const mostLong = 2_000;
const mostShort = 100;
const mostWords = 200;
const mostOfferDays = 3_660n;
const mostNeedDays = 365n;
/** Of a need that says no day. */
const usualNeedDays = 30n;
const mostMinutes = 100_000n;

const yes = ['yes', 'si', 'y', 's', 'x', '1', 'true', 'verdadero'];
const no = ['', 'no', 'n', '0', 'false', 'falso'];

/** What both kinds of rows read alike. */
const makeReader = (table: Table, faults: Fault[], options: MarketReadOptions) => {
  const { sign, dates, today } = options;
  const cellsOf = (field: Field) => table.rows.map(({ cells }) => cells[field] ?? '');
  const prices = readNumbers(cellsOf('price'), sign).numbers;
  const quantities = readNumbers(cellsOf('quantity'), sign).numbers;
  const days = readDates(cellsOf('until'), dates);
  const readName = makeNameReader();
  return (index: number) => {
    const row = table.rows[index]!;
    const { cells } = row;
    const read: RowReader = makeRowReader(table, row, faults, readName);
    const whole = (field: Field, number: (typeof prices)[number]): bigint => {
      if ((cells[field] ?? '').startsWith('-')) {
        read.fail(field, `${quoted(cells[field]!)} is below zero`);
        return 0n;
      }
      const value = read.take<{ value: Decimal }>(field, number)?.value;
      if (value === undefined) return 0n;
      const unit = scale({ digits: 1n, places: 0 }, value.places);
      if (value.digits % unit === 0n) return value.digits / unit;
      read.fail(field, `${quoted(cells[field]!)} is no whole number; a market counts whole ones`);
      return 0n;
    };
    return {
      ...{ row, read },
      text(field: Field, most: number, isNeeded = false): string {
        const cell = cells[field] ?? '';
        const { text = '' } = read.take<{ text: string }>(field, readText(cell, most)) ?? {};
        if (isNeeded && text === '' && cell === '')
          read.fail(field, 'it is empty; write something');
        return text;
      },
      price: (): bigint => whole('price', prices[index]!),
      quantity(): bigint {
        if ((cells.quantity ?? '') === '') return 0n;
        const quantity = whole('quantity', quantities[index]!);
        if (read.isGood() && quantity === 0n) {
          const words =
            'it is zero; delete the row, or leave the cell empty for what is made to order';
          read.fail('quantity', words);
        }
        return quantity;
      },
      /** From today on, at most so many. */
      days(most: bigint, usual: bigint): bigint {
        const date = days[index];
        if (date === undefined) return usual;
        const day = read.take<{ day: bigint }>('until', date)?.day;
        if (day === undefined) return usual;
        const left = day - today;
        if (left < 1n) read.fail('until', `${formatDate(day)} is not after today`);
        if (left > most) read.fail('until', `${formatDate(day)} is more than ${most} days away`);
        return left;
      },
      /** Whether somebody counts in another thing than the market does. */
      checkUnit(): void {
        const unit = cells.unit ?? '';
        if (unit === '' || isSameWord(unit, options.unit)) return;
        const words = `${quoted(unit)} is not what this market counts in: ${quoted(options.unit)}`;
        read.fail('unit', words);
      },
      isYes(field: Field): boolean {
        const cell = cells[field] ?? '';
        if (yes.some((word) => isSameWord(cell, word))) return true;
        if (!no.some((word) => isSameWord(cell, word))) {
          read.fail(field, `${quoted(cell)} is neither "yes" nor "no"`);
        }
        return false;
      },
    };
  };
};

const noticesOf = (table: Table, twins: readonly string[]): string[] => [
  ...(table.unused.length === 0
    ? []
    : [`Columns of ${table.file} that are not used: ${table.unused.map(quoted).join(', ')}.`]),
  ...twins,
];

/** @throws SpreadsheetError */
const finish = <Row>(
  table: Table,
  faults: readonly Fault[],
  rows: readonly Row[],
  twins: readonly string[],
  { skipBad }: MarketReadOptions,
  most: bigint | undefined,
): Read<Row> => {
  const { file } = table;
  if (faults.length > 0 && !skipBad) throw new SpreadsheetError(faults);
  if (rows.length === 0) {
    throw new SpreadsheetError(
      faults.length > 0 ? faults : [{ file, line: 0, words: 'it has no rows' }],
    );
  }
  if (most !== undefined && rows.length > most) {
    const words = `it has ${rows.length} rows, and in this market everybody has at most ${most} at a time; split it`;
    throw new SpreadsheetError([{ file, line: 0, words }]);
  }
  return { rows, notices: noticesOf(table, twins), skipped: faults };
};

/** Tells apart rows that say the same: they are several on purpose, and it is said. */
const makeIds = (file: string, kind: 'offers' | 'needs', { batch = '' }: MarketReadOptions) => {
  const makeOrigin = makeOrigins();
  const twins: string[] = [];
  return {
    twins,
    idOf(line: number, parts: readonly string[]): string {
      const { origin, twin } = makeOrigin(['market import', kind, batch, ...parts], line);
      if (twin !== undefined) {
        twins.push(`${file}, line ${line} says the same as line ${twin}: both are used.`);
      }
      return origin;
    },
  };
};

export const readOffers = (file: CircleFile, options: MarketReadOptions): Read<OfferRow> => {
  const optional = ['description', 'quantity', 'category', 'unit', 'until'] as const;
  const more = ['delivery', 'minutes', 'outside'] as const;
  const table = readTable(file.name, file.bytes, ['what', 'price'], [...optional, ...more]);
  const faults = [...table.faults];
  const readRow = makeReader(table, faults, options);
  const { twins, idOf } = makeIds(shown(file.name), 'offers', options);
  const rows: OfferRow[] = [];
  for (const index of table.rows.keys()) {
    const { row, read, ...cell } = readRow(index);
    const said = {
      what: cell.text('what', mostWhat, true),
      description: cell.text('description', mostLong),
      price: cell.price(),
      quantity: cell.quantity(),
      category: cell.text('category', mostShort),
      delivery: cell.text('delivery', mostLong),
      minutes: read.whole('minutes', 0n, mostMinutes) ?? 0n,
      outside: cell.text('outside', mostShort),
    };
    const days = cell.days(mostOfferDays, 0n);
    cell.checkUnit();
    if (!read.isGood()) continue;
    const { line } = row;
    const draft = { ...said, line, days, requestId: '' };
    const found = options.rules === undefined ? undefined : faultOfOffer(draft, options.rules);
    if (found !== undefined) {
      read.fail(found.field, found.words);
      continue;
    }
    // The day itself, and not how far it is from today: tomorrow the row is still the same.
    const until = days === 0n ? '' : formatDate(options.today + days);
    const requestId = idOf(line, [...Object.values(said).map(String), until]);
    rows.push({ ...draft, requestId });
  }
  return finish(table, faults, rows, twins, options, options.rules?.maxOffers);
};

export const readNeeds = (file: CircleFile, options: MarketReadOptions): Read<NeedRow> => {
  const optional = ['description', 'howMuch', 'inReturn', 'until', 'unnamed'] as const;
  const table = readTable(file.name, file.bytes, ['kind', 'what'], optional);
  const faults = [...table.faults];
  const readRow = makeReader(table, faults, options);
  const { twins, idOf } = makeIds(shown(file.name), 'needs', options);
  const rows: NeedRow[] = [];
  for (const index of table.rows.keys()) {
    const { row, read, ...cell } = readRow(index);
    const said = {
      kind: cell.text('kind', mostWhat, true),
      what: cell.text('what', mostWhat, true),
      description: cell.text('description', mostLong),
      howMuch: cell.text('howMuch', mostWords),
      inReturn: cell.text('inReturn', mostWords),
      isUnnamed: cell.isYes('unnamed'),
    };
    const days = cell.days(mostNeedDays, usualNeedDays);
    if (!read.isGood()) continue;
    const { line } = row;
    const draft = { ...said, line, days, requestId: '' };
    const found = options.rules === undefined ? undefined : faultOfNeed(draft, options.rules);
    if (found !== undefined) {
      read.fail(found.field, found.words);
      continue;
    }
    const hasDay = (row.cells.until ?? '') !== '';
    const until = hasDay ? formatDate(options.today + days) : '';
    const requestId = idOf(line, [...Object.values(said).map(String), until]);
    rows.push({ ...draft, requestId });
  }
  return finish(table, faults, rows, twins, options, options.rules?.maxNeeds);
};
