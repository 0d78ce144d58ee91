import '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type Commitment,
  type Plan,
  commit,
  cutOffOf,
  nextPeriod,
  outlook,
  readInputs,
  signalOf,
  step,
} from '#src/subscription/rules.js';

const week = 7n * 24n * 60n * 60n * 1000n;
const bread: Plan = {
  ...{ what: 'Bread', description: '', price: 6n, least: 1n, most: 4n },
  ...{ start: 10n * week, period: week, cutOff: week / 7n, minimumSubscribers: 2n },
  ...{ skips: 1n, pauses: 3n, notice: 2n },
  inputs: [
    { what: 'g flour', perUnit: 500n },
    { what: 'g salt', perUnit: 10n },
  ],
};

test('a commitment of k periods comes to k deliveries, skips and pauses included', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 1n, max: 20n }),
      fc.array(fc.constantFrom('nothing', 'skip', 'pause', 'resume'), { maxLength: 40 }),
      (periods, acts) => {
        let commitment: Commitment = commit(bread, 2n, periods);
        const counts = { order: 0n, skipped: 0n, paused: 0n, over: 0n };
        for (let period = 0n; period < 60n; period += 1n) {
          const act = acts[Number(period)];
          if (act === 'skip' && commitment.skipsLeft > 0n)
            commitment = {
              ...commitment,
              skipsLeft: commitment.skipsLeft - 1n,
              skipping: [...commitment.skipping, period],
            };
          if (act === 'pause' || act === 'resume')
            commitment = { ...commitment, isPaused: act === 'pause' };
          const { due, after } = step(commitment, period);
          counts[due] += 1n;
          assert.equal(after.price, 6n, 'the price stays');
          assert.equal(after.quantity, 2n);
          commitment = after;
        }
        assert.equal(counts.order + counts.skipped, periods);
        assert.ok(counts.skipped <= bread.skips);
        assert.ok(counts.paused <= bread.pauses);
      },
    ),
    { numRuns: 300 },
  );
});

test('the next period is the first whose cut-off is still to come', () => {
  const firstCut = cutOffOf(bread, 0n);
  assert.equal(nextPeriod(bread, firstCut - 1n, 0n), 0n);
  assert.equal(nextPeriod(bread, firstCut, 0n), 1n);
  assert.equal(nextPeriod(bread, firstCut + week - 1n, 0n), 1n);
  assert.equal(nextPeriod(bread, firstCut + week, 0n), 2n);
  assert.equal(nextPeriod(bread, 0n, 5n), 5n);
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 40n * week }), (now) => {
      const next = nextPeriod(bread, now, 0n);
      assert.ok(cutOffOf(bread, next) > now);
      assert.ok(next === 0n || cutOffOf(bread, next - 1n) <= now);
    }),
    { numRuns: 200 },
  );
});

test('the signal is the sum of what is ordered', () => {
  const orders = [
    { quantity: 2n, price: 6n },
    { quantity: 1n, price: 5n },
  ];
  assert.deepEqual(signalOf(bread, 3n, orders), {
    ...{ period: 3n, delivery: 13n * week, subscribers: 2n, quantity: 3n, income: 17n },
    inputs: [
      { what: 'g flour', amount: 1_500n },
      { what: 'g salt', amount: 30n },
    ],
  });
});

test('the outlook knows who will have ended, skipped or paused by then', () => {
  const short = commit(bread, 1n, 1n);
  const skipping = { ...commit(bread, 2n, 4n), skipping: [1n] };
  const paused = { ...commit(bread, 4n, 4n), isPaused: true, pausesLeft: 2n };
  const quantities = outlook(bread, [short, skipping, paused], 0n, 4).map(
    ({ quantity }) => quantity,
  );
  assert.deepEqual(quantities, [3n, 0n, 6n, 6n]);
});

test('inputs are read line by line', () => {
  assert.deepEqual(readInputs('500 g flour\n\n 10 g salt '), [
    { what: 'g flour', perUnit: 500n },
    { what: 'g salt', perUnit: 10n },
  ]);
  assert.deepEqual(readInputs(''), []);
  for (const wrong of ['flour', '1.5 kg flour', '-3 g salt', '500', '9999999999 g', 'x 500 g'])
    assert.equal(readInputs(wrong), undefined, wrong);
});
