import {
  type TestNode,
  checkSum,
  foundMarket,
  join,
  makeTestNode,
  next,
  ok,
  type FoundedMarket,
} from '../fixture.ts';
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type { OfferDesk, OrderDesk, OrderSeller, Visitor } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { descriptionFaults } from '@pocas/vat-runtime/testing';

let node: TestNode;
let market: FoundedMarket;
let visitor: Facet<Visitor>;
before(async () => {
  node = await makeTestNode();
  market = await foundMarket(node);
  const { pages } = await E(market.marketPublic).describe();
  visitor = pages.at(-1) as unknown as Facet<Visitor>;
});
after(() => node.stop());

const own = (value: bigint) => ({ own: value, brands: [], outside: '' });
const money = (words: string) => ({ own: 0n, brands: [], outside: words });
const terms = (what: string, alternatives: readonly object[]) => ({
  ...{ what, description: `some ${what}`, category: '', delivery: '', duration: 0n, alternatives },
});
const offer = async (name: string, what: string, prices: readonly object[], units: bigint) => {
  const person = await join(market.steward, name);
  const desk = await person.desk<Facet<OfferDesk>>('offer');
  const stock = { kind: 'units', units } as const;
  // The cast holds: these are the terms of an offer, written out.
  ok(await E(desk).offerWith(terms(what, prices) as never, stock, {}, next()));
  return person;
};
const seen = async (what: string) =>
  (await E(visitor).view()).offers.find((item) => item.what === what);

test('a visitor buys for money what is sold for money alone, and nothing else', async () => {
  const vera = await offer('Vera', 'jam', [own(5n), money('40 pesos')], 3n);
  await offer('Wilma', 'soup', [own(3n)], 3n);
  await offer('Xenia', 'mixed', [{ own: 1n, brands: [], outside: '10 pesos' }], 3n);
  assert.equal((await seen('jam'))!.price, '40 pesos');
  assert.equal(await seen('soup'), undefined);
  assert.equal(await seen('mixed'), undefined);

  const before = await E(market.auditor).statement();
  const id = next();
  const ordered = ok(
    await E(visitor).order((await seen('jam'))!.offer, 2n, 'la palabra es mar', id),
  );
  const again = ok(await E(visitor).order((await seen('jam'))!.offer, 2n, 'la palabra es mar', id));
  assert.equal(again.order, ordered.order);
  assert.equal((await seen('jam'))!.available, '1');
  const desk = await vera.desk<Facet<OrderDesk>>('order');
  const [sale] = (await E(desk).view()).sales;
  const order = sale!.order as Facet<OrderSeller>;
  const view = await E(order).view();
  assert.deepEqual([view.with, view.delivery], ['', 'la palabra es mar']);
  ok(await E(order).handOver());
  ok(await E(ordered.order).accept());
  ok(await E(order).received());
  assert.equal((await E(ordered.order).view()).phase, 'accepted');
  // No credit moved: what was paid is between the two of them.
  assert.deepEqual(await E(market.auditor).statement(), before);
  await checkSum(market.steward);
});

test('what another market or nobody offers is not sold to visitors', async () => {
  const soup = (await E(market.marketPublic).describe()).pages[0]!;
  const answer = await E(visitor).order(soup, 1n, '', next());
  assert.equal(answer.ok, false);
  const jam = (await seen('jam'))!;
  assert.deepEqual(await E(visitor).order(jam.offer, 9n, '', next()), {
    ok: false,
    code: 'insufficient',
  });
});

test('visitors keep twenty things from others at most, and room comes back as orders end', async () => {
  const yara = await offer('Yara', 'eggs', [money('5 pesos')], 100n);
  const eggs = (await seen('eggs'))!;
  for (let n = 0; n < 20; n += 1) ok(await E(visitor).order(eggs.offer, 1n, '', next()));
  const more = () => E(visitor).order(eggs.offer, 1n, '', next());
  assert.deepEqual(await more(), { ok: false, code: 'quota' });
  const desk = await yara.desk<Facet<OrderDesk>>('order');
  const [sale] = (await E(desk).view()).sales;
  ok(await E(sale!.order as Facet<OrderSeller>).refuse());
  ok(await more());
});

test('the page of visitors says everything in both languages', async () => {
  assert.deepEqual(await descriptionFaults(visitor), []);
});
