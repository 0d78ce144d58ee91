import { agree, assertSame, entriesOf, makePair } from './fixture.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';

test('two books meet, agree, and both halves say the same', async () => {
  const pair = await makePair();
  const { node, ana, beto } = pair;
  const [a, b] = [await E(ana.keeper).view(), await E(beto.keeper).view()];
  assert.deepEqual([a.phase, b.phase], ['met', 'met']);
  assert.equal(a.code, b.code);
  assert.equal(a.code.length, 20);

  const { ours, theirs } = await agree(pair, 'from', 100n);
  const { amount, version, phase } = await assertSame(ours, theirs);
  assert.deepEqual([amount, version, phase], [100n, 1n, 'open']);
  assert.deepEqual((await E(ana.keeper).view()).balances, [
    { unit: 'MXN', weOwe: 100n, theyOwe: 0n },
  ]);
  assert.deepEqual((await E(beto.keeper).view()).balances, [
    { unit: 'MXN', weOwe: 0n, theyOwe: 100n },
  ]);
  // Consent stands in both journals.
  assert.equal((await entriesOf(ana, 'obligation.accepted')).length, 1);
  assert.equal((await entriesOf(beto, 'obligation.accepted')).length, 1);
  await node.stop();
});
