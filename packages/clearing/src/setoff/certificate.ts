/**
 * The certificate: a price for each participant, by which anybody checks that nothing better exists.
 *
 * Let p(u) and p(v) be the prices of the ends of an edge from u to v, of weight w. What is cleared of it
 * (partly or whole) has to be worth it, w ≥ p(u) − p(v); of what is left (partly or whole) no more may be
 * worth it, w ≤ p(u) − p(v). Around any loop the differences of prices sum to zero, so no change of what is
 * cleared gains weight: complementary slackness. Nobody needs more than its own edges and the
 * prices of their other ends, and where everybody's edges hold, the whole is optimal.
 *
 * Linear time, and fit for vats: whole numbers of any size, and no typed arrays.
 */
import { checkProblem } from './problem.ts';
import type { OwnRow, Problem, Solution } from './types.ts';

/** So many faults are told one by one. */
const maxTold = 100;

/** Keeps a list of faults from growing as long as what is checked. */
export const makeFaults = (): {
  readonly add: (fault: string) => void;
  readonly list: () => string[];
} => {
  const told: string[] = [];
  let more = 0;
  return {
    add(fault) {
      if (told.length < maxTold) told.push(fault);
      else more += 1;
    },
    list: () => (more === 0 ? told : [...told, `and ${more} more`]),
  };
};

/** @param cost - p(u) − p(v) */
export const pricesFault = (
  name: string,
  cleared: bigint | number,
  max: bigint | number,
  weight: bigint | number,
  cost: bigint | number,
): string | undefined => {
  if (cleared > 0 && weight < cost) {
    return `${name} clears ${cleared} of ${max}, though its weight ${weight} is below the difference ${cost} of its ends' prices: clearing less is worth more`;
  }
  if (cleared < max && weight > cost) {
    return `${name} clears ${cleared} of ${max}, though its weight ${weight} is above the difference ${cost} of its ends' prices: clearing more is worth more`;
  }
  return undefined;
};

export const boundsFault = (
  name: string,
  cleared: bigint | number,
  max: bigint | number,
): string | undefined => {
  if (cleared < 0) return `${name} clears ${cleared}, below zero`;
  if (cleared > max) return `${name} clears ${cleared}, more than its ${max}`;
  return undefined;
};

/** Whether it is an array of so many bigints: what a solver answers may be anything. */
const columnFault = (column: unknown, length: number, name: string): string | undefined => {
  if (!Array.isArray(column)) return `the ${name} are no array`;
  if (column.length !== length) return `there are ${column.length} ${name}, not ${length}`;
  const at = column.findIndex((value) => typeof value !== 'bigint');
  return at === -1 ? undefined : `of the ${name}, number ${at} is no bigint`;
};

/**
 * What is wrong with a solution, each as a sentence that says what and where. Empty: it is feasible, and
 * no other is worth more.
 *
 * @param solution - from anybody; whatever it is, this answers
 * @throws TypeError, RangeError where the problem itself is malformed
 */
export const faultsOfSolution = (problem: Problem, solution: Solution): string[] => {
  checkProblem('check', problem);
  const { participants, debtors, creditors, amounts, weights } = problem;
  // Read once: what is checked is what was there.
  const { cleared, prices } = Object(solution) as Solution;
  const malformed = [
    columnFault(cleared, debtors.length, 'cleared values'),
    columnFault(prices, participants, 'prices'),
  ].filter((fault) => fault !== undefined);
  if (malformed.length > 0) return malformed;

  const faults = makeFaults();
  const balance: bigint[] = Array(participants).fill(0n);
  for (let edge = 0; edge < debtors.length; edge += 1) {
    const value = cleared[edge]!;
    const max = amounts[edge]!;
    const u = debtors[edge]!;
    const v = creditors[edge]!;
    const cost = prices[u]! - prices[v]!;
    const weight = weights[edge]!;
    // Nearly all hold; a name is only made for those that do not.
    if (value < 0n || value > max || (value > 0n && weight < cost)) {
      const name = `edge ${edge}, from ${u} to ${v},`;
      faults.add(boundsFault(name, value, max) ?? pricesFault(name, value, max, weight, cost)!);
    } else if (value < max && weight > cost) {
      faults.add(pricesFault(`edge ${edge}, from ${u} to ${v},`, value, max, weight, cost)!);
    }
    if (value === 0n) continue;
    balance[u]! -= value;
    balance[v]! += value;
  }
  balance.forEach((sum, participant) => {
    if (sum > 0n)
      faults.add(`participant ${participant} loses ${sum} more of claims than of debts`);
    if (sum < 0n)
      faults.add(`participant ${participant} loses ${-sum} more of debts than of claims`);
  });
  return faults.list();
};

/**
 * What is wrong with the rows of one participant, by these alone: that each keeps to what was lodged,
 * that prices allow it, and that as much is cleared of what the participant owes as of what it is
 * owed. Whether its neighbours were told the same is for the neighbours.
 */
export const faultsOfRows = (rows: readonly OwnRow[]): string[] => {
  const faults = makeFaults();
  const edges = new Set<number>();
  let balance = 0n;
  const own = rows[0]?.own;
  for (const row of rows) {
    const { edge, end, max, cleared, weight, other, kind } = row;
    const name = `edge ${edge}`;
    if (edges.has(edge)) faults.add(`${name} stands twice`);
    edges.add(edge);
    if (row.own !== own) faults.add(`${name} says ${row.own} for the own price, not ${own}`);
    if (kind === 'obligation' && weight <= 0n)
      faults.add(`${name} has weight ${weight}, not above zero`);
    if (kind === 'line' && weight >= 0n) faults.add(`${name} has weight ${weight}, not below zero`);
    const bounds = boundsFault(name, cleared, max);
    if (bounds !== undefined) faults.add(bounds);
    const cost = end === 'from' ? row.own - other : other - row.own;
    const prices = pricesFault(name, cleared, max, weight, cost);
    if (prices !== undefined) faults.add(prices);
    balance += end === 'from' ? -cleared : cleared;
  }
  if (balance > 0n)
    faults.add(`${balance} more is cleared of what is owed to you than of what you owe`);
  if (balance < 0n)
    faults.add(`${-balance} more is cleared of what you owe than of what is owed to you`);
  return faults.list();
};
