import test from 'node:test';
import assert from 'node:assert/strict';
import { Connection, type PendingCall } from '#src/switchboard/connection.js';
import { type Limits, defaultLimits } from '#src/switchboard/limits.js';
import { Waiting } from '#src/switchboard/waiting.js';

const makeScene = (limits: Partial<Limits>) => {
  const waiting = new Waiting({ ...defaultLimits, ...limits });
  const kind = { inside: false, remote: false, lasting: false };
  const [asker, other, receiver] = ['a', 'b', 'r'].map((id) => new Connection(id, kind)) as [
    Connection,
    Connection,
    Connection,
  ];
  let last = 0;
  const call = (body = '[]', by = asker): PendingCall => {
    last += 1;
    const question = { asker: by, id: `q-${last}`, length: body.length, queue: new Set<never>() };
    return { question, method: { body, refs: [] } };
  };
  const hold = (held: PendingCall) => waiting.hold({ call: held, target: 'o+1' }, receiver);
  return { waiting, asker, other, receiver, call, hold };
};

test('a party has so many calls that wait, in queues and for links together, and another has as many', () => {
  const { waiting, other, call, hold } = makeScene({ maxQueuedCalls: 2 });
  const queue = new Set<PendingCall>();
  assert.equal(waiting.enqueue(call(), queue), true);
  assert.equal(hold(call()), true);
  assert.equal(waiting.enqueue(call(), queue), false);
  assert.equal(hold(call()), false);
  assert.equal(queue.size, 1);
  assert.equal(waiting.enqueue(call('[]', other), queue), true);
});

test('the length of calls that wait is limited', () => {
  const { waiting, asker, call } = makeScene({ maxQueuedLength: 10 });
  const queue = new Set<PendingCall>();
  assert.equal(waiting.enqueue(call('12345678'), queue), true);
  assert.equal(waiting.enqueue(call('123'), queue), false);
  assert.equal(waiting.enqueue(call('12'), queue), true);
  assert.equal(asker.waits.length, 10);
});

test('calls leave a queue in their order, or one alone, and count no more', () => {
  const { waiting, asker, call } = makeScene({});
  const queue = new Set<PendingCall>();
  const calls = [call(), call(), call()];
  for (const each of calls) waiting.enqueue(each, queue);
  waiting.dequeue(calls[1]!);
  assert.equal(asker.waits.count, 2);
  assert.deepEqual(waiting.dequeueAll(queue), [calls[0], calls[2]]);
  assert.deepEqual(asker.waits, { calls: new Set(), count: 0, length: 0 });
  assert.deepEqual([queue.size, waiting.dequeueAll(queue)], [0, []]);
});

test('a call that is held counts until it is its turn; one held meanwhile waits for the next time', () => {
  const { waiting, asker, receiver, call, hold } = makeScene({});
  const calls = [call(), call(), call()];
  hold(calls[0]!);
  hold(calls[1]!);
  const seen: [PendingCall, number][] = [];
  for (const held of waiting.takeHeld(receiver)) {
    if (seen.length === 0) hold(calls[2]!);
    seen.push([held.call, asker.waits.count]);
  }
  assert.deepEqual(seen, [
    [calls[0], 2],
    [calls[1], 1],
  ]);
  assert.deepEqual(
    receiver.held.map((held) => held.call),
    [calls[2]],
  );
});
