/**
 * `figures-process PEOPLE TIMES`: a FoCo of so many, whose value is in a market of the same node; prints what
 * joining, dividing and looking cost, as an object in JSON. Its vats run on this thread, so that one heap has all of
 * it, and what holds the loop up is a turn.
 */
import '@pocas/vat-runtime/lockdown';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import { divide, mixedWeights } from '@pocas/foco-actors/fund';
import type { FocoClaimed, FocoFounding } from '@pocas/foco-actors';
import type { MarketFounding, Participant, Steward } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { openDataDirectory, startInlineHost, startNode } from '@pocas/vat-runtime/node';
import type { HostEvents } from '@pocas/vat-runtime/node';
import { makeLeapTime } from '../../support/leap-time.ts';

/** In milliseconds, and what is no time as it is. */
export type Figures = Readonly<Record<string, readonly number[]>>;

const [people, times] = process.argv.slice(2).map(Number) as [number, number];
const week = 7 * 24 * 3_600_000;
const figures: Record<string, number[]> = {};
const add = (name: string, figure: number): void => void (figures[name] ??= []).push(figure);
const cpuMillis = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};
const heap = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
};
let requests = 0;
const next = (): string => `the bench asks ${(requests += 1)}`;
const ok = <T extends { readonly ok: boolean }>(answer: T): Extract<T, { ok: true }> => {
  if (!answer.ok) throw Error(`Cannot measure: refused (${JSON.stringify(answer)})`);
  // The line above tells the two apart.
  return answer as Extract<T, { ok: true }>;
};

const directory = mkdtempSync(join(tmpdir(), 'pocas-bench-foco-'));
const { storage, anchor, secrets } = await openDataDirectory(directory);
const time = makeLeapTime(0);
const node = await startNode({
  ...{ secrets, storage, anchor, time },
  startHost: (_place: unknown, events: HostEvents) => startInlineHost(storage, events),
  sleep: { idleMilliseconds: 10 * week, maxAwake: 10 },
  // What is measured here is how long a turn takes; on a busy machine none is to be ended for that.
  hosts: { turnMilliseconds: 120_000 },
  onFatal: (reason) => {
    process.stderr.write(`${reason}\n`);
    process.exit(1);
  },
});
const { clock, timer, grantor, enlivener } = node;
const make = async (module: string, params: object) =>
  node.makeVat({
    module: fileURLToPath(import.meta.resolve(module)),
    label: 'bench',
    powers: { clock, timer, grantor, enlivener },
    params: { ...params, secret: Buffer.alloc(32, 7).toString('base64url') } as never,
  });

const market = (await make('@pocas/market-actors/market', {
  name: 'Tianguis',
  charter: { baseLimit: 1_000_000_000n, minimumCeiling: 1_000_000_000n },
})) as Facet<MarketFounding>;
const founded = ok(await E(market).claim('Fundadora', next()));
// The casts say what a market hands to its founder.
const marketSteward = founded.cares['steward'] as unknown as Facet<Steward>;
const giver = await E(founded.participant as unknown as Facet<Participant>).account();
const root = (await make('@pocas/foco-actors/foco', { name: 'Panal' })) as Facet<FocoFounding>;
const { participant, cares } = ok(await E(root).claim('Ana', next())) as FocoClaimed;
const { purse } = ok(
  await E(cares.steward).joinMarket((await E(marketSteward).invite()) as never, next()),
);
const balance = async (): Promise<{ readonly undivided: bigint; readonly dues: bigint }> =>
  (await E(cares.auditor).view()).purses[0]!;
while ((await E(cares.steward).view()).purses[0]!.phase !== 'open') await sleep(5);

const empty = heap();
const before = cpuMillis();
const joinOne = async (number: number): Promise<void> => {
  const { invitation } = ok(await E(cares.steward).invite(next()));
  ok(await E(invitation).join(`Persona ${number}`, next()));
};
for (let number = 1; number < people; number += 50)
  await Promise.all(
    Array.from({ length: Math.min(50, people - number) }, (_, at) => joinOne(number + at)),
  );
add('joining, CPU ms each', (cpuMillis() - before) / people);

const all = await E(participant).foco();
for (let round = 0; round < times; round += 1) {
  time.leap(week);
  await sleep(100);
  const { payment } = ok(await E(giver).withdraw(BigInt(people * 10 + 7), next()));
  const held = await balance();
  ok(await E(all).give(purse, payment, next()));
  while ((await balance()).undivided === held.undivided) await sleep(5);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const [cpu, begun] = [cpuMillis(), performance.now()];
  delay.enable();
  ok(await E(participant).divide(purse, next()));
  for (;;) {
    const { undivided, dues } = await balance();
    if (undivided === 0n && dues === 0n) break;
    await sleep(5);
  }
  delay.disable();
  add('dividing, wall ms', performance.now() - begun);
  add('dividing, CPU ms', cpuMillis() - cpu);
  add('dividing, longest turn, ms', delay.max / 1e6);
  const looked = performance.now();
  await E(participant).view();
  add('a page, wall ms', performance.now() - looked);
  const reckoned = performance.now();
  const counted = Array.from({ length: people }, () => ({
    ...{ equal: 1n, contribution: 0n, hours: 0n, patronage: 0n },
  }));
  divide(BigInt(people * 10 + 7), mixedWeights({ ...counted[0]!, equal: 1n }, counted)!);
  add('reckoning alone, wall ms', performance.now() - reckoned);
}
add('heap, KiB each', ((heap() - empty) * 1_024) / people);
await node.stop();
rmSync(directory, { recursive: true, force: true });
process.stdout.write(JSON.stringify(figures));
