import {
  type TestNode,
  defineMarketMaker,
  defineWalletMaker,
  makeReception,
  makeTestNode,
  next,
  ok,
  restartEverywhere,
} from '../fixture.ts';
import test, { afterEach, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type { Facet } from '@pocas/vat-runtime';
import type {
  MarketCares,
  Participant,
  ReceptionOperator,
  WalletOwner,
} from '@pocas/market-actors';

let node: TestNode;
let reception: Facet<ReceptionOperator>;
beforeEach(async () => {
  node = await makeTestNode();
  const walletMaker = await defineWalletMaker(node);
  reception = await makeReception(node, walletMaker, undefined, defineMarketMaker(node));
});
afterEach(() => node.stop());

const vatsOf = async () => (await node.listVats()).vats.length;

const enter = async (name: string): Promise<Facet<WalletOwner>> =>
  ok(await E(E(reception).invite()).enter(name, next())).goto;

// The casts say what a market hands out.
const marketsOf = async (owner: Facet<WalletOwner>) =>
  (await E(owner).view()).places as unknown as Facet<Participant>[];
const caresOf = async (owner: Facet<WalletOwner>) =>
  Object.fromEntries(
    (await E(owner).view()).cares!.map(({ word, care }) => [word, care]),
  ) as unknown as MarketCares;

test('anybody founds a market, and is the only one who holds anything of it', async () => {
  const ana = await enter('Ana');
  const before = await vatsOf();
  assert.equal(ok(await E(ana).foundMarket('Huerto', 'frijoles', next())).place, 'Huerto');
  assert.equal(await vatsOf(), before + 1, 'a vat of its own');
  const markets = await marketsOf(ana);
  const cares = await caresOf(ana);
  const place = await E(markets[0]!).view();
  assert.equal(place.market, 'Huerto');
  assert.equal(place.unit, 'frijoles');
  assert.equal((await E(cares.steward).view()).participants, 1n);
  assert.ok((await E(cares.charter!).view()).options.length > 20);
  // Who keeps the door has no way to it.
  assert.deepEqual(Object.keys(await E(reception).view()).sort(), ['came', 'name', 'waiting']);
});

test('a founding that is asked for again, also at the same time, makes one market', async () => {
  const ana = await enter('Ana');
  const before = await vatsOf();
  const id = next();
  const answers = await Promise.all(
    [1, 2, 3].map(() => E(ana).foundMarket('Horas', 'minutos', id)),
  );
  for (const answer of answers) assert.equal(ok(answer).place, 'Horas');
  ok(await E(ana).foundMarket('Horas', 'minutos', id));
  assert.equal(await vatsOf(), before + 1);
  assert.equal((await marketsOf(ana)).length, 1);
});

test('a person founds three markets and no more, however fast they ask', async () => {
  const ana = await enter('Ana');
  const answers = await Promise.all(
    [1, 2, 3, 4, 5].map((one) => E(ana).foundMarket(`M${one}`, 'c', next())),
  );
  assert.equal(answers.filter(({ ok: done }) => done).length, 3);
  for (const answer of answers) if (!answer.ok) assert.equal(answer.code, 'quota');
  const beto = await enter('Beto');
  ok(await E(beto).foundMarket('Suyo', 'c', next()));
});

test('killed anywhere while a market is founded: who asks again founds it once, and has the others left', async () => {
  const request = next();
  const moments = await restartEverywhere(
    async (fresh) => {
      const walletMaker = await defineWalletMaker(fresh);
      const door = await makeReception(fresh, walletMaker, undefined, defineMarketMaker(fresh));
      return { ana: ok(await E(E(door).invite()).enter('Ana', next())).goto };
    },
    ({ ana }) => E(ana).foundMarket('Huerto', 'c', request),
    async ({ ana }) => {
      ok(await E(ana).foundMarket('Huerto', 'c', request));
      const places = await marketsOf(ana);
      assert.equal(places.length, 1);
      assert.equal((await E(places[0]!).view()).market, 'Huerto');
      assert.ok((await caresOf(ana)).steward);
      for (const name of ['Dos', 'Tres']) ok(await E(ana).foundMarket(name, 'c', next()));
      const fourth = await E(ana).foundMarket('Cuatro', 'c', next());
      assert.deepEqual(fourth, { ok: false, code: 'quota' });
    },
    { define: defineMarketMaker },
  );
  assert.ok(moments >= 4, `${moments} batches`);
});

test('a market that cannot be made is not counted', async () => {
  const ana = await enter('Ana');
  const wish = { name: 'Mal', charter: { chi: 5_000n } };
  for (let time = 0; time < 4; time += 1)
    await assert.rejects(E(ana).found('market', wish, next()));
  ok(await E(ana).foundMarket('Bien', 'c', next()));
});

test('two markets share nothing: a card, a payee or a payment of one is nothing in the other', async () => {
  const [ana, beto] = [await enter('Ana'), await enter('Beto')];
  ok(await E(ana).foundMarket('Uno', 'c', next()));
  ok(await E(beto).foundMarket('Dos', 'c', next()));
  const one = await caresOf(ana);
  const [there] = await marketsOf(beto);
  const card = await E(there!).card();
  assert.deepEqual(await E(one.steward).freeze(card, 7n, 'x', next()), {
    ok: false,
    code: 'closed',
  });
  const [here] = await marketsOf(ana);
  const account = await E(here!).account();
  const foreign = await E(E(there!).account()).payee();
  const paid = await E(account)
    .pay(foreign, 5n, next())
    .catch(() => ({ ok: false }));
  assert.equal(paid.ok, false);
  assert.equal((await E(there!).view()).balance, 0n);
  assert.equal((await E(here!).view()).balance, 0n);
});

test('a wallet without the means to make markets says so', async () => {
  const plain = await makeReception(node, await defineWalletMaker(node));
  const { goto } = ok(await E(E(plain).invite()).enter('Ana', next()));
  assert.deepEqual(await E(goto).foundMarket('x', 'c', next()), { ok: false, code: 'unsupported' });
});
