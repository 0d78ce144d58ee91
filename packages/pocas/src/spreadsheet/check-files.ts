/**
 * Holds the rest of a folder of results against what was cleared: positions and what remains have to be
 * what follows from it, and payments have to keep to what remains.
 */
import type { Result } from '@pocas/clearing/setoff';
import type { Circle, Part } from './circle.ts';
import { formatDecimal, readMoney } from './decimals.ts';
import { type Fault, SpreadsheetError } from './faults.ts';
import type { Field } from './headers.ts';
import { fromCell, readName } from './names.ts';
import { summaryOf } from './positions.ts';
import type { CircleFile } from './read-circle.ts';
import { type Cells, type ResultFile, columnsOf, rowsOf, summaryToJson } from './results.ts';
import { quoted } from './shown.ts';
import type { Solved } from './solving.ts';
import { readTable } from './table.ts';

export type OtherFiles = { readonly [file in ResultFile]?: CircleFile | undefined };

// prettier-ignore
const amounts: readonly Field[] = ['amount', 'owed', 'owes', 'cleared', 'drawn', 'owedAfter', 'owesAfter', 'net'];

const plainName = (cell: string): string => {
  const read = readName(cell);
  return 'name' in read ? read.name : fromCell(cell);
};

/** The fields of a row in one form, whoever wrote it: a spreadsheet leaves out zeros at the end. */
const formOf = (circle: Circle, part: Part | undefined, row: Cells, fields: readonly Field[]) =>
  JSON.stringify(
    fields.map((field) => {
      const text = String(row[field] ?? '');
      if (!amounts.includes(field)) return plainName(text);
      const value = text === '' ? 0n : readMoney(text, circle.sign, part?.places ?? 0);
      return typeof value === 'bigint' ? String(value) : text;
    }),
  );

const partOf = (circle: Circle, row: Cells): Part | undefined =>
  circle.hasCurrency
    ? circle.parts.find(({ currency }) => currency === plainName(String(row.currency ?? '')))
    : circle.parts[0];

/** Rows as a whole, in any order. */
const faultsOfTable = (
  circle: Circle,
  found: CircleFile,
  expected: readonly Cells[],
  fields: readonly Field[],
  required: readonly Field[],
): Fault[] => {
  const optional = fields.filter((field) => !required.includes(field));
  const table = readTable(found.name, found.bytes, required, optional);
  const faults: Fault[] = [...table.faults];
  const left = new Map<string, number>();
  for (const row of expected) {
    const form = formOf(circle, partOf(circle, row), row, fields);
    left.set(form, (left.get(form) ?? 0) + 1);
  }
  for (const { line, cells } of table.rows) {
    const form = formOf(circle, partOf(circle, cells), cells, fields);
    const count = left.get(form) ?? 0;
    if (count > 0) left.set(form, count - 1);
    else faults.push({ file: found.name, line, words: 'it does not follow from what was cleared' });
  }
  let missing = 0;
  for (const count of left.values()) missing += count;
  if (missing > 0 && faults.length === 0) {
    faults.push({ file: found.name, line: 0, words: `${missing} rows are missing` });
  }
  return faults;
};

type Moved = { readonly payer: string; readonly payee: string; readonly value: bigint };

/** Payments and transfers of one currency, as rows that can be read. */
const readMoved = (circle: Circle, part: Part, found: CircleFile, faults: Fault[]): Moved[] => {
  const table = readTable(
    found.name,
    found.bytes,
    ['payer', 'payee', 'value'],
    ['currency', 'line'],
  );
  return table.rows.flatMap(({ line, cells }): Moved[] => {
    if (partOf(circle, cells) !== part) return [];
    const value = readMoney(cells.value ?? '', circle.sign, part.places);
    if (typeof value === 'bigint' && value > 0n) {
      return [{ payer: plainName(cells.payer ?? ''), payee: plainName(cells.payee ?? ''), value }];
    }
    const words = typeof value === 'string' ? value : 'it is not above zero';
    faults.push({ file: found.name, line, words });
    return [];
  });
};

/** What each gets less what it gives. */
const changesOf = (moved: readonly Moved[]): Map<string, bigint> => {
  const changes = new Map<string, bigint>();
  for (const { payer, payee, value } of moved) {
    changes.set(payer, (changes.get(payer) ?? 0n) - value);
    changes.set(payee, (changes.get(payee) ?? 0n) + value);
  }
  return changes;
};

/** Both ends of each debt that remains, together. */
const remainingPairs = (part: Part, { cleared, drawn }: Result): Map<string, bigint> => {
  const clearedOf = new Map(cleared);
  const drawnOf = new Map(drawn);
  const pairs = new Map<string, bigint>();
  const add = (debtor: string, creditor: string, value: bigint) => {
    const key = JSON.stringify([debtor, creditor]);
    pairs.set(key, (pairs.get(key) ?? 0n) + value);
  };
  for (const { origin, debtor, creditor, amount } of part.debts) {
    add(debtor, creditor, amount - (clearedOf.get(origin) ?? 0n));
  }
  for (const { origin, lender, borrower } of part.lines) {
    add(borrower, lender, drawnOf.get(origin) ?? 0n);
  }
  return pairs;
};

/** Nobody pays more than it owes, or on balance more than it said; nobody keeps more than it wants; and no less money would do. */
const faultsOfPayments = (
  circle: Circle,
  part: Part,
  { result, settlement }: Solved,
  files: OtherFiles,
  hasWishes: boolean,
): Fault[] => {
  const faults: Fault[] = [];
  const paymentsFile = files['payments.csv'];
  const transfersFile = files['transfers.csv'];
  const money = (value: bigint) => formatDecimal(value, part.places, circle.sign);
  const net = new Map<string, bigint>();
  const pairs = remainingPairs(part, result);
  for (const [key, value] of pairs) {
    const [debtor, creditor] = JSON.parse(key) as [string, string];
    net.set(debtor, (net.get(debtor) ?? 0n) - value);
    net.set(creditor, (net.get(creditor) ?? 0n) + value);
  }
  const wishes = new Map(part.wishes.map((wish) => [wish.participant, wish]));
  const check = (file: string, changes: ReadonlyMap<string, bigint>): void => {
    let total = 0n;
    for (const [name, change] of changes) {
      const balance = net.get(name) ?? 0n;
      const wish = wishes.get(name);
      const [bound, said] =
        change > 0n
          ? [balance > 0n ? balance : 0n, wish?.recall]
          : [balance < 0n ? -balance : 0n, wish?.pays];
      const most = hasWishes && (said ?? 0n) < bound ? (said ?? 0n) : bound;
      const size = change < 0n ? -change : change;
      if (change > 0n) total += change;
      if (size <= most) continue;
      const verb = change > 0n ? 'keeps' : 'puts in';
      const words = `${quoted(name)} ${verb} ${money(size)} in all, and no more than ${money(most)} is right`;
      faults.push({ file, line: 0, words });
    }
    if (total !== settlement.total) {
      const words = `${money(total)} of outside money in all settles what was wanted, and ${money(settlement.total)} is right`;
      faults.push({ file, line: 0, words });
    }
  };
  if (paymentsFile !== undefined) {
    const moved = readMoved(circle, part, paymentsFile, faults);
    const left = new Map(pairs);
    for (const { payer, payee, value } of moved) {
      const key = JSON.stringify([payer, payee]);
      const rest = (left.get(key) ?? 0n) - value;
      left.set(key, rest);
      if (rest >= 0n) continue;
      const words = `${quoted(payer)} pays ${quoted(payee)} more than it owes after the set-off`;
      faults.push({ file: paymentsFile.name, line: 0, words });
    }
    check(paymentsFile.name, changesOf(moved));
  }
  if (transfersFile !== undefined) {
    check(transfersFile.name, changesOf(readMoved(circle, part, transfersFile, faults)));
  }
  return faults;
};

const faultsOfSummary = (circle: Circle, solved: readonly Solved[], found: CircleFile): Fault[] => {
  // How money is sent is a choice.
  const form = (value: unknown) => {
    const { transfers: _, ...rest } = Object(value) as Record<string, unknown>;
    return JSON.stringify(rest);
  };
  const wrong = (words: string): Fault[] => [{ file: found.name, line: 0, words }];
  let said: unknown;
  try {
    said = JSON.parse(new TextDecoder().decode(found.bytes));
  } catch {
    return wrong('it is no JSON');
  }
  const expected = circle.parts.map((part, i) => form(summaryToJson(summaryOf(part, solved[i]!))));
  const isSame =
    Array.isArray(said) &&
    said.length === expected.length &&
    said.every((one, i) => form(one) === expected[i]);
  return isSame ? [] : wrong('it does not follow from what was cleared');
};

/** @throws SpreadsheetError if a file as a whole cannot be read */
export const faultsOfFiles = (
  circle: Circle,
  solved: readonly Solved[],
  files: OtherFiles,
  hasWishes: boolean,
): Fault[] => {
  const expected = rowsOf(circle, solved);
  const faults: Fault[] = [];
  const tables: { readonly [file in ResultFile]?: readonly Field[] } = {
    'positions.csv': ['participant', 'owed', 'owes', 'cleared', 'owedAfter', 'owesAfter', 'net'],
    'remaining.csv': ['debtor', 'creditor', 'amount'],
  };
  for (const [name, required] of Object.entries(tables)) {
    const file = name as ResultFile;
    const found = files[file];
    if (found === undefined) continue;
    const fields = columnsOf[file]!.filter((field) => field !== 'currency' || circle.hasCurrency);
    try {
      faults.push(...faultsOfTable(circle, found, expected[file] ?? [], fields, required));
    } catch (error) {
      if (!(error instanceof SpreadsheetError)) throw error;
      faults.push(...error.faults);
    }
  }
  for (const [i, part] of circle.parts.entries()) {
    faults.push(...faultsOfPayments(circle, part, solved[i]!, files, hasWishes));
  }
  const summary = files['summary.json'];
  if (summary !== undefined) faults.push(...faultsOfSummary(circle, solved, summary));
  return faults;
};
