import {
  type TestNodeOptions,
  makeManualTime,
  makeMemoryStorage,
  makeTestNode,
} from '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { type StartHost, startInlineHost } from '@pocas/vat-runtime/node';
import type { Storage } from '#src/store/storage.js';
import type { HostCommand } from '#src/vat/host.js';
import { connectClient, fixture, sleep, start, until, withFolder } from '../node/nodes.ts';

type Any = any;

const idle = 1000;

/** Hosts on this thread, of which the newest can be kept from carrying out anything more, and ended. */
const makeBreakable = () => {
  let frozen = false;
  let waiting: HostCommand[] = [];
  let end = () => {};
  return {
    startHost:
      (storage: Storage): StartHost =>
      (_place, events) => {
        let isOver = false;
        const unlessOver =
          <T extends unknown[]>(body: (...args: T) => void) =>
          (...args: T) => {
            if (!isOver) body(...args);
          };
        const inner = startInlineHost(storage, {
          onReady: unlessOver(events.onReady),
          onReport: unlessOver(events.onReport),
          onCarriedOut: unlessOver(events.onCarriedOut),
          onEnd: unlessOver(events.onEnd),
        });
        end = () => {
          isOver = true;
          frozen = false;
          waiting = [];
          events.onEnd({ reason: 'the test ended it', isFault: false });
        };
        return {
          ...inner,
          command(command) {
            if (frozen) waiting.push(command);
            else inner.command(command);
          },
        };
      },
    freeze: () => void (frozen = true),
    /** What it was told since, and did not do. */
    waiting: () => waiting.map(({ type }) => type),
    end: () => end(),
  };
};

const make = async (options: TestNodeOptions = {}) => {
  const time = makeManualTime();
  const breakable = makeBreakable();
  const storage = makeMemoryStorage();
  const lines: string[] = [];
  const node = await makeTestNode({
    storage,
    time,
    startHost: breakable.startHost(storage),
    sleep: { idleMilliseconds: idle, maxAwake: 100 },
    print: (line) => void lines.push(line),
    ...options,
  });
  const makeCounter = () =>
    node.makeVat({ module: fixture('counter'), label: 'c', params: { start: 0n } }) as Promise<Any>;
  const makeSender = () =>
    node.makeVat({
      module: fixture('sender'),
      label: 's',
      powers: { clock: node.clock, timer: node.timer },
    }) as Promise<Any>;
  return { node, time, breakable, lines, makeCounter, makeSender };
};

test('a host that ends while a vat is put to sleep: what waited for the vat is carried out in the next', async () => {
  const { node, time, breakable, makeCounter } = await make();
  const counter = await makeCounter();
  await E(counter).add(1n);
  await node.rest();
  breakable.freeze();
  time.pass(2 * idle);
  assert.deepEqual(breakable.waiting().slice(-1), ['unload']);
  const added = E(counter).add(2n);
  await node.rest();
  breakable.end();
  assert.equal(await added, 3n);
  assert.equal(node.counts().vats, 1);
  await node.stop();
});

test('a host that ends while a vat is loaded: the call was not delivered, and the next one is', async () => {
  const { node, time, breakable, makeCounter } = await make();
  const counter = await makeCounter();
  await E(counter).add(1n);
  await node.rest();
  time.pass(2 * idle);
  await node.rest();
  assert.equal(node.counts().vats, 0);
  breakable.freeze();
  const added = E(counter).add(2n) as Promise<bigint>;
  added.catch(() => {});
  await node.rest();
  assert.ok(breakable.waiting().includes('load'));
  breakable.end();
  await assert.rejects(added, /Cannot deliver call: its host was stopped \(delivered: no\)/);
  assert.equal(await E(counter).add(4n), 5n);
  await node.stop();
});

test('a host that ends while a vat is made: its maker is told, and makes another', async () => {
  const { node, time, breakable, makeCounter } = await make();
  breakable.freeze();
  const made = makeCounter();
  made.catch(() => {});
  await node.rest();
  await until(() => breakable.waiting().includes('deliver'));
  breakable.end();
  await assert.rejects(made, /delivered: no/);
  // It did nothing at all, so the next is not started at once.
  await assert.rejects(makeCounter(), /its host does not start \(delivered: no\)/);
  time.pass(100);
  assert.equal(await E(await makeCounter()).add(1n), 1n);
  await node.stop();
});

test('what a vat owes, also to another in its host, is answered as unknown when the host ends', async () => {
  const { node, breakable, makeCounter } = await make();
  const [a, b] = [await makeCounter(), await makeCounter()];
  const version = await E(b).next(undefined);
  const open = [E(b).next(version), E(a).tell(b, 'later', false), E(E(b).make()).next('x')];
  const direct = E(b).next(version) as Promise<string>;
  for (const one of [...open, direct]) (one as Promise<unknown>).catch(() => {});
  await node.rest();
  breakable.end();
  await assert.rejects(direct, /its host was stopped \(delivered: unknown\)/);
  assert.equal(await E(a).add(1n), 1n);
  assert.equal(await E(b).add(1n), 1n);
  await Promise.allSettled(open);
  await node.stop();
});

test('items that a host was given are given again to the next, and happen once', async () => {
  const { node, breakable, makeSender } = await make();
  const [a, b] = [await makeSender(), await makeSender()];
  // More than a vat is given at once.
  await E(a).sayMany(b, 0, 100);
  await node.rest();
  await E(a).sayMany(b, 100, 150);
  breakable.freeze();
  await node.rest();
  breakable.end();
  await node.rest();
  assert.deepEqual(
    await E(b).log(),
    Array.from({ length: 150 }, (_, i) => `${i}`),
  );
  await node.stop();
});

test('whatever moment a host ends in, what was answered is there, and what was sent happens once', async () => {
  const { node, time, breakable, lines, makeCounter, makeSender } = await make({
    sleep: { idleMilliseconds: 1e9, maxAwake: 100 },
  });
  const counter = await makeCounter();
  const [a, b] = [await makeSender(), await makeSender()];
  let least = 0n;
  let most = 0n;
  let said = 0;
  for (let hops = 0; hops < 40; hops += 1) {
    const added = E(counter)
      .add(1n)
      .then(
        () => 'done',
        (error: Error) => error.message,
      ) as Promise<string>;
    const sent = E(a)
      .say(b, `${hops}`, { answer: false })
      .then(
        () => true,
        () => false,
      ) as Promise<boolean>;
    for (let i = 0; i < hops; i += 1) await (i % 4 === 3 ? new Promise(setImmediate) : null);
    breakable.end();
    const outcome = await added;
    if (outcome === 'done') least += 1n;
    if (!/delivered: no/.test(outcome)) most += 1n;
    if (await sent) said += 1;
    // Past the pause after a host that ended soon.
    time.pass(60_000);
    await node.rest();
  }
  const count = (await E(counter).get()) as bigint;
  assert.ok(least <= count && count <= most, `${least} <= ${count} <= ${most}`);
  assert.ok(least > 0n && most < 40n, 'all ended at one point');
  await node.rest();
  const log = (await E(b).log()) as string[];
  assert.equal(new Set(log).size, log.length);
  assert.ok(log.length >= said);
  assert.ok(lines.every((line) => /ended: the test ended it/.test(line)));
  await node.stop();
});

test('a party whose calls were lost with a host may make others: its credit comes back', (t) =>
  withFolder(async (folder) => {
    const breakable = makeBreakable();
    const node = await start(folder, { hostsOver: breakable.startHost, print: () => {} });
    t.after(() => node.stop());
    const counter: Any = await node.makeVat({
      module: fixture('counter'),
      label: 'c',
      params: { start: 0n },
    });
    const session = await connectClient(node.grantor.sturdy(counter));
    const far: Any = await session.object;
    for (let round = 0; round < 3; round += 1) {
      breakable.freeze();
      const calls = Array.from({ length: 300 }, () => E(far).add(1n));
      const settled = Promise.allSettled(calls);
      // As many as a party may have under way: it is paused, and the others wait in its socket.
      await until(() => breakable.waiting().length > 4);
      breakable.end();
      await settled;
      // There is a pause before a third is started.
      const isBack = () =>
        E(far)
          .add(1n)
          .then(Boolean, () => false);
      while (!(await isBack())) await sleep(10);
    }
    session.close();
  }));
