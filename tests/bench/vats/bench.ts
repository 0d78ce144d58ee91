import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Bench, type Result, summarize } from '../harness.ts';

type Figures = Readonly<Record<string, number>>;
type Costs = Readonly<Partial<Record<'making' | 'waking', Figures>>>;

const maxMillis = 600_000;

/** Runs one of this bench's processes. @returns the figures in the last line that it says */
const run = <T>(script: string, ...args: (string | number)[]): Promise<T> =>
  new Promise((resolve, reject) => {
    const path = fileURLToPath(new URL(`./${script}.js`, import.meta.url));
    execFile(
      process.execPath,
      ['--expose-gc', path, ...args.map(String)],
      { timeout: maxMillis },
      (error, stdout, stderr) => {
        if (error !== null) reject(new Error(`${script} failed: ${stderr}`, { cause: error }));
        // Only our own scripts write there.
        else resolve(JSON.parse(stdout.trimEnd().split('\n').at(-1) || '{}') as T);
      },
    );
  });

const inFolder = async <T>(body: (directory: string) => Promise<T>): Promise<T> => {
  const directory = mkdtempSync(join(tmpdir(), 'pocas-bench-'));
  try {
    return await body(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
};

const subjects = ['bare SES', 'one kind', 'wallet'] as const;
const units = { cpuMicros: 'CPU µs/vat', heapKiB: 'heap KiB/vat' } as const;

const caseNames = {
  making: { cpuMicros: 'making', heapKiB: 'having made' },
  waking: { cpuMicros: 'waking', heapKiB: 'having woken' },
} as const;
const acts = ['making', 'waking'] as const;

/** How many sleepers are woken. */
const woken = 51;

/**
 * Many vats on one node, over LevelDB in the folder for temporary files.
 *
 * - making and waking: with host and node on one thread, so that one heap holds all there is of them.
 *   Memory is what the heap has grown by for each vat that is awake; a vat that was made holds its
 *   powers, one that was woken has only what its first call needed. `bare SES` is a compartment with one exo behind a guard, in memory only: no store, no turns, no
 *   references from elsewhere. `one kind` is the same as a vat.
 * - sleeping wallets: a node as the program starts it. Waking goes from the first message to the
 *   answer; each wallet is woken once. Resident memory is more than that of a process with the same
 *   code that does nothing yet.
 */
export const vats: Bench = {
  name: 'vats',
  summary: 'many vats: making them, and waking some among a hundred thousand that sleep',
  baseline: 'bare SES',
  compared: Object.values(units),
  async run(effort, progress) {
    const results: Result[] = [];
    const many = Math.min(1_000, effort.many / 10);
    const rounds = Math.ceil(effort.rounds / 3);
    const made = new Map<string, Costs[]>();
    for (let round = 0; round < rounds; round += 1) {
      for (const subject of subjects) {
        const figures = await inFolder((folder) => run<Costs>('make-vats', subject, many, folder));
        made.set(subject, [...(made.get(subject) ?? []), figures]);
        progress(`${subject}: ${many} made`);
      }
    }
    for (const act of acts) {
      for (const figure of ['cpuMicros', 'heapKiB'] as const) {
        const unit = units[figure];
        for (const [subject, costs] of made) {
          const figures = costs.flatMap((cost) => cost[act]?.[figure] ?? []);
          if (figures.length === 0) continue;
          results.push(summarize(`${caseNames[act][figure]} ${many}`, subject, unit, figures));
        }
      }
    }

    const found = await inFolder(async (folder) => {
      await run<object>('fill', folder, effort.many, woken);
      progress(`${effort.many} wallets sleep`);
      const figures: Figures[] = [];
      for (let round = 0; round < rounds; round += 1)
        figures.push(await run<Figures>('wake', folder));
      return figures;
    });
    const name = `${effort.many} sleeping`;
    const add = (what: string, unit: string, figure: string) =>
      results.push(
        summarize(
          `${name}, ${what}`,
          'wallet',
          unit,
          found.map((each) => each[figure]!),
        ),
      );
    add('start to ready', 'wall ms', 'readyMillis');
    add('waking one', 'wall ms', 'wakeMillis');
    add(`waking one, worst of ${woken - 1}`, 'wall ms', 'worstWakeMillis');
    add('waking one', 'CPU ms', 'wakeCpuMillis');
    add('process after start', 'resident MiB', 'startMiB');
    add(`process with ${woken} awake`, 'resident MiB', 'awakeMiB');
    return results;
  },
};
