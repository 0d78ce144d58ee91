/** Labels and tags in a market (SPEC M12). */
import { type Person, type TestNode, foundMarket, join, next, ok } from '../fixture.ts';
import {
  type ManualTime,
  descriptionFaults,
  makeManualTime,
  makeTestNode,
} from '@pocas/vat-runtime/testing';
import test, { afterEach, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type {
  BulkDesk,
  LabelDesk,
  LabelMaker,
  LabelPublic,
  OfferDesk,
  OrderDesk,
  OrderSeller,
  ShareSpec,
  Steward,
  TagHolder,
} from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';

const day = 24 * 60 * 60 * 1000;
const minute = 60 * 1000;

let time: ManualTime;
let node: TestNode;
let steward: Facet<Steward>;
beforeEach(async () => {
  time = makeManualTime();
  node = await makeTestNode({ time });
  ({ steward } = await foundMarket(node));
});
afterEach(() => node.stop());

type Maker = Person & { readonly labels: Facet<LabelDesk> };
const joinAs = async (name: string): Promise<Maker> => {
  const person = await join(steward, name);
  return { ...person, labels: await person.desk<Facet<LabelDesk>>('label') };
};
const label = async (
  { labels }: Maker,
  name: string,
  goodForDays = 0n,
  links = '',
  photo = '',
): Promise<Facet<LabelMaker>> => {
  const text = ['jam', 'plums, sugar', 'none', '', 'keep cool', 'from the garden'] as const;
  const made = await E(labels).make(name, ...text, links, photo, '', goodForDays, next());
  return ok(made).label;
};
const publicOf = async (maker: Facet<LabelMaker>): Promise<Facet<LabelPublic>> =>
  (await E(maker).view()).label;
const cardOf = ({ labels }: Maker) => E(labels).card();
const newTag = async ({ labels }: Maker, says = 'jar 12'): Promise<Facet<TagHolder>> =>
  ok(await E(labels).newTag(says, next())).tag;

test('bread pays the flour: those who made it share, as they do in that', async () => {
  const [ana, beto] = [await joinAs('Ana'), await joinAs('Beto')];
  const [bread, flour] = [await label(ana, 'Bread'), await label(beto, 'Flour')];
  const { inputs } = await E(bread).view();
  assert.deepEqual(
    inputs.map(({ name }) => name),
    ['Flour'],
  );
  const requestId = next();
  for (const _again of [1, 2])
    assert.equal(
      ok(await E(bread).shareInput(inputs[0]!.label, 3_000n, requestId)).phase,
      'agreed',
    );
  assert.equal((await E(bread).view()).own, 7_000n);
  const shares = (await E(bread).view()).contributors.map(({ name, parts }) => [name, parts]);
  assert.deepEqual(
    new Map(shares as [string, bigint][]),
    new Map([
      ['Ana', 7_000n],
      ['Flour', 3_000n],
    ]),
  );
  const tooMuch = await E(bread).shareInput(inputs[0]!.label, 8_000n, next());
  assert.deepEqual(tooMuch, { ok: false, code: 'insufficient' });
  const within = await E(flour).shareInput(await publicOf(bread), 1n, next());
  assert.deepEqual(within, { ok: false, code: 'conflict' });
  const { marketPublic } = await foundMarket(node, { name: 'Otro' });
  const none = await E(bread).shareInput(marketPublic as never, 1n, next());
  assert.deepEqual(none, { ok: false, code: 'stale' });
  assert.deepEqual(await descriptionFaults(bread), []);
});

test('a label is its maker’s until it is shared, and a part is given without asking anybody', async () => {
  const ana = await joinAs('Ana');
  const beto = await joinAs('Beto');
  const jam = await label(ana, 'Plum jam');
  assert.deepEqual((await E(jam).view()).contributors, [{ name: 'Ana', parts: 10_000n }]);

  const proposed = await E(jam).share(await cardOf(beto), 2_500n, next());
  assert.deepEqual(proposed, { ok: true, phase: 'agreed' });
  assert.deepEqual((await E(await publicOf(jam)).view()).contributors, [
    { name: 'Ana', parts: 7_500n },
    { name: 'Beto', parts: 2_500n },
  ]);
  const tooMuch = await E(jam).share(await cardOf(beto), 7_501n, next());
  assert.deepEqual(tooMuch, { ok: false, code: 'insufficient' });
});

test('who is not listed is paid and not named', async () => {
  const ana = await joinAs('Ana');
  const beto = await joinAs('Beto');
  const jam = await label(ana, 'Plum jam');
  await E(jam).shareUnlisted(await cardOf(beto), 3_000n, next());
  const view = await E(await publicOf(jam)).view();
  assert.deepEqual(view.contributors, [{ name: 'Ana', parts: 7_000n }]);
  assert.equal(view.unlisted, 3_000n);
  assert.ok(!JSON.stringify(view, (_, value) => String(value)).includes('Beto'));
  // A public label tells nobody whom it pays.
  const asMaker = (await publicOf(jam)) as unknown as Facet<LabelMaker>;
  await assert.rejects(E(asMaker).payout(), /no such method/);
});

test('nobody’s part falls without their word', async () => {
  const [ana, beto, caro] = [await joinAs('Ana'), await joinAs('Beto'), await joinAs('Caro')];
  const jam = await label(ana, 'Plum jam');
  await E(jam).share(await cardOf(beto), 4_000n, next());
  const shares = async (a: bigint, b: bigint, c: bigint): Promise<ShareSpec[]> => [
    { card: await cardOf(ana), parts: a, isListed: true },
    { card: await cardOf(beto), parts: b, isListed: true },
    { card: await cardOf(caro), parts: c, isListed: true },
  ];
  const asked = await E(jam).propose(await shares(6_000n, 3_000n, 1_000n), next());
  assert.deepEqual(asked, { ok: true, phase: 'asked' });
  const before = [
    { name: 'Ana', parts: 6_000n },
    { name: 'Beto', parts: 4_000n },
  ];
  assert.deepEqual((await E(jam).view()).contributors, before);
  const { attention } = await beto.view();
  assert.deepEqual(attention, [{ desk: beto.labels, waiting: 1n }]);
  const [question] = (await E(beto.labels).view()).asked;
  assert.deepEqual([question!.before, question!.after, question!.maker], [4_000n, 3_000n, 'Ana']);

  // No: it stays, and a second answer comes too late.
  ok(await E(question!.act).decline(next()));
  assert.deepEqual((await E(jam).view()).contributors, before);
  assert.deepEqual(await E(question!.act).agree(next()), { ok: false, code: 'closed' });

  await E(jam).propose(await shares(6_000n, 3_000n, 1_000n), next());
  const [again] = (await E(beto.labels).view()).asked;
  ok(await E(again!.act).agree(next()));
  assert.deepEqual((await E(jam).view()).contributors, [
    { name: 'Ana', parts: 6_000n },
    { name: 'Beto', parts: 3_000n },
    { name: 'Caro', parts: 1_000n },
  ]);
  assert.deepEqual((await E(beto.labels).view()).asked, []);
});

test('an answer to a proposal that was replaced agrees to nothing', async () => {
  const [ana, beto] = [await joinAs('Ana'), await joinAs('Beto')];
  const jam = await label(ana, 'Plum jam');
  await E(jam).share(await cardOf(beto), 5_000n, next());
  const give = async (parts: bigint) =>
    E(jam).propose(
      [
        { card: await cardOf(ana), parts: 10_000n - parts, isListed: true },
        { card: await cardOf(beto), parts, isListed: true },
      ],
      next(),
    );
  await give(4_900n);
  const [mild] = (await E(beto.labels).view()).asked;
  await give(1n);
  assert.deepEqual(await E(mild!.act).agree(next()), { ok: false, code: 'closed' });
  assert.equal((await E(mild!.act).view()).phase, 'closed');
  assert.deepEqual((await E(jam).view()).contributors[1], { name: 'Beto', parts: 5_000n });
  const [harsh] = (await E(beto.labels).view()).asked;
  assert.equal(harsh!.after, 1n);
  ok(await E(jam).withdraw(next()));
  assert.deepEqual((await E(beto.labels).view()).asked, []);
});

test('shares that are no whole, of strangers, or of a label within itself are refused', async () => {
  const [ana, beto] = [await joinAs('Ana'), await joinAs('Beto')];
  const jam = await label(ana, 'Jam');
  const bread = await label(ana, 'Bread with jam');
  const of = async (maker: Facet<LabelMaker>, parts: bigint): Promise<ShareSpec> => ({
    ...{ parts, isListed: true },
    label: await publicOf(maker),
  });
  const anas = { card: await cardOf(ana), isListed: true };
  const say = (maker: Facet<LabelMaker>, specs: ShareSpec[]) => E(maker).propose(specs, next());
  const invalid = { ok: false, code: 'invalid' };
  assert.deepEqual(await say(jam, [{ ...anas, parts: 9_999n }]), invalid);
  assert.deepEqual(await say(jam, []), invalid);
  assert.deepEqual(await say(jam, [{ parts: 10_000n, isListed: true }]), invalid);
  const both = { ...anas, parts: 10_000n, label: await publicOf(bread) };
  assert.deepEqual(await say(jam, [both]), invalid);
  // Another object that has the number of a real card: what Beto is as a supplier.
  const bulk = await beto.desk<Facet<BulkDesk>>('bulk');
  await E(bulk).beSupplier(next());
  const { suppliers } = await E(bulk).view();
  const card = suppliers[0]!.supplier as unknown as typeof anas.card;
  assert.equal(await E(card).number(), await E(await cardOf(beto)).number());
  assert.deepEqual(await E(jam).share(card, 1n, next()), invalid);
  assert.deepEqual(await say(jam, [{ card, parts: 10_000n, isListed: true }]), invalid);

  ok(await say(bread, [{ ...anas, parts: 6_000n }, await of(jam, 4_000n)]));
  const circle = await say(jam, [{ ...anas, parts: 6_000n }, await of(bread, 4_000n)]);
  assert.deepEqual(circle, { ok: false, code: 'conflict' });
  await assert.rejects(say(jam, [{ ...anas, parts: 0n }]), /Cannot call "propose"/);
  assert.equal((await E(beto.labels).view()).asked.length, 0);
});

test('what was agreed stays when an input’s own shares change', async () => {
  const [ana, beto, caro] = [await joinAs('Ana'), await joinAs('Beto'), await joinAs('Caro')];
  const jam = await label(beto, 'Jam');
  const bread = await label(ana, 'Bread with jam');
  const specs = [
    { card: await cardOf(ana), parts: 6_000n, isListed: true },
    { label: await publicOf(jam), parts: 4_000n, isListed: true },
  ];
  ok(await E(bread).propose(specs, next()));
  // Beto gives all of the next jam to Caro. Who made the jam in this bread stays.
  ok(await E(jam).share(await cardOf(caro), 10_000n, next()));
  const shares = await E(await E(bread).payout()).shares(1_000n);
  assert.deepEqual(
    shares.map(({ value }) => value),
    [600n, 400n],
  );
  const betos = await E(await E(jam).payout()).shares(10n);
  assert.notEqual(betos[0]!.payee, shares[1]!.payee);
});

test('asked again, each act is done once', async () => {
  const [ana, beto] = [await joinAs('Ana'), await joinAs('Beto')];
  const jam = await label(ana, 'Jam');
  const once = next();
  await E(jam).share(await cardOf(beto), 1_000n, once);
  await E(jam).share(await cardOf(beto), 1_000n, once);
  assert.equal((await E(jam).view()).own, 9_000n);
  const made = next();
  const first = ok(await E(ana.labels).newTag('jar', made));
  const second = ok(await E(ana.labels).newTag('jar', made));
  assert.equal(first.tag, second.tag);
});

test('a tag says what its one label says, and is used again', async () => {
  const ana = await joinAs('Ana');
  const [jam, soap] = [await label(ana, 'Jam', 30n), await label(ana, 'Soap')];
  const tag = await newTag(ana);
  const { tag: onJar } = await E(tag).view();
  assert.equal((await E(onJar).view()).phase, 'free');
  ok(await E(tag).bind(await publicOf(jam), next()));
  assert.equal((await E(onJar).view()).name, 'Jam');
  assert.deepEqual(await E(tag).bind(await publicOf(soap), next()), {
    ok: false,
    code: 'conflict',
  });
  ok(await E(tag).reset(next()));
  assert.equal((await E(onJar).view()).name, '');
  ok(await E(tag).bind(await publicOf(soap), next()));
  assert.equal((await E(onJar).view()).name, 'Soap');
  const { history } = await E(tag).view();
  assert.deepEqual(
    history.map(({ name }) => name),
    ['Jam'],
  );
});

test('a tag’s past is kept until thirty days after the date on it, and then erased', async () => {
  const ana = await joinAs('Ana');
  const jam = await label(ana, 'Jam of the secret garden', 10n);
  const tag = await newTag(ana);
  ok(await E(tag).bind(await publicOf(jam), next()));
  ok(await E(tag).reset(next()));
  const past = async () => (await E(tag).view()).history.map(({ name }) => name);
  time.pass(40 * day - minute);
  await node.rest();
  assert.deepEqual(await past(), ['Jam of the secret garden']);
  time.pass(2 * minute);
  await node.rest();
  assert.deepEqual(await past(), []);
  // What is past its date is put on nothing any more.
  assert.deepEqual(await E(tag).bind(await publicOf(jam), next()), { ok: false, code: 'expired' });
});

test('a tag that is bound and freed all day has one timer, and as much of a past as may be kept', async () => {
  const ana = await joinAs('Ana');
  const jams = [await label(ana, 'Tea', 10n), await label(ana, 'Jam', 300n)];
  const tag = await newTag(ana);
  const timers = async () => (await node.storage.list('timer/')).length;
  await node.rest();
  const before = await timers();
  const turn = async (index: number) => {
    const bound = await E(tag).bind(await publicOf(jams[index % 2]!), next());
    if (bound.ok) ok(await E(tag).reset(next()));
    return bound;
  };
  for (let i = 0; i < 60; i += 1) ok(await turn(i));
  await node.rest();
  assert.equal((await timers()) - before, 1);
  // Nothing of it may be left out before its time, so the tag has to wait.
  assert.deepEqual(await turn(0), { ok: false, code: 'quota' });
  assert.equal((await E(tag).view()).history.length, 30);
  time.pass(41 * day);
  await node.rest();
  const names = new Set((await E(tag).view()).history.map(({ name }) => name));
  assert.deepEqual([...names], ['Jam']);
  time.pass(300 * day);
  await node.rest();
  assert.deepEqual((await E(tag).view()).history, []);
  assert.equal(await timers(), before);
});

test('a code that is seen in two places at once is flagged, until its holder has looked', async () => {
  const ana = await joinAs('Ana');
  const jam = await label(ana, 'Jam');
  const tag = await newTag(ana);
  ok(await E(tag).bind(await publicOf(jam), next()));
  const { tag: onJar } = await E(tag).view();
  const doubtful = async () => (await E(onJar).view()).isDoubtful;
  await E(onJar).seen('shelf 1');
  await E(onJar).seen('shelf 1');
  assert.equal(await doubtful(), false);
  time.pass(11 * minute);
  await E(onJar).seen('shelf 2');
  assert.equal(await doubtful(), false, 'it was carried there');
  time.pass(minute);
  await E(onJar).seen('shelf 1');
  assert.equal(await doubtful(), true);
  assert.equal((await E(tag).view()).doubt, 'shelf 2 / shelf 1');
  assert.equal((await E(ana.labels).view()).tags[0]!.isDoubtful, true);
  ok(await E(tag).dismiss(next()));
  assert.equal(await doubtful(), false);
});

test('the code on a tag opens what it says and nothing else', async () => {
  const ana = await joinAs('Ana');
  const jam = await label(ana, 'Jam');
  const tag = await newTag(ana);
  ok(await E(tag).bind(await publicOf(jam), next()));
  const printed = await E(tag).print(next());
  assert.ok('secret' in printed);
  const found = (await E(node.enlivener).enliven(printed.secret)) as Facet<TagHolder>;
  assert.equal((await E(found).view()).name, 'Jam');
  await assert.rejects(E(found).reset(next()), /no such method/);
  await assert.rejects(E(found).bind(await publicOf(jam), next()), /no such method/);
});

test('a tag that was handed on obeys whoever has it now', async () => {
  const [ana, beto] = [await joinAs('Ana'), await joinAs('Beto')];
  const jam = await label(ana, 'Jam');
  const tag = await newTag(ana);
  ok(await E(tag).bind(await publicOf(jam), next()));
  ok(await E(tag).handOver(await cardOf(beto), next()));
  const revoked = { ok: false, code: 'revoked' };
  assert.deepEqual(await E(tag).reset(next()), revoked);
  assert.deepEqual(await E(tag).bind(await publicOf(jam), next()), revoked);
  assert.deepEqual(await E(tag).print(next()), revoked);
  assert.deepEqual(await E(tag).handOver(await cardOf(ana), next()), revoked);
  assert.deepEqual((await E(tag).view()).history, []);
  assert.equal((await E(ana.labels).view()).tags.length, 0);
  const [betos] = (await E(beto.labels).view()).tags;
  ok(await E(betos!.act).reset(next()));
});

test('a wallet can tell whether the tag at hand carries the label of the offer', async () => {
  const [ana, eve] = [await joinAs('Ana'), await joinAs('Eve')];
  const [jam, fake] = [await label(ana, 'Jam'), await label(eve, 'Jam')];
  const [tag, swapped] = [await newTag(ana), await newTag(eve)];
  ok(await E(tag).bind(await publicOf(jam), next()));
  ok(await E(swapped).bind(await publicOf(fake), next()));
  const offers = await ana.desk<Facet<OfferDesk>>('offer');
  const terms = {
    ...{ what: 'Jam', description: '', category: '', delivery: '', duration: 0n },
    alternatives: [{ own: 7n, brands: [], outside: '' }],
  };
  const stock = { kind: 'units', units: 1n } as const;
  ok(await E(offers).offerWith(terms, stock, { label: await publicOf(jam) }, next()));
  const [seen] = (await E(await eve.desk<Facet<OfferDesk>>('offer')).view()).offers;
  const { label: offered } = await E(seen!.offer).view();
  const onJar = async (holder: Facet<TagHolder>) =>
    (await E((await E(holder).view()).tag).view()).label;
  assert.equal(await onJar(tag), offered);
  assert.notEqual(await onJar(swapped), offered);
  // Nobody offers under something that is no label of this market.
  const noLabel = await E(offers).offerWith(terms, stock, { label: tag }, next());
  assert.deepEqual(noLabel, { ok: false, code: 'stale' });
});

test('what a dispute leaves of a sale is shared by all who made it, to the last unit', async () => {
  const [ana, beto, eve] = [await joinAs('Ana'), await joinAs('Beto'), await joinAs('Eve')];
  const jam = await label(ana, 'Plum jam');
  ok(await E(jam).shareUnlisted(await cardOf(beto), 3_334n, next()));
  const terms = {
    ...{ what: 'Jam', description: '', category: '', delivery: '', duration: 0n },
    alternatives: [{ own: 15n, brands: [], outside: '' }],
  };
  const offers = await ana.desk<Facet<OfferDesk>>('offer');
  ok(await E(offers).offerWith(terms, { kind: 'demand' }, { label: await publicOf(jam) }, next()));
  const shop = await eve.desk<Facet<OfferDesk>>('offer');
  const { order } = ok(await E(shop).order((await E(shop).view()).offers[0]!.offer, 1n, next()));
  const sales = await ana.desk<Facet<OrderDesk>>('order');
  // The cast holds: it stands among the sales.
  const sale = (await E(sales).view()).sales[0]!.order as Facet<OrderSeller>;
  ok(await E(sale).handOver());
  ok(await E(order).dispute('half of it was sour'));
  ok(await E(order).propose(50n, next()));
  assert.equal(ok(await E(sale).propose(50n, next())).phase, 'split');
  // 7 of 15 are paid, and divided as the 15 would have been: 4.67 and 2.33.
  const stands = async ({ self }: Maker) => {
    const { balance, held } = await E(self).view();
    return [balance, held];
  };
  assert.deepEqual(await stands(eve), [-7n, 0n]);
  assert.deepEqual(
    [await stands(ana), await stands(beto)],
    [
      [5n, 0n],
      [2n, 0n],
    ],
  );
});

test('links that would run in a page, and what is no photo’s digits, are refused', async () => {
  const ana = await joinAs('Ana');
  const make = (links: string, photo: string) =>
    E(ana.labels).make('Jam', 'jam', '', '', '', '', '', links, photo, '', 0n, next());
  for (const link of ['javascript:alert(1)', 'data:text/html,x', 'https://a b', 'ftp://a', '//a'])
    assert.deepEqual(await make(link, ''), { ok: false, code: 'invalid' }, link);
  assert.deepEqual(await make('', 'abc'), { ok: false, code: 'invalid' });
  ok(await make('https://example.org/jam\nhttp://example.org', 'a'.repeat(64)));
});

test('nobody has more labels and tags than their page lists', async () => {
  const ana = await joinAs('Ana');
  for (let count = 0; count < 30; count += 1) await newTag(ana, `jar ${count}`);
  assert.deepEqual(await E(ana.labels).newTag('one more', next()), { ok: false, code: 'quota' });
  for (let count = 0; count < 30; count += 1) await label(ana, `jam ${count}`);
  const more = await E(ana.labels).make('x', 'x', '', '', '', '', '', '', '', '', 0n, next());
  assert.deepEqual(more, { ok: false, code: 'quota' });
  const { labels, tags } = await E(ana.labels).view();
  assert.deepEqual([labels.length, tags.length], [30, 30]);
});

test('who put up their card can be found, and nobody else', async () => {
  const [ana, beto] = [await joinAs('Ana'), await joinAs('Beto')];
  const jam = await label(ana, 'Jam');
  assert.deepEqual((await E(jam).view()).people, []);
  await E(beto.labels).beNamed(next());
  const { people } = await E(jam).view();
  assert.deepEqual(
    people.map(({ name }) => name),
    ['Beto'],
  );
  ok(await E(jam).share(people[0]!.card, 100n, next()));
  await E(beto.labels).notBeNamed(next());
  assert.deepEqual((await E(jam).view()).people, []);
});

test('labels, tags and what is asked are there after a restart', async () => {
  const [ana, beto] = [await joinAs('Ana'), await joinAs('Beto')];
  const jam = await label(ana, 'Jam', 1n);
  await E(jam).share(await cardOf(beto), 5_000n, next());
  await E(jam).propose([{ card: await cardOf(ana), parts: 10_000n, isListed: true }], next());
  const tag = await newTag(ana);
  ok(await E(tag).bind(await publicOf(jam), next()));
  ok(await E(tag).reset(next()));
  node.setProgram({ tag, jam, beto: beto.labels });
  await node.stop();
  const { storage, secrets } = node;
  node = await makeTestNode({ time, storage, secrets });
  const kept = node.getProgram() as {
    tag: Facet<TagHolder>;
    jam: Facet<LabelMaker>;
    beto: Facet<LabelDesk>;
  };
  assert.equal((await E(kept.tag).view()).history.length, 1);
  time.pass(32 * day);
  await node.rest();
  assert.equal((await E(kept.tag).view()).history.length, 0);
  const [question] = (await E(kept.beto).view()).asked;
  ok(await E(question!.act).agree(next()));
  assert.equal((await E(kept.jam).view()).own, 10_000n);
});

test('every page of labels says everything in both languages', async () => {
  const [ana, beto] = [await joinAs('Ana'), await joinAs('Beto')];
  const jam = await label(ana, 'Jam', 1n);
  await E(jam).share(await cardOf(beto), 5_000n, next());
  await E(jam).propose([{ card: await cardOf(ana), parts: 10_000n, isListed: true }], next());
  await E(beto.labels).beNamed(next());
  const tag = await newTag(ana);
  ok(await E(tag).bind(await publicOf(jam), next()));
  const [question] = (await E(beto.labels).view()).asked;
  const facets = [
    ...[ana.labels, beto.labels, jam, await publicOf(jam), await cardOf(ana)],
    ...[tag, (await E(tag).view()).tag, question!.act],
  ];
  for (const facet of facets) assert.deepEqual(await descriptionFaults(facet), []);
});
