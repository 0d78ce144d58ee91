/** What a market costs that has many members and a long past. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPart } from '../../hostile/part.ts';
import { type Effort, type Result, summarize } from '../harness.ts';

const program = new URL('./size-process.js', import.meta.url);

/** Of one turn: well below the time that a turn may take. */
const ordersOfTurn = 10;
const pages = 15;

type Store = { readonly rows: number; readonly bytes: number; readonly folder: number };
type Pages = Readonly<Record<'shop' | 'orders' | 'till', readonly number[]>>;
type Epoch = { readonly wall: number; readonly longest: number };

/** How many members there are to so many past orders. */
const sizesOf = ({ many, rounds }: Effort) => {
  // Whoever runs two rounds wants to see that it works.
  const past = rounds > 2 ? many : many / 10;
  return { past, members: Math.max(20, past / 100) };
};

/** Wherever nodes tell of the longest turn. */
export const longestTurn = 'an epoch ends, the longest turn';

export const measureSize = async (
  effort: Effort,
  progress: (line: string) => void,
  { past, members } = sizesOf(effort),
): Promise<Result[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'pocas-bench-'));
  const part = await startPart(program, { flags: ['--expose-gc'], args: [join(folder, 'node')] });
  try {
    const results: Result[] = [];
    const add = (name: string, unit: string, figures: readonly number[]) =>
      void results.push(summarize(name, 'pocas', unit, [...figures]));

    const sample = await part.ask<Record<string, Record<string, number>>>('sample');
    for (const [way, counts] of Object.entries(sample))
      for (const [unit, figure] of Object.entries(counts))
        add(`what one ${way} order writes`, unit, [figure]);

    const empty = await part.ask<number>('memory');
    await part.ask('found', members);
    progress(`${members} members`);
    const young = await part.ask<Store>('store');
    const youngMemory = await part.ask<number>('memory');
    const name = (orders: number) => `${members} members, ${orders} past orders`;
    const walls: number[] = [];
    const measure = async (orders: number) => {
      const shown = await part.ask<Pages>('openPages', pages);
      add(`${name(orders)}: a page of offers, participant`, 'wall ms', shown.shop);
      add(`${name(orders)}: a page of offers, till`, 'wall ms', shown.till);
      add(`${name(orders)}: a page of one's orders`, 'wall ms', shown.orders);
      const { wall, longest } = await part.ask<Epoch>('endEpoch');
      add(`${name(orders)}: an epoch ends, limits to audit`, 'wall ms', [wall]);
      add(`${name(orders)}: ${longestTurn}`, 'wall ms', [longest]);
    };
    // One each, so that there is something to count.
    for (let made = 0; made < members; made += ordersOfTurn)
      await part.ask('trade', Math.min(ordersOfTurn, members - made));
    await measure(members);
    const before = await part.ask<Store>('store');
    for (let made = members; made < past; made += ordersOfTurn) {
      const orders = Math.min(ordersOfTurn, past - made);
      walls.push((await part.ask<number>('trade', orders)) / orders);
      if (walls.length % 100 === 0) progress(`${made + orders} past orders`);
    }
    progress(`${past} past orders`);
    const after = await part.ask<Store>('store');
    const memory = await part.ask<number>('memory');
    await measure(past);
    const mebi = 2 ** 20;
    const long = name(past);
    add(`${long}: an order within a turn of the vat`, 'wall ms', walls);
    add(`${members} members: store of a member`, 'bytes', [young.bytes / members]);
    add(`${members} members: the process`, 'resident MiB', [(youngMemory - empty) / mebi]);
    add(`${long}: the process`, 'resident MiB', [(memory - empty) / mebi]);
    const made = past - members;
    add(`${long}: store of a past order`, 'rows', [(after.rows - before.rows) / made]);
    add(`${long}: store of a past order`, 'bytes', [(after.bytes - before.bytes) / made]);
    add(`${long}: folder of a past order`, 'bytes', [(after.folder - before.folder) / made]);
    return results;
  } finally {
    await part.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};
