import { type Bench, restart, startBench } from './bench.ts';
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { descriptionFaults, makeDouble } from '@pocas/vat-runtime/testing';

let bench: Bench;

before(async () => {
  bench = await startBench({ vat: 'sealers', other: 'sealers' });
});
after(() => bench.node.stop());

const invalid = { ok: false, code: 'invalid' };

test('what is sealed is opened by the unsealer of the pair, references and all', async () => {
  const { vat, other } = bench.roots;
  const { sealer, unsealer } = await E(vat).kit();
  const value = { text: 'hello', count: 5n, vat, other, list: [other] };
  const box = await E(sealer).seal(value);
  assert.equal(await E(unsealer).isSealed(box), true);
  assert.deepEqual(await E(unsealer).unseal(box), { ok: true, value });
  // A box may be opened again, and hold anything.
  for (const any of [undefined, null, 0n, 'x', box]) {
    const again = await E(sealer).seal(any);
    assert.deepEqual(await E(unsealer).unseal(again), { ok: true, value: any });
  }
});

test('a box of another pair, and what is no box, is refused', async () => {
  const { vat, other } = bench.roots;
  const { sealer, unsealer } = await E(vat).kit();
  const own = await E(sealer).seal('mine');
  const near = await E(vat).otherKit();
  const far = await E(other).kit();
  const aliens = [
    await E(near.sealer).seal('x'),
    await E(far.sealer).seal('y'),
    await E(vat).fake(),
    makeDouble('Box', { number: () => 1n }),
    sealer,
    vat,
  ];
  for (const alien of aliens) {
    assert.equal(await E(unsealer).isSealed(alien), false);
    assert.deepEqual(await E(unsealer).unseal(alien), invalid);
  }
  for (const stranger of [near.unsealer, far.unsealer]) {
    assert.deepEqual(await E(stranger).unseal(own), invalid);
  }
  await assert.rejects(E(unsealer).unseal('text'));
});

test('a box has no method that shows what is in it, and nobody’s name on it', async () => {
  const { sealer } = await E(bench.roots['vat']).kit();
  const box = await E(sealer).seal('secret words');
  const names = await E(box).__getMethodNames__();
  assert.deepEqual(
    names.filter((name: string) => !name.startsWith('__')),
    ['number'],
  );
  assert.doesNotMatch(JSON.stringify(await E(box).__describe__()), /secret|letters/);
  for (const method of ['value', 'unseal', 'content', 'toString', 'constructor']) {
    await assert.rejects(E(box)[method](), /no such method/);
  }
});

test('a value that would not last is not sealed', async () => {
  await assert.rejects(E(bench.roots['vat']).sealPromise(), /a promise does not last/);
});

test('boxes travel through other vats and outlast restarts', async () => {
  let own = await startBench({ vat: 'sealers', carrier: 'sealers' });
  const { sealer } = await E(own.roots['vat']).kit();
  const first = await E(sealer).seal({ to: own.roots['carrier'], text: 'hello' });
  await E(own.roots['carrier']).keep(first);
  own = await restart(own);
  const { unsealer, sealer: again } = await E(own.roots['vat']).kit();
  const carried = await E(own.roots['carrier']).kept();
  const second = await E(again).seal('second');
  assert.notEqual(carried, second);
  assert.deepEqual(await E(unsealer).unseal(carried), {
    ok: true,
    value: { to: own.roots['carrier'], text: 'hello' },
  });
  await own.node.stop();
});

test('the facets describe themselves in both languages', async () => {
  const { sealer, unsealer } = await E(bench.roots['vat']).kit();
  const box = await E(sealer).seal(1n);
  for (const facet of [sealer, unsealer, box]) assert.deepEqual(await descriptionFaults(facet), []);
});
