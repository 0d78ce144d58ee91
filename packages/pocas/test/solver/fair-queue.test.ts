import assert from 'node:assert/strict';
import test from 'node:test';
import { makeFairQueue } from '#src/solver/fair-queue.js';

test('callers have turns, and each its own order', () => {
  const queue = makeFairQueue<string>(9, 99);
  for (const job of ['a1', 'a2', 'a3', 'b1', 'c1', 'b2']) assert.ok(queue.add(job[0]!, job));
  const taken = Array.from({ length: 7 }, () => queue.take());
  assert.deepEqual(taken, ['a1', 'b1', 'c1', 'a2', 'b2', 'a3', undefined]);
  assert.equal(queue.size, 0);
});

test('whoever comes again and again does not come before who waits', () => {
  const queue = makeFairQueue<string>(9, 99);
  queue.add('a', 'a1');
  queue.add('b', 'b1');
  assert.equal(queue.take(), 'a1');
  queue.add('a', 'a2');
  assert.deepEqual([queue.take(), queue.take()], ['b1', 'a2']);
});

test('there is a bound for each caller, and one for all', () => {
  const queue = makeFairQueue<number>(2, 3);
  assert.deepEqual(
    [queue.add('a', 1), queue.add('a', 2), queue.add('a', 3), queue.add('b', 4), queue.add('c', 5)],
    [true, true, false, true, false],
  );
  assert.equal(queue.size, 3);
  queue.take();
  assert.ok(queue.add('c', 5));
});

test('what is taken out makes room, and is not taken twice', () => {
  const queue = makeFairQueue<object>(1, 1);
  const job = {};
  assert.ok(queue.add('a', job));
  assert.equal(queue.remove(job), true);
  assert.equal(queue.remove(job), false);
  assert.equal(queue.take(), undefined);
  assert.ok(queue.add('a', {}));
});
