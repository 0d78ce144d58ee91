/**
 * Traders on two nodes pay each other by `send`, while connections between the nodes are cut, swallowed
 * and held back, and the nodes are killed. In the end each payment has happened once, in its order, or
 * has expired for both sides; and no value was made or lost.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { LINK_PATH } from '@pocas/vat-runtime/node';
import { type Random, makeRandom } from '../campaign/random.ts';
import { type Part, startPart } from '../hostile/part.ts';
import { type Cleanup, makeFolder } from '../support/cleanup.ts';
import { type Faults, type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { freePort } from '../support/port.ts';
import type { PartReport, PartSettings } from './part.ts';
import { type Asked, type TraderStatement, auditTraders } from './trader-audit.ts';
import type { SaidStatement, TraderOrder } from './trader-process.ts';
import type { Incoming, Outgoing } from './vats/trader.ts';

const program = new URL('./trader-process.js', import.meta.url);
const tradersOfNode = 2;
const lanes = 8;
const pingMilliseconds = 500;
/** Of connections, how many are cut early, at a random byte. */
const cutPart = 0.15;
const maxCutBytes = 20_000;
/** Of payments: those that can only come too late, and those that may. */
const latePart = 0.01;
const hastyPart = 0.04;
const maxHasteMillis = 300;
/** How long what is under way may take once nothing is broken any more. */
const patienceMillis = 120_000;

export type SendsSettings = PartSettings & {
  /** On how many nodes the traders are: 1 or 2. */
  readonly nodes: number;
  /** A node is killed after about so many payments; undefined for never. */
  readonly paymentsBetweenKills?: number;
  /** A connection is broken after about so many. */
  readonly paymentsBetweenCuts?: number;
};

const randomFaults = (random: Random): Faults => ({
  jitterMillis: random.below(4),
  ...(random.chance(cutPart)
    ? { cutAfterBytes: random.below(maxCutBytes), cutAs: random.chance(0.5) ? 'reset' : 'end' }
    : {}),
});

const readStatement = (said: SaidStatement): TraderStatement => {
  const read = <T>(rows: SaidStatement['outgoing']) =>
    new Map(
      rows.map(([id, { value, payer, payee, place, ...rest }]) => [
        id,
        // The cast holds: these are the rows of `vats/trader.ts`, with their bigints as texts.
        {
          ...rest,
          value: BigInt(value!),
          payer: BigInt(payer!),
          payee: BigInt(payee!),
          place: BigInt(place!),
        } as T,
      ]),
    );
  return {
    balance: BigInt(said.balance),
    outgoing: read<Outgoing>(said.outgoing),
    incoming: read<Incoming>(said.incoming),
    faults: said.faults,
  };
};

/** @param rounds - how many payments are made */
export const sendAll = async (cleanup: Cleanup, settings: SendsSettings): Promise<PartReport> => {
  const { seed, rounds, nodes: size, goesOn = () => true, progress = () => {} } = settings;
  const { paymentsBetweenKills = Infinity, paymentsBetweenCuts = Infinity } = settings;
  const random = makeRandom(seed);
  const folder = makeFolder(cleanup);
  const traders = size * tradersOfNode;
  const nodeOf = (trader: number) => Math.floor(trader / tradersOfNode);

  // ---- nodes, each dialled through a proxy ----

  const proxies: FaultProxy[] = [];
  const orders: TraderOrder[] = [];
  const parts: (Part | undefined)[] = [];
  for (let number = 0; number < size; number += 1) {
    const port = Number(await freePort());
    const proxy = await startFaultProxy(seed + number, port);
    cleanup(() => proxy.close());
    proxies.push(proxy);
    orders.push({
      directory: join(folder, String(number)),
      port,
      location: `ws://127.0.0.1:${proxy.port}${LINK_PATH}`,
      pingMilliseconds,
      traders: tradersOfNode,
    });
  }
  const start = async (number: number) => {
    const part = await startPart(program, { args: [JSON.stringify(orders[number])] });
    parts[number] = part;
    return part;
  };
  const killNode = async (number: number) => {
    const part = parts[number];
    parts[number] = undefined;
    if (part === undefined) return;
    if (!part.isOver()) process.kill(part.pid, 'SIGKILL');
    await part.stop();
  };
  cleanup(() => Promise.all(orders.map((_, number) => killNode(number))));

  const first = await Promise.all(orders.map((_, number) => start(number)));
  const refs = (await Promise.all(first.map((part) => part.ask<string[]>('payees')))).flat();
  for (const part of first) {
    for (const [number, ref] of refs.entries()) await part.ask('know', number, ref);
  }
  for (const proxy of proxies) proxy.plan((_, chance) => randomFaults(chance));

  // ---- payments, and what happens to nodes and connections meanwhile ----

  const asked: Asked[] = [];
  const violations: string[] = [];
  const count = { kills: 0, cuts: 0, swallowed: 0, held: 0, unknown: 0 };
  const isLoss = (error: unknown) =>
    /delivered: (?:no|unknown)|the process ended|ended \(/.test((error as Error).message) ||
    (error as NodeJS.ErrnoException).code === 'ERR_IPC_CHANNEL_CLOSED' ||
    (error as NodeJS.ErrnoException).code === 'EPIPE';

  const breakSomething = () => {
    for (const proxy of proxies) {
      const open = proxy.connections();
      const connection = open[random.below(Math.max(1, open.length))];
      if (connection === undefined) continue;
      const dice = random.below(10);
      if (dice < 7) {
        connection.cut(random.chance(0.7) ? 'reset' : 'end');
        count.cuts += 1;
      } else if (dice < 8) {
        connection.swallow(random.chance(0.5) ? 'both' : random.chance(0.5) ? 'up' : 'down');
        count.swallowed += 1;
      } else {
        // It arrives when a newer session may long be there.
        connection.hold();
        count.held += 1;
        setTimeout(() => connection.release(), random.below(3 * pingMilliseconds)).unref();
      }
      return;
    }
  };

  let restarting: Promise<void> = Promise.resolve();
  const killSomebody = async () => {
    const both = size > 1 && random.chance(0.3);
    const victims = both ? orders.map((_, number) => number) : [random.below(size)];
    count.kills += victims.length;
    await Promise.all(victims.map(killNode));
    await sleep(random.below(400));
    await Promise.all(victims.map(start));
  };

  const pay = async () => {
    const from = random.below(traders);
    const others = Array.from({ length: traders }, (_, number) => number).filter(
      (one) => one !== from,
    );
    const far = others.filter((one) => nodeOf(one) !== nodeOf(from));
    const choice = far.length > 0 && random.chance(0.85) ? far : others;
    const to = choice[random.below(choice.length)]!;
    const isLate = random.chance(latePart);
    const haste = random.chance(hastyPart) ? random.below(maxHasteMillis) : undefined;
    const value = 1 + random.below(9);
    const notAfter = isLate ? Date.now() - 60_000 : haste === undefined ? 0 : Date.now() + haste;
    const one: Asked = {
      ...{ id: `p${asked.length}`, from, to, value: BigInt(value), isLate },
      acknowledged: false,
    };
    const part = parts[nodeOf(from)];
    if (part === undefined) return sleep(10);
    asked.push(one);
    try {
      await part.ask(
        ...([
          'pay',
          from % tradersOfNode,
          one.id,
          String(value),
          from,
          to,
          String(notAfter),
        ] as const),
      );
      one.acknowledged = true;
    } catch (error) {
      count.unknown += 1;
      if (!isLoss(error)) {
        violations.push(`payment ${one.id}: ${(error as Error).message}`);
      }
    }
    return undefined;
  };

  const isTime = (payments: number) => payments !== Infinity && random.chance(1 / payments);
  let killing = false;
  const lane = async () => {
    while (asked.length < rounds && goesOn() && violations.length === 0) {
      await pay();
      if (isTime(paymentsBetweenCuts)) breakSomething();
      if (!killing && isTime(paymentsBetweenKills)) {
        killing = true;
        restarting = killSomebody().finally(() => (killing = false));
        restarting.catch(() => {});
      }
    }
  };
  const begun = performance.now();
  let open = Infinity;
  const telling = setInterval(() => {
    const left = open === Infinity ? '' : `, ${open} under way`;
    progress(`${asked.length} payments, ${count.kills} kills, ${count.cuts} cuts${left}`);
  }, 5000);
  telling.unref();
  await Promise.all(Array.from({ length: lanes }, lane));
  await restarting;
  const paidMillis = performance.now() - begun;

  // ---- nothing is broken any more, and all has to come to an end ----

  for (const proxy of proxies) {
    proxy.plan(() => ({}));
    for (const connection of proxy.connections()) connection.cut();
  }
  const running = parts.map((part) => part!);
  const end = performance.now() + patienceMillis;
  let statements: TraderStatement[] = [];
  const isConfirmed = () =>
    statements.every(({ incoming }) => [...incoming.values()].every((one) => one.confirmed));
  for (;;) {
    open = (await Promise.all(running.map((part) => part.ask<number>('open')))).reduce(
      (sum, one) => sum + one,
    );
    if (open === 0) {
      const said = running.flatMap((part) =>
        Array.from({ length: tradersOfNode }, (_, local) =>
          part.ask<SaidStatement>('statement', local),
        ),
      );
      statements = (await Promise.all(said)).map(readStatement);
      if (isConfirmed()) break;
    }
    if (performance.now() > end) break;
    await sleep(100);
  }
  clearInterval(telling);
  if (open > 0) violations.push(`${open} payments are under way for ever`);
  else violations.push(...auditTraders(statements, asked));
  const settlingMillis = performance.now() - begun - paidMillis;
  await Promise.all(running.map((part) => part.stop()));
  const ends = statements.flatMap(({ outgoing }) => [...outgoing.values()].map((one) => one.end));
  return {
    part: 'sends',
    figures: {
      nodes: size,
      payments: asked.length,
      acknowledged: asked.filter((one) => one.acknowledged).length,
      ...count,
      dialled: proxies.reduce((sum, proxy) => sum + proxy.counts().dialled, 0),
      cutInAll: proxies.reduce((sum, proxy) => sum + proxy.counts().cut, 0),
      settled: ends.filter((one) => one === 'settled').length,
      expired: ends.filter((one) => one === 'expired').length,
      paymentsPerSecond: Math.round((asked.length / paidMillis) * 1000),
      settlingMillis: Math.round(settlingMillis),
    },
    violations,
  };
};
