import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { E, Far } from '@endo/far';
import { type WatchOptions, deliveryOf, watch } from '@pocas/vat-runtime/node';
import { makeManualTime, makeTestNode } from '@pocas/vat-runtime/testing';
import { systemTime } from '#src/machine/system-time.js';
import { fatedError } from '#src/switchboard/delivery.js';
import { maxWaiting } from '#src/vat/changed.js';
import { fixture, random, start, until, withFolder } from '../node/nodes.ts';

type Any = any;

const powers = { random, after: systemTime.after };
const module = fixture('notifiers');
const makeBench = async (node: { makeVat(options: object): Promise<unknown> }): Promise<Any> =>
  node.makeVat({ module, label: 'notifier' });

/** What a watch shows, as it comes. */
const follow = (notifier: unknown, options: WatchOptions = {}, given = powers) => {
  const seen: [unknown, bigint][] = [];
  const watching = watch(notifier, (value, version) => void seen.push([value, version]), given, {
    every: 0,
    ...options,
  });
  return { seen, watching };
};

test('a notifier tells its value, and whoever waits when there is a newer one', async () => {
  const node = await makeTestNode({ print: () => {} });
  const bench = await makeBench(node);
  const notifier = (await E(bench).notifier()) as Any;
  assert.deepEqual(await E(notifier).current(), { value: 'first', version: 0n });
  assert.deepEqual(await E(notifier).changedSince(-1n), { value: 'first', version: 0n });
  const waiting = [0n, 0n].map((after) => E(notifier).changedSince(after));
  assert.equal(await E(bench).update('second'), 1n);
  for (const notice of await Promise.all(waiting)) {
    assert.deepEqual(notice, { value: 'second', version: 1n });
  }
  assert.deepEqual(await E(notifier).changedSince(0n), { value: 'second', version: 1n });
  await node.stop();
});

test('of too many that wait for one object the longest waiting is answered, and the rest wait on', async () => {
  const node = await makeTestNode({ print: () => {} });
  const bench = await makeBench(node);
  const notifier = (await E(bench).notifier()) as Any;
  let answered = 0;
  const asked = Array.from({ length: maxWaiting + 10 }, () =>
    E(notifier)
      .changedSince(0n)
      .then((notice: Any) => {
        answered += 1;
        return notice;
      }),
  );
  await until(() => answered === 10);
  // With what it was, so that it asks again.
  assert.deepEqual(await asked[0], { value: 'first', version: 0n });
  await E(bench).update('second');
  const all = await Promise.all(asked);
  assert.equal(all.filter(({ version }: Any) => version === 1n).length, maxWaiting);
  await node.stop();
});

test('a watch goes on over lost links and restarts of either node, and never goes back', async () => {
  await withFolder(async (folder) => {
    const [pathA, pathB] = [join(folder, 'a'), join(folder, 'b')];
    let a = await start(pathA);
    const b = await start(pathB);
    const bench = await makeBench(a);
    a.setProgram({ bench });
    const sturdyRef = a.grantor.sturdy((await E(bench).notifier()) as object);
    const notifier = await E(b.enlivener).enliven(sturdyRef);
    const { seen, watching } = follow(notifier);
    await until(() => seen.length === 1);
    await E(bench).update('second');
    await until(() => seen.length === 2);
    a.cut();
    await E(bench).update('third');
    await until(() => seen.some(([value]) => value === 'third'));
    const { port } = a;
    await a.stop();
    a = await start(pathA, { port });
    await E((a.getProgram() as Any).bench).update('fourth');
    await until(() => seen.some(([value]) => value === 'fourth'), 60_000);
    assert.deepEqual(seen, [
      ['first', 0n],
      ['second', 1n],
      ['third', 2n],
      ['fourth', 3n],
    ]);
    watching.stop();
    await watching.ended;
    await E((a.getProgram() as Any).bench).update('fifth');
    assert.equal(seen.length, 4);
    // Whoever comes back with a version goes on from there.
    const later = follow(notifier, { since: 3n });
    await until(() => later.seen.length === 1);
    assert.deepEqual(later.seen, [['fifth', 4n]]);
    later.watching.stop();
    await a.stop();
    await b.stop();
  });
});

/** Lets what was promised happen. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a notifier that lies or floods is asked no more often than one that is quiet, and shown in order', async () => {
  const time = makeManualTime();
  let asked = 0;
  let answer = (): unknown => ({ value: 'x', version: 5n });
  const notifier = Far('liar', {
    changedSince() {
      asked += 1;
      return answer();
    },
  });
  const { seen, watching } = follow(notifier, { every: 1000 }, { random, after: time.after });
  await turn();
  assert.deepEqual(seen, [['x', 5n]]);
  // The same version, and older ones.
  for (const version of [5n, 4n, -7n]) {
    answer = () => ({ value: 'old', version });
    for (let i = 0; i < 20; i += 1) {
      time.pass(1000);
      await turn();
    }
  }
  assert.equal(seen.length, 1);
  assert.ok(asked < 50, `asked ${asked} times in a minute`);
  // A new one each time.
  let version = 10n;
  answer = () => ({ value: 'new', version: (version += 1n) });
  time.pass(30_000);
  await turn();
  const before = asked;
  for (let i = 0; i < 10; i += 1) {
    time.pass(1000);
    await turn();
  }
  assert.ok(asked - before <= 10);
  assert.ok(seen.slice(1).every(([, at], i) => i === 0 || at > seen[i]![1]));
  watching.stop();
  await watching.ended;
  const end = asked;
  time.pass(60_000);
  await turn();
  assert.equal(asked, end);
});

test('a watch asks again after what a node says, and ends with what the notifier says', async () => {
  const time = makeManualTime();
  const fates = ['no', 'unknown', 'failed'];
  let asked = 0;
  const notifier = Far('broken', {
    changedSince() {
      const fate = fates[asked];
      asked += 1;
      throw fate === undefined
        ? Error('Cannot look: it was taken back')
        : fatedError(`Cannot await answer: lost (delivered: ${fate})`);
    },
  });
  const { seen, watching } = follow(notifier, {}, { random, after: time.after });
  for (let i = 0; i < 10; i += 1) {
    await turn();
    time.pass(30_000);
  }
  await assert.rejects(watching.ended, (error) => {
    assert.match((error as Error).message, /taken back/);
    return deliveryOf(error) === undefined;
  });
  assert.deepEqual([asked, seen], [4, []]);
  for (const nonsense of [undefined, null, 7, { value: 1 }, { value: 1, version: 1 }]) {
    const other = Far('nonsense', { changedSince: () => nonsense ?? null });
    await assert.rejects(follow(other).watching.ended, /is not a value with a version/);
  }
});

test('what is shown takes its time: nothing is asked for meanwhile', async () => {
  let asked = 0;
  const notifier = Far('notifier', {
    changedSince: (after: bigint) => {
      asked += 1;
      return { value: 'x', version: after + 1n };
    },
  });
  let show = () => {};
  const watching = watch(notifier, () => new Promise<void>((resolve) => (show = resolve)), powers, {
    every: 0,
  });
  await turn();
  await turn();
  assert.equal(asked, 1);
  show();
  await until(() => asked === 2);
  watching.stop();
  await watching.ended;
});
