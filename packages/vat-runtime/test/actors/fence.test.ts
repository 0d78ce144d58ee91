import { type Any, type Bench, restart, startBench } from './bench.ts';
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { makeDouble } from '@pocas/vat-runtime/testing';

let bench: Bench;
before(async () => {
  bench = await startBench({ place: 'fenced', other: 'fenced' });
});
after(() => bench.node.stop());

const revoked = { ok: false, code: 'revoked' };
const enter = (name: string): Promise<Any> => E(bench.roots['place']).enter(name);

test('a share does what it does, and things keep their identity', async () => {
  const ana = await enter('Ana');
  const thing: Any = await E(ana).thing();
  assert.equal(await E(thing).called(), 'Ana');
  assert.equal(await E(ana).thing(), thing);
  assert.equal((await E(ana).all()).list[0].thing, thing);
  assert.equal(await E(ana).later(), thing);
  assert.equal(await E(ana).self(), ana);
  await assert.rejects(E(thing).fail(), /it failed/);
});

test('after a renewal all that was obtained through the old share is revoked', async () => {
  const ana = await enter('Ana');
  const thing: Any = await E(ana).thing();
  const child: Any = await E(thing).again();
  const { participant, ok } = await E(ana).renew('r1');
  assert.equal(ok, true);
  assert.notEqual(participant, ana);
  for (const one of [ana, thing, child]) {
    assert.deepEqual(await E(one).called(), revoked);
    assert.deepEqual(await E(one).renew('r2'), revoked);
    assert.deepEqual(await E(one).__getMethodNames__(), revoked);
  }
  assert.equal(await E(await E(participant).thing()).called(), 'Ana');
  // What it was like is as it was: the share is the same.
  const own: Any = await E(participant).thing();
  await E(own).keep(7n);
  const second = await E(participant).renew('r3');
  assert.equal(await E(await E(second.participant).thing()).kept(), 7n);
});

test('the answer of a renewal that was lost is given again, to the same request alone', async () => {
  const ana = await enter('Ana');
  const first = await E(ana).renew('r1');
  assert.deepEqual(await E(ana).renew('r1'), first);
  assert.deepEqual(await E(ana).renew('r2'), revoked);
  const again = await restart(bench);
  bench = again;
  const beto = await enter('Beto');
  const one = await E(beto).renew('r');
  const two = await E(one.participant).renew('r');
  // What the first request got is revoked by now; it is told the same, and no newer one.
  assert.deepEqual(await E(beto).renew('r'), one);
  assert.deepEqual(await E(one.participant).thing(), revoked);
  assert.equal(await E(await E(two.participant).thing()).called(), 'Beto');
});

test('a renewal that is refused or fails cuts nothing', async () => {
  const ana = await enter('Ana');
  assert.deepEqual(await E(ana).renew('refuse'), { ok: false, code: 'closed' });
  await assert.rejects(E(ana).renew('throw'), /no renewal today/);
  assert.equal(await E(await E(ana).thing()).called(), 'Ana');
  assert.equal((await E(ana).renew('refuse')).code, 'closed');
});

test('two renewals at the same time make one new share', async () => {
  const ana = await enter('Ana');
  const answers = await Promise.all(['a', 'b', 'c'].map((id) => E(ana).renew(id)));
  assert.equal(answers.filter(({ ok }) => ok).length, 1);
  for (const answer of answers) if (!answer.ok) assert.deepEqual(answer, revoked);
});

test('what people hand to each other arrives as itself, at any share and at none', async () => {
  const [ana, beto] = [await enter('Ana'), await enter('Beto')];
  const [hers, his]: Any[] = [await E(ana).thing(), await E(beto).thing()];
  // The place sees its own objects through its own wrappers, whosever they are.
  assert.equal(await E(his).isNear(hers), true);
  await E(his).keep(hers);
  // A card is the same for everybody, and can be shown where there is no fence.
  const card = await E(ana).card();
  assert.equal(await E(bench.roots['place']).isNear(card), true);
  assert.equal(await E(bench.roots['place']).isNear(hers), false);
  // A wrapper whose fence was cut is nothing any more.
  await E(ana).renew('r');
  assert.equal(await E(his).isNear(hers), false);
  assert.equal(await E(card).called(), 'Ana');
});

test('what was passed in by the old share stays with the place, as it is', async () => {
  const ana = await enter('Ana');
  const guest: Any = await E(bench.roots['other']).enter('Guest');
  const thing: Any = await E(ana).thing();
  await E(thing).keep(guest);
  const { participant } = await E(ana).renew('r');
  assert.equal(await E(await E(participant).thing()).kept(), guest);
});

test('an object that does not last can be passed in', async () => {
  const ana = await enter('Ana');
  const passing = makeDouble('Passing', { called: () => 'x' });
  assert.equal(await E(await E(ana).thing()).isNear(passing), false);
});

test('a call that is under way when the share is renewed gets nothing', async () => {
  const ana = await enter('Ana');
  const later = E(ana).later();
  const renewed = E(ana).renew('r');
  const answer = await later;
  await renewed;
  // It came before, or it is told that it is too late; it is no way around the fence.
  const name = answer === undefined || 'ok' in Object(answer) ? answer : await E(answer).called();
  assert.deepEqual(name, revoked);
});

test('a fence forgets the oldest wrappers, which go on working until it is cut', async () => {
  const ana = await enter('Ana');
  const first: Any = await E(ana).thing();
  for (let round = 0; round < 20; round += 1) await E(ana).many(220n);
  assert.equal(await E(first).called(), 'Ana');
  const again: Any = await E(ana).thing();
  assert.equal(await E(again).called(), 'Ana');
  await E(ana).renew('r');
  assert.deepEqual(await E(first).called(), revoked);
  assert.deepEqual(await E(again).called(), revoked);
});
