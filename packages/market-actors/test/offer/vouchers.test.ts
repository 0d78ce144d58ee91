/** Prices in vouchers of the same market (SPEC M2, C7). */
import {
  type Person,
  type TestNode,
  foundMarket,
  join,
  makeTestNode,
  next,
  ok,
} from '../fixture.ts';
import { descriptionFaults, makeManualTime } from '@pocas/vat-runtime/testing';
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type { OfferDesk, OrderDesk, Steward, VoucherDesk } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';

// `any`: what a page leads to.
type Any = any;
const day = 24 * 60 * 60 * 1000;
const time = makeManualTime();
let node: TestNode;
let steward: Facet<Steward>;
before(async () => {
  node = await makeTestNode({ time, print: () => {} });
  ({ steward } = (await foundMarket(node, { charter: { baseLimit: 50n } })).cares);
});
after(() => node.stop());

type Somebody = Person & {
  readonly offers: Facet<OfferDesk>;
  readonly vouchers: Facet<VoucherDesk>;
  readonly orders: Facet<OrderDesk>;
};
const someone = async (name: string): Promise<Somebody> => {
  const person = await join(steward, name);
  const [offers, vouchers, orders] = await Promise.all(
    ['offer', 'voucher', 'order'].map((mechanism) => person.desk<Any>(mechanism)),
  );
  return { ...person, offers, vouchers, orders };
};
/** A baker whose bread vouchers cost 3; somebody who has two of them; somebody who cooks. */
const village = async (days = 0n) => {
  const [baker, ana, cook] = [
    await someone('Panadera'),
    await someone('Ana'),
    await someone('Beto'),
  ];
  const what = `bread ${next()}`;
  const { voucher } = ok(await E(baker.vouchers).promise(what, '', '', days, 3n, next()));
  ok(await E(ana.vouchers).buy(voucher, 2n, next()));
  return { baker, ana, cook, voucher, unit: `vale (${what})` };
};
const offerOf = async (maker: Somebody, price: bigint, what = 'soup') =>
  ok(await E(maker.offers).offer(`${what} ${next()}`, '', price, 9n, next())).offer;
const seen = async (who: Somebody, maker: Facet<object>) => {
  const { what } = (await E(maker as Any).view()) as { what: string };
  return (await E(who.offers).view()).offers.find((one) => one.what === what)!;
};
const held = async ({ vouchers }: Somebody) => {
  const [one] = (await E(vouchers).view()).held;
  return one === undefined ? [0n, 0n] : [one.balance, one.held];
};
const stands = async (who: Somebody) => {
  const { balance, held: aside } = await who.view();
  return [balance, aside];
};
const hand = async (seller: Somebody, order: Any) => {
  const [{ order: sale }] = (await E(seller.orders).view()).sales as [Any];
  ok((await E(sale).ready()) as Any);
  ok((await E(sale).handOver()) as Any);
  ok((await E(order).accept()) as Any);
};

test('a price of credits and a voucher is set aside in one turn, and paid to whoever cooked', async () => {
  const { ana, cook, baker, voucher, unit } = await village();
  const soup = await offerOf(cook, 2n);
  const [listed] = (await E(soup).view()).vouchers!;
  assert.equal(listed!.voucher, voucher);
  ok(await E(soup).addVoucher(0n, voucher, 1n, next()));
  const item = await seen(ana, soup);
  assert.equal(item.price, `2 créditos + 1 ${unit}`);
  const requestId = next();
  const { order } = ok(await E(ana.offers).order(item.offer, 1n, requestId));
  assert.equal(ok(await E(ana.offers).order(item.offer, 1n, requestId)).order, order);
  assert.deepEqual(
    [await held(ana), await stands(ana)],
    [
      [1n, 1n],
      [-8n, 2n],
    ],
  );
  await hand(cook, order);
  assert.deepEqual(
    [await held(ana), await held(cook)],
    [
      [1n, 0n],
      [1n, 0n],
    ],
  );
  assert.deepEqual(await stands(cook), [2n, 0n]);
  // It is a promise still, now to the cook.
  const [own] = (await E(baker.vouchers).view()).own;
  assert.deepEqual([own!.outstanding, own!.redeemed], [2n, 0n]);
  assert.deepEqual(await descriptionFaults(soup), []);
});

test('whoever cancels, has too few, or cannot pay the rest, has all of it again', async () => {
  const { ana, cook, voucher } = await village();
  const soup = await offerOf(cook, 2n);
  ok(await E(soup).addVoucher(0n, voucher, 1n, next()));
  const { offer } = await seen(ana, soup);
  const before = [await held(ana), await stands(ana)];
  const { order } = ok(await E(ana.offers).order(offer, 2n, next()));
  assert.deepEqual(await held(ana), [0n, 2n]);
  ok(await E(order).cancel());
  assert.deepEqual([await held(ana), await stands(ana)], before);
  const tooMany = await E(ana.offers).order(offer, 3n, next());
  assert.deepEqual(tooMany, { ok: false, code: 'insufficient' });
  const none = await E((await someone('Eva')).offers).order(offer, 1n, next());
  assert.deepEqual(none, { ok: false, code: 'insufficient' });
  ok(await E(soup).changePrice(200n, next()));
  const dear = await E(ana.offers).order((await seen(ana, soup)).offer, 1n, next());
  assert.equal(dear.ok === false && dear.code, 'limit');
  assert.deepEqual([await held(ana), await stands(ana)], before);
});

test('of two ways to pay one is chosen; who takes back the own promise has kept it by that', async () => {
  const { baker, ana, voucher, unit } = await village();
  const cake = await offerOf(baker, 5n, 'cake');
  ok(await E(cake).addPrice(0n, '', next()));
  ok(await E(cake).addVoucher(1n, voucher, 2n, next()));
  const item = await seen(ana, cake);
  assert.deepEqual((await E(item.offer).view()).prices, ['5 créditos', `2 ${unit}`]);
  const { order } = ok(await E(ana.offers).orderAt(item.offer, 1n, 1n, next()));
  await hand(baker, order);
  const [own] = (await E(baker.vouchers).view()).own;
  assert.deepEqual([own!.outstanding, own!.redeemed], [0n, 2n]);
  assert.deepEqual(await held(ana), [0n, 0n]);
});

test('what a maker says of a voucher is not believed, and what is none is refused', async () => {
  const { ana, cook, voucher, unit } = await village();
  const { voucher: other } = ok(await E(ana.vouchers).promise('a song', '', '', 0n, 1n, next()));
  const notMine = await E(await E(ana.self).account()).payee();
  const offerWith = (part: object) =>
    E(cook.offers).offerWith(
      {
        ...{ what: `stew ${next()}`, description: '', category: '', delivery: '', duration: 0n },
        alternatives: [{ own: 0n, brands: [part as Any], outside: '' }],
      },
      { kind: 'demand' },
      {},
      next(),
    );
  const said = {
    payee: notMine,
    value: 1n,
    unit: 'gold',
    step: 1n,
    issuer: await E(other).issuer(),
  };
  const made = ok(await offerWith({ ...said, voucher }));
  const item = await seen(ana, made.offer);
  assert.equal(item.price, `1 ${unit}`);
  const { order } = ok(await E(ana.offers).order(item.offer, 1n, next()));
  await hand(cook, order);
  assert.deepEqual(
    [await held(ana), await held(cook)],
    [
      [1n, 0n],
      [1n, 0n],
    ],
  );
  const card = await E(ana.self).card();
  assert.deepEqual(await offerWith({ ...said, voucher: card }), { ok: false, code: 'invalid' });
  const soup = await offerOf(cook, 2n);
  const add = (which: Any) => E(soup).addVoucher(0n, which, 1n, next());
  assert.deepEqual(await add(card), { ok: false, code: 'stale' });
  const terms = { what: 'a lesson', description: '', where: '', unit: 'vale', size: 1n, worth: 1n };
  const kept = await E(cook.vouchers).promiseWith(
    { ...terms, isDivisible: false, isTransferable: false },
    next(),
  );
  assert.deepEqual(await add(ok(kept).voucher), { ok: false, code: 'stale' });
});

test('when a promise is over nothing is ordered for it, and the offer can be changed', async () => {
  const { ana, cook, voucher } = await village(5n);
  const soup = await offerOf(cook, 2n);
  ok(await E(soup).addVoucher(0n, voucher, 1n, next()));
  time.pass(6 * day);
  await node.rest();
  const { offer } = await seen(ana, soup);
  assert.deepEqual(await E(ana.offers).order(offer, 1n, next()), { ok: false, code: 'closed' });
  ok(await E(soup).addPrice(3n, '', next()));
  ok(await E(soup).removePrice(0n, next()));
  ok(await E(ana.offers).order((await seen(ana, soup)).offer, 1n, next()));
});
