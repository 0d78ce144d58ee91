/** What happens between nodes when the network and the machines do what they do, at length. */
import type { Cleanup } from '../support/cleanup.ts';
import { crossDials } from '../links/crossed-dials.ts';
import { flipHandshakes } from '../links/flipped-handshakes.ts';
import { pullCable } from '../links/namespaces.ts';
import type { PartReport, PartSettings } from '../links/part.ts';
import { freeze, part, replace } from '../links/processes.ts';
import { sendAll } from '../links/sends.ts';

export type LinksReport = {
  readonly campaign: 'links';
  readonly seed: number;
  readonly seconds: number;
  readonly parts: readonly PartReport[];
  readonly violations: readonly string[];
};

export type LinksSettings = {
  readonly seed: number;
  /** No part begins another round later than so long after it began. */
  readonly seconds?: number;
  /** Only parts whose name has this text. */
  readonly only?: string;
  readonly progress?: (line: string) => void;
};

const payments = 10_000;
const crossedRounds = 1000;
const frozenMillis = 45_000;
const partedMillis = 30_000;
const pingMilliseconds = 5000;

type Run = (cleanup: Cleanup, settings: PartSettings) => Promise<PartReport>;

const parts: Readonly<Record<string, Run>> = {
  sends: (cleanup, settings) =>
    sendAll(cleanup, {
      ...{ ...settings, rounds: payments, nodes: 2 },
      ...{ paymentsBetweenKills: 400, paymentsBetweenCuts: 15 },
    }),
  crossed: (cleanup, settings) => crossDials(cleanup, { ...settings, rounds: crossedRounds }),
  flipped: (cleanup, settings) => flipHandshakes(cleanup, { ...settings, rounds: Infinity }),
  replaced: (cleanup, { seed }) => replace(cleanup, { seed, rounds: 20 }),
  frozen: (cleanup, { seed }) =>
    freeze(cleanup, { seed, size: 4, millis: frozenMillis, pingMilliseconds }),
  parted: (cleanup, { seed }) =>
    part(cleanup, { seed, size: 6, millis: partedMillis, pingMilliseconds }),
  cable: (cleanup) => pullCable(cleanup, { rounds: 3 }),
};

export const runLinks = async (settings: LinksSettings): Promise<LinksReport> => {
  const { seed, seconds = Infinity, only = '', progress = () => {} } = settings;
  const reports: PartReport[] = [];
  const begun = performance.now();
  for (const [name, run] of Object.entries(parts)) {
    if (!name.includes(only)) continue;
    const undos: (() => unknown)[] = [];
    const start = performance.now();
    const tell = (line: string) => progress(`${name}: ${line}`);
    try {
      const report = await run((undo) => void undos.push(undo), {
        ...{ seed, rounds: Infinity, progress: tell },
        goesOn: () => performance.now() - start < seconds * 1000,
      });
      reports.push(report);
      tell(
        report.notRun ?? `${JSON.stringify(report.figures)} ${report.violations.length} violations`,
      );
    } catch (error) {
      // A part that cannot go on has not shown that all is well.
      const violations = [error instanceof Error ? error.message : String(error)];
      reports.push({ part: name, figures: {}, violations });
    } finally {
      for (const undo of undos.reverse()) await undo();
    }
  }
  return {
    campaign: 'links',
    seed,
    seconds: Math.round((performance.now() - begun) / 100) / 10,
    parts: reports,
    violations: reports.flatMap(({ part: name, violations }) =>
      violations.map((what) => `${name}: ${what}`),
    ),
  };
};

/** For people: a line for each part. */
export const linesOf = ({ seed, seconds, parts: reports, violations }: LinksReport): string[] => [
  `links, seed ${seed}, ${seconds} s`,
  ...reports.map(({ part: name, figures, violations: wrong, notRun }) => {
    const verdict = wrong.length === 0 ? 'held' : `${wrong.length} violations`;
    const all = Object.entries(figures).map(([figure, value]) => `${figure} ${value}`);
    return `  ${name.padEnd(10)} ${notRun === undefined ? `${verdict}  ${all.join(', ')}` : `NOT RUN: ${notRun}`}`;
  }),
  ...violations.slice(0, 20).map((what) => `  violated: ${what}`),
];
