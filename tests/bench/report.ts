import { cpuUnit, type Bench, type Result } from './harness.ts';
import type { Machine } from './machine.ts';

/** The outcome of one bench, as `--json` prints it. */
export type Report = {
  readonly name: string;
  readonly machine: Machine;
  readonly results: readonly Result[];
  /** Medians of CPU time, each subject by the baseline: `"<case>: <subject> / <baseline>"`. */
  readonly ratios: Readonly<Record<string, number>>;
};

const ratiosOf = (bench: Bench, results: readonly Result[]): Record<string, number> => {
  const cpu = results.filter(({ unit }) => unit === cpuUnit);
  const pairs = cpu.flatMap((result): [string, number][] => {
    const { baseline = bench.baseline } = bench.cases.find(({ name }) => name === result.case)!;
    const base = cpu.find((other) => other.case === result.case && other.subject === baseline);
    if (base === undefined || base === result) return [];
    const ratio = Math.round((result.median / base.median) * 100) / 100;
    return [[`${result.case}: ${result.subject} / ${baseline}`, ratio]];
  });
  return Object.fromEntries(pairs);
};

export const makeReport = (bench: Bench, machine: Machine, results: readonly Result[]): Report => ({
  name: bench.name,
  machine,
  results,
  ratios: ratiosOf(bench, results),
});

/** Columns of text, figures to the right. */
const table = (rows: readonly (readonly string[])[]): string => {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => {
        const width = widths?.[column] ?? 0;
        return /^[\d.]+$/.test(cell) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return rows.map(line).join('\n');
};

/** The report for people. */
export const formatReport = ({ name, machine, results, ratios }: Report): string => {
  const { cpu, cores, memory, node, os } = machine;
  const head = ['case', 'subject', 'unit', 'median', 'min', 'max'];
  const rows = results.map((result) => [
    result.case,
    result.subject,
    result.unit,
    ...[result.median, result.min, result.max].map((figure) => figure.toFixed(1)),
  ]);
  const quotients = Object.entries(ratios).map(([label, ratio]) => [label, ratio.toFixed(2)]);
  return [
    `${name} (${cpu}, ${cores} cores, ${memory}, node ${node}, ${os})`,
    table([head, ...rows]),
    table([['ratio of CPU time', ''], ...quotients]),
  ].join('\n\n');
};
