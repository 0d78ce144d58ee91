import {
  type TestNode,
  descriptionFaults,
  makeManualTime,
  makeTestNode,
} from '@pocas/vat-runtime/testing';
import test, { after, before, beforeEach } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import fc from 'fast-check';
import type { Payment } from '@pocas/clearing/value';
import type { Issuance, VoucherHolder, VoucherTerms } from '@pocas/clearing/voucher';
import type { Facet } from '@pocas/vat-runtime';
import { bundleVat } from '@pocas/vat-runtime/node';
import { capOf, worthOf } from '#src/voucher/cap.js';
import type { Bench, Order } from './voucher-vat.ts';

const bundle = bundleVat(
  fileURLToPath(new URL('../../../test/voucher/voucher-vat.ts', import.meta.url)),
);
const day = 24 * 60 * 60 * 1000;
const bread: VoucherTerms = {
  what: 'a loaf of bread',
  description: 'rye or wheat',
  where: 'at the bakery',
  unit: 'slices',
  size: 10n,
  isDivisible: true,
  isTransferable: true,
  worth: 5n,
};
const refused = (code: string, more: object = {}) => ({ ok: false, code, ...more });
let count = 0;
const next = () => `request ${(count += 1)}`;
const ok = <T extends { ok: boolean }>(answer: T): Extract<T, { ok: true }> => {
  assert.equal(answer.ok, true, `refused: ${inspect(answer)}`);
  return answer as Extract<T, { ok: true }>;
};

let node: TestNode;
let time: ReturnType<typeof makeManualTime>;
let bench: Facet<Bench>;

before(async () => {
  time = makeManualTime();
  node = await makeTestNode({ time });
});
beforeEach(async () => {
  bench = (await node.makeVat({
    module: await bundle,
    label: 'vouchers',
    powers: { clock: node.clock, timer: node.timer },
  })) as Facet<Bench>;
});
after(() => node.stop());

const make = async (change: Partial<VoucherTerms> = {}) => {
  const { series, maker, inside } = ok(await E(bench).make({ ...bread, ...change }));
  const hold = () => E(bench).holderOf(inside);
  /** Issued, outstanding, redeemed, expired, returned; the first is the sum of the others, or it throws. */
  const counts = async () => {
    await E(inside).assertSound();
    const { issued, outstanding, redeemed, expired, returned } = await E(series).view();
    assert.equal(issued, outstanding + redeemed + expired + returned);
    return [issued, outstanding, redeemed, expired, returned].map(Number);
  };
  const give = async (holder: Facet<VoucherHolder>, value: bigint) =>
    ok(await E(maker).issueTo(await E(holder).payee(), value, next()));
  const redeem = async (holder: Facet<VoucherHolder>, value: bigint) =>
    ok(await E(holder).redeem(value, next())).order as Facet<Order>;
  return { series, maker, inside, hold, counts, give, redeem };
};
const balance = async (holder: Facet<VoucherHolder>) => (await E(holder).view()).balance;
const issuanceOf = async () => E((await E(bench).issuance()) as Facet<Issuance>).view();

test('a promise is issued, redeemed by an order, and used up when that is accepted', async () => {
  const { maker, hold, counts } = await make();
  const ana = await hold();
  const { payment } = ok(await E(maker).issue(20n, next()));
  assert.deepEqual(await counts(), [20, 20, 0, 0, 0]);
  const { order } = ok(await E(ana).redeemPayment(payment, next()));
  assert.equal(await balance(ana), 0n);
  assert.deepEqual(await counts(), [20, 20, 0, 0, 0]);
  await E(order as Facet<Order>).end('accepted', true);
  assert.deepEqual(await counts(), [20, 0, 20, 0, 0]);
});

test('where the issuer does not fulfil, the holder has the voucher again and the cap falls', async () => {
  const { hold, counts, give, redeem } = await make();
  const ana = await hold();
  await give(ana, 20n);
  const before = await issuanceOf();
  for (const phase of ['refused', 'refunded']) {
    await E(await redeem(ana, 20n)).end(phase, false);
    assert.equal(await balance(ana), 20n);
  }
  assert.deepEqual(await counts(), [20, 20, 0, 0, 0]);
  const after = await issuanceOf();
  assert.equal(after.broken, 20n);
  assert.equal(after.cap, before.cap - 40n);
  // The holder's own change of mind is nobody's fault.
  await E(await redeem(ana, 20n)).end('cancelled', false);
  assert.equal((await issuanceOf()).broken, 20n);
});

test('what is promised stays within the cap over all series, and fulfilment raises it', async () => {
  const loaves = await make();
  const cakes = await make({ what: 'a cake', worth: 30n });
  const ana = await loaves.hold();
  const beto = await cakes.hold();
  await loaves.give(ana, 100n);
  await cakes.give(beto, 10n);
  assert.deepEqual(await issuanceOf(), { cap: 100n, outstanding: 80n, kept: 0n, broken: 0n });
  assert.deepEqual(await E(cakes.maker).issue(10n, next()), refused('limit'));
  assert.deepEqual(
    await E(cakes.maker).issueTo(await E(beto).payee(), 10n, next()),
    refused('limit'),
  );
  ok(await E(loaves.maker).issue(40n, next()));
  assert.deepEqual(await E(loaves.maker).issue(10n, next()), refused('limit'));

  await E(await loaves.redeem(ana, 100n)).end('accepted', true);
  assert.deepEqual(await issuanceOf(), { cap: 125n, outstanding: 50n, kept: 50n, broken: 0n });
});

test('those who redeem from each other for show raise a cap no faster than an epoch allows', async () => {
  const { hold, give, redeem } = await make({ worth: 10n });
  const eve = await hold();
  const wash = async () => {
    await give(eve, 100n);
    await E(await redeem(eve, 100n)).end('accepted', true);
  };
  for (let round = 0; round < 6; round += 1) await wash();
  assert.equal((await issuanceOf()).cap, 150n);
  for (let week = 0; week < 12; week += 1) {
    time.pass(7 * day);
    await wash();
  }
  assert.equal((await issuanceOf()).cap, 400n);
});

test('the cap follows from what was kept and broken', () => {
  assert.deepEqual(
    [
      [100n, 0n, 0n],
      [100n, 50n, 0n],
      [100n, 10_000n, 0n],
      [100n, 10_000n, 30n],
      [100n, 0n, 51n],
      [0n, 100n, 0n],
    ].map(([base, kept, broken]) => capOf(base!, kept!, broken!)),
    [100n, 125n, 400n, 340n, 0n, 0n],
  );
  // Parts are not worth less than the whole.
  assert.deepEqual([worthOf(bread, 10n), worthOf(bread, 1n), worthOf(bread, 0n)], [5n, 1n, 0n]);
});

test('a voucher that cannot be passed on stays with whom it was given to', async () => {
  const { maker, hold, give, redeem, counts } = await make({ isTransferable: false });
  const ana = await hold();
  assert.deepEqual(await E(maker).issue(10n, next()), refused('unsupported'));
  await give(ana, 10n);
  assert.deepEqual(await E(ana).account(), refused('unsupported'));
  await E(await redeem(ana, 10n)).end('accepted', true);
  assert.deepEqual(await counts(), [10, 0, 10, 0, 0]);
});

test('a voucher that is not divisible moves and is redeemed whole', async () => {
  const { maker, hold, give } = await make({ isDivisible: false });
  const ana = await hold();
  const beto = await hold();
  assert.deepEqual(await E(maker).issue(5n, next()), refused('invalid'));
  await give(ana, 20n);
  const { account } = ok(await E(ana).account());
  assert.equal((await E(account).pay(await E(beto).payee(), 5n, next())).ok, false);
  assert.equal((await E(account).withdraw(15n, next())).ok, false);
  assert.equal((await E(ana).redeem(5n, next())).ok, false);
  ok(await E(account).pay(await E(beto).payee(), 10n, next()));
  assert.deepEqual([await balance(ana), await balance(beto)], [10n, 10n]);
});

test('nobody but the issuer makes vouchers, and nobody owes any', async () => {
  const { hold, counts } = await make();
  const ana = await hold();
  const beto = await hold();
  const { account } = ok(await E(ana).account());
  const limit = refused('limit', { whose: 'payer' });
  assert.deepEqual(await E(account).pay(await E(beto).payee(), 1n, next()), limit);
  assert.deepEqual(await E(account).withdraw(1n, next()), limit);
  assert.deepEqual(await E(ana).redeem(1n, next()), limit);
  assert.deepEqual(await E(ana).giveBack(1n, next()), limit);
  assert.deepEqual(await counts(), [0, 0, 0, 0, 0]);
});

test('a payment of another series, or one that was used, is not redeemed', async () => {
  const { maker, hold, counts } = await make();
  const other = await make({ what: 'a lesson' });
  const ana = await hold();
  const foreign = ok(await E(other.maker).issue(10n, next())).payment;
  assert.deepEqual(await E(ana).redeemPayment(foreign, next()), refused('invalid'));
  const { payment } = ok(await E(maker).issue(10n, next()));
  ok(await E(ana).redeemPayment(payment, next()));
  assert.deepEqual(await E(ana).redeemPayment(payment, next()), refused('closed'));
  const beto = await hold();
  assert.deepEqual(await E(beto).redeemPayment(payment, next()), refused('closed'));
  // What is no payment at all.
  const fake = (await E(bench).issuance()) as unknown as Facet<Payment>;
  assert.deepEqual(await E(beto).redeemPayment(fake, next()), refused('invalid'));
  assert.deepEqual(await counts(), [10, 10, 0, 0, 0]);
  assert.deepEqual(await other.counts(), [10, 10, 0, 0, 0]);
});

test('asking twice issues, redeems and gives back once', async () => {
  const { maker, hold, counts } = await make();
  const ana = await hold();
  const payee = await E(ana).payee();
  const [first, second] = [
    await E(maker).issueTo(payee, 30n, 'a'),
    await E(maker).issueTo(payee, 30n, 'a'),
  ];
  assert.deepEqual(first, second);
  const order = ok(await E(ana).redeem(10n, 'b')).order as Facet<Order>;
  assert.equal(ok(await E(ana).redeem(10n, 'b')).order, order);
  assert.deepEqual(await E(ana).giveBack(10n, 'c'), await E(ana).giveBack(10n, 'c'));
  await E(order).end('accepted', true);
  await E(order).end('accepted', true);
  assert.deepEqual(await counts(), [30, 10, 10, 0, 10]);
  assert.equal((await issuanceOf()).kept, 5n);
});

test('a holder cannot have used the name of a redemption before', async () => {
  const { hold, give, counts } = await make();
  const [ana, beto] = [await hold(), await hold()];
  await give(ana, 10n);
  const { account } = ok(await E(ana).account());
  // What a holder may do by hand, under every name that it can think of.
  for (const name of ['b', 'redeem b', '2', '3', 'nobody guesses this'])
    await E(account).hold(await E(beto).payee(), 0n, {}, name);
  ok(await E(ana).redeem(10n, 'b'));
  assert.equal(await balance(ana), 0n);
  assert.deepEqual(await E(ana).redeem(10n, 'c'), refused('limit', { whose: 'payer' }));
  assert.deepEqual(await counts(), [10, 10, 0, 0, 0]);
});

test('where the market makes no order, nothing is set aside', async () => {
  const { hold, give } = await make();
  const ana = await hold();
  await give(ana, 10n);
  await E(bench).close(true);
  assert.deepEqual(await E(ana).redeem(10n, next()), refused('closed'));
  assert.equal(await balance(ana), 10n);
  assert.equal((await E(ana).view()).held, 0n);
});

test('when its time is over, what is out is over as well, wherever it lies', async () => {
  const until = node.clock.now() + BigInt(30 * day);
  const { maker, series, hold, give, redeem, counts } = await make({ until });
  const [ana, beto, caro] = [await hold(), await hold(), await hold()];
  await give(ana, 40n);
  await give(beto, 20n);
  // On an account, as a payment of its holder, as one of the issuer, and in two orders.
  const { account } = ok(await E(ana).account());
  const out = ok(await E(account).withdraw(10n, next())).payment;
  const unclaimed = ok(await E(maker).issue(10n, next())).payment;
  const late = await redeem(beto, 10n);
  const vain = await redeem(ana, 10n);
  time.pass(30 * day);
  await node.rest();
  assert.equal((await E(series).view()).status, 'expired');
  assert.deepEqual(await counts(), [70, 20, 0, 50, 0]);
  assert.deepEqual(await E(ana).redeem(1n, next()), refused('expired'));
  assert.deepEqual(await E(caro).redeemPayment(out, next()), refused('expired'));
  assert.deepEqual(await E(maker).issue(10n, next()), refused('closed'));
  for (const payment of [out, unclaimed])
    assert.equal((await E(await E(caro).payee()).deposit(payment, next())).ok, false);

  // Orders that were made in time go on; what comes back of them comes too late.
  await E(late).end('accepted', true);
  await E(vain).end('cancelled', false);
  assert.deepEqual(await counts(), [70, 0, 10, 60, 0]);
  assert.equal(await balance(ana), 0n);
});

test('from the very moment of its end it is not redeemed, whenever the timer comes', async () => {
  const until = node.clock.now() + 1000n;
  const { series } = await make({ until });
  assert.equal((await E(series).view()).status, 'open');
  assert.deepEqual(await E(bench).make({ ...bread, until: node.clock.now() }), refused('expired'));
});

test('a series with many holders ends in several turns', async () => {
  const until = node.clock.now() + BigInt(day);
  const { hold, give, counts } = await make({ until, size: 1n, worth: 1n, isDivisible: false });
  await E(bench).setCap(1_000n);
  for (let number = 0; number < 105; number += 1) await give(await hold(), 1n);
  time.pass(day);
  await node.rest();
  assert.deepEqual(await counts(), [105, 0, 0, 105, 0]);
});

test('what nobody picked up can be taken back, and no more is issued after the end of that', async () => {
  const { maker, hold, give, counts } = await make();
  const { payment } = ok(await E(maker).issue(20n, next()));
  assert.deepEqual(await E(maker).takeBack(next()), { ok: true, value: 20n });
  assert.deepEqual(await counts(), [20, 0, 0, 0, 20]);
  const ana = await hold();
  assert.deepEqual(await E(ana).redeemPayment(payment, next()), refused('closed'));
  await give(ana, 10n);
  await E(maker).stop(next());
  assert.deepEqual(await E(maker).issue(10n, next()), refused('closed'));
  ok(await E(ana).giveBack(10n, next()));
  assert.deepEqual(await counts(), [30, 0, 0, 0, 30]);
});

test('an issuer has so many series at a time, and those that are over do not count', async () => {
  const made = [];
  for (let number = 0; number < 20; number += 1) made.push(await make());
  assert.deepEqual(await E(bench).make(bread), refused('quota'));
  await E(made[0]!.maker).stop(next());
  ok(await E(bench).make(bread));
  assert.deepEqual(await E(bench).make(bread), refused('quota'));
});

test('terms that promise nothing are refused', async () => {
  for (const wrong of [{ size: 0n }, { worth: 0n }, { what: '' }, { until: -1n }])
    await assert.rejects(E(bench).make({ ...bread, ...wrong }));
});

test('whatever happens to vouchers, none is made or lost', async () => {
  const act = fc.record({
    kind: fc.constantFrom('give', 'issue', 'pay', 'redeem', 'end', 'giveBack', 'takeBack'),
    from: fc.nat(2),
    to: fc.nat(2),
    value: fc.bigInt({ min: 1n, max: 30n }),
    phase: fc.constantFrom('accepted', 'refused', 'cancelled', 'refunded', 'settled'),
  });
  await E(bench).setCap(10_000n);
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 20 }), async (acts) => {
      const { maker, hold, counts } = await make();
      const holders = [await hold(), await hold(), await hold()];
      const orders: Facet<Order>[] = [];
      const payments: Facet<Payment>[] = [];
      for (const { kind, from, to, value, phase } of acts) {
        const [a, b] = [holders[from]!, holders[to]!];
        const { account } = ok(await E(a).account());
        if (kind === 'give')
          await E(maker).issueTo(await E(b).payee(), 10n * (value % 3n) + 10n, next());
        if (kind === 'issue') {
          const made = await E(maker).issue(10n, next());
          if (made.ok) payments.push(made.payment);
        }
        if (kind === 'pay') await E(account).pay(await E(b).payee(), value, next());
        if (kind === 'redeem') {
          const payment = payments.pop();
          const made =
            payment === undefined
              ? await E(a).redeem(value, next())
              : await E(a).redeemPayment(payment, next());
          if (made.ok) orders.push(made.order as Facet<Order>);
        }
        if (kind === 'end')
          await E(orders.pop() ?? (bench as unknown as Facet<Order>))
            .end(phase, phase === 'accepted' || phase === 'settled')
            .catch(() => undefined);
        if (kind === 'giveBack') await E(a).giveBack(value, next());
        if (kind === 'takeBack') await E(maker).takeBack(next());
        await counts();
      }
      await E(maker).stop(next());
      for (const holder of holders)
        await E(holder)
          .giveBack(await balance(holder), next())
          .catch(() => undefined);
      await E(maker).takeBack(next());
      for (const order of orders) await E(order).end('accepted', true);
      assert.equal((await counts())[1], 0);
    }),
    { numRuns: 15 },
  );
});

test('vouchers say in both languages what they are', async () => {
  const { series, maker, hold } = await make();
  for (const facet of [series, maker, await hold()])
    assert.deepEqual(await descriptionFaults(facet), []);
});
