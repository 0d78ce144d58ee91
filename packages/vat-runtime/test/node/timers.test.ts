import {
  type TestNode,
  type TestNodeOptions,
  makeFaultyStorage,
  makeManualTime,
  makeMemoryStorage,
  makeTestNode,
} from '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import { rowChecksum, sha256 } from '@pocas/vat-runtime/node';
import { makeNodeClock } from '#src/node/node-clock.js';
import { makeTimers } from '#src/node/timers.js';
import { openStore } from '#src/store/open-store.js';

type Any = any;

const module = fileURLToPath(new URL('../../../test/fixtures/sender.ts', import.meta.url));
const start = 1_800_000_000_000;
const T = BigInt(start);
const year = 365 * 24 * 60 * 60 * 1000;

const make = async (options: TestNodeOptions = {}) => {
  const time = makeManualTime(start);
  const lines: string[] = [];
  const node = await makeTestNode({ time, print: (line) => void lines.push(line), ...options });
  const vat = (await node.makeVat({
    module,
    label: 'sleeper',
    powers: { clock: node.clock, timer: node.timer },
  })) as Any;
  node.setProgram({ vat });
  return { node, vat, time, lines };
};

const restart = async (node: TestNode, options: TestNodeOptions) => {
  await node.stop();
  const again = await makeTestNode({ ...options, storage: node.storage, secrets: node.secrets });
  return { node: again, vat: (again.getProgram() as { vat: Any }).vat };
};

test('timers go off in the order of their times, and of their setting, and never before', async () => {
  const { node, vat, time } = await make();
  for (const [at, ctx] of [
    [300n, 'c'],
    [100n, 'a'],
    [200n, 'b1'],
    [200n, 'b2'],
    [-5n, 'past'],
  ] as const) {
    await E(vat).wakeAt(T + at, ctx);
  }
  await node.rest();
  assert.deepEqual(await E(vat).log(), [`woke past ${T - 5n}`]);
  time.pass(199);
  await node.rest();
  assert.deepEqual((await E(vat).log()).slice(1), [`woke a ${T + 100n}`]);
  time.pass(1000);
  await node.rest();
  assert.deepEqual((await E(vat).log()).slice(2), [
    `woke b1 ${T + 200n}`,
    `woke b2 ${T + 200n}`,
    `woke c ${T + 300n}`,
  ]);
  const left = (await node.storage.list('')).filter(([key]) => /timer|^in\/|\/t\//.test(key));
  assert.deepEqual(left, []);
  await node.stop();
});

test('a timer that was cancelled does not go off', async () => {
  const { node, vat, time } = await make();
  const timer = await E(vat).wakeAt(T + 100n, 'never');
  assert.equal(await E(vat).cancel(timer), true);
  assert.equal(await E(vat).cancel(timer), false);
  assert.deepEqual(await E(vat).setAndCancel(T + 100n), [true, false]);
  assert.equal(await E(vat).cancel(999n), false);
  time.pass(1000);
  await node.rest();
  assert.deepEqual(await E(vat).log(), []);
  await node.stop();
});

test('a timer whose turn throws is used up, and the operator can read why', async () => {
  const { node, vat, time, lines } = await make();
  await E(vat).wakeAt(T + 100n, 'fail');
  time.pass(100);
  await node.rest();
  time.pass(100_000);
  await node.rest();
  assert.deepEqual(lines, ['[vat sleeper] A timer came to nothing: as asked']);
  await assert.rejects(E(vat).wakeNobody(), /not a facet of this vat with a method "wake"/);
  await node.stop();
});

test('a time for which the node has no room undoes the turn, and the node goes on', async () => {
  const { node, vat, time } = await make();
  const [earliest, latest] = [-(10n ** 17n), 9n * 10n ** 17n - 1n];
  for (const at of [earliest - 1n, latest + 1n, 10n ** 400n, -(10n ** 400n)]) {
    await assert.rejects(E(vat).wakeAt(at, 'never'), /out of the range of time|too long/);
  }
  for (const at of [latest, 0n, -1n, earliest]) await E(vat).wakeAt(at, 'x');
  await node.rest();
  time.pass(100);
  assert.deepEqual(await E(vat).log(), [`woke x 0`, `woke x -1`, `woke x ${earliest}`]);
  const left = (await node.storage.list('timer/')).map(([key]) => key);
  assert.deepEqual(left, [`timer/${latest - earliest}/1/000000000001`]);
  await node.stop();
});

test('a timer goes off once, whichever way the clock is set and whenever the node is restarted', async () => {
  for (const before of [-year, 0, year]) {
    for (const after of [-year, 0, year]) {
      for (const restarts of [false, true]) {
        let { node, vat, time } = await make();
        await E(vat).wakeAt(T + 1000n, 'one');
        await E(vat).wakeAt(T + 2000n, { again: BigInt(year) });
        time.step(before);
        if (restarts) ({ node, vat } = await restart(node, { time }));
        time.pass(20_000);
        await node.rest();
        const first: string[] = await E(vat).log();
        assert.equal(first[0], `woke one ${T + 1000n}`);
        assert.equal(first.filter((line) => line.startsWith('woke one')).length, 1);
        time.step(after);
        if (restarts) ({ node, vat } = await restart(node, { time }));
        time.pass(20_000);
        await node.rest();
        time.pass(20_000);
        await node.rest();
        const log: string[] = await E(vat).log();
        assert.equal(log.filter((line) => line.startsWith('woke one')).length, 1);
        const repeated = log.filter((line) => line.startsWith('woke again'));
        assert.deepEqual(
          repeated,
          repeated.map((_, i) => `woke again ${T + 2000n + BigInt(i) * BigInt(year)}`),
        );
        await node.stop();
      }
    }
  }
});

test('more timers than are held in memory go off in order, also those set meanwhile', async () => {
  const { node, vat, time } = await make();
  const count = 1200;
  const order = Array.from({ length: count }, (_, i) => BigInt((i * 7919) % count));
  await Promise.all(order.map((at) => E(vat).wakeAt(T + 1000n + at, 'x')));
  await node.rest();
  const { node: again, vat: same } = await restart(node, { time });
  await again.rest();
  await E(same).wakeAt(T + 1n, 'early');
  await E(same).wakeAt(T + 9999n, 'late');
  for (let i = 0; i < 30; i += 1) {
    time.pass(500);
    await again.rest();
  }
  const log: string[] = await E(same).log();
  assert.equal(log.length, count + 2);
  const times = log.map((line) => BigInt(line.split(' ').at(-1)!));
  assert.deepEqual(
    times,
    times.toSorted((x, y) => (x < y ? -1 : 1)),
  );
  await again.stop();
});

test('many timers that are due at once wait for the disk, and go off in order, each once', async () => {
  for (const atOnce of [false, true]) {
    const faults = makeFaultyStorage(makeMemoryStorage());
    const store = await openStore({
      storage: faults.storage,
      anchor: undefined,
      hash: sha256,
      checksum: rowChecksum,
      maxWaitingBytes: 10_000,
      onFailure: (error) => assert.fail(String(error)),
    });
    const time = makeManualTime(start);
    const due: number[] = [];
    const timers = makeTimers({
      store,
      time,
      clock: makeNodeClock(time, 0n),
      onDue(vat, timer) {
        due.push(timer);
        store.stage([[`in/${vat}/${timer}`, 'x']]);
      },
    });
    const count = 5000;
    if (atOnce) timers.start();
    await new Promise((resolve) => setImmediate(resolve));
    for (let i = 0; i < count; i += 1) timers.set('1', (i * 7919) % count, T + 1000n);
    await store.settled();
    timers.start();
    for (let i = 0; i < 5; i += 1) await new Promise((resolve) => setImmediate(resolve));
    faults.hold();
    time.pass(20_000);
    for (let i = 0; i < 20; i += 1) await new Promise((resolve) => setImmediate(resolve));
    assert.ok(due.length > 0 && due.length <= 2000, `${due.length} went off`);
    faults.release();
    for (let i = 0; i < 50; i += 1) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(
      due,
      Array.from({ length: count }, (_, i) => i),
    );
    timers.stop();
    await store.settled();
    assert.deepEqual(await store.list('timer/'), []);
    await store.close();
  }
});

test('time stands still in a delivery, never goes back, and epochs follow it', async () => {
  const epochs = { zero: T - 1000n, length: 100n };
  let { node, vat, time } = await make({ epochs });
  assert.deepEqual(await E(vat).now(), [T, 10n]);
  assert.equal(await E(vat).startOf(10n), T);
  assert.equal(await E(vat).startOf(-1n), T - 1100n);
  time.pass(99);
  assert.deepEqual(await E(vat).now(), [T + 99n, 10n]);
  time.pass(1);
  assert.deepEqual(await E(vat).now(), [T + 100n, 11n]);
  time.step(-year);
  const [held] = await E(vat).now();
  assert.ok(held >= T + 100n);
  await node.settled();
  // The clock was back a year when the node was started again.
  ({ node, vat } = await restart(node, { time, epochs: { zero: 0n, length: 7n } }));
  const [again, epoch] = await E(vat).now();
  assert.ok(again >= held);
  // A vat keeps the epochs that it was given.
  assert.equal(epoch, 11n);
  assert.equal(await E(node.clock).epoch(), (await E(node.clock).now()) / 7n);
  await node.stop();
});

test('the node’s clock goes on while the machine’s is behind, and lets it catch up', () => {
  const time = makeManualTime(1000);
  const clock = makeNodeClock(time, 0n);
  assert.equal(clock.now(), 1000n);
  time.step(-500);
  time.pass(100);
  assert.equal(clock.now(), 1090n);
  time.pass(10_000);
  // The machine's clock shows 10,600 and is still behind, but less.
  assert.equal(clock.now(), 10_600n);
  time.step(5000);
  assert.equal(clock.now(), 15_600n);
});
