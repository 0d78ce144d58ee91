/** What hostile places, a device in a thief's hand, and guardians of yesterday can do to a wallet. */
import { makeDouble } from '@pocas/vat-runtime/testing';
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type { WalletOwner } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { join, makeWallet, next, ok } from '../fixture.ts';
import {
  type Any,
  type Town,
  guard,
  helpOf,
  makeTown,
  pagesOf,
  placeOf,
  purchaseAt,
  refused,
  revoked,
} from './town.ts';

let town: Town;
let till: Any;
let seller: Any;
before(async () => {
  town = await makeTown();
  seller = await join(town.market.cares.steward, 'Vera');
  ok((await E(await seller.desk('offer')).offer('bread', 'of rye', 13n, 50n, next())) as Any);
  till = await E(await seller.desk('till')).till();
});
after(() => town.node.stop());

let doubles = 0;
const double = (methods: Any): Any =>
  town.node.definePower(`hostile${(doubles += 1)}`, makeDouble('Double', methods));
const joinDouble = async (wallet: Facet<WalletOwner>, share: Any): Promise<void> => {
  const invitation = double({ join: () => ({ ok: true, place: 'x', participant: share }) });
  ok(await E(wallet).joinWith(invitation, next()));
};
const payeeOf = async (person: Any): Promise<Any> => E(E(person.self).account()).payee();

test('a place whose text for the backup is none does not make the backup useless', async () => {
  const ana = await town.enter('Ana');
  const guardians = [await town.enter('Beto'), await town.enter('Carla')];
  await joinDouble(
    ana,
    double({ view: () => ({}), link: () => ({ secret: `ocapn://${'x'.repeat(5_000)}` }) }),
  );
  await joinDouble(ana, double({ view: () => ({}), link: () => ({ secret: 'x' }) }));
  await guard(ana, guardians, 2n);
  const { guardians: page } = await pagesOf(ana);
  assert.deepEqual((ok(await E(page).backUp()) as Any).cannot, ['x', 'x']);
  const restored = await makeWallet(town.node, 'Ana');
  ok(await helpOf(guardians[0]!, restored, 'Beto', 2n));
  ok(await helpOf(guardians[1]!, restored, 'Carla', 2n));
  const done: Any = ok(await E((await pagesOf(restored)).recovery).proceed());
  assert.deepEqual([done.phase, done.back], ['done', 1n]);
});

test('what may have been paid all the same stays set aside for an app', async () => {
  const ana = await makeWallet(town.node, 'Ana');
  let answer: Any = { ok: false, code: 'unknown' };
  const account = double({ pay: () => answer });
  await joinDouble(ana, double({ view: () => ({}), account: () => account }));
  const { apps } = await pagesOf(ana);
  const terms = { label: 'x', place: 0n, from: 'account', most: 10n, confirmAbove: 10n };
  const app = await E(apps).give(terms, next());
  const payee = await payeeOf(seller);
  const request = next();
  assert.deepEqual(await E(app).pay(payee, 10n, request), refused('notYet'));
  assert.equal((await E(app).view()).left, 0n);
  answer = { ok: true };
  ok(await E(app).pay(payee, 10n, request));
  assert.equal((await E(app).view()).left, 0n);
});

test('a till that took the credits and gives back nothing does not widen what an app may spend', async () => {
  const ana = await town.enter('Ana');
  const desk: Any = await E(await placeOf(ana)).desk('till');
  let isHostile = true;
  const fake = double({
    keys: () => E(till).keys(),
    view: () => E(till).view(),
    pay: async (...args: Any[]) => {
      const done = await E(till).pay(...args);
      return isHostile
        ? {
            ok: true,
            epoch: done.epoch,
            issued: [{ denom: 1n, evaluation: { evaluated: [], proof: 'x' } }],
          }
        : done;
    },
  });
  const fakeDesk = double({
    till: () => fake,
    keys: () => E(desk).keys(),
    withdraw: (...args: Any[]) => E(desk).withdraw(...args),
  });
  await joinDouble(ana, double({ view: () => ({}), desk: () => fakeDesk }));
  const { credits, apps } = await pagesOf(ana);
  ok(await E(credits).openPurse(1n));
  const [{ entry }] = (await E(credits).view()).purses;
  ok(await E(credits).topUp(entry, next()));
  const terms = { label: 'x', place: 1n, from: 'purse', most: 13n, confirmAbove: 13n };
  const app = await E(apps).give(terms, next());
  const request = next();
  const purchase = await purchaseAt(till);
  assert.equal((await E(app).buy(purchase, request)).ok, false);
  assert.equal((await E(app).view()).left, 0n);
  assert.deepEqual(await E(app).buy(purchase, next()), refused('limit'));
  isHostile = false;
  ok(await E(app).buy(purchase, request));
  assert.equal((await E(credits).view()).purses[0].worth, 19n);
  assert.equal((await E(app).view()).left, 0n);
});

test('what a lost device gave itself to spend ends with the device', async () => {
  const ana = await town.enter('Ana');
  const { secret } = (await E(ana).keyLink()) as { secret: string };
  const lost: Any = await E(town.node.enlivener).enliven(secret);
  const terms = { label: 'mine', place: 0n, from: 'account', most: 90n, confirmAbove: 90n };
  const app = await E((await pagesOf(lost)).apps).give(terms, next());
  const { devices } = await pagesOf(ana);
  const entry = (await E(devices).view()).devices[1]!.entry;
  ok(await E(devices).lockOut(entry, next()));
  await town.node.rest();
  assert.deepEqual(await E(app).pay(await payeeOf(seller), 1n, next()), revoked);
});

test('who was dismissed has no voice, and no part of the next dealing', async () => {
  const ana = await town.enter('Ana');
  const all = [await town.enter('Beto'), await town.enter('Carla'), await town.enter('Dora')];
  await guard(ana, all, 2n);
  const { guardians: page } = await pagesOf(ana);
  const [{ entry }] = (await E(page).view()).guardians;
  ok(await E(page).dismiss(entry, next()));
  assert.deepEqual(await E(page).dismiss(await placeOf(ana), next()), refused('invalid'));
  const voice = async (guardian: Any) => {
    const { guarding } = await pagesOf(guardian);
    const [guarded] = (await E(guarding).view()).guarding;
    return E(guarding).lockOut(guarded.entry, 1n, next());
  };
  assert.deepEqual(await voice(all[0]), revoked);
  assert.equal((await voice(all[1])).isDone, false);
  assert.deepEqual(await E(page).deal(3n, next()), refused('invalid'));
  const dealt: Any = ok(await E(page).deal(2n, next()));
  assert.equal(dealt.reached, 2n);
  assert.deepEqual(
    (await E(page).view()).guardians.map((one: Any) => [one.name, one.hasBackup]),
    [
      ['Carla', true],
      ['Dora', true],
    ],
  );
});
