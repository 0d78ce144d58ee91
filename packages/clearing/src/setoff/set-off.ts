/** A whole set-off: names in, names out. Not for vats, unless the solving is done elsewhere. */
import { shown } from './limits.ts';
import { faultsOfSolution } from './certificate.ts';
import type { Control } from './circulation.ts';
import { numberNetwork } from './network.ts';
import { solveProblem } from './solve.ts';
import type { Line, Network, Numbered, Obligation, Result, Rule, Solution } from './types.ts';

export const rule: Rule = 'setoff/1';

const byFirst = (a: readonly [string, bigint], b: readonly [string, bigint]): number =>
  a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0;

type Pair = readonly [string, bigint];

const sorted = (pairs: Pair[]): readonly Pair[] => Object.freeze(pairs.sort(byFirst));

const sum = (pairs: readonly Pair[]): bigint => {
  let total = 0n;
  for (const [, value] of pairs) total += value;
  return total;
};

/**
 * A solution in the words of the network, whoever found it.
 * @throws Error where the solution is not feasible or not optimal: see `faultsOfSolution`
 */
export const resultOf = (
  { problem, participants, edges }: Numbered,
  solution: Solution,
): Result => {
  const [fault, ...others] = faultsOfSolution(problem, solution);
  if (fault !== undefined) {
    throw Error(
      `Cannot use a solution: ${fault}${others.length === 0 ? '' : `; and ${others.length} more faults`}`,
    );
  }
  const cleared: Pair[] = [];
  const drawn: Pair[] = [];
  edges.forEach((edge, i) => {
    const value = solution.cleared[i]!;
    if (edge.kind === 'line') drawn.push(Object.freeze([edge.line.origin, value] as const));
    else cleared.push(Object.freeze([edge.obligation.origin, value] as const));
  });
  return Object.freeze({
    rule,
    total: sum(cleared),
    lent: sum(drawn),
    cleared: sorted(cleared),
    drawn: sorted(drawn),
    prices: Object.freeze(
      participants.map((name, i) => Object.freeze([name, solution.prices[i]!] as const)),
    ),
  });
};

/**
 * Sets off a network: no net position changes, and nothing better exists. In this order: as much as
 * possible is cleared (by weight, where weights are given), then what has priority, then as little
 * as possible is drawn of lines. To solve it elsewhere, see `numberNetwork` and `resultOf`.
 *
 * @throws RangeError as `numberNetwork` and `solveProblem`; CancelledError
 */
export const setOff = (network: Network, control?: Control): Result => {
  const numbered = numberNetwork(network);
  return resultOf(numbered, solveProblem(numbered.problem, control));
};

type InUnit<T> = T & { readonly unit: string };

/** Obligations and lines of several currencies, apart from each other, in the order of their units. */
export const networksByUnit = (all: {
  readonly obligations: readonly InUnit<Obligation>[];
  readonly lines?: readonly InUnit<Line>[];
}): readonly (readonly [unit: string, network: Network])[] => {
  const units = new Map<string, { obligations: Obligation[]; lines: Line[] }>();
  const origins = new Set<string>();
  const networkFor = ({ unit, origin }: InUnit<Obligation | Line>) => {
    if (typeof unit !== 'string' || unit === '') {
      throw RangeError(`Cannot set off: ${shown(origin)} has no unit`);
    }
    if (origins.has(origin)) {
      throw RangeError(`Cannot set off: two edges have the origin ${shown(origin)}`);
    }
    origins.add(origin);
    const known = units.get(unit) ?? { obligations: [], lines: [] };
    units.set(unit, known);
    return known;
  };
  for (const obligation of all.obligations) networkFor(obligation).obligations.push(obligation);
  for (const line of all.lines ?? []) networkFor(line).lines.push(line);
  return [...units.keys()].sort().map((unit) => [unit, units.get(unit)!] as const);
};

/** Sets off several currencies, each alone: they never mix. @returns in the order of their units */
export const setOffAll = (
  all: Parameters<typeof networksByUnit>[0],
  control: Control = {},
): readonly (readonly [unit: string, result: Result])[] => {
  const networks = networksByUnit(all);
  const sizeOf = ({ obligations, lines = [] }: Network) => obligations.length + lines.length;
  const size = networks.reduce((so, [, network]) => so + sizeOf(network), 0);
  let before = 0;
  return Object.freeze(
    networks.map(([unit, network]) => {
      const from = before;
      before += sizeOf(network);
      const progress = (done: number) => control.progress?.((from + done * (before - from)) / size);
      return Object.freeze([unit, setOff(network, { ...control, progress })] as const);
    }),
  );
};
