/**
 * Other ways to the same answers, slow and written apart from the solver: they share no code with it,
 * so a mistake would have to be made twice.
 */
import loadHighs from 'highs';
import type { Problem, Solution } from '@pocas/clearing/setoff';

export type Objective = readonly bigint[];

const sumOf = (values: Iterable<bigint>): bigint => {
  let sum = 0n;
  for (const value of values) sum += value;
  return sum;
};

/** What `cleared` is worth by the given weights. */
export const worth = (weights: Objective, cleared: readonly bigint[]): bigint =>
  sumOf(cleared.map((value, i) => value * weights[i]!));

/** For each participant, what is cleared of what it owes, less what is cleared of what it is owed. */
const imbalances = ({ participants, debtors, creditors }: Problem, cleared: readonly bigint[]) => {
  const balance = Array.from({ length: participants }, () => 0n);
  cleared.forEach((value, i) => {
    balance[debtors[i]!]! += value;
    balance[creditors[i]!]! -= value;
  });
  return balance;
};

/** Whether it is a circulation within bounds. */
export const isFeasible = (problem: Problem, cleared: readonly bigint[]): boolean =>
  cleared.length === problem.amounts.length &&
  cleared.every((value, i) => value >= 0n && value <= problem.amounts[i]!) &&
  imbalances(problem, cleared).every((balance) => balance === 0n);

/** Whether it is feasible and its prices prove that nothing is worth more: complementary slackness. */
export const isProved = (problem: Problem, { cleared, prices }: Solution): boolean =>
  isFeasible(problem, cleared) &&
  prices.length === problem.participants &&
  cleared.every((value, i) => {
    const reduced =
      problem.weights[i]! - prices[problem.debtors[i]!]! + prices[problem.creditors[i]!]!;
    return (value === 0n || reduced >= 0n) && (value === problem.amounts[i]! || reduced <= 0n);
  });

/** The greatest worth of any circulation, by trying all. For a few edges of a few units. */
export const optimumByTrying = (problem: Problem): bigint => {
  const { participants, debtors, creditors, amounts, weights } = problem;
  const balance = Array.from({ length: participants }, () => 0n);
  let best = 0n;
  const tryFrom = (edge: number, value: bigint): void => {
    if (edge === amounts.length) {
      if (value > best && balance.every((each) => each === 0n)) best = value;
      return;
    }
    const [u, v] = [debtors[edge]!, creditors[edge]!];
    for (let flow = 0n; flow <= amounts[edge]!; flow += 1n) {
      balance[u]! += flow;
      balance[v]! -= flow;
      tryFrom(edge + 1, value + flow * weights[edge]!);
      balance[u]! -= flow;
      balance[v]! += flow;
    }
  };
  tryFrom(0, 0n);
  return best;
};

// Its types describe the CommonJS module, where this is a property; the one imported is the function.
const highs = await (loadHighs as unknown as typeof loadHighs.default)();

/**
 * By HiGHS, as a linear programme. Its numbers are doubles and its simplex is as exact as those are:
 * keep sums of amount times weight below 10^12.
 * @param floors - other objectives that must reach at least so much
 * @returns the greatest value of `objective`
 */
export const optimumByHighs = (
  problem: Problem,
  objective: Objective = problem.weights,
  floors: readonly (readonly [Objective, bigint])[] = [],
): bigint => {
  const { participants, debtors, creditors, amounts } = problem;
  const edges = amounts.length;
  if (edges === 0) return 0n;
  const rows = participants + floors.length;
  const starts = [0];
  const indices: number[] = [];
  const values: number[] = [];
  for (let i = 0; i < edges; i += 1) {
    // An edge from a participant to itself changes no balance.
    if (debtors[i] !== creditors[i]) {
      indices.push(debtors[i]!, creditors[i]!);
      values.push(1, -1);
    }
    floors.forEach(([weights], k) => {
      if (weights[i] === 0n) return;
      indices.push(participants + k);
      values.push(Number(weights[i]));
    });
    starts.push(indices.length);
  }
  const balanced = Array.from({ length: participants }, () => 0);
  const model = highs.createModel({
    numCols: edges,
    numRows: rows,
    sense: highs.constants.objectiveSense.maximize,
    colCost: objective.map(Number),
    colLower: amounts.map(() => 0),
    colUpper: amounts.map(Number),
    rowLower: [...balanced, ...floors.map(([, least]) => Number(least))],
    rowUpper: [...balanced, ...floors.map(() => Infinity)],
    matrix: { format: 'csc', numRows: rows, numCols: edges, starts, indices, values },
  });
  try {
    model.options.set('output_flag', false);
    model.run();
    const status = model.getModelStatus();
    if (status !== highs.constants.modelStatus.optimal) {
      throw new Error(`HiGHS found no optimum: status ${status}`);
    }
    const cleared = Array.from(model.getSolution().colValue, (value) => BigInt(Math.round(value)));
    if (!isFeasible(problem, cleared)) throw new Error('HiGHS gave a solution that is not whole');
    return worth(objective, cleared);
  } finally {
    model.dispose();
  }
};

/** Whether a loop of edges is left in which each has something left. */
export const hasLoop = (problem: Problem, cleared: readonly bigint[]): boolean => {
  const { participants, debtors, creditors, amounts } = problem;
  const isLeft = amounts.map((amount, i) => amount > cleared[i]!);
  const isGone = Array.from({ length: participants }, () => false);
  // Whoever owes nothing more is in no loop, and neither is a debt to it.
  for (let found = true; found;) {
    found = false;
    for (let who = 0; who < participants; who += 1) {
      if (isGone[who] || isLeft.some((left, i) => left && debtors[i] === who)) continue;
      isGone[who] = true;
      found = true;
      isLeft.forEach((left, i) => {
        if (left && creditors[i] === who) isLeft[i] = false;
      });
    }
  }
  return isGone.some((gone) => !gone);
};

/** Clears what two owe each other, pair by pair, and nothing else. */
export const bilateral = ({ debtors, creditors, amounts }: Problem): bigint[] => {
  const cleared = amounts.map(() => 0n);
  amounts.forEach((_, i) => {
    amounts.forEach((_, j) => {
      if (debtors[i] !== creditors[j] || creditors[i] !== debtors[j]) return;
      const [left, other] = [amounts[i]! - cleared[i]!, amounts[j]! - cleared[j]!];
      const value = left < other ? left : other;
      if (i === j) return;
      cleared[i]! += value;
      cleared[j]! += value;
    });
  });
  return cleared;
};

/** Clears loops as it comes to them, the shortest first from each participant, until none is left. */
export const greedy = (problem: Problem): bigint[] => {
  const { participants, debtors, creditors, amounts } = problem;
  const cleared = amounts.map(() => 0n);
  /** The edges of a shortest loop through `who`, by breadth. */
  const loopThrough = (who: number): number[] | undefined => {
    const by = new Map<number, number>();
    const queue = [who];
    for (const at of queue) {
      for (let i = 0; i < amounts.length; i += 1) {
        if (debtors[i] !== at || cleared[i] === amounts[i] || by.has(creditors[i]!)) continue;
        by.set(creditors[i]!, i);
        if (creditors[i] !== who) queue.push(creditors[i]!);
      }
    }
    if (!by.has(who)) return undefined;
    const loop = [by.get(who)!];
    while (debtors[loop.at(-1)!] !== who) loop.push(by.get(debtors[loop.at(-1)!]!)!);
    return loop;
  };
  for (let who = 0; who < participants; who += 1) {
    for (let loop = loopThrough(who); loop !== undefined; loop = loopThrough(who)) {
      const least = loop
        .map((i) => amounts[i]! - cleared[i]!)
        .reduce((least, left) => (left < least ? left : least));
      for (const i of loop) cleared[i]! += least;
    }
  }
  return cleared;
};
