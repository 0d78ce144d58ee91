/** Who leaves while others rely on them (SPEC C7, C16, M6, M7): vouchers, subscriptions, bulk-buys, agreed plans. */
import {
  type FoundedMarket,
  type Person,
  type TestNode,
  foundMarket,
  join,
  makeTestNode,
  next,
  ok,
} from '../fixture.ts';
import { type ManualTime, descriptionFaults, makeManualTime } from '@pocas/vat-runtime/testing';
import test, { afterEach, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type {
  AccountDesk,
  BulkDesk,
  LeavingDesk,
  OrderDesk,
  SubscriptionDesk,
  VoucherDesk,
} from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';

// `any`: what a page leads to.
type Any = any;
const day = 24 * 60 * 60 * 1000;
const refused = (code: string) => ({ ok: false, code });
let time: ManualTime;
let node: TestNode;
let market: FoundedMarket;
let ana: Someone;
let beto: Someone;
let caro: Someone;
beforeEach(async () => {
  time = makeManualTime();
  node = await makeTestNode({ time });
  market = await foundMarket(node, { charter: { baseLimit: 60n, commonsFloor: 30n } });
  [ana, beto, caro] = [await someone('Ana'), await someone('Beto'), await someone('Caro')];
});
afterEach(async () => {
  const { sum } = await E(market.auditor).statement();
  assert.equal(sum, 0n, 'the sum is zero whatever happened');
  await node.stop();
});

type Someone = Person & {
  readonly leaving: Facet<LeavingDesk>;
  readonly vouchers: Facet<VoucherDesk>;
  readonly bulk: Facet<BulkDesk>;
  readonly bread: Facet<SubscriptionDesk>;
  readonly orders: Facet<OrderDesk>;
  readonly account: Facet<AccountDesk>;
};
const someone = async (name: string): Promise<Someone> => {
  const person = await join(market.steward, name);
  const names = ['leaving', 'voucher', 'bulk', 'subscription', 'order', 'account'];
  const [leaving, vouchers, bulk, bread, orders, account] = await Promise.all(
    names.map((mechanism) => person.desk<Any>(mechanism)),
  );
  return { ...person, leaving, vouchers, bulk, bread, orders, account };
};
const pass = async (days: number) => {
  time.pass(days * day);
  await node.rest();
};
const stands = async (who: Person) => {
  const { balance, held } = await who.view();
  return [balance, held];
};
const pay = async (from: Person, to: Person, value: bigint) => {
  const payee = await E(E(to.self).account()).payee();
  ok(await E(E(from.self).account()).pay(payee, value, next()));
};
const decided = async (act: 'absorb' | 'agree', who: Person, value?: bigint) => {
  const name = `${await E(await E(who.self).card()).number()}`;
  const wish = { act, name, ...(value === undefined ? {} : { value }) };
  const terms = { notBefore: 0n, expires: BigInt(time.wall() + 30 * day) };
  const { mandate } = ok(await E(market.commons).mandate(wish, terms, next()));
  return E(mandate).carryOut(next());
};
const caseOf = async (name: string) =>
  (await E(market.commons).view()).cases.find((one) => one.name === name);
/** Beto promises bread for 3 each, and Ana buys two. */
const promise = async () => {
  const { voucher } = ok(await E(beto.vouchers).promise('bread', '', '', 0n, 3n, next()));
  ok(await E(ana.vouchers).buy(voucher, 2n, next()));
  return voucher;
};
const bread = async () => (await E(ana.vouchers).view()).held.map(({ balance }) => balance);

test('whose vouchers are out does not just leave; what they cost is given back, or they are redeemed', async () => {
  const voucher = await promise();
  assert.deepEqual(await E(beto.leaving).leaveGiving(next()), refused('notYet'));
  const { promised, worth } = await E(beto.leaving).view();
  assert.deepEqual([promised, worth], ['2 × bread', 6n]);
  assert.deepEqual(await descriptionFaults(beto.leaving), []);
  assert.deepEqual(await descriptionFaults(beto.vouchers), []);
  const requestId = next();
  ok(await E(beto.vouchers).payBack(requestId));
  ok(await E(beto.vouchers).payBack(requestId));
  assert.deepEqual(await bread(), [0n]);
  assert.deepEqual(
    [await stands(ana), await stands(beto)],
    [
      [0n, 0n],
      [0n, 0n],
    ],
  );
  // It was no purchase after all, and nobody buys more of it.
  assert.deepEqual(await E(ana.vouchers).buy(voucher, 1n, next()), refused('closed'));
  ok(await E(beto.leaving).leave(next()));
});

test('who cannot give it back names it with the plan; the commons take it over with the debt, holders first', async () => {
  await promise();
  await pay(beto, caro, 20n);
  assert.deepEqual(await stands(beto), [-14n, 0n]);
  ok(await E(beto.leaving).plan('I bake in March.', next()));
  const named = (await caseOf('Beto'))!;
  assert.deepEqual([named.balance, named.promised, named.worth], [-14n, '2 × bread', 6n]);
  const { options } = await E(market.commons).view();
  assert.match(options[0]!.label.en, /: 14, and gives back 6 for what they promised \(2 × bread\)/);
  assert.deepEqual(await descriptionFaults(market.commons), []);
  ok(await decided('absorb', beto));
  assert.deepEqual(await bread(), [0n]);
  assert.deepEqual(await stands(ana), [0n, 0n]);
  assert.equal((await E(market.commons).view()).balance, -20n);
});

test('where the commons may not owe that much, the holders keep their vouchers and nobody is gone', async () => {
  await promise();
  await pay(beto, caro, 35n);
  ok(await E(beto.leaving).plan('no idea', next()));
  assert.deepEqual(await decided('absorb', beto), refused('limit'));
  assert.deepEqual(await bread(), [2n]);
  assert.deepEqual(
    [await stands(ana), await stands(beto)],
    [
      [-6n, 0n],
      [-29n, 0n],
    ],
  );
  // Nor can Beto go into debt without a bound, which was raised for the attempt.
  const payee = await E(E(caro.self).account()).payee();
  const more = await E(E(beto.self).account()).pay(payee, 40n, next());
  assert.equal(more.ok, false);
});

test('what was given away and not sold is not paid for, and keeps its issuer from just leaving', async () => {
  const terms = { what: 'a song', description: '', where: '', unit: 'vale', size: 1n, worth: 2n };
  const made = ok(
    await E(beto.vouchers).promiseWith(
      { ...terms, isDivisible: false, isTransferable: true },
      next(),
    ),
  );
  const { holder } = ok(await E(ana.vouchers).holderOf(made.voucher));
  ok(await E(made.maker).issueTo(await E(holder).payee(), 3n, next()));
  assert.deepEqual(await E(beto.leaving).leave(next()), refused('notYet'));
  ok(await E(beto.vouchers).payBack(next()));
  assert.deepEqual([await bread(), await stands(beto)], [[3n], [0n, 0n]]);
  ok(await E(holder).giveBack(3n, next()));
  ok(await E(beto.leaving).leave(next()));
});

test('vouchers that are bought and paid back week after week make no limit', async () => {
  await promise();
  await pass(7);
  const counted = async () => (await E(beto.account).view()).counted.map(({ sold }) => sold);
  assert.deepEqual(await counted(), [6n]);
  ok(await E(beto.vouchers).payBack(next()));
  await pass(7);
  assert.deepEqual(
    (await counted()).filter((sold) => sold > 0n),
    [],
  );
});

const buyOf = async () => {
  await E(caro.bulk).beSupplier(next());
  const [{ supplier }] = (await E(beto.bulk).view()).suppliers as [Any];
  return ok(
    await E(beto.bulk).organise(
      ...([supplier, 'Flour', '', '2: 5', 2n, 1n, 'here', 48n, 24n, 72n, 100n, next()] as const),
    ),
  );
};

test('a pledge goes with who leaves, and comes back where they cannot', async () => {
  const { buy } = await buyOf();
  ok(await E(ana.bulk).pledge(buy, 2n, 4n, next()));
  await pay(caro, ana, 25n);
  assert.deepEqual(await stands(ana), [5n, 20n]);
  assert.deepEqual(await E(ana.leaving).leave(next()), refused('notYet'));
  assert.deepEqual([await stands(ana), (await E(buy).view()).most], [[5n, 20n], 4n]);
  ok(await E(ana.leaving).leaveGiving(next()));
  assert.deepEqual(
    [(await E(buy).view()).most, (await E(market.commons).view()).balance],
    [0n, 25n],
  );
});

test('a buy ends with who organises it, and once it was bought others can rely on them', async () => {
  const first = await buyOf();
  ok(await E(ana.bulk).pledge(first.buy, 2n, 2n, next()));
  ok(await E(beto.leaving).leave(next()));
  assert.equal((await E(first.buy).view()).phase, 'released');
  assert.deepEqual(await stands(ana), [0n, 0n]);
  beto = await someone('Beto again');
  const second = await buyOf();
  ok(await E(ana.bulk).pledge(second.buy, 2n, 2n, next()));
  await pass(2);
  assert.equal((await E(second.buy).view()).phase, 'allotted');
  // Who pledged cannot go any more, since the others count on it.
  assert.equal((await E(ana.leaving).leave(next())).ok, false);
  ok(await E(second.organiser).bought('invoice 7', 'ab'.repeat(32), next()));
  assert.deepEqual(await E(beto.leaving).leave(next()), refused('notYet'));
  assert.deepEqual(await E(caro.leaving).leave(next()), refused('notYet'));
  assert.deepEqual(await stands(ana), [-10n, 10n]);
});

/** Caro bakes bread every seven days for 5, and Ana subscribes. The first is ordered, and not handed over. */
const subscribed = async () => {
  const { plan } = ok(
    await E(caro.bread).produce(
      ...(['Bread', '', 5n, 1n, 4n, 7n, 7n, 48n, 1n, 1n, 2n, 1n, '', next()] as const),
    ),
  );
  const { subscription } = ok(await E(ana.bread).subscribe(plan, 2n, 4n, '', next()));
  await pass(6);
  assert.deepEqual(await stands(ana), [-10n, 10n]);
  return { plan, subscription };
};

test('a subscription ends with its subscriber, and what was not handed over is given back', async () => {
  const { plan } = await subscribed();
  ok(await E(ana.leaving).leave(next()));
  assert.equal((await E(plan).view()).subscribers, 0n);
  assert.deepEqual((await E(caro.orders).view()).sales, []);
  await pass(14);
  assert.deepEqual(await stands(caro), [0n, 0n]);
});

test('and with its producer: who subscribed is told, and has the value again', async () => {
  const { subscription } = await subscribed();
  ok(await E(caro.leaving).leave(next()));
  assert.deepEqual(await stands(ana), [0n, 0n]);
  const { phase, past } = await E(subscription).view();
  assert.equal(phase, 'ended');
  assert.deepEqual(new Set(past.map(({ outcome }) => outcome)), new Set(['returned', 'closed']));
  assert.notDeepEqual((await E(ana.bread).view()).notices, []);
  await pass(14);
  assert.deepEqual(await stands(ana), [0n, 0n]);
});

test('a debt is taken over though something is ordered by a subscription, which ends with it', async () => {
  await subscribed();
  await pay(ana, beto, 5n);
  ok(await E(ana.leaving).plan('', next()));
  ok(await decided('absorb', ana));
  assert.equal((await E(market.commons).view()).balance, -5n);
  assert.deepEqual((await E(caro.orders).view()).sales, []);
});

test('what was handed over is not taken back by leaving', async () => {
  await subscribed();
  const [{ order }] = (await E(caro.orders).view()).sales as [Any];
  ok((await E(order).ready()) as Any);
  ok((await E(order).handOver()) as Any);
  assert.equal((await E(ana.leaving).leave(next())).ok, false);
  assert.deepEqual(await stands(ana), [-10n, 10n]);
});

const reliability = async (who: Someone) => (await E(who.account).view()).reliability;
const plans = async () =>
  ((await E(market.steward).view()).plans ?? []).map(({ name, phase }) => [name, phase]);

test('a plan that was agreed on and not kept is counted, and shown to those who care', async () => {
  await pay(ana, beto, 10n);
  ok(await E(ana.leaving).plan('I mend bicycles.', next()));
  const before = await reliability(ana);
  ok(await decided('agree', ana, 10n));
  assert.deepEqual(
    [await plans(), (await caseOf('Ana'))!.agreed],
    [[['Ana', 'running']], 'running'],
  );
  assert.match((await E(ana.leaving).view()).planUntil!, /^\d{4}-\d\d-\d\d$/);
  assert.deepEqual(await descriptionFaults(market.steward), []);
  // Who takes it back has agreed all the same.
  ok(await E(ana.leaving).stay(next()));
  await pass(11);
  assert.deepEqual(await plans(), [['Ana', 'unkept']]);
  assert.equal((await E(ana.leaving).view()).planPhase, 'unkept');
  assert.equal(await reliability(ana), before - 100n);
});

test('one that was kept costs nothing, and what is promised belongs to it', async () => {
  await promise();
  await pay(beto, caro, 10n);
  ok(await E(beto.leaving).plan('I bake.', next()));
  const before = await reliability(beto);
  ok(await decided('agree', beto, 10n));
  await pay(caro, beto, 10n);
  ok(await E(beto.vouchers).payBack(next()));
  await pass(11);
  assert.deepEqual(
    [await plans(), (await reliability(beto)) >= before],
    [[['Beto', 'kept']], true],
  );
  ok(await E(beto.leaving).leave(next()));
  assert.deepEqual(await plans(), []);
});

test('nobody is held to a plan that the group did not agree to', async () => {
  await pay(ana, beto, 10n);
  const name = `${await E(await E(ana.self).card()).number()}`;
  const terms = { notBefore: 0n, expires: BigInt(time.wall() + day) };
  const wish = (value: bigint) =>
    E(market.commons).mandate({ act: 'agree', name, value }, terms, next());
  assert.deepEqual(await wish(10n), refused('closed'));
  ok(await E(ana.leaving).plan('later', next()));
  assert.deepEqual([await wish(0n), await wish(367n)], [refused('invalid'), refused('invalid')]);
  const before = await reliability(ana);
  await pass(20);
  assert.ok((await reliability(ana)) >= before);
});
