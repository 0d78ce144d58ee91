import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  type Network,
  type OwnRow,
  explain,
  loopsOf,
  makeExplainer,
  ownLoops,
  reasonOf,
  sentencesOf,
  setOff,
  solveProblem,
} from '@pocas/clearing/setoff';
import { network, problem } from './arbitrary.ts';

test('loops add up to the flow, pass nobody twice, and are no more than there are edges with flow', () => {
  fc.assert(
    fc.property(problem(8, 30), (given) => {
      const { cleared } = solveProblem(given);
      const loops = loopsOf(given, cleared);
      const found = cleared.map(() => 0n);
      for (const { value, edges } of loops) {
        assert.ok(value > 0n);
        edges.forEach((edge, i) => {
          found[edge]! += value;
          assert.equal(given.creditors[edge], given.debtors[edges[(i + 1) % edges.length]!]);
        });
        const passed = edges.map((edge) => given.debtors[edge]!);
        assert.equal(new Set(passed).size, passed.length);
        assert.equal(passed[0], Math.min(...passed));
      }
      assert.deepEqual(found, cleared);
      assert.ok(loops.length <= cleared.filter((value) => value > 0n).length);
      assert.deepEqual(loopsOf(given, cleared), loops);
      // What each may see of them adds up to what it cleared.
      ownLoops(given, loops).forEach((own, self) => {
        const sum = (of: (i: number) => number | undefined) =>
          cleared.reduce((so, value, i) => (of(i) === self ? so + value : so), 0n);
        const total = own.reduce((so, { value }) => so + value, 0n);
        assert.equal(
          total,
          sum((i) => given.debtors[i]),
        );
        assert.equal(
          total,
          sum((i) => given.creditors[i]),
        );
        for (const { owes, isOwed } of own) {
          assert.equal(given.debtors[owes], self);
          assert.equal(given.creditors[isOwed], self);
        }
      });
    }),
    { numRuns: 400 },
  );
});

test('what is no circulation has no loops', () => {
  const chain = { participants: 3, debtors: [0, 1], creditors: [1, 2] };
  assert.throws(() => loopsOf(chain, [1n, 1n]), /at participant 2 more flows in than out/);
  assert.throws(() => loopsOf(chain, [0n, 1n]), /more flows in than out/);
  assert.throws(() => loopsOf(chain, [-1n, 0n]), /edge 0 has -1, below zero/);
});

test('a loop of 100,000 is one loop', () => {
  const many = Array.from({ length: 100_000 }, (_, i) => i);
  const ring = {
    participants: many.length,
    debtors: many,
    creditors: many.map((i) => (i + 1) % many.length),
  };
  const loops = loopsOf(
    ring,
    many.map(() => 7n),
  );
  assert.equal(loops.length, 1);
  assert.deepEqual(loops[0]!.edges, many);
});

const owes = (origin: string, debtor: string, creditor: string, amount: bigint) => ({
  origin,
  debtor,
  creditor,
  amount,
});

// A and B and C in a loop; D owes A and nobody owes D; A lends to E, who owes nobody but A owes F who owes E.
const circle: Network = {
  obligations: [
    owes('ab', 'A', 'B', 100n),
    owes('bc', 'B', 'C', 80n),
    owes('ca', 'C', 'A', 70n),
    owes('da', 'D', 'A', 5n),
    owes('fa', 'F', 'A', 6n),
    owes('ef', 'E', 'F', 9n),
    owes('aa', 'A', 'A', 3n),
  ],
  lines: [{ origin: 'line', lender: 'A', borrower: 'E', limit: 4n }],
};

test('a participant is told what was cleared, against whom, through which loops, and why the rest is left', () => {
  const result = setOff(circle);
  const told = explain(circle, result, 'A');
  const { loops, edges, ...rest } = told;
  assert.deepEqual(rest, {
    rule: 'setoff/1',
    participant: 'A',
    net: -19n,
    owes: { before: 103n, cleared: 73n, added: 0n, after: 30n },
    isOwed: { before: 84n, cleared: 77n, added: 4n, after: 11n },
  });
  assert.deepEqual(
    loops.map(({ value, length, owes: out, to, isOwed, from }) => [
      ...[value, length, out, to, isOwed, from],
    ]),
    [
      [3n, 1n, 'aa', 'A', 'aa', 'A'],
      [70n, 3n, 'ab', 'B', 'ca', 'C'],
      [4n, 3n, 'line', 'E', 'fa', 'F'],
    ],
  );
  assert.deepEqual(
    edges.find(({ origin }) => origin === 'ab'),
    {
      ...{ origin: 'ab', kind: 'obligation', end: 'from', with: 'B', amount: 100n, cleared: 70n },
      ...{ left: 30n, weight: 5n, cost: 5n, reason: 'used' },
    },
  );
});

test('each way of being left has its reason', () => {
  const result = setOff(circle);
  const reasons = (who: string) =>
    Object.fromEntries(
      explain(circle, result, who).edges.map(({ origin, cleared, left, reason }) => [
        origin,
        [cleared, left, reason],
      ]),
    );
  assert.deepEqual(reasons('D'), { da: [0n, 5n, 'noLoop'] });
  assert.deepEqual(reasons('B'), { ab: [70n, 30n, 'used'], bc: [70n, 10n, 'used'] });
  assert.deepEqual(reasons('C'), { bc: [70n, 10n, 'spent'], ca: [70n, 0n, undefined] });
  assert.deepEqual(reasons('E'), { ef: [4n, 5n, 'spent'], line: [4n, 0n, undefined] });
  assert.deepEqual(reasons('A')['fa'], [4n, 2n, 'used']);
});

test('why a row is left, for a book that knows its own rows alone', () => {
  const row: OwnRow = {
    ...{ edge: 1, end: 'from', max: 9n, cleared: 9n },
    ...{ weight: 1n, own: 0n, other: 0n },
  };
  const isOwed: OwnRow = { ...row, edge: 2, end: 'to', max: 9n };
  assert.equal(reasonOf(row, [row, isOwed]), undefined);
  assert.equal(reasonOf(row, [row, isOwed], { amount: 12n }), 'capped');
  const part = { ...row, cleared: 5n };
  assert.equal(reasonOf(part, [part, { ...isOwed, max: 5n, cleared: 5n }]), 'spent');
  assert.equal(reasonOf(part, [part, { ...isOwed, cleared: 5n }]), 'used');
  assert.equal(reasonOf(part, [part], { mayLoop: false }), 'noLoop');
});

test('an explanation adds up, for everybody, and shows nobody but neighbours', () => {
  fc.assert(
    fc.property(network(), (given) => {
      const result = setOff(given);
      const explainTo = makeExplainer(given, result);
      for (const [who] of result.prices) {
        const { net, owes: debts, isOwed, edges, loops } = explainTo(who);
        assert.equal(net, isOwed.before - debts.before);
        assert.equal(net, isOwed.after - debts.after);
        const neighbours = new Set(edges.map((edge) => edge.with));
        for (const loop of loops) {
          assert.ok(neighbours.has(loop.to) && neighbours.has(loop.from));
        }
        for (const { kind, left, reason, cleared, amount, cost, weight } of edges) {
          assert.equal(left, amount - cleared);
          assert.equal(reason !== undefined, kind === 'obligation' && left > 0n);
          if (left > 0n) assert.ok(weight <= cost, 'the prices say that it does not pay');
        }
        const round = loops.reduce((so, { value }) => so + value, 0n);
        const out = edges
          .filter(({ end }) => end === 'from')
          .reduce((so, { cleared }) => so + cleared, 0n);
        assert.equal(round, out);
      }
    }),
    { numRuns: 200 },
  );
});

test('sentences say it in English and Spanish, with amounts as they are written there', () => {
  const result = setOff(circle);
  const sentences = sentencesOf(explain(circle, result, 'A'), (value, language) =>
    language === 'es' ? `$${value}` : `${value} MXN`,
  );
  const en = sentences.map((sentence) => sentence.en);
  const es = sentences.map((sentence) => sentence.es);
  assert.equal(
    en[0],
    'A owed 103 MXN, of which 73 MXN was cleared, and was owed 84 MXN, of which 77 MXN was cleared.',
  );
  assert.equal(
    es[0],
    'A debía $103, de los que se compensaron $73, y le debían $84, de los que se compensaron $77.',
  );
  assert.ok(en.includes('70 MXN came round a loop of 3: from C, and on to B.'), en.join('\n'));
  assert.ok(es.includes('$3 eran una deuda consigo.'));
  assert.ok(
    en.includes(
      'Owed by D (da): 0 MXN of 5 MXN was cleared. 5 MXN is left: it is in no loop: no chain of debts leads back.',
    ),
  );
  assert.ok(
    en.includes('Of the line of 4 MXN to E (line), 4 MXN was drawn: E owes it newly.'),
    en.join('\n'),
  );
});

test('another network, or somebody who is not in it, is refused', () => {
  const result = setOff(circle);
  assert.throws(() => explain(circle, result, 'Z'), /nobody is called "Z" here/);
  const more = { obligations: [...circle.obligations, owes('new', 'A', 'C', 1n)] };
  assert.throws(() => explain(more, result, 'A'), /it does not know "new"/);
});
