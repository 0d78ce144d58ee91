/**
 * Dividing by largest remainder (SPEC F1, 7.8; Hamilton's method): everybody gets the whole part of what is
 * due, and what is left goes, one each, to those whose remainder is largest. So parts always sum exactly. Pure.
 */

const sumOf = (values: readonly bigint[]): bigint => values.reduce((sum, one) => sum + one, 0n);

/**
 * The parts, in the order of the weights. Each is less than one step away from what is due; of equal
 * remainders the earlier comes first.
 *
 * @param value - not negative, a multiple of `step`
 * @param weights - not negative, and not all of them zero
 * @param step - of the kind of value: each part is a multiple of it
 * @throws RangeError where nothing could be divided by these weights
 */
export const divide = (value: bigint, weights: readonly bigint[], step = 1n): readonly bigint[] => {
  const total = sumOf(weights);
  if (value < 0n || value % step !== 0n || total <= 0n || weights.some((one) => one < 0n))
    throw new RangeError(
      'Cannot divide: the value must be in steps, and weights not negative, nor all zero',
    );
  const units = value / step;
  const parts = weights.map((weight) => (units * weight) / total);
  let left = units - sumOf(parts);
  const byRemainder = weights
    .map((weight, index) => ({ index, remainder: (units * weight) % total }))
    .filter(({ remainder }) => remainder > 0n)
    .sort((a, b) =>
      a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1,
    );
  for (const { index } of byRemainder) {
    if (left === 0n) break;
    parts[index]! += 1n;
    left -= 1n;
  }
  return parts.map((part) => part * step);
};

/** By what surplus is divided, and how much each counts: the charter's numbers, in any proportion. */
export type InflowRule = {
  readonly equal: bigint;
  readonly contribution: bigint;
  readonly hours: bigint;
  readonly patronage: bigint;
};
/** What of one participant counts. `equal` is 1 for whoever takes part, 0 for whoever does not. */
export type Counted = InflowRule;

const measures = ['equal', 'contribution', 'hours', 'patronage'] as const;

/**
 * The weight of each participant by a mix of measures: each measure has its proportion of the whole, and
 * divides that by itself. A measure of which nobody has anything leaves its part to the others.
 *
 * All weights stand over one common denominator, so one division by largest remainder is exact.
 *
 * @returns undefined where nobody has a weight
 */
export const mixedWeights = (
  rule: InflowRule,
  counted: readonly Counted[],
): readonly bigint[] | undefined => {
  const used = measures
    .map((measure) => ({
      measure,
      proportion: rule[measure],
      total: counted.reduce((sum, one) => sum + one[measure], 0n),
    }))
    .filter(({ proportion, total }) => proportion > 0n && total > 0n);
  if (used.length === 0) return undefined;
  const common = used.reduce((product, { total }) => product * total, 1n);
  const factors = used.map(({ measure, proportion, total }) => ({
    measure,
    factor: (proportion * common) / total,
  }));
  return counted.map((one) =>
    factors.reduce((sum, { measure, factor }) => sum + one[measure] * factor, 0n),
  );
};
