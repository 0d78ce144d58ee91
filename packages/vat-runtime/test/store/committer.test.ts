import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { makeFaultyStorage, makeMemoryAnchor, makeMemoryStorage } from '@pocas/vat-runtime/testing';
import type { Row } from '#src/store/storage.js';
import { nextTask } from '../collect.ts';
import { commit, openOver } from './stores.ts';

const isOfNode = ([key]: Row) => !key.startsWith('commit/');

/** A committer over memory. Its writes wait until the test lets them through, or makes them fail. */
const make = async (options: { maxWaitingBytes?: number } = {}) => {
  const inner = makeMemoryStorage();
  const faults = makeFaultyStorage(inner);
  const anchor = makeMemoryAnchor();
  const failures: unknown[] = [];
  const store = await openOver(faults.storage, anchor, {
    ...options,
    onFailure: (error) => failures.push(error),
  });
  faults.hold();
  const released: string[] = [];
  const release = (name: string) => store.whenDurable(() => void released.push(name));
  const task = (name: string) => store.whenRoom(() => void released.push(name));
  /** Lets one write end. */
  const finish = async () => {
    faults.releaseOne();
    await nextTask();
  };
  /** How many writes have begun, beside the one that made the store. */
  const begun = () => faults.writes() - 1;
  return { inner, faults, anchor, store, failures, released, release, task, finish, begun };
};

test('rows staged in one tick are one write', async () => {
  const { store, faults } = await make();
  store.stage([['a', '1']]);
  store.stage([['b', '2']]);
  await nextTask();
  assert.deepEqual(
    faults.held().map((rows) => rows.filter(isOfNode).map(([key]) => key)),
    [['a', 'b']],
  );
});

test('what is staged during a write goes into the next one, all together', async () => {
  const { store, faults, finish, begun } = await make();
  store.stage([['a', '1']]);
  await nextTask();
  for (let i = 0; i < 5; i += 1) {
    store.stage([[`k${i}`, '1']]);
    await nextTask();
  }
  assert.equal(begun(), 1);
  await finish();
  assert.equal(begun(), 2);
  assert.equal(faults.held()[0]!.filter(isOfNode).length, 5);
  await finish();
  assert.deepEqual(store.counts(), { batches: 2, rows: 6, waitingBytes: 0, sequence: 2 });
  // And it goes on after it was idle.
  store.stage([['z', '1']]);
  await nextTask();
  assert.equal(begun(), 3);
});

test('reads see staged rows, rows being written and rows on disk, the newest first', async () => {
  const { store, finish } = await make();
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
  await finish();
  assert.deepEqual([store.get('a'), store.get('b'), store.get('c')], ['1', '2', undefined]);
  await finish();
  assert.deepEqual([store.get('a'), store.get('b'), store.get('c')], ['1', '2', undefined]);
});

test('a list has staged rows too, in order, without those that are deleted', async () => {
  const { store, finish } = await make();
  store.stage([
    ['p/a', '1'],
    ['p/c', '1'],
    ['p/d', '1'],
    ['q/a', '1'],
  ]);
  await nextTask();
  await finish();
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

test('a list is what was there when it was called, whatever is staged and written meanwhile', async () => {
  const { store, faults, finish } = await make();
  store.stage([
    ['p/a', '1'],
    ['p/b', '1'],
  ]);
  await nextTask();
  store.stage([['p/c', '1']]);
  const listed = store.list('p/');
  store.stage([
    ['p/b', undefined],
    ['p/d', '1'],
  ]);
  faults.release();
  await store.settled();
  assert.deepEqual(await listed, [
    ['p/a', '1'],
    ['p/b', '1'],
    ['p/c', '1'],
  ]);
  assert.deepEqual(
    (await store.list('p/')).map(([key]) => key),
    ['p/a', 'p/c', 'p/d'],
  );
  await finish();
});

test('rows that are deleted and not yet gone from the disk take no place in a limited list', async () => {
  const { store, faults } = await make();
  faults.release();
  await commit(
    store,
    [...'abcdef'].map((name) => [`p/${name}`, '1'] as const),
  );
  faults.hold();
  store.stage([['p/a', undefined]]);
  await nextTask();
  store.stage([['p/c', undefined]]);
  const keys = async (options: { limit: number; after?: string }) =>
    (await store.list('p/', options)).map(([key]) => key);
  assert.deepEqual(await keys({ limit: 3 }), ['p/b', 'p/d', 'p/e']);
  assert.deepEqual(await keys({ limit: 2, after: 'p/b' }), ['p/d', 'p/e']);
});

test('a limited list is the beginning of the whole one, whatever is staged', async () => {
  const keys = fc.constantFrom(
    ...['p/a', 'p/b', 'p/c', 'p/d', 'p/e', 'p/\u{1f702}', 'p/\uffee', 'q'],
  );
  const changes = fc.array(fc.tuple(keys, fc.option(fc.constant('1'), { nil: undefined })));
  await fc.assert(
    fc.asyncProperty(
      changes,
      changes,
      changes,
      fc.nat(4),
      fc.option(keys, { nil: undefined }),
      async (onDisk, writing, staged, limit, after) => {
        const { store, faults } = await make();
        faults.release();
        await commit(store, onDisk);
        faults.hold();
        store.stage(writing);
        await nextTask();
        store.stage(staged);
        const all = new Map([...onDisk, ...writing, ...staged]);
        const options = { limit, ...(after === undefined ? {} : { after }) };
        const whole = await store.list('p/');
        assert.deepEqual(
          new Set(whole.map(([key]) => key)),
          new Set([...all].flatMap(([key, value]) => (key < 'q' && value ? [key] : []))),
        );
        const start = after === undefined ? 0 : whole.findIndex(([key]) => key === after) + 1;
        if (after === undefined || start > 0) {
          assert.deepEqual(await store.list('p/', options), whole.slice(start, start + limit));
        }
      },
    ),
    { numRuns: 150 },
  );
});

test('output leaves when all that was staged before it is on disk, and in order', async () => {
  const { store, finish, released, release } = await make();
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
  await finish();
  assert.deepEqual(released, ['before anything', 'after a', 'while a is written']);
  await finish();
  assert.deepEqual(released.slice(3), ['after b', 'after b, too']);
  release('at once');
  assert.deepEqual(released.slice(5), ['at once']);
});

test('output that a release makes stays behind what already waits', async () => {
  const { store, finish, released, release } = await make();
  store.stage([['a', '1']]);
  store.whenDurable(() => {
    released.push('first');
    release('made by the first');
    store.stage([['b', '1']]);
    release('after b');
  });
  release('second');
  await nextTask();
  await finish();
  assert.deepEqual(released, ['first', 'second', 'made by the first']);
  await finish();
  assert.equal(released.at(-1), 'after b');
});

test('output waits for the anchor too', async () => {
  const storage = makeMemoryStorage();
  const anchor = makeMemoryAnchor();
  const waiting: (() => void)[] = [];
  const opened = await openOver(storage, {
    ...anchor,
    async write(sequence, hash) {
      if (sequence > 0) await new Promise<void>((proceed) => void waiting.push(proceed));
      await anchor.write(sequence, hash);
    },
  });
  const released: ReturnType<typeof anchor.read>[] = [];
  opened.stage([['a', '1']]);
  opened.whenDurable(() => void released.push(anchor.read()));
  await nextTask();
  // The batch is on disk, and might be lost with nobody the wiser.
  assert.equal((await storage.list('a')).length, 1);
  assert.deepEqual(released, []);
  waiting[0]!();
  await nextTask();
  assert.deepEqual(released, [anchor.read()]);
  assert.equal(opened.counts().sequence, 1);
});

for (const when of ['before', 'after'] as const) {
  test(`after a write that failed ${when} it took effect nothing is released, and nothing is written`, async () => {
    const { store, faults, failures, released, release, task, begun } = await make({
      maxWaitingBytes: 1,
    });
    store.stage([['a', '1']]);
    release('after a');
    task('when there is room');
    await nextTask();
    store.stage([['b', '1']]);
    release('after b');
    faults.fail(Error('disk full'), when);
    faults.release();
    await nextTask();
    store.stage([['c', '1']]);
    release('after c');
    task('later');
    await nextTask();
    assert.deepEqual(released, []);
    assert.equal(begun(), 1);
    assert.equal(store.get('c'), undefined);
    assert.deepEqual(
      failures.map((error) => (error as Error).message),
      ['disk full'],
    );
    await assert.rejects(store.settled(), /store could not be written/);
  });
}

test('a batch is written while the one before is anchored, and one anchor serves all that waited', async () => {
  const storage = makeMemoryStorage();
  const anchor = makeMemoryAnchor();
  const anchored: number[] = [];
  let letThrough = () => {};
  let isSlow = false;
  const store = await openOver(storage, {
    ...anchor,
    async write(sequence: number, hash: string) {
      if (!isSlow) return anchor.write(sequence, hash);
      await new Promise<void>((resolve) => (letThrough = resolve));
      anchored.push(sequence);
      return anchor.write(sequence, hash);
    },
  });
  isSlow = true;
  const { sequence } = store.counts();
  const released: string[] = [];
  for (const name of ['a', 'b', 'c']) {
    store.stage([[name, '1']]);
    store.whenDurable(() => void released.push(name));
    await nextTask();
  }
  assert.equal((await storage.list('')).filter(([key]) => /^[abc]$/.test(key)).length, 3);
  assert.deepEqual(released, []);
  letThrough();
  await nextTask();
  assert.deepEqual(released, ['a']);
  letThrough();
  await nextTask();
  assert.deepEqual(released, ['a', 'b', 'c']);
  assert.deepEqual(anchored, [sequence + 1, sequence + 3]);
});

test('rows that wait for their anchor take up room too', async () => {
  const anchor = makeMemoryAnchor();
  let isSlow = false;
  const waiting: (() => void)[] = [];
  const store = await openOver(
    makeMemoryStorage(),
    {
      ...anchor,
      async write(sequence: number, hash: string) {
        if (isSlow) await new Promise<void>((resolve) => waiting.push(resolve));
        return anchor.write(sequence, hash);
      },
    },
    { maxWaitingBytes: 10 },
  );
  isSlow = true;
  const ran: string[] = [];
  store.stage([['a', '0123456789']]);
  await nextTask();
  store.whenRoom(() => void ran.push('later'));
  await nextTask();
  assert.deepEqual(ran, []);
  for (const proceed of waiting) proceed();
  await nextTask();
  assert.deepEqual(ran, ['later']);
  assert.equal(store.counts().waitingBytes, 0);
});

test('after an anchor that was not synced nothing is released, and nothing is written', async () => {
  const storage = makeMemoryStorage();
  const faults = makeFaultyStorage(storage);
  const anchor = makeMemoryAnchor();
  let broken = false;
  const failures: unknown[] = [];
  const store = await openOver(
    faults.storage,
    {
      ...anchor,
      async write(sequence, hash) {
        if (broken) throw Error('EIO: i/o error, fdatasync');
        return anchor.write(sequence, hash);
      },
    },
    { onFailure: (error) => failures.push(error) },
  );
  await commit(store, [['a', '1']]);
  broken = true;
  const released: string[] = [];
  store.stage([['b', '1']]);
  store.whenDurable(() => released.push('after b'));
  await assert.rejects(store.settled(), /store could not be written/);
  // It works again, and that changes nothing.
  broken = false;
  const writes = faults.writes();
  store.stage([['c', '1']]);
  store.whenDurable(() => released.push('after c'));
  store.whenRoom(() => released.push('room'));
  await nextTask();
  assert.deepEqual(released, []);
  assert.equal(faults.writes(), writes);
  assert.equal(failures.length, 1);
  // The store is one batch ahead of its anchor, which is no loss.
  const again = await openOver(storage, anchor);
  assert.deepEqual([again.get('b'), again.get('c')], ['1', undefined]);
  const read = anchor.read();
  assert.ok(typeof read === 'object' && read.sequence === again.counts().sequence);
});

test('work from outside waits also while much output waits, and goes on when that has left', async () => {
  const { store, released, task, finish } = await make({ maxWaitingBytes: 10 });
  store.stage([['a', '1']]);
  await nextTask();
  store.whenDurable(() => void released.push('output'), 10);
  assert.equal(store.counts().waitingBytes, 12);
  task('work');
  assert.deepEqual(released, []);
  await finish();
  assert.deepEqual(released, ['output', 'work']);
  assert.equal(store.counts().waitingBytes, 0);
});

test('work from outside waits while too much waits for the disk, and goes on in order', async () => {
  const { store, released, task, finish } = await make({ maxWaitingBytes: 10 });
  task('idle');
  store.stage([['a', '12345']]);
  task('with room');
  await nextTask();
  store.stage([['b', '1234']]);
  assert.equal(store.counts().waitingBytes, 11);
  task('first');
  store.whenRoom(() => {
    released.push('second');
    store.stage([['c', 'x'.repeat(20)]]);
  });
  task('third');
  assert.deepEqual(released, ['idle', 'with room']);
  await finish();
  // What the second staged takes the room from the third.
  assert.deepEqual(released.slice(2), ['first', 'second']);
  // The write of `b` had begun before that.
  await finish();
  assert.deepEqual(released.slice(4), []);
  await finish();
  assert.deepEqual(released.slice(4), ['third']);
  assert.equal(store.counts().waitingBytes, 0);
});

test('a row that is staged again counts once', async () => {
  const { store } = await make();
  for (const value of ['123', '1', undefined, '12']) store.stage([['k', value]]);
  assert.equal(store.counts().waitingBytes, 3);
});

test('settled resolves when all is on disk, and rejects when it never will be', async () => {
  const { store, faults, finish } = await make();
  await store.settled();
  store.stage([['a', '1']]);
  let done = false;
  const settled = store.settled().then(() => {
    done = true;
  });
  await nextTask();
  assert.equal(done, false);
  await finish();
  await settled;
  store.stage([['b', '1']]);
  const failing = store.settled();
  await nextTask();
  faults.fail(Error('disk full'));
  faults.release();
  await assert.rejects(failing, /store could not be written/);
  await assert.rejects(store.settled(), /store could not be written/);
});
