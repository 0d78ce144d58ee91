/**
 * Nodes in processes of their own, behind proxies: killed and started again, parted and joined, frozen
 * and gone on. Every call settles, and references work again by themselves.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { LINK_PATH } from '@pocas/vat-runtime/node';
import { type Cleanup, makeFolder } from '../support/cleanup.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { freePort } from '../support/port.ts';
import { until } from '../support/until.ts';
import { type LinkedNode, startLinkedNode } from './node.ts';
import { pairsOf } from './mesh.ts';
import type { PartReport } from './part.ts';

export type Company = {
  readonly nodes: LinkedNode[];
  /** Through which one dials the other. */
  proxy(from: number, to: number): FaultProxy;
  proxies(): readonly FaultProxy[];
  /** Starts one again on what it has kept. */
  restart(number: number): Promise<LinkedNode>;
};

export type CompanyOptions = {
  readonly size: number;
  readonly seed: number;
  readonly pingMilliseconds: number;
};

/** Nodes of which each knows each other, by its number. */
export const startCompany = async (
  cleanup: Cleanup,
  { size, seed, pingMilliseconds }: CompanyOptions,
): Promise<Company> => {
  const folder = makeFolder(cleanup);
  const proxies = new Map<string, FaultProxy>();
  const nodes: LinkedNode[] = [];
  const ports: number[] = [];
  while (ports.length < size) {
    const port = Number(await freePort());
    if (!ports.includes(port)) ports.push(port);
  }
  const locationOf = (port: number) => `ws://127.0.0.1:${port}${LINK_PATH}`;
  for (const [from, to] of pairsOf(size)) {
    const proxy = await startFaultProxy(seed + from * size + to, ports[to]);
    cleanup(() => proxy.close());
    proxies.set(`${from} ${to}`, proxy);
  }
  const between = (from: number, to: number) => proxies.get(`${from} ${to}`)!;
  for (const [number, port] of ports.entries()) {
    const others = [...ports.entries()].filter(([other]) => other !== number);
    const routes = Object.fromEntries(
      others.map(([other, its]) => [locationOf(its), between(number, other).location]),
    );
    const directory = join(folder, String(number));
    nodes.push(await startLinkedNode(cleanup, { directory, port, routes, pingMilliseconds }));
  }
  for (const node of nodes) {
    for (const [number, other] of nodes.entries()) {
      if (other !== node) await node.know(String(number), other.sturdyRef);
    }
  }
  return {
    nodes,
    proxy: between,
    proxies: () => [...proxies.values()],
    async restart(number) {
      nodes[number] = await startLinkedNode(cleanup, nodes[number]!.order);
      return nodes[number]!;
    },
  };
};

/** How a call ended. */
export type Ending = { readonly millis: number; readonly failure: string | undefined };

/** Nothing that ends at all takes as long. */
const hangMillis = 60_000;

export const timed = async (call: Promise<unknown>): Promise<Ending> => {
  const start = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const hanging = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Error(`it hangs, after ${hangMillis} ms`)), hangMillis);
  });
  const failure = await Promise.race([call, hanging]).then(
    () => undefined,
    (error: unknown) => (error as Error).message,
  );
  clearTimeout(timer);
  return { millis: Math.round(performance.now() - start), failure };
};

/** What every call that failed must say: whether it was delivered. */
const isTold = ({ failure }: Ending): boolean =>
  failure === undefined || /delivered: (?:no|unknown|failed)/.test(failure);

export const endingsOf = (endings: readonly Ending[], mostMillis: number): string[] => [
  ...endings
    .filter((ending) => !isTold(ending))
    .map(({ failure }) => `a call failed without saying whether it was delivered: ${failure}`),
  ...endings
    .filter(({ millis }) => millis > mostMillis)
    .map(({ millis }) => `a call took ${millis} ms to settle`),
];

/** A dial that nobody answers takes 5 s, a handshake 10 s, at most; and what is silent is noticed. */
export const patienceForSilence = (pingMilliseconds: number): number =>
  3 * pingMilliseconds + 16_000;

/**
 * One node of several is frozen, as by a machine that stands still, and goes on later.
 * Everybody calls it, and it calls everybody, all the while.
 */
export const freeze = async (
  cleanup: Cleanup,
  options: CompanyOptions & { readonly millis: number },
): Promise<PartReport> => {
  const { size, millis, pingMilliseconds } = options;
  const company = await startCompany(cleanup, options);
  const [frozen, ...others] = company.nodes as [LinkedNode, ...LinkedNode[]];
  for (const other of others) await other.add('0');
  const endings: Ending[] = [];
  const answered = others.map(() => 1);
  let over = false;
  const calling = others.map(async (other, index) => {
    while (!over) {
      const ending = await timed(other.add('0'));
      endings.push(ending);
      if (ending.failure === undefined) answered[index]! += 1;
      await sleep(20);
    }
  });
  await sleep(100);
  frozen.signal('SIGSTOP');
  await sleep(millis);
  const failedMeanwhile = endings.filter(({ failure }) => failure !== undefined).length;
  frozen.signal('SIGCONT');
  const thawed = performance.now();
  for (const [index] of others.entries()) {
    const before = answered[index]!;
    await until('a call that is answered again', () => answered[index]! > before);
  }
  const backMillis = Math.round(performance.now() - thawed);
  over = true;
  await Promise.all(calling);
  const back = await Promise.all(others.map((_, index) => timed(frozen.add(String(index + 1)))));
  const violations = endingsOf([...endings, ...back], patienceForSilence(pingMilliseconds));
  for (const { failure } of back) {
    if (failure !== undefined) violations.push(`the frozen node cannot call: ${failure}`);
  }
  const count = await frozen.count();
  const sum = answered.reduce((all, one) => all + one, 0);
  // A call whose answer was lost may have been carried out; none is, twice.
  if (count < sum || count > sum + endings.filter(({ failure }) => failure !== undefined).length) {
    violations.push(`${sum} calls were answered, and ${count} carried out`);
  }
  return {
    part: 'frozen',
    figures: {
      nodes: size,
      frozenMillis: millis,
      calls: endings.length,
      failedMeanwhile,
      longestCallMillis: Math.max(...endings.map((one) => one.millis)),
      backMillis,
    },
    violations,
  };
};

/**
 * A node is killed and started again while the other side of its session hears nothing of it: to that
 * one the old session is still open. The new one takes its place at once, and not when a ping is missed.
 */
export const replace = async (
  cleanup: Cleanup,
  options: { readonly seed: number; readonly rounds: number },
): Promise<PartReport> => {
  // So long that no ping can have shown anything.
  const company = await startCompany(cleanup, { ...options, size: 2, pingMilliseconds: 600_000 });
  const violations: string[] = [];
  const waits: number[] = [];
  let added = 0;
  for (let round = 0; round < options.rounds; round += 1) {
    const [a, b] = company.nodes as [LinkedNode, LinkedNode];
    await b.add('0');
    added += 1;
    for (const proxy of company.proxies()) {
      for (const connection of proxy.connections()) connection.swallow();
    }
    await b.kill();
    if (!(await a.isLinked(b.designator))) violations.push('the other side was told of the kill');
    // This one waits in the old session, and has to be told when that is replaced.
    const waiting = timed(a.add('1'));
    const start = performance.now();
    const again = await company.restart(1);
    const call = await timed(again.add('0'));
    if (call.failure !== undefined) violations.push(`the new session fails: ${call.failure}`);
    else added += 1;
    const { failure } = await waiting;
    waits.push(Math.round(performance.now() - start));
    if (failure === undefined || !/delivered: unknown/.test(failure)) {
      violations.push(`a call in the old session ended with: ${failure ?? 'an answer'}`);
    }
    const back = await timed(a.add('1'));
    if (back.failure !== undefined) violations.push(`calls back fail: ${back.failure}`);
    if ((await a.links()) !== 1) violations.push(`there are ${await a.links()} links`);
  }
  const count = await company.nodes[0]!.count();
  if (count !== added) violations.push(`${added} calls were answered, and ${count} carried out`);
  return {
    part: 'replaced',
    figures: { rounds: options.rounds, longestMillis: Math.max(...waits) },
    violations,
  };
};

/**
 * Two groups that hear nothing of each other for a while; each goes on by itself. Then they do again.
 * Everybody calls everybody all the while.
 */
export const part = async (
  cleanup: Cleanup,
  options: CompanyOptions & { readonly millis: number },
): Promise<PartReport> => {
  const { size, millis, pingMilliseconds } = options;
  const company = await startCompany(cleanup, options);
  const isHere = (number: number) => number < size / 2;
  const lanes = pairsOf(size).map(([from, to]) => ({
    ...{ from, to, across: isHere(from) !== isHere(to), answered: 0 },
    endings: [] as Ending[],
  }));
  let over = false;
  const calling = lanes.map(async (lane) => {
    while (!over) {
      const ending = await timed(company.nodes[lane.from]!.add(String(lane.to)));
      lane.endings.push(ending);
      if (ending.failure === undefined) lane.answered += 1;
      await sleep(20);
    }
  });
  await until('the first calls', () => lanes.every(({ answered }) => answered > 0));
  const across = lanes.filter((lane) => lane.across);
  for (const { from, to } of across) {
    company.proxy(from, to).plan(() => ({ swallowAfterBytes: 0 }));
    for (const connection of company.proxy(from, to).connections()) connection.swallow();
  }
  // What was answered before may still be on its way to us.
  await sleep(100);
  const before = lanes.map(({ answered }) => answered);
  await sleep(millis);
  const violations: string[] = [];
  const meanwhile = lanes.map(({ answered }, index) => answered - before[index]!);
  const noticed = lanes.map(({ endings: all, answered }) => all.length > answered);
  lanes.forEach((lane, index) => {
    const name = `from ${lane.from} to ${lane.to}`;
    if (lane.across && meanwhile[index]! > 0) violations.push(`a call ${name} was answered`);
    if (lane.across && !noticed[index]!) violations.push(`a call ${name} did not end meanwhile`);
    if (!lane.across && meanwhile[index]! === 0) violations.push(`no call ${name} was answered`);
  });
  for (const { from, to } of across) {
    company.proxy(from, to).plan(() => ({}));
    for (const connection of company.proxy(from, to).connections()) connection.cut();
  }
  const healed = performance.now();
  const then = lanes.map(({ answered }) => answered);
  await until('calls between all', () =>
    lanes.every(({ answered }, index) => answered > then[index]!),
  );
  const backMillis = Math.round(performance.now() - healed);
  over = true;
  await Promise.all(calling);
  const endings = lanes.flatMap((lane) => lane.endings);
  violations.push(...endingsOf(endings, patienceForSilence(pingMilliseconds)));
  for (const to of company.nodes.keys()) {
    const count = await company.nodes[to]!.count();
    const ofIt = lanes.filter((lane) => lane.to === to);
    const least = ofIt.reduce((sum, { answered }) => sum + answered, 0);
    const most = ofIt.reduce((sum, lane) => sum + lane.endings.length, 0);
    if (count < least || count > most) {
      violations.push(`node ${to} answered ${least} of ${most} calls, and carried out ${count}`);
    }
  }
  return {
    part: 'parted',
    figures: {
      nodes: size,
      partedMillis: millis,
      calls: endings.length,
      failed: endings.filter(({ failure }) => failure !== undefined).length,
      longestCallMillis: Math.max(...endings.map((one) => one.millis)),
      backMillis,
    },
    violations,
  };
};
