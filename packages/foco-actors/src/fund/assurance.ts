/**
 * Pools with assurance (SPEC F2): which of the targets a pool reaches, and what each pledger pays. Pure.
 *
 * A target is reached whole or not at all. What is taken is exactly the highest target that is reached, so
 * nobody pays for one that is not, and nobody pays more than they pledged.
 */
import { divide } from './divide.ts';

export type Pledge = {
  readonly value: bigint;
  /** “At most one `k`th of the total”; 0 where the pledger set no such cap. */
  readonly k: bigint;
};
export type Reached = {
  /** How many of the targets, from the first on. */
  readonly targets: number;
  readonly total: bigint;
  /** What each pays, in the order of the pledges. */
  readonly parts: readonly bigint[];
};

/** The most that somebody pays where so much is taken in all. */
const mostOf = ({ value, k }: Pledge, total: bigint, step: bigint): bigint => {
  if (k === 0n) return value;
  const cap = total / k;
  const inSteps = cap - (cap % step);
  return inSteps < value ? inSteps : value;
};

/**
 * The targets are looked at in their order, once, until one is not reached: with so much in all nobody pays
 * more than their pledge or their cap, and together they can pay all of it.
 *
 * @param targets - rising
 * @param least - at least so many have to pay something
 * @returns undefined where not even the first is reached
 */
export const reachedBy = (
  targets: readonly bigint[],
  pledges: readonly Pledge[],
  least: bigint,
  step = 1n,
): Reached | undefined => {
  let reached: Reached | undefined;
  for (const [index, total] of targets.entries()) {
    const most = pledges.map((pledge) => mostOf(pledge, total, step));
    if (most.reduce((sum, one) => sum + one, 0n) < total) break;
    // Each part is at most what it is weighed by, since the weights sum to at least the whole.
    const parts = divide(total, most, step);
    if (BigInt(parts.filter((part) => part > 0n).length) < least) break;
    reached = { targets: index + 1, total, parts };
  }
  return reached;
};
