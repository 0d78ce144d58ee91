import {
  type ManualTime,
  descriptionFaults,
  makeManualTime,
  makeTestNode,
} from '@pocas/vat-runtime/testing';
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import { bundleVat, defaultQuotas, makePower } from '@pocas/vat-runtime/node';
import {
  checkSum,
  foundMarket,
  join,
  makeMarketVat,
  next,
  ok,
  testSecret,
  withCares,
} from '../fixture.ts';
import { here } from '../order/fixture.ts';
import type { Any } from '../order/fixture.ts';

const day = 24 * 60 * 60 * 1000;

type World = { readonly time: ManualTime; readonly node: Any; readonly founded: Any };
const makeWorld = async (params: Any = {}): Promise<World> => {
  const time = makeManualTime();
  const node = await makeTestNode({ time, print: () => {} });
  return { time, node, founded: await foundMarket(node, params) };
};

/** The market of all tests that need none of their own: to make one takes longer than they do. */
let common: World;
before(async () => {
  common = await makeWorld();
});
after(() => common.node.stop());

let round = 0;
/** Two people who are new in the market. */
const meet = async ({ time, node, founded }: World): Promise<Any> => {
  round += 1;
  const [ana, beto] = [
    await join(founded.steward, `Ana ${round}`),
    await join(founded.steward, `Beto ${round}`),
  ];
  const desk = (person: Any): Any => person.desk('offer');
  const orders = (person: Any): Any => person.desk('order');
  return { node, time, founded, ana, beto, desk, orders, steward: founded.steward };
};
const start = (): Promise<Any> => meet(common);
/** What this test's Beto, or Ana, offers. */
const offers = async (desk: Any): Promise<Any[]> =>
  (await E(await desk).view()).offers.filter(({ maker }: Any) => maker.endsWith(` ${round}`));
const make = async (desk: Any, what: string, price = 5n, quantity = 3n): Promise<Any> =>
  ok((await E(await desk).offer(what, `about ${what}`, price, quantity, next())) as Any).offer;

test('what is offered can be ordered, handed over and paid', async () => {
  const { ana, beto, desk, orders, steward } = await start();
  await make(desk(beto), 'bread', 5n, 3n);
  const [item] = await offers(desk(ana));
  assert.deepEqual(
    [item.what, item.price, item.available, item.maker],
    ['bread', '5 créditos', '3', beto.name],
  );
  const { order } = ok(await E(await desk(ana)).order(item.offer, 2n, next()));
  assert.equal((await E(order).view()).price, '10 créditos');
  assert.equal((await offers(desk(ana)))[0].available, '1');
  const [sale] = (await E(await orders(beto)).view()).sales;
  ok(await E(sale.act).handOver());
  ok(await E(order).accept());
  assert.equal((await E(order).view()).phase, 'accepted');
  await checkSum(steward);
});

test('a home elsewhere that says nonsense of its stock spoils nobody’s page', async () => {
  const { node, ana, beto, desk, founded } = await start();
  const module = await bundleVat(here('hostile-vat.ts'));
  const home = (await node.makeVat({ module, label: 'hostile' })) as Any;
  const terms = {
    ...{ what: 'smoke', description: '', category: '', delivery: '', duration: 0n },
    alternatives: [{ own: 1n, brands: [], outside: '' }],
  };
  const stock = { kind: 'claim', claim: await E(home).hostile() };
  ok(await E(await desk(beto)).offerWith(terms, stock, {}, next()));
  await node.rest();
  const listing = await E(home).listing();
  const { pages } = await E(founded.marketPublic).describe();
  for (const free of [{ toString: 'none' }, -1n, 10n ** 40n, 'x'.repeat(1000)]) {
    await E(listing).available(free);
    const [item] = await offers(desk(ana));
    assert.deepEqual([item.what, item.available], ['smoke', undefined]);
    for (const page of pages) await E(page as Any).view();
  }
  await E(listing).available(3n);
  assert.equal((await offers(desk(ana)))[0].available, '3');
});

test('an old version cannot be ordered, and running orders keep it', async () => {
  const { ana, beto, desk } = await start();
  const maker = await make(desk(beto), 'bread', 5n);
  const [old] = await offers(desk(ana));
  const { order } = ok(await E(await desk(ana)).order(old.offer, 1n, next()));
  ok(await E(maker).changePrice(9n, next()));
  ok(await E(maker).changeText('rye bread', 'dark', next()));
  assert.deepEqual(await E(await desk(ana)).order(old.offer, 1n, next()), {
    ok: false,
    code: 'stale',
  });
  assert.equal((await E(old.offer).view()).status, 'changed');
  const { what, price, version } = await E(order).view();
  assert.deepEqual([what, price, version], ['bread', '5 créditos', 1n]);
  const [newest] = await offers(desk(ana));
  assert.deepEqual([newest.what, newest.price], ['rye bread', '9 créditos']);
  assert.equal((await E(newest.offer).view()).version, 3n);
});

test('resting, withdrawn and over: nobody sees it, nobody orders it', async () => {
  const { node, time, ana, beto, desk } = await start();
  const maker = await make(desk(beto), 'bread');
  const [{ offer }] = await offers(desk(ana));
  const order = async (): Promise<Any> => E(await desk(ana)).order(offer, 1n, next());
  ok(await E(maker).pause());
  assert.deepEqual(await offers(desk(ana)), []);
  assert.deepEqual(await order(), { ok: false, code: 'closed' });
  ok(await E(maker).resume());
  ok(await E(maker).setDays(2n, next()));
  ok(await order());
  time.pass(2 * day);
  await node.rest();
  assert.deepEqual(await offers(desk(ana)), []);
  assert.deepEqual(await order(), { ok: false, code: 'closed' });
  ok(await E(maker).setDays(0n, next()));
  ok(await order());
  ok(await E(maker).withdraw());
  assert.deepEqual(await order(), { ok: false, code: 'stale' });
  assert.deepEqual(await E(maker).changePrice(1n, next()), { ok: false, code: 'closed' });
  assert.deepEqual((await E(await desk(beto)).view()).ownOffers, []);
});

test('whatever a maker does, an offer takes one timer of the market at most', async () => {
  const time = makeManualTime();
  const quotasOf = () => ({ ...defaultQuotas, maxTimers: 20 });
  const node = await makeTestNode({ time, quotasOf, print: () => {} });
  const founded = await foundMarket(node);
  const { ana, beto, desk } = await meet({ time, node, founded });
  const maker = await make(desk(beto), 'bread');
  for (let turn = 0; turn < 25; turn += 1) ok(await E(maker).setDays(300n, next()));
  for (let turn = 0; turn < 25; turn += 1) {
    const other = await make(desk(beto), `cake ${turn}`);
    ok(await E(other).setDays(300n, next()));
    ok(await E(other).withdraw());
  }
  // Each order needs one too.
  const [{ offer }] = await offers(desk(ana));
  ok(await E(await desk(ana)).order(offer, 1n, next()));
  await node.stop();
});

test('what is sold out leaves the list, and comes back with new stock', async () => {
  const { node, ana, beto, desk } = await start();
  const maker = await make(desk(beto), 'bread', 1n, 2n);
  const [{ offer }] = await offers(desk(ana));
  assert.deepEqual(await E(await desk(ana)).order(offer, 3n, next()), {
    ok: false,
    code: 'insufficient',
  });
  ok(await E(await desk(ana)).order(offer, 2n, next()));
  await node.rest();
  assert.deepEqual(await offers(desk(ana)), []);
  assert.equal((await E(maker).view()).status, 'soldOut');
  const request = next();
  ok(await E(maker).addStock(1n, request));
  ok(await E(maker).addStock(1n, request));
  await node.rest();
  assert.equal((await offers(desk(ana)))[0].available, '1');
});

test('whatever the quantity, a total that no account could hold is refused', async () => {
  const { ana, beto, desk } = await start();
  await make(desk(beto), 'bread', 10n ** 20n, 0n);
  const [{ offer, available }] = await offers(desk(ana));
  assert.equal(available, undefined);
  for (const quantity of [10n ** 10n, 10n ** 29n]) {
    const answer = await E(await desk(ana)).order(offer, quantity, next());
    assert.deepEqual(answer, { ok: false, code: 'limit' });
  }
  await assert.rejects(E(await desk(ana)).order(offer, 0n, next()));
  await assert.rejects(E(await desk(ana)).order(offer, -1n, next()));
});

test('a forged offer, one’s own, and a repeated request', async () => {
  const { ana, beto, desk } = await start();
  const maker = await make(desk(beto), 'bread');
  const [{ offer }] = await offers(desk(ana));
  const refused = (code: string) => ({ ok: false, code });
  assert.deepEqual(await E(await desk(beto)).order(offer, 1n, next()), refused('unsupported'));
  assert.deepEqual(await E(await desk(ana)).order(maker, 1n, next()), refused('stale'));
  const request = next();
  const first = ok(await E(await desk(ana)).order(offer, 1n, request));
  const again = ok(await E(await desk(ana)).order(offer, 1n, request));
  assert.equal(first.order, again.order);
  assert.equal((await offers(desk(ana)))[0].available, '2');
});

test('a hold that the buyer made before under the same request does not pay for an order', async () => {
  const { ana, beto, desk, steward } = await start();
  await make(desk(beto), 'bread', 5n);
  const [{ offer }] = await offers(desk(ana));
  const request = next();
  const account: Any = await E(ana.self as Any).account();
  const payee = await E(E(beto.self as Any).account() as Any).payee();
  const before = ok(
    await E(account).hold(
      payee,
      5n,
      { divisible: true, expires: BigInt(common.time.wall()) + 60_000n },
      request,
    ),
  );
  ok(await E(before.decider).release());
  const { order } = ok(await E(await desk(ana)).order(offer, 1n, request));
  assert.equal((await E(account).view()).held, 5n);
  const second = ok(await E(await desk(ana)).order(offer, 1n, next()));
  assert.equal((await E(account).view()).held, 10n, 'each order has a hold of its own');
  ok(await E(second.order).cancel());
  ok(await E(order).cancel());
  assert.equal((await E(account).view()).held, 0n);
  await checkSum(steward);
});

test('a market may have one price, some categories, and things it does not want', async () => {
  const world = await makeWorld({
    charter: { price: 1n },
    categories: ['food'],
    refused: ['tobacco'],
  });
  const { beto, desk } = await meet(world);
  const terms = (change: Any = {}): Any => ({
    ...{ what: 'bread', description: '', category: 'food', delivery: '', duration: 0n },
    alternatives: [{ own: 1n, brands: [], outside: '' }],
    ...change,
  });
  const offer = async (change: Any): Promise<Any> =>
    E(await desk(beto)).offerWith(terms(change), { kind: 'demand' }, {}, next());
  ok(await offer({}));
  const refused = (code: string) => ({ ok: false, code });
  const dear = [{ own: 2n, brands: [], outside: '' }];
  assert.deepEqual(await offer({ alternatives: dear }), refused('limit'));
  const outside = [{ own: 1n, brands: [], outside: '5 pesos' }];
  assert.deepEqual(await offer({ alternatives: outside }), refused('limit'));
  assert.deepEqual(await offer({ category: 'tools' }), refused('invalid'));
  assert.deepEqual(await offer({ description: 'Tobacco, home grown' }), refused('conflict'));
  assert.deepEqual(await offer({ alternatives: [] }), refused('insufficient'));
  const many = Array.from({ length: 6 }, () => ({ own: 1n, brands: [], outside: '' }));
  assert.deepEqual(await offer({ alternatives: many }), refused('quota'));
  await world.node.stop();
});

test('a maker cannot name an issuer of their own: whoever pays would hand their value to it', async () => {
  const { ana, beto, desk } = await start();
  const maker = await make(desk(beto), 'bread');
  const [{ offer }] = await offers(desk(ana));
  const payee = await E((await E(ana.self as Any).account()) as Any).payee();
  // Any object of the maker's can stand for an issuer.
  const brand = { issuer: maker, payee, value: 1n, unit: 'litros', step: 1n };
  const terms = {
    ...{ what: 'milk', description: '', category: '', delivery: '', duration: 0n },
    alternatives: [{ own: 0n, brands: [brand], outside: '' }],
  };
  const refused = { ok: false, code: 'invalid' };
  const stock = { kind: 'demand' };
  assert.deepEqual(await E(await desk(beto)).offerWith(terms, stock, {}, next()), refused);
  assert.deepEqual(await E(maker).addBrand(0n, maker, payee, 1n, next()), refused);
  assert.deepEqual((await E(offer).view()).prices, ['5 créditos']);
});

test('a price in credits of another market, all of it by pasted texts', async () => {
  const founded = await foundMarket(common.node, {
    ...{ name: 'Lechería', unit: 'litros', secret: testSecret(9) },
  });
  const there = await meet({ ...common, founded });
  const here = await start();
  const page = async (steward: Any): Promise<Any> => {
    const { pages } = await E(steward).view();
    for (const one of pages) if ('brands' in (await E(one).view())) return one;
    return undefined;
  };
  const [ours, theirs] = [await page(here.steward), await page(there.steward)];
  const text = async (answer: Promise<Any>): Promise<string> => (await answer).secret;
  ok(await E(ours).accept(await text(E(theirs).ownLink()), next()));

  const maker = await make(here.desk(here.beto), 'cheese', 4n, 0n);
  const [brand] = (await E(maker).view()).brands;
  assert.deepEqual([brand.unit, brand.step], ['litros', 1n]);
  const payee = await text(E(await there.desk(there.beto)).payeeLink());
  // Nothing else of this market: it would be shown again, and come out behind another fence than its owner's.
  for (const facet of [await E(here.ana.self as Any).account(), here.ana.self, maker])
    assert.deepEqual(await E(maker).addBrand(0n, brand.issuer, facet, 3n, next()), {
      ...{ ok: false, code: 'invalid' },
    });
  ok(await E(maker).addBrandLink(0n, brand.issuer, 3n, payee, next()));
  const [{ offer, price }] = await offers(here.desk(here.ana));
  assert.equal(price, '4 créditos + 3 litros');
  const refused = (code: string) => ({ ok: false, code });
  assert.deepEqual(
    await E(await here.desk(here.ana)).order(offer, 1n, next()),
    refused('unsupported'),
  );

  const { aside } = ok(await E(await there.desk(there.ana)).setAside(6n, next()));
  const link = await text(E(aside).link());
  const desk = await here.desk(here.ana);
  const { order } = ok(await E(desk).orderWithLink(offer, 0n, 2n, link, next()));
  await common.node.rest();
  assert.deepEqual(await E(aside).takeBack(), refused('closed'));
  const [sale] = (await E(await here.orders(here.beto)).view()).sales;
  ok(await E(sale.act).handOver());
  ok(await E(order).accept());
  await common.node.rest();
  const { phase, pending, failed } = await E(order).view();
  assert.deepEqual([phase, pending, failed], ['accepted', undefined, undefined]);
  const balance = async (who: Any): Promise<bigint> =>
    (await E((await E(who.self).account()) as Any).view()).balance;
  assert.deepEqual([await balance(there.ana), await balance(there.beto)], [-6n, 6n]);
  assert.deepEqual([await balance(here.ana), await balance(here.beto)], [-8n, 8n]);

  ok(await E(ours).stop(brand.number, next()));
  const again = ok(await E(await there.desk(there.ana)).setAside(6n, next()));
  const other = await text(E(again.aside).link());
  assert.deepEqual(await E(desk).orderWithLink(offer, 0n, 2n, other, next()), refused('closed'));
  ok(await E(again.aside).takeBack());
  assert.equal(await balance(there.ana), -6n);
  for (const one of [ours, again.aside]) assert.deepEqual(await descriptionFaults(one), []);
  await checkSum(here.steward);
  await checkSum(there.steward);
});

test('flooding: a participant has so many offers and no more', async () => {
  const { ana, beto, desk } = await start();
  for (let i = 0; i < 20; i += 1) await make(desk(beto), `bread ${i}`);
  const answer = await E(await desk(beto)).offer('one more', '', 1n, 1n, next());
  assert.deepEqual(answer, { ok: false, code: 'quota' });
  await make(desk(ana), 'soup');
});

test('one of several prices is paid, with money outside as both say', async () => {
  const { ana, beto, desk, orders, steward } = await start();
  const maker = await make(desk(beto), 'bike', 10n, 0n);
  ok(await E(maker).addPrice(4n, '20 pesos', next()));
  const [{ offer }] = await offers(desk(ana));
  assert.deepEqual((await E(offer).view()).prices, ['10 créditos', '4 créditos + 20 pesos']);
  const { order } = ok(await E(await desk(ana)).orderWith(offer, 1n, 2n, [], next()));
  assert.equal((await E(order).view()).price, '8 créditos + 2 × 20 pesos');
  const [sale] = (await E(await orders(beto)).view()).sales;
  ok(await E(sale.act).handOver());
  ok(await E(order).accept());
  assert.equal((await E(order).view()).phase, 'handedOver');
  ok(await E(sale.order).received());
  assert.equal((await E(order).view()).phase, 'accepted');
  assert.deepEqual(await E(await desk(ana)).orderWith(offer, 7n, 1n, [], next()), {
    ok: false,
    code: 'stale',
  });
  await checkSum(steward);
});

test('looking for something, and going on to older ones', async () => {
  const world = await makeWorld({ charter: { maxOffers: 100n } });
  const { ana, beto, desk } = await meet(world);
  for (let i = 0; i < 35; i += 1)
    await make(desk(beto), i % 2 === 0 ? `bread ${i}` : `soup ${i}`, 1n, 0n);
  const whats = async () => (await offers(desk(ana))).map(({ what }) => what);
  assert.equal((await whats()).length, 30);
  assert.equal((await whats())[0], 'bread 34');
  await E((await E(await desk(ana)).view()).more).older(next());
  assert.equal((await E(await desk(ana)).view()).more, undefined);
  assert.deepEqual(await whats(), ['bread 4', 'soup 3', 'bread 2', 'soup 1', 'bread 0']);
  await E(await desk(ana)).look('SOUP', next());
  assert.equal((await whats()).length, 17);
  await E(await desk(ana)).look('', next());
  assert.equal((await whats()).length, 30);
  await world.node.stop();
});

test('the pages of offers say everything in both languages', async () => {
  const world = await makeWorld();
  const { ana, beto, desk } = await meet(world);
  const maker = await make(desk(beto), 'bread');
  ok(await E(maker).changeDelivery('at the door, on Mondays', 'food', next()));
  ok(await E(maker).addPrice(1n, '20 pesos', next()));
  const [{ offer }] = await offers(desk(ana));
  const { ownOffers } = await E(await desk(beto)).view();
  const { aside } = ok(await E(await desk(ana)).setAside(3n, next()));
  for (const facet of [maker, offer, ownOffers[0].act, await desk(ana), aside])
    assert.deepEqual(await descriptionFaults(facet), []);
  await world.node.stop();
});

test('a thing that is kept elsewhere is offered by a pasted text, and sold once', async () => {
  const { node, ana, beto, desk } = await start();
  // Its home is in another market, where Beto takes part too.
  const there = await foundMarket(node, { name: 'Otro' });
  const shelf = (await E(there.participant).desk('offer')) as Any;
  const { offer: chair } = ok(await E(shelf).offer('chair', '', 9n, 1n, next())) as Any;
  const { thing } = await E(chair).view();
  const { secret } = (await E(thing).claimLink('the other market', next())) as Any;
  const requestId = next();
  const offered = () => E(desk(beto)).offerThere('chair', 'of oak', 4n, secret, requestId);
  const made = ok((await offered()) as Any);
  assert.equal(ok((await offered()) as Any).offer, made.offer);
  await node.rest();
  const [item] = await offers(desk(ana));
  assert.deepEqual([item.what, item.available], ['chair', '1']);
  ok(await E(desk(ana)).order(item.offer, 1n, next()));
  await node.rest();
  assert.equal((await E(chair).view()).available, '0');
  const no = await E(desk(beto)).offerThere('x', '', 4n, 'ocapn://nonsense', next());
  assert.deepEqual(no, { ok: false, code: 'invalid' });
});

test('texts that a node never answers for keep nobody else from opening theirs', async () => {
  const node: Any = await makeTestNode({ print: () => {} });
  let asked = 0;
  const enlivener = node.definePower(
    'silent',
    makePower(
      'Silent',
      M.interface('Silent', { enliven: M.call(M.string()).returns(M.promise()) }),
      {
        enliven: (): Promise<never> => {
          asked += 1;
          return new Promise(() => {});
        },
      } as Any,
    ),
  );
  const founding = await makeMarketVat(node, {}, { enlivener });
  const founded: Any = withCares(ok(await E(founding).claim('Fundadora', next())));
  const world: World = { time: makeManualTime(), node, founded };
  const { ana, beto, desk } = await meet(world);
  await make(desk(beto), 'bread');
  const [item] = await offers(desk(ana));
  const open = (person: Any): Promise<Any> =>
    E(desk(person)).orderWithLink(item.offer, 0n, 1n, 'ocapn://silent', next());
  for (let i = 0; i < 10; i += 1) void open(ana).catch(() => {});
  assert.deepEqual(await open(ana), { ok: false, code: 'quota' });
  const before = asked;
  void open(beto).catch(() => {});
  await E(desk(beto)).view();
  assert.equal(asked, before + 1, 'somebody else is still served');
  await node.stop();
});
