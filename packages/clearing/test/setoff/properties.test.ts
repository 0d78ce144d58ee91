/** What holds of every set-off, seen on thousands of networks drawn at random, the same at each run. */
import {
  bilateral,
  greedy,
  hasLoop,
  isFeasible,
  isProved,
  optimumByHighs,
  optimumByTrying,
  worth,
} from './oracles.ts';
import {
  anyWeight,
  mixedAmount,
  networkOf,
  networks,
  one,
  problems,
  tinyAmount,
} from './random-networks.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  faultsOfSolution,
  type Line,
  type Network,
  numberNetwork,
  type Obligation,
  type Problem,
  type Result,
  setOff,
  setOffAll,
  type Solution,
  solveProblem,
} from '@pocas/clearing/setoff';

const seed = 6;

const holds = <T>(arbitrary: fc.Arbitrary<T>, numRuns: number, property: (value: T) => void) =>
  fc.assert(fc.property(arbitrary, property), { seed, numRuns });

const tiny = { participants: 5, edges: 6 };
const middle = { participants: 20, edges: 80 };

const valueOf = ({ weights }: Problem, { cleared }: Solution): bigint => worth(weights, cleared);

const clearedOf = (result: Result): ReadonlyMap<string, bigint> => new Map(result.cleared);

const totalOf = (network: Network): bigint => setOff(network).total;

const withObligations = (
  network: Network,
  change: (each: Obligation) => Obligation[],
): Network => ({
  ...network,
  obligations: network.obligations.flatMap(change),
});

test('a solution is a circulation within bounds, and its prices prove that it is the best', () => {
  for (const weight of [one, anyWeight, fc.bigInt(1n, 1_000_000n)]) {
    holds(problems({ most: middle, amount: mixedAmount, weight }), 700, (problem) => {
      const solution = solveProblem(problem);
      assert.ok(isFeasible(problem, solution.cleared));
      assert.ok(isProved(problem, solution));
    });
  }
});

test('no choice at all is worth more than what is found, on networks where all can be tried', () => {
  for (const weight of [one, anyWeight]) {
    holds(problems({ most: tiny, amount: tinyAmount, weight }), 700, (problem) => {
      assert.equal(valueOf(problem, solveProblem(problem)), optimumByTrying(problem));
    });
  }
});

test('HiGHS, which knows nothing of networks, finds the same optimum', () => {
  for (const weight of [one, anyWeight, fc.bigInt(-1_000n, 1_000n)]) {
    holds(problems({ most: middle, amount: mixedAmount, weight }), 150, (problem) => {
      assert.equal(valueOf(problem, solveProblem(problem)), optimumByHighs(problem));
    });
  }
});

test('where every obligation is worth something, no loop is left', () => {
  for (const weight of [one, fc.bigInt(1n, 9n)]) {
    holds(problems({ most: middle, amount: mixedAmount, weight }), 500, (problem) => {
      assert.ok(!hasLoop(problem, solveProblem(problem).cleared));
    });
  }
});

test('the check accepts every solution, and after a change of one unit only what is still proved', () => {
  const drawn = fc.tuple(
    problems({ most: tiny, amount: mixedAmount, weight: anyWeight }),
    fc.boolean(),
    fc.nat(),
    fc.constantFrom(1n, -1n),
  );
  let refused = 0;
  holds(drawn, 2_000, ([problem, inFlow, at, by]) => {
    const { cleared, prices } = solveProblem(problem);
    assert.deepEqual(faultsOfSolution(problem, { cleared, prices }), []);
    const column = inFlow ? cleared : prices;
    if (column.length === 0) return;
    const changed = column.map((value, i) => (i === at % column.length ? value + by : value));
    const solution = inFlow ? { cleared: changed, prices } : { cleared, prices: changed };
    const faults = faultsOfSolution(problem, solution);
    assert.equal(faults.length === 0, isProved(problem, solution));
    if (faults.length > 0) refused += 1;
    // An edge between two others leaves two balances open, whatever its price.
    const edge = at % column.length;
    if (inFlow && problem.debtors[edge] !== problem.creditors[edge])
      assert.notDeepEqual(faults, []);
  });
  assert.ok(refused > 1_000, `${refused} changes were refused`);
});

test('the same prices prove another circulation exactly if it is worth as much', () => {
  const drawn = problems({ most: tiny, amount: tinyAmount, weight: anyWeight }).chain((problem) =>
    fc.record({
      problem: fc.constant(problem),
      // The best by other weights is a circulation of this problem too.
      weights: fc.tuple(...problem.weights.map(() => fc.bigInt(-9n, 9n))),
    }),
  );
  const seen = { same: 0, worse: 0 };
  holds(drawn, 1_500, ({ problem, weights }) => {
    const best = solveProblem(problem);
    const other = solveProblem({ ...problem, weights });
    const isAsGood = worth(problem.weights, other.cleared) === valueOf(problem, best);
    seen[isAsGood ? 'same' : 'worse'] += 1;
    const faults = faultsOfSolution(problem, { cleared: other.cleared, prices: best.prices });
    assert.equal(faults.length === 0, isAsGood, faults.join('; '));
  });
  assert.ok(seen.same > 100 && seen.worse > 100, JSON.stringify(seen));
});

test('the order in which obligations are given changes nothing', () => {
  const drawn = networks().chain((network) =>
    fc.record({
      network: fc.constant(network),
      obligations: fc.shuffledSubarray([...network.obligations], {
        minLength: network.obligations.length,
      }),
    }),
  );
  holds(drawn, 500, ({ network, obligations }) => {
    assert.deepEqual(setOff({ obligations }), setOff(network));
  });
});

test('what participants are called changes nothing of what is cleared', () => {
  const drawn = fc.tuple(networks(), fc.func(fc.string({ maxLength: 12 })));
  holds(drawn, 500, ([network, nameOf]) => {
    // The old name at the end keeps names apart; what stands before it decides any order of names.
    const renamed = (who: string) => `${nameOf(who)}/${who}`;
    const result = setOff(network);
    const other = setOff(
      withObligations(network, (each) => [
        { ...each, debtor: renamed(each.debtor), creditor: renamed(each.creditor) },
      ]),
    );
    assert.deepEqual(other.cleared, result.cleared);
    assert.deepEqual(
      other.prices,
      result.prices.map(([who, price]) => [renamed(who), price]),
    );
  });
});

test('what obligations come from changes which of them are cleared, and never the total', () => {
  const drawn = fc.tuple(networks(), fc.func(fc.string({ maxLength: 12 })));
  holds(drawn, 300, ([network, originOf]) => {
    const other = withObligations(network, (each) => [
      { ...each, origin: `${originOf(each.origin)}/${each.origin}` },
    ]);
    assert.equal(totalOf(other), totalOf(network));
  });
});

test('an obligation in two parts clears as much as in one', () => {
  holds(fc.tuple(networks(), fc.nat()), 500, ([network, at]) => {
    const whole = setOff(network);
    const split = setOff(
      withObligations(network, (each) => {
        const part = 1n + (BigInt(at) % each.amount);
        if (part === each.amount) return [each];
        return [
          { ...each, amount: part },
          { ...each, origin: `${each.origin}+`, amount: each.amount - part },
        ];
      }),
    );
    assert.equal(split.total, whole.total);
  });
});

test('parallel obligations are cleared by due date, then by origin, as far as their sum is', () => {
  const drawn = networks({ participants: 4, edges: 30 }).chain(({ obligations }) =>
    fc
      .array(fc.option(fc.bigInt(0n, 3n), { nil: undefined }), {
        minLength: obligations.length,
        maxLength: obligations.length,
      })
      .map((dues) => ({
        obligations: obligations.map((each, i) =>
          dues[i] === undefined ? each : { ...each, due: dues[i] },
        ),
      })),
  );
  const before = (a: Obligation, b: Obligation): boolean => {
    const [due, other] = [a.due ?? 10n, b.due ?? 10n];
    return due === other ? a.origin < b.origin : due < other;
  };
  holds(drawn, 400, (network) => {
    const result = setOff(network);
    const cleared = clearedOf(result);
    for (const a of network.obligations) {
      for (const b of network.obligations) {
        if (a.debtor !== b.debtor || a.creditor !== b.creditor || !before(a, b)) continue;
        const isLeft = cleared.get(a.origin)! < a.amount;
        assert.ok(!isLeft || cleared.get(b.origin) === 0n, `${b.origin} before ${a.origin}`);
      }
    }
  });
});

test('twice the amounts clear twice the total, and weights may be in any unit', () => {
  const drawn = fc.tuple(
    problems({ most: middle, amount: mixedAmount, weight: anyWeight }),
    fc.bigInt(2n, 1_000n),
  );
  holds(drawn, 400, ([problem, factor]) => {
    const value = valueOf(problem, solveProblem(problem));
    const amounts = problem.amounts.map((amount) => amount * factor);
    const larger = { ...problem, amounts };
    assert.equal(valueOf(larger, solveProblem(larger)), value * factor);
    const weights = problem.weights.map((weight) => weight * factor);
    const finer = { ...problem, weights };
    assert.equal(valueOf(problem, solveProblem(finer)), value);
  });
});

test('apart from each other, networks clear what they clear together', () => {
  holds(fc.tuple(networks(), networks()), 200, ([one, other]) => {
    const apart = withObligations(other, (each) => [
      {
        ...each,
        origin: `other ${each.origin}`,
        debtor: `other ${each.debtor}`,
        creditor: `other ${each.creditor}`,
      },
    ]);
    const both = { obligations: [...one.obligations, ...apart.obligations] };
    assert.equal(totalOf(both), totalOf(one) + totalOf(apart));
  });
});

test('amounts up to 2^53 − 1 in all are exact, and one more is refused', () => {
  const most = 2n ** 53n - 1n;
  const drawn = fc.array(fc.bigInt(1n, 2n ** 50n), { minLength: 3, maxLength: 8 });
  holds(drawn, 300, (drawnCaps) => {
    const caps = [...drawnCaps];
    const rest = most - caps.reduce((sum, cap) => sum + cap, 0n);
    if (rest < 1n) return;
    caps.push(rest);
    const loop = (amounts: readonly bigint[]) => ({
      participants: amounts.length,
      debtors: amounts.map((_, i) => i),
      creditors: amounts.map((_, i) => (i + 1) % amounts.length),
      amounts,
      weights: amounts.map(() => 1n),
    });
    const least = caps.reduce((least, cap) => (cap < least ? cap : least));
    const solution = solveProblem(loop(caps));
    assert.deepEqual(
      solution.cleared,
      caps.map(() => least),
    );
    assert.deepEqual(faultsOfSolution(loop(caps), solution), []);
    caps[0]! += 1n;
    assert.throws(() => solveProblem(loop(caps)), RangeError);
  });
});

/** u→v 10, v→u 4, u→x 4, x→v 4. */
const named: Problem = {
  participants: 3,
  debtors: [0, 1, 0, 2],
  creditors: [1, 0, 2, 1],
  amounts: [10n, 4n, 4n, 4n],
  weights: [1n, 1n, 1n, 1n],
};

test('clearing between two first, or loop by loop, is worse', () => {
  const total = (cleared: readonly bigint[]) => worth(named.weights, cleared);
  assert.equal(total(bilateral(named)), 8n);
  assert.equal(total(greedy(named)), 8n);
  assert.equal(setOff(networkOf(named)).total, 12n);

  const seen = { bilateral: 0, greedy: 0 };
  holds(problems({ most: middle, amount: mixedAmount, weight: one }), 200, (problem) => {
    const best = worth(problem.weights, solveProblem(problem).cleared);
    for (const [way, cleared] of Object.entries({
      bilateral: bilateral(problem),
      greedy: greedy(problem),
    })) {
      assert.ok(isFeasible(problem, cleared));
      const value = worth(problem.weights, cleared);
      assert.ok(value <= best);
      if (value < best) seen[way as keyof typeof seen] += 1;
    }
  });
  assert.ok(seen.bilateral > 100 && seen.greedy > 20, JSON.stringify(seen));
});

test('published examples', () => {
  const total = (...edges: readonly (readonly [string, string, bigint])[]) =>
    totalOf({
      obligations: edges.map(([debtor, creditor, amount], i) => ({
        origin: `${i}`,
        debtor,
        creditor,
        amount,
      })),
    });
  // cycles.money, "Algorithm Design 101"
  assert.equal(total(['A', 'B', 100n], ['B', 'C', 80n], ['C', 'A', 70n]), 210n);
  assert.equal(
    total(
      ['Alice', 'Bob', 100n],
      ['Bob', 'Eve', 70n],
      ['Eve', 'Alice', 100n],
      ['Charlie', 'Dave', 100n],
      ['Dave', 'Eve', 100n],
      ['Eve', 'Charlie', 70n],
      ['Bob', 'Charlie', 100n],
    ),
    570n,
  );
  // lowimpact.org
  assert.equal(total(['A', 'B', 5n], ['B', 'C', 10n], ['C', 'A', 20n]), 15n);
});

test('the example of docs/clearing.md: what is cleared, its prices, and what one more would be worth', () => {
  const [bakery, mill, farm, café] = ['Bakery', 'Mill', 'Farm', 'Café'] as const;
  const edges = [
    [bakery, mill, 10n, 2n, 0n],
    [mill, bakery, 4n, 4n, 2n],
    [bakery, farm, 6n, 5n, 0n],
    [farm, mill, 5n, 5n, 1n],
    [mill, café, 3n, 3n, 3n],
    [café, bakery, 7n, 3n, 0n],
  ] as const;
  const obligations = edges.map(([debtor, creditor, amount]) => ({
    origin: `${debtor} → ${creditor}`,
    debtor,
    creditor,
    amount,
  }));
  const result = setOff({ obligations });
  assert.equal(result.total, 22n);
  const cleared = clearedOf(result);
  assert.deepEqual(
    obligations.map(({ origin }) => cleared.get(origin)),
    edges.map((edge) => edge[3]),
  );
  // Only differences of prices count.
  const prices = new Map(result.prices);
  const lowest = prices.get(mill)!;
  assert.deepEqual(
    [café, bakery, farm, mill].map((who) => prices.get(who)! - lowest),
    [2n, 1n, 0n, 0n],
  );
  edges.forEach(([, , amount, , gain], at) => {
    const larger = obligations.map((each, i) =>
      i === at ? { ...each, amount: amount + 1n } : each,
    );
    assert.equal(setOff({ obligations: larger }).total, 22n + gain);
  });

  const { problem } = numberNetwork({ obligations });
  assert.equal(worth(problem.weights, bilateral(problem)), 8n);
  const left = problem.amounts.map((amount, i) => amount - bilateral(problem)[i]!);
  assert.equal(worth(problem.weights, solveProblem({ ...problem, amounts: left }).cleared), 12n);
});

test('priorities never cost total, and are served as far as any best total allows', () => {
  const drawn = networks(middle).chain((network) =>
    fc
      .array(fc.bigInt(0n, 6n), {
        minLength: network.obligations.length,
        maxLength: network.obligations.length,
      })
      .map((priorities) => ({ network, priorities })),
  );
  let mattered = 0;
  holds(drawn, 150, ({ network, priorities }) => {
    const plain = setOff(network);
    const ranked = withObligations(network, (each) => [
      { ...each, priority: priorities[network.obligations.indexOf(each)]! },
    ]);
    const result = setOff(ranked);
    assert.equal(result.total, plain.total);
    const { problem, edges } = numberNetwork(ranked);
    const rankOf = edges.map((edge) =>
      edge.kind === 'obligation' ? (edge.obligation.priority ?? 0n) : 0n,
    );
    const served = (of: Result) =>
      ranked.obligations.reduce(
        (sum, { origin, priority }) => sum + priority! * clearedOf(of).get(origin)!,
        0n,
      );
    const ones = rankOf.map(() => 1n);
    assert.equal(served(result), optimumByHighs(problem, rankOf, [[ones, plain.total]]));
    if (served(result) > served(plain)) mattered += 1;
  });
  assert.ok(mattered > 30, `${mattered} networks clear something else by priority`);
});

test('lines never cost total, serve it as far as they can, and are used as little as possible', () => {
  const drawn = networks(middle).chain((network) =>
    fc.record({
      network: fc.constant(network),
      lines: fc.uniqueArray(
        fc.record({
          origin: fc.string({ minLength: 1, maxLength: 6 }).map((text) => `line ${text}`),
          lender: fc.nat(9).map((who) => `p${who}`),
          borrower: fc.nat(9).map((who) => `p${who}`),
          limit: mixedAmount.map((amount) => amount + 1n),
        }),
        { selector: ({ origin }) => origin, maxLength: 8 },
      ),
    }),
  );
  const seen = { used: 0, helped: 0 };
  holds(drawn, 200, ({ network, lines: all }) => {
    const lines: Line[] = all.filter(({ lender, borrower }) => lender !== borrower);
    const without = setOff(network);
    const result = setOff({ ...network, lines });
    assert.ok(result.total >= without.total);
    const { problem, edges } = numberNetwork({ ...network, lines });
    const total = edges.map((edge) => (edge.kind === 'obligation' ? 1n : 0n));
    const use = total.map((of) => of - 1n);
    const most = optimumByHighs(problem, total);
    assert.equal(result.total, most);
    assert.equal(result.lent, -optimumByHighs(problem, use, [[total, most]]));
    for (const [origin, value] of result.drawn) {
      assert.ok(value <= lines.find((line) => line.origin === origin)!.limit);
    }
    if (result.lent > 0n) seen.used += 1;
    if (result.total > without.total) seen.helped += 1;
  });
  assert.ok(seen.used > 30 && seen.helped > 30, JSON.stringify(seen));
});

test('weight comes before priority and priority before lines, however small or long the loop', () => {
  const few = networks({ participants: 5, edges: 8 });
  const drawn = few.chain((network) =>
    fc.record({
      network: fc.constant(network),
      ranks: fc.array(
        fc.oneof(
          fc.record({ weight: fc.bigInt(1n, 3n) }),
          fc.record({ priority: fc.bigInt(0n, 3n) }),
        ),
        { minLength: network.obligations.length, maxLength: network.obligations.length },
      ),
      ends: fc.array(fc.tuple(fc.nat(4), fc.nat(4), fc.bigInt(1n, 9n)), { maxLength: 12 }),
    }),
  );
  const seen = { weight: 0, priority: 0 };
  holds(drawn, 700, ({ network, ranks, ends }) => {
    const ranked = {
      obligations: network.obligations.map((each, i) => ({ ...each, ...ranks[i] })),
      lines: ends
        .map(([u, v, limit], i) => ({
          ...{ origin: `line ${i}`, lender: `p${u}`, borrower: `p${v}` },
          limit,
        }))
        .filter(({ lender, borrower }) => lender !== borrower),
    };
    const { problem, edges } = numberNetwork(ranked);
    const of = (rank: 'weight' | 'priority', usual: bigint) =>
      edges.map((edge) => (edge.kind === 'line' ? 0n : (edge.obligation[rank] ?? usual)));
    const [weights, priorities] = [of('weight', 1n), of('priority', 0n)];
    const use = edges.map((edge) => (edge.kind === 'line' ? -1n : 0n));

    const { cleared } = solveProblem(problem);
    const most = optimumByHighs(problem, weights);
    assert.equal(worth(weights, cleared), most);
    const first = optimumByHighs(problem, priorities, [[weights, most]]);
    assert.equal(worth(priorities, cleared), first);
    const least = optimumByHighs(problem, use, [
      [weights, most],
      [priorities, first],
    ]);
    assert.equal(worth(use, cleared), least);
    if (least < 0n) seen[first > 0n ? 'priority' : 'weight'] += 1;
  });
  assert.ok(seen.weight > 10 && seen.priority > 30, JSON.stringify(seen));
});

test('one unit of priority is worth all lines that there may be in its loop', () => {
  for (let length = 1; length <= 6; length += 1) {
    const way = Array.from({ length: length - 1 }, (_, i) => `x${i}`);
    const stops = ['v', ...way, 'w'];
    const result = setOff({
      obligations: [
        { origin: 'a', debtor: 'u', creditor: 'v', amount: 1n, priority: 1n },
        { origin: 'b', debtor: 'u', creditor: 'w', amount: 1n },
        { origin: 'c', debtor: 'w', creditor: 'u', amount: 1n },
      ],
      // Each is drawn for a, and none would be for b.
      lines: stops.slice(1).map((borrower, i) => ({
        ...{ origin: `line ${i}`, lender: stops[i]!, borrower },
        limit: 1n,
      })),
    });
    assert.deepEqual(result.cleared, [
      ['a', 1n],
      ['b', 0n],
      ['c', 1n],
    ]);
    assert.equal(result.lent, BigInt(length));
  }
});

test('with lines, nobody owes or is owed more on balance than before', () => {
  const drawn = fc.tuple(networks(), fc.bigInt(1n, 1_000n));
  holds(drawn, 200, ([network, limit]) => {
    const lines = ['p0', 'p1', 'p2'].flatMap((who, i) => [
      { origin: `a${i}`, lender: 'foco', borrower: who, limit },
      { origin: `b${i}`, lender: who, borrower: 'foco', limit },
    ]);
    const result = setOff({ ...network, lines });
    const cleared = clearedOf(result);
    const change = new Map<string, bigint>();
    const move = (who: string, by: bigint) => change.set(who, (change.get(who) ?? 0n) + by);
    for (const { origin, debtor, creditor } of network.obligations) {
      move(debtor, cleared.get(origin)!);
      move(creditor, -cleared.get(origin)!);
    }
    for (const [origin, value] of result.drawn) {
      const { lender, borrower } = lines.find((line) => line.origin === origin)!;
      move(lender, value);
      move(borrower, -value);
    }
    assert.ok([...change.values()].every((value) => value === 0n));
  });
});

test('currencies never mix', () => {
  const drawn = fc.tuple(networks(), fc.array(fc.constantFrom('EUR', 'h', 'kg'), { minLength: 1 }));
  let lost = 0;
  holds(drawn, 200, ([network, units]) => {
    const obligations = network.obligations.map((each, i) => ({
      ...each,
      unit: units[i % units.length]!,
    }));
    const results = setOffAll({ obligations });
    let total = 0n;
    for (const [unit, result] of results) {
      const own = obligations.filter((each) => each.unit === unit);
      // The same participants, so only the unit keeps them apart.
      assert.deepEqual(result, setOff({ obligations: own.map(({ unit: _, ...each }) => each) }));
      total += result.total;
    }
    assert.deepEqual(
      results.map(([unit]) => unit),
      [...new Set(obligations.map(({ unit }) => unit))].sort(),
    );
    const mixed = totalOf(network);
    assert.ok(total <= mixed);
    if (total < mixed) lost += 1;
  });
  assert.ok(lost > 50, `${lost} networks would have cleared more`);
});
