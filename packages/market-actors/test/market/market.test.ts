import { descriptionFaults } from '@pocas/vat-runtime/testing';
import {
  type Person,
  type TestNode,
  asPerson,
  checkSum,
  complete,
  join,
  makeMarket,
  makeTestNode,
  next,
  ok,
  restartEverywhere,
} from '../fixture.ts';
import test, { after, before, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type { Invitation, Joined, Participant, Steward } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';

let node: TestNode;
let steward: Facet<Steward>;
let ana: Person;
let beto: Person;

before(async () => {
  node = await makeTestNode();
});
beforeEach(async () => {
  steward = await makeMarket(node);
  ana = await join(steward, 'Ana');
  beto = await join(steward, 'Beto');
});
after(() => node.stop());

test('a market is founded on its charter', async () => {
  const own = await makeMarket(node, {
    name: 'Mercadito',
    unit: 'minutos',
    debitLimit: 60n,
    ceiling: 120n,
  });
  assert.deepEqual(await E(own).view(), {
    name: 'Mercadito',
    unit: 'minutos',
    participants: 0n,
    offers: 0n,
    debitLimit: 60n,
    ceiling: 120n,
  });
  const { market, unit, limit, ceiling, available, balance } = await (
    await join(own, 'Ana')
  ).view();
  assert.deepEqual(
    { market, unit, limit, ceiling, available, balance },
    {
      market: 'Mercadito',
      unit: 'minutos',
      limit: 60n,
      ceiling: 120n,
      available: 60n,
      balance: 0n,
    },
  );
});

test('a market is not founded on nonsense', async () => {
  const found = (params: object) => makeMarket(node, params as never);
  await assert.rejects(found({}));
  await assert.rejects(found({ name: '' }));
  await assert.rejects(found({ name: 'x', debitLimit: -1n }));
  await assert.rejects(found({ name: 'x', debtLimit: 1n }));
});

// ---- invitations ----

test('an invitation lets in one person and answers them the same again', async () => {
  const invitation = await E(steward).invite();
  assert.deepEqual(await E(invitation).view(), { market: 'Tianguis', left: 1n });
  const request = next();
  const first = ok(await E(invitation).join('Carla', request)) as Joined;
  const again = ok(await E(invitation).join('Carla', request)) as Joined;
  assert.equal(again.participant, first.participant);
  assert.equal(first.goto, first.participant);
  assert.equal(first.market, 'Tianguis');
  assert.deepEqual(await E(invitation).join('Darío', next()), { ok: false, code: 'claimed' });
  assert.equal((await E(steward).view()).participants, 3n);
  assert.equal((await E(invitation).view()).left, 0n);
});

test('an invitation for three lets in three, each once', async () => {
  const invitation = await E(steward).invite(3n);
  const people = await Promise.all(
    ['a', 'b', 'c', 'd'].map((name) => E(invitation).join(name, next())),
  );
  assert.equal(people.filter(({ ok: done }) => done).length, 3);
  const facets = people.flatMap((one) => (one.ok ? [one.participant] : []));
  assert.equal(new Set(facets).size, 3);
});

test('a shared invitation does not answer to a request that others could guess', async () => {
  const invitation = await E(steward).invite(2n);
  assert.deepEqual(await E(invitation).join('Carla', '1'), { ok: false, code: 'invalid' });
  assert.equal((await E(invitation).view()).left, 2n);
});

test('a repeated request for an invitation is the same invitation', async () => {
  const request = next();
  const first = await E(steward).invite(1n, request);
  assert.equal(await E(steward).invite(1n, request), first);
  assert.notEqual(await E(steward).invite(1n, next()), first);
});

test('an invitation travels as a text', async () => {
  const { secret } = (await E(steward).inviteLink(1n, next())) as { secret: string };
  const invitation = (await E(node.enlivener).enliven(secret)) as Facet<Invitation>;
  ok(await E(invitation).join('Carla', next()));
});

test('a steward opens the door and cannot see or act for anyone', async () => {
  await ana.offer('jam');
  const view = await E(steward).view();
  assert.deepEqual(Object.keys(view).sort(), [
    'ceiling',
    'debitLimit',
    'name',
    'offers',
    'participants',
    'unit',
  ]);
  const asParticipant = steward as unknown as Facet<Participant>;
  await assert.rejects(E(asParticipant).offer('x', '', 1n, 1n, next()));
  const asInside = steward as unknown as Facet<{ enrol(name: string): unknown }>;
  await assert.rejects(E(asInside).enrol('x'));
});

// ---- what each may see ----

test('the public sees what is offered and nobody', async () => {
  await ana.offer('jam', 5n, 3n);
  const open = await E(steward).marketPublic();
  const view = await E(open).describe();
  assert.deepEqual(Object.keys(view).sort(), ['name', 'offers', 'unit']);
  const [item] = view.offers;
  assert.deepEqual(Object.keys(item!).sort(), [
    'available',
    'description',
    'offer',
    'price',
    'what',
  ]);
  assert.deepEqual(await E(open).offers(), view.offers);
  const offer = await E(item!.offer).view();
  assert.deepEqual(offer, {
    what: 'jam',
    description: 'about jam',
    price: 5n,
    version: 1n,
    available: 3n,
    status: 'live',
  });
  assert.ok(!JSON.stringify([view.name, view.unit, offer.what]).includes('Ana'));
});

test('a participant sees nothing of the account and orders of another', async () => {
  const carla = await join(steward, 'Carla');
  await ana.offer('jam', 5n, 3n);
  await beto.order('jam', 2n);
  const { balance, held, purchases, sales, offers } = await carla.view();
  assert.deepEqual([balance, held, purchases, sales], [0n, 0n, [], []]);
  assert.deepEqual(Object.keys(offers[0]!).sort(), [
    'available',
    'description',
    'maker',
    'offer',
    'price',
    'what',
  ]);
});

test('every reference that a participant is shown is theirs or an offer', async () => {
  const carla = await join(steward, 'Carla');
  await ana.offer('jam', 5n, 3n);
  await beto.order('jam');
  const others = new Set<unknown>();
  for (const person of [ana, beto]) {
    const { purchases, sales, ownOffers } = await person.view();
    others.add(person.self);
    for (const { order, act } of [...purchases, ...sales]) others.add(order).add(act);
    for (const { maker, act } of ownOffers) others.add(maker).add(act);
  }
  others.delete(undefined);
  assert.equal(others.size, 8);
  const seen = (value: unknown): unknown[] =>
    Array.isArray(value)
      ? value.flatMap(seen)
      : typeof value === 'object' && value !== null && Object.keys(value).length > 0
        ? Object.values(value).flatMap(seen)
        : [value];
  for (const value of seen(await carla.view())) assert.ok(!others.has(value));
});

// ---- orders as such ----

test('an order past the debit limit is refused and changes nothing', async () => {
  await ana.offer('jam', 7n, 10n);
  const { offer } = (await beto.view()).offers[0]!;
  const refused = { ok: false, code: 'limit', whose: 'payer' };
  assert.deepEqual(await E(beto.self).order(offer, 3n, next()), refused);
  const { held, offers } = await beto.view();
  assert.deepEqual([held, offers[0]!.available], [0n, 10n]);
  ok(await E(beto.self).order(offer, 2n, next()));
  assert.deepEqual(await E(beto.self).order(offer, 1n, next()), refused);
});

test('what an order brings past the ceiling of the seller waits for the seller, and holds up nobody', async () => {
  const low = await makeMarket(node, { name: 'x', debitLimit: 100n, ceiling: 30n });
  const seller = await join(low, 'Ana');
  const buyer = await join(low, 'Beto');
  await seller.offer('jam', 10n, 10n);
  const order = await buyer.order('jam', 4n);
  await complete(order, await seller.lastSale());
  assert.equal((await seller.view()).balance, 30n);
});

test('a repeated order is the same order', async () => {
  await ana.offer('jam');
  const { offer } = (await beto.view()).offers[0]!;
  const request = next();
  const first = ok(await E(beto.self).order(offer, 1n, request));
  const again = ok(await E(beto.self).order(offer, 1n, request));
  assert.equal(again.order, first.order);
  assert.equal((await beto.view()).purchases.length, 1);
  assert.equal((await ana.view()).ownOffers[0]!.available, 2n);
});

test('a repeated offer is the same offer', async () => {
  const request = next();
  const first = ok(await E(ana.self).offer('jam', '', 5n, 1n, request));
  assert.equal(ok(await E(ana.self).offer('jam', '', 5n, 1n, request)).offer, first.offer);
  assert.equal((await ana.view()).ownOffers.length, 1);
});

test('nobody orders from themselves', async () => {
  await ana.offer('jam');
  const { offer } = (await beto.view()).offers[0]!;
  assert.deepEqual(await E(ana.self).order(offer, 1n, next()), {
    ok: false,
    code: 'unsupported',
  });
});

test('an offer of another market, or what is no offer, cannot be ordered', async () => {
  const other = await makeMarket(node);
  const stranger = await join(other, 'Zoe');
  await stranger.offer('gold', 0n, 1n);
  const visitor = await join(other, 'Yago');
  const { offer } = (await visitor.view()).offers[0]!;
  await assert.rejects(E(beto.self).order(offer, 1n, next()), /not an offer/);
  await assert.rejects(E(beto.self).order(ana.self as never, 1n, next()), /not an offer/);
  await assert.rejects(E(beto.self).order({} as never, 1n, next()));
});

test('a gift is an order like any other', async () => {
  await ana.offer('hug', 0n, 1n);
  const buyer = await beto.order('hug');
  const seller = await ana.lastSale();
  await complete(buyer, seller);
  await checkSum(steward, [ana, beto]);
});

test('a full market still fits into one message', async () => {
  const full = await makeMarket(node, { name: 'x', debitLimit: 1000n, ceiling: 1000n });
  const long = 'x'.repeat(2_000);
  const people = await Promise.all(
    ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => join(full, name)),
  );
  for (const { self } of people)
    for (let offer = 0; offer < 20; offer += 1)
      ok(await E(self).offer('x'.repeat(100), long, 1n, 99n, next()));
  const [one, ...others] = people as [Person, ...Person[]];
  // Twenty orders of one's own, and far more from others, some of them ended.
  const buy = async (buyer: Person, from: string, count: number, cancelled: number) => {
    const offers = async () => (await buyer.view()).offers.filter(({ maker }) => maker === from);
    const [offer] = await offers();
    for (let order = 0; order < count; order += 1) {
      const { order: made } = ok(await E(buyer.self).order(offer!.offer, 1n, next()));
      if (order < cancelled) ok(await E(made).cancel());
    }
  };
  await buy(one, 'g', 26, 6);
  // The first person's offers are old: renewed, they are among the newest.
  const { maker } = (await one.view()).ownOffers[0]!;
  await E(maker).changePrice(2n, next());
  for (const other of others.slice(0, 2)) await buy(other, 'a', 26, 6);
  const { offers, ownOffers, purchases, sales } = await one.view();
  assert.deepEqual(
    [offers.length, ownOffers.length, purchases.length, sales.length],
    [100, 20, 25, 25],
  );
  assert.equal((await E(await E(full).marketPublic()).offers()).length, 100);
});

test('both sides see with whom they deal, and what was agreed', async () => {
  await ana.offer('jam', 5n, 3n);
  await beto.order('jam', 2n);
  const [purchase] = (await beto.view()).purchases;
  const [sale] = (await ana.view()).sales;
  assert.equal(purchase!.with, 'Ana');
  assert.equal(sale!.with, 'Beto');
  for (const item of [purchase!, sale!]) {
    const { what, description, price, quantity, total, phase } = item;
    assert.deepEqual(
      { what, description, price, quantity, total, phase },
      {
        what: 'jam',
        description: 'about jam',
        price: 5n,
        quantity: 2n,
        total: 10n,
        phase: 'escrowed',
      },
    );
  }
});

test('a page hears of every change that it shows', async () => {
  const jam = await ana.offer('jam', 5n, 3n);
  const hears = async (
    watched: { changes(since?: string): Promise<string> },
    act: () => Promise<unknown>,
  ) => {
    const far = watched as Facet<{ changes(since?: string): Promise<string> }>;
    const since = await E(far).changes();
    const change = E(far).changes(since);
    await act();
    assert.notEqual(await change, since);
  };
  const open = await E(steward).marketPublic();
  for (const watched of [ana.self, beto.self, open]) {
    await hears(watched, () => E(jam).changePrice(6n, next()));
    await hears(watched, () => E(jam).pause());
    await hears(watched, () => E(jam).resume());
    await hears(watched, () => E(jam).addStock(1n, next()));
    await hears(watched, () => beto.order('jam'));
  }
  const buyer = (await beto.view()).purchases.at(-1)!.order;
  const seller = await ana.lastSale();
  await hears(beto.self, () => E(seller).ready());
  await hears(ana.self, () => E(seller).handOver());
  await hears(buyer, () => E(buyer).accept());
  const { offer } = (await beto.view()).offers[0]!;
  await hears(offer, () => E(jam).withdraw());
  const invitation = await E(steward).invite();
  await hears(steward, () => hears(invitation, () => E(invitation).join('Carla', next())));
});

test('a restart anywhere in the life of an order loses and doubles nothing', async () => {
  const placing = next();
  type Facets = { market: Facet<Steward>; seller: Facet<Participant>; buyer: Facet<Participant> };
  // Whoever goes on does the whole of it again, since every act can be repeated.
  const trade = async ({ seller, buyer }: Facets) => {
    const [bought] = (await E(buyer).view()).purchases;
    const offer = (await E(buyer).view()).offers[0]?.offer;
    const order = bought?.order ?? ok(await E(buyer).order(offer!, 3n, placing)).order;
    const [sale] = (await E(seller).view()).sales;
    await complete(order, sale!.order);
  };
  await restartEverywhere<Facets>(
    async (first) => {
      const market = await makeMarket(first);
      const one = await join(market, 'Ana');
      const two = await join(market, 'Beto');
      await one.offer('jam', 5n, 3n);
      return { market, seller: one.self, buyer: two.self };
    },
    trade,
    async (facets) => {
      const { market, seller, buyer } = facets;
      const people = [asPerson('Ana', seller), asPerson('Beto', buyer)];
      await checkSum(market, people);
      await trade(facets);
      await checkSum(market, people);
      const { balance, ownOffers, sales } = await E(seller).view();
      assert.deepEqual([balance, ownOffers[0]!.available, sales.length], [15n, 0n, 1]);
      assert.equal((await E(buyer).view()).held, 0n);
    },
  );
});

test('every facet of a market describes itself in both languages', async () => {
  await ana.offer('jam', 5n, 9n);
  const resting = await ana.offer('honey');
  await E(resting).pause();
  const buyer = await beto.order('jam');
  const facets = new Set<object>([
    steward,
    await E(steward).invite(),
    await E(steward).marketPublic(),
    await E(steward).auditor(),
    ana.self,
    buyer,
    resting,
  ]);
  const collect = async () => {
    for (const person of [ana, beto]) {
      const { offers, ownOffers, purchases, sales } = await person.view();
      for (const { offer } of offers) facets.add(offer);
      for (const { maker, act } of ownOffers) facets.add(maker).add(act);
      for (const { order, act } of [...purchases, ...sales]) {
        facets.add(order);
        if (act !== undefined) facets.add(act);
      }
    }
  };
  await collect();
  const seller = await ana.lastSale();
  await E(seller).ready();
  await collect();
  await E(seller).handOver();
  await collect();
  const kinds = new Set<string>();
  for (const facet of facets) kinds.add(String(facet));
  assert.equal(kinds.size, 15, [...kinds].sort().join('\n'));
  for (const facet of facets) assert.deepEqual(await descriptionFaults(facet), []);
});
