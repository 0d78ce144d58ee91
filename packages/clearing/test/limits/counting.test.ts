import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { closeRows } from '#src/limits/closing.js';
import { movedTowardsZero, reliabilityAfter, withSale, without } from '#src/limits/counting.js';
import { defaultLimitParams as params } from '#src/limits/names.js';
import {
  limitsOfRow,
  makeRow,
  maxBuyers,
  nothingYet,
  packCounts,
  unpackCounts,
} from '#src/limits/row.js';
import type { Row, Running } from '#src/limits/row.js';

type Sale = { buyer: bigint | undefined; price: bigint; isAppreciated: boolean };
const after = (sales: readonly Sale[], start: Running = nothingYet): Running =>
  sales.reduce(
    (running, { buyer, price, isAppreciated }) =>
      withSale(running, params, buyer, price, isAppreciated),
    start,
  );
const open = (buyer: bigint, price: bigint): Sale => ({ buyer, price, isAppreciated: false });
const blind = (price: bigint, isAppreciated = true): Sale => ({
  buyer: undefined,
  price,
  isAppreciated,
});

test('a sale counts at most κ, and sales to one open buyer at most κ_pair in an epoch', () => {
  assert.equal(after([open(2n, 12n)]).sold, 12n);
  assert.equal(after([open(2n, 45n)]).sold, 30n);
  assert.equal(after([open(2n, 20n), open(2n, 20n), open(2n, 20n)]).sold, 30n);
  assert.equal(after([open(2n, 20n), open(3n, 20n)]).sold, 40n);
});

test('a blind sale counts with an appreciation only', () => {
  assert.equal(after([blind(12n, false)]).sold, 0n);
  assert.equal(after([blind(12n), blind(45n)]).sold, 42n);
});

test('whatever sellers and buyers agree on, sales of an epoch count within the bounds of 7.1', () => {
  const sale = fc.record({
    buyer: fc.option(fc.bigInt({ min: 2n, max: 6n }), { nil: undefined }),
    price: fc.bigInt({ min: 0n, max: 70n }),
    isAppreciated: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(sale, { maxLength: 40 }), (sales) => {
      const { sold, buyers, received } = after(sales);
      for (const one of buyers) assert.ok(one.sold <= params.kappaPair);
      const blindOnes = sales.filter((one) => one.buyer === undefined && one.isAppreciated);
      const openBuyers = new Set(sales.flatMap(({ buyer }) => buyer ?? []));
      assert.ok(
        sold <=
          params.kappa * BigInt(blindOnes.length) + params.kappaPair * BigInt(openBuyers.size),
      );
      assert.equal(
        received,
        sales.reduce((total, { price }) => total + price, 0n),
      );
    }),
  );
});

test('colluders make no more of their trade than m·E·κ an epoch, and c each', () => {
  // Four of them appreciate each other with all their tokens, at any price.
  const colluders = 4n;
  const rows = new Map<bigint, Row>();
  const tokens = colluders * params.appreciations;
  for (let member = 1n; member <= colluders; member += 1n)
    rows.set(member, {
      ...makeRow(0n),
      running: after(Array.from({ length: Number(params.appreciations) }, () => blind(10_000n))),
    });
  const running = [...rows.values()].map((row) => row.running.sold);
  assert.ok(running.reduce((a, b) => a + b, 0n) <= tokens * params.kappa);
  const { market } = closeRows(rows, { opened: 5n, ended: 5n, params, balances: new Map() });
  assert.equal(market.turnover, colluders * params.perEpochCap);
});

test('a seller with countless buyers has a row that stays small', () => {
  const many = { ...params, perEpochCap: 1_000_000n };
  let running = nothingYet;
  for (let buyer = 2n; buyer < 700n; buyer += 1n)
    running = withSale(running, many, buyer, 1n, false);
  assert.equal(running.buyers.length, maxBuyers);
  assert.equal(running.received, 698n);
  // Past the cap no buyer needs to be remembered.
  assert.equal(after(Array.from({ length: 90 }, (_, n) => open(BigInt(n), 1n))).buyers.length, 60);
});

test('packed counts say the same', () => {
  const value = fc.bigInt({ min: 0n, max: 10n ** 12n });
  const one = fc.record({ epoch: value, sold: value, spent: value }, { noNullPrototype: true });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 12 }), (counts) => {
      assert.deepEqual(unpackCounts(packCounts(counts)), counts);
    }),
  );
});

test('what comes back unspent is taken from the newest spending first', () => {
  const counted = [
    { epoch: 9n, sold: 1n, spent: 5n },
    { epoch: 8n, sold: 2n, spent: 7n },
  ];
  assert.deepEqual(
    [4n, 8n, 50n].map((value) => without(counted, 'spent', value).map((one) => one.spent)),
    [
      [1n, 7n],
      [0n, 4n],
      [0n, 0n],
    ],
  );
});

test('who takes value out and puts it back an epoch later has spent nothing', () => {
  const close = (row: Row, epoch: bigint): Row =>
    closeRows(new Map([[1n, row]]), {
      opened: epoch,
      ended: epoch,
      params,
      balances: new Map(),
    }).rows.get(1n)!;
  const spent = (row: Row, value: bigint): Row => ({
    ...row,
    running: { ...row.running, spent: value },
  });
  const first = close(spent(makeRow(0n), 60n), 5n);
  assert.deepEqual(unpackCounts(first.past), [{ epoch: 5n, sold: 0n, spent: 60n }]);
  assert.equal(close(spent(first, -60n), 6n).past, '');
});

test('whether a balance moved towards zero follows from what came and what left', () => {
  // Against a walk through every single step.
  const step = fc.integer({ min: -9, max: 9 }).filter((by) => by !== 0);
  fc.assert(
    fc.property(fc.integer({ min: -12, max: 12 }), fc.array(step, { maxLength: 8 }), (from, by) => {
      let balance = from;
      let moved = false;
      for (const change of by) {
        const next = balance + change;
        const through = balance < 0 ? next > balance : balance > 0 ? next < balance : false;
        moved ||= through;
        balance = next;
      }
      const received = by.filter((one) => one > 0).reduce((a, b) => a + b, 0);
      const paid = -by.filter((one) => one < 0).reduce((a, b) => a + b, 0);
      const args = [from, balance, received, paid].map(BigInt) as [bigint, bigint, bigint, bigint];
      assert.equal(movedTowardsZero(...args), moved);
    }),
    { numRuns: 1_000 },
  );
});

test('a gift that was no sale moves a balance as well', () => {
  assert.equal(movedTowardsZero(-20n, -10n, 0n, 0n), true);
  assert.equal(movedTowardsZero(-20n, -25n, 0n, 0n), false);
  assert.equal(movedTowardsZero(0n, 7n, 7n, 0n), false);
});

test('reliability rises by 40 in an epoch, falls by 100 for each fault, and has both ends', () => {
  const row = (reliability: bigint, running: Partial<Running>): Row => ({
    ...makeRow(0n),
    reliability,
    running: { ...nothingYet, ...running },
  });
  const traded = { received: 5n, spent: 5n };
  assert.equal(reliabilityAfter(row(600n, {}), 0n), 600n);
  assert.equal(reliabilityAfter(row(600n, traded), 0n), 640n);
  assert.equal(reliabilityAfter(row(990n, traded), 0n), 1000n);
  assert.equal(reliabilityAfter(row(990n, { ...traded, faults: 1n }), 0n), 900n);
  assert.equal(reliabilityAfter(row(600n, { faults: 2n }), 0n), 400n);
  assert.equal(reliabilityAfter(row(350n, { faults: 9n }), 0n), 300n);
});

test('a newcomer who trades relaxes as in the golden vector, counted epoch by epoch', () => {
  let rows: ReadonlyMap<bigint, Row> = new Map(
    Array.from({ length: 30 }, (_, n) => [BigInt(n) + 1n, makeRow(0n)]),
  );
  const newcomer = 99n;
  const trade = (row: Row, value: bigint): Row => ({
    ...row,
    running: { ...row.running, sold: value, received: value, spent: value },
  });
  // The vector's established members stay at 0.9, so each begins the epoch 40 under it.
  const week = (epoch: bigint) => {
    const traded = new Map(
      [...rows].map(([member, row]) => [
        member,
        member === newcomer ? trade(row, 15n) : { ...trade(row, 25n), reliability: 860n },
      ]),
    );
    ({ rows } = closeRows(traded, { opened: epoch, ended: epoch, params, balances: new Map() }));
  };
  const debitLimit = (member: bigint) => limitsOfRow(params, rows.get(member)!).debitLimit;
  for (let epoch = 1n; epoch <= 14n; epoch += 1n) week(epoch);
  const introducer = rows.get(1n)!;
  rows = new Map([
    ...rows,
    [1n, { ...introducer, given: [{ member: newcomer, value: 20n }] }],
    [newcomer, { ...makeRow(0n), taken: [{ member: 1n, value: 20n }] }],
  ]);
  assert.deepEqual([debitLimit(2n), debitLimit(1n)], [137n, 117n]);
  const seen = [debitLimit(newcomer)];
  for (let epoch = 15n; epoch <= 26n; epoch += 1n) {
    week(epoch);
    seen.push(debitLimit(newcomer));
  }
  assert.deepEqual(seen.map(Number), [20, 39, 54, 68, 80, 92, 101, 111, 119, 127, 134, 135, 136]);
  assert.deepEqual([debitLimit(2n), debitLimit(1n)], [136n, 116n]);
});
