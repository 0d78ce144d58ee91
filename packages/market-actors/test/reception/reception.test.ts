import { descriptionFaults, makeDouble } from '@pocas/vat-runtime/testing';
import {
  type TestNode,
  defineWalletMaker,
  makeMarket,
  makeReception,
  makeTestNode,
  next,
  ok,
  restartEverywhere,
} from '../fixture.ts';
import test, { after, before, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type {
  Participant,
  ReceptionOperator,
  Steward,
  Welcome,
  WalletOwner,
} from '@pocas/market-actors';
import type { Facet, VatMaker } from '@pocas/vat-runtime';

let node: TestNode;
let walletMaker: VatMaker;
let steward: Facet<Steward>;
let operator: Facet<ReceptionOperator>;

before(async () => {
  node = await makeTestNode();
  walletMaker = await defineWalletMaker(node);
});
beforeEach(async () => {
  steward = await makeMarket(node);
  operator = await makeReception(node, walletMaker, steward);
});
after(() => node.stop());

const marketsOf = async (owner: Facet<WalletOwner>) =>
  (await E(owner).view()).places as unknown as Facet<Participant>[];

test('a welcome becomes a wallet that has joined the market', async () => {
  const welcome = await E(operator).invite();
  assert.deepEqual(await E(welcome).view(), { poca: 'La Poca' });
  const entered = ok(await E(welcome).enter('Ana', next()));
  assert.equal(entered.home, true);
  const { name } = await E(entered.goto).view();
  const markets = await marketsOf(entered.goto);
  assert.equal(name, 'Ana');
  const { market, name: there, balance } = await E(markets[0]!).view();
  assert.deepEqual([market, there, balance], ['Tianguis', 'Ana', 0n]);
  assert.deepEqual(await E(welcome).view(), { poca: 'La Poca', used: true });
});

test('entering again with the same request answers the same wallet', async () => {
  const welcome = await E(operator).invite();
  const request = next();
  const first = ok(await E(welcome).enter('Ana', request));
  const again = ok(await E(welcome).enter('Ana', request));
  assert.equal(again.goto, first.goto);
  assert.equal((await marketsOf(first.goto)).length, 1);
  assert.equal((await E(steward).view()).participants, 2n);
});

test('a button pressed three times makes one wallet', async () => {
  const welcome = await E(operator).invite();
  const request = next();
  const vats = node.counts().vats;
  const answers = await Promise.all([1, 2, 3].map(() => E(welcome).enter('Ana', request)));
  const wallets = new Set(answers.map((answer) => ok(answer).goto));
  assert.equal(wallets.size, 1);
  assert.equal(node.counts().vats, vats + 1);
  assert.equal((await E(steward).view()).participants, 2n);
});

test('a welcome lets in one person, also when two come at once', async () => {
  const welcome = await E(operator).invite();
  const answers = await Promise.all([
    E(welcome).enter('Ana', next()),
    E(welcome).enter('Beto', next()),
  ]);
  assert.deepEqual(answers.map(({ ok: entered }) => entered).sort(), [false, true]);
  const refused = answers.find(({ ok: entered }) => !entered);
  assert.deepEqual(refused, { ok: false, code: 'claimed' });
  assert.deepEqual(await E(welcome).enter('Carla', next()), { ok: false, code: 'claimed' });
  assert.equal((await E(operator).view()).came, 1n);
  assert.equal((await E(steward).view()).participants, 2n);
});

test('a wallet that could not be made locks nobody out', async () => {
  let broken = true;
  const moody = node.definePower(
    'moody',
    makeDouble('VatMaker', {
      make(params: unknown) {
        if (broken) throw Error('no room');
        return walletMaker.make(params);
      },
    }),
  );
  const own = await makeReception(node, moody, steward);
  const welcome = await E(own).invite();
  await assert.rejects(E(welcome).enter('Ana', next()));
  assert.equal((await E(own).view()).came, 0n);
  broken = false;
  ok(await E(welcome).enter('Ana', next()));
});

test('without a market a welcome is a wallet alone', async () => {
  const own = await makeReception(node, walletMaker);
  const { goto } = ok(await E(await E(own).invite()).enter('Ana', next()));
  assert.deepEqual(await marketsOf(goto), []);
});

test('the operator sees how many came, and into nobody', async () => {
  const first = await E(operator).invite();
  await E(operator).invite();
  assert.deepEqual(await E(operator).view(), { name: 'La Poca', came: 0n, waiting: 2n });
  const since = await E(operator).changes();
  const change = E(operator).changes(since);
  await E(first).enter('Ana', next());
  assert.notEqual(await change, since);
  assert.deepEqual(await E(operator).view(), { name: 'La Poca', came: 1n, waiting: 1n });
  const asOwner = operator as unknown as Facet<WalletOwner>;
  await assert.rejects(E(asOwner).keyLink());
});

test('a welcome travels as a text, and a repeated request is the same welcome', async () => {
  const request = next();
  const { secret } = (await E(operator).inviteLink(request)) as { secret: string };
  const again = (await E(operator).inviteLink(request)) as { secret: string };
  const welcome = (await E(node.enlivener).enliven(secret)) as Facet<Welcome>;
  assert.equal(await E(node.enlivener).enliven(again.secret), welcome);
  assert.equal(await E(operator).invite(request), welcome);
  ok(await E(welcome).enter('Ana', next()));
});

test('an entering that a restart cut off anywhere goes on where it stopped', async () => {
  const request = next();
  const moments = await restartEverywhere(
    async (first) => {
      const market = await makeMarket(first);
      const reception = await makeReception(first, await defineWalletMaker(first), market);
      return { market, reception, welcome: await E(reception).invite() };
    },
    async ({ welcome }) => ok(await E(welcome).enter('Ana', request)),
    async ({ market, reception, welcome }) => {
      const { goto } = ok(await E(welcome).enter('Ana', request));
      assert.equal((await marketsOf(goto)).length, 1);
      assert.equal((await E(market).view()).participants, 2n);
      assert.equal((await E(reception).view()).came, 1n);
    },
  );
  assert.ok(moments >= 3, `${moments} moments`);
});

test('every facet of a reception describes itself in both languages', async () => {
  const welcome = await E(operator).invite();
  assert.deepEqual(await descriptionFaults(operator), []);
  assert.deepEqual(await descriptionFaults(welcome), []);
  await E(welcome).enter('Ana', next());
  assert.deepEqual(await descriptionFaults(welcome), []);
});
