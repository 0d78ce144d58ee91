import { day, next, ok, refused, start, week } from './fixture.ts';
import { descriptionFaults } from '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';

test('all pages say everything in both languages', async () => {
  const world = await start(['Ana', 'Beto'], { smallSums: 100n });
  const [ana, beto] = world.people;
  await world.put(ana!, 100n);
  const self = ana!.self;
  const [spending, pools, savings, loans, all] = await Promise.all([
    E(self).spending(),
    E(self).pools(),
    E(self).savings(),
    E(self).loans(),
    E(self).foco(),
  ]);
  const { spend } = ok(await E(spending).announce(beto!.home, 5n, 'pan', next()));
  const { pool } = ok(await E(pools).openSimple(beto!.home, 'x', '', 10n, 20n, 3n, 1n, next()));
  const { saving } = ok(await E(savings).saveSimple(world.purse, 'x', 5n, 9n, 5n, 1n, next()));
  const { loan } = ok(await E(loans).askSimple(beto!.home, 'x', 'y', 9n, 3n, 9n, 0n, next()));
  const { invitation } = ok(await E(self).invite(next()));
  const { fork } = ok(await E(self).proposeFork('x', 'y', next()));
  const facets = [
    ...[self, ana!.card, spending, pools, savings, loans, all, spend, pool, saving, loan],
    ...[invitation, fork, world.purse, ana!.home, world.founded.cares.steward],
    world.founded.cares.auditor,
  ];
  for (const facet of facets) assert.deepEqual(await descriptionFaults(facet as never), []);
  await world.node.stop();
});

test('savings are back after their notice; with the goal reached, at once; and nobody takes another’s', async () => {
  const world = await start(['Ana', 'Beto'], { savingNotice: BigInt(3 * day) });
  const [ana, beto] = world.people;
  for (const one of world.people) await world.put(one, 100n);
  const hers = await E(ana!.self).savings();
  const his = await E(beto!.self).savings();
  refused(await E(hers).saveSimple(world.purse, 'nada', 5n, 0n, 0n, 0n, next()), 'invalid');
  const { saving } = ok(await E(hers).saveSimple(world.purse, 'horno', 30n, 80n, 0n, 1n, next()));
  refused(await E(his).withdraw(saving, 10n, next()), 'invalid');
  ok(await E(his).put(saving, 40n, next()));
  await world.sound();
  refused(await E(his).withdraw(saving, 41n, next()), 'insufficient');
  ok(await E(his).withdraw(saving, 15n, next()));
  // Said again, it is this much and not both.
  ok(await E(his).withdraw(saving, 10n, next()));
  assert.equal(await world.has(beto!), 60n);
  await world.pass(3 * day);
  assert.equal(await world.has(beto!), 70n);
  ok(await E(hers).put(saving, 20n, next()));
  assert.equal((await E(saving).view()).isReached, true);
  ok(await E(hers).withdraw(saving, 50n, next()));
  ok(await E(his).withdraw(saving, 30n, next()));
  assert.deepEqual([await world.has(ana!), await world.has(beto!)], [100n, 100n]);
  const { saving: alone } = ok(
    await E(hers).saveSimple(world.purse, 'sola', 5n, 9n, 0n, 0n, next()),
  );
  refused(await E(his).put(alone, 1n, next()), 'unsupported');
  await world.sound();
  await world.node.stop();
});

test('what is said twice is done once', async () => {
  const world = await start(['Ana', 'Beto']);
  const [ana, beto] = world.people;
  const { payment } = ok(await E(ana!.account).withdraw(50n, next()));
  const id = next();
  for (let time = 0; time < 3; time += 1) {
    ok(await E(ana!.self).contribute(world.purse, payment, false, id));
    await world.node.rest();
  }
  // Under another identifier the ledger says that the payment is used up.
  ok(await E(ana!.self).contribute(world.purse, payment, false, next()));
  await world.node.rest();
  assert.equal(await world.has(ana!), 50n);
  assert.equal((await E(ana!.self).view()).heard[0]!.how, 'refused');
  const gift = next();
  for (let time = 0; time < 3; time += 1) ok(await E(ana!.self).giveTo(beto!.card, 5n, gift));
  assert.deepEqual([await world.has(ana!), await world.has(beto!)], [45n, 5n]);
  const spending = await E(ana!.self).spending();
  const spent = next();
  for (let time = 0; time < 3; time += 1)
    ok(await E(spending).announce(beto!.home, 5n, 'x', spent));
  assert.equal(await world.has(ana!), 40n);
  await world.pass(week);
  assert.equal(await world.balance('Beto'), 5n);
  await world.sound();
  await world.node.stop();
});

test('an invitation lets in one person, and each invites so many in an epoch', async () => {
  const world = await start(['Ana'], { invitations: 1n });
  const [ana] = world.people;
  const { invitation } = ok(await E(ana!.self).invite(next()));
  refused(await E(ana!.self).invite(next()), 'quota');
  const id = next();
  const first = ok(await E(invitation).join('Beto', id));
  assert.equal(ok(await E(invitation).join('Beto', id)).participant, first.participant);
  refused(await E(invitation).join('Caro', next()), 'claimed');
  await world.pass(week);
  ok(await E(ana!.self).invite(next()));
  await world.node.stop();
});

test('a renewed share shuts out the old one, with all that came out through it', async () => {
  const world = await start(['Ana', 'Beto']);
  const [ana, beto] = world.people;
  await world.put(ana!, 50n);
  const old = await E(ana!.self).spending();
  const { participant } = ok(await E(ana!.self).renew(next()));
  refused((await E(ana!.self).giveTo(beto!.card, 1n, next())) as never, 'revoked');
  refused((await E(old).announce(beto!.home, 1n, 'x', next())) as never, 'revoked');
  ok(await E(participant as NonNullable<typeof ana>['self']).giveTo(beto!.card, 1n, next()));
  await world.node.stop();
});

test('facets of another kind, or from elsewhere, designate nothing here', async () => {
  const world = await start(['Ana', 'Beto']);
  const [ana, beto] = world.people;
  await world.put(ana!, 50n);
  const spending = await E(ana!.self).spending();
  refused(await E(spending).announce(world.purse as never, 5n, 'x', next()), 'invalid');
  refused(await E(spending).announce(beto!.account as never, 5n, 'x', next()), 'invalid');
  refused(await E(ana!.self).giveTo(world.purse as never, 5n, next()), 'invalid');
  refused(await E(ana!.self).giveTo(ana!.card, 5n, next()), 'unsupported');
  const { payment } = ok(await E(ana!.account).withdraw(5n, next()));
  refused(await E(ana!.self).contribute(beto!.card as never, payment, false, next()), 'invalid');
  await world.node.stop();
});

test('the root is claimed once', async () => {
  const world = await start(['Ana']);
  const { makeFocoVat } = await import('./fixture.ts');
  const root = await makeFocoVat(world.node);
  const id = next();
  const first = ok(await E(root).claim('Zoe', id));
  assert.equal(ok(await E(root).claim('Zoe', id)).participant, first.participant);
  refused(await E(root).claim('Eve', next()), 'claimed');
  refused(await E(root).settle(['Eve'], next()), 'claimed');
  await world.node.stop();
});

test('value and accounts come in as texts, for pages, each text once', async () => {
  const world = await start(['Ana', 'Beto']);
  const [ana, beto] = world.people;
  const { payment } = ok(await E(ana!.account).withdraw(30n, next()));
  const text = (facet: unknown) => world.node.grantor.sturdy(facet as never);
  const cash = await text(payment);
  for (let time = 0; time < 2; time += 1) {
    ok(await E(ana!.self).putIn(world.purse, cash, 1n, next()));
    await world.node.rest();
  }
  const [envelope] = (await E(ana!.self).view()).envelopes;
  assert.deepEqual([envelope!.value, envelope!.returnable], [30n, 30n]);
  const where = await text(await E(beto!.account).payee());
  const { destination } = ok(await E(ana!.self).addPlace(world.purse, where, 'Beto', 0n, next()));
  const spending = await E(ana!.self).spending();
  ok(await E(spending).announce(destination, 10n, 'pan', next()));
  await world.pass(2 * day);
  assert.equal(await world.balance('Beto'), 10n);
  await assert.rejects(E(ana!.self).putIn(world.purse, 'not a text', 1n, next()));
  const link = await E(ana!.self).link();
  assert.ok('secret' in link);
  await world.sound();
  await world.node.stop();
});
