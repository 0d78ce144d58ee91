/** Our own ways to set off, each in a process of its own, so that memory is its own and no code is warm from before. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Kind } from './networks.ts';

/** Over typed arrays, with merging and components; and from names and bigints to a checked result. */
export const ourWays = ['core', 'setOff'] as const;
export type OurWay = (typeof ourWays)[number];

export type OurFigures = {
  /** Warm, of each time. Of all threads: collecting garbage and compiling count. */
  readonly cpuMillis: readonly number[];
  /** Of the check of the certificate, where it is apart. */
  readonly checkMillis: readonly number[];
  /** Of the whole process with its network, after it was done once. */
  readonly peakMB: number;
  /** Σ weight · cleared, which may be more than a double holds. */
  readonly total: string;
  /** Of what is owed. */
  readonly clearedPercent: number;
};

/** Runs one of our scripts. @returns what it printed; undefined if it took longer than `maxMillis` */
export const runScript = <T>(
  script: string,
  args: readonly (string | number)[],
  maxMillis: number,
): Promise<T | undefined> =>
  new Promise((resolve, reject) => {
    const path = fileURLToPath(new URL(`./${script}.js`, import.meta.url));
    const all = [path, ...args.map(String)];
    execFile(process.execPath, all, { timeout: maxMillis }, (error, stdout, stderr) => {
      if (error?.killed === true) resolve(undefined);
      else if (error !== null) reject(new Error(`${script} failed: ${stderr}`, { cause: error }));
      else resolve(JSON.parse(stdout) as T); // only our own scripts write there
    });
  });

export const solveByUs = async (
  way: OurWay,
  kind: Kind,
  n: number,
  budgetMillis: number,
  maxMillis: number,
): Promise<OurFigures> => {
  const figures = await runScript<OurFigures>(
    'our-process',
    [way, kind, n, budgetMillis],
    maxMillis,
  );
  if (figures !== undefined) return figures;
  throw new Error(`${way} did not set off ${kind} ${n} in ${maxMillis / 1_000} s`);
};
