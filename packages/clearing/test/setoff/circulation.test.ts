import test from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CancelledError, solveCirculation } from '@pocas/clearing/circulation';
import type { Edge } from './networks.ts';
import { assertOptimal, bruteForce, columnsOf, totalOf } from './networks.ts';

const solve = (n: number, edges: readonly Edge[]) => {
  const columns = columnsOf(n, edges);
  const answer = solveCirculation(columns);
  assertOptimal(columns, answer);
  const left = edges.map(([, , cap], e) => cap - answer.flow[e]!);
  return { ...answer, left, total: totalOf(columns, answer) };
};

test('a loop of three clears what the least of them owes', () => {
  const { left } = solve(3, [
    [0, 1, 100],
    [1, 2, 60],
    [2, 0, 80],
  ]);
  assert.deepEqual(left, [40, 0, 20]);
});

test('what two owe each other is not netted first where a longer loop clears more', () => {
  const [u, v, x] = [0, 1, 2];
  const { total } = solve(3, [
    [u, v, 10],
    [v, u, 4],
    [u, x, 4],
    [x, v, 4],
  ]);
  // One unit of v→u closes either u→v (clears 2) or u→x→v (clears 3).
  assert.equal(total, 12n);
});

test('published examples clear what they say', () => {
  // cycles.money, "Algorithm Design 101".
  const abc: Edge[] = [
    [0, 1, 100],
    [1, 2, 80],
    [2, 0, 70],
  ];
  const small = solve(3, abc);
  assert.deepEqual(small.left, [30, 10, 0]);
  assert.equal(small.total, 210n);

  const [alice, bob, eve, charlie, dave] = [0, 1, 2, 3, 4];
  const large = solve(5, [
    [alice, bob, 100],
    [bob, eve, 70],
    [eve, alice, 100],
    [charlie, dave, 100],
    [dave, eve, 100],
    [eve, charlie, 70],
    [bob, charlie, 100],
  ]);
  assert.equal(large.total, 570n);
  assert.deepEqual(large.left, [0, 0, 0, 0, 0, 0, 70]);

  // lowimpact.org.
  const third = solve(3, [
    [0, 1, 5],
    [1, 2, 10],
    [2, 0, 20],
  ]);
  assert.equal(third.total, 15n);
});

test('an edge to itself clears whole when it is worth something', () => {
  const { flow } = solve(2, [
    [0, 0, 7],
    [1, 1, 7, -1],
    [0, 0, 3, 0],
  ]);
  assert.deepEqual([...flow], [7, 0, 0]);
});

test('parallel edges clear by weight', () => {
  const { flow } = solve(2, [
    [0, 1, 5, 1],
    [0, 1, 5, 3],
    [0, 1, 5, 2],
    [1, 0, 7, 1],
  ]);
  assert.deepEqual([...flow], [0, 5, 2, 7]);
});

test('an edge of negative weight is used where the loop is worth it', () => {
  const loop = (line: number): Edge[] => [
    [0, 1, 10, 1],
    [1, 2, 10, 1],
    [2, 0, 4, line],
  ];
  assert.equal(solve(3, loop(-1)).total, 4n);
  assert.equal(solve(3, loop(-3)).total, 0n);
});

test('prices certify edges between components too', () => {
  // Two loops and a tail, joined by edges that no loop uses.
  const { flow } = solve(6, [
    [0, 1, 5, 2],
    [1, 0, 5, 2],
    [2, 3, 5, 1],
    [3, 2, 4, 1],
    [1, 2, 9, 50],
    [0, 3, 9, -50],
    [3, 4, 9, 1000],
    [4, 5, 9, 3],
    [2, 5, 9, 7],
  ]);
  assert.deepEqual([...flow], [5, 5, 4, 4, 0, 0, 0, 0, 0]);
});

test('nothing clears in nothing', () => {
  assert.deepEqual(solve(0, []).left, []);
  assert.deepEqual(solve(3, []).left, []);
  assert.deepEqual(solve(3, [[0, 1, 5]]).left, [5]);
  assert.deepEqual(
    solve(2, [
      [0, 1, 5],
      [1, 0, 0],
    ]).left,
    [5, 0],
  );
});

const edgeOf = (n: number, cap: number, weight: number): fc.Arbitrary<Edge> =>
  fc.tuple(fc.nat(n - 1), fc.nat(n - 1), fc.nat(cap), fc.integer({ min: -weight, max: weight }));

test('tiny networks clear what trying everything finds', () => {
  fc.assert(
    fc.property(fc.array(edgeOf(4, 2, 3), { maxLength: 7 }), (edges) => {
      assert.equal(Number(solve(4, edges).total), Math.max(0, bruteForce(columnsOf(4, edges))));
    }),
    { numRuns: 500 },
  );
});

test('random networks come with a certificate', () => {
  const network = fc
    .tuple(fc.integer({ min: 2, max: 40 }), fc.constantFrom(1, 3, 1000, 2 ** 30))
    .chain(([n, weight]) =>
      fc.tuple(
        fc.constant(n),
        fc.array(edgeOf(n, 10 ** 6, weight), { maxLength: 6 * n, size: 'max' }),
      ),
    );
  fc.assert(
    fc.property(network, ([n, edges]) => void solve(n, edges)),
    { numRuns: 300 },
  );
});

const ringOf = (n: number): Edge[] =>
  Array.from({ length: n }, (_, u) => [u, (u + 1) % n, 1000 + ((u * 7919) % 1009)]);

test('a ring of 100,000 clears', () => {
  const n = 100_000;
  const { total } = solve(n, ringOf(n));
  assert.equal(total, BigInt(n) * 1000n);
});

test('a chain of 100,000 that owe each other both ways clears', () => {
  const n = 100_000;
  const edges: Edge[] = [];
  for (let u = 0; u + 1 < n; u++) edges.push([u, u + 1, 5 + (u % 3)], [u + 1, u, 6]);
  solve(n, edges);
});

test('amounts up to 2^53 − 1 clear exactly', () => {
  const most = Number.MAX_SAFE_INTEGER;
  const { flow } = solve(3, [
    [0, 1, most],
    [1, 2, most - 1],
    [2, 0, most],
  ]);
  assert.deepEqual([...flow], [most - 1, most - 1, most - 1]);
});

test('amounts that sum to more than 2^53 − 1 around one participant are refused', () => {
  const most = Number.MAX_SAFE_INTEGER;
  const edges: Edge[] = [
    [0, 1, most],
    [0, 1, 1],
    [1, 0, 1],
  ];
  assert.throws(() => solve(2, edges), /amounts around participant 0 sum to more than 2\^53/);
  const received: Edge[] = [
    [0, 2, most],
    [1, 2, 1],
  ];
  assert.throws(() => solve(3, received), /amounts around participant 2 sum/);
});

test('malformed columns are refused', () => {
  const refuses = (n: number, edge: Edge, words: RegExp): void => {
    assert.throws(() => solveCirculation(columnsOf(n, [edge])), words);
  };
  refuses(2, [0, 2, 1], /edge 0: it names a participant beyond/);
  refuses(2, [-1, 0, 1], /edge 0: it names a participant beyond/);
  refuses(2, [0, 1, -1], /edge 0: its cap/);
  refuses(2, [0, 1, 0.5], /edge 0: its cap/);
  refuses(2, [0, 1, NaN], /edge 0: its cap/);
  refuses(2, [0, 1, 2 ** 53], /edge 0: its cap/);
  refuses(2, [0, 1, 1, 1.5], /edge 0: its weight/);
  const columns = columnsOf(2, [[0, 1, 1]]);
  const short = { ...columns, cap: new Float64Array(0) };
  assert.throws(() => solveCirculation(short), /columns differ in length/);
  assert.throws(() => solveCirculation({ ...columns, n: 1.5 }), /participants/);
});

test('prices that would pass 2^53 are refused, not rounded', () => {
  const w = 2 ** 52;
  const chain: Edge[] = [
    [0, 1, 1, w],
    [1, 2, 1, w],
    [2, 3, 1, w],
  ];
  assert.throws(() => solve(4, chain), /use smaller weights/);
});

test('weights of many digits clear exactly, and too large ones are refused', () => {
  // Total first, then priority, then few lines: as weights.ts makes them for 100,000 participants.
  const total = 2 ** 36;
  const network = (w: number): Edge[] => [
    ...ringOf(60).map(([u, v, cap]): Edge => [u, v, cap, w + (u % 3)]),
    [7, 20, 900, w + 2],
    [20, 7, 900, -1],
    [40, 11, 500, w - 1],
    [30, 31, 5000, w + 1],
  ];
  solve(60, network(total));
  assert.throws(() => solve(60, network(2 ** 50)), /weights around a loop .* use smaller weights/);
});

/** Repeatable numbers from 0 to below. */
const makeDraw = (seed: number) => {
  let state = seed;
  return (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % below;
  };
};

test('networks that are hard for solvers of this kind clear with a certificate', () => {
  const draw = makeDraw(7);
  const amount = (): number => 1 + draw(10 ** (1 + draw(6)));
  const shapes: Record<string, (i: number) => [number, number, number]> = {
    // Prices fall by one all along: as many levels as participants.
    'a ladder around': (i) => [i % 400, (i + 1 + draw(3)) % 400, 1],
    // No way back but through one.
    'a funnel': (i) =>
      i % 5 === 0 ? [0, 1 + draw(399), 1] : [1 + draw(399), i % 7 ? 1 + draw(399) : 0, 1],
    // Two weights that differ by six digits.
    'two levels': () => [draw(400), draw(400), draw(10) === 0 ? 1_000_000 : 1],
    'a transport': (i) =>
      i % 3 === 0
        ? [draw(200), 200 + draw(199), -draw(1000)]
        : i % 3 === 1
          ? [399, draw(200), 5000]
          : [200 + draw(199), 399, 1],
    'a grid': (i) => [i % 400, ((i % 400) + [1, 20, 399, 380][draw(4)]!) % 400, 1 + draw(50)],
  };
  for (const shape of Object.values(shapes)) {
    solve(
      400,
      Array.from({ length: 2400 }, (_, i): Edge => {
        const [from, to, weight] = shape(i);
        return [from, to, amount(), weight];
      }),
    );
  }
});

test('the solver says how far it is', () => {
  const seen: number[] = [];
  solveCirculation(columnsOf(1000, ringOf(1000)), { progress: (done) => seen.push(done) });
  assert.equal(seen[0], 0);
  assert.equal(seen.at(-1), 1);
  assert.ok(seen.length <= 200, `${seen.length} calls`);
  assert.deepEqual(
    seen,
    [...seen].sort((a, b) => a - b),
  );
});

test('the solver stops when it is cancelled', () => {
  let asked = 0;
  const columns = columnsOf(1000, ringOf(1000));
  assert.throws(
    () => solveCirculation(columns, { isCancelled: () => ++asked > 2 }),
    (error) => error instanceof CancelledError,
  );
  assert.equal(asked, 3);
});

test('the same columns give the same answer, and are left as they were', () => {
  const columns = columnsOf(50, [...ringOf(50), [0, 25, 600], [25, 0, 600], [10, 3, 900]]);
  const copy = structuredClone(columns);
  assert.deepEqual(solveCirculation(columns), solveCirculation(columns));
  assert.deepEqual(columns, copy);
});
