import { day, next, ok, refused, start, week } from './fixture.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type { PoolTerms } from '@pocas/foco-actors';

type World = Awaited<ReturnType<typeof start>>;
type Person = World['people'][number];

const poolOf = async (world: World, by: Person, to: Person, terms: Partial<PoolTerms> = {}) => {
  const desk = await E(by.self).pools();
  const now = BigInt(world.time.wall());
  return ok(
    await E(desk).open(
      to.home,
      {
        ...{ title: 'licuadora', words: '', targets: [100n], deadline: now + BigInt(week) },
        ...{ least: 1n, parts: 1n, every: 0n, attested: false, within: BigInt(30 * day) },
        ...terms,
      },
      next(),
    ),
  ).pool;
};
const pledge = async (who: Person, pool: object, value: bigint, k = 0n, isFirm = false) =>
  E(await E(who.self).pools()).pledge(pool as never, value, k, isFirm, next());

const begin = async () => {
  const world = await start(['Ana', 'Beto', 'Caro', 'Dora']);
  for (const one of world.people) await world.put(one, 100n);
  const [ana, beto, caro, dora] = world.people;
  return { world, ana: ana!, beto: beto!, caro: caro!, dora: dora! };
};

test('a target is reached whole, exactly that is paid, and the rest goes back', async () => {
  const { world, ana, beto, caro, dora } = await begin();
  const pool = await poolOf(world, ana, dora, { targets: [100n, 300n] });
  ok(await pledge(ana, pool, 60n));
  ok(await pledge(beto, pool, 60n));
  ok(await pledge(caro, pool, 30n));
  await world.sound();
  assert.equal((await E(pool).view()).reached, 1n);
  await world.pass(week);
  const view = await E(pool).view();
  assert.deepEqual([view.phase, view.reached, view.taken, view.paid], ['paid', 1n, 100n, 100n]);
  // 100 by 60 : 60 : 30 is 40, 40, 20.
  assert.deepEqual(
    [await world.has(ana), await world.has(beto), await world.has(caro)],
    [60n, 60n, 80n],
  );
  assert.equal(await world.balance('Dora'), 0n);
  await world.sound();
  await world.node.stop();
});

test('what is not reached goes back to all; a pledge is withdrawn until the deadline, a firm one is not', async () => {
  const { world, ana, beto, caro, dora } = await begin();
  const pool = await poolOf(world, ana, dora);
  ok(await pledge(ana, pool, 60n));
  ok(await pledge(beto, pool, 40n, 0n, true));
  ok(await pledge(caro, pool, 30n));
  refused(await E(await E(beto.self).pools()).withdraw(pool, next()), 'closed');
  ok(await E(await E(ana.self).pools()).withdraw(pool, next()));
  assert.equal(await world.has(ana), 100n);
  await world.pass(week);
  refused(await E(await E(caro.self).pools()).withdraw(pool, next()), 'closed');
  refused(await pledge(ana, pool, 60n), 'closed');
  assert.equal((await E(pool).view()).phase, 'failed');
  for (const one of world.people) assert.equal(await world.has(one), 100n);
  await world.sound();
  await world.node.stop();
});

test('nobody pays more than the part of the total that they said', async () => {
  const { world, ana, beto, caro, dora } = await begin();
  const pool = await poolOf(world, ana, dora);
  // At most a third of 100: 33. So without others it is not reached.
  ok(await pledge(ana, pool, 100n, 3n));
  ok(await pledge(beto, pool, 40n));
  assert.equal((await E(pool).view()).reached, 0n);
  ok(await pledge(caro, pool, 60n));
  await world.pass(week);
  assert.equal((await E(pool).view()).phase, 'paid');
  assert.ok((await world.has(ana)) >= 67n);
  await world.sound();
  await world.node.stop();
});

test('a pool that needs others, a witness or another pool fails without them', async () => {
  const { world, ana, beto, caro, dora } = await begin();
  const alone = await poolOf(world, ana, dora, { least: 2n, targets: [10n] });
  ok(await pledge(ana, alone, 10n));
  const unseen = await poolOf(world, ana, dora, {
    ...{ targets: [10n], milestone: 'hay local', witness: caro.card },
  });
  ok(await pledge(beto, unseen, 10n));
  refused(await E(await E(ana.self).pools()).attest(unseen, 'yo digo', next()), 'unsupported');
  const after = await poolOf(world, ana, dora, { targets: [10n], after: unseen });
  ok(await pledge(caro, after, 10n));
  await world.pass(week);
  for (const pool of [alone, unseen, after]) assert.equal((await E(pool).view()).phase, 'failed');
  for (const one of world.people) assert.equal(await world.has(one), 100n);
  // Whoever opens a pool is not its witness.
  const desk = await E(ana.self).pools();
  const terms = {
    ...{
      title: 'x',
      words: '',
      targets: [10n],
      deadline: BigInt(world.time.wall()) + BigInt(week),
    },
    ...{ least: 1n, parts: 1n, every: 0n, attested: true, within: BigInt(day), witness: ana.card },
  };
  refused(await E(desk).open(dora.home, terms, next()), 'invalid');
  await world.sound();
  await world.node.stop();
});

test('it is paid by milestones, and what was not paid goes back pro rata', async () => {
  const { world, ana, beto, caro, dora } = await begin();
  const pool = await poolOf(world, ana, dora, {
    ...{ parts: 2n, attested: true, witness: caro.card, within: BigInt(20 * day) },
  });
  ok(await pledge(ana, pool, 75n));
  ok(await pledge(beto, pool, 25n));
  await world.pass(week);
  assert.equal((await E(pool).view()).phase, 'paying');
  const witness = await E(caro.self).pools();
  ok(await E(witness).attest(pool, 'cimientos', next()));
  await world.node.rest();
  refused(await E(await E(ana.self).pools()).attest(pool, 'todo', next()), 'unsupported');
  assert.equal((await E(pool).view()).paid, 50n);
  await world.sound();
  await world.pass(20 * day);
  assert.equal((await E(pool).view()).phase, 'returned');
  refused(await E(witness).attest(pool, 'tarde', next()), 'closed');
  // 38 and 12 were taken; of half units the earlier pledge bears it.
  assert.equal((await world.has(ana)) + (await world.has(beto)), 150n);
  await world.sound();
  await world.node.stop();
});

test('it is paid in parts, one after another', async () => {
  const { world, ana, dora } = await begin();
  const pool = await poolOf(world, ana, dora, { parts: 3n, every: BigInt(day) });
  ok(await pledge(ana, pool, 100n));
  await world.pass(week);
  const paid = async () => (await E(pool).view()).paid;
  assert.equal(await paid(), 34n);
  await world.pass(day);
  assert.equal(await paid(), 67n);
  await world.pass(day);
  assert.equal(await paid(), 100n);
  assert.equal((await E(pool).view()).phase, 'paid');
  await world.sound();
  await world.node.stop();
});
