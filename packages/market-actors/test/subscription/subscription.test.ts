/** Subscriptions in a market (SPEC M6): their periods, their invariants, and who tries to get around them. */
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
import fc from 'fast-check';
import type {
  OrderBuyer,
  OrderDesk,
  OrderSeller,
  PlanProducer,
  Steward,
  Subscribable,
  Subscription,
  SubscriptionDesk,
} from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';

const hour = 60 * 60 * 1000;
const day = 24 * hour;

let time: ManualTime;
let node: TestNode;
let steward: Facet<Steward>;
const begin = async (baseLimit = 20n) => {
  time = makeManualTime();
  node = await makeTestNode({ time });
  ({ steward } = await foundMarket(node, { charter: { baseLimit, minimumCeiling: 5_000n } }));
};
beforeEach(() => begin());
afterEach(() => node.stop());

type Eater = Person & { readonly bread: Facet<SubscriptionDesk> };
const joinAs = async (name: string): Promise<Eater> => {
  const person = await join(steward, name);
  return { ...person, bread: await person.desk<Facet<SubscriptionDesk>>('subscription') };
};
const people = (...names: string[]): Promise<Eater[]> =>
  names.reduce<Promise<Eater[]>>(
    async (before, name) => [...(await before), await joinAs(name)],
    Promise.resolve([]),
  );
type Terms = { minimum?: bigint; skips?: bigint; pauses?: bigint; notice?: bigint; most?: bigint };
/** Bread every seven days from the seventh day on, for 5 each; orders are made two days before. */
const bake = async (
  { bread }: Eater,
  { minimum = 1n, skips = 1n, pauses = 2n, notice = 1n, most = 4n }: Terms = {},
): Promise<{ plan: Facet<Subscribable>; producer: Facet<PlanProducer> }> => {
  const terms = ['Bread', 'sourdough', 5n, 1n, most, 7n, 7n, 48n] as const;
  const rules = [minimum, skips, pauses, notice, '500 g flour\n10 g salt'] as const;
  return ok(await E(bread).produce(...terms, ...rules, next()));
};
const subscribe = async (
  { bread }: Eater,
  plan: Facet<Subscribable>,
  quantity: bigint,
  periods = 4n,
  delivery = '',
): Promise<Facet<Subscription>> =>
  ok(await E(bread).subscribe(plan, quantity, periods, delivery, next())).subscription;
const pass = async (days: number) => {
  time.pass(days * day);
  await node.rest();
};
/** Week by week, so that the market is there at each cut-off. */
const weeks = async (count: number) => {
  for (let week = 0; week < count; week += 1) await pass(7);
};
const outcomes = async (subscription: Facet<Subscription>) =>
  (await E(subscription).view()).past.map(({ outcome }) => outcome);
const sound = async () => {
  const { sum } = await E(await E(steward).auditor()).statement();
  assert.equal(sum, 0n);
};
/** Brings the newest order of this pair to its good end. */
const complete = async (seller: Eater, buyer: Eater) => {
  const sales = (await E(await seller.desk<Facet<OrderDesk>>('order')).view()).sales;
  const mine = sales.filter((sale) => sale.with === buyer.name);
  const purchases = (await E(await buyer.desk<Facet<OrderDesk>>('order')).view()).purchases;
  for (const { order } of mine) {
    ok(await E(order as Facet<OrderSeller>).ready());
    ok(await E(order as Facet<OrderSeller>).handOver());
  }
  for (const { order } of purchases) ok(await E(order as Facet<OrderBuyer>).accept());
};

test('at the cut-off each subscriber has an order, and the producer knows what to make', async () => {
  const [bakery, ana, beto] = await people('Bakery', 'Ana', 'Beto');
  const { plan, producer } = await bake(bakery!);
  const anas = await subscribe(ana!, plan, 2n, 4n, 'the blue door');
  const betos = await subscribe(beto!, plan, 1n);
  const before = await E(producer).view();
  assert.equal(before.ordered, 0n);
  assert.deepEqual(
    before.outlook.map(({ quantity, income }) => [quantity, income]),
    [
      [3n, 15n],
      [3n, 15n],
      [3n, 15n],
      [3n, 15n],
    ],
  );
  assert.equal((await ana!.view()).held, 0n, 'nothing is set aside before it is time');
  await pass(5);
  const { ordered, sureIncome, inputs, deliveries } = await E(producer).view();
  assert.deepEqual([ordered, sureIncome], [3n, 15n]);
  assert.deepEqual(inputs, [
    { what: 'g flour', amount: 1_500n },
    { what: 'g salt', amount: 30n },
  ]);
  assert.equal((await ana!.view()).held, 10n);
  assert.equal((await beto!.view()).held, 5n);
  const { code } = await E(anas).view();
  assert.deepEqual(
    deliveries.find((one) => one.code === code),
    { code, quantity: 2n, delivery: 'the blue door' },
  );
  assert.deepEqual(await outcomes(anas), ['ordered']);
  await complete(bakery!, ana!);
  await complete(bakery!, beto!);
  assert.deepEqual(await outcomes(betos), ['paid']);
  assert.deepEqual(
    [(await bakery!.view()).balance, (await ana!.view()).balance, (await beto!.view()).balance],
    [15n, -10n, -5n],
  );
  await sound();
});

test('a missed hold skips the period with a notice, and owes nothing', async () => {
  const [bakery, ana, beto] = await people('Bakery', 'Ana', 'Beto');
  const { plan, producer } = await bake(bakery!);
  const anas = await subscribe(ana!, plan, 4n, 3n);
  const betos = await subscribe(beto!, plan, 1n, 3n);
  await pass(5);
  await complete(bakery!, ana!);
  assert.equal((await ana!.view()).balance, -20n);
  await pass(7);
  assert.deepEqual(await outcomes(anas), ['paid', 'missed']);
  assert.deepEqual(await outcomes(betos), ['ordered', 'ordered']);
  const { balance, held, attention } = await ana!.view();
  assert.deepEqual([balance, held], [-20n, 0n]);
  assert.deepEqual(attention, [{ desk: ana!.bread, waiting: 1n }]);
  const { notices } = await E(ana!.bread).view();
  assert.deepEqual(
    notices.map(({ what, outcome }) => [what, outcome]),
    [['Bread', 'missed']],
  );
  assert.equal((await E(producer).view()).ordered, 1n, 'what is not set aside is not sure');
  await E(ana!.bread).seen(next());
  assert.deepEqual((await ana!.view()).attention ?? [], []);
  await sound();
});

test('too few orders make none, and give all back', async () => {
  const [bakery, ana, beto] = await people('Bakery', 'Ana', 'Beto');
  const { plan, producer } = await bake(bakery!, { minimum: 2n });
  const anas = await subscribe(ana!, plan, 1n);
  const betos = await subscribe(beto!, plan, 1n);
  ok(await E(betos).skip(next()));
  await pass(5);
  assert.deepEqual(await outcomes(anas), ['tooFew']);
  assert.equal((await ana!.view()).held, 0n);
  assert.equal((await E(producer).view()).ordered, 0n);
  await pass(7);
  assert.deepEqual(await outcomes(anas), ['tooFew', 'ordered']);
  assert.deepEqual(await outcomes(betos), ['skipped', 'ordered']);
});

test('skips are counted, and one cannot skip twice or past the cut-off', async () => {
  const [bakery, ana] = await people('Bakery', 'Ana');
  const { plan } = await bake(bakery!, { skips: 1n });
  const anas = await subscribe(ana!, plan, 1n, 3n);
  const id = next();
  ok(await E(anas).skip(id));
  ok(await E(anas).skip(id));
  assert.deepEqual(await E(anas).skip(next()), { ok: false, code: 'conflict' });
  assert.equal((await E(anas).view()).isNextSkipped, true);
  await pass(5);
  assert.deepEqual(await E(anas).skip(next()), { ok: false, code: 'quota' });
  await pass(7);
  assert.deepEqual(await outcomes(anas), ['skipped', 'ordered']);
});

test('a pause puts deliveries off, as long as the plan allows, and then they go on', async () => {
  const [bakery, ana] = await people('Bakery', 'Ana');
  const { plan } = await bake(bakery!, { pauses: 2n });
  const anas = await subscribe(ana!, plan, 1n, 2n);
  ok(await E(anas).pause(next()));
  await pass(5);
  await weeks(3);
  assert.deepEqual(await outcomes(anas), ['paused', 'paused', 'ordered', 'ordered']);
  assert.equal((await E(anas).view()).phase, 'ended');
  assert.deepEqual(await E(anas).pause(next()), { ok: false, code: 'closed' });
  assert.deepEqual((await E(ana!.bread).view()).subscriptions, []);
});

test('whoever leaves still takes what the notice says, also when paused', async () => {
  const [bakery, ana] = await people('Bakery', 'Ana');
  const { plan } = await bake(bakery!, { notice: 2n });
  const anas = await subscribe(ana!, plan, 1n, 8n);
  ok(await E(anas).pause(next()));
  ok(await E(anas).leave(next()));
  assert.deepEqual(await E(anas).pause(next()), { ok: false, code: 'closed' });
  await pass(5);
  await weeks(2);
  assert.deepEqual(await outcomes(anas), ['ordered', 'ordered']);
  assert.equal((await E(plan).view()).subscribers, 0n);
});

test('a price that is changed holds for those who come later, and for nobody who has committed', async () => {
  const [bakery, ana, beto] = await people('Bakery', 'Ana', 'Beto');
  const { plan, producer } = await bake(bakery!);
  await subscribe(ana!, plan, 1n, 2n);
  ok(await E(producer).reprice(9n, next()));
  await subscribe(beto!, plan, 1n, 2n);
  await pass(5);
  assert.deepEqual([(await ana!.view()).held, (await beto!.view()).held], [5n, 9n]);
  await pass(7);
  assert.deepEqual([(await ana!.view()).held, (await beto!.view()).held], [10n, 18n]);
});

test('codes are different each time and say nothing of whose they are', async () => {
  const [bakery, ana, beto] = await people('Bakery', 'Ana', 'Beto');
  const { plan, producer } = await bake(bakery!);
  const anas = await subscribe(ana!, plan, 1n);
  const betos = await subscribe(beto!, plan, 1n);
  const codes = async () => [(await E(anas).view()).code, (await E(betos).view()).code];
  await pass(5);
  const first = await codes();
  const { deliveries } = await E(producer).view();
  assert.deepEqual(deliveries.map(({ code }) => code).toSorted(), first.toSorted());
  const words = JSON.stringify(deliveries, (_, value) => String(value));
  assert.ok(!words.includes('Ana') && !words.includes('Beto'));
  await pass(7);
  const second = await codes();
  assert.equal(new Set([...first, ...second]).size, 4);
  for (const code of [...first, ...second]) assert.match(code, /^[A-HJ-NP-Z2-9]{5}$/);
});

test('others see totals only', async () => {
  const [bakery, ana, beto] = await people('Bakery', 'Ana', 'Beto');
  const { plan } = await bake(bakery!);
  await subscribe(ana!, plan, 1n, 4n, 'the blue door');
  await pass(5);
  const view = await E(plan).view();
  assert.equal(view.subscribers, 1n);
  const seen = [view, await E(beto!.bread).view()];
  const words = JSON.stringify(seen, (_, value) =>
    typeof value === 'bigint' ? `${value}` : value,
  );
  assert.ok(!words.includes('Ana') && !words.includes('blue door'));
});

test('what is outside of the plan is refused', async () => {
  const [bakery, ana] = await people('Bakery', 'Ana');
  const { plan, producer } = await bake(bakery!, { most: 2n });
  const say = ({ bread }: Eater, quantity: bigint, periods = 1n) =>
    E(bread).subscribe(plan, quantity, periods, '', next());
  assert.deepEqual(await say(ana!, 3n), { ok: false, code: 'invalid' });
  assert.deepEqual(await say(ana!, 1n, 54n), { ok: false, code: 'invalid' });
  assert.deepEqual(await say(bakery!, 1n), { ok: false, code: 'unsupported' });
  ok(await say(ana!, 2n));
  assert.deepEqual(await say(ana!, 1n), { ok: false, code: 'conflict' });
  const notThis = ana!.bread as unknown as Facet<Subscribable>;
  const other = await E(ana!.bread).subscribe(notThis, 1n, 1n, '', next());
  assert.deepEqual(other, { ok: false, code: 'stale' });
  const wrong = async (least: bigint, most: bigint, cutOff: bigint, inputs: string) =>
    E(ana!.bread).produce(
      ...(['Milk', '', 5n, least, most, 7n, 7n, cutOff, 1n, 1n, 1n, 1n, inputs, next()] as const),
    );
  const invalid = { ok: false, code: 'invalid' };
  assert.deepEqual(await wrong(3n, 2n, 1n, ''), invalid);
  assert.deepEqual(await wrong(1n, 2n, 169n, ''), invalid);
  assert.deepEqual(await wrong(1n, 2n, 1n, 'some flour'), invalid);

  ok(await E(producer).end(next()));
  const stale = { ok: false, code: 'stale' };
  assert.deepEqual(await say(await joinAs('Caro'), 1n), stale);
});

test('a producer who stops is bound by the notice, and then the plan is gone', async () => {
  const [bakery, ana] = await people('Bakery', 'Ana');
  const { plan, producer } = await bake(bakery!, { notice: 1n });
  const anas = await subscribe(ana!, plan, 1n, 8n);
  ok(await E(producer).end(next()));
  assert.equal((await E(anas).view()).phase, 'leaving');
  assert.deepEqual((await E(ana!.bread).view()).plans, []);
  await pass(5);
  assert.deepEqual(await outcomes(anas), ['ordered']);
  assert.deepEqual((await E(bakery!.bread).view()).produced, []);
  await complete(bakery!, ana!);
  await weeks(2);
  assert.deepEqual(await outcomes(anas), ['paid']);
});

test('a market that slept orders nothing for the past, and uses up nobody’s commitment', async () => {
  const [bakery, ana] = await people('Bakery', 'Ana');
  const { plan } = await bake(bakery!);
  const anas = await subscribe(ana!, plan, 1n, 4n);
  node.setProgram({ anas, plan });
  await node.stop();
  time.pass(40 * day);
  const { storage, secrets } = node;
  node = await makeTestNode({ time, storage, secrets });
  await node.rest();
  const kept = node.getProgram() as { anas: Facet<Subscription>; plan: Facet<Subscribable> };
  const view = await E(kept.anas).view();
  assert.deepEqual(
    view.past.map(({ outcome }) => outcome),
    ['away'],
  );
  assert.equal(view.left, 4n);
  await pass(7);
  assert.equal((await E(kept.anas).view()).left, 3n);
});

test('a market that winds down orders nothing more, and lets everybody go', async () => {
  const [bakery, ana] = await people('Bakery', 'Ana');
  const { plan } = await bake(bakery!);
  const anas = await subscribe(ana!, plan, 1n, 4n);
  ok(await E(steward).windDown(next()));
  await pass(5);
  assert.deepEqual(await outcomes(anas), ['closed']);
  assert.equal((await E(anas).view()).phase, 'ended');
  assert.equal((await ana!.view()).held, 0n);
  assert.deepEqual((await E(ana!.bread).view()).plans, []);
  assert.deepEqual((await E(bakery!.bread).view()).produced, []);
});

test('asked again, a plan and a subscription are made once', async () => {
  const [bakery, ana] = await people('Bakery', 'Ana');
  const id = next();
  const terms = ['Milk', '', 5n, 1n, 2n, 7n, 7n, 1n, 1n, 1n, 1n, 1n, '', id] as const;
  const first = ok(await E(bakery!.bread).produce(...terms));
  const second = ok(await E(bakery!.bread).produce(...terms));
  assert.equal(first.plan, second.plan);
  const again = next();
  const one = ok(await E(ana!.bread).subscribe(first.plan, 1n, 1n, '', again));
  const two = ok(await E(ana!.bread).subscribe(first.plan, 1n, 1n, '', again));
  assert.equal(one.subscription, two.subscription);
  assert.equal((await E(first.plan).view()).subscribers, 1n);
});

test('sixty subscribers are ordered for in one turn, and the sixty-first waits', async () => {
  await node.stop();
  await begin(100n);
  const bakery = await joinAs('Bakery');
  const { plan, producer } = await bake(bakery);
  for (let count = 0; count < 60; count += 1)
    await subscribe(await joinAs(`P${count}`), plan, 1n, 2n);
  const more = await E((await joinAs('One more')).bread).subscribe(plan, 1n, 1n, '', next());
  assert.deepEqual(more, { ok: false, code: 'quota' });
  await pass(5);
  assert.equal((await E(producer).view()).ordered, 60n);
  assert.equal((await E(producer).view()).deliveries.length, 30);
  assert.equal((await E(producer).deliveries(1n)).length, 30);
  assert.equal((await E(producer).deliveries(2n)).length, 0);
  await sound();
});

test('however people skip, pause, leave and pay, nobody is below the limit or orders more than committed', async () => {
  const act = fc.record({
    who: fc.nat(2),
    what: fc.constantFrom('skip', 'pause', 'resume', 'leave', 'pay', 'nothing'),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          quantity: fc.bigInt({ min: 1n, max: 4n }),
          periods: fc.bigInt({ min: 1n, max: 5n }),
        }),
        {
          minLength: 3,
          maxLength: 3,
        },
      ),
      fc.array(fc.array(act, { maxLength: 3 }), { minLength: 4, maxLength: 4 }),
      fc.bigInt({ min: 1n, max: 3n }),
      async (wishes, weeks, minimum) => {
        const [bakery, ...eaters] = await people('Bakery', 'Ana', 'Beto', 'Caro');
        const { plan } = await bake(bakery!, { minimum });
        const subscriptions: Facet<Subscription>[] = [];
        for (const [index, { quantity, periods }] of wishes.entries())
          subscriptions.push(await subscribe(eaters[index]!, plan, quantity, periods));
        await pass(5);
        for (const acts of weeks) {
          for (const { who, what } of acts) {
            if (what === 'pay') await complete(bakery!, eaters[who]!);
            else if (what !== 'nothing') await E(subscriptions[who]!)[what](next());
          }
          await pass(7);
          await sound();
        }
        let paid = 0n;
        for (const [index, one] of subscriptions.entries()) {
          const { past } = await E(one).view();
          const count = past.filter(({ outcome }) => ['ordered', 'paid'].includes(outcome)).length;
          assert.ok(BigInt(count) <= wishes[index]!.periods);
          const { balance, held } = await eaters[index]!.view();
          assert.ok(balance >= -20n && held >= 0n);
          paid -= balance + held;
        }
        assert.equal((await bakery!.view()).balance, paid);
      },
    ),
    { numRuns: 3 },
  );
});

test('every page of subscriptions says everything in both languages', async () => {
  const [bakery, ana] = await people('Bakery', 'Ana');
  const { plan, producer } = await bake(bakery!);
  const anas = await subscribe(ana!, plan, 1n);
  await pass(5);
  for (const facet of [ana!.bread, bakery!.bread, plan, producer, anas])
    assert.deepEqual(await descriptionFaults(facet), []);
});
