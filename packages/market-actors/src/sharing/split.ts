/**
 * Dividing a whole number by weights, by largest remainder: everybody gets the whole part of what is due,
 * and what is left goes, one each, to those whose remainder is largest (SPEC M12; Hamilton's method).
 */

/**
 * The parts, in the order of the weights. They sum exactly to `value`, and each is less than 1 away from
 * what is due. Of equal remainders the earlier comes first.
 *
 * @param value - not negative
 * @param weights - not negative, and not all of them zero
 * @throws RangeError where nothing could be divided by these weights
 */
export const splitByWeight = (value: bigint, weights: readonly bigint[]): bigint[] => {
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  if (value < 0n || total <= 0n || weights.some((weight) => weight < 0n))
    throw new RangeError('Cannot divide: value and weights must not be negative, nor all zero');
  const parts = weights.map((weight) => (value * weight) / total);
  let left = value - parts.reduce((sum, part) => sum + part, 0n);
  const byRemainder = weights
    .map((weight, index) => ({ index, remainder: (value * weight) % total }))
    .sort((a, b) =>
      a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1,
    );
  for (const { index } of byRemainder) {
    if (left === 0n) break;
    parts[index]! += 1n;
    left -= 1n;
  }
  return parts;
};
