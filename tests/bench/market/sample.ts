/** What a market writes for one order: the batches of one in the middle of a run. */
import { makeMemoryStorage, makeTestNode } from '@pocas/vat-runtime/testing';
import { makeBuyers } from './buy.ts';
import { found } from './found.ts';
import { type Way, ways } from './modes.ts';

export type Row = readonly [key: string, value: string | undefined];
export type Sample = {
  /** Each is synced before the next. */
  readonly batches: readonly (readonly Row[])[];
  /** Keys that were there before: the others are those of this order alone. */
  readonly known: ReadonlySet<string>;
};

/** Orders before them, of both ways, by the same two. */
const before = 2;

export const sampleOrders = async (): Promise<ReadonlyMap<Way, Sample>> => {
  const storage = makeMemoryStorage();
  let batches: (readonly Row[])[] = [];
  const node = await makeTestNode({
    storage: {
      ...storage,
      async write(rows) {
        batches.push([...rows]);
        return storage.write(rows);
      },
    },
    print: () => {},
  });
  const { market, founded } = await found(node, 2);
  const buy = await makeBuyers(market, founded.cares.marketPublic);
  for (let i = 0; i < before; i += 1) for (const way of ways) await buy(way, 0);
  const samples = new Map<Way, Sample>();
  const known = new Set<string>();
  const take = async () => {
    await node.settled();
    const taken = batches;
    batches = [];
    return taken;
  };
  for (const way of ways) {
    for (const rows of await take()) for (const [key] of rows) known.add(key);
    await buy(way, 0);
    const seen = await take();
    samples.set(way, { batches: seen, known: new Set(known) });
    for (const rows of seen) for (const [key] of rows) known.add(key);
  }
  await node.stop();
  return samples;
};
