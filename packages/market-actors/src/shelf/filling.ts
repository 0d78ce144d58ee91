/**
 * Water-filling with ceilings, exact: a common level rises, and everybody gets as much as the level times
 * their weight, until they have all they may or the water is used up.
 *
 * With equal weights it is the uniform rule (Sprumont 1991), the only one for such a division that is
 * strategy-proof, efficient and treats equals alike. A level is a fraction, so what is given has a larger denominator
 * than what was asked: `scale` says by how much all numbers of the step grew.
 */

export type Filled = {
  /** Who gets how much, in the unit of what came in divided by `scale`. */
  readonly amounts: readonly bigint[];
  readonly scale: bigint;
};

/** Which of two fractions `a/b` is less; denominators are positive. */
const compare = (a: bigint, b: bigint, c: bigint, d: bigint): number => {
  const left = a * d;
  const right = c * b;
  return left < right ? -1 : left > right ? 1 : 0;
};

/**
 * @param water - what there is
 * @param ceilings - the most that each may get, in the same unit
 * @param weights - not negative; who has none gets nothing
 */
export const fill = (
  water: bigint,
  ceilings: readonly bigint[],
  weights: readonly bigint[],
): Filled => {
  const thirsty = ceilings.flatMap((ceiling, i) => (ceiling > 0n && weights[i]! > 0n ? [i] : []));
  // Whoever is full at the lowest level comes first.
  thirsty.sort((i, j) => compare(ceilings[i]!, weights[i]!, ceilings[j]!, weights[j]!));
  let left = water;
  let weight = thirsty.reduce((sum, i) => sum + weights[i]!, 0n);
  let full = 0;
  for (; full < thirsty.length; full += 1) {
    const i = thirsty[full]!;
    // Full where the level that is left for all would carry them over their ceiling.
    if (ceilings[i]! * weight > left * weights[i]!) break;
    left -= ceilings[i]!;
    weight -= weights[i]!;
  }
  const scale = full === thirsty.length ? 1n : weight;
  const amounts = ceilings.map(() => 0n);
  thirsty.forEach((i, place) => {
    amounts[i] = place < full ? ceilings[i]! * scale : left * weights[i]!;
  });
  return { amounts, scale };
};
