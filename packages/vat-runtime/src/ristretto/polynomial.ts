/**
 * Shares of a secret (Shamir 1979) and commitments to them (Feldman 1987), over the group's scalars.
 *
 * A share is the value of a polynomial at its holder's index; the secret is its value at 0.
 */
import { mulAddUnsafe, pippenger } from '@noble/curves/abstract/curve.js';
import { ristretto255 } from '@noble/curves/ed25519.js';
import { type Element, order } from './texts.ts';

const Point: (typeof ristretto255)['Point'] = ristretto255.Point;

/** @param coefficients - the constant term first */
export const valueAt = (coefficients: readonly bigint[], index: bigint): bigint => {
  let value = 0n;
  for (const coefficient of coefficients.toReversed()) {
    value = (value * index + coefficient) % order;
  }
  return value;
};

/** The same in the exponent: `valueAt(…)·G`, from the coefficients' commitments. All of it is public. */
export const committedAt = (commitments: readonly Element[], index: bigint): Element => {
  let value = commitments.at(-1)!;
  for (const commitment of commitments.slice(0, -1).toReversed()) {
    // The index is small, and so is what it costs.
    value = mulAddUnsafe(Point, [value], [index]).add(commitment);
  }
  return value;
};

/**
 * The weights with which values at these indices make the value at 0 (Lagrange).
 *
 * @param indices - each once
 */
export const weightsOf = (indices: readonly bigint[]): readonly bigint[] => {
  const { Fn } = Point;
  return indices.map((index) => {
    let above = 1n;
    let below = 1n;
    for (const other of indices) {
      if (other === index) continue;
      above = Fn.mul(above, other);
      below = Fn.mul(below, Fn.sub(other, index));
    }
    return Fn.mul(above, Fn.inv(below));
  });
};

/** `Σ weight·element`, of what is public. */
export const weightedSum = (elements: readonly Element[], weights: readonly bigint[]): Element =>
  elements.length > 32
    ? pippenger(Point, [...elements], [...weights])
    : mulAddUnsafe(Point, [...elements], [...weights]);
