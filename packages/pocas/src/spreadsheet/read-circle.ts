/** Reads a circle from the files of a spreadsheet. Nothing is used of files with a fault, unless somebody asks for that. */
import type { Circle, CreditLine, Debt, Part, Wish } from './circle.ts';
import { type DateOrder, readDates } from './dates.ts';
import { type Decimal, type Numbers, type Sign, readNumbers, scale } from './decimals.ts';
import { type Fault, SpreadsheetError } from './faults.ts';
import type { Field } from './headers.ts';
import { findAlike, makeNameReader } from './names.ts';
import { makeOrigins } from './origins.ts';
import { quoted } from './shown.ts';
import { makeRowReader } from './row-reader.ts';
import { type Table, readTable } from './table.ts';

export type CircleFile = { readonly name: string; readonly bytes: Uint8Array };

export type CircleFiles = {
  readonly obligations: CircleFile;
  readonly lines?: CircleFile | undefined;
  readonly wishes?: CircleFile | undefined;
};

export type ReadOptions = {
  /** The sign before decimals, where somebody said it. */
  readonly sign?: Sign | undefined;
  readonly dates?: DateOrder | undefined;
  /** Leaves out rows with a fault, and says which. */
  readonly skipBad?: boolean | undefined;
};

/** The smallest unit is the same in all files, so amounts become integers once all were read. */
type Raw<T> = Omit<T, 'amount' | 'limit' | 'recall' | 'pays'> & {
  readonly currency: string;
  readonly numbers: readonly Decimal[];
};

const numbersOf = (table: Table, field: Field, options: ReadOptions): Numbers =>
  readNumbers(
    table.rows.map(({ cells }) => cells[field] ?? ''),
    options.sign,
  );

/** Priorities are few: large ones would use up the room that exact calculation has. */
const mostPriority = 1000n;
const mostWeight = 1_000_000n;

const readDebts = (file: CircleFile, options: ReadOptions) => {
  const required = ['debtor', 'creditor', 'amount'] as const;
  const optional = ['currency', 'due', 'priority', 'weight', 'id'] as const;
  const table = readTable(file.name, file.bytes, required, optional);
  const faults = [...table.faults];
  if (table.columns.priority !== undefined && table.columns.weight !== undefined) {
    const words = 'it has both priorities and weights; keep one of the two columns';
    throw new SpreadsheetError([{ file: file.name, line: 1, words }]);
  }
  const amounts = numbersOf(table, 'amount', options);
  const dates = readDates(
    table.rows.map(({ cells }) => cells.due ?? ''),
    options.dates,
  );
  const readName = makeNameReader();
  const makeOrigin = makeOrigins();
  const ids = new Map<string, number>();
  const debts: Raw<Debt>[] = [];
  /** By the line of the first. */
  const twins = new Map<number, number[]>();
  for (const [i, row] of table.rows.entries()) {
    const read = makeRowReader(table, row, faults, readName);
    const debtor = read.name('debtor');
    const creditor = read.name('creditor');
    const number = read.take<{ value: Decimal }>('amount', amounts.numbers[i]!)?.value;
    if (number?.digits === 0n) {
      read.fail('amount', 'it is zero; write what is owed, or delete the row');
    }
    if (read.isGood() && debtor === creditor) {
      read.fail('creditor', `${quoted(creditor)} owes itself; correct it, or delete the row`);
    }
    const currency = read.currency();
    const date = dates[i];
    const due = date === undefined ? undefined : read.take<{ day: bigint }>('due', date)?.day;
    const priority = read.whole('priority', 0n, mostPriority);
    const weight = read.whole('weight', 1n, mostWeight);
    const id = read.text('id');
    if (id !== '') {
      const first = ids.get(id);
      if (first === undefined) ids.set(id, row.line);
      else read.fail('id', `${quoted(id)} stands in line ${first} too; each has to be another`);
    }
    if (!read.isGood() || number === undefined) continue;
    const said = [id, debtor, creditor, currency, String(due ?? ''), String(priority ?? '')];
    const text = [...said, String(weight ?? ''), `${number.digits}e-${number.places}`];
    const { origin, twin } = makeOrigin(text, row.line);
    if (twin !== undefined) twins.set(twin, [...(twins.get(twin) ?? [twin]), row.line]);
    debts.push({
      ...{ line: row.line, id, debtor, creditor, currency, numbers: [number] },
      ...(due === undefined ? {} : { due }),
      ...(priority === undefined ? {} : { priority }),
      ...(weight === undefined ? {} : { weight }),
      origin,
    });
  }
  return { table, faults, debts, amounts, same: [...twins.values()] };
};

const readCreditLines = (file: CircleFile, options: ReadOptions) => {
  const table = readTable(file.name, file.bytes, ['lender', 'borrower', 'limit'], ['currency']);
  const faults = [...table.faults];
  const limits = numbersOf(table, 'limit', options);
  const readName = makeNameReader();
  const makeOrigin = makeOrigins();
  const lines: Raw<CreditLine>[] = [];
  for (const [i, row] of table.rows.entries()) {
    const read = makeRowReader(table, row, faults, readName);
    const lender = read.name('lender');
    const borrower = read.name('borrower');
    const number = read.take<{ value: Decimal }>('limit', limits.numbers[i]!)?.value;
    if (number?.digits === 0n) read.fail('limit', 'it is zero; delete the row');
    if (read.isGood() && lender === borrower) {
      read.fail('borrower', `${quoted(borrower)} lends itself; correct it, or delete the row`);
    }
    const currency = read.currency();
    if (!read.isGood() || number === undefined) continue;
    const text = ['line', lender, borrower, currency, `${number.digits}e-${number.places}`];
    const numbers = [number];
    lines.push({
      ...{ line: row.line, lender, borrower, currency, numbers },
      origin: makeOrigin(text, row.line).origin,
    });
  }
  return { table, faults, lines, sign: limits.sign };
};

const readWishes = (file: CircleFile, options: ReadOptions) => {
  const table = readTable(file.name, file.bytes, ['participant'], ['recall', 'pays', 'currency']);
  const faults = [...table.faults];
  const zero = (field: Field) => table.rows.map(({ cells }) => cells[field] || '0');
  // Both columns are written by the same hand.
  const all = readNumbers([...zero('recall'), ...zero('pays')], options.sign).numbers;
  const readName = makeNameReader();
  const seen = new Map<string, number>();
  const wishes: Raw<Wish>[] = [];
  for (const [i, row] of table.rows.entries()) {
    const read = makeRowReader(table, row, faults, readName);
    const participant = read.name('participant');
    const currency = read.currency();
    const recall = read.take<{ value: Decimal }>('recall', all[i]!)?.value;
    const pays = read.take<{ value: Decimal }>('pays', all[i + table.rows.length]!)?.value;
    const key = JSON.stringify([participant, currency]);
    const first = seen.get(key);
    if (first !== undefined && participant !== '') {
      read.fail('participant', `${quoted(participant)} stands in line ${first} too`);
    }
    seen.set(key, first ?? row.line);
    if (!read.isGood() || recall === undefined || pays === undefined) continue;
    wishes.push({ line: row.line, participant, currency, numbers: [recall, pays] });
  }
  return { table, faults, wishes };
};

/** Rows of other files may leave out the currency where there is only one, and name no other. */
const settleCurrencies = <T extends { currency: string; line: number }>(
  rows: readonly T[],
  { file, columns }: Table,
  known: readonly string[],
  faults: Fault[],
): T[] =>
  rows.flatMap((row) => {
    const [only] = known;
    if (columns.currency === undefined && known.length <= 1) {
      return [{ ...row, currency: only ?? '' }];
    }
    if (known.includes(row.currency)) return [row];
    const words =
      row.currency === ''
        ? 'it has to say its currency: the obligations are in several'
        : `nothing is owed in the currency ${quoted(row.currency)}`;
    faults.push({ file, line: row.line, words });
    return [];
  });

/** Whoever has a wish owes something, or is owed. */
const settleNames = (
  rows: readonly Raw<Wish>[],
  { file }: Table,
  known: ReadonlySet<string>,
  faults: Fault[],
): Raw<Wish>[] =>
  rows.filter(({ line, participant }) => {
    if (known.has(participant)) return true;
    const words = `${quoted(participant)} neither owes nor is owed anything; write the name as it stands there`;
    faults.push({ file, line, words });
    return false;
  });

const describeSame = (same: readonly (readonly number[])[]): string[] =>
  same
    .slice(0, 5)
    .map((lines) => `Lines ${lines.slice(0, 5).join(', ')} say the same. All of them count.`)
    .concat(same.length > 5 ? [`${same.length - 5} more groups of lines say the same.`] : []);

const describeAlike = (names: Iterable<string>): string[] => {
  const alike = findAlike(names);
  return alike
    .slice(0, 5)
    .map((group) => {
      const all = group.slice(0, 3).map(quoted).join(' and ');
      return `${all} are different participants. Write the name in one way if they are not.`;
    })
    .concat(alike.length > 5 ? [`${alike.length - 5} more groups of names look alike.`] : []);
};

/** @throws SpreadsheetError with all faults, of all files */
export const readCircle = (files: CircleFiles, options: ReadOptions = {}): Circle => {
  const { table, faults, debts, amounts, same } = readDebts(files.obligations, options);
  const stated = { ...options, sign: options.sign };
  const lent = files.lines && readCreditLines(files.lines, stated);
  const wished = files.wishes && readWishes(files.wishes, stated);

  const currencies = [...new Set(debts.map(({ currency }) => currency))];
  const names = new Set(debts.flatMap(({ debtor, creditor }) => [debtor, creditor]));
  const more: Fault[] = [];
  const lines =
    lent === undefined ? [] : settleCurrencies(lent.lines, lent.table, currencies, more);
  const wishes =
    wished === undefined
      ? []
      : settleNames(
          settleCurrencies(wished.wishes, wished.table, currencies, more),
          wished.table,
          new Set([...names, ...lines.flatMap(({ lender, borrower }) => [lender, borrower])]),
          more,
        );
  const order = (a: Fault, b: Fault) => a.line - b.line;
  const all = [
    ...faults.toSorted(order),
    ...(lent?.faults ?? []).toSorted(order),
    ...(wished?.faults ?? []).toSorted(order),
    ...more,
  ];
  if (all.length > 0 && options.skipBad !== true) throw new SpreadsheetError(all);
  if (debts.length === 0) {
    const words = 'no row is left that says who owes whom';
    throw new SpreadsheetError([...all, { file: table.file, line: 0, words }]);
  }

  const parts = currencies.map((currency): Part => {
    const mine = <T extends { currency: string }>(rows: readonly T[]) =>
      currencies.length === 1 ? rows : rows.filter((row) => row.currency === currency);
    const [myDebts, myLines, myWishes] = [mine(debts), mine(lines), mine(wishes)];
    let places = 0;
    for (const { numbers } of [...myDebts, ...myLines, ...myWishes]) {
      for (const number of numbers) places = Math.max(places, number.places);
    }
    return {
      ...{ currency, places },
      debts: myDebts.map(({ currency: _, numbers, ...rest }) => ({
        ...rest,
        amount: scale(numbers[0]!, places),
      })),
      lines: myLines.map(({ currency: _, numbers, ...rest }) => ({
        ...rest,
        limit: scale(numbers[0]!, places),
      })),
      wishes: myWishes.map(({ currency: _, numbers, ...rest }) => ({
        ...rest,
        recall: scale(numbers[0]!, places),
        pays: scale(numbers[1]!, places),
      })),
    };
  });
  const unused = [table, lent?.table, wished?.table].flatMap((one) =>
    one === undefined || one.unused.length === 0
      ? []
      : [`Columns of ${one.file} that are not used: ${one.unused.map(quoted).join(', ')}.`],
  );
  return {
    delimiter: table.delimiter,
    sign: amounts.sign ?? lent?.sign ?? '.',
    hasId: table.columns.id !== undefined,
    hasCurrency: table.columns.currency !== undefined,
    parts,
    skipped: all,
    notices: [
      ...unused,
      ...(amounts.sign === undefined
        ? []
        : [
            `Decimals follow a ${amounts.sign === '.' ? 'point' : 'comma'}${amounts.hasGroups ? '; the other sign parts thousands' : ''}.`,
          ]),
      ...describeSame(same),
      ...describeAlike(names),
    ],
  };
};
