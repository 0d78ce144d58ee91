import {
  type Person,
  type TestNode,
  asPerson,
  foundMarket,
  join,
  makeTestNode,
  next,
  ok,
  restartEverywhere,
  type FoundedMarket,
} from '../fixture.ts';
import test, { afterEach, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type {
  AccountDesk,
  Joined,
  LeavingDesk,
  NeedDesk,
  OfferDesk,
  TrustDesk,
} from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { type ManualTime, makeManualTime } from '@pocas/vat-runtime/testing';

const week = 7 * 24 * 60 * 60 * 1000;
let time: ManualTime;
let node: TestNode;
let market: FoundedMarket;
let ana: Person;
let beto: Person;
beforeEach(async () => {
  time = makeManualTime();
  node = await makeTestNode({ time });
  market = await foundMarket(node, { charter: { commonsFloor: 30n } });
  ana = await join(market.steward, 'Ana');
  beto = await join(market.steward, 'Beto');
});
afterEach(async () => {
  const { sum } = await E(market.auditor).statement();
  assert.equal(sum, 0n, 'the sum is zero whatever happened');
  await node.stop();
});

const pay = async (from: Person, to: Person, value: bigint) => {
  const payee = await E(E(to.self).account()).payee();
  ok(await E(E(from.self).account()).pay(payee, value, next()));
};
const leavingOf = (person: Person) => person.desk<LeavingDesk>('leaving');
const participants = async () => (await E(market.steward).view()).participants;
const commons = async () => (await E(market.commons).view()).balance;
/** A mandate for the commons to take over what this person owes. */
const absorbing = async (
  card: Awaited<ReturnType<(typeof ana.self)['card']>>,
  keeper = market.commons,
  now = time.wall(),
) => {
  const wish = { act: 'absorb', name: `${await E(card).number()}` };
  const expires = BigInt(now) + 30n * 24n * 3_600_000n;
  return E(keeper).mandate(wish, { notBefore: 0n, expires }, next());
};
const introduce = async (by: Person, lends: bigint): Promise<Person> => {
  const desk = await by.desk<TrustDesk>('trust');
  const invitation = (await E(desk).introduce(lends, next())) as never;
  const { participant } = ok(
    (await E(invitation as { join(n: string, r: string): Joined }).join('Nuevo', next())) as Joined,
  );
  return asPerson('Nuevo', participant);
};

test('at zero one just leaves', async () => {
  const desk = await leavingOf(ana);
  ok(await E(desk).leave(next()));
  assert.equal((await E(desk).view()).status, 'left');
  assert.equal(await participants(), 2n);
  const payee = await E(E(beto.self).account()).payee();
  const late = await E(E(ana.self).account()).pay(payee, 1n, next());
  assert.equal(late.ok, false, 'who has left does not pay');
});

test('with credit one spends it first, or leaves it to the commons', async () => {
  await pay(beto, ana, 8n);
  const desk = await leavingOf(ana);
  assert.deepEqual(await E(desk).leave(next()), { ok: false, code: 'notYet' });
  ok(await E(desk).leaveGiving(next()));
  assert.equal(await commons(), 8n);
  assert.equal(await participants(), 2n);
});

const soon = () => BigInt(time.wall()) + 60_000n;

test('nobody leaves by mistake while something is on its way', async () => {
  const payee = await E(E(beto.self).account()).payee();
  const terms = { expires: soon() };
  ok(await E(E(ana.self).account()).hold(payee, 5n, terms, next()));
  assert.deepEqual(await E(await leavingOf(beto)).leave(next()), { ok: false, code: 'notYet' });
  assert.deepEqual(await E(await leavingOf(ana)).leave(next()), { ok: false, code: 'limit' });
});

test('nobody keeps another here: what is held for who leaves goes to the commons', async () => {
  const payee = await E(E(beto.self).account()).payee();
  const account = await E(ana.self).account();
  const endless = await E(account).hold(payee, 1n, {}, next());
  assert.deepEqual(endless, { ok: false, code: 'invalid' });
  const far = { expires: BigInt(time.wall()) + 91n * 24n * 60n * 60n * 1000n };
  assert.deepEqual(await E(account).hold(payee, 1n, far, next()), { ok: false, code: 'invalid' });
  const { decider } = ok(await E(account).hold(payee, 1n, { expires: soon() }, next()));
  ok(await E(await leavingOf(beto)).leaveGiving(next()));
  assert.equal(await participants(), 2n);
  ok(await E(decider).settle());
  assert.equal(await commons(), 1n);
  assert.equal((await ana.view()).balance, -1n);
});

test('who owes is taken over though others hold something for them', async () => {
  await pay(ana, beto, 10n);
  const payee = await E(E(ana.self).account()).payee();
  ok(await E(E(beto.self).account()).hold(payee, 1n, { expires: soon() }, next()));
  ok(await E(await leavingOf(ana)).plan('', next()));
  const { mandate } = ok(await absorbing(await E(ana.self).card()));
  ok(await E(mandate).carryOut(next()));
  assert.equal(await commons(), -10n);
});

test('a debt is taken over by a mandate, once, and no other way', async () => {
  await pay(ana, beto, 15n);
  const desk = await leavingOf(ana);
  assert.deepEqual(await E(desk).leave(next()), { ok: false, code: 'limit' });
  assert.deepEqual(await E(desk).leaveGiving(next()), { ok: false, code: 'limit' });
  const card = await E(ana.self).card();
  const tooEarly = await absorbing(card);
  assert.deepEqual(
    tooEarly,
    { ok: false, code: 'closed' },
    'whoever did not ask is not decided on',
  );
  ok(await E(desk).plan('Reparo las bicis en marzo.', next()));
  const { cases } = await E(market.commons).view();
  assert.deepEqual(
    cases.map(({ name, balance, plan }) => ({ name, balance, plan })),
    [{ name: 'Ana', balance: -15n, plan: 'Reparo las bicis en marzo.' }],
  );
  const { mandate } = ok(await absorbing(card));
  ok(await E(mandate).carryOut(next()));
  assert.equal(await commons(), -15n);
  assert.equal(await participants(), 2n);
  assert.deepEqual(await E(mandate).carryOut(next()), { ok: false, code: 'closed' });
  assert.equal(await commons(), -15n);
});

test('the commons do not go below their floor, and nothing of the attempt stays', async () => {
  const poor = await join(market.steward, 'Caro');
  await pay(ana, beto, 20n);
  await pay(poor, beto, 20n);
  const mandates = [];
  for (const person of [ana, poor]) {
    ok(await E(await leavingOf(person)).plan('', next()));
    const card = await E(person.self).card();
    mandates.push(ok(await absorbing(card)).mandate);
  }
  ok(await E(mandates[0]!).carryOut(next()));
  assert.deepEqual(await E(mandates[1]!).carryOut(next()), { ok: false, code: 'limit' });
  assert.equal(await commons(), -20n);
  assert.equal((await poor.view()).balance, -20n);
  // A gift makes room again; the mandate was not used up.
  const account = await beto.desk<AccountDesk>('account');
  ok(await E(account).give(10n, next()));
  ok(await E(mandates[1]!).carryOut(next()));
  assert.equal(await commons(), -30n);
});

test('who vouched pays before the commons', async () => {
  const newcomer = await introduce(beto, 12n);
  assert.equal((await newcomer.view()).available, 12n);
  assert.equal((await beto.view()).available, 8n);
  await pay(newcomer, ana, 12n);
  ok(await E(await leavingOf(newcomer)).plan('', next()));
  const card = await E(newcomer.self).card();
  const { mandate } = ok(await absorbing(card));
  ok(await E(mandate).carryOut(next()));
  assert.equal(await commons(), 0n);
  assert.equal((await beto.view()).balance, -12n);
  assert.equal((await beto.view()).available, 8n, 'what was lent is his own again, and spent');
});

test('whoever changes their mind stays, and a mandate for them does nothing', async () => {
  await pay(ana, beto, 5n);
  const desk = await leavingOf(ana);
  ok(await E(desk).plan('', next()));
  const { mandate } = ok(await absorbing(await E(ana.self).card()));
  ok(await E(desk).stay(next()));
  assert.deepEqual(await E(mandate).carryOut(next()), { ok: false, code: 'closed' });
  assert.equal((await ana.view()).balance, -5n);
});

test('who is away for long is told, and decided on only after a notice', async () => {
  await pay(ana, beto, 5n);
  time.pass(27 * week);
  await node.rest();
  assert.equal((await E(await leavingOf(ana)).view()).isThoughtAway, true);
  assert.equal((await ana.view()).attention?.length, 1);
  const card = await E(ana.self).card();
  const early = await absorbing(card);
  assert.deepEqual(early, { ok: false, code: 'closed' });
  time.pass(week);
  await node.rest();
  ok(await absorbing(card));
  // She comes back.
  ok(await E(await leavingOf(ana)).stay(next()));
  assert.equal((await ana.view()).attention, undefined);
  const { cases } = await E(market.commons).view();
  assert.ok(cases.every(({ name }) => name !== 'Ana'));
});

test('the steward sees no balance of anybody, and cannot move any', async () => {
  await pay(ana, beto, 5n);
  const view = await E(market.steward).view();
  const text = JSON.stringify(view, (_key, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value,
  );
  assert.ok(!text.includes('-5n') && !text.includes('balance'));
  const everything = market.steward as unknown as {
    absorb(n: bigint): unknown;
    applyLimits(c: unknown[]): unknown;
    mandate(c: unknown, r: string): unknown;
  };
  await assert.rejects(E(everything).absorb(1n), /no such method/);
  await assert.rejects(E(everything).applyLimits([]), /no such method/);
  await assert.rejects(E(everything).mandate(1n, next()), /no such method/);
  // The journal that the steward reads leaves out what is of the parties.
  const entries = await E(E(market.steward).journal()).entries(1n, 200n);
  for (const entry of entries) if ('kind' in entry) assert.notEqual(entry.label, 'P2');
});

test('what somebody offers and looks for goes with them', async () => {
  const offers = await beto.desk<Facet<OfferDesk>>('offer');
  ok(await E(offers).offer('pan', 'recién hecho', 0n, 3n, next()));
  const needs = await beto.desk<Facet<NeedDesk>>('need');
  ok(await E(needs).post('leña', 'leña', 'seca', '', '', 20n, next()));
  const seen = (await E(await ana.desk<Facet<OfferDesk>>('offer')).view()).offers;
  assert.equal(seen.length, 1);
  const asked = await ana.desk<Facet<NeedDesk>>('need');
  assert.equal((await E(asked).view()).needs.length, 1);
  ok(await E(await leavingOf(beto)).leave(next()));
  assert.deepEqual((await E(await ana.desk<Facet<OfferDesk>>('offer')).view()).offers, []);
  assert.deepEqual((await E(asked).view()).needs, []);
  const late = await E(await ana.desk<Facet<OfferDesk>>('offer')).order(seen[0]!.offer, 1n, next());
  assert.equal(late.ok, false);
});

test('killed anywhere while somebody leaves in debt, with offers and orders open: the commons take it over once', async () => {
  const request = next();
  const ends: string[] = [];
  const moments = await restartEverywhere(
    async (fresh) => {
      const {
        steward,
        commons: keeper,
        auditor,
      } = await foundMarket(fresh, {
        charter: { commonsFloor: 30n },
      });
      const [one, other] = [await join(steward, 'Ana'), await join(steward, 'Beto')];
      await pay(one, other, 15n);
      const offers = await one.desk<Facet<OfferDesk>>('offer');
      ok(await E(offers).offer('pan', '', 3n, 3n, next()));
      const seen = await other.desk<Facet<OfferDesk>>('offer');
      const [item] = (await E(seen).view()).offers;
      const { order } = ok(await E(seen).order(item!.offer, 1n, next()));
      ok(await E(await leavingOf(one)).plan('', next()));
      const { mandate } = ok(await absorbing(await E(one.self).card(), keeper, Date.now()));
      return { mandate, keeper, auditor, steward, seen, order, other: other.self };
    },
    ({ mandate }) => E(mandate).carryOut(request),
    async ({ mandate, keeper, auditor, steward, seen, order, other }, fresh) => {
      ends.push(String((await E(keeper).view()).balance));
      ok(await E(mandate).carryOut(request));
      ok(await E(mandate).carryOut(request));
      assert.equal((await E(keeper).view()).balance, -15n);
      assert.equal((await E(steward).view()).participants, 2n);
      assert.deepEqual((await E(seen).view()).offers, []);
      // What was set aside for an order of who left comes back by hand or by time.
      await E(order).cancel();
      await fresh.rest();
      const { balance, held } = await E(other).view();
      assert.deepEqual([balance, held], [15n, 0n]);
      const { sum, held: aside } = await E(auditor).statement();
      assert.deepEqual([sum, aside], [0n, 0n]);
    },
  );
  assert.ok(moments >= 1);
  assert.deepEqual([ends[0], ends.at(-1)], ['0', '-15'], 'killed before it, and after it');
});

test('killed anywhere while somebody leaves giving what they have: it is given once, and they are gone', async () => {
  const request = next();
  const ends: string[] = [];
  await restartEverywhere(
    async (fresh) => {
      const { steward, commons: keeper, auditor } = await foundMarket(fresh);
      const [one, other] = [await join(steward, 'Ana'), await join(steward, 'Beto')];
      await pay(one, other, 8n);
      const needs = await other.desk<Facet<NeedDesk>>('need');
      ok(await E(needs).post('leña', 'leña', 'seca', '', '', 20n, next()));
      const desk = await leavingOf(other);
      return { keeper, auditor, steward, desk, asked: await one.desk<Facet<NeedDesk>>('need') };
    },
    ({ desk }) => E(desk).leaveGiving(request),
    async ({ keeper, auditor, steward, desk, asked }) => {
      ends.push(String((await E(keeper).view()).balance));
      ok(await E(desk).leaveGiving(request));
      assert.deepEqual(await E(desk).leaveGiving(next()), { ok: false, code: 'closed' });
      assert.equal((await E(keeper).view()).balance, 8n);
      assert.equal((await E(steward).view()).participants, 2n);
      assert.deepEqual((await E(asked).view()).needs, []);
      assert.equal((await E(auditor).statement()).sum, 0n);
    },
  );
  assert.deepEqual([ends[0], ends.at(-1)], ['0', '8'], 'killed before it, and after it');
});
