/**
 * S1: a stranger joins a soup market, sells first and buys then; a second newcomer is introduced with 20,
 * and the limit relaxes as in the golden vector of SPEC 7.1.
 *
 * Two nodes in processes of their own; the market's is killed between steps, the newcomers' once. Acts of one
 * person are said twice. Every count comes from orders between people. After the end of each epoch the limits
 * are compared with the pure rule, which the test feeds with what it had people do; at the two ends of the
 * vector for all of them.
 *
 * How the vector's r = 0.9 comes about: who trades each week reaches 1 after ten. The introducer and another
 * one make a false claim in week 12 and in week 24, and give it up: they are at 0.9 when the vector begins,
 * and when it ends. A third one makes such a claim each week, and stays at 0.3: without that, thirty members
 * at 1 would reach the exposure bound, which the vector's thirty at 0.9 do not.
 */
import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import type { Named } from './clearing/node.ts';
import { ask, next } from './market/asking.ts';
import { makeSoupRule } from './market/soup-rule.ts';
import { type Person, startTown, week } from './market/town.ts';
import { until } from './support/until.ts';

// `any`: answers of facets in other processes.
type Any = any;
type Trade = { readonly buyer: Person; readonly seller: Person; readonly portions: bigint };

/** Of a portion. */
const price = 5n;
const golden = [20, 39, 54, 68, 80, 92, 101, 111, 119, 127, 134, 135, 136];
/** The charter's first limit of founding members, who must begin somewhere. Newcomers begin at 0. */
const baseLimit = 25n;

test('S1: a stranger sells before buying; a newcomer who was lent 20 relaxes as in the golden vector', async (t) => {
  const town = await startTown(t, { name: 'Sopas', charter: { baseLimit } });
  const { plaza, casa, founder, steward, must, desk, ok, die } = town;

  // ---- what people can do ----
  const openOf = async (person: Person, side: 'sales' | 'purchases', phase: string) => {
    const orders = await desk(person, 'order');
    const view = await ask(person.node, orders, 'view');
    return (view[side] as readonly Any[])
      .filter((one) => one.phase === phase)
      .map(({ order }) => order as Named);
  };
  /** What one offers, as another one sees it. */
  const soupOf = async (seller: Person, buyer: Person): Promise<Named> => {
    const { offers } = await ask(buyer.node, await desk(buyer, 'offer'), 'view');
    const found = offers.find(({ maker, own }: Any) => maker === seller.name && own === price);
    assert.ok(found, `${buyer.name} sees the soup of ${seller.name}`);
    return found.offer;
  };
  const offerSoup = async (person: Person) =>
    must(person.node, await desk(person, 'offer'), 'offer', 'Sopa', '', price, 0n, next());
  const soups = new Map<string, Named>();
  const order = async ({ buyer, seller, portions }: Trade) => {
    const key = `soup of ${seller.name}, for ${buyer.node === plaza ? 'plaza' : buyer.name}`;
    if (!soups.has(key)) soups.set(key, await buyer.node.keep(key, await soupOf(seller, buyer)));
    const offers = await desk(buyer, 'offer');
    return must(buyer.node, offers, 'order', soups.get(key), portions, next());
  };
  const handOverAll = async (person: Person) => {
    for (const sale of await openOf(person, 'sales', 'claimed'))
      await must(person.node, sale, 'handOver');
  };
  const acceptAll = async (person: Person) => {
    for (const purchase of await openOf(person, 'purchases', 'handedOver'))
      await must(person.node, purchase, 'accept');
  };
  /** Says that what came did not come, and takes it back: the seller is paid, and it stands against who said it. */
  const claimFalsely = async ({ buyer, seller, order: purchase }: Trade & { order: Named }) => {
    await ok(buyer.node, purchase, 'dispute', 'It never came');
    await ok(buyer.node, purchase, 'propose', 100n, next());
    const [sale] = await openOf(seller, 'sales', 'disputed');
    const { phase } = await ok(seller.node, sale!, 'propose', 100n, next());
    assert.equal(phase, 'settled');
  };

  // ---- 29 who know each other ----
  const invitation = await ok<Named>(plaza, steward, 'invite', 28n, next());
  const neighbours = Array.from({ length: 28 }, (_, index) =>
    town.join(`Vecina ${index + 1}`, plaza, invitation),
  );
  const ring: Person[] = [founder, ...(await Promise.all(neighbours))];
  await Promise.all(ring.map(offerSoup));
  const rule = makeSoupRule(
    baseLimit,
    ring.map(({ name }) => name),
  );

  // ---- a stranger on another node, who knows the market's public page and nobody ----
  const seen = await casa.enliven('public', await plaza.sturdy(town.marketPublic));
  const { door } = await ask(casa, seen, 'describe');
  const coming = ['Sol', 'Caldo de bienvenida', '', 25n, next()] as const;
  const enter = await casa.keep('door', door);
  await ok(casa, enter, 'offer', ...coming);
  await die(plaza);
  // The answer was lost, for all one knows: who says it again is the same one.
  const came = await ok(casa, enter, 'offer', ...coming);
  const stranger = { name: 'Sol', node: casa, place: await casa.keep('Sol', came.participant) };
  const [, introducer, other, grumbler] = ring as [Person, Person, Person, Person];
  const last = ring.at(-1)!;
  ring.push(stranger);
  rule.join('Sol', 0n);
  await offerSoup(stranger);
  /** What a page of theirs says. */
  const stands = async ({ node, place }: Person) => {
    const { balance, available } = await ask(node, place, 'view');
    return [balance, available] as const;
  };
  const early = await ask(
    ...([casa, await desk(stranger, 'offer'), 'order'] as const),
    ...([await soupOf(founder, stranger), 5n, next()] as const),
  );
  assert.deepEqual([early.ok, early.code], [false, 'limit'], 'who has sold nothing cannot buy');

  // ---- weeks of trade: everybody sells for 25 and buys for 25, and the newcomer for 15 ----
  let newcomer: Person | undefined;
  const tradesOf = (buyers: readonly Person[]): Trade[] =>
    buyers.flatMap((buyer): Trade[] => {
      const seller = ring[(ring.indexOf(buyer) + 1) % ring.length]!;
      if (newcomer === undefined || buyer !== ring[6]) return [{ buyer, seller, portions: 5n }];
      return [
        { buyer, seller, portions: 2n },
        { buyer, seller: newcomer, portions: 3n },
        { buyer: newcomer, seller, portions: 3n },
      ];
    });
  const trade = async (trades: readonly Trade[], claimants: readonly Person[], dies: boolean) => {
    const people = (all: readonly Person[]) => [...new Set(all)];
    const placed = await Promise.all(
      trades.map(async (one) => ({ ...one, order: (await order(one)).order as Named })),
    );
    await Promise.all(people(trades.map(({ seller }) => seller)).map(handOverAll));
    const claims = placed.filter(({ buyer }) => claimants.includes(buyer));
    await Promise.all(claims.map(claimFalsely));
    const rest = placed.filter((one) => !claims.includes(one));
    if (dies) {
      const buyers = people(rest.map(({ buyer }) => buyer));
      // In the midst of it: some are told that it went, and some are not.
      const accepting = Promise.allSettled(buyers.map(acceptAll));
      await die(plaza);
      await accepting;
      await Promise.all(buyers.map(acceptAll));
    } else await Promise.all(rest.map((one) => must(one.buyer.node, one.order, 'accept')));
    for (const { buyer, seller, portions } of trades)
      rule.sold(seller.name, buyer.name, portions * price);
    for (const { name } of claimants) rule.fault(name);
  };
  const explain = async (person: Person) =>
    ask(person.node, await desk(person, 'account'), 'explain');
  const compare = async (people: readonly Person[]) => {
    await Promise.all(
      people.map(async (person) => {
        const { reliability, limits } = await explain(person);
        assert.deepEqual(
          { reliability, debitLimit: limits.debitLimit },
          rule.of(person.name),
          person.name,
        );
      }),
    );
  };
  const limitOf = async (person: Person) => Number((await explain(person)).limits.debitLimit);
  const endWeek = async (dies: boolean) => {
    const { epoch } = await explain(founder);
    if (dies) await die(plaza, week);
    else await town.leap(week);
    await until('the end of the epoch', async () => (await explain(founder)).epoch !== epoch);
    rule.endEpoch();
    const watched = [founder, introducer, other, grumbler, stranger];
    await compare(newcomer === undefined ? watched : [...watched, newcomer]);
  };

  // The stranger's first sale is what was offered at the door, and then the stranger can buy.
  const { offers } = await ask(plaza, await desk(last, 'offer'), 'view');
  const welcome = offers.find(({ what }: Any) => what === 'Caldo de bienvenida').offer;
  await ok(plaza, await desk(last, 'offer'), 'order', welcome, 1n, next());
  await die(plaza);
  await until('the claim', async () => (await openOf(stranger, 'sales', 'claimed')).length === 1);
  await handOverAll(stranger);
  await acceptAll(last);
  rule.sold('Sol', last.name, 25n);
  assert.deepEqual(await stands(stranger), [25n, 25n]);
  await trade(tradesOf(ring.slice(0, 28)), [grumbler], false);
  await die(casa);
  await trade(tradesOf([stranger]), [], true);
  assert.deepEqual(await stands(stranger), [0n, 0n]);
  await endWeek(false);

  for (let number = 2; number <= 12; number += 1) {
    const claimants = number === 12 ? [grumbler, introducer, other] : [grumbler];
    const [, available] = await stands(stranger);
    // As long as the limit is less than a week's soup the stranger sells first.
    assert.equal(available < 25n, number < 5, `${available} in week ${number}`);
    const first = available < 25n ? ring.filter((one) => one !== stranger) : ring;
    await trade(tradesOf(first), claimants, false);
    if (first !== ring) await trade(tradesOf([stranger]), [], false);
    await endWeek(false);
  }
  await compare(ring);
  assert.deepEqual([await limitOf(other), await limitOf(introducer)], [137, 137]);

  // ---- somebody is introduced with 20 ----
  const trust = await desk(introducer, 'trust');
  const { secret } = await must(plaza, trust, 'introduceLink', 20n, next());
  const link = await casa.enliven('introduction', secret);
  const joining = ['Nora', next()] as const;
  await ok(casa, link, 'join', ...joining);
  await die(plaza);
  const { participant } = await ok(casa, link, 'join', ...joining);
  newcomer = { name: 'Nora', node: casa, place: await casa.keep('Nora', participant) };
  rule.join('Nora', 0n);
  rule.lend(introducer.name, 'Nora', 20n);
  await offerSoup(newcomer);
  assert.deepEqual([await limitOf(other), await limitOf(introducer)], [137, 117]);
  const dear = await soupOf(founder, newcomer);
  const refused = await ask(casa, await desk(newcomer, 'offer'), 'order', dear, 5n, next());
  assert.deepEqual([refused.ok, refused.code], [false, 'limit'], '25 is more than 20');

  const relaxed = [await limitOf(newcomer)];
  for (let number = 13; number <= 24; number += 1) {
    const claimants = number === 24 ? [grumbler, introducer, other] : [grumbler];
    await trade(tradesOf(ring), claimants, number === 18);
    await endWeek(number === 24);
    relaxed.push(await limitOf(newcomer));
  }
  assert.deepEqual(relaxed, golden);
  await compare([...ring, newcomer]);
  assert.deepEqual([await limitOf(other), await limitOf(introducer)], [136, 116]);
  assert.deepEqual((await stands(newcomer))[0], 0n);
  await town.sound();
});
