/** LEMON beside us: compiled where its headers are, run in a process of its own for each solution. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Columns } from './networks.ts';

const headers = '/usr/include/lemon/network_simplex.h';

/** What is missing for it, if anything. */
export const withoutLemon = (): string | undefined =>
  existsSync(headers)
    ? undefined
    : `LEMON was not measured: ${headers} is not here (Debian has it in liblemon-dev)`;

/** Sources are not copied to where compiled modules are. */
const source = fileURLToPath(new URL('../../../bench/setoff/lemon.cpp', import.meta.url));

const compilerMillis = 120_000;

/** @returns the path of the program, in `directory` */
export const compileLemon = (directory: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const program = join(directory, 'lemon');
    const args = ['-O2', '-o', program, source];
    execFile('g++', args, { timeout: compilerMillis }, (error, _, stderr) => {
      if (error === null) resolve(program);
      else reject(new Error(`Cannot compile ${source}: ${stderr}`, { cause: error }));
    });
  });

/** Writes a network as lemon.cpp reads it. @returns the path */
export const writeForLemon = async (directory: string, columns: Columns): Promise<string> => {
  const { n, from, to, cap, weight } = columns;
  const path = join(directory, 'network');
  const parts = [Int32Array.of(n, from.length), from, to, cap, weight];
  const bytes = parts.map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength));
  await writeFile(path, Buffer.concat(bytes));
  return path;
};

/** Its algorithms, each in the ways to state the problem in which it may be the fastest (see lemon.cpp). */
export const lemonWays = ['simplex', 'scaling', 'scaling from all'] as const;
export type LemonWay = (typeof lemonWays)[number];

export type LemonFigures = {
  readonly cpuMillis: readonly number[];
  readonly total: bigint;
  readonly peakMB: number;
};

/**
 * @param budgetMillis - it solves again until so much is spent
 * @returns undefined if it was not done once in `maxMillis`
 */
export const solveByLemon = (
  program: string,
  network: string,
  way: LemonWay,
  budgetMillis: number,
  maxMillis: number,
): Promise<LemonFigures | undefined> =>
  new Promise((resolve, reject) => {
    const args = [network, way, String(budgetMillis)];
    execFile(program, args, { timeout: maxMillis }, (error, stdout) => {
      if (error?.killed === true) resolve(undefined);
      else if (error !== null) reject(new Error(`LEMON failed by ${way}`, { cause: error }));
      else {
        const figures = JSON.parse(stdout) as LemonFigures & { total: string }; // by lemon.cpp
        resolve({ ...figures, total: BigInt(figures.total) });
      }
    });
  });
