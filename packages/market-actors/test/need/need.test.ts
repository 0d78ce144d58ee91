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
import test, { after, afterEach, before, beforeEach } from 'node:test';
import { inspect } from 'node:util';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type {
  DraftNeed,
  MarketParams,
  NeedBoardPage,
  NeedDesk,
  OfferDesk,
  OpenNeed,
  OwnNeed,
  Posted,
  Steward,
} from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';

const day = 24 * 60 * 60 * 1000;
const refused = (code: string) => ({ ok: false, code });
type Desk = Facet<NeedDesk>;

let node: TestNode;
let time: ReturnType<typeof makeManualTime>;
let steward: Facet<Steward>;
let page: Facet<NeedBoardPage>;

type Place = { readonly steward: Facet<Steward>; readonly page: Facet<NeedBoardPage> };
const found = async (params: Partial<MarketParams> = {}): Promise<Place> => {
  const founded = await foundMarket(node, params);
  const { pages } = await E(founded.marketPublic).describe();
  for (const one of pages) {
    const view = (await E(one as Facet<NeedBoardPage>).view()) as object;
    if ('kinds' in view && 'needs' in view)
      return { steward: founded.steward, page: one as Facet<NeedBoardPage> };
  }
  throw new Error('The market shows no needs');
};
/** One market for all tests: each has people of its own, whose needs end with it. */
let shared: Place;
let desks: Desk[] = [];
before(async () => {
  time = makeManualTime();
  node = await makeTestNode({ time });
  shared = await found();
});
beforeEach(() => {
  ({ steward, page } = shared);
});
afterEach(async () => {
  for (const desk of desks)
    for (const { act: can } of (await E(desk).view()).ownNeeds)
      if (can !== undefined) await E(can as Facet<OpenNeed>).withdraw();
  desks = [];
});
after(() => node.stop());

const someone = async (name: string): Promise<Person & { needs: Desk }> => {
  const person = await join(steward, name);
  const needs = await person.desk<Desk>('need');
  desks.push(needs);
  return { ...person, needs };
};
const post = async (desk: Desk, kind = 'pan', what = 'pan de centeno'): Promise<Posted> =>
  ok(await E(desk).post(kind, what, 'sin semillas', 'dos a la semana', 'mermelada', 30n, next()));
const postUnnamed = async (desk: Desk, kind = 'pan'): Promise<Posted> =>
  ok(await E(desk).postUnnamed(kind, 'algo de eso', '', '', '', 30n, next()));
const seenBy = async (desk: Desk) => (await E(desk).view()).needs;
/** What can be done with the newest of one's own needs. */
const act = async <T>(desk: Desk): Promise<Facet<T>> =>
  (await E(desk).view()).ownNeeds[0]!.act as Facet<T>;

test('a need is seen by the others, who need it too or answer it', async () => {
  const [ana, beto, caro] = [await someone('Ana'), await someone('Beto'), await someone('Caro')];
  const { need, status } = await post(ana.needs);
  assert.equal(status, 'open');
  assert.deepEqual(await seenBy(ana.needs), []);
  const [item] = await seenBy(beto.needs);
  assert.deepEqual(
    { ...item, need: undefined, until: item!.until.length },
    {
      kind: 'pan',
      what: 'pan de centeno',
      description: 'sin semillas',
      howMuch: 'dos a la semana',
      inReturn: 'mermelada',
      until: '2026-11-30'.length,
      by: 'Ana',
      signals: 0n,
      status: 'open',
      need: undefined,
    },
  );
  ok(await E(beto.needs).signal(item!.need, next()));
  ok(await E(caro.needs).signalWithName(item!.need, next()));
  const view = await E(need).view();
  assert.equal(view.signals, 2n);
  assert.deepEqual(view.contacts, [{ name: 'Caro' }]);
  assert.deepEqual(await E(beto.needs).peopleOf('  PAN '), { kind: 'pan', needs: 1n, people: 3n });

  ok(await E(beto.needs).answer(item!.need, 'horneo los jueves', next()));
  const { answers } = await E(need).view();
  assert.deepEqual(
    answers.map(({ from, message, reply }) => ({ from, message, reply })),
    [{ from: 'Beto', message: 'horneo los jueves', reply: '' }],
  );
  assert.equal((await ana.view()).attention!.length, 1);
  ok(await E(answers[0]!.answer).reply('¡aparta dos!', next()));
  assert.deepEqual((await E(beto.needs).view()).given, [
    { what: 'pan de centeno', message: 'horneo los jueves', reply: '¡aparta dos!' },
  ]);
  assert.equal((await ana.view()).attention, undefined);
  await E(await act<OpenNeed>(ana.needs)).met();
  assert.deepEqual(await seenBy(beto.needs), []);
  assert.deepEqual(await E(page).view(), { needs: [], kinds: [] });
});

/** What somebody offers, as others see it. @param isOver - it was taken back */
const offerOf = async (person: Person, isOver = false): Promise<object> => {
  // The cast says what that page is.
  const desk = await person.desk<Facet<OfferDesk>>('offer');
  ok(await E(desk).offer('pan', 'de centeno', 3n, 5n, next()));
  const seen = await (await someone('Otra')).desk<Facet<OfferDesk>>('offer');
  const { offers } = await E(seen).view();
  if (isOver) for (const { maker } of (await E(desk).view()).ownOffers) await E(maker).withdraw();
  return offers[0]!.offer;
};

test('an answer can bring an offer, which whoever asks is led to', async () => {
  const [ana, beto] = [await someone('Ana'), await someone('Beto')];
  const { need } = await post(ana.needs);
  const [item] = await seenBy(beto.needs);
  const offer = await offerOf(beto);
  ok(await E(beto.needs).answerWith(item!.need, 'mira', offer, next()));
  const [answer] = (await E(need).view()).answers;
  assert.deepEqual([answer!.offer, answer!.place], [offer, 'here']);
});

test('what is of another market is shown as such, and what is of this one and no offer not at all', async () => {
  const ana = await someone('Ana');
  const { need } = await post(ana.needs);
  const [item] = await seenBy((await someone('Eva')).needs);
  const [beto, carla] = [await someone('Beto'), await someone('Carla')];
  // A page of this market, an account of somebody's, the offer of before.
  const payee = await E(await E(beto.self).account()).payee();
  for (const no of [page, payee, await offerOf(beto, true)])
    assert.deepEqual(
      await E(beto.needs).answerWith(item!.need, 'mira', no, next()),
      refused('unsupported'),
    );
  const other = await foundMarket(node, { name: 'Otro' });
  ok(await E(carla.needs).answerWith(item!.need, 'mira', other.marketPublic, next()));
  const answers = (await E(need).view()).answers;
  assert.deepEqual(
    answers.map(({ from, offer, place }) => [from, offer, place]),
    [['Carla', other.marketPublic, 'elsewhere']],
  );
});

test('nobody outside sees a need, until whoever has it says so', async () => {
  const ana = await someone('Ana');
  await post(ana.needs);
  assert.deepEqual((await E(page).view()).needs, []);
  await E(await act<OpenNeed>(ana.needs)).showToEverybody();
  assert.deepEqual(
    (await E(page).view()).needs.map(({ what }) => what),
    ['pan de centeno'],
  );
});

test('spam ends at a quota for each, and room is made by what has ended', async () => {
  const ana = await someone('Ana');
  for (let number = 0; number < 10; number += 1) await post(ana.needs);
  const again = () => E(ana.needs).post('pan', 'más', '', '', '', 30n, next());
  assert.deepEqual(await again(), refused('quota'));
  // What is not published counts as well.
  assert.deepEqual(
    await E(ana.needs).postUnnamed('otro', 'más', '', '', '', 30n, next()),
    refused('quota'),
  );
  await E(await act<OpenNeed>(ana.needs)).withdraw();
  ok(await again());
});

test('answers and signals of one person count once, and not for their own need', async () => {
  const [ana, beto] = [await someone('Ana'), await someone('Beto')];
  const { need } = await post(ana.needs);
  const [item] = await seenBy(beto.needs);
  for (let copy = 0; copy < 3; copy += 1) ok(await E(beto.needs).signal(item!.need, next()));
  assert.equal((await E(need).view()).signals, 1n);
  const first = await E(beto.needs).answer(item!.need, 'tengo', 'the same request');
  assert.deepEqual(await E(beto.needs).answer(item!.need, 'tengo', 'the same request'), first);
  assert.deepEqual(await E(beto.needs).answer(item!.need, 'y más', next()), refused('conflict'));
  assert.equal((await E(need).view()).answers.length, 1);
  assert.deepEqual(await E(ana.needs).signal(item!.need, next()), refused('unsupported'));
  assert.deepEqual(await E(ana.needs).answer(item!.need, 'yo', next()), refused('unsupported'));
});

test('nobody fills the pages of all with answers', async () => {
  const [ana, beto, caro, eve] = [
    await someone('Ana'),
    await someone('Beto'),
    await someone('Caro'),
    await someone('Eva'),
  ];
  const desks = [ana, beto, caro];
  for (const { needs } of desks) for (let n = 0; n < 10; n += 1) await post(needs);
  const all = await seenBy(eve.needs);
  assert.equal(all.length, 30);
  for (const { need } of all) ok(await E(eve.needs).answer(need, 'compra esto', next()));
  const dora = await someone('Dora');
  await post(dora.needs);
  const [last] = await seenBy(eve.needs);
  assert.deepEqual(await E(eve.needs).answer(last!.need, 'y esto', next()), refused('quota'));
  // What is over makes room.
  await E(await act<OpenNeed>(ana.needs)).met();
  ok(await E(eve.needs).answer(last!.need, 'y esto', next()));
});

test('without a name a need says nowhere whose it is', async () => {
  const people = [];
  for (const name of ['Zenobia', 'Beto', 'Caro', 'Dora', 'Eva', 'Fito'])
    people.push(await someone(name));
  const [zenobia, beto, ...others] = people as [
    Awaited<ReturnType<typeof someone>>,
    ...Awaited<ReturnType<typeof someone>>[],
  ];
  for (const { needs } of others) await post(needs);
  await post(beto!.needs);
  const { need, status } = await postUnnamed(zenobia.needs);
  assert.equal(status, 'open');
  const [item] = await seenBy(beto!.needs);
  assert.equal(item!.by, '');
  ok(await E(beto!.needs).answer(item!.need, 'tengo', next()));
  const { answers } = await E(need).view();
  ok(await E(answers[0]!.answer).reply('mañana en el puesto', next()));
  await E(await act<OpenNeed>(zenobia.needs)).showToEverybody();
  const everything = [
    await E(beto!.needs).view(),
    await E(item!.need).view(),
    await E(page).view(),
    await beto!.view(),
  ];
  for (const view of everything) assert.ok(!inspect(view, { depth: 9 }).includes('Zenobia'));
});

test('a need without a name is answered once, and again when whoever asks says so', async () => {
  const people = [];
  for (let number = 0; number < 7; number += 1) people.push(await someone(`P${number}`));
  const [ana, beto, caro, ...others] = people.map(({ needs }) => needs) as [Desk, Desk, Desk];
  for (const desk of [beto, caro, ...(others as Desk[])]) await post(desk);
  await postUnnamed(ana);
  const [item] = await seenBy(beto);
  ok(await E(beto).answer(item!.need, 'yo', next()));
  assert.deepEqual(await E(caro).answer(item!.need, 'yo también', next()), refused('claimed'));
  await E(await act<OpenNeed>(ana)).askAgain();
  ok(await E(caro).answer(item!.need, 'yo también', next()));
  const { answers } = await E((await E(ana).view()).ownNeeds[0]!.need).view();
  assert.equal(answers.length, 2);
  // Each reply is good once.
  const { answer } = answers[0]!;
  ok(await E(answer).reply('gracias', 'one'));
  ok(await E(answer).reply('gracias', 'one'));
  assert.deepEqual(await E(answer).reply('y otra cosa', next()), refused('closed'));
});

test('a rare need without a name stays a draft, and says why, until it is published anyway', async () => {
  const [ana, beto] = [await someone('Ana'), await someone('Beto')];
  const { need, status } = await postUnnamed(ana.needs, 'insulina');
  assert.equal(status, 'draft');
  const { isRare, people } = await E(need).view();
  assert.deepEqual([isRare, people], [true, 1n]);
  assert.deepEqual(await seenBy(beto.needs), []);
  assert.deepEqual(await E(beto.needs).peopleOf('insulina'), {
    kind: 'insulina',
    needs: 0n,
    people: 0n,
  });
  await E(await act<DraftNeed>(ana.needs)).publish();
  assert.equal((await seenBy(beto.needs)).length, 1);
});

test('the count that hides somebody is of people: five needs of one are one, and oneself counts once', async () => {
  const people = [];
  for (let number = 0; number < 4; number += 1) people.push(await someone(`P${number}`));
  const [ana, beto, caro, dora] = people.map(({ needs }) => needs) as [Desk, Desk, Desk, Desk];
  for (let number = 0; number < 6; number += 1) await post(beto);
  assert.equal((await postUnnamed(ana)).status, 'draft');
  await post(caro);
  await post(dora);
  // Ana asks under her name too, which does not make her two.
  await post(ana);
  assert.equal((await postUnnamed(ana)).status, 'draft');
  const eva = await someone('Eva');
  const [item] = await seenBy(eva.needs);
  ok(await E(eva.needs).signal(item!.need, next()));
  assert.equal((await postUnnamed(ana)).status, 'open');
});

test('a facet that only looks like a need is not found', async () => {
  // A market in which numbers are still small.
  ({ steward, page } = await found({ name: 'Nuevo' }));
  const [ana, beto] = [await someone('Ana'), await someone('Beto')];
  const { need } = await post(ana.needs);
  // The asker's own facet, a page, and a desk are no needs, and neither is one of another market.
  for (const wrong of [need, page, ana.needs])
    assert.deepEqual(await E(beto.needs).answer(wrong as never, 'hola', next()), refused('stale'));
  // An offer has a number too, and it may be that of a need.
  const shop = await ana.desk<Facet<OfferDesk>>('offer');
  ok(await E(shop).offer('sopa', '', 5n, 1n, next()));
  const { offer } = (await E(await beto.desk<Facet<OfferDesk>>('offer')).view()).offers[0]!;
  const number = await E(offer).number();
  for (let count = 1n; count < number; count += 1n) {
    await post(ana.needs);
    if (count % 5n === 0n) ok(await E(await act<OpenNeed>(ana.needs)).withdraw());
  }
  const named = (await seenBy(beto.needs)).map(({ need: one }) => E(one).number());
  assert.ok((await Promise.all(named)).includes(number));
  assert.deepEqual(await E(beto.needs).answer(offer as never, 'hola', next()), refused('stale'));
  const [item] = await seenBy(beto.needs);
  ({ steward } = await found({ name: 'Otro' }));
  const eve = await someone('Eva');
  assert.deepEqual(await E(eve.needs).signal(item!.need, next()), refused('stale'));
});

test('a need ends with its time', async () => {
  const [ana, beto] = [await someone('Ana'), await someone('Beto')];
  await E(ana.needs).post('pan', 'pan', '', '', '', 2n, next());
  const [item] = await seenBy(beto.needs);
  time.pass(2 * day);
  await node.rest();
  assert.deepEqual(await seenBy(beto.needs), []);
  assert.equal((await E(item!.need).view()).status, 'over');
  assert.deepEqual(await E(beto.needs).signal(item!.need, next()), refused('stale'));
  const own = (await E(ana.needs).view()).ownNeeds;
  assert.deepEqual(
    own.map(({ status, act: can }) => [status, can]),
    [['over', undefined]],
  );
});

test('a market has the kinds that its charter names, and not what it does not want', async () => {
  const params = { name: 'Cocina', categories: ['Pan', 'Sopa'], refused: ['armas'] };
  ({ steward } = await found(params));
  const ana = await someone('Ana');
  const asked = (kind: string, what: string) =>
    E(ana.needs).post(kind, what, '', '', '', 30n, next());
  ok(await asked(' pan', 'una hogaza'));
  assert.deepEqual(await asked('muebles', 'una mesa'), refused('invalid'));
  assert.deepEqual(await asked('sopa', 'sopa y ARMAS'), refused('conflict'));
});

test('what is malformed does not reach the board', async () => {
  const ana = await someone('Ana');
  await assert.rejects(E(ana.needs).post('', 'algo', '', '', '', 30n, next()));
  await assert.rejects(E(ana.needs).post('pan', 'algo', '', '', '', 0n, next()));
  await assert.rejects(E(ana.needs).post('pan', 'algo', '', '', '', 366n, next()));
  await assert.rejects(E(ana.needs).post('pan', 'x'.repeat(101), '', '', '', 30n, next()));
  assert.deepEqual(
    await E(ana.needs).post('  ', 'algo', '', '', '', 30n, next()),
    refused('invalid'),
  );
});

test('all pages of needs are in both languages', async () => {
  const [ana, beto] = [await someone('Ana'), await someone('Beto')];
  const { need } = await post(ana.needs);
  const [item] = await seenBy(beto.needs);
  ok(await E(beto.needs).answerWith(item!.need, 'tengo', await offerOf(beto), next()));
  const { needs: carla } = await someone('Carla');
  const { marketPublic: elsewhere } = await foundMarket(node, { name: 'Otro' });
  ok(await E(carla).answerWith(item!.need, 'allá hay', elsewhere, next()));
  const { answers } = await E(need).view();
  const open = await act<OpenNeed>(ana.needs);
  await postUnnamed(ana.needs, 'otra cosa');
  const facets = [ana.needs, need, item!.need, answers[0]!.answer, open, page];
  for (const facet of [...facets, await act<DraftNeed>(ana.needs)])
    assert.deepEqual(await descriptionFaults(facet), []);
});

test('needs, answers and what waits are there after a restart', async () => {
  const [ana, beto] = [await someone('Ana'), await someone('Beto')];
  await post(ana.needs);
  const [item] = await seenBy(beto.needs);
  ok(await E(beto.needs).answer(item!.need, 'tengo', next()));
  // The last test: what the others hold of the node ends with it.
  desks = [];
  node.setProgram({ ana: ana.self, beto: beto.self });
  await node.stop();
  const { storage, secrets } = node;
  node = await makeTestNode({ time, storage, secrets });
  const kept = node.getProgram() as { ana: typeof ana.self; beto: typeof beto.self };
  const desk = (await E(kept.ana).desk('need')) as Desk;
  const { need } = (await E(desk).view()).ownNeeds[0]!;
  assert.equal((await E(need as Facet<OwnNeed>).view()).answers.length, 1);
  assert.equal((await E((await E(kept.beto).desk('need')) as Desk).view()).needs.length, 1);
});
