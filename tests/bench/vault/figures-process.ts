/**
 * Measures one thing and prints its figures, as an object in JSON: `figures-process WHAT BUDGET MEMBERS NEEDED`,
 * where BUDGET is in milliseconds for each subject.
 */
import { type SealingSubject, sealingSubjects } from './subjects.ts';

/** In milliseconds. */
export type Cost = { readonly cpu: readonly number[]; readonly wall: readonly number[] };
export type Costs = Readonly<Record<string, Cost>>;

const [, , what, budgetText, membersText, neededText] = process.argv;
const budget = Number(budgetText);
const [members, needed] = [Number(membersText), Number(neededText)];

const cpuMillis = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

/** Everybody in turn until the budget is spent, a third of it for warming up. */
const measure = async (
  acts: Readonly<Record<string, () => Promise<void> | void>>,
): Promise<Costs> => {
  const costs: Record<string, { cpu: number[]; wall: number[] }> = {};
  const until = Object.keys(acts).length * budget;
  for (let spent = 0, time = 0; time < 2 || spent < until; time += 1) {
    const isWarm = time > 0 && spent >= until / 3;
    for (const [name, act] of Object.entries(acts)) {
      const cost = (costs[name] ??= { cpu: [], wall: [] });
      const [cpu, wall] = [cpuMillis(), performance.now()];
      await act();
      const [tookCpu, tookWall] = [cpuMillis() - cpu, performance.now() - wall];
      spent += tookWall;
      if (!isWarm) continue;
      cost.cpu.push(tookCpu);
      cost.wall.push(tookWall);
    }
    // Never without a figure, however slow.
    if (!isWarm && spent >= until) spent = until - 1;
  }
  return costs;
};

const sealing = async (names: readonly SealingSubject[]): Promise<Costs> => {
  const { sealBy } = await import('./sealing.ts');
  return measure(
    Object.fromEntries(names.map((name) => [name, () => sealBy[name](sealingSubjects[name])])),
  );
};

const keys = async (): Promise<Costs> => {
  const { frostPart, groupOf, handOn, openingOf, takePart } = await import('./keys.ts');
  const group = groupOf(members, needed);
  const made = group.secretKeys.slice(0, needed).map((_, at) => takePart(group, at));
  const { key } = made[0]!;
  const shares = made.map(({ share }) => share);
  const { next, dealOf } = handOn(group, key, shares);
  const handed = { ...group, run: next, dealings: shares.map((_, at) => dealOf(at)) };
  return measure({
    opening: openingOf(key, shares),
    'making: deal': () => void groupOf(members, needed),
    'making: take part': () => void takePart(group, 0),
    'making: by noble': frostPart(members, needed),
    'handing on: deal': () => void dealOf(0),
    'handing on: take part': () => void takePart(handed, members - 1),
  });
};

const measures: Readonly<Record<string, () => Promise<Costs>>> = {
  sealing: () => sealing(['pocas', 'node:crypto']),
  // What it does in JavaScript is several times slower where objects are frozen, which is not its fault.
  age: () => sealing(['age-encryption']),
  keys,
};
// Ours run as they do in the program.
if (what !== 'age') await import('@pocas/vat-runtime/lockdown');
const costs = await measures[what!]!();
process.stdout.write(`${JSON.stringify(costs)}\n`);
