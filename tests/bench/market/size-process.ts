/** `size-process.js <directory>`: a node with one market that has many members and a long past. */
import '@pocas/vat-runtime/lockdown';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { E } from '@endo/far';
import { openDataDirectory, startNode, makeHostStarter } from '@pocas/vat-runtime/node';
import { servePart } from '../../hostile/serve-part.ts';
import { makeLeapTime } from '../../support/leap-time.ts';
import { tillOf } from './buy.ts';
import { type Opened, found } from './found.ts';
import { ways } from './modes.ts';
import { sampleOrder } from './sample.ts';

const [directory = ''] = process.argv.slice(2);
const week = 7 * 24 * 3_600_000;
const time = makeLeapTime(0);
const { storage, anchor, storeDirectory, secrets } = await openDataDirectory(directory);
const node = await startNode({
  secrets,
  storage,
  anchor,
  time,
  startHost: makeHostStarter(storeDirectory),
  onFatal: (reason) => {
    process.stderr.write(`${reason}\n`);
    process.exit(1);
  },
});

let opened: Opened | undefined;
let members = 1n;
const market = () => opened!.market;

const inFolder = (folder: string): number =>
  readdirSync(folder, { withFileTypes: true }).reduce(
    (sum, entry) =>
      sum +
      (entry.isDirectory()
        ? inFolder(join(folder, entry.name))
        : statSync(join(folder, entry.name)).size),
    0,
  );

const wallOf = async (act: () => Promise<unknown>): Promise<number> => {
  const begun = performance.now();
  await act();
  return performance.now() - begun;
};

/** Opens pages of members who have not opened any yet. */
let visited = 0n;
const openPages = async (times: number) => {
  const shop: number[] = [];
  const orders: number[] = [];
  const till: number[] = [];
  const window = await tillOf(opened!.founded.cares.marketPublic);
  for (let i = 0; i < times; i += 1) {
    const [trader] = await E(market()).traders(visited % members, 1n);
    visited += 1n;
    shop.push(await wallOf(() => E(trader!.shop).view()));
    orders.push(await wallOf(() => E(trader!.orders).view()));
    till.push(await wallOf(() => E(window).view()));
  }
  return { shop, orders, till };
};

/** Lets an epoch end, and calls the market all the time: whoever waits longest, waits for the longest turn. */
const endEpoch = async () => {
  const journal = await E(opened!.founded.cares.marketPublic).journal();
  let { number: last } = await E(journal).head();
  const isAudited = async () => {
    const entries = await E(journal).entries(last + 1n, last + 200n);
    last += BigInt(entries.length);
    for (const entry of entries) {
      if (!('kind' in entry)) continue;
      if (entry.kind === 'audit') return true;
      if (entry.kind === 'epoch step failed') throw Error('Cannot measure: a step failed');
    }
    return false;
  };
  const waits: number[] = [];
  let over = false;
  const calling = (async () => {
    while (!over) {
      waits.push(await wallOf(() => E(market()).ping()));
      await sleep(1);
    }
  })();
  const begun = performance.now();
  time.leap(week);
  while (!(await isAudited())) await sleep(20);
  const wall = performance.now() - begun;
  over = true;
  await calling;
  return { wall, longest: Math.max(...waits) };
};

servePart(
  {
    async found(count: number) {
      opened = await found(node, count);
      members = BigInt(count);
      await node.settled();
    },
    /** @returns how long it took, in milliseconds */
    trade: (orders: number) => wallOf(() => E(market()).trade(BigInt(orders))),
    openPages,
    endEpoch,
    async memory() {
      for (let i = 0; i < 4; i += 1) {
        // `--expose-gc` is among the flags.
        (globalThis as { gc?: () => void }).gc!();
        await sleep(50);
      }
      return process.memoryUsage().rss;
    },
    /** Rows and their bytes, and what the folder takes: LevelDB compresses, and has a log. */
    async store() {
      await node.settled();
      const rows = await storage.list('');
      const bytes = rows.reduce(
        (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
        0,
      );
      return { rows: rows.length, bytes, folder: inFolder(storeDirectory) };
    },
    async sample() {
      const found = new Map<string, { batches: number; rows: number; bytes: number }>();
      for (const way of ways) {
        const { batches } = await sampleOrder(way);
        const rows = batches.flat();
        const bytes = rows.reduce((sum, [key, value = '']) => sum + key.length + value.length, 0);
        found.set(way, { batches: batches.length, rows: rows.length, bytes });
      }
      return Object.fromEntries(found);
    },
  },
  () => node.stop(),
);
