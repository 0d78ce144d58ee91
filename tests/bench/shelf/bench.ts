import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Bench, type Result, quick, summarize } from '../harness.ts';

type Cost = { readonly wall: number; readonly cpu: number };
type Figures = Readonly<Record<'coming' | 'first' | 'later' | 'alone' | 'page' | 'again', Cost>> & {
  readonly claims: number;
};

const figuresOf = (people: number, zones: number): Promise<Figures> =>
  new Promise((resolve, reject) => {
    const directory = mkdtempSync(join(tmpdir(), 'pocas-bench-'));
    const path = fileURLToPath(new URL('./process.js', import.meta.url));
    const args = [path, directory, String(people), String(zones)];
    execFile(process.execPath, args, (error, stdout, stderr) => {
      rmSync(directory, { recursive: true, force: true });
      if (error !== null) reject(new Error(`The shelf bench failed: ${stderr}`, { cause: error }));
      else resolve(JSON.parse(stdout) as Figures); // only our own script writes there
    });
  });

/**
 * A shelf space allocator on a real store: an epoch's run over all zones, a turn for each, with what is published
 * of it. `rule alone` is the same divisions by the pure function, which is what recomputing costs.
 */
export const shelf: Bench = {
  name: 'shelf',
  summary: 'shelves: an epoch’s run for 2,000 people in 50 zones, beside the rule alone',
  baseline: 'rule alone',
  compared: ['CPU ms'],
  async run(effort, progress) {
    const [people, zones] = effort === quick ? [60, 4] : [2_000, 50];
    const figures = await figuresOf(people, zones);
    progress(`${people} people, ${zones} zones, ${figures.claims} claims: measured`);
    const run = `${people} people, ${zones} zones: a run`;
    const result = (name: string, subject: string, { wall, cpu }: Cost): Result[] => [
      summarize(name, subject, 'wall ms', [wall]),
      summarize(name, subject, 'CPU ms', [cpu]),
    ];
    return [
      ...result(`${run}, the first`, 'pocas', figures.first),
      ...result(`${run}, the first`, 'rule alone', figures.alone),
      ...result(`${run}, those after`, 'pocas', figures.later),
      ...result(`${run}, those after`, 'rule alone', figures.alone),
      ...result('everybody comes in and asks', 'pocas', figures.coming),
      ...result('the page of a zone', 'pocas', figures.page),
      ...result('a zone is reckoned again', 'pocas', figures.again),
    ];
  },
};
