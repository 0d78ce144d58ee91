/**
 * `size-process.js <directory> [inline]`: a node with one market that has many members and a long past.
 * Started again over the same directory it goes on with the market that is there.
 *
 * `inline`: the market's vat runs on this thread, so that one heap has all of it.
 */
import '@pocas/vat-runtime/lockdown';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { E } from '@endo/far';
import {
  type HostEvents,
  makeHostStarter,
  openDataDirectory,
  startInlineHost,
  startNode,
} from '@pocas/vat-runtime/node';
import { servePart } from '../../hostile/serve-part.ts';
import { makeLeapTime } from '../../support/leap-time.ts';
import { tillOf } from './buy.ts';
import { type Opened, enrol, open } from './found.ts';
import { sampleOrders } from './sample.ts';

const [directory = '', how] = process.argv.slice(2);
const week = 7 * 24 * 3_600_000;
/** Well below the time and the rows that a turn may take. */
const ordersOfTurn = 10;

/** How far the market's time is ahead of the machine's. */
const leapsFile = join(directory, 'leapt.json');
const leapt = existsSync(leapsFile) ? (JSON.parse(readFileSync(leapsFile, 'utf8')) as number) : 0;
const time = makeLeapTime(leapt);
let leaps = 0;
const leap = () => {
  leaps += week;
  time.leap(week);
  writeFileSync(leapsFile, JSON.stringify(leapt + leaps));
};

const { storage, anchor, storeDirectory, secrets } = await openDataDirectory(directory);
const startInline = (_place: unknown, events: HostEvents) => startInlineHost(storage, events);
const node = await startNode({
  secrets,
  storage,
  anchor,
  time,
  startHost: how === 'inline' ? startInline : makeHostStarter(storeDirectory),
  // It stays in memory once it is there, as a market does that is visited.
  sleep: { idleMilliseconds: 2 * week, maxAwake: 10 },
  // What is measured here is how long a turn takes; on a busy machine none is to be ended for that.
  hosts: { turnMilliseconds: 120_000 },
  onFatal: (reason) => {
    process.stderr.write(`${reason}\n`);
    process.exit(1);
  },
});
// The cast holds: this program keeps nothing else.
let opened = node.getProgram() as Opened | undefined;
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

/** In milliseconds; the CPU time is that of all threads of this process. */
type Cost = { readonly wall: number; readonly cpu: number };
const costOf = async (act: () => Promise<unknown>): Promise<Cost> => {
  const before = process.cpuUsage();
  const begun = performance.now();
  await act();
  const wall = performance.now() - begun;
  const { user, system } = process.cpuUsage(before);
  return { wall, cpu: (user + system) / 1_000 };
};

/** Opens pages of members, one after the other. */
const openPages = async (from: number, times: number) => {
  const shop: Cost[] = [];
  const orders: Cost[] = [];
  const till: Cost[] = [];
  const window = await tillOf(opened!.founded.cares.marketPublic);
  for (let i = 0; i < times; i += 1) {
    const [trader] = await E(market()).traders(BigInt(from + i), 1n);
    shop.push(await costOf(() => E(trader!.shop).view()));
    orders.push(await costOf(() => E(trader!.orders).view()));
    till.push(await costOf(() => E(window).view()));
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
  const waits: Cost[] = [];
  let over = false;
  const whole = await costOf(async () => {
    leap();
    const calling = (async () => {
      while (!over) {
        waits.push(await costOf(() => E(market()).ping()));
        await sleep(1);
      }
    })();
    while (!(await isAudited())) await sleep(20);
    over = true;
    await calling;
  });
  const [longest] = waits.toSorted((one, other) => other.wall - one.wall);
  return { whole, longest: longest! };
};

servePart(
  {
    /** Founds the market, and lets in who is missing. @returns how many orders there were */
    async found(members: number) {
      if (opened === undefined) {
        opened = await open(node);
        node.setProgram(opened);
      }
      await enrol(market(), members);
      await node.settled();
      return Number(await E(market()).ping());
    },
    /** Makes orders until there are so many. */
    async trade(until: number) {
      const from = Number(await E(market()).ping());
      return costOf(async () => {
        // Some are under way, so that the vat does not wait for the disk.
        const asked: Promise<unknown>[] = [];
        for (let made = from; made < until; made += ordersOfTurn) {
          const count = Math.min(ordersOfTurn, until - made);
          asked.push(E(market()).trade(BigInt(count)));
          if (asked.length > 4) await asked.shift();
        }
        await Promise.all(asked);
      });
    },
    /** Whoever comes first after a restart waits for the market to be loaded. */
    wake: () => costOf(() => E(market()).ping()),
    openPages,
    endEpoch,
    resident: () => process.memoryUsage().rss,
    /** What is alive, where all runs on this thread. `--expose-gc` is among the flags. */
    async heap() {
      for (let i = 0; i < 4; i += 1) {
        (globalThis as { gc?: () => void }).gc!();
        await sleep(50);
      }
      return process.memoryUsage().heapUsed;
    },
    /** Rows and their bytes, and what the folder takes: LevelDB compresses, and has a log. */
    async store() {
      await node.settled();
      let rows = 0;
      let bytes = 0;
      for (let after = ''; ;) {
        const page = await storage.list('', { after, limit: 10_000 });
        rows += page.length;
        for (const [key, value] of page) bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
        if (page.length === 0) break;
        after = page.at(-1)![0];
      }
      return { rows, bytes, folder: inFolder(storeDirectory) };
    },
    async sample() {
      const counts = [...(await sampleOrders())].map(([way, { batches }]) => {
        const rows = batches.flat();
        const bytes = rows.reduce((sum, [key, value = '']) => sum + key.length + value.length, 0);
        return [way, { batches: batches.length, rows: rows.length, bytes }] as const;
      });
      return Object.fromEntries(counts);
    },
  },
  () => node.stop(),
);
