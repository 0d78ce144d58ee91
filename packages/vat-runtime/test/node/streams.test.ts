import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { until } from './nodes.ts';
import { type PairNode, logHas, makePair, programOf, startAt } from './pair.ts';

const leftOf = async (node: PairNode) => [
  ...(await node.rows('out/')),
  ...(await node.rows('ask/')),
];

test('a send to a vat of another node happens once, and its answer comes back', async () => {
  const { a, b, atA, atB, toB } = await makePair();
  await E(atA).say(toB, 'hello');
  assert.deepEqual(await logHas(atA, 1), ['fulfilled hello hello']);
  assert.deepEqual(await E(atB).log(), ['hello']);
  await E(atA).call(toB, 'fail', [], 'ctx');
  assert.match((await logHas(atA, 2))[1]!, /^rejected thrown ctx/);
  // A reference crosses as itself, in both directions.
  await E(atA).call(toB, 'keep', [atA]);
  await logHas(atA, 3);
  assert.equal(await E(toB).kept(), atA);
  await until(() => a.counts().waitingBytes === 0 && b.counts().waitingBytes === 0);
  await b.settled();
  await a.settled();
  assert.deepEqual([await leftOf(a), await leftOf(b)], [[], []]);
  await a.stop();
  await b.stop();
});

test('sends are carried out in order, once each, whatever is cut in between', async () => {
  const { a, b, atA, atB, toB } = await makePair();
  const count = 400;
  for (let i = 0; i < count; i += 20) {
    await E(atA).sayMany(toB, i, i + 20);
    if (i % 60 === 0) a.cut();
    if (i % 80 === 0) b.cut();
  }
  const log = await logHas(atB, count);
  assert.deepEqual(
    log,
    Array.from({ length: count }, (_, i) => `${i}`),
  );
  await a.stop();
  await b.stop();
});

test('what was sent waits while the other node is down, and both may restart', async () => {
  const { places, a, b, atA, toB } = await makePair();
  const rowsB = await b.crash();
  await E(atA).say(toB, 'one');
  await E(atA).say(toB, 'two');
  await a.settled();
  const rowsA = await a.crash();
  const b2 = await startAt(places[1], rowsB);
  const a2 = await startAt(places[0], rowsA);
  assert.deepEqual(await logHas(programOf(b2).own, 2), ['one', 'two']);
  assert.deepEqual(await logHas(programOf(a2).own, 2), ['fulfilled one one', 'fulfilled two two']);
  await a2.stop();
  await b2.stop();
});
