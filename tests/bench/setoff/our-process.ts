/**
 * Sets off one network and prints what it cost, as one object in JSON:
 * `our-process WAY KIND PARTICIPANTS BUDGET`, where BUDGET is in milliseconds.
 */
import { faultsOfColumns, setOff, solveColumns } from '@pocas/clearing/setoff';
import { toNetwork, valuesOf } from './named.ts';
import { type Kind, makeNetwork } from './networks.ts';
import type { OurFigures, OurWay } from './ours.ts';

const cpuMillis = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

const timed = <T>(act: () => T): readonly [result: T, millis: number] => {
  const before = cpuMillis();
  const result = act();
  return [result, cpuMillis() - before];
};

const [, , way, kind, participants, budget] = process.argv;
const columns = makeNetwork(kind as Kind, Number(participants));

/** @returns an act of which the time counts, and what it clears of each edge */
const ways: Record<OurWay, () => { solve(): () => ArrayLike<number>; check?: () => string[] }> = {
  core: () => {
    let solved: ReturnType<typeof solveColumns>;
    return {
      solve: () => {
        solved = solveColumns(columns);
        return () => solved.flow;
      },
      check: () => faultsOfColumns(columns, solved.flow, solved.price),
    };
  },
  setOff: () => {
    const network = toNetwork(columns);
    // It checks the certificate itself.
    return {
      solve: () => {
        const result = setOff(network);
        return () => valuesOf(columns, result);
      },
    };
  },
};

const { solve, check } = ways[way as OurWay]();
const cpu: number[] = [];
const checks: number[] = [];
let peakMB = 0;
let cleared: ArrayLike<number> = [];

// A third of the budget is for warming up: the compiler looks at what runs.
const enough = Number(budget);
for (let spent = 0, time = 0; cpu.length === 0 || spent < enough; time += 1) {
  const isWarm = time > 0 && spent >= enough / 3;
  const [values, millis] = timed(solve);
  if (time === 0) {
    // In KiB.
    peakMB = (process.resourceUsage().maxRSS * 1_024) / 1e6;
    cleared = values();
  }
  if (isWarm) cpu.push(millis);
  spent += millis;
  if (check === undefined) continue;
  const [faults, checkMillis] = timed(check);
  if (faults.length > 0) throw new Error(`The certificate does not hold: ${faults.join('; ')}`);
  if (isWarm) checks.push(checkMillis);
}

let total = 0n;
let clearedInAll = 0n;
let owed = 0n;
columns.weight.forEach((weight, i) => {
  total += BigInt(weight) * BigInt(cleared[i]!);
  if (weight <= 0) return;
  clearedInAll += BigInt(cleared[i]!);
  owed += BigInt(columns.cap[i]!);
});
const figures: OurFigures = {
  cpuMillis: cpu.slice(-20),
  checkMillis: checks.slice(-20),
  peakMB,
  total: String(total),
  clearedPercent: Number((clearedInAll * 1_000_000n) / owed) / 10_000,
};
process.stdout.write(`${JSON.stringify(figures)}\n`);
