/** The parts of a round that know neither vats nor time. */
import '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { packSolution, solveProblem, unpackProblem, packProblem } from '@pocas/clearing/setoff';
import { componentsOf, seatsOf } from '#src/round/components.js';
import { maxLoopEdges, maxLoops, maxSum, mayHaveBeenAway } from '#src/round/limits.js';
import { type Lodgement, type NetEdge, match } from '#src/round/matching.js';
import {
  packLodged,
  packNetwork,
  packProposal,
  unpackLodged,
  unpackNetwork,
  unpackProposal,
} from '#src/round/network-text.js';
import { nextPass } from '#src/round/passes.js';
import { paymentsBySeat, planFor, remainsOf } from '#src/round/payments.js';
import { problemOf, solutionOf } from '#src/round/problem.js';
import { proposalsOf } from '#src/round/proposals.js';
import { loopsBySeat, packLoops, unpackLoops } from '#src/round/report.js';
import { treeOf } from '#src/round/tree.js';
import type { Lodged } from '#src/round/types.js';

const network: fc.Arbitrary<NetEdge[]> = fc
  .array(
    fc.record({
      from: fc.integer({ min: 1, max: 8 }),
      to: fc.integer({ min: 1, max: 8 }),
      cap: fc.bigInt({ min: 1n, max: 50n }),
      isLine: fc.boolean(),
      priority: fc.integer({ min: 0, max: 6 }),
    }),
    { maxLength: 30 },
  )
  .map((edges) =>
    edges.filter(({ from, to }) => from !== to).map((edge, i) => ({ edge: i * 3, ...edge })),
  );

/** Whether one leads to the other, by trying. */
const reaches = (edges: readonly NetEdge[], from: number, to: number): boolean => {
  const seen = new Set([from]);
  for (const seat of seen) {
    for (const edge of edges) if (edge.from === seat) seen.add(edge.to);
  }
  return seen.has(to);
};

test('a component holds exactly the edges from which one can come back', () => {
  fc.assert(
    fc.property(network, (edges) => {
      const components = componentsOf(edges);
      const within = new Map(components.flatMap((own, i) => own.map((edge) => [edge.edge, i])));
      for (const { edge, from, to } of edges) {
        assert.equal(within.has(edge), reaches(edges, to, from));
      }
      for (const own of components) {
        const [first] = own;
        for (const { from } of own) assert.ok(reaches(edges, first!.from, from));
        assert.deepEqual(
          own.map(({ edge }) => edge),
          own.map(({ edge }) => edge).toSorted((a, b) => a - b),
        );
      }
      const seats = components.flatMap(seatsOf);
      assert.equal(new Set(seats).size, seats.length, 'nobody is in two');
    }),
    { numRuns: 1000 },
  );
});

test('a tree reaches everybody once, over edges of its own, and each is one deeper than above', () => {
  fc.assert(
    fc.property(network, (edges) => {
      for (const own of componentsOf(edges)) {
        const tree = treeOf(own);
        assert.deepEqual([...tree.keys()].toSorted(), [...seatsOf(own)].toSorted());
        const byEdge = new Map(own.map((edge) => [edge.edge, edge]));
        let roots = 0;
        for (const [seat, { parent, depth, children }] of tree) {
          for (const child of children) {
            const { from, to } = byEdge.get(child)!;
            const below = tree.get(from === seat ? to : from)!;
            assert.equal(below.parent, child);
            assert.equal(below.depth, depth + 1);
          }
          if (parent === undefined) {
            roots += 1;
            assert.equal(depth, 0);
            continue;
          }
          const { from, to } = byEdge.get(parent)!;
          assert.ok(tree.get(from === seat ? to : from)!.children.includes(parent));
        }
        assert.equal(roots, 1);
      }
    }),
    { numRuns: 1000 },
  );
});

test('what is refused, and all of whoever is silent or quarrels twice, is in no further pass', () => {
  const some = fc.uniqueArray(fc.integer({ min: 0, max: 90 }), { maxLength: 6 });
  const seats = fc.uniqueArray(fc.integer({ min: 1, max: 8 }), { maxLength: 2 });
  fc.assert(
    fc.property(network, some, seats, seats, (edges, refused, silent, struck) => {
      const said = { refused: new Set(refused), silent: new Set(silent), struck: new Set(struck) };
      const next = nextPass(edges, said);
      const left = next.components.flat();
      for (const { edge, from, to } of left) {
        assert.ok(!said.refused.has(edge) && !said.silent.has(from) && !said.silent.has(to));
      }
      for (const { edge, from, to } of edges) {
        if (!said.refused.has(edge)) continue;
        const isBetween = (one: NetEdge) =>
          [one.from, one.to].toSorted().join() === [from, to].toSorted().join();
        assert.ok(!left.some(isBetween), 'two who quarrel share no edge any more');
        if (said.silent.has(from) || said.silent.has(to)) continue;
        for (const end of [from, to]) {
          assert.ok(next.struck.includes(end));
          if (said.struck.has(end)) assert.ok(next.out.includes(end));
        }
      }
      const staying = new Set(left.flatMap(({ from, to }) => [from, to]));
      assert.deepEqual(
        seatsOf(edges).filter((seat) => !staying.has(seat)),
        next.out,
      );
    }),
    { numRuns: 1000 },
  );
});

test('whoever refuses what it shares with somebody silent has no quarrel', () => {
  const edge = (number: number, from: number, to: number): NetEdge => ({
    edge: number,
    from,
    to,
    cap: 1n,
    isLine: false,
    priority: 0,
  });
  const edges = [edge(0, 1, 2), edge(1, 2, 1), edge(2, 1, 3), edge(3, 3, 1)];
  const said = { refused: new Set([2]), silent: new Set([3]), struck: new Set([1]) };
  const { components, struck } = nextPass(edges, said);
  assert.deepEqual(
    components.map((own) => own.map((one) => one.edge)),
    [[0, 1]],
  );
  assert.deepEqual(struck, [1]);
});

const lodged = (origin: string, end: 'from' | 'to', more: Partial<Lodged> = {}): Lodged => ({
  origin,
  end,
  kind: 'obligation',
  version: 1n,
  max: 10n,
  priority: 1n,
  ...more,
});

test('an edge is there where two seats lodged its two ends, in one kind and version', () => {
  const both = (first: Partial<Lodged>, second: Partial<Lodged> = {}): number =>
    match([
      { seat: 1, lodged: [lodged('a', 'from', first)] },
      { seat: 2, lodged: [lodged('a', 'to', second)] },
    ]).length;
  assert.equal(both({}), 1);
  assert.equal(both({ version: 2n }), 0);
  assert.equal(both({ kind: 'line' }), 0);
  assert.equal(both({ end: 'to' }), 0);
  assert.equal(both({ max: 0n }), 0);
  assert.equal(both({ origin: 'b' }), 0);
  assert.deepEqual(match([{ seat: 1, lodged: [lodged('a', 'from'), lodged('a', 'to')] }]), []);
  const [edge] = match([
    { seat: 7, lodged: [lodged('a', 'to', { max: 3n, priority: 3n })] },
    { seat: 5, lodged: [lodged('a', 'from')] },
  ]);
  assert.deepEqual(edge, {
    edge: 0,
    from: 5,
    to: 7,
    cap: 3n,
    isLine: false,
    priority: 4,
    origin: 'a',
    version: 1n,
  });
});

test('edges have the same numbers in whatever order seats and lines come', () => {
  const lodgements = fc
    .array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), fc.nat(50)), {
      maxLength: 20,
    })
    .map((pairs) => {
      const bySeat = new Map<number, Lodged[]>();
      for (const [from, to, origin] of pairs) {
        for (const [seat, end] of [
          [from, 'from'],
          [to, 'to'],
        ] as const) {
          bySeat.set(seat, [...(bySeat.get(seat) ?? []), lodged(`o${origin}`, end)]);
        }
      }
      return [...bySeat].map(([seat, own]): Lodgement => ({ seat, lodged: own }));
    });
  fc.assert(
    fc.property(lodgements, fc.nat(), (all, turn) => {
      const rotate = <T>(list: readonly T[]): T[] => {
        const at = list.length === 0 ? 0 : turn % list.length;
        return [...list.slice(at), ...list.slice(0, at)].toReversed();
      };
      const turned = rotate(all).map(({ seat, lodged: own }) => ({ seat, lodged: rotate(own) }));
      assert.deepEqual(match(turned), match(all));
    }),
  );
});

test('what adds up to more than solvers can count is left out, the largest first', () => {
  const pair = (origin: string, max: bigint): Lodgement[] => [
    { seat: 1, lodged: [lodged(origin, 'from', { max })] },
    { seat: 2, lodged: [lodged(origin, 'to', { max })] },
  ];
  const all = [...pair('a', 5n), ...pair('b', maxSum - 5n), ...pair('c', 1n)];
  const merged = [1, 2].map((seat) => ({
    seat,
    lodged: all.filter((one) => one.seat === seat).flatMap((one) => one.lodged),
  }));
  assert.deepEqual(
    match(merged).map(({ origin }) => origin),
    ['a', 'c'],
  );
  assert.deepEqual(
    match(merged.map((one) => ({ ...one, lodged: one.lodged.slice(0, 2) }))).length,
    2,
  );
});

test('texts that are kept say what was put into them', () => {
  fc.assert(
    fc.property(network, (edges) => {
      assert.deepEqual(unpackNetwork(packNetwork(edges)), edges);
      const lines = [lodged('a "b"\n', 'from', { max: 10n ** 39n }), lodged('12n', 'to')];
      assert.deepEqual(unpackLodged(packLodged(lines)), lines);
      for (const own of componentsOf(edges)) {
        const problem = problemOf(own);
        const solution = solveProblem(problem);
        for (const proposal of proposalsOf(3, 2, own, problem, solution).values()) {
          assert.deepEqual(unpackProposal(packProposal(proposal)), proposal);
        }
        for (const loops of loopsBySeat(own, solution.cleared).values()) {
          assert.deepEqual(unpackLoops(packLoops(loops)), loops);
        }
      }
    }),
  );
});

test('each is told its own rows, whose prices and values its neighbours are told too', () => {
  fc.assert(
    fc.property(network, (edges) => {
      for (const own of componentsOf(edges)) {
        const problem = problemOf(own);
        const proposals = proposalsOf(1, 1, own, problem, solveProblem(problem));
        for (const { edge, from, to, cap } of own) {
          const row = (seat: number) => proposals.get(seat)!.rows.find((one) => one.edge === edge)!;
          const [debtor, creditor] = [row(from), row(to)];
          assert.equal(debtor.cleared, creditor.cleared);
          assert.ok(debtor.cleared >= 0n && debtor.cleared <= cap);
          assert.deepEqual([debtor.own, debtor.other], [creditor.other, creditor.own]);
          assert.equal(debtor.weight, creditor.weight);
        }
        const rows = [...proposals.values()].reduce((sum, one) => sum + one.rows.length, 0);
        assert.equal(rows, 2 * own.length);
      }
    }),
  );
});

test('of what a solver answers only what holds is taken, whatever it is', () => {
  fc.assert(
    fc.property(network, fc.anything(), fc.bigInt({ min: -3n, max: 3n }), (edges, thing, by) => {
      for (const own of componentsOf(edges)) {
        const problem = problemOf(own);
        const solution = solveProblem(unpackProblem(packProblem(problem)));
        assert.ok('solution' in solutionOf(problem, packSolution(solution)));
        assert.ok('fault' in solutionOf(problem, thing));
        if (by === 0n) continue;
        const cleared = solution.cleared.map((value, i) => (i === 0 ? value + by : value));
        assert.ok('fault' in solutionOf(problem, packSolution({ ...solution, cleared })));
      }
    }),
  );
});

test('loops that are told add up to no more than was cleared, and are bounded however they run', () => {
  // A long chain that a hundred short ways close: each loop passes the whole chain.
  const length = 3000;
  const ways = 200;
  const edges: NetEdge[] = [];
  const add = (from: number, to: number, cap: bigint): void => {
    edges.push({ edge: edges.length, from, to, cap, isLine: false, priority: 0 });
  };
  for (let i = 1; i < length; i += 1) add(i, i + 1, BigInt(ways));
  for (let i = 1; i <= ways; i += 1) {
    add(length, length + i, 1n);
    add(length + i, 1, 1n);
  }
  const told = loopsBySeat(
    edges,
    edges.map(({ cap }) => cap),
  );
  let all = 0;
  for (const loops of told.values()) {
    assert.ok(loops.length <= maxLoops);
    all += loops.length;
  }
  assert.ok(all > 0 && all <= maxLoopEdges);
});

test('payments follow what remains, and serve those who recall', () => {
  fc.assert(
    fc.property(network, fc.array(fc.nat(60), { minLength: 9, maxLength: 9 }), (edges, wants) => {
      const cleared = new Map<number, bigint>();
      for (const own of componentsOf(edges)) {
        const found = solveProblem(problemOf(own));
        own.forEach(({ edge }, i) => cleared.set(edge, found.cleared[i]!));
      }
      const remaining = remainsOf(edges, cleared);
      const wishesOf = (seat: number) => ({
        recall: BigInt(wants[seat]!),
        pays: BigInt(wants[(seat * 5) % 9]!),
      });
      const plan = planFor(remaining, wishesOf);
      if (plan === undefined) return;
      assert.equal(paymentsBySeat(remaining, plan, 'solution\n\n'), undefined);
      assert.equal(paymentsBySeat(remaining, plan, 7), undefined);
      const payments = paymentsBySeat(remaining, plan, packSolution(solveProblem(plan.problem)))!;
      for (const { edge, from, to, cap } of remaining) {
        const of = (seat: number) => payments.get(seat)?.find((one) => one.edge === edge)?.value;
        assert.equal(of(from), of(to), 'both ends are told');
        assert.ok((of(from) ?? 1n) > 0n && (of(from) ?? 0n) <= cap);
      }
      for (const [seat, own] of payments) {
        const debtors = new Set(
          remaining.filter((one) => one.from === seat).map(({ edge }) => edge),
        );
        const paysAtAll = own.some(({ edge }) => debtors.has(edge));
        const sum = own.reduce(
          (s, { edge, value }) => s + (debtors.has(edge) ? -value : value),
          0n,
        );
        assert.ok(sum <= wishesOf(seat).recall, 'nobody keeps more than it recalls');
        assert.ok(-sum <= wishesOf(seat).pays || !paysAtAll, 'nobody puts in more than it said');
      }
    }),
  );
});

test('a timer that comes much too late says that we were away', () => {
  assert.equal(mayHaveBeenAway(1050n, 1000n, 1000n), false);
  assert.equal(mayHaveBeenAway(1101n, 1000n, 1000n), true);
  assert.equal(mayHaveBeenAway(6000n, 1000n, 10_000_000n), false);
  assert.equal(mayHaveBeenAway(6001n, 1000n, 10_000_000n), true);
});

test('an enormous debt of two who collude leaves the others with their plan of payments', () => {
  const edge = (number: number, from: number, to: number, cap: bigint): NetEdge => ({
    ...{ edge: number, from, to, cap, isLine: false, priority: 0 },
  });
  const remaining = remainsOf(
    [edge(0, 1, 2, 10n), edge(1, 2, 3, 10n), edge(2, 4, 5, maxSum - 20n)],
    new Map(),
  );
  const wishes = [
    { recall: 0n, pays: 10n },
    { recall: 0n, pays: 0n },
    { recall: 10n, pays: 0n },
    { recall: 0n, pays: 10n ** 39n },
    { recall: 10n ** 39n, pays: 0n },
  ];
  const plan = planFor(remaining, (seat) => wishes[seat - 1])!;
  const packed = packSolution(solveProblem(plan.problem));
  const payments = paymentsBySeat(remaining, plan, packed)!;
  assert.deepEqual(payments.get(1), [{ edge: 0, value: 10n }]);
  assert.deepEqual(payments.get(3), [{ edge: 1, value: 10n }]);
});
