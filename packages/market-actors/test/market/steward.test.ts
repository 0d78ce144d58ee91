import {
  type Person,
  type TestNode,
  foundMarket,
  join,
  makeTestNode,
  next,
  ok,
  type FoundedMarket,
} from '../fixture.ts';
import test, { afterEach, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type {
  AccountDesk,
  LeavingDesk,
  OfferDesk,
  OrderDesk,
  OrderSeller,
  TrustDesk,
} from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { verifyEntries } from '@pocas/vat-runtime/verify';
import { type ManualTime, makeManualTime } from '@pocas/vat-runtime/testing';

const day = 24 * 60 * 60 * 1000;
/** How many members one turn of an epoch's end looks at (market/epochs.ts). */
const perTurn = 50;
let time: ManualTime;
let node: TestNode;
let market: FoundedMarket;
let ana: Person;
let beto: Person;
beforeEach(async () => {
  time = makeManualTime();
  node = await makeTestNode({ time });
  market = await foundMarket(node);
  ana = await join(market.steward, 'Ana');
  beto = await join(market.steward, 'Beto');
});
afterEach(() => node.stop());

const pay = async (from: Person, to: Person, value: bigint) => {
  const payee = await E(E(to.self).account()).payee();
  return E(E(from.self).account()).pay(payee, value, next());
};

test('a freeze stops paying and not receiving, and ends by itself', async () => {
  const card = await E(ana.self).card();
  ok(await E(market.steward).freeze(card, 7n, 'una plática pendiente', next()));
  assert.equal((await pay(ana, beto, 1n)).ok, false);
  ok(await pay(beto, ana, 1n));
  time.pass(8 * day);
  await node.rest();
  ok(await pay(ana, beto, 1n));
});

test('a second freeze has its own end, and a freeze has one at most in sixty days', async () => {
  const card = await E(ana.self).card();
  ok(await E(market.steward).freeze(card, 2n, 'x', next()));
  time.pass(day);
  ok(await E(market.steward).freeze(card, 10n, 'x', next()));
  time.pass(2 * day);
  await node.rest();
  assert.equal((await pay(ana, beto, 1n)).ok, false, 'the first end does not end the second');
  ok(await E(market.steward).thaw(card, next()));
  ok(await pay(ana, beto, 1n));
  for (const days of [0n, 61n])
    assert.deepEqual(await E(market.steward).freeze(card, days, 'x', next()), {
      ok: false,
      code: 'invalid',
    });
});

test('why somebody was frozen stands in nothing that others can read', async () => {
  const card = await E(ana.self).card();
  ok(await E(market.steward).freeze(card, 7n, 'palabras que nadie más lee', next()));
  for (const journal of [
    await E(market.steward).journal(),
    await E(market.marketPublic).journal(),
  ]) {
    const entries = await E(journal).entries(1n, 200n);
    const text = JSON.stringify(entries, (_key, value: unknown) =>
      typeof value === 'bigint' ? `${value}` : value,
    );
    assert.ok(!text.includes('palabras'));
    assert.deepEqual(verifyEntries(entries, await E(journal).head()), { ok: true });
  }
});

test('a market that winds down takes nothing new, lets debts be made up for, and closes at zero', async () => {
  const shop = await ana.desk<Facet<OfferDesk>>('offer');
  ok(await E(shop).offer('Sopa', '', 4n, 5n, next()));
  ok(await pay(ana, beto, 4n));
  assert.deepEqual(await E(market.steward).close(next()), { ok: false, code: 'notYet' });
  ok(await E(market.steward).windDown(next()));

  const invitation = await E(market.steward).invite();
  assert.deepEqual(await E(invitation).join('Tarde', next()), { ok: false, code: 'closed' });
  const door = await E(market.marketPublic).door();
  assert.equal((await E(door).offer('Tarde', 'a', '', 1n, next())).ok, false);
  assert.equal((await E(shop).offer('Nueva', '', 1n, 1n, next())).ok, false, 'no new offers');
  assert.equal((await pay(ana, beto, 1n)).ok, false, 'no new debts');
  assert.deepEqual(await E(market.steward).close(next()), { ok: false, code: 'notYet' });

  // Beto spends what he has with Ana, who owes it.
  const window = await beto.desk<Facet<OfferDesk>>('offer');
  const [soup] = (await E(window).view()).offers;
  const { order } = ok(await E(window).order(soup!.offer, 1n, next()));
  const [sale] = (await E(await ana.desk<Facet<OrderDesk>>('order')).view()).sales;
  const facet = sale!.order as Facet<OrderSeller>;
  ok(await E(facet).ready());
  ok(await E(facet).handOver());
  assert.deepEqual(await E(market.steward).close(next()), { ok: false, code: 'notYet' });
  ok(await E(order).accept());
  ok(await E(market.steward).close(next()));

  const { phase } = await E(market.steward).view();
  assert.equal(phase, 'closed');
  const journal = await E(market.steward).journal();
  const entries = await E(journal).entries(1n, 200n);
  assert.deepEqual(verifyEntries(entries, await E(journal).head()), { ok: true });
  const last = entries.find((entry) => 'kind' in entry && entry.kind === 'closed');
  assert.ok(last !== undefined, 'the end stands in the journal');
  assert.deepEqual(await E(market.steward).windDown(next()), { ok: false, code: 'closed' });
});

test('an epoch that ends while a market winds down gives nobody a new limit', async () => {
  ok(await E(market.steward).windDown(next()));
  time.pass(8 * day);
  await node.rest();
  const { debitLimit } = await E(await ana.desk<Facet<AccountDesk>>('account')).view();
  assert.equal(debitLimit, 0n);
});

test('epochs that were slept through follow one by one, and the keys of the mint turn', async () => {
  time.pass(7 * day * 5);
  await node.rest();
  const entries = await E(E(market.marketPublic).journal()).entries(1n, 200n);
  const epochs = entries.flatMap((entry) =>
    'kind' in entry && entry.kind === 'epoch' ? [(entry.facts as { epoch: bigint }).epoch] : [],
  );
  assert.ok(epochs.length >= 5);
  epochs.forEach((epoch, index) => assert.equal(epoch, epochs[0]! + BigInt(index)));
  const failed = entries.filter((entry) => 'kind' in entry && entry.kind === 'epoch step failed');
  assert.deepEqual(failed, []);
  const keys = entries.filter((entry) => 'kind' in entry && entry.kind === 'mint keys');
  assert.equal(keys.length, epochs.length + 1);
  const sum = (await E(market.auditor).statement()).sum;
  assert.equal(sum, 0n);
});

test('an epoch’s end looks at so many members a turn, and misses nobody', async () => {
  const wide = await foundMarket(node, { charter: { absence: 28n * BigInt(day) } });
  const people: Person[] = [];
  for (let i = 0; i < 2 * perTurn + 3; i += 1) people.push(await join(wide.steward, `P ${i}`));
  const [seller, ...buyers] = people;
  for (const buyer of buyers) ok(await pay(buyer, seller!, 1n));
  const weeks = 5;
  for (let week = 0; week < weeks; week += 1) {
    time.pass(7 * day);
    await node.rest();
  }
  const entries = await E(E(wide.marketPublic).journal()).entries(1n, 200n);
  const kinds = entries.flatMap((entry) => ('kind' in entry ? [entry] : []));
  assert.deepEqual(
    kinds.filter(({ kind }) => kind === 'epoch step failed'),
    [],
  );
  const last = kinds.filter(({ kind }) => kind === 'epoch').at(-1);
  assert.equal((last!.facts as { members: bigint }).members, BigInt(people.length) + 1n);
  // Nobody did anything since: the first, the last and those between were told so.
  for (const at of [0, perTurn - 1, perTurn, 2 * perTurn, people.length - 1]) {
    const leaving = await people[at]!.desk<Facet<LeavingDesk>>('leaving');
    assert.equal((await E(leaving).view()).isThoughtAway, true, `person ${at}`);
  }
});

test('after a restart in the midst of epochs nothing is run twice', async () => {
  const { storage, secrets } = node;
  const key = await E(node.grantor).sturdy(market.marketPublic);
  time.pass(7 * day);
  await node.stop();
  time.pass(7 * day * 2);
  node = await makeTestNode({ time, storage, secrets });
  await node.rest();
  const open = (await E(node.enlivener).enliven(key)) as FoundedMarket['marketPublic'];
  const entries = await E(E(open).journal()).entries(1n, 200n);
  const epochs = entries.flatMap((entry) =>
    'kind' in entry && entry.kind === 'epoch' ? [(entry.facts as { epoch: bigint }).epoch] : [],
  );
  assert.equal(new Set(epochs).size, epochs.length);
  assert.ok(epochs.length >= 3);
});

test('what comes past the ceiling waits for a word, with a button for each answer', async () => {
  const rich = await join(market.steward, 'Rica');
  for (const person of [ana, beto]) ok(await pay(person, rich, 20n));
  const founder: Person = { ...ana, self: market.participant };
  const paid = ok(await pay(founder, rich, 20n));
  assert.equal(paid.asked > 0n, true);
  const account = await rich.desk<Facet<AccountDesk>>('account');
  const [question] = (await E(account).view()).questions;
  ok(await E(question!.question).toCommons(next()));
  assert.deepEqual((await E(account).view()).questions, []);
  assert.equal((await E(market.commons).view()).balance, paid.asked);
});

test('one’s pages are one’s own: no page of a participant names another’s balance', async () => {
  ok(await pay(ana, beto, 13n));
  for (const name of ['account', 'trust', 'leaving', 'offer', 'order']) {
    const founders = await E(market.participant).desk(name);
    const view = await E(founders as Facet<AccountDesk | TrustDesk | LeavingDesk>).view();
    const text = JSON.stringify(view, (_key, value: unknown) =>
      typeof value === 'bigint' ? `${value}n` : value,
    );
    assert.ok(!text.includes('13n'), name);
  }
});
