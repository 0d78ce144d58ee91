/** What the figures say: side by side, by size, and against the goals. */
import type { Goal, Remarks, Result } from '../harness.ts';
import { type LemonWay, lemonWays } from './lemon.ts';
import { sizeOf } from './sizes.ts';

export const units = {
  cpu: 'CPU ms',
  check: 'certificate, CPU ms',
  memory: 'peak MB',
  ofBest: 'of the best, %',
  cleared: 'cleared of what is owed, %',
} as const;

export const bestOfLemon = 'the best of LEMON';
export const subjectOf = (way: LemonWay): string => `LEMON ${way}`;

export const bilateralFirst = 'bilateral, then the best';
const simpleWays = ['bilateral', bilateralFirst, 'loops by walking', 'shortest loops'];

type Find = (name: string, subject: string, unit: string) => number | undefined;

const finderIn = (results: readonly Result[]): Find => {
  const medians = new Map(
    results.map((each) => [`${each.case}/${each.subject}/${each.unit}`, each.median]),
  );
  return (name, subject, unit) => medians.get(`${name}/${subject}/${unit}`);
};

const shown = (figure: number | undefined, digits = 1): string =>
  figure === undefined ? '–' : figure.toFixed(digits);

const ratioIn = (find: Find, name: string): number | undefined => {
  const [ours, best] = [find(name, 'core', units.cpu), find(name, bestOfLemon, units.cpu)];
  return ours === undefined || best === undefined ? undefined : ours / best;
};

/** Each network on a line, in milliseconds of CPU where nothing else is said. */
const sideBySide = (names: readonly string[], find: Find): string[][] => {
  const timed = ['core', 'setOff', ...lemonWays.map(subjectOf), 'highs'];
  const head = ['', ...timed, 'core / LEMON', 'certificate', 'core, MB', 'cleared, %'];
  return [
    head,
    ...names.map((name) => [
      name,
      ...timed.map((subject) => shown(find(name, subject, units.cpu))),
      shown(ratioIn(find, name), 2),
      shown(find(name, 'core', units.check)),
      shown(find(name, 'core', units.memory), 0),
      shown(find(name, 'core', units.cleared)),
    ]),
  ];
};

/** What ways without a solver clear of what can be cleared. */
const simple = (names: readonly string[], find: Find): string[][] => [
  ['', ...simpleWays],
  ...names
    .map((name) => [name, ...simpleWays.map((way) => shown(find(name, way, units.ofBest)))])
    .filter(([, ...cells]) => cells.some((cell) => cell !== '–')),
];

/** How the core's time for one participant, in microseconds, grows with their number. */
const growth = (names: readonly string[], find: Find): string[][] => {
  const kinds = [...new Set(names.map((name) => sizeOf(name)[0]))];
  const counts = [...new Set(names.map((name) => sizeOf(name)[1]))].toSorted((a, b) => a - b);
  return [
    ['', ...counts.map((n) => n.toLocaleString('en'))],
    ...kinds.map((kind) => [
      kind,
      ...counts.map((n) => {
        const name = names.find((each) => sizeOf(each)[0] === kind && sizeOf(each)[1] === n);
        const millis = name === undefined ? undefined : find(name, 'core', units.cpu);
        return millis === undefined ? '' : shown((millis * 1_000) / n);
      }),
    ]),
  ];
};

const goal = (what: string, figure: number | undefined, most: number): Goal[] =>
  figure === undefined ? [] : [{ what, figure: Math.round(figure * 100) / 100, most }];

const goalsOf = (names: readonly string[], find: Find): Goal[] =>
  names.flatMap((name) => {
    const [kind, n] = sizeOf(name);
    const core = (unit: string) => find(name, 'core', unit);
    if (kind === 'dense') {
      const isMeant = n * (n - 1) <= 100_000;
      return isMeant ? goal(`${name}: core, CPU ms`, core(units.cpu), 150) : [];
    }
    if (n < 10_000) return [];
    const isLargest = n === 100_000;
    const most = isLargest && kind === 'power-law' ? 0.6 : 1;
    return [
      ...goal(`${name}: core / the best of LEMON`, ratioIn(find, name), most),
      ...(isLargest ? goal(`${name}: core, peak MB`, core(units.memory), 400) : []),
      ...(isLargest ? goal(`${name}: certificate, CPU ms`, core(units.check), 150) : []),
    ];
  });

/** @param missing - why LEMON was not measured, if so */
export const remarksOn = (results: readonly Result[], missing: string | undefined): Remarks => {
  const names = [...new Set(results.map((result) => result.case))];
  const find = finderIn(results);
  const title = 'CPU ms, medians; – where it was not done in time';
  return {
    tables: [
      {
        title: missing === undefined ? title : `${title}. ${missing}`,
        rows: sideBySide(names, find),
      },
      {
        title: 'growth: CPU µs of core for each participant, by their number',
        rows: growth(names, find),
      },
      { title: 'simpler ways: % of what the best set-off clears', rows: simple(names, find) },
    ],
    goals: goalsOf(names, find),
  };
};
