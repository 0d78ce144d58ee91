import type { Bench, Remarks, Result } from './harness.ts';
import type { Machine } from './machine.ts';

/** The outcome of one bench, as `--json` prints it. */
export type Report = {
  readonly name: string;
  readonly machine: Machine;
  readonly results: readonly Result[];
  /** Of medians, each subject by the baseline: `"<case>: <subject> / <baseline>"`. */
  readonly ratios: Readonly<Record<string, number>>;
  /** Where the bench has any. */
  readonly remarks?: Remarks;
};

const ratiosOf = (
  { baseline: usual, baselines = {}, compared }: Bench,
  results: readonly Result[],
): Record<string, number> => {
  const pairs = results.flatMap((result): [string, number][] => {
    const { case: name, subject, unit, median } = result;
    const baseline = baselines[name] ?? usual;
    if (!compared.includes(unit) || subject === baseline) return [];
    const base = results.find(
      (other) => other.case === name && other.unit === unit && other.subject === baseline,
    );
    if (base === undefined) return [];
    return [[`${name}: ${subject} / ${baseline}`, Math.round((median / base.median) * 100) / 100]];
  });
  return Object.fromEntries(pairs);
};

export const makeReport = (bench: Bench, machine: Machine, results: readonly Result[]): Report => ({
  name: bench.name,
  machine,
  results,
  ratios: ratiosOf(bench, results),
  ...(bench.remarks === undefined ? {} : { remarks: bench.remarks(results) }),
});

/** Columns of text, figures to the right. */
const table = (rows: readonly (readonly string[])[]): string => {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => {
        const width = widths?.[column] ?? 0;
        return /^[\d.,]+$|^–$/.test(cell) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return rows.map(line).join('\n');
};

const formatRemarks = ({ tables, goals }: Remarks): string[] => {
  const rows = goals.map(({ what, figure, most }) => [
    what,
    figure.toFixed(2),
    `of at most ${most}${figure <= most ? '' : ': MISSED'}`,
  ]);
  return [
    ...tables.map(({ title, rows }) => `${title}\n${table(rows)}`),
    rows.length === 0 ? 'no goals at these sizes' : `goals\n${table(rows)}`,
  ];
};

/** The report for people. */
export const formatReport = ({ name, machine, results, ratios, remarks }: Report): string => {
  const { cpu, cores, memory, node, os } = machine;
  const head = ['case', 'subject', 'unit', 'median', 'min', 'max'];
  const rows = results.map((result) => [
    result.case,
    result.subject,
    result.unit,
    ...[result.median, result.min, result.max].map((figure) => figure.toFixed(1)),
  ]);
  const quotients = Object.entries(ratios).map(([label, ratio]) => [label, ratio.toFixed(2)]);
  const title = `${name} (${cpu}, ${cores} cores, ${memory}, node ${node}, ${os})`;
  if (remarks !== undefined) return [title, ...formatRemarks(remarks)].join('\n\n');
  return [title, table([head, ...rows]), table([['ratio of medians', ''], ...quotients])].join(
    '\n\n',
  );
};
