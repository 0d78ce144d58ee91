import { type Person, checkSum, join, makeMarket, makeTestNode, ok } from '../fixture.ts';
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import fc from 'fast-check';
import type { OfferMaker, OrderBuyer, OrderPhase, OrderSeller } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';

let node: Awaited<ReturnType<typeof makeTestNode>>;
before(async () => {
  node = await makeTestNode();
});
after(() => node.stop());

const names = ['Ana', 'Beto', 'Carla'];
const who = fc.nat({ max: names.length - 1 });
const which = fc.nat({ max: 5 });
const steps = ['ready', 'handOver', 'accept', 'cancel', 'refuse'] as const;
const operation = fc.oneof(
  fc.record({
    kind: fc.constant('offer' as const),
    who,
    price: fc.bigInt({ min: 0n, max: 15n }),
    quantity: fc.bigInt({ min: 1n, max: 3n }),
  }),
  fc.record({
    kind: fc.constant('order' as const),
    who,
    which,
    quantity: fc.bigInt({ min: 1n, max: 4n }),
  }),
  fc.record({ kind: fc.constant('step' as const), which, step: fc.constantFrom(...steps) }),
  fc.record({
    kind: fc.constant('edit' as const),
    which,
    price: fc.bigInt({ min: 0n, max: 15n }),
    more: fc.bigInt({ min: 1n, max: 2n }),
    what: fc.constantFrom('price' as const, 'stock' as const, 'pause' as const, 'resume' as const),
  }),
  fc.record({ kind: fc.constant('repeat' as const), which: fc.nat(24) }),
);

type OfferModel = { maker: Facet<OfferMaker>; stock: bigint };
type OrderModel = {
  buyer: Facet<OrderBuyer>;
  seller: Facet<OrderSeller>;
  by: number;
  from: number;
  offer: OfferModel;
  quantity: bigint;
  total: bigint;
  phase: OrderPhase;
};
const backed: readonly OrderPhase[] = ['refused', 'cancelled'];
const ends: readonly OrderPhase[] = ['accepted', ...backed];

const sum = (values: bigint[]): bigint => values.reduce((total, value) => total + value, 0n);

/** A market with three people, and what must be true of it whatever they do. */
const makeWorld = async () => {
  const steward = await makeMarket(node);
  const people = await Promise.all(names.map((name) => join(steward, name)));
  const offers: OfferModel[] = [];
  const orders: OrderModel[] = [];
  const check = async () => {
    await checkSum(steward, people);
    for (const order of orders) {
      const { phase, total } = await E(order.buyer).view();
      assert.equal(total, order.total, 'an order keeps its price');
      if (ends.includes(order.phase)) assert.equal(phase, order.phase, 'an order ends once');
      order.phase = phase;
    }
    for (const offer of offers) {
      const gone = orders.filter((one) => one.offer === offer && !backed.includes(one.phase));
      const { available } = await E(offer.maker).view();
      assert.equal(available + sum(gone.map(({ quantity }) => quantity)), offer.stock);
    }
    for (const [index, { view }] of people.entries()) {
      const of = (chosen: (one: OrderModel) => boolean) =>
        sum(orders.filter(chosen).map(({ total }) => total));
      const paid = of(({ by, phase }) => by === index && phase === 'accepted');
      const earned = of(({ from, phase }) => from === index && phase === 'accepted');
      const open = of(({ by, phase }) => by === index && !ends.includes(phase));
      const { balance, held } = await view();
      assert.deepEqual([balance, held], [earned - paid - open, open]);
    }
  };
  return { people, offers, orders, check };
};

test('whatever people do in a market, nothing is made or lost', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 8, maxLength: 25 }), async (operations) => {
      const { people, offers, orders, check } = await makeWorld();
      const repeats: (() => Promise<void>)[] = [];
      /** Asks, and keeps the question to be asked again later, which must change nothing. */
      const once = async <T>(ask: () => Promise<T>): Promise<T> => {
        const answer = await ask();
        repeats.push(async () => assert.deepEqual(await ask(), answer));
        return answer;
      };

      for (const [index, one] of operations.entries()) {
        const request = `request ${index}`;
        if (one.kind === 'offer') {
          const { self } = people[one.who]!;
          const { price, quantity } = one;
          const name = `${offers.length}`;
          const answer = await once(() => E(self).offer(name, '', price, quantity, request));
          offers.push({ maker: ok(answer).offer, stock: quantity });
        } else if (one.kind === 'order') {
          const { self } = people[one.who]!;
          const { quantity } = one;
          const { offers: shown } = await E(self).view();
          if (shown.length === 0) continue;
          const { offer, what, price, maker } = shown[one.which % shown.length]!;
          const answer = await once(() => E(self).order(offer, quantity, request));
          if (!answer.ok) {
            assert.ok(['limit', 'insufficient'].includes(answer.code));
            continue;
          }
          const from = names.indexOf(maker);
          orders.push({
            buyer: answer.order,
            seller: await newest(people[from]!),
            by: one.who,
            from,
            offer: offers[Number(what)]!,
            quantity,
            total: price * quantity,
            phase: 'escrowed',
          });
        } else if (one.kind === 'step') {
          if (orders.length === 0) continue;
          const { buyer, seller } = orders[one.which % orders.length]!;
          const { step } = one;
          await (step === 'accept' || step === 'cancel' ? E(buyer)[step]() : E(seller)[step]());
        } else if (one.kind === 'edit') {
          if (offers.length === 0) continue;
          const offer = offers[one.which % offers.length]!;
          const { price, more } = one;
          if (one.what === 'price') await once(() => E(offer.maker).changePrice(price, request));
          else if (one.what === 'pause') await E(offer.maker).pause();
          else if (one.what === 'resume') await E(offer.maker).resume();
          else {
            await once(() => E(offer.maker).addStock(more, request));
            offer.stock += more;
          }
        } else if (repeats.length > 0) {
          await repeats[one.which % repeats.length]!();
        }
        await check();
      }
    }),
    { numRuns: 25 },
  );
});

/** The seller's facet of the order that came last: of those that wait for the seller, the last. */
const newest = async (person: Person): Promise<Facet<OrderSeller>> => {
  const { sales } = await person.view();
  return sales.findLast(({ act }) => act !== undefined)!.order;
};
