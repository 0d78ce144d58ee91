import {
  type TestNode,
  type TestNodeOptions,
  makeManualTime,
  makeMemoryStorage,
  makeTestNode,
} from '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import { checkVats, rowChecksum } from '@pocas/vat-runtime/node';
import { makeCheckedStorage } from '#src/store/checked-storage.js';
import type { Storage } from '#src/store/storage.js';

type Any = any;

const fixture = (name: string) =>
  fileURLToPath(new URL(`../../../test/fixtures/${name}.ts`, import.meta.url));
const idle = 1000;
const checked = (storage: Storage) => makeCheckedStorage(storage, rowChecksum);

const make = async (options: TestNodeOptions = {}) => {
  const time = makeManualTime();
  const lines: string[] = [];
  const node = await makeTestNode({
    time,
    sleep: { idleMilliseconds: idle, maxAwake: 100 },
    print: (line) => void lines.push(line),
    ...options,
  });
  return { node, time, lines };
};

const makeCounter = (node: TestNode, start = 0n): Promise<Any> =>
  node.makeVat({ module: fixture('counter'), label: 'counter', params: { start } }) as Promise<Any>;

test('an idle vat leaves memory, and its next message finds it as it was', async () => {
  const { node, time } = await make();
  const [a, b] = [await makeCounter(node, 1n), await makeCounter(node, 2n)];
  await E(a).keep(b);
  const inner = await E(a).make();
  await node.rest();
  assert.equal(node.counts().vats, 2);
  time.pass(2 * idle);
  await node.rest();
  assert.equal(node.counts().vats, 0);
  assert.equal(await E(a).get(), 1n);
  assert.equal(node.counts().vats, 1);
  assert.equal(await E(a).kept(), b);
  assert.equal(await E(inner).add(4n), 4n);
  assert.equal(await E(E(a).kept()).add(1n), 3n);
  assert.equal(node.counts().vats, 2);
  await node.stop();
});

test('a vat that owes an answer or awaits one does not sleep', async () => {
  const { node, time } = await make();
  const [a, b] = [await makeCounter(node), await makeCounter(node)];
  const version = await E(b).next(undefined);
  // `b` owes an answer to `a`, which owes one to us.
  const next = E(a).tell(b, 'next', false, version);
  void next.catch(() => {});
  const waiting = E(b).next(version);
  await node.rest();
  time.pass(5 * idle);
  await node.rest();
  assert.ok(node.counts().vats >= 1);
  await E(b).add(1n);
  assert.notEqual(await waiting, version);
  await node.rest();
  time.pass(5 * idle);
  await node.rest();
  assert.equal(node.counts().vats, 0);
  await node.stop();
});

test('a message that comes while a vat goes to sleep is not lost', async () => {
  const { node, time } = await make();
  const counters = await Promise.all(Array.from({ length: 20 }, () => makeCounter(node)));
  let expected = 0n;
  for (let round = 0; round < 20; round += 1) {
    time.pass(idle);
    // Some are asked before the node hears that the vat is gone, some after.
    for (let i = 0; i < round % 5; i += 1) await null;
    expected += 1n;
    const answers = await Promise.all(counters.map((counter) => E(counter).add(1n)));
    assert.deepEqual(
      answers,
      counters.map(() => expected),
    );
  }
  await node.stop();
});

test('an ordinary node keeps no more vats awake than it is told', async () => {
  const { node } = await make({ sleep: { idleMilliseconds: 1e9, maxAwake: 5 } });
  const counters: Any[] = [];
  for (let i = 0; i < 30; i += 1) {
    counters.push(await makeCounter(node, BigInt(i)));
    await node.rest();
    assert.ok(node.counts().vats <= 6, `${node.counts().vats}`);
  }
  for (let i = 0; i < 30; i += 1) assert.equal(await E(counters[i]).get(), BigInt(i));
  await node.rest();
  assert.ok(node.counts().vats <= 6);
  await node.stop();
});

test('past twice the limit a vat sleeps also in the middle of something, and its callers are told', async () => {
  const { node } = await make({ sleep: { idleMilliseconds: 1e9, maxAwake: 2 } });
  const counters = [];
  const waiting = [];
  for (let i = 0; i < 6; i += 1) {
    const counter = await makeCounter(node);
    const version = await E(counter).next(undefined);
    const next = E(counter).next(version) as Promise<string>;
    next.catch(() => {});
    waiting.push(next);
    counters.push(counter);
  }
  await node.rest();
  assert.ok(node.counts().vats <= 5);
  await assert.rejects(waiting[0]!, /too many vats are awake \(delivered: unknown\)/);
  assert.equal(await E(counters[0]).get(), 0n);
  await node.stop();
});

test('what a vat does as it is put to sleep is kept whole, with the references in it', async () => {
  // Each vat that wakes puts all others to sleep, whatever they are doing.
  const options = { sleep: { idleMilliseconds: 1e9, maxAwake: 0 } };
  const { node } = await make(options);
  const ask = async (target: Any, method: string, ...args: Any[]): Promise<Any> => {
    for (;;) {
      await node.rest();
      try {
        return await E(target)[method](...args);
      } catch (error) {
        assert.match((error as Error).message, /too many vats are awake/);
      }
    }
  };
  const [keeper, maker, other] = [
    await makeCounter(node),
    await makeCounter(node),
    await makeCounter(node),
  ];
  const sender: Any = await node.makeVat({
    module: fixture('sender'),
    label: 'sender',
    powers: { clock: node.clock, timer: node.timer },
  });
  node.setProgram({ keeper });
  let interrupted = 0;
  for (let hops = 0; hops < 8; hops += 1) {
    for (const sends of [false, true]) {
      // A reference that the vats do not hold yet, to one that is awake, while the other is not.
      const made = await ask(maker, 'make');
      await ask(sends ? sender : keeper, sends ? 'log' : 'get');
      await node.rest();
      const asked = sends ? E(sender).call(made, 'add', [1n]) : E(keeper).keep(made);
      const outcome = Promise.allSettled([asked]);
      for (let i = 0; i < hops; i += 1) await null;
      await Promise.allSettled([E(other).get()]);
      const [{ status }] = await outcome;
      if (status === 'rejected') interrupted += 1;
      if (sends) {
        const count = await ask(made, 'get');
        assert.ok(count === 1n || (count === 0n && status === 'rejected'), `${count} ${status}`);
        continue;
      }
      const found = await ask(keeper, 'kept');
      if (found === made) assert.equal(await ask(found, 'add', 1n), await ask(made, 'get'));
      else assert.equal(status, 'rejected');
    }
  }
  assert.ok(interrupted > 0, 'nothing was interrupted');
  const count = await ask(await ask(keeper, 'kept'), 'get');
  await node.stop();

  const again = await make({ storage: node.storage, secrets: node.secrets });
  const { keeper: same } = again.node.getProgram() as { keeper: Any };
  // What comes next must not take the place of a reference that is kept.
  await E(same).put('another', await makeCounter(again.node, 77n));
  assert.equal(await E(E(same).kept()).get(), count);
  await again.node.stop();
});

test('a send and a timer wake a vat that sleeps', async () => {
  const { node, time } = await make();
  const makeSender = () =>
    node.makeVat({
      module: fixture('sender'),
      label: 'sender',
      powers: { clock: node.clock, timer: node.timer },
    }) as Promise<Any>;
  const [a, b] = [await makeSender(), await makeSender()];
  const [now] = await E(b).now();
  await E(b).wakeAt(now + BigInt(100 * idle), 'x');
  await node.rest();
  time.pass(2 * idle);
  await node.rest();
  assert.equal(node.counts().vats, 0);
  await E(a).say(b, 'hello');
  await node.rest();
  time.pass(2 * idle);
  await node.rest();
  assert.equal(node.counts().vats, 0);
  time.pass(100 * idle);
  await node.rest();
  const log = await E(b).log();
  assert.equal(log[0], 'hello');
  assert.match(log[1], /^woke x/);
  await node.stop();
});

test('a vat whose rows were damaged is not loaded, and the others go on', async () => {
  const { node, lines } = await make();
  const [a, b] = [await makeCounter(node, 1n), await makeCounter(node, 2n)];
  await E(a).put('key', 'value');
  await E(a).add(1n);
  node.setProgram({ a, b });
  await node.stop();
  const rows = await checked(node.storage).list('');
  const slice = rows.filter(([key]) => key.startsWith('v/1/'));
  assert.ok(slice.length > 8);
  // Each row gone, and the counter as it was before its last turn; the checksums of the rows fit.
  const stale = slice.filter(([key]) => key === 'v/1/o/1').map(([, value]) => value);
  assert.match(stale[0]!, /\+2/);
  for (const [key, value] of slice) {
    for (const changed of [undefined, value.replace('+2', '+1')]) {
      if (changed === value) continue;
      const storage = makeMemoryStorage();
      await checked(storage).write(rows.map(([k, v]) => [k, k === key ? changed : v] as const));
      const again = await make({ storage, secrets: node.secrets });
      const program = again.node.getProgram() as { a: Any; b: Any };
      await assert.rejects(E(program.a).get(), /delivered: no/, `${key} ${String(changed)}`);
      assert.equal(await E(program.b).get(), 2n);
      assert.match(again.lines.join('\n'), /^Cannot load vat 1: its (?:rows|journal|head)/);
      assert.deepEqual(again.node.counts().suspended, 1);
      await again.node.stop();
    }
  }
  assert.deepEqual(lines, []);

  // All of its rows gone at once, so that it looks like one that has done nothing yet.
  const storage = makeMemoryStorage();
  await checked(storage).write(rows.filter(([key]) => !key.startsWith('v/1/')));
  const faults = await checkVats({ storage, checksum: rowChecksum } as Any);
  assert.deepEqual(
    faults.map(({ vat, fault }) => [vat, fault]),
    [['1', 'its head is missing']],
  );
  const again = await make({ storage, secrets: node.secrets });
  const program = again.node.getProgram() as { a: Any };
  await assert.rejects(E(program.a).get(), /delivered: no/);
  assert.deepEqual(again.lines, ['Cannot load vat 1: its head is missing']);
  await again.node.stop();
});
