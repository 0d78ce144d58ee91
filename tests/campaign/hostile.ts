/** Every attack on a node, one after the other, while somebody else is served. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attacks, families } from '../hostile/attacks.ts';
import { type Finding, type Siege, startSiege, violationsIn } from '../hostile/siege.ts';

/** What the others may be made to bear. */
export const maxP99Millis = 250;
export const maxGrowthMebi = 64;

export type HostileReport = {
  readonly campaign: 'hostile';
  readonly seconds: number;
  readonly findings: readonly (Finding & { readonly violations: readonly string[] })[];
  readonly violations: readonly string[];
};

export type HostileSettings = {
  /** Each attack goes on for so long. */
  readonly seconds: number;
  /** Only attacks whose name has this text. */
  readonly only?: string;
  readonly progress?: (line: string) => void;
};

const columns = ['calls', 'p50', 'p99', 'max', 'growth', 'after'] as const;

const line = (name: string, cells: readonly string[], verdict: string): string =>
  `${name.slice(0, 72).padEnd(72)} ${cells.map((cell) => cell.padStart(7)).join('')}  ${verdict}`;

/** Calls of the control client, milliseconds that they took, MiB by which the node grew. */
export const heading: string = line('attack', columns, 'verdict');

export const rowOf = (finding: Finding & { readonly violations: readonly string[] }): string =>
  line(
    finding.attack,
    columns.map((column) => finding[column].toFixed(0)),
    finding.violations.length === 0 ? 'held' : finding.violations.join('; '),
  );

/** The worst of each family of attacks. */
export const summaryOf = ({ findings }: HostileReport): string[] =>
  Object.entries(families).flatMap(([family, { length }]) => {
    const names = new Set(families[family]!.map(({ name }) => name));
    const ofFamily = findings.filter(({ attack }) => names.has(attack));
    if (ofFamily.length === 0) return [];
    const worst = (column: (typeof columns)[number]) =>
      Math.max(...ofFamily.map((finding) => finding[column])).toFixed(0);
    const calls = ofFamily.reduce((sum, finding) => sum + finding.calls, 0);
    const held = ofFamily.filter(({ violations }) => violations.length === 0).length;
    return line(
      `${family} (${ofFamily.length} of ${length})`,
      [String(calls), ...columns.slice(1).map(worst)],
      `${held} held`,
    );
  });

export const runHostile = async (settings: HostileSettings): Promise<HostileReport> => {
  const { seconds, only = '', progress = () => {} } = settings;
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'pocas-siege-'));
  const findings: (Finding & { readonly violations: readonly string[] })[] = [];
  let siege: Siege | undefined;
  let sieges = 0;
  const start = performance.now();
  try {
    for (const attack of attacks.filter(({ name }) => name.includes(only))) {
      if (siege === undefined) {
        sieges += 1;
        siege = await startSiege(join(folder, String(sieges)));
      }
      const finding = await siege.lay(attack, seconds * 1000);
      const violations = violationsIn(finding, maxP99Millis, maxGrowthMebi);
      findings.push({ ...finding, violations });
      progress(rowOf(findings.at(-1)!));
      // What an attack has broken must not be counted against the next one.
      if (violations.length > 0) {
        await siege.end();
        siege = undefined;
      }
    }
  } finally {
    await siege?.end();
    rmSync(folder, { recursive: true, force: true });
  }
  return {
    campaign: 'hostile',
    seconds: Math.round((performance.now() - start) / 1000),
    findings,
    violations: findings.flatMap(({ attack, violations }) =>
      violations.map((what) => `${attack}: ${what}`),
    ),
  };
};
