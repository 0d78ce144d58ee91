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
  assert.throws(() => loopsOf(chain, [1n, 1n]), /what edge 0 carries does not come back/);
  assert.throws(() => loopsOf(chain, [0n, 1n]), /what edge 1 carries does not come back/);
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

test('loops are short where short ones are', () => {
  // A long loop and a short one share a participant, and each edge is in one of them only.
  const long = Array.from({ length: 50 }, (_, i) => [i, (i + 1) % 50] as const);
  const edges = [...long, [0, 50] as const, [50, 0] as const, [25, 51] as const, [51, 24] as const];
  const flow = edges.map((_, i) => (i === 24 ? 2n : 1n));
  const given = {
    participants: 52,
    debtors: edges.map(([from]) => from),
    creditors: edges.map(([, to]) => to),
  };
  const lengths = loopsOf(given, flow).map((loop) => loop.edges.length);
  assert.deepEqual(lengths, [50, 3, 2]);
});

test('a search in which much is looked at for each loop ends too', () => {
  // 0 → one of 300 → 1 → one of 300 others → 0.
  const ways = 300;
  const edges = Array.from({ length: ways }, (_, i) => [
    [0, 2 + i] as const,
    [2 + i, 1] as const,
    [1, 2 + ways + i] as const,
    [2 + ways + i, 0] as const,
  ]).flat();
  const given = {
    participants: 2 + 2 * ways,
    debtors: edges.map(([from]) => from),
    creditors: edges.map(([, to]) => to),
  };
  const flow = edges.map(() => 1n);
  assert.equal(loopsOf(given, flow).length, ways);
  // Enough to write all of them down, and not to look for them.
  const some = loopsOf(given, flow, 4 * ways).length;
  assert.ok(some > 0 && some < ways, `${some}`);
});

test('loops that are too many are left out, and a long chain that many share is no memory', () => {
  // 0 → 1 → … → 999 → 0 by way of 500 others: 500 loops of 1,001.
  const length = 1000;
  const ways = 500;
  const steps = Array.from({ length: length - 1 }, (_, i) => [i, i + 1] as const);
  const back = Array.from({ length: ways }, (_, i) => [
    [length - 1, length + i] as const,
    [length + i, 0] as const,
  ]).flat();
  const edges = [...steps, ...back];
  const shared = {
    participants: length + ways,
    debtors: edges.map(([from]) => from),
    creditors: edges.map(([, to]) => to),
  };
  const cleared = edges.map((_, i) => (i < length - 1 ? BigInt(ways) : 1n));
  assert.equal(loopsOf(shared, cleared).length, ways);
  const some = loopsOf(shared, cleared, 10_500);
  assert.deepEqual(some, loopsOf(shared, cleared).slice(0, 10));
  assert.equal(some.length, 10);
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
  assert.equal(rest.otherLoops, 0n);
  assert.deepEqual(rest, {
    rule: 'setoff/1',
    participant: 'A',
    otherLoops: 0n,
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
        const { net, owes: debts, isOwed, edges, loops, otherLoops } = explainTo(who);
        assert.equal(otherLoops, 0n);
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

test('what came round loops that are too many to tell is said all the same', () => {
  const told = explain(circle, setOff(circle), 'B');
  const [others] = sentencesOf({ ...told, loops: [], otherLoops: 70n }).slice(2);
  assert.equal(others?.en, '70 came round other loops, which are too many to tell.');
});

test('another network, or somebody who is not in it, is refused', () => {
  const result = setOff(circle);
  assert.throws(() => explain(circle, result, 'Z'), /nobody is called "Z" here/);
  const more = { obligations: [...circle.obligations, owes('new', 'A', 'C', 1n)] };
  assert.throws(() => explain(more, result, 'A'), /it does not know "new"/);
});
