import { next, ok, refused, start, day, week } from './fixture.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';

test('who spends does so alone, in sight of the others, and it pays after the notice', async () => {
  const world = await start(['Ana', 'Beto', 'Caro']);
  const [ana, beto] = world.people;
  await world.put(ana!, 100n);
  const desk = await E(ana!.self).spending();
  const { spend } = ok(await E(desk).announce(beto!.home, 60n, 'tortillas', next()));
  assert.equal(await world.has(ana!), 40n);
  const seen = await E(await E(beto!.self).spending()).view();
  assert.deepEqual(
    seen.open.map(({ reason, by, value, phase }) => ({ reason, by, value, phase })),
    [{ reason: 'tortillas', by: 'Ana', value: 60n, phase: 'announced' }],
  );
  await world.sound();
  await world.pass(2 * day - 1);
  assert.equal((await E(spend).view()).phase, 'announced');
  await world.pass(1);
  assert.equal((await E(spend).view()).phase, 'paid');
  assert.equal(await world.balance('Beto'), 60n);
  await world.sound();
  await world.node.stop();
});

test('others comment, join and ask for a talk; none of it holds the spend up, and only the spender withdraws', async () => {
  const world = await start(['Ana', 'Beto', 'Caro']);
  const [ana, beto, caro] = world.people;
  for (const one of world.people) await world.put(one, 100n);
  const desk = await E(ana!.self).spending();
  const { spend } = ok(await E(desk).announce(caro!.home, 60n, 'harina', next()));
  const his = await E(beto!.self).spending();
  ok(await E(his).comment(spend, 'mejor de maíz', next()));
  ok(await E(his).askToTalk(spend, 'hablemos', next()));
  await world.pass(2 * day - 1_000);
  const { spend: too } = ok(await E(his).join(spend, 30n, next()));
  refused(await E(his).join(spend, 30n, next()), 'conflict');
  assert.deepEqual((await E(spend).view()).joined, [{ name: 'Beto', value: 30n }]);
  // Without a pause in the charter there is nothing to use.
  refused(await E(his).object(spend, 'no', next()), 'unsupported');
  const hers = await E(caro!.self).spending();
  refused(await E(hers).withdraw(spend, next()), 'unsupported');
  await world.sound();
  ok(await E(desk).withdraw(spend, next()));
  // What was put to it in the last moment is seen as long as everything else.
  await world.pass(2 * day - 1_000);
  assert.equal((await E(too).view()).phase, 'announced');
  ok(await E(his).withdraw(too, next()));
  assert.equal(await world.has(beto!), 100n);
  assert.equal(await world.has(ana!), 100n);
  await world.pass(week);
  assert.equal((await E(spend).view()).phase, 'withdrawn');
  refused(await E(desk).withdraw(spend, next()), 'closed');
  await world.sound();
  await world.node.stop();
});

test('the pause is one, of bounded length, however many object', async () => {
  const world = await start(['Ana', 'Beto', 'Caro'], { objectionPause: BigInt(3 * day) });
  const [ana, beto, caro] = world.people;
  await world.put(ana!, 50n);
  const desk = await E(ana!.self).spending();
  const { spend } = ok(await E(desk).announce(beto!.home, 50n, 'globos', next()));
  ok(await E(await E(beto!.self).spending()).object(spend, 'no hace falta', next()));
  refused(await E(await E(caro!.self).spending()).object(spend, 'tampoco yo', next()), 'closed');
  await world.pass(5 * day - 1);
  assert.equal((await E(spend).view()).phase, 'announced');
  await world.pass(1);
  assert.equal((await E(spend).view()).phase, 'paid');
  await world.node.stop();
});

test('small sums pay at once, and many of them are not small', async () => {
  const world = await start(['Ana', 'Beto'], { smallSums: 20n });
  const [ana, beto] = world.people;
  await world.put(ana!, 100n);
  const desk = await E(ana!.self).spending();
  const phaseOf = async (value: bigint) => {
    const { spend } = ok(await E(desk).announce(beto!.home, value, 'pan', next()));
    await world.node.rest();
    return (await E(spend).view()).phase;
  };
  assert.equal(await phaseOf(15n), 'paid');
  assert.equal(await phaseOf(6n), 'announced');
  assert.equal(await phaseOf(5n), 'paid');
  assert.equal(await phaseOf(1n), 'announced');
  await world.pass(week);
  assert.equal(await phaseOf(20n), 'paid');
  await world.sound();
  await world.node.stop();
});

test('what a ledger does not pay is in the envelopes again, once', async () => {
  const world = await start(['Ana', 'Beto']);
  const [ana, beto] = world.people;
  await world.put(ana!, 40n, true);
  await world.put(ana!, 60n);
  // A payee that is none of this ledger: the ledger throws.
  const wrong = ok(
    await E(ana!.self).addDestination(world.purse, ana!.card as never, 'nadie', false, next()),
  );
  const desk = await E(ana!.self).spending();
  const { spend } = ok(await E(desk).announce(wrong.destination, 70n, 'error', next()));
  ok(await E(await E(beto!.self).spending()).comment(spend, '?', next()));
  await world.pass(2 * day);
  assert.equal((await E(spend).view()).phase, 'refused');
  const { envelopes } = await E(ana!.self).view();
  assert.deepEqual(
    [envelopes[0]!.value, envelopes[0]!.returnable, envelopes[0]!.own],
    [100n, 40n, 100n],
  );
  await world.sound();
  await world.node.stop();
});

test('whoever is paid is seen with what was paid there before, under whatever name', async () => {
  const world = await start(['Ana', 'Beto'], { smallSums: 1_000n });
  const [ana, beto] = world.people;
  await world.put(ana!, 100n);
  const desk = await E(ana!.self).spending();
  ok(await E(desk).announce(beto!.home, 30n, 'pan', next()));
  await world.node.rest();
  const payee = await E(beto!.account).payee();
  const other = ok(
    await E(ana!.self).addDestination(world.purse, payee, 'La Imprenta', false, next()),
  );
  const { spend } = ok(await E(desk).announce(other.destination, 40n, 'volantes', next()));
  const { timesBefore, valueBefore, whom } = await E(spend).view();
  assert.deepEqual([timesBefore, valueBefore, whom], [1n, 30n, 'La Imprenta']);
  await world.node.stop();
});
