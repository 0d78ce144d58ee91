import { solveColumns } from '@pocas/clearing/setoff';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quick, type Bench, type Effort, type Result, summarize } from '../harness.ts';
import type { HighsFigures } from './highs-process.ts';
import { compileLemon, lemonWays, solveByLemon, withoutLemon, writeForLemon } from './lemon.ts';
import { bilateral, loopsByWalking, shortestLoops } from './simple-ways.ts';
import { nameOf, type Size, fewSizes, sizes } from './sizes.ts';
import { type Columns, makeNetwork } from './networks.ts';
import { ourWays, runScript, solveByUs } from './ours.ts';
import { bestOfLemon, bilateralFirst, remarksOn, subjectOf, units } from './remarks.ts';

/** Nobody that is compared may take longer, or the column stays empty. */
const maxMillis = 60_000;
/** HiGHS knows nothing of networks, and would take hours on the largest. */
const highsSeconds = 20;

const inFolder = async <T>(body: (directory: string) => Promise<T>): Promise<T> => {
  const directory = mkdtempSync(join(tmpdir(), 'pocas-bench-'));
  try {
    return await body(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
};

/** Collects what was seen of one network, and holds the optima against each other. */
const makeSight = (name: string) => {
  const figuresOf = new Map<string, { subject: string; unit: string; figures: number[] }>();
  let first: { readonly subject: string; readonly total: bigint } | undefined;
  return {
    figures(subject: string, unit: string, figures: readonly number[]): void {
      const key = `${subject}, ${unit}`;
      const seen = figuresOf.get(key) ?? { subject, unit, figures: [] };
      figuresOf.set(key, seen);
      seen.figures.push(...figures);
    },
    /** @throws Error if another found another optimum */
    total(subject: string, total: bigint): void {
      first ??= { subject, total };
      if (first.total === total) return;
      throw new Error(
        `The optima differ on ${name}: ${first.subject} found ${first.total}, ${subject} ${total}`,
      );
    },
    results: (): Result[] =>
      [...figuresOf.values()]
        .filter(({ figures }) => figures.length > 0)
        .map(({ subject, unit, figures }) => summarize(name, subject, unit, figures)),
  };
};

/** The fastest of LEMON's ways once more, under the name that others are divided by. */
const withBest = (results: readonly Result[]): Result[] => {
  const [best] = results
    .filter(({ subject, unit }) => subject.startsWith('LEMON') && unit === units.cpu)
    .toSorted((a, b) => a.median - b.median);
  return best === undefined ? [...results] : [...results, { ...best, subject: bestOfLemon }];
};

const clearedBy = (columns: Columns): number =>
  solveColumns(columns).flow.reduce((sum, value) => sum + value, 0);

const measure = async (
  [kind, n]: Size,
  effort: Effort,
  directory: string,
  lemon: string | undefined,
): Promise<Result[]> => {
  const name = nameOf([kind, n]);
  const columns = makeNetwork(kind, n);
  const isLarge = columns.from.length > 200_000;
  const rounds = effort === quick || isLarge ? 1 : 2;
  const budget = isLarge ? 20 * effort.roundMillis : effort.roundMillis;
  const network = lemon === undefined ? '' : await writeForLemon(directory, columns);
  const sight = makeSight(name);

  for (let round = 0; round < rounds; round += 1) {
    for (const way of ourWays) {
      // What runs is compiled again and again for the first second; LEMON came compiled.
      const ours = isLarge || effort === quick ? budget : 6 * budget;
      const found = await solveByUs(way, kind, n, ours, 4 * maxMillis);
      sight.figures(way, units.cpu, found.cpuMillis);
      sight.figures(way, units.check, found.checkMillis);
      sight.figures(way, units.memory, [found.peakMB]);
      sight.figures(way, units.cleared, [found.clearedPercent]);
      sight.total(way, BigInt(found.total));
    }
    for (const way of lemon === undefined ? [] : lemonWays) {
      const found = await solveByLemon(lemon!, network, way, budget, maxMillis);
      if (found === undefined) continue;
      sight.figures(subjectOf(way), units.cpu, found.cpuMillis);
      sight.figures(subjectOf(way), units.memory, [found.peakMB]);
      sight.total(subjectOf(way), found.total);
    }
  }
  const args = [kind, n, highsSeconds];
  const highs = await runScript<HighsFigures>('highs-process', args, 4_000 * highsSeconds);
  if (highs !== undefined && highs.cpuMillis.length > 0) {
    sight.figures('highs', units.cpu, highs.cpuMillis);
    sight.total('highs', BigInt(highs.total));
  }
  if (columns.weight.every((weight) => weight === 1) && !isLarge) {
    const best = clearedBy(columns);
    const { cleared, left } = bilateral(columns);
    sight.figures('bilateral', units.ofBest, [100 * (cleared / best)]);
    sight.figures(bilateralFirst, units.ofBest, [100 * ((cleared + clearedBy(left)) / best)]);
    sight.figures('loops by walking', units.ofBest, [100 * (loopsByWalking(columns) / best)]);
    // A search for each loop: hours on larger ones.
    if (n <= 1_000 && columns.from.length <= 10_000) {
      sight.figures('shortest loops', units.ofBest, [100 * (shortestLoops(columns) / best)]);
    }
  }
  return withBest(sight.results());
};

/**
 * Set-offs of generated networks (`networks.ts`), each by everybody in the same run, one after another,
 * in processes of their own. All have to find the same optimum.
 *
 * - core: over typed arrays; merging, components, solving, handing back. Warm: the same network again.
 * - setOff: from names, origins and bigints to a result whose certificate was checked
 * - LEMON: see `lemon.cpp`
 * - highs: the linear programme, solved once; empty where it takes more than 20 s
 */
export const setoff: Bench = {
  name: 'setoff',
  summary: 'set-offs: time, memory and certificates, beside LEMON (C++) and HiGHS',
  baseline: bestOfLemon,
  compared: [units.cpu],
  remarks: (results) => remarksOn(results, withoutLemon()),
  run: (effort, progress) =>
    inFolder(async (directory) => {
      const missing = withoutLemon();
      if (missing !== undefined) progress(missing);
      const lemon = missing === undefined ? await compileLemon(directory) : undefined;
      const results: Result[] = [];
      for (const size of effort === quick ? fewSizes : sizes) {
        results.push(...(await measure(size, effort, directory, lemon)));
        progress(`${nameOf(size)}: measured`);
      }
      return results;
    }),
};
