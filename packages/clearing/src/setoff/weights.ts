/** What clearing one unit of an edge is worth, so that total, priority and lines are weighed in that order. Fit for vats. */
import { componentsOf } from './debt-components.ts';
import { maxExact, tooLarge } from './limits.ts';
import { checkDebts } from './problem.ts';
import type { Debts } from './types.ts';

/** What is said of an edge, where a network says it. */
export type Rank =
  | { readonly kind: 'line' }
  | { readonly kind: 'obligation'; readonly weight?: bigint; readonly priority?: bigint };

/** What there is in one component. */
type Span = {
  /** Participants. */
  size: bigint;
  maxPriority: bigint;
  hasLines: boolean;
  /** Whether all obligations have weight 1. */
  isPlain: boolean;
};

/** One unit of total is worth `total`, one of priority `priority`, and one of a line costs 1. */
type Factors = { readonly total: bigint; readonly priority: bigint };

const factorsOf = ({ size, maxPriority, hasLines, isPlain }: Span): Factors => {
  const rest = size - 1n;
  const priority = hasLines && rest > 1n ? rest : 1n;
  const lost = maxPriority * priority;
  if (!isPlain) {
    const each = lost === 0n && hasLines ? 1n : lost;
    return { total: each * rest + 1n, priority };
  }
  const twice = lost < 2n && hasLines ? 2n : lost;
  return { total: (twice * rest) / 2n + 1n, priority };
};

const spansOf = (
  { debtors, creditors, amounts }: Debts,
  component: readonly number[],
  ranks: readonly Rank[],
): Span[] => {
  const spans: Span[] = [];
  for (const number of component) {
    const span = (spans[number] ??= { size: 0n, maxPriority: 0n, hasLines: false, isPlain: true });
    span.size += 1n;
  }
  for (let edge = 0; edge < ranks.length; edge += 1) {
    const within = component[debtors[edge]!]!;
    if (within !== component[creditors[edge]!] || amounts[edge] === 0n) continue;
    const rank = ranks[edge]!;
    const span = spans[within]!;
    if (rank.kind === 'line') span.hasLines = true;
    else {
      const { weight = 1n, priority = 0n } = rank;
      if (weight !== 1n) span.isPlain = false;
      if (priority > span.maxPriority) span.maxPriority = priority;
    }
  }
  return spans;
};

/**
 * Weights whose greatest sum is, lexicographically: the greatest Σ weight · cleared over obligations
 * (with weights of 1: the greatest total), then the greatest Σ priority · cleared, then the least Σ drawn
 * of lines. An obligation of weight w and priority q weighs `A·w + B·q`, a line `−1`, with factors A and B
 * that are as small as its component allows:
 *
 * Let f be a circulation of greatest combined weight, and g one that is lexicographically better.
 * g − f is a sum of simple cycles of f's residual graph, each within one component, over at most s
 * participants where it has s; so each has at most s edges. Along such a cycle of one unit let T, Q
 * and L be what it changes of Σ weight, Σ priority and Σ drawn. None of them gains in combined weight,
 * as f is the greatest: A·T + B·Q − L ≤ 0. We show that then none has (T, Q, −L) above zero, so their sum,
 * by which g is better, is not above zero either: a contradiction.
 *
 * - T ≥ 1. Then an obligation is cleared more, and at most s − 1 other edges are of use against it:
 *   y obligations cleared less, which lose up to P = max priority each, and l lines drawn more, so
 *   B·Q − L ≥ −(P·B·y + l) ≥ −max(P·B, 1)·(s − 1). Where all weights are 1, at least y + 1 obligations
 *   are cleared more, so 2y + 1 + l ≤ s and half of it does for P·B. With A one above, A·T + B·Q − L > 0.
 * - T = 0, Q ≥ 1. Then one obligation is cleared more and one less, since weights are above zero, and
 *   l ≤ s − 2. With B = max(1, s − 1), B·Q − L > 0.
 * - T = 0, Q = 0, L ≤ −1: −L > 0.
 *
 * And if all are at most zero lexicographically, so is their sum. Without lines (l = 0) 1 is enough for
 * B; without priorities and lines, for A. An edge between components is never cleared; its own weight stands.
 *
 * @param ranks - for each edge; a line's edge goes from lender to borrower
 * @throws RangeError where a weight is not above zero, a priority below, or a result passes 2^53 − 1
 */
export const weightsOf = (debts: Debts, ranks: readonly Rank[]): bigint[] => {
  checkDebts('weigh', debts);
  const { debtors, creditors } = debts;
  if (ranks.length !== debtors.length) {
    throw RangeError(`Cannot weigh: there are ${debtors.length} edges and ${ranks.length} ranks`);
  }
  ranks.forEach((rank, edge) => {
    if (rank.kind === 'line') return;
    const { weight = 1n, priority = 0n } = rank;
    if (weight > 0n && priority >= 0n) return;
    throw RangeError(
      `Cannot weigh: edge ${edge} has weight ${weight} and priority ${priority}; the one is to be above zero and the other not below`,
    );
  });
  const component = componentsOf(debts);
  const spans = spansOf(debts, component, ranks);
  const factors = spans.map(factorsOf);
  return ranks.map((rank, edge) => {
    if (rank.kind === 'line') return -1n;
    const { weight = 1n, priority = 0n } = rank;
    const within = component[debtors[edge]!]!;
    if (within !== component[creditors[edge]!]) return weight;
    const factor = factors[within]!;
    const value = factor.total * weight + factor.priority * priority;
    if (value > maxExact) {
      const { size, maxPriority } = spans[within]!;
      throw tooLarge(
        'weigh',
        `among ${size} participants who owe each other in loops, weights and priorities up to ${maxPriority} make edge ${edge} weigh`,
        value,
      );
    }
    return value;
  });
};
