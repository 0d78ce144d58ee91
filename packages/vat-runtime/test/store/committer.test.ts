import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { makeMemoryStorage } from '@pocas/vat-runtime/testing';
import type { Row, Storage } from '#src/store/storage.js';
import { makeCommitter } from '#src/store/committer.js';
import { nextTask } from '../collect.ts';

/** A storage whose writes wait until the test lets them through, or makes them fail. */
const makeSlowStorage = () => {
  const inner = makeMemoryStorage();
  const writes: { rows: readonly Row[]; finish(): void; fail(error: Error): void }[] = [];
  let listing = async (prefix: string) => inner.list(prefix);
  const storage: Storage = {
    ...inner,
    list: (prefix) => listing(prefix),
    write: (rows) =>
      new Promise((resolve, reject) => {
        writes.push({
          rows,
          finish: () => void inner.write(rows).then(resolve),
          fail: reject,
        });
      }),
  };
  return {
    storage,
    writes,
    slowList: (list: Storage['list']) => {
      listing = list as typeof listing;
    },
  };
};

const make = () => {
  const slow = makeSlowStorage();
  const failures: unknown[] = [];
  const store = makeCommitter(slow.storage, (error) => failures.push(error));
  const released: string[] = [];
  const release = (name: string) => store.whenDurable(() => void released.push(name));
  return { ...slow, store, failures, released, release };
};

test('rows staged in one tick are one write', async () => {
  const { store, writes } = make();
  store.stage([['a', '1']]);
  store.stage([['b', '2']]);
  await nextTask();
  assert.deepEqual(
    writes.map(({ rows }) => rows),
    [
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
  );
});

test('what is staged during a write goes into the next one, all together', async () => {
  const { store, writes } = make();
  store.stage([['a', '1']]);
  await nextTask();
  for (let i = 0; i < 5; i += 1) {
    store.stage([[`k${i}`, '1']]);
    await nextTask();
  }
  assert.equal(writes.length, 1);
  writes[0]!.finish();
  await nextTask();
  assert.equal(writes.length, 2);
  assert.equal(writes[1]!.rows.length, 5);
  writes[1]!.finish();
  await nextTask();
  assert.deepEqual(store.counts(), { batches: 2, rows: 6 });
  // And it goes on after it was idle.
  store.stage([['z', '1']]);
  await nextTask();
  assert.equal(writes.length, 3);
});

test('reads see staged rows, rows being written and rows on disk, the newest first', async () => {
  const { store, writes } = make();
  store.stage([
    ['a', '1'],
    ['b', '1'],
    ['c', '1'],
  ]);
  assert.equal(store.get('a'), '1');
  await nextTask();
  assert.equal(store.get('a'), '1');
  store.stage([
    ['b', '2'],
    ['c', undefined],
  ]);
  assert.deepEqual([store.get('a'), store.get('b'), store.get('c')], ['1', '2', undefined]);
  writes[0]!.finish();
  await nextTask();
  assert.deepEqual([store.get('a'), store.get('b'), store.get('c')], ['1', '2', undefined]);
  writes[1]!.finish();
  await nextTask();
  assert.deepEqual([store.get('a'), store.get('b'), store.get('c')], ['1', '2', undefined]);
});

test('a list has staged rows too, in order, without those that are deleted', async () => {
  const { store, writes } = make();
  store.stage([
    ['p/a', '1'],
    ['p/c', '1'],
    ['p/d', '1'],
    ['q/a', '1'],
  ]);
  await nextTask();
  writes[0]!.finish();
  await nextTask();
  store.stage([
    ['p/c', undefined],
    ['p/b', '2'],
  ]);
  await nextTask();
  store.stage([['p/d', '3']]);
  const expected = [
    ['p/a', '1'],
    ['p/b', '2'],
    ['p/d', '3'],
  ];
  assert.deepEqual(await store.list('p/'), expected);
});

test('a list misses no row whose write ends while the storage is being read', async () => {
  const { store, writes, storage, slowList } = make();
  const inner = storage.list;
  store.stage([
    ['p/a', '1'],
    ['p/b', '1'],
  ]);
  await nextTask();
  let proceed = () => {};
  slowList(async (prefix) => {
    // As LevelDB's iterator: it shows what was there when it was made.
    void inner;
    const snapshot: (readonly [string, string])[] = [];
    await new Promise<void>((resolve) => {
      proceed = resolve;
    });
    return snapshot.filter(([key]) => key.startsWith(prefix));
  });
  const listed = store.list('p/');
  store.stage([['p/b', undefined]]);
  writes[0]!.finish();
  await nextTask();
  proceed();
  assert.deepEqual((await listed)[0], ['p/a', '1']);
});

test('output leaves when all that was staged before it is on disk, and in order', async () => {
  const { store, writes, released, release } = make();
  release('before anything');
  assert.deepEqual(released, ['before anything']);
  store.stage([['a', '1']]);
  release('after a');
  await nextTask();
  release('while a is written');
  store.stage([['b', '1']]);
  release('after b');
  release('after b, too');
  await nextTask();
  assert.deepEqual(released, ['before anything']);
  writes[0]!.finish();
  await nextTask();
  assert.deepEqual(released, ['before anything', 'after a', 'while a is written']);
  writes[1]!.finish();
  await nextTask();
  assert.deepEqual(released.slice(3), ['after b', 'after b, too']);
  release('at once');
  assert.deepEqual(released.slice(5), ['at once']);
});

test('output that a release makes stays behind what already waits', async () => {
  const { store, writes, released, release } = make();
  store.stage([['a', '1']]);
  store.whenDurable(() => {
    released.push('first');
    release('made by the first');
    store.stage([['b', '1']]);
    release('after b');
  });
  release('second');
  await nextTask();
  writes[0]!.finish();
  await nextTask();
  assert.deepEqual(released, ['first', 'second', 'made by the first']);
  writes[1]!.finish();
  await nextTask();
  assert.equal(released.at(-1), 'after b');
});

test('after a write that failed nothing is released, and nothing is written', async () => {
  const { store, writes, failures, released, release } = make();
  store.stage([['a', '1']]);
  release('after a');
  await nextTask();
  store.stage([['b', '1']]);
  release('after b');
  writes[0]!.fail(Error('disk full'));
  await nextTask();
  store.stage([['c', '1']]);
  release('after c');
  await nextTask();
  assert.deepEqual(released, []);
  assert.equal(writes.length, 1);
  assert.equal(store.get('c'), undefined);
  assert.deepEqual(
    failures.map((error) => (error as Error).message),
    ['disk full'],
  );
});

test('settled resolves when all is on disk, and rejects when it never will be', async () => {
  const { store, writes } = make();
  await store.settled();
  store.stage([['a', '1']]);
  let done = false;
  const settled = store.settled().then(() => {
    done = true;
  });
  await nextTask();
  assert.equal(done, false);
  writes[0]!.finish();
  await settled;
  store.stage([['b', '1']]);
  const failing = store.settled();
  await nextTask();
  writes[1]!.fail(Error('disk full'));
  await assert.rejects(failing, /store could not be written/);
  await assert.rejects(store.settled(), /store could not be written/);
});
