import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Bench, type Result, quick, summarize } from '../harness.ts';
import type { Figures } from './figures-process.ts';

const figuresOf = (people: number, times: number): Promise<Figures> =>
  new Promise((resolve, reject) => {
    const path = fileURLToPath(new URL('./figures-process.js', import.meta.url));
    const args = ['--expose-gc', path, String(people), String(times)];
    execFile(process.execPath, args, (error, stdout, stderr) => {
      if (error !== null) reject(new Error(`The foco bench failed: ${stderr}`, { cause: error }));
      else resolve(JSON.parse(stdout) as Figures); // only our own script writes there
    });
  });

const longest = 'dividing, longest turn, ms';

/**
 * A FoCo with many envelopes: what it costs to come in, and to divide an inflow among all. `reckoning alone` is the
 * division by largest remainder without vats, rows and disk. The goal is that no turn comes near to the 5
 * seconds at which it would be ended.
 */
export const foco: Bench = {
  name: 'foco',
  summary: 'a FoCo of 10,000 envelopes: joining, dividing an inflow, a page, memory',
  baseline: 'pocas',
  compared: [],
  remarks: (results) => ({
    tables: [
      {
        title: 'medians',
        rows: [
          ['case', 'unit', 'median', 'min', 'max'],
          ...results.map((result) => [
            ...[result.case, result.unit],
            ...[result.median, result.min, result.max].map((figure) => figure.toFixed(2)),
          ]),
        ],
      },
    ],
    goals: results
      .filter(({ unit }) => unit === longest)
      .map((result) => ({ what: `${result.case}: ${longest}`, figure: result.max, most: 1_000 })),
  }),
  async run(effort, progress): Promise<Result[]> {
    const people = effort === quick ? 200 : 10_000;
    progress(`${people} people come in`);
    const figures = await figuresOf(people, effort === quick ? 2 : 5);
    return Object.entries(figures).map(([unit, all]) =>
      summarize(`${people} envelopes`, 'pocas', unit, [...all]),
    );
  },
};
