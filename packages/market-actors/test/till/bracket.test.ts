/**
 * When something was bought (SPEC 7.2: nothing of the till is kept with a time finer than the epoch). The
 * same story twice: in the one the purchase comes before two acts of which everybody knows the time, in the
 * other after them. What the market's vat keeps afterwards, all of its rows, has to be the same, up to the
 * places of the entries of its journal that say nothing but that somebody was at a till.
 */
import {
  beginPurchase,
  makeFair,
  purchaseOf,
  sendPurchase,
  walletOf,
  withdraw,
} from './fixture.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type { ForSale } from '@pocas/market-actors';
import { finish } from '@pocas/clearing/purse';
import { countFrom, ok } from '../fixture.ts';
import { isJournal, plain } from './rows.ts';

// `any`: desks of other rooms.
type Any = any;
const hour = 3_600_000;

/** @param when - before the first of two dated acts, between them, or after both */
const tell = async (when: 0 | 1 | 2, end: 'open' | 'accepted') => {
  countFrom(0);
  const fair = await makeFair();
  const { node, time, till, people, seller } = fair;
  const wallet = walletOf('buyer', await fair.keys());
  await withdraw(people.ana.self, wallet);
  const at = async (hours: number) => {
    time.pass(hours * hour);
    await node.rest();
  };
  const requests = {
    purchase: 'p'.repeat(32),
    steps: ['r', 's', 't'].map((one) => one.repeat(24)),
  };
  const { offers } = await E(till).view();
  const purchase = purchaseOf(offers[0] as ForSale);
  const { act } = beginPurchase(wallet, purchase);
  const buy = async (): Promise<void> => {
    const answer = ok(await sendPurchase(till, wallet, purchase, act));
    wallet.purse = ok(finish(wallet.purse, wallet.key, act, answer)).purse;
    await node.rest();
  };
  const shop = await people.beto.desk<Any>('offer');
  await at(1);
  if (when === 0) await buy();
  await at(1);
  // An offer, which takes a number of the market and of things; and an order, which takes one of the ledger.
  ok((await E(shop).offer('tea', 'hot', 3n, 5n, requests.steps[0])) as Any);
  await at(1);
  if (when === 1) await buy();
  await at(1);
  const buyer = await seller.desk<Any>('offer');
  const [tea] = (await E(buyer).view()).offers;
  const order = ok((await E(buyer).order(tea.offer, 1n, requests.steps[1])) as Any).order as Any;
  await at(1);
  if (when === 2) await buy();
  await at(1);
  if (end === 'accepted') {
    const sale = await fair.lastSale();
    ok(await E(sale).ready());
    ok(await E(sale).handOver());
    const blind = ok(await E(till).order(act.requestId)).order;
    const accept = async () => void ok(await E(blind).accept());
    await at(1);
    if (when === 0) await accept();
    await at(1);
    const [got] = (await E(await people.beto.desk<Any>('order')).view()).sales;
    ok((await E(got.order).ready()) as Any);
    ok((await E(got.order).handOver()) as Any);
    ok((await E(order).accept()) as Any);
    await at(1);
    if (when !== 0) await accept();
  }
  await at(24 * 7);
  await node.rest();
  const rows = await node.storage.list('v/1/');
  await fair.check();
  await node.stop();
  return rows;
};

/** An entry of the vat's journal is reckoned from rows that are compared themselves; of its place only the others' order counts. */
const normal = (rows: Awaited<ReturnType<typeof tell>>): string[] => {
  const kept = rows.map(([key, row]) => [key, plain(key, row.slice(8)) as Any] as const);
  const journal = kept.filter(([key, value]) => /^v\/1\/j\//.test(key) && value.unlinked !== true);
  const hidden = kept.length - journal.length;
  const others = kept.filter(([key]) => !isJournal(key));
  return [
    ...others.map(([key, value]) => `${key} ${JSON.stringify(value)}`),
    ...journal.map(([, value], index) => `entry ${index} ${JSON.stringify(value)}`),
    `${hidden} in all`,
  ].toSorted();
};

const differences = (one: readonly string[], two: readonly string[]): string[] => {
  const there = new Set(two);
  return one.filter((row) => !there.has(row));
};

for (const end of ['open', 'accepted'] as const) {
  test(`a purchase, ${end}, cannot be placed between two acts of which the time is known`, async () => {
    const [first, between, after] = [
      await tell(0, end),
      await tell(1, end),
      await tell(2, end),
    ].map(normal);
    assert.ok(first!.length > 100, `${first!.length} rows`);
    assert.deepEqual(differences(first!, between!).slice(0, 12), []);
    assert.deepEqual(differences(first!, after!).slice(0, 12), []);
  });
}
