/** What buyers whom nobody knows say of what they bought (SPEC M5, M8). */
import {
  type Wallet,
  buy,
  makeFair,
  purchaseOf,
  walletOf,
  week,
  withdraw,
} from '../till/fixture.ts';
import { descriptionFaults } from '@pocas/vat-runtime/testing';
import test, { afterEach, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { askFor, finish, learn, shownTokens } from '@pocas/clearing/purse';
import type { BlindOrder } from '@pocas/market-actors';
import { reviewContext } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import type { Fair } from '../till/fixture.ts';
import { countFrom, next, ok } from '../fixture.ts';

// `any`: desks of other rooms.
type Any = any;
const refused = (code: string) => ({ ok: false, code });
let fair: Fair;
beforeEach(async () => {
  countFrom(0);
  fair = await makeFair();
});
afterEach(() => fair.node.stop());

const shopper = async (name: 'ana' | 'beto'): Promise<Wallet> => {
  const wallet = walletOf(name, await fair.keys());
  await withdraw(fair.people[name].self, wallet);
  return wallet;
};
const received = async (wallet: Wallet): Promise<Facet<BlindOrder>> => {
  const { order } = await buy(fair.till, wallet, purchaseOf(await fair.sale()));
  const sale = await fair.saleOf(order);
  ok(await E(sale).ready());
  ok(await E(sale).handOver());
  ok(await E(order).accept());
  return order;
};
/** The token of an order, for what it is about. */
const fetch = async (wallet: Wallet, order: Facet<BlindOrder>): Promise<bigint> => {
  const { subject } = await E(order).view();
  const asked = askFor(wallet.purse, wallet.key, 'till', 'review', [subject]);
  const answer = ok(await E(order).review(asked.batches[0]!.blinded[0]!, asked.requestId));
  wallet.purse = ok(finish(asked.purse, wallet.key, asked.act, answer)).purse;
  return subject;
};
/** @param about - what the mac is over; the same by default */
const tokenFor = (
  wallet: Wallet,
  offer: bigint,
  text: string,
  about = reviewContext(offer, text),
) =>
  shownTokens(
    wallet.purse,
    wallet.key,
    wallet.purse.tokens.filter(({ kind }) => kind === 'review'),
    { purpose: 'review', requestId: '', context: about, change: [] },
  )[0]!;
const said = async (): Promise<readonly unknown[] | undefined> => {
  const { offer } = await fair.sale();
  return ((await E(offer as Any).view()) as Any).reviews;
};

test('who bought says something, once, and it stands with the offer without a name', async () => {
  const wallet = await shopper('ana');
  const order = await received(wallet);
  const subject = await fetch(wallet, order);
  const { offer } = await fair.sale();
  const token = tokenFor(wallet, subject, 'crisp');
  assert.equal(await said(), undefined);
  ok(await E(fair.till).review(offer, 'crisp', token));
  // As when the answer was lost.
  ok(await E(fair.till).review(offer, 'crisp', token));
  assert.deepEqual(await said(), [{ text: 'crisp', epoch: 0n }]);
  const more = tokenFor(wallet, subject, 'and more');
  assert.deepEqual(await E(fair.till).review(offer, 'and more', more), refused('claimed'));
  fair.time.pass(week);
  await fair.node.rest();
  assert.deepEqual(await E(fair.till).review(offer, 'crisp', token), refused('claimed'));
  const shop = await fair.seller.desk<Any>('offer');
  const [{ maker }] = (await E(shop).view()).ownOffers;
  assert.deepEqual((await E(maker).view()).reviews, [{ text: 'crisp', epoch: 0n }]);
  for (const facet of [fair.till, offer, maker])
    assert.deepEqual(await descriptionFaults(facet), []);
  // A new version is the same offer; one that is withdrawn takes with it what was said.
  ok((await E(maker).changePrice(12n, next())) as Any);
  assert.deepEqual(await said(), [{ text: 'crisp', epoch: 0n }]);
});

test('a token is good for what was bought, for these words, and for nobody who made it up', async () => {
  const wallet = await shopper('beto');
  const shop = await fair.seller.desk<Any>('offer');
  ok((await E(shop).offer('cake', '', 5n, 5n, next())) as Any);
  const [bread, cake] = [await fair.sale('bread'), await fair.sale('cake')];
  const subject = await fetch(wallet, await received(wallet));
  const good = tokenFor(wallet, subject, 'dry');
  const post = (offer: Any, text: string, token = good) => E(fair.till).review(offer, text, token);
  assert.deepEqual(await post(cake.offer, 'dry'), refused('invalid'));
  // Whoever has it says that it is for the other offer, in its mac or by its number.
  for (let other = subject - 3n; other < subject + 12n; other += 1n) {
    if (other === subject || other < 1n) continue;
    const own = tokenFor(wallet, subject, 'dry', reviewContext(other, 'dry'));
    for (const token of [own, { ...own, denom: other }])
      assert.deepEqual(await post(cake.offer, 'dry', token), refused('invalid'));
  }
  // Somebody who carries it cannot put other words into the buyer's mouth.
  assert.deepEqual(await post(bread.offer, 'sweet'), refused('invalid'));
  assert.deepEqual(
    await post(bread.offer, 'dry', { ...good, seed: 'A'.repeat(43) }),
    refused('invalid'),
  );
  assert.deepEqual(await post(fair.till, 'dry'), refused('stale'));
  await assert.rejects(post(bread.offer, 'x'.repeat(501)));
  ok(await post(bread.offer, 'dry'));
  assert.equal((await said())?.length, 1);
});

test('before the end, or where nothing was paid, there is nothing to say it with', async () => {
  const wallet = await shopper('ana');
  const { order } = await buy(fair.till, wallet, purchaseOf(await fair.sale()));
  const { subject } = await E(order).view();
  const { batches, requestId } = askFor(wallet.purse, wallet.key, 'till', 'review', [subject]);
  const ask = () => E(order).review(batches[0]!.blinded[0]!, requestId);
  assert.deepEqual(await ask(), refused('notYet'));
  ok(await E(order).cancel());
  assert.deepEqual(await ask(), refused('closed'));
});

test('reviews of one epoch stand in no order of time, and their counts say not of what they are', async () => {
  const [ana, beto] = [await shopper('ana'), await shopper('beto')];
  const texts: Record<'first' | 'second', string> = { first: 'one', second: 'two' };
  const { offer } = await fair.sale();
  const tokens: string[] = [];
  for (const [wallet, text] of [
    [ana, texts.first],
    [beto, texts.second],
  ] as const) {
    const subject = await fetch(wallet, await received(wallet));
    const token = tokenFor(wallet, subject, text);
    tokens.push(token.seed);
    ok(await E(fair.till).review(offer, text, token));
  }
  const inOrder = ((await said()) as { text: string }[]).map(({ text }) => text);
  const bySeed = tokens[0]! < tokens[1]! ? ['two', 'one'] : ['one', 'two'];
  assert.deepEqual(inOrder, bySeed);
  const counts = (await E(fair.till).counts()).filter(({ kind }) => kind === 'review');
  assert.deepEqual(
    counts.map(({ denom, issued, redeemed }) => [denom, issued, redeemed]),
    [[1n, 2n, 2n]],
  );
  ana.purse = ok(learn(ana.purse, await fair.keys())).purse;
});
