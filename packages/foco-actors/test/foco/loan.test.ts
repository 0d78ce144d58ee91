import { day, next, ok, refused, start } from './fixture.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type { Loan } from '@pocas/foco-actors';
import type { Facet } from '@pocas/vat-runtime';

type World = Awaited<ReturnType<typeof start>>;

/** From one instalment to the next. */
const turn = 3 * day;

const begin = async () => {
  const world = await start(['Ana', 'Beto', 'Caro', 'Dora', 'Eli']);
  for (const one of world.people) await world.put(one, 100n);
  const [ana, beto, caro, dora, eli] = world.people;
  const desk = async (one: typeof ana) => E(one!.self).loans();
  // Ana borrows 90 for a freezer, which Eli sells; Beto and Caro lend, Dora vouches.
  const { loan } = ok(
    await E(await desk(ana)).askSimple(
      eli!.home,
      'refri',
      'refri de todas',
      90n,
      3n,
      3n,
      1n,
      next(),
    ),
  );
  return {
    ...{ world, loan, ana: ana!, beto: beto!, caro: caro!, dora: dora!, eli: eli! },
    desks: {
      ana: await desk(ana),
      beto: await desk(beto),
      caro: await desk(caro),
      dora: await desk(dora),
      eli: await desk(eli),
    },
  };
};
const run = async () => {
  const all = await begin();
  const { desks, loan, world } = all;
  ok(await E(desks.beto).lend(loan, 60n, next()));
  ok(await E(desks.caro).lend(loan, 30n, next()));
  refused(await E(desks.ana).begin(loan, next()), 'notYet');
  ok(await E(desks.dora).vouch(loan, 20n, next()));
  ok(await E(desks.ana).begin(loan, next()));
  await world.node.rest();
  return all;
};

const balanced = async (world: World, loan: Facet<Loan>) => {
  const { principal, repaid, forgiven, absorbed, open } = await E(loan).view();
  assert.equal(repaid + forgiven + absorbed + open, principal);
  await world.sound();
};

test('a loan is funded whole, paid to whom it is for, and paid back pro rata, and nothing more', async () => {
  const { world, loan, desks, ana, beto, caro, dora } = await run();
  assert.equal((await E(loan).view()).phase, 'running');
  assert.equal(await world.balance('Eli'), -10n);
  await balanced(world, loan);
  ok(await E(desks.ana).repay(loan, 31n, next()));
  // 31 by 60 : 30 is 20⅔ and 10⅓.
  assert.deepEqual([await world.has(beto), await world.has(caro)], [61n, 80n]);
  await balanced(world, loan);
  refused(await E(desks.ana).repay(loan, 60n, next()), 'limit');
  ok(await E(desks.ana).repay(loan, 59n, next()));
  assert.equal((await E(loan).view()).phase, 'repaid');
  refused(await E(desks.ana).repay(loan, 1n, next()), 'closed');
  assert.deepEqual(
    [await world.has(ana), await world.has(beto), await world.has(caro), await world.has(dora)],
    [10n, 100n, 100n, 100n],
  );
  await balanced(world, loan);
  await world.node.stop();
});

test('nobody lends more than is missing, and what is not funded in time goes back', async () => {
  const { world, loan, desks, beto, dora } = await begin();
  ok(await E(desks.beto).lend(loan, 60n, next()));
  refused(await E(desks.caro).lend(loan, 31n, next()), 'limit');
  refused(await E(desks.ana).lend(loan, 10n, next()), 'unsupported');
  ok(await E(desks.dora).vouch(loan, 20n, next()));
  await world.sound();
  await world.pass(31 * day);
  assert.equal((await E(loan).view()).phase, 'withdrawn');
  assert.deepEqual([await world.has(beto), await world.has(dora)], [100n, 100n]);
  await world.sound();
  await world.node.stop();
});

test('being late costs nothing: all hear of it, and a new plan holds when nobody objects', async () => {
  const { world, loan, desks, ana, beto } = await run();
  await world.pass(turn);
  const late = await E(loan).view();
  assert.deepEqual([late.late, late.open, late.phase], [30n, 90n, 'running']);
  const heard = (await E(beto.self).view()).heard[0]!;
  assert.deepEqual([heard.what, heard.how, heard.value], ['loan', 'late', 30n]);
  ok(await E(desks.ana).say(loan, 'me enfermé', next()));
  refused(await E(desks.beto).propose(loan, 1n, 1n, next()), 'unsupported');
  ok(await E(desks.ana).propose(loan, 6n, 3n, next()));
  // Of two lenders one says no: it is talked about again.
  ok(await E(desks.caro).answer(loan, 0n, next()));
  await world.pass(2 * day);
  assert.equal((await E(loan).view()).phase, 'running');
  ok(await E(desks.ana).propose(loan, 6n, 3n, next()));
  refused(await E(desks.dora).answer(loan, 1n, next()), 'unsupported');
  ok(await E(desks.beto).answer(loan, 1n, next()));
  await world.pass(2 * day);
  const again = await E(loan).view();
  assert.deepEqual([again.phase, again.late, again.open], ['rescheduled', 0n, 90n]);
  ok(await E(desks.ana).repay(loan, 90n, next()));
  assert.equal((await E(loan).view()).phase, 'repaid');
  assert.equal(await world.has(ana), 10n);
  await balanced(world, loan);
  await world.node.stop();
});

test('a loss is shared by those who vouched up to what they said, and by the lenders pro rata', async () => {
  const { world, loan, desks, beto, caro, dora } = await run();
  ok(await E(desks.ana).repay(loan, 30n, next()));
  refused(await E(desks.eli).absorb(loan, 'ya', next()), 'unsupported');
  refused(await E(desks.beto).absorb(loan, 'ya', next()), 'notYet');
  await world.pass(3 * turn);
  refused(await E(desks.beto).absorb(loan, 'ya', next()), 'notYet');
  await world.pass(95 * day);
  ok(await E(desks.beto).absorb(loan, 'no se va a poder', next()));
  const { phase, absorbed, covered } = await E(loan).view();
  assert.deepEqual([phase, absorbed, covered], ['absorbed', 60n, 20n]);
  // Open were 40 and 20; 20 of it comes from Dora: 13 and 7.
  assert.deepEqual(
    [await world.has(beto), await world.has(caro), await world.has(dora)],
    [73n, 87n, 80n],
  );
  await balanced(world, loan);
  // Whoever asks again shows it.
  const { loan: second } = ok(
    await E(desks.ana).askSimple(
      ...([
        (await E(desks.ana).view()).destinations[0]!.destination,
        'otro',
        'x',
        5n,
        1n,
        1n,
        0n,
      ] as const),
      next(),
    ),
  );
  assert.deepEqual((await E(second).view()).before, [
    { name: 'refri', phase: 'absorbed', value: 90n },
  ]);
  await world.node.stop();
});

test('a lender forgives only their own part', async () => {
  const { world, loan, desks, caro, beto } = await run();
  refused(await E(desks.dora).forgive(loan, 1n, next()), 'unsupported');
  refused(await E(desks.caro).forgive(loan, 31n, next()), 'limit');
  ok(await E(desks.caro).forgive(loan, 30n, next()));
  await balanced(world, loan);
  ok(await E(desks.ana).repay(loan, 60n, next()));
  assert.deepEqual([await world.has(beto), await world.has(caro)], [100n, 70n]);
  assert.equal((await E(loan).view()).phase, 'forgiven');
  await balanced(world, loan);
  await world.node.stop();
});
