/**
 * Measures one thing and prints its figures, as an object in JSON: `figures-process WHAT BUDGET MEMBERS NEEDED`,
 * where BUDGET is in milliseconds for each subject.
 */
import '@pocas/vat-runtime/lockdown';
import { frostPart, groupOf, handOn, openingOf, takePart } from './keys.ts';
import { sealBy } from './sealing.ts';
import { sealingNames, sealingSubjects } from './subjects.ts';

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

const sealing = (): Promise<Costs> =>
  measure(
    Object.fromEntries(
      sealingNames.map((name) => [name, () => sealBy[name](sealingSubjects[name])]),
    ),
  );

const keys = async (): Promise<Costs> => {
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

const costs = await (what === 'sealing' ? sealing() : keys());
process.stdout.write(`${JSON.stringify(costs)}\n`);
