import {
  type Person,
  type TestNode,
  complete,
  join,
  makeMarket,
  makeTestNode,
  next,
  ok,
} from '../fixture.ts';
import test, { after, before, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type { OfferMaker, Steward } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';

let node: TestNode;
let steward: Facet<Steward>;
let ana: Person;
let beto: Person;
let jam: Facet<OfferMaker>;

before(async () => {
  node = await makeTestNode();
});
beforeEach(async () => {
  steward = await makeMarket(node);
  ana = await join(steward, 'Ana');
  beto = await join(steward, 'Beto');
  jam = await ana.offer('jam', 5n, 3n);
});
after(() => node.stop());

const listed = async () => {
  const [item] = (await beto.view()).offers;
  assert.ok(item !== undefined);
  return item;
};
const order = async (quantity: bigint, { offer } = { offer: undefined as never }) =>
  E(beto.self).order(offer ?? (await listed()).offer, quantity, next());

test('others see an offer, and its maker sees it among their own', async () => {
  const { what, description, price, available, maker } = await listed();
  assert.deepEqual(
    { what, description, price, available, maker },
    { what: 'jam', description: 'about jam', price: 5n, available: 3n, maker: 'Ana' },
  );
  const { offers, ownOffers } = await ana.view();
  assert.deepEqual(offers, []);
  assert.equal(ownOffers[0]!.maker, jam);
  assert.deepEqual((await beto.view()).ownOffers, []);
});

test('a new price is a new version, and running orders keep theirs', async () => {
  const before = await listed();
  const buyer = ok(await order(2n)).order;
  assert.deepEqual(await E(jam).changePrice(8n, next()), {
    ok: true,
    version: 2n,
    available: 1n,
  });
  const { price, total } = await E(buyer).view();
  assert.deepEqual([price, total], [5n, 10n]);
  assert.equal((await beto.view()).held, 10n);
  const after = await listed();
  assert.equal(after.price, 8n);
  assert.notEqual(after.offer, before.offer);
  const seller = await ana.lastSale();
  await complete(buyer, seller);
  assert.equal((await ana.view()).balance, 10n);
});

test('an order for a version that was changed meanwhile is refused as stale', async () => {
  const before = await listed();
  await E(jam).changePrice(8n, next());
  assert.deepEqual(await order(1n, before as never), { ok: false, code: 'stale' });
  assert.equal((await E(before.offer).view()).status, 'changed');
  assert.equal((await E(before.offer).view()).price, 5n);
  assert.equal((await beto.view()).held, 0n);
});

test('new words are a new version with the same stock', async () => {
  await E(jam).changeText('plum jam', '', next());
  const { what, description, price, available } = await listed();
  assert.deepEqual(
    { what, description, price, available },
    { what: 'plum jam', description: '', price: 5n, available: 3n },
  );
});

test('a repeated change makes one version', async () => {
  const request = next();
  const first = await E(jam).changePrice(8n, request);
  assert.deepEqual(await E(jam).changePrice(8n, request), first);
  assert.equal((await E(jam).view()).version, 2n);
  const more = next();
  await E(jam).addStock(4n, more);
  await E(jam).addStock(4n, more);
  assert.equal((await E(jam).view()).available, 7n);
});

test('orders never take more than the stock', async () => {
  assert.deepEqual(await order(4n), { ok: false, code: 'insufficient' });
  ok(await order(2n));
  assert.deepEqual(await order(2n), { ok: false, code: 'insufficient' });
  const { offer } = await listed();
  ok(await order(1n));
  assert.deepEqual((await beto.view()).offers, [], 'what is sold out is not listed');
  assert.deepEqual(await E(beto.self).order(offer, 1n, next()), {
    ok: false,
    code: 'insufficient',
  });
  await E(jam).addStock(1n, next());
  ok(await order(1n));
});

test('the last piece goes to one of two who order at the same time', async () => {
  const carla = await join(steward, 'Carla');
  ok(await order(2n));
  const { offer } = await listed();
  const answers = await Promise.all(
    [beto, carla].map(({ self }) => E(self).order(offer, 1n, next())),
  );
  assert.deepEqual(answers.map(({ ok: done }) => done).sort(), [false, true]);
  assert.equal((await E(jam).view()).available, 0n);
});

test('a resting offer is not shown and cannot be ordered until it is shown again', async () => {
  const { offer } = await listed();
  ok(await E(jam).pause());
  assert.deepEqual((await beto.view()).offers, []);
  assert.deepEqual(await E(beto.self).order(offer, 1n, next()), { ok: false, code: 'closed' });
  assert.equal((await ana.view()).ownOffers[0]!.status, 'paused');
  ok(await E(jam).resume());
  ok(await E(beto.self).order(offer, 1n, next()));
});

test('a withdrawn offer is gone for good, and its running orders go on', async () => {
  const { offer } = await listed();
  const buyer = ok(await order(1n)).order;
  ok(await E(jam).withdraw());
  ok(await E(jam).withdraw());
  assert.deepEqual((await beto.view()).offers, []);
  assert.deepEqual((await ana.view()).ownOffers, []);
  assert.deepEqual(await E(beto.self).order(offer, 1n, next()), { ok: false, code: 'stale' });
  const closed = { ok: false, code: 'closed' };
  assert.deepEqual(await E(jam).resume(), closed);
  assert.deepEqual(await E(jam).pause(), closed);
  assert.deepEqual(await E(jam).changePrice(1n, next()), closed);
  assert.deepEqual(await E(jam).changeText('x', '', next()), closed);
  assert.deepEqual(await E(jam).addStock(1n, next()), closed);
  assert.equal((await E(offer).view()).status, 'withdrawn');
  const seller = await ana.lastSale();
  await complete(buyer, seller);
  assert.equal((await ana.view()).balance, 5n);
});

test('an offer gives its holder no way to change it', async () => {
  const { offer } = await listed();
  const asMaker = offer as unknown as Facet<OfferMaker>;
  await assert.rejects(E(asMaker).changePrice(1n, next()));
  await assert.rejects(E(asMaker).withdraw());
});

test('the controls on an own offer are those of its state', async () => {
  const methods = async () => {
    const act = (await ana.view()).ownOffers[0]!.act as unknown as Facet<{
      __describe__(): { methods: object };
    }>;
    return Object.keys((await E(act).__describe__()).methods).sort();
  };
  const live = ['addStock', 'changePrice', 'changeText', 'pause', 'withdraw'];
  assert.deepEqual(await methods(), live);
  const act = async () =>
    (await ana.view()).ownOffers[0]!.act as unknown as Facet<Pick<OfferMaker, keyof OfferMaker>>;
  ok(await E(await act()).addStock(1n, next()));
  ok(await E(await act()).changePrice(6n, next()));
  ok(await E(await act()).changeText('honey', '', next()));
  ok(await E(await act()).pause());
  assert.deepEqual(await methods(), ['resume', 'withdraw']);
  ok(await E(await act()).resume());
  assert.deepEqual(await methods(), live);
  const { what, price, available } = await listed();
  assert.deepEqual([what, price, available], ['honey', 6n, 4n]);
  ok(await E(await act()).withdraw());
  assert.deepEqual((await ana.view()).ownOffers, []);
});

test('a participant may have twenty offers open', async () => {
  for (let offer = 1; offer < 20; offer += 1) await ana.offer(`thing ${offer}`);
  const one = () => E(ana.self).offer('one more', '', 1n, 1n, next());
  assert.deepEqual(await one(), { ok: false, code: 'quota' });
  ok(await E(jam).withdraw());
  ok(await one());
});

test('an offer needs a name, a price and at least one piece', async () => {
  const offer = (what: string, price: bigint, quantity: bigint) =>
    E(ana.self).offer(what, '', price, quantity, next());
  await assert.rejects(offer('', 1n, 1n));
  await assert.rejects(offer('x'.repeat(101), 1n, 1n));
  await assert.rejects(offer('x', -1n, 1n));
  await assert.rejects(offer('x', 1n, 0n));
  ok(await offer('a gift', 0n, 1n));
});
