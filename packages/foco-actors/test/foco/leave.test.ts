import { day, next, ok, refused, start, week } from './fixture.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';

test('whoever leaves has the returnable part that is not spent; the rest goes to all', async () => {
  const world = await start(['Ana', 'Beto', 'Caro']);
  const [ana, beto, caro] = world.people;
  await world.put(ana!, 30n);
  await world.put(ana!, 70n, true);
  const spending = await E(ana!.self).spending();
  // Own contributions are spent oldest first: the 30, and 10 of the 70.
  const { spend } = ok(await E(spending).announce(caro!.home, 40n, 'pan', next()));
  refused(await E(ana!.self).leave(next()), 'notYet');
  await world.pass(2 * day);
  assert.equal((await E(spend).view()).phase, 'paid');
  await world.put(ana!, 21n);
  const before = await world.balance('Ana');
  ok(await E(ana!.self).leave(next()));
  await world.node.rest();
  assert.equal((await world.balance('Ana')) - before, 60n);
  assert.equal((await E(ana!.self).view()).status, 'left');
  await world.sound();
  await world.pass(week);
  ok(await E(beto!.self).divide(world.purse, next()));
  await world.node.rest();
  assert.deepEqual(
    [await world.has(ana!), await world.has(beto!), await world.has(caro!)],
    [0n, 11n, 10n],
  );
  // Who has left moves nothing any more.
  refused(await E(ana!.self).giveTo(beto!.card, 1n, next()), 'closed');
  refused(await E(ana!.self).comeBack(next()), 'closed');
  await world.sound();
  await world.node.stop();
});

test('what the ledger does not pay on leaving is in the envelope again, and so is the person', async () => {
  const world = await start(['Ana', 'Beto']);
  const [ana] = world.people;
  await world.put(ana!, 50n, true);
  // Where Ana says that she is paid is no account.
  ok(await E(ana!.self).addDestination(world.purse, ana!.card as never, 'x', true, next()));
  ok(await E(ana!.self).leave(next()));
  await world.node.rest();
  const { status, envelopes } = await E(ana!.self).view();
  assert.deepEqual([status, envelopes[0]!.returnable], ['here', 50n]);
  await world.sound();
  await world.node.stop();
});

test('where the charter keeps it, the rest waits for whoever comes back, and buys nothing by leaving again', async () => {
  const world = await start(['Ana', 'Beto'], { leaveRest: 1n });
  const [ana] = world.people;
  await world.put(ana!, 50n);
  ok(await E(ana!.self).leave(next()));
  await world.node.rest();
  await world.sound();
  ok(await E(ana!.self).comeBack(next()));
  assert.equal(await world.has(ana!), 50n);
  assert.equal((await E(ana!.self).view()).envelopes[0]!.returnable, 0n);
  await world.node.stop();
});

test('surplus is divided by the rule, exactly, and what came in this epoch does not count', async () => {
  const world = await start(['Ana', 'Beto', 'Caro'], { equal: 0n, contribution: 1n, hours: 1n });
  const [ana, beto, caro] = world.people;
  const { steward } = world.founded.cares;
  await world.put(ana!, 30n);
  // Returnable value is not given, so it buys nothing.
  await world.put(beto!, 1_000n, true);
  ok(await E(steward).countHours(caro!.card, 5n, 'barrer', next()));
  ok(await E(steward).countHours(beto!.card, 10n, 'cocinar', next()));
  const gift = ok(await E(await E(world.bank).account('Zoe')).withdraw(101n, next()));
  const all = await E(ana!.self).foco();
  ok(await E(all).give(world.purse, gift.payment, next()));
  await world.node.rest();
  ok(await E(ana!.self).divide(world.purse, next()));
  await world.node.rest();
  assert.equal(await world.has(ana!), 30n);
  await world.pass(week);
  // A giant contribution now changes nothing of this division.
  await world.put(caro!, 10_000n);
  ok(await E(ana!.self).divide(world.purse, next()));
  await world.node.rest();
  // Half by contributions, all Ana's; half by hours, 2 : 1 — 50½, 33⅔, 16⅚ of 101.
  assert.deepEqual(
    [await world.has(ana!), await world.has(beto!), await world.has(caro!)],
    [30n + 50n, 1_000n + 34n, 10_000n + 17n],
  );
  await world.sound();
  await world.node.stop();
});

test('people who only come to be counted get nothing where contributions or hours count', async () => {
  const world = await start(['Ana', 'Beto', 'Uno', 'Dos', 'Tres'], { equal: 0n, hours: 1n });
  const [ana, , uno] = world.people;
  ok(await E(world.founded.cares.steward).countHours(ana!.card, 3n, 'cocina', next()));
  await world.pass(week);
  const { payment } = ok(await E(await E(world.bank).account('Zoe')).withdraw(90n, next()));
  ok(await E(await E(uno!.self).foco()).give(world.purse, payment, next()));
  await world.node.rest();
  ok(await E(uno!.self).divide(world.purse, next()));
  await world.node.rest();
  const all = await Promise.all(world.people.map((one) => world.has(one)));
  assert.deepEqual(all, [90n, 0n, 0n, 0n, 0n]);
  await world.sound();
  await world.node.stop();
});

test('strangers who give leave nothing behind where it is refused', async () => {
  const world = await start(['Ana']);
  const all = await E(world.people[0]!.self).foco();
  const { payment } = ok(await E(await E(world.bank).account('Zoe')).withdraw(9n, next()));
  refused(await E(all).give(world.people[0]!.card as never, payment, next()), 'invalid');
  // What is no payment of this ledger is refused by it, and nothing stands.
  ok(await E(all).give(world.purse, world.bank as never, next()));
  await world.node.rest();
  await world.sound();
  assert.equal((await E(all).view()).purses[0]!.balance, 0n);
  await world.node.stop();
});
