/** What a market writes for one order: the batches of one in the middle of a run. */
import { makeMemoryStorage, makeTestNode } from '@pocas/vat-runtime/testing';
import { makeBuyers } from './buy.ts';
import { found } from './found.ts';
import type { Way } from './modes.ts';

export type Row = readonly [key: string, value: string | undefined];
export type Sample = {
  /** Each is synced before the next. */
  readonly batches: readonly (readonly Row[])[];
  /** Keys that were there before: the others are those of this order alone. */
  readonly known: ReadonlySet<string>;
};

/** Orders before it, of both ways, by the same two. */
const before = 6;

export const sampleOrder = async (way: Way): Promise<Sample> => {
  const storage = makeMemoryStorage();
  const known = new Set<string>();
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
  for (let i = 0; i < before; i += 1) await buy(way, 0);
  await node.settled();
  for (const rows of batches) for (const [key] of rows) known.add(key);
  batches = [];
  await buy(way, 0);
  await node.settled();
  const seen = batches;
  await node.stop();
  return { batches: seen, known };
};
