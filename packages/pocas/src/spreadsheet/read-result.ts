/**
 * Reads a folder of results back, for whoever does not trust who wrote it.
 * What stands in it is held against the circle's own files: nothing is taken from it but what was cleared and the prices.
 */
import { type Result, faultsOfSolution, numberNetwork, rule } from '@pocas/clearing/setoff';
import type { Circle, Part } from './circle.ts';
import { formatDecimal, readMoney } from './decimals.ts';
import { type Fault, SpreadsheetError } from './faults.ts';
import type { Field } from './headers.ts';
import { readName } from './names.ts';
import { positionsOf } from './positions.ts';
import type { CircleFile } from './read-circle.ts';
import { quoted } from './shown.ts';
import { networkOf } from './solving.ts';
import { type Row, type Table, readTable } from './table.ts';

export type ResultFiles = {
  readonly cleared: CircleFile;
  readonly certificate: CircleFile;
  /** Needed where there are credit lines. */
  readonly lines?: CircleFile | undefined;
};

const nameOf = (cell: string | undefined): string => {
  const read = readName(cell ?? '');
  return 'name' in read ? read.name : '';
};

type Reader = {
  readonly table: Table;
  readonly fault: (row: Row, words: string, field?: Field) => undefined;
  readonly money: (row: Row, field: Field, part: Part) => bigint | undefined;
};

const makeReader = (
  circle: Circle,
  file: CircleFile,
  required: readonly Field[],
  optional: readonly Field[],
  faults: Fault[],
): Reader => {
  const table = readTable(file.name, file.bytes, required, optional);
  faults.push(...table.faults);
  const fault: Reader['fault'] = (row, words, field) => {
    const column = field === undefined ? undefined : table.columns[field];
    const where = column === undefined ? {} : { column };
    faults.push({ file: table.file, line: row.line, ...where, words });
    return undefined;
  };
  return {
    table,
    fault,
    money(row, field, part) {
      const value = readMoney(row.cells[field] ?? '', circle.sign, part.places);
      return typeof value === 'bigint' ? value : fault(row, value, field);
    },
  };
};

type Placed<T> = { readonly part: Part; readonly row: T };

/** Rows by the line in which they stand in the circle's own file. */
const byLine = <T extends { readonly line: number }>(
  circle: Circle,
  rowsOfPart: (part: Part) => readonly T[],
): Map<string, Placed<T>> =>
  new Map(
    circle.parts.flatMap((part) =>
      rowsOfPart(part).map((row) => [String(row.line), { part, row }] as const),
    ),
  );

/** What the folder says of each obligation, or of each line, by origin. */
const readValues = <T extends { readonly line: number; readonly origin: string }>(
  { table, fault, money }: Reader,
  placed: ReadonlyMap<string, Placed<T>>,
  field: Field,
  check: (row: Row, expected: Placed<T>, value: bigint) => void,
  faults: Fault[],
): Map<string, bigint> => {
  const values = new Map<string, bigint>();
  const left = new Map(placed);
  for (const row of table.rows) {
    const line = row.cells.line ?? '';
    const expected = left.get(line);
    if (expected === undefined) {
      const why = placed.has(line)
        ? 'stands twice'
        : 'is no line that was to be cleared; was it solved with other files or options?';
      fault(row, `${quoted(line)} ${why}`, 'line');
      continue;
    }
    left.delete(line);
    const value = money(row, field, expected.part);
    if (value === undefined) continue;
    check(row, expected, value);
    values.set(expected.row.origin, value);
  }
  for (const line of left.keys()) {
    faults.push({ file: table.file, line: 0, words: `nothing is said of line ${line}` });
  }
  return values;
};

const readCleared = (circle: Circle, file: CircleFile, faults: Fault[]): Map<string, bigint> => {
  const required = ['line', 'debtor', 'creditor', 'amount', 'cleared', 'remaining'] as const;
  const reader = makeReader(circle, file, required, ['currency', 'id'], faults);
  const placed = byLine(circle, ({ debts }) => debts);
  return readValues(
    reader,
    placed,
    'cleared',
    (row, { part, row: debt }, value) => {
      for (const field of ['debtor', 'creditor'] as const) {
        if (nameOf(row.cells[field]) === debt[field]) continue;
        reader.fault(
          row,
          `line ${debt.line} of the obligations says ${quoted(debt[field])}`,
          field,
        );
      }
      const amount = reader.money(row, 'amount', part);
      if (amount !== undefined && amount !== debt.amount) {
        const said = formatDecimal(debt.amount, part.places, circle.sign);
        reader.fault(row, `line ${debt.line} of the obligations says ${said}`, 'amount');
      }
      if (value < 0n) reader.fault(row, 'less than nothing is cleared', 'cleared');
      if (value > debt.amount) reader.fault(row, 'more is cleared than is owed', 'cleared');
      const remaining = reader.money(row, 'remaining', part);
      if (remaining !== undefined && remaining !== debt.amount - value) {
        const rest = formatDecimal(debt.amount - value, part.places, circle.sign);
        reader.fault(row, `amount less cleared is ${rest}`, 'remaining');
      }
    },
    faults,
  );
};

const readDrawn = (
  circle: Circle,
  file: CircleFile | undefined,
  faults: Fault[],
): Map<string, bigint> => {
  const placed = byLine(circle, ({ lines }) => lines);
  if (file === undefined) {
    if (placed.size === 0) return new Map();
    const words = 'it is not there, and there are credit lines';
    throw new SpreadsheetError([{ file: 'lines.csv', line: 0, words }]);
  }
  const required = ['line', 'lender', 'borrower', 'drawn'] as const;
  const reader = makeReader(circle, file, required, ['currency', 'limit'], faults);
  return readValues(
    reader,
    placed,
    'drawn',
    (row, { row: line }, value) => {
      for (const field of ['lender', 'borrower'] as const) {
        if (nameOf(row.cells[field]) === line[field]) continue;
        reader.fault(
          row,
          `line ${line.line} of the credit lines says ${quoted(line[field])}`,
          field,
        );
      }
      if (value < 0n) reader.fault(row, 'less than nothing is drawn', 'drawn');
      if (value > line.limit) reader.fault(row, 'more is drawn than the limit', 'drawn');
    },
    faults,
  );
};

/** Prices of each currency by participant. */
const readPrices = (
  circle: Circle,
  file: CircleFile,
  faults: Fault[],
): Map<string, Map<string, bigint>> => {
  const { table, fault } = makeReader(circle, file, ['participant', 'price'], ['currency'], faults);
  const all = new Map(circle.parts.map(({ currency }) => [currency, new Map<string, bigint>()]));
  const only = circle.parts.length === 1 ? circle.parts[0]!.currency : undefined;
  for (const row of table.rows) {
    const currency = only ?? nameOf(row.cells.currency);
    const prices = all.get(currency);
    const name = nameOf(row.cells.participant);
    const price = row.cells.price ?? '';
    if (prices === undefined) fault(row, `nothing is owed in ${quoted(currency)}`, 'currency');
    else if (prices.has(name)) fault(row, `${quoted(name)} stands twice`, 'participant');
    else if (!/^-?\d{1,30}$/.test(price)) {
      fault(row, `${quoted(price)} is no whole number`, 'price');
    } else prices.set(name, BigInt(price));
  }
  return all;
};

/** Who wins or loses by a result, in names: the check of the solution says it in numbers. */
const faultsOfBalances = (circle: Circle, part: Part, result: Result): string[] => {
  const money = (value: bigint) => formatDecimal(value, part.places, circle.sign);
  return positionsOf(part, result).flatMap(({ participant, owedAfter, owesAfter, net }) => {
    const change = owedAfter - owesAfter - net;
    if (change === 0n) return [];
    const [more, less] = change > 0n ? ['gains', change] : ['loses', -change];
    return [`the balance of ${quoted(participant)} changes: it ${more} ${money(less as bigint)}`];
  });
};

/** Edges and participants of the solution's faults, by what people call them. */
const inNames = (fault: string, numbered: ReturnType<typeof numberNetwork>, part: Part): string => {
  const lineOf = new Map(
    [...part.debts, ...part.lines].map(({ origin, line }) => [origin, line] as const),
  );
  return fault.replace(/\bedge (\d+), from (\d+) to (\d+),/, (_all, edge, from, to) => {
    const found = numbered.edges[Number(edge)]!;
    const [what, origin] =
      found.kind === 'line'
        ? ['credit line', found.line.origin]
        : ['line', found.obligation.origin];
    const [u, v] = [from, to].map((at) => quoted(numbered.participants[Number(at)]!));
    return `${what} ${lineOf.get(origin)}, from ${u} to ${v},`;
  });
};

export type ReadResult = {
  /** For each currency, as far as it could be read. */
  readonly results: readonly Result[];
  readonly faults: readonly Fault[];
};

/**
 * What the folder says was cleared, and all that is wrong with it: rows, bounds, balances, and whether
 * something better exists. Without faults it is feasible and optimal, whoever made it.
 *
 * @throws SpreadsheetError if a file as a whole cannot be read
 */
export const readResult = (circle: Circle, files: ResultFiles): ReadResult => {
  const faults: Fault[] = [];
  const cleared = readCleared(circle, files.cleared, faults);
  const drawn = readDrawn(circle, files.lines, faults);
  const prices = readPrices(circle, files.certificate, faults);
  const results = circle.parts.map((part): Result => {
    const numbered = numberNetwork(networkOf(part));
    const { problem, participants, edges } = numbered;
    const partPrices = prices.get(part.currency)!;
    const known = new Set(participants);
    const file = files.certificate.name;
    for (const name of participants) {
      if (partPrices.has(name)) continue;
      faults.push({ file, line: 0, words: `${quoted(name)} has no price` });
    }
    for (const name of partPrices.keys()) {
      if (known.has(name)) continue;
      faults.push({ file, line: 0, words: `${quoted(name)} does not take part` });
    }
    const pairs = edges.map((edge) => {
      const origin = edge.kind === 'line' ? edge.line.origin : edge.obligation.origin;
      return [origin, (edge.kind === 'line' ? drawn : cleared).get(origin) ?? 0n] as const;
    });
    const of = (kind: 'line' | 'obligation') => pairs.filter((_, i) => edges[i]!.kind === kind);
    const total = (some: typeof pairs) => some.reduce((sum, [, value]) => sum + value, 0n);
    const result: Result = {
      rule,
      total: total(of('obligation')),
      lent: total(of('line')),
      cleared: of('obligation'),
      drawn: of('line'),
      prices: participants.map((name) => [name, partPrices.get(name) ?? 0n] as const),
    };
    // Where a row cannot be read, every sum is wrong.
    if (faults.length > 0) return result;
    for (const words of faultsOfBalances(circle, part, result)) {
      faults.push({ file: files.cleared.name, line: 0, words });
    }
    const solution = {
      cleared: pairs.map(([, value]) => value),
      prices: result.prices.map(([, price]) => price),
    };
    const found = faultsOfSolution(problem, solution);
    // Balances were said in names.
    const said = found.filter((fault) => !/^participant \d+ loses/.test(fault));
    for (const fault of said) faults.push({ file, line: 0, words: inNames(fault, numbered, part) });
    if (found.length > 0 && faults.length === 0) {
      faults.push({ file: files.cleared.name, line: 0, words: found[0]! });
    }
    return result;
  });
  return { results, faults };
};
