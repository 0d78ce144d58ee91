import {
  type Person,
  type TestNode,
  checkSum,
  foundMarket,
  join,
  makeTestNode,
  next,
  ok,
  restartEverywhere,
} from '../fixture.ts';
import { descriptionFaults, makeManualTime } from '@pocas/vat-runtime/testing';
import test, { after, afterEach, before, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type {
  OrderBuyer,
  OrderDesk,
  OrderSeller,
  Steward,
  VoucherDesk,
} from '@pocas/market-actors';
import type { VoucherTerms } from '@pocas/clearing/voucher';
import type { Facet } from '@pocas/vat-runtime';

const day = 24 * 60 * 60 * 1000;
const refused = (code: string, more: object = {}) => ({ ok: false, code, ...more });

let node: TestNode;
let time: ReturnType<typeof makeManualTime>;
let steward: Facet<Steward>;
type One = Person & { vouchers: Facet<VoucherDesk>; orders: Facet<OrderDesk> };
let ana: One;
let beto: One;

const someone = async (name: string): Promise<One> => {
  const person = await join(steward, name);
  const one: One = {
    ...person,
    vouchers: await person.desk('voucher'),
    orders: await person.desk('order'),
  };
  people.push(one);
  return one;
};
/** One market for all tests: each has people of its own, who promise nothing more when it ends. */
let people: One[] = [];
before(async () => {
  time = makeManualTime();
  node = await makeTestNode({ time });
  ({ steward } = await foundMarket(node));
});
beforeEach(async () => {
  [ana, beto] = [await someone('Ana'), await someone('Beto')];
});
afterEach(async () => {
  await checkSum(steward);
  for (const { vouchers } of people)
    for (const { maker } of (await E(vouchers).view()).own) await E(maker).stop(next());
  people = [];
});
after(() => node.stop());

const promise = async (by: One, price = 5n, days = 30n) =>
  ok(
    await E(by.vouchers).promise('un corte de pelo', 'corto', 'en el puesto', days, price, next()),
  );
const buy = async (by: One, quantity = 1n) => {
  const [item] = (await E(by.vouchers).view()).promises;
  return E(by.vouchers).buy(item!.voucher, quantity, next());
};
const viewOf = ({ vouchers }: One) => E(vouchers).view();
const sale = async ({ orders }: One) =>
  (await E(orders).view()).sales[0]!.act as Facet<OrderSeller>;

test('a voucher is bought, redeemed by an order, and used up when that is accepted', async () => {
  await promise(beto);
  const { holder } = ok(await buy(ana, 2n));
  assert.deepEqual([(await ana.view()).balance, (await beto.view()).balance], [-10n, 10n]);
  assert.equal((await viewOf(ana)).held[0]!.balance, 2n);
  const order = ok(await E(holder).redeem(1n, next())).order as Facet<OrderBuyer>;
  assert.equal((await E(order).view()).price, '1 vale');
  ok(await E(await sale(beto)).handOver());
  ok(await E(order).accept());
  const [own] = (await viewOf(beto)).own;
  assert.deepEqual([own!.issued, own!.outstanding, own!.redeemed], [2n, 1n, 1n]);
  // It was paid when it was bought, and is not paid again.
  assert.deepEqual([(await ana.view()).balance, (await beto.view()).balance], [-10n, 10n]);
});

test('who does not fulfil may promise less, and the voucher is the holder’s again', async () => {
  await promise(beto, 10n);
  const { holder } = ok(await buy(ana));
  const order = ok(await E(holder).redeem(1n, next())).order as Facet<OrderBuyer>;
  ok(await E(await sale(beto)).refuse());
  assert.equal((await E(order).view()).phase, 'refused');
  const { cap, outstanding } = await viewOf(beto);
  assert.deepEqual([cap, outstanding], [80n, 10n]);
  assert.equal((await E(holder).view()).balance, 1n);
});

test('nobody promises more than the cap, by several promises either', async () => {
  await promise(beto, 15n);
  ok(await E(beto.vouchers).promise('otro corte', '', '', 30n, 1n, next()));
  const caro = await someone('Caro');
  const other = (await E(caro.vouchers).view()).promises.find(({ price }) => price === 15n)!;
  ok(await E(caro.vouchers).buy(other.voucher, 1n, next()));
  // A program can promise what nobody pays for; the cap is the same.
  const terms: VoucherTerms = {
    what: 'una clase',
    description: '',
    where: '',
    unit: 'minutos',
    size: 60n,
    isDivisible: true,
    isTransferable: false,
    worth: 50n,
  };
  const { voucher, maker } = ok(await E(beto.vouchers).promiseWith(terms, next()));
  const mine = ok(await E(ana.vouchers).holderOf(voucher)).holder;
  ok(await E(maker).issueTo(await E(mine).payee(), 60n, next()));
  assert.deepEqual(await E(maker).issueTo(await E(mine).payee(), 60n, next()), refused('limit'));
  assert.equal((await viewOf(beto)).outstanding, 65n);
  // What is not sold cannot be bought, even by whoever holds it.
  assert.deepEqual(await E(ana.vouchers).buy(voucher, 1n, next()), refused('stale'));
});

test('who cannot pay gets none, and where none may be issued nothing is paid', async () => {
  await promise(beto, 15n);
  assert.deepEqual(await buy(ana, 2n), refused('limit', { whose: 'payer' }));
  const { promises, held } = await viewOf(ana);
  assert.equal(promises.length, 1);
  assert.equal(
    held.reduce((sum, one) => sum + one.balance, 0n),
    0n,
  );
  // The cap is reached before the buyer's limit is.
  const { voucher } = await promise(beto, 15n);
  for (let number = 0; number < 7; number += 1) {
    const one = await someone(`P${number}`);
    const bought = await E(one.vouchers).buy(voucher, 1n, next());
    assert.equal(bought.ok, number < 6);
    assert.equal((await one.view()).balance, number < 6 ? -15n : 0n);
    if (!bought.ok) assert.equal((await one.view()).held, 0n);
  }
});

test('buying twice with one request is buying once', async () => {
  const { voucher } = await promise(beto, 5n);
  const first = await E(ana.vouchers).buy(voucher, 1n, 'the same');
  assert.deepEqual(await E(ana.vouchers).buy(voucher, 1n, 'the same'), first);
  assert.equal((await ana.view()).balance, -5n);
  assert.equal((await viewOf(ana)).held[0]!.balance, 1n);
});

test('nobody buys their own, or what is no voucher of this market', async () => {
  const { voucher } = await promise(beto);
  assert.deepEqual(await E(beto.vouchers).buy(voucher, 1n, next()), refused('unsupported'));
  assert.deepEqual(await E(ana.vouchers).buy(ana.vouchers as never, 1n, next()), refused('stale'));
  const own = ok(await E(beto.vouchers).holderOf(voucher)).holder;
  const { maker } = (await viewOf(beto)).own[0]!;
  ok(await E(maker).issueTo(await E(own).payee(), 1n, next()));
  // Redeeming from oneself would count as fulfilment.
  assert.deepEqual(await E(own).redeem(1n, next()), refused('unsupported'));
  assert.equal((await E(own).view()).balance, 1n);
});

test('a sale of vouchers counts towards limits as any sale does', async () => {
  await promise(beto, 15n);
  ok(await buy(ana));
  time.pass(7 * day);
  await node.rest();
  type Desk = { explain(): { counted: { sold: bigint; spent: bigint }[] } };
  const explained = await Promise.all(
    [ana, beto].map(async (one) =>
      E((await one.desk('account')) as unknown as Facet<Desk>).explain(),
    ),
  );
  assert.deepEqual(
    explained.map(({ counted }) => counted.map(({ sold, spent }) => [sold, spent])),
    [[[0n, 15n]], [[15n, 0n]]],
  );
});

test('a voucher whose time is over is worth nothing, and its issuer owes nothing for it', async () => {
  await promise(beto, 5n, 10n);
  const { holder } = ok(await buy(ana, 2n));
  time.pass(10 * day);
  await node.rest();
  assert.deepEqual(await E(holder).redeem(1n, next()), refused('expired'));
  const { own, outstanding } = await viewOf(beto);
  assert.deepEqual([own[0]!.expired, own[0]!.outstanding, outstanding], [2n, 0n, 0n]);
  assert.deepEqual((await viewOf(ana)).promises, []);
});

test('killed anywhere while a voucher is bought and redeemed, it was paid and issued, or neither', async () => {
  type Facets = {
    participant: Person['self'];
    vouchers: Facet<VoucherDesk>;
    issuer: Facet<VoucherDesk>;
    sales: Facet<OrderDesk>;
    steward: Facet<Steward>;
  };
  const seen = new Set<string>();
  const count = await restartEverywhere<Facets>(
    async (fresh) => {
      const founded = await foundMarket(fresh);
      const [one, other] = [
        await join(founded.steward, 'Ana'),
        await join(founded.steward, 'Beto'),
      ];
      const issuer = await other.desk<Facet<VoucherDesk>>('voucher');
      ok(await E(issuer).promise('un corte', '', '', 30n, 5n, next()));
      return {
        participant: one.self,
        vouchers: await one.desk<Facet<VoucherDesk>>('voucher'),
        issuer,
        sales: await other.desk<Facet<OrderDesk>>('order'),
        steward: founded.steward,
      };
    },
    async ({ vouchers, sales }) => {
      const [item] = (await E(vouchers).view()).promises;
      const { holder } = ok(await E(vouchers).buy(item!.voucher, 1n, next()));
      const order = ok(await E(holder).redeem(1n, next())).order as Facet<OrderBuyer>;
      ok(await E((await E(sales).view()).sales[0]!.act as Facet<OrderSeller>).handOver());
      ok(await E(order).accept());
    },
    async ({ participant, vouchers, issuer, steward: again }) => {
      await checkSum(again);
      const { balance } = await E(participant).view();
      const [own] = (await E(issuer).view()).own;
      const mine = (await E(vouchers).view()).held[0] ?? { balance: 0n, held: 0n };
      assert.equal(balance, own!.issued === 1n ? -5n : 0n);
      assert.equal(mine.balance + mine.held, own!.outstanding);
      assert.equal(own!.issued, own!.outstanding + own!.redeemed);
      seen.add(`${own!.issued} ${mine.balance} ${mine.held} ${own!.redeemed}`);
    },
  );
  assert.ok(count >= 4);
  // Before it was bought, bought, in an order, and used up.
  assert.deepEqual([...seen].sort(), ['0 0 0 0', '1 0 0 1', '1 0 1 0', '1 1 0 0']);
});

test('the page of vouchers is in both languages', async () => {
  await promise(beto);
  await E(ana.vouchers).promise('otra cosa', '', '', 0n, 1n, next());
  ok(await buy(ana));
  assert.deepEqual(await descriptionFaults(ana.vouchers), []);
});

test('vouchers, and orders for them, are there after a restart', async () => {
  await promise(beto, 5n);
  const { holder } = ok(await buy(ana, 2n));
  const order = ok(await E(holder).redeem(1n, next())).order as Facet<OrderBuyer>;
  // The last test: what the others hold of the node ends with it.
  people = [];
  node.setProgram({ order, ana: ana.vouchers, beto: beto.orders, steward });
  await node.stop();
  const { storage, secrets } = node;
  node = await makeTestNode({ time, storage, secrets });
  const kept = node.getProgram() as {
    order: Facet<OrderBuyer>;
    ana: Facet<VoucherDesk>;
    beto: Facet<OrderDesk>;
    steward: Facet<Steward>;
  };
  ({ steward } = kept);
  ok(await E((await E(kept.beto).view()).sales[0]!.act as Facet<OrderSeller>).handOver());
  ok(await E(kept.order).accept());
  const [held] = (await E(kept.ana).view()).held;
  assert.deepEqual([held!.balance, held!.held], [1n, 0n]);
});
