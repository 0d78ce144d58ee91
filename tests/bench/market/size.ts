/** What a market costs that has many members and a long past. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Part, startPart } from '../../hostile/part.ts';
import { type Effort, type Result, summarize } from '../harness.ts';

const program = new URL('./size-process.js', import.meta.url);

/** How much each member buys in an epoch. */
const ordersOfEpoch = 10;
/** Orders of which the cost is taken together. */
const ordersOfPart = 1_000;
const pages = 15;
const mebi = 2 ** 20;

type Cost = { readonly wall: number; readonly cpu: number };
type Store = { readonly rows: number; readonly bytes: number; readonly folder: number };
type Pages = Readonly<Record<'shop' | 'orders' | 'till', readonly Cost[]>>;
type Epoch = { readonly whole: Cost; readonly longest: Cost };

export type Size = { readonly members: number; readonly past: number };

/** How many members there are to so many past orders. */
const sizeOf = ({ many, rounds }: Effort): Size => {
  // Whoever runs two rounds wants to see that it works.
  const past = rounds > 2 ? many : many / 10;
  return { past, members: Math.max(20, past / 100) };
};

/** Wherever nodes tell of the longest turn. */
export const longestTurn = 'an epoch ends, the longest turn';

type Add = (name: string, unit: string, figures: readonly number[]) => void;

/** One figure of wall time and one of CPU time for each. */
const addCosts = (add: Add, name: string, costs: readonly Cost[]) => {
  add(
    name,
    'wall ms',
    costs.map(({ wall }) => wall),
  );
  add(
    name,
    'CPU ms',
    costs.map(({ cpu }) => cpu),
  );
};

const addEpoch = (add: Add, name: string, { whole, longest }: Epoch) => {
  addCosts(add, `${name}: an epoch ends, limits to audit`, [whole]);
  addCosts(add, `${name}: ${longestTurn}`, [longest]);
};

/**
 * Makes the market, or what is missing of it: each epoch all members buy and sell, then it ends. Where that was
 * interrupted, the same call goes on.
 */
const makePast = async (
  part: Part,
  { members, past }: Size,
  add: Add,
  progress: (line: string) => void,
): Promise<void> => {
  const name = (orders: number) => `${members} members, ${orders} past orders`;
  const start = await part.ask<number>('found', members);
  const young = await part.ask<Store>('store');
  progress(`${members} members, ${start} past orders are there`);
  if (start === 0) add(`${members} members: store of a member`, 'bytes', [young.bytes / members]);
  const costs: Cost[] = [];
  const inEpoch = members * ordersOfEpoch;
  for (let made = start; made < past;) {
    const until = Math.min(past, made - (made % inEpoch) + inEpoch, made + ordersOfPart);
    const { wall, cpu } = await part.ask<Cost>('trade', until);
    costs.push({ wall: wall / (until - made), cpu: cpu / (until - made) });
    made = until;
    progress(`${made} past orders, ${costs.at(-1)!.cpu.toFixed(2)} ms of CPU for each of these`);
    if (made >= past || made % inEpoch > 0) continue;
    const epoch = await part.ask<Epoch>('endEpoch');
    progress(`an epoch ended: ${epoch.whole.cpu.toFixed(0)} ms of CPU`);
    if (made === inEpoch) addEpoch(add, name(made), epoch);
  }
  if (costs.length === 0) return;
  addCosts(add, `${name(past)}: an order within a turn of the vat`, costs);
  const after = await part.ask<Store>('store');
  const made = past - start;
  for (const [what, unit, by] of [
    ['store of a past order', 'rows', after.rows - young.rows],
    ['store of a past order', 'bytes', after.bytes - young.bytes],
    ['folder of a past order', 'bytes', after.folder - young.folder],
  ] as const)
    add(`${name(past)}: ${what}`, unit, [by / made]);
};

/** What is to be seen of it by whoever comes after a restart. */
const lookAt = async (part: Part, { members, past }: Size, add: Add): Promise<void> => {
  const name = `${members} members, ${past} past orders`;
  const addPages = (when: string, shown: Pages) => {
    addCosts(add, `${name}: a page of offers, participant, ${when}`, shown.shop);
    addCosts(add, `${name}: a page of offers, till, ${when}`, shown.till);
    addCosts(add, `${name}: a page of one's orders, ${when}`, shown.orders);
  };
  const show = (from: number, times: number) => part.ask<Pages>('openPages', from, times);
  addCosts(add, `${name}: the market is loaded, after a restart`, [await part.ask<Cost>('wake')]);
  addPages('the first of all', await show(0, 1));
  addPages("a member's first", await show(1, Math.min(pages, members - 1)));
  addPages('again', await show(1, Math.min(pages, members - 1)));
  addEpoch(add, name, await part.ask<Epoch>('endEpoch'));
};

/** @param directory - where the market is made, and stays; without it, somewhere for the time being */
export const measureSize = async (
  effort: Effort,
  progress: (line: string) => void,
  { size = sizeOf(effort), directory }: { size?: Size; directory?: string } = {},
): Promise<Result[]> => {
  const folder = directory ?? mkdtempSync(join(tmpdir(), 'pocas-bench-'));
  const start = (...how: string[]) =>
    startPart(program, { flags: ['--expose-gc'], args: [join(folder, 'node'), ...how] });
  const results: Result[] = [];
  const add: Add = (name, unit, figures) =>
    void results.push(summarize(name, 'pocas', unit, [...figures]));
  const name = `${size.members} members, ${size.past} past orders`;
  const during = async (act: (part: Part) => Promise<void>, ...how: string[]) => {
    const part = await start(...how);
    try {
      await act(part);
    } finally {
      await part.stop();
    }
  };
  try {
    await during(async (part) => {
      const sample = await part.ask<Record<string, Record<string, number>>>('sample');
      for (const [way, counts] of Object.entries(sample))
        for (const [unit, figure] of Object.entries(counts))
          add(`what one ${way} order writes`, unit, [figure]);
      await makePast(part, size, add, progress);
    });
    await during(async (part) => {
      const empty = await part.ask<number>('resident');
      await lookAt(part, size, add);
      const full = await part.ask<number>('resident');
      add(`${name}: the process, after an epoch's end`, 'resident MiB', [full / mebi]);
      add(`${name}: the same without the market`, 'resident MiB', [empty / mebi]);
    });
    await during(async (part) => {
      const empty = await part.ask<number>('heap');
      await part.ask('openPages', 0, Math.min(pages, size.members));
      const full = await part.ask<number>('heap');
      add(`${name}: the market's vat, after ${pages} members came`, 'heap MiB', [
        (full - empty) / mebi,
      ]);
    }, 'inline');
    return results;
  } finally {
    if (directory === undefined) rmSync(folder, { recursive: true, force: true });
  }
};
