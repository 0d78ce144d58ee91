/** What a set-off would only exchange for the same is not carried out. */
import '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { solveProblem } from '@pocas/clearing/setoff';
import { problemOf } from '#src/round/problem.js';
import { withoutExchanges } from '#src/setoff/exchange.js';

const line = (from: number, to: number) => ({ from, to, isLine: true });
const debt = (from: number, to: number) => ({ from, to, isLine: false });

test('what a debt and a line between the same two take back of each other stays as it was', () => {
  // 2 owes 1, and 1 lends to 2: nothing but an exchange.
  assert.deepEqual(withoutExchanges([debt(2, 1), line(1, 2)], [10n, 10n]), [0n, 0n]);
  // The last are taken back first, on both sides.
  assert.deepEqual(
    withoutExchanges([debt(2, 1), debt(2, 1), line(1, 2), line(1, 2)], [5n, 7n, 4n, 4n]),
    [4n, 0n, 0n, 0n],
  );
  // Another way round, among others, or two debts: all of it is worth something.
  const edges = [debt(1, 2), line(1, 2), debt(2, 3), line(3, 1), debt(2, 1)];
  const cleared = [1n, 2n, 3n, 3n, 0n];
  assert.deepEqual(withoutExchanges(edges, cleared), cleared);
});

test('what is left is a circulation, none of it more, and each participant alone comes to the same', () => {
  const edge = fc.record({
    from: fc.integer({ min: 1, max: 5 }),
    to: fc.integer({ min: 1, max: 5 }),
    isLine: fc.boolean(),
    cap: fc.bigInt({ min: 1n, max: 20n }),
  });
  fc.assert(
    fc.property(fc.array(edge, { maxLength: 20 }), (drawn) => {
      const network = drawn
        .filter(({ from, to }) => from !== to)
        .map((one, number) => ({ ...one, edge: number, priority: 0 }));
      if (network.length === 0) return;
      const { cleared } = solveProblem(problemOf(network));
      const kept = withoutExchanges(network, cleared);
      for (let seat = 1; seat <= 5; seat += 1) {
        let net = 0n;
        network.forEach(({ from, to }, i) => {
          assert.ok(kept[i]! >= 0n && kept[i]! <= cleared[i]!);
          if (from === seat) net += kept[i]!;
          if (to === seat) net -= kept[i]!;
        });
        assert.equal(net, 0n);
        const own = network.filter(({ from, to }) => from === seat || to === seat);
        const alone = withoutExchanges(
          own.map(({ from, to, isLine }) => ({
            from: from === seat ? 0 : from,
            to: to === seat ? 0 : to,
            isLine,
          })),
          own.map((one) => cleared[one.edge]!),
        );
        own.forEach((one, i) => assert.equal(alone[i], kept[one.edge]));
      }
      for (const one of network) {
        if (!one.isLine || kept[one.edge] === 0n) continue;
        const back = network.filter(
          ({ from, to, isLine }) => !isLine && from === one.to && to === one.from,
        );
        for (const other of back) assert.equal(kept[other.edge], 0n);
      }
    }),
  );
});
