import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  type Debts,
  type Money,
  type Payments,
  directTransfers,
  hubTransfers,
  netsOf,
  paymentProblem,
  paymentsOf,
  planPayments,
  planSettlement,
  remainingOf,
  setOff,
  settle,
  solveProblem,
} from '@pocas/clearing/setoff';
import { network } from './arbitrary.ts';

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const sum = (values: readonly bigint[]): bigint => values.reduce((so, value) => so + value, 0n);

const debtsAmong = (maxParticipants: number, maxDebts: number, most: bigint) =>
  fc.integer({ min: 1, max: maxParticipants }).chain((participants) => {
    const one = fc.nat(participants - 1);
    const debt = fc.tuple(one, one, fc.bigInt(1n, most));
    const value = fc.bigInt(0n, 2n * most);
    const each = fc.array(value, { minLength: participants, maxLength: participants });
    return fc
      .tuple(fc.array(debt, { maxLength: maxDebts }), each, each)
      .map(([debts, recall, pays]): { debts: Debts; money: Money } => ({
        debts: {
          participants,
          debtors: debts.map(([debtor]) => debtor),
          creditors: debts.map(([, creditor]) => creditor),
          amounts: debts.map(([, , amount]) => amount),
        },
        money: { recall, pays },
      }));
  });

/** What each has more of outside money after it, less what it pays on. */
const changesOf = ({ participants, debtors, creditors }: Debts, paid: readonly bigint[]) => {
  const changes: bigint[] = Array.from({ length: participants }, () => 0n);
  paid.forEach((value, i) => {
    changes[debtors[i]!]! -= value;
    changes[creditors[i]!]! += value;
  });
  return changes;
};

test('payments keep to what each said, and nobody is worse off or owes more', () => {
  fc.assert(
    fc.property(debtsAmong(6, 14, 9n), ({ debts, money }) => {
      const { paid, putIn, received, total, unserved } = planPayments(debts, money);
      const nets = netsOf(debts);
      paid.forEach((value, i) => assert.ok(value >= 0n && value <= debts.amounts[i]!));
      changesOf(debts, paid).forEach((change, who) => {
        assert.equal(change, received[who]! - putIn[who]!, 'nobody pays on what it does not have');
        const net = nets[who]!;
        assert.ok(putIn[who]! <= least(money.pays[who]!, net < 0n ? -net : 0n));
        assert.ok(received[who]! <= least(money.recall[who]!, net > 0n ? net : 0n));
        // Its balance afterwards lies between what it was and zero.
        const after = net - change;
        assert.ok(net > 0n ? after >= 0n && after <= net : after <= 0n && after >= net);
      });
      assert.equal(sum(putIn), total);
      assert.equal(sum(received), total);
      const wanted = nets.map((net, who) => (net > 0n ? least(net, money.recall[who]!) : 0n));
      assert.equal(unserved, sum(wanted) - total);
    }),
    { numRuns: 500 },
  );
});

test('where all who owe can pay, all recalls are served, by the least outside money there is', () => {
  fc.assert(
    fc.property(debtsAmong(7, 16, 9n), ({ debts, money: { recall } }) => {
      const nets = netsOf(debts);
      const pays = nets.map((net) => (net < 0n ? -net : 0n));
      const { received, unserved, total } = planPayments(debts, { recall, pays });
      const wanted = nets.map((net, who) => (net > 0n ? least(net, recall[who]!) : 0n));
      assert.deepEqual(received, wanted);
      assert.deepEqual([total, unserved], [sum(wanted), 0n]);
    }),
    { numRuns: 300 },
  );
});

/** The most that can be served, and then the least that is paid in all, by trying everything. */
const bestOf = (debts: Debts, { recall, pays }: Money): readonly [served: bigint, paid: bigint] => {
  const nets = netsOf(debts);
  let best: readonly [bigint, bigint] = [0n, 0n];
  const go = (paid: readonly bigint[]): void => {
    const i = paid.length;
    if (i < debts.amounts.length) {
      for (let value = 0n; value <= debts.amounts[i]!; value += 1n) go([...paid, value]);
      return;
    }
    let served = 0n;
    for (const [who, change] of changesOf(debts, paid).entries()) {
      const net = nets[who]!;
      if (change > 0n && change > least(recall[who]!, net)) return;
      if (change < 0n && -change > least(pays[who]!, -net)) return;
      if (change > 0n) served += change;
    }
    const all = sum(paid);
    if (served > best[0] || (served === best[0] && all < best[1])) best = [served, all];
  };
  go([]);
  return best;
};

test('as much as possible is served, and then as little as possible is paid: as by trying everything', () => {
  fc.assert(
    fc.property(debtsAmong(5, 6, 2n), ({ debts, money }) => {
      const { total, paid } = planPayments(debts, money);
      assert.deepEqual([total, sum(paid)], bestOf(debts, money));
    }),
    { numRuns: 800 },
  );
});

test('who is in between passes on what it was paid, and needs nothing of its own', () => {
  const debts = { participants: 3, debtors: [0, 1], creditors: [1, 2], amounts: [10n, 8n] };
  const plan = (recall: bigint[], pays: bigint[]) => planPayments(debts, { recall, pays });
  assert.deepEqual(plan([0n, 0n, 5n], [99n, 0n, 0n]).paid, [5n, 5n]);
  assert.deepEqual(plan([0n, 9n, 9n], [99n, 0n, 0n]), {
    paid: [10n, 8n],
    putIn: [10n, 0n, 0n],
    received: [0n, 2n, 8n],
    total: 10n,
    unserved: 0n,
  } satisfies Payments);
  // Who is owed on balance is not asked to lend more, whatever it could pay.
  assert.deepEqual(plan([0n, 0n, 5n], [3n, 99n, 99n]).putIn, [3n, 0n, 0n]);
  assert.equal(plan([0n, 0n, 5n], [3n, 99n, 99n]).unserved, 2n);
});

test('a plan that serves less than it could is not used', () => {
  const debts = { participants: 2, debtors: [0], creditors: [1], amounts: [10n] };
  const money = { recall: [0n, 10n], pays: [10n, 0n] };
  const { cleared, prices } = solveProblem(paymentProblem(debts, money));
  assert.equal(paymentsOf(debts, money, { cleared, prices }).total, 10n);
  const less = { cleared: cleared.map((value) => value / 2n), prices };
  assert.throws(() => paymentsOf(debts, money, less), /Cannot use a plan of payments: edge/);
  const wrong = { recall: [0n], pays: [0n, 0n] };
  assert.throws(() => paymentProblem(debts, wrong), /2 participants, and recall says it of 1/);
  const negative = { recall: [0n, 0n], pays: [-1n, 0n] };
  assert.throws(() => paymentProblem(debts, negative), /pays of participant 0 is -1/);
});

test('transfers bring everybody to zero, one fewer than there are of them at most; by a hub, one each', () => {
  const nets = fc
    .array(fc.bigInt(-6n, 6n), { maxLength: 9 })
    .map((values) => [...values, -sum(values)]);
  fc.assert(
    fc.property(nets, fc.nat(9), (each, at) => {
      const count = each.filter((net) => net !== 0n).length;
      const hub = at % each.length;
      for (const [transfers, most] of [
        [directTransfers(each), Math.max(0, count - 1)],
        [hubTransfers(each, hub), count],
        [hubTransfers(each, each.length), count],
      ] as const) {
        const got: bigint[] = Array.from({ length: each.length + 1 }, () => 0n);
        for (const { from, to, value } of transfers) {
          assert.ok(value > 0n && from !== to);
          got[from]! -= value;
          got[to]! += value;
        }
        assert.deepEqual(got, [...each, 0n]);
        assert.ok(transfers.length <= most);
      }
    }),
  );
  assert.throws(() => directTransfers([1n]), /is 1, not zero/);
  assert.throws(() => hubTransfers([1n, -2n], 0), /is -1, not zero/);
});

test('those who fit together exactly pay each other', () => {
  assert.deepEqual(directTransfers([-5n, -3n, 3n, 5n]), [
    { from: 0, to: 3, value: 5n },
    { from: 1, to: 2, value: 3n },
  ]);
});

test('otherwise the largest pay the largest, and of equal ones the first the first', () => {
  assert.deepEqual(directTransfers([-1n, -7n, 3n, 5n]), [
    { from: 1, to: 3, value: 5n },
    { from: 1, to: 2, value: 2n },
    { from: 0, to: 2, value: 1n },
  ]);
  assert.deepEqual(directTransfers([-3n, -3n, 3n, 3n]), [
    { from: 0, to: 2, value: 3n },
    { from: 1, to: 3, value: 3n },
  ]);
  assert.deepEqual(directTransfers([-4n, -4n, 8n]), [
    { from: 0, to: 2, value: 4n },
    { from: 1, to: 2, value: 4n },
  ]);
});

test('what remains is what was not cleared, and what was drawn of lines', () => {
  fc.assert(
    fc.property(network(), (given) => {
      const result = setOff(given);
      const remaining = remainingOf(given, result);
      const before = new Map<string, bigint>();
      const after = new Map<string, bigint>();
      const add = (to: Map<string, bigint>, who: string, value: bigint) =>
        void to.set(who, (to.get(who) ?? 0n) + value);
      for (const { debtor, creditor, amount } of given.obligations) {
        add(before, debtor, -amount);
        add(before, creditor, amount);
        add(after, debtor, 0n);
        add(after, creditor, 0n);
      }
      for (const { debtor, creditor, amount, isNew, origin } of remaining) {
        assert.ok(amount > 0n);
        assert.equal(
          isNew,
          (given.lines ?? []).some((line) => line.origin === origin),
        );
        add(after, debtor, -amount);
        add(after, creditor, amount);
      }
      for (const [who, net] of after) assert.equal(net, before.get(who) ?? 0n, who);
      // And of what remains nothing more can be cleared.
      assert.equal(setOff({ obligations: remaining }).total, 0n);
    }),
    { numRuns: 300 },
  );
});

test('what remains is settled by names, along debts, directly and by a hub', () => {
  const obligations = [
    { origin: '1', debtor: 'A', creditor: 'B', amount: 10n },
    { origin: '2', debtor: 'B', creditor: 'C', amount: 8n },
  ];
  const remaining = remainingOf({ obligations }, setOff({ obligations }));
  const settlement = settle(remaining, undefined, { hub: 'FoCo' });
  assert.deepEqual(settlement, {
    total: 10n,
    unserved: 0n,
    payments: [
      ['1', 10n],
      ['2', 8n],
    ],
    direct: [
      { from: 'A', to: 'C', value: 8n },
      { from: 'A', to: 'B', value: 2n },
    ],
    byHub: [
      { from: 'A', to: 'FoCo', value: 10n },
      { from: 'FoCo', to: 'B', value: 2n },
      { from: 'FoCo', to: 'C', value: 8n },
    ],
  });
  const wishes = (who: string) => ({ recall: who === 'C' ? 4n : 0n, pays: who === 'A' ? 99n : 0n });
  assert.deepEqual(settle(remaining, wishes).direct, [{ from: 'A', to: 'C', value: 4n }]);
  const { problem, settlementOf } = planSettlement(remaining, wishes);
  assert.equal(settlementOf(solveProblem(problem)).total, 4n);
  assert.deepEqual(settle([]), { total: 0n, unserved: 0n, payments: [], direct: [] });
  const other = setOff({ obligations: [obligations[0]!] });
  assert.throws(() => remainingOf({ obligations }, other), /does not say anything of "2"/);
});
