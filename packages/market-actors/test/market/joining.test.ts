import {
  type Person,
  type TestNode,
  asPerson,
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
  Invitation,
  MarketDoor,
  MemberCard,
  OfferDesk,
  OrderDesk,
  OrderSeller,
  Participant,
  TrustDesk,
} from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { type ManualTime, makeManualTime } from '@pocas/vat-runtime/testing';

const week = 7 * 24 * 60 * 60 * 1000;
let time: ManualTime;
let node: TestNode;
let market: FoundedMarket;
let door: Facet<MarketDoor>;
beforeEach(async () => {
  time = makeManualTime();
  node = await makeTestNode({ time });
  market = await foundMarket(node, { charter: { strangers: 2n }, refused: ['armas'] });
  door = await E(market.marketPublic).door();
});
afterEach(() => node.stop());

const participants = async () => (await E(market.steward).view()).participants;
const limitOf = async (person: Person) =>
  (await E(await person.desk<Facet<AccountDesk>>('account')).view()).debitLimit;

/** Buys one of what somebody offers, through to the end. */
const buy = async (buyer: Person, seller: Person, what: string): Promise<void> => {
  const shop = await buyer.desk<Facet<OfferDesk>>('offer');
  const { offer } = (await E(shop).view()).offers.find((one) => one.what === what)!;
  const { order } = ok(await E(shop).order(offer, 1n, next()));
  const kitchen = await seller.desk<Facet<OrderDesk>>('order');
  const sale = (await E(kitchen).view()).sales.find((one) => one.what === what)!;
  const facet = sale.order as Facet<OrderSeller>;
  ok(await E(facet).ready());
  ok(await E(facet).handOver());
  ok(await E(order).accept());
};

test('a stranger comes in with an offer, sells first, and can buy after the epoch (S1, M1)', async () => {
  const founder = asPerson('Fundadora', market.participant);
  const joined = ok(await E(door).offer('Zoe', 'Tortillas', 'de maíz azul', 6n, next()));
  const zoe = asPerson('Zoe', joined.participant);
  assert.equal((await zoe.view()).available, 0n);
  assert.equal((await E(await zoe.desk<Facet<OfferDesk>>('offer')).view()).ownOffers.length, 1);
  time.pass(2 * week);
  await node.rest();
  assert.equal(await limitOf(zoe), 0n, 'time alone gives no limit');

  await buy(founder, zoe, 'Tortillas');
  assert.equal((await zoe.view()).balance, 6n);
  assert.equal(await limitOf(zoe), 0n, 'not before the epoch has ended');
  time.pass(week);
  await node.rest();
  // By 7.1 with one counted sale of 6 the limit of one who has just begun rounds down to nothing much.
  const account = await zoe.desk<Facet<AccountDesk>>('account');
  const { counted, earned } = await E(account).view();
  assert.deepEqual(
    counted.map(({ sold }) => sold),
    [6n],
  );
  assert.equal(await limitOf(zoe), earned);
});

test('a stranger comes in with a need as well', async () => {
  const joined = ok(await E(door).ask('Zoe', 'Una bici prestada', '', next()));
  assert.equal((await E(joined.participant).view()).available, 0n);
  assert.equal(await participants(), 2n);
});

test('the door lets in as many as the charter says, in each epoch', async () => {
  ok(await E(door).offer('Uno', 'a', '', 1n, next()));
  ok(await E(door).offer('Dos', 'b', '', 1n, next()));
  const third = await E(door).offer('Tres', 'c', '', 1n, next());
  assert.deepEqual(third, { ok: false, code: 'quota' });
  assert.equal((await E(door).view()).left, 0n);
  time.pass(week);
  ok(await E(door).offer('Tres', 'c', '', 1n, next()));
});

test('what the market refuses lets nobody in', async () => {
  const answer = await E(door).offer('Malo', 'armas', '', 1n, next());
  assert.equal(answer.ok, false);
  assert.equal(await participants(), 1n);
});

test('the door answers the same request with the same person, and no short one', async () => {
  const id = next();
  const first = ok(await E(door).offer('Zoe', 'a', '', 1n, id));
  const again = ok(await E(door).offer('Otra', 'b', '', 9n, id));
  assert.equal(first.participant, again.participant);
  assert.equal(await participants(), 2n);
  const guessed = await E(door).offer('Espía', 'a', '', 1n, 'short');
  assert.deepEqual(guessed, { ok: false, code: 'invalid' });
});

test('flooding with offers ends at the charter’s quota', async () => {
  const ana = await join(market.steward, 'Ana');
  const shop = await ana.desk<Facet<OfferDesk>>('offer');
  for (let count = 0; count < 20; count += 1)
    ok(await E(shop).offer(`cosa ${count}`, '', 1n, 1n, next()));
  const more = await E(shop).offer('una más', '', 1n, 1n, next());
  assert.deepEqual(more, { ok: false, code: 'quota' });
  // It is a quota of each person and not of the market.
  const beto = await join(market.steward, 'Beto');
  ok(await E(await beto.desk<Facet<OfferDesk>>('offer')).offer('otra', '', 1n, 1n, next()));
});

test('an introducer lends a first limit, which is theirs no more, and can take back what is unused', async () => {
  const ana = await join(market.steward, 'Ana');
  const trust = await ana.desk<Facet<TrustDesk>>('trust');
  const invitation = (await E(trust).introduce(12n, next())) as Facet<Invitation>;
  assert.deepEqual(await E(invitation).view(), {
    market: 'Tianguis',
    left: 1n,
    by: 'Ana',
    lends: 12n,
  });
  const joined = ok(await E(invitation).join('Nuevo', next()));
  const nuevo = asPerson('Nuevo', joined.participant);
  assert.equal(await limitOf(nuevo), 12n);
  assert.equal(await limitOf(ana), 8n);
  assert.deepEqual(await E(invitation).join('Otro', next()), { ok: false, code: 'claimed' });

  const payee = await E(E(ana.self).account()).payee();
  ok(await E(E(nuevo.self).account()).pay(payee, 5n, next()));
  const card = await E(nuevo.self).card();
  assert.equal(ok(await E(trust).recall(card, 12n, next())).value, 7n);
  assert.equal(await limitOf(nuevo), 5n);
  assert.equal(await limitOf(ana), 15n);
});

test('nobody lends what they do not have, or has used meanwhile', async () => {
  const ana = await join(market.steward, 'Ana');
  const beto = await join(market.steward, 'Beto');
  const trust = await ana.desk<Facet<TrustDesk>>('trust');
  const invitation = (await E(trust).introduce(500n, next())) as Facet<Invitation>;
  const payee = await E(E(beto.self).account()).payee();
  ok(await E(E(ana.self).account()).pay(payee, 15n, next()));
  const joined = ok(await E(invitation).join('Nuevo', next()));
  assert.equal(await limitOf(asPerson('Nuevo', joined.participant)), 5n);
  const card = await E(joined.participant).card();
  const more = await E(trust).lend(card, 1n, next());
  assert.deepEqual(more, { ok: false, code: 'limit' });
});

test('introducing oneself over and over makes no trust', async () => {
  const ana = await join(market.steward, 'Ana');
  const total = async (people: Person[]) =>
    (await Promise.all(people.map(limitOf))).reduce((a, b) => a + b, 0n);
  const people = [ana];
  for (let count = 0; count < 5; count += 1) {
    const last = people.at(-1)!;
    const trust = await last.desk<Facet<TrustDesk>>('trust');
    const invitation = (await E(trust).introduce(20n, next())) as Facet<Invitation>;
    const { participant } = ok(await E(invitation).join(`Ana ${count}`, next()));
    people.push(asPerson(`Ana ${count}`, participant));
  }
  assert.equal(await total(people), 20n);
});

test('one person introduces twenty people in an epoch, and no more', async () => {
  const ana = await join(market.steward, 'Ana');
  const trust = await ana.desk<Facet<TrustDesk>>('trust');
  for (let count = 0; count < 20; count += 1) await E(trust).introduce(0n, next());
  assert.deepEqual(await E(trust).introduce(0n, next()), { ok: false, code: 'quota' });
  time.pass(week);
  assert.ok(!('ok' in (await E(trust).introduce(0n, next()))));
});

test('another facet of this market with the number of a card designates nobody', async () => {
  const people: Person[] = [];
  for (let count = 0; count < 6; count += 1)
    people.push(await join(market.steward, `Persona ${count}`));
  const cards = new Set(
    await Promise.all(people.map(async ({ self }) => E(E(self).card()).number())),
  );
  const trust = await people[0]!.desk<Facet<TrustDesk>>('trust');
  let tried = 0;
  for (const { self } of people) {
    const payee = await E(E(self).account()).payee();
    if (!cards.has(await E(payee).number())) continue;
    tried += 1;
    const asCard = payee as unknown as Facet<MemberCard>;
    assert.deepEqual(await E(trust).lend(asCard, 1n, next()), { ok: false, code: 'closed' });
  }
  assert.ok(tried > 1, 'some numbers are the same');
});

test('a card of another market designates nobody here', async () => {
  const other = await foundMarket(node, { name: 'Otro' });
  const foreign = await E(other.participant).card();
  const trust = await (await join(market.steward, 'Ana')).desk<Facet<TrustDesk>>('trust');
  assert.deepEqual(await E(trust).lend(foreign, 1n, next()), { ok: false, code: 'closed' });
});

test('a share that is renewed is the same share, and the old one opens nothing', async () => {
  const beto = await join(market.steward, 'Beto');
  const invitation = await E(market.steward).invite();
  const request = next();
  const { participant: old } = ok(await E(invitation).join('Ana', request));
  const [shop, account, card] = [
    await E(old).desk('offer'),
    await E(old).account(),
    await E(old).card(),
  ];
  ok(await E(account).pay(await E(await E(beto.self).account()).payee(), 5n, next()));
  const { participant, place } = ok(await E(old).renew('a renewal'));
  assert.equal(place, (await E(participant).view()).market);
  assert.equal((await E(participant).view()).balance, -5n);
  const revoked = { ok: false, code: 'revoked' };
  for (const facet of [old, shop, account] as unknown as Facet<Participant>[])
    assert.deepEqual(await E(facet).view(), revoked);
  // What it was obtained by leads to the old one only.
  const again = ok(await E(invitation).join('Ana', request));
  assert.deepEqual(await E(again.participant).view(), revoked);
  // A card only says who somebody is: what others hold of a person goes on.
  assert.deepEqual(await E(card).view(), { name: 'Ana' });
  ok(await E(market.steward).freeze(card, 1n, 'x', next()));
  assert.equal(await E(participant).card(), card);
});
