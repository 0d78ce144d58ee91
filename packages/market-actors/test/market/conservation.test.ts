import { checkSum, join, makeMarket, makeTestNode, ok } from '../fixture.ts';
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
};
const ends: OrderPhase[] = ['accepted', 'refused', 'cancelled'];

test('whatever people do in a market, nothing is made or lost', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 8, maxLength: 25 }), async (operations) => {
      const steward = await makeMarket(node);
      const people = await Promise.all(names.map((name) => join(steward, name)));
      const offers: (OfferModel & { by: number })[] = [];
      const orders: OrderModel[] = [];
      const ended = new Map<OrderModel, OrderPhase>();
      const repeats: (() => Promise<void>)[] = [];

      for (const [index, one] of operations.entries()) {
        const request = `request ${index}`;
        if (one.kind === 'offer') {
          const { self } = people[one.who]!;
          const ask = () => E(self).offer(`thing ${index}`, '', one.price, one.quantity, request);
          const answer = ok(await ask());
          offers.push({ maker: answer.offer, stock: one.quantity, by: one.who });
          repeats.push(async () => assert.deepEqual(await ask(), answer));
        } else if (one.kind === 'order') {
          const { self } = people[one.who]!;
          const shown = (await E(self).view()).offers;
          const item = shown[one.which % Math.max(shown.length, 1)];
          if (item === undefined) continue;
          const ask = () => E(self).order(item.offer, one.quantity, request);
          const answer = await ask();
          repeats.push(async () => assert.deepEqual(await ask(), answer));
          if (!answer.ok) {
            assert.ok(['limit', 'insufficient'].includes(answer.code));
            continue;
          }
          const from = names.indexOf(item.maker);
          const offer = offers.find(
            (candidate, position) => `thing ${positions[position]}` === item.what && candidate,
          )!;
          const { sales } = await people[from]!.view();
          const seller = sales.findLast(({ act, what }) => act !== undefined && what === item.what)!;
          const total = item.price * one.quantity;
          orders.push({
            buyer: answer.order,
            seller: seller.order,
            by: one.who,
            from,
            offer,
            quantity: one.quantity,
            total,
          });
        } else if (one.kind === 'step') {
          const order = orders[one.which];
          if (order === undefined) continue;
          const { buyer, seller } = order;
          await (one.step === 'accept' || one.step === 'cancel'
            ? E(buyer)[one.step]()
            : E(seller)[one.step]());
        } else if (one.kind === 'edit') {
          const offer = offers[one.which];
          if (offer === undefined) continue;
          if (one.what === 'price') await E(offer.maker).changePrice(one.price, request);
          else if (one.what === 'pause') await E(offer.maker).pause();
          else if (one.what === 'resume') await E(offer.maker).resume();
          else {
            const ask = () => E(offer.maker).addStock(one.more, request);
            const answer = await ask();
            offer.stock += one.more;
            repeats.push(async () => assert.deepEqual(await ask(), answer));
          }
        } else {
          await repeats[one.which]?.();
        }
      }
    }),
    { numRuns: 25 },
  );
});
