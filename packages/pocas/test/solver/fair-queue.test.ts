import assert from 'node:assert/strict';
import test from 'node:test';
import { makeFairQueue } from '#src/solver/fair-queue.js';

test('callers have turns, and each its own order', () => {
  const queue = makeFairQueue<string>(9, 99);
  for (const job of ['a1', 'a2', 'a3', 'b1', 'c1', 'b2']) assert.ok(queue.add(job[0]!, job, 1));
  const taken = Array.from({ length: 7 }, () => queue.take());
  assert.deepEqual(taken, ['a1', 'b1', 'c1', 'a2', 'b2', 'a3', undefined]);
  assert.equal(queue.count, 0);
});

test('whoever comes again and again does not come before who waits', () => {
  const queue = makeFairQueue<string>(9, 99);
  queue.add('a', 'a1', 1);
  queue.add('b', 'b1', 1);
  assert.equal(queue.take(), 'a1');
  queue.add('a', 'a2', 1);
  assert.deepEqual([queue.take(), queue.take()], ['b1', 'a2']);
});

test('there is a bound for each caller, and one for all, by the size of what waits', () => {
  const queue = makeFairQueue<number>(20, 30);
  assert.deepEqual(
    [queue.add('a', 1, 15), queue.add('a', 2, 5), queue.add('a', 3, 1), queue.add('b', 4, 11)],
    [true, true, false, false],
  );
  assert.deepEqual([queue.add('b', 4, 10), queue.add('c', 5, 1)], [true, false]);
  assert.equal(queue.count, 3);
  queue.take();
  assert.ok(queue.add('c', 5, 15));
  assert.ok(!queue.add('a', 6, 1));
});

test('one that is larger than the bound waits alone', () => {
  const queue = makeFairQueue<number>(20, 30);
  assert.ok(queue.add('a', 1, 99));
  assert.ok(!queue.add('a', 2, 1));
  assert.ok(!queue.add('b', 3, 1));
  assert.equal(queue.take(), 1);
  assert.ok(queue.add('a', 2, 1));
  assert.ok(queue.add('b', 3, 25));
});

test('what is taken out makes room, and is not taken twice', () => {
  const queue = makeFairQueue<object>(1, 1);
  const job = {};
  assert.ok(queue.add('a', job, 1));
  assert.equal(queue.remove(job), true);
  assert.equal(queue.remove(job), false);
  assert.equal(queue.take(), undefined);
  assert.ok(queue.add('a', {}, 1));
});
