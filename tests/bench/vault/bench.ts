import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Bench, type Result, quick, summarize } from '../harness.ts';
import type { Cost, Costs } from './figures-process.ts';
import { sealingNames, sealingSubjects } from './subjects.ts';

const units = { seal: 'wall ms/MiB', sealCpu: 'CPU ms/MiB', cpu: 'CPU ms' } as const;

const figuresOf = (args: readonly (string | number)[]): Promise<Costs> =>
  new Promise((resolve, reject) => {
    const path = fileURLToPath(new URL('./figures-process.js', import.meta.url));
    execFile(process.execPath, [path, ...args.map(String)], (error, stdout, stderr) => {
      if (error !== null) reject(new Error(`The vault bench failed: ${stderr}`, { cause: error }));
      else resolve(JSON.parse(stdout) as Costs); // only our own script writes there
    });
  });

const sealed = 'sealing';

const sealingResults = (costs: Costs): Result[] =>
  sealingNames.flatMap((subject) => {
    const each = (figures: readonly number[]) =>
      figures.map((figure) => figure / sealingSubjects[subject]);
    return [
      summarize(sealed, subject, units.seal, each(costs[subject]!.wall)),
      summarize(sealed, subject, units.sealCpu, each(costs[subject]!.cpu)),
    ];
  });

/** Of two acts that belong together, time by time. */
const together = (one: Cost, other: Cost, part: number): number[] =>
  one.cpu.map((figure, at) => figure / part + other.cpu[at]!);

const groupResults = (members: number, needed: number, costs: Costs): Result[] => {
  const name = `${needed} of ${members}`;
  const opening = `opening, ${name}`;
  const making = `making a key, ${name}, each member`;
  const handing = `handing it on, ${name}`;
  const cpu = (what: string) => [...costs[what]!.cpu];
  // What was measured is everybody's dealing.
  const each = together(costs['making: deal']!, costs['making: take part']!, members);
  const all = each.map((figure) => figure * members);
  return [
    summarize(opening, 'pocas', units.cpu, cpu('opening')),
    summarize(making, 'pocas', units.cpu, each),
    summarize(making, 'noble FROST', units.cpu, cpu('making: by noble')),
    summarize(`making a key, ${name}, all`, 'pocas', units.cpu, all),
    summarize(`${handing}, each old holder`, 'pocas', units.cpu, cpu('handing on: deal')),
    summarize(`${handing}, each new holder`, 'pocas', units.cpu, cpu('handing on: take part')),
  ];
};

/**
 * The video vault: streams sealed into segments, and the key to which they are.
 *
 * - sealing: 64 MiB in parts of 1 MiB from memory to nowhere, on one thread. `node:crypto` is the same cipher
 *   and hash alone; the age package hashes nothing, and runs without lockdown.
 * - opening: what a viewer reckons who was answered by just enough holders: unsealing, proofs, combining
 * - making a key: dealing, receiving, reckoning and confirming. `noble FROST` is its key generation, without
 *   sealing, signatures and confirmations.
 */
export const vault: Bench = {
  name: 'vault',
  summary: 'the video vault: sealing beside node:crypto and age-encryption, keys of 30 holders',
  baseline: 'node:crypto',
  compared: [units.sealCpu, units.cpu],
  baselines: {
    'making a key, 20 of 30, each member': 'noble FROST',
    'making a key, 3 of 5, each member': 'noble FROST',
  },
  remarks: (results) => ({
    tables: [
      {
        title: 'medians',
        rows: [
          ['case', 'subject', 'unit', 'median', 'min', 'max'],
          ...results.map((result) => [
            ...[result.case, result.subject, result.unit],
            ...[result.median, result.min, result.max].map((figure) => figure.toFixed(2)),
          ]),
        ],
      },
    ],
    goals: results.flatMap(({ case: name, subject, unit, median }) => {
      if (subject !== 'pocas') return [];
      const what = `${name}, ${unit}`;
      // 400 MiB in a second: all of it is on one thread, and wall time says what else runs.
      if (unit === units.sealCpu) return [{ what, figure: median, most: 2.5 }];
      return name === 'opening, 20 of 30' ? [{ what, figure: median, most: 150 }] : [];
    }),
  }),
  async run(effort, progress) {
    const budget = effort.rounds * effort.roundMillis;
    const sizes = effort === quick ? [[5, 3] as const] : [[30, 20] as const];
    const results = sealingResults({
      ...(await figuresOf(['sealing', budget])),
      ...(await figuresOf(['age', budget])),
    });
    progress(`${sealed}: measured`);
    for (const [members, needed] of sizes) {
      const costs = await figuresOf(['keys', budget, members, needed]);
      results.push(...groupResults(members, needed, costs));
      progress(`${needed} of ${members}: measured`);
    }
    return results;
  },
};
