/** What the numbers of the rule may be. A charter has bounds of its own, within these. */
import { limitNames } from './names.ts';
import type { LimitInput, LimitName, LimitParams } from './types.ts';

/** The reliability of somebody of whom nothing is known, the worst and the best, per mille (SPEC 7.1). */
export const firstReliability = 600n;
export const worstReliability = 300n;
export const bestReliability = 1000n;

/** Far more than any market will see, and few enough digits to keep every product short. */
export const mostValue = 1_000_000_000_000n;

const bounds: { readonly [name in LimitName]: readonly [least: bigint, most: bigint] } = {
  baseLimit: [0n, mostValue],
  kappa: [0n, mostValue],
  kappaPair: [0n, mostValue],
  appreciations: [0n, 1_000n],
  perEpochCap: [0n, mostValue],
  // With h = 0 nobody's limit would depend on activity, and 0/0 would have to mean something.
  halfActivity: [1n, mostValue],
  beta: [0n, 10_000n],
  limitCap: [0n, mostValue],
  chi: [0n, 1_000n],
  gamma: [0n, 100_000n],
  minimumCeiling: [0n, mostValue],
  window: [1n, 104n],
};

const isWithin = (value: unknown, least: bigint, most: bigint): boolean =>
  typeof value === 'bigint' && value >= least && value <= most;

/** @throws RangeError for a number that is missing or out of bounds */
export const assertParams = (params: LimitParams): void => {
  for (const name of limitNames) {
    const [least, most] = bounds[name];
    if (!isWithin(params[name], least, most))
      throw new RangeError(`Cannot apply limits: "${name}" is not from ${least} to ${most}`);
  }
};

/** @throws RangeError */
export const assertInput = ({ counted, reliability }: LimitInput): void => {
  if (!isWithin(reliability, worstReliability, bestReliability))
    throw new RangeError('Cannot apply limits: a reliability is out of bounds');
  const seen = new Set<bigint>();
  for (const { ago, sold, spent } of counted) {
    if (!isWithin(ago, 0n, mostValue) || seen.has(ago))
      throw new RangeError('Cannot apply limits: epochs are not apart or lie ahead');
    if (!isWithin(sold, 0n, mostValue) || !isWithin(spent, 0n, mostValue))
      throw new RangeError('Cannot apply limits: a counted value is out of bounds');
    seen.add(ago);
  }
};
