import { type Any, type Bench, T, rest, restart, startBench } from './bench.ts';
import test, { afterEach, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';

const terms = { notBefore: 0n, expires: T + 1_000_000n };
let bench: Bench;
let far: Any;
beforeEach(async () => {
  bench = await startBench({ vat: 'charters', other: 'charters' });
  far = bench.roots['other'];
});
afterEach(() => bench.node.stop());

const mandateOver = async (act: Any) => E(bench.roots['vat']).mandate(terms, act);

for (const place of ['vat', 'other'])
  test(`a refusal uses nothing up, and it is done once (act in ${place})`, async () => {
    const holder = bench.roots[place];
    await E(holder).answer({ ok: false, code: 'limit' }, { ok: true });
    const mandate = await mandateOver(await E(holder).act());
    assert.deepEqual(await E(mandate).carryOut('a'), { ok: false, code: 'limit' });
    assert.equal((await E(mandate).view()).used, false);
    assert.deepEqual(await E(mandate).carryOut('b'), { ok: true });
    assert.equal((await E(mandate).view()).used, true);
    assert.deepEqual(await E(mandate).carryOut('b'), { ok: true });
    assert.deepEqual(await E(mandate).carryOut('a'), { ok: false, code: 'limit' });
    assert.deepEqual(await E(mandate).carryOut('c'), { ok: false, code: 'closed' });
    const asked = await E(holder).asked();
    assert.equal(asked.length, 2);
    assert.notEqual(asked[0], asked[1], 'a far act remembers what it refused');
  });

test('a far act that lies or fails uses nothing up', async () => {
  const mandate = await mandateOver(await E(far).act());
  // A turn that throws is undone, so it goes on throwing.
  await E(far).answer('throw');
  assert.deepEqual(await E(mandate).carryOut('thrown'), { ok: false, code: 'invalid' });
  await E(far).answer({ ok: 'true' }, 7n, { ok: false, code: 'nonsense' }, { ok: true });
  for (const request of ['a', 'b', 'c'])
    assert.deepEqual(await E(mandate).carryOut(request), { ok: false, code: 'invalid' }, request);
  assert.deepEqual(await E(mandate).carryOut('d'), { ok: true });
});

test('two who carry it out at once do it once, and both hear what came of it', async () => {
  await E(far).answer({ ok: true });
  const mandate = await mandateOver(await E(far).act());
  const answers = await Promise.all(['a', 'b', 'a'].map((request) => E(mandate).carryOut(request)));
  assert.deepEqual(answers, [{ ok: true }, { ok: false, code: 'conflict' }, { ok: true }]);
  assert.equal((await E(far).asked()).length, 1);
});

test('a node that stops meanwhile has done it once, and says so to whoever asks again', async () => {
  await E(far).answer({ ok: true });
  const mandate = await mandateOver(await E(far).act());
  bench.node.setProgram({ ...bench.roots, mandate });
  await bench.node.settled();
  const lost = E(mandate)
    .carryOut('a')
    .catch(() => 'lost');
  bench = await restart(bench);
  await lost;
  await rest(bench);
  assert.deepEqual(await E(bench.roots['mandate']).carryOut('a'), { ok: true });
  assert.equal((await E(bench.roots['other']).asked()).length, 1);
});
