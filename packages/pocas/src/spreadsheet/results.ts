/** The files that a set-off is written to: which there are, and what stands in them. */
import { stringify } from 'csv-stringify/sync';
import type { Circle, Part } from './circle.ts';
import { formatDate } from './dates.ts';
import { formatDecimal } from './decimals.ts';
import { type Field, headerOf } from './headers.ts';
import { toCell } from './names.ts';
import { type Summary, byName, positionsOf, summaryOf, transfersOf } from './positions.ts';
import type { Solved } from './solving.ts';

export type ResultFile =
  | 'cleared.csv'
  | 'positions.csv'
  | 'certificate.csv'
  | 'lines.csv'
  | 'remaining.csv'
  | 'payments.csv'
  | 'transfers.csv'
  | 'statements.txt'
  | 'summary.json';

/** All that we ever write into a folder of results. */
// prettier-ignore
export const resultFiles: readonly ResultFile[] = [
  'cleared.csv', 'positions.csv', 'certificate.csv', 'lines.csv', 'remaining.csv', 'payments.csv',
  'transfers.csv', 'statements.txt', 'summary.json',
];

/** The columns of each, as they stand in a header. */
// prettier-ignore
export const columnsOf: { readonly [file in ResultFile]?: readonly Field[] } = {
  'cleared.csv': ['line', 'id', 'debtor', 'creditor', 'currency', 'amount', 'cleared', 'remaining'],
  'positions.csv': ['participant', 'currency', 'owed', 'owes', 'cleared', 'drawn', 'owedAfter', 'owesAfter', 'net'],
  'certificate.csv': ['participant', 'currency', 'price'],
  'lines.csv': ['line', 'lender', 'borrower', 'currency', 'limit', 'drawn'],
  'remaining.csv': ['debtor', 'creditor', 'amount', 'currency', 'due', 'priority', 'weight', 'id'],
  'payments.csv': ['line', 'payer', 'payee', 'currency', 'value'],
  'transfers.csv': ['payer', 'payee', 'currency', 'value'],
};

export type Cells = { readonly [field in Field]?: string | number };

/** How numbers and names are written in all files of a circle. */
const makeWriters = ({ sign }: Circle, { places, currency }: Part) => ({
  money: (value: bigint): string => formatDecimal(value, places, sign),
  name: toCell,
  currency: toCell(currency),
});

const rowsOfPart = (
  circle: Circle,
  part: Part,
  { result, settlement }: Solved,
): { readonly [file in ResultFile]?: readonly Cells[] } => {
  const { money, name, currency } = makeWriters(circle, part);
  const clearedOf = new Map(result.cleared);
  const drawnOf = new Map(result.drawn);
  const lineOf = new Map<string, number>();
  for (const { origin, line } of part.debts) lineOf.set(origin, line);
  const debtAt = new Map(part.debts.map((debt) => [debt.origin, debt]));
  const creditAt = new Map(part.lines.map((line) => [line.origin, line]));
  return {
    'cleared.csv': part.debts.map(({ line, id, debtor, creditor, amount, origin }) => {
      const cleared = clearedOf.get(origin) ?? 0n;
      return {
        ...{ line, id: name(id), debtor: name(debtor), creditor: name(creditor), currency },
        ...{ amount: money(amount), cleared: money(cleared), remaining: money(amount - cleared) },
      };
    }),
    'positions.csv': positionsOf(part, result).map((position) => ({
      ...{ participant: name(position.participant), currency },
      ...{ owed: money(position.owed), owes: money(position.owes) },
      ...{ cleared: money(position.cleared), drawn: money(position.drawn) },
      ...{ owedAfter: money(position.owedAfter), owesAfter: money(position.owesAfter) },
      net: money(position.net),
    })),
    'certificate.csv': result.prices
      .toSorted((a, b) => byName(a[0], b[0]))
      .map(([participant, price]) => ({
        ...{ participant: name(participant), currency, price: String(price) },
      })),
    'lines.csv': part.lines.map(({ line, lender, borrower, limit, origin }) => ({
      ...{ line, lender: name(lender), borrower: name(borrower), currency },
      ...{ limit: money(limit), drawn: money(drawnOf.get(origin) ?? 0n) },
    })),
    'remaining.csv': [
      ...part.debts.flatMap(({ id, debtor, creditor, amount, due, priority, weight, origin }) => {
        const left = amount - (clearedOf.get(origin) ?? 0n);
        if (left === 0n) return [];
        return [
          {
            ...{ debtor: name(debtor), creditor: name(creditor), amount: money(left), currency },
            due: due === undefined ? '' : formatDate(due),
            priority: String(priority ?? ''),
            weight: String(weight ?? ''),
            id: name(id),
          },
        ];
      }),
      ...part.lines.flatMap(({ lender, borrower, origin }) => {
        const drawn = drawnOf.get(origin) ?? 0n;
        if (drawn === 0n) return [];
        return [
          {
            ...{ debtor: name(borrower), creditor: name(lender), amount: money(drawn), currency },
          },
        ];
      }),
    ],
    'payments.csv': settlement.payments.map(([origin, value]) => {
      const debt = debtAt.get(origin);
      const credit = creditAt.get(origin);
      return {
        // What a line made has no line in the file of obligations.
        line: debt?.line ?? '',
        payer: name(debt?.debtor ?? credit!.borrower),
        payee: name(debt?.creditor ?? credit!.lender),
        currency,
        value: money(value),
      };
    }),
    'transfers.csv': transfersOf(settlement).map(({ from, to, value }) => ({
      ...{ payer: name(from), payee: name(to), currency, value: money(value) },
    })),
  };
};

/** All rows of a file, of all currencies. */
export const rowsOf = (
  circle: Circle,
  solved: readonly Solved[],
): { readonly [file in ResultFile]?: readonly Cells[] } => {
  const rows: { [file in ResultFile]?: Cells[] } = {};
  for (const [i, part] of circle.parts.entries()) {
    for (const [file, more] of Object.entries(rowsOfPart(circle, part, solved[i]!))) {
      const list = (rows[file as ResultFile] ??= []);
      for (const row of more) list.push(row);
    }
  }
  return rows;
};

/** Columns that say something: of the optional ones those that the circle has. */
const columnsFor = (circle: Circle, file: ResultFile): readonly Field[] => {
  const has = (some: (part: Part) => boolean) => circle.parts.some(some);
  const shown: { readonly [field in Field]?: boolean } = {
    id: circle.hasId,
    currency: circle.hasCurrency,
    due: has(({ debts }) => debts.some(({ due }) => due !== undefined)),
    priority: has(({ debts }) => debts.some(({ priority }) => priority !== undefined)),
    weight: has(({ debts }) => debts.some(({ weight }) => weight !== undefined)),
    drawn: has(({ lines }) => lines.length > 0),
  };
  return columnsOf[file]!.filter((field) => shown[field] !== false);
};

/** As JSON, with amounts as texts of decimals after a point. */
export const summaryToJson = (summary: Summary): object => {
  const { places, ...rest } = summary;
  return Object.fromEntries(
    Object.entries(rest).map(([name, value]) => [
      name,
      typeof value === 'bigint' ? formatDecimal(value, places, '.') : value,
    ]),
  );
};

/** The text of each file, by its name. Spreadsheets know UTF-8 by the mark at its beginning. */
export const makeFiles = (
  circle: Circle,
  solved: readonly Solved[],
  language: 'en' | 'es',
): Map<ResultFile, string> => {
  const files = new Map<ResultFile, string>();
  for (const [file, rows] of Object.entries(rowsOf(circle, solved))) {
    const name = file as ResultFile;
    if (name === 'lines.csv' && rows.length === 0) continue;
    const columns = columnsFor(circle, name);
    const table = [
      columns.map((field) => headerOf(field, language)),
      ...rows.map((row) => columns.map((field) => row[field] ?? '')),
    ];
    files.set(
      name,
      stringify(table, { delimiter: circle.delimiter, bom: true, record_delimiter: '\r\n' }),
    );
  }
  const summaries = circle.parts.map((part, i) => summaryToJson(summaryOf(part, solved[i]!)));
  files.set('summary.json', `${JSON.stringify(summaries, null, 2)}\n`);
  return files;
};
