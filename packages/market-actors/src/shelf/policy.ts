/** What is policy in a shelf, and its values at first (SPEC 7.4). */
import type { ShelfPolicyName } from './types.ts';

const day = 86_400_000n;

export const firstValues: { readonly [name in ShelfPolicyName]: bigint } = {
  base: 1n,
  reserve: 200n,
  newcomerCap: 4n,
  newcomerEpochs: 4n,
  vouches: 2n,
  grace: 3n * day,
  emergencyGrace: day,
  window: 12n,
  reportCap: 30n,
  epochCap: 60n,
  root: 0n,
};
