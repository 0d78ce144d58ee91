/** What is announced of a round. */
import { hashOfText } from '../obligation/terms.ts';
import type { RoundParams } from './facets.ts';
import type { RoundTerms } from './types.ts';

const defaultPasses = 3;

const requireThat = (holds: boolean, what: string): void => {
  if (!holds) throw RangeError(`Cannot announce a round: ${what}`);
};

/**
 * @param solvers - how many there are
 * @throws RangeError where these are no terms anybody could keep
 */
export const termsOf = (params: RoundParams, solvers: number): RoundTerms => {
  const { title, unit, lodging, patience, maxPasses = defaultPasses, seed } = params;
  const waits = BigInt(2 * maxPasses + 1);
  const { lock = (waits + 1n) * patience } = params;
  requireThat(solvers > 0, 'it has no solver');
  requireThat(title !== '' && title.length <= 200, 'its title has to have 1 to 200 characters');
  requireThat(unit !== '' && unit.length <= 100, 'its unit has to have 1 to 100 characters');
  requireThat(lodging > 0n, 'lodging has to take a while, in milliseconds');
  requireThat(patience > 0n, 'its patience has to be some milliseconds');
  requireThat(
    Number.isInteger(maxPasses) && maxPasses >= 1 && maxPasses <= 3,
    'it takes 1 to 3 passes',
  );
  // For the freeze, and for each pass a solution and the votes.
  requireThat(lock >= waits * patience, `its locks have to last ${waits} times its patience`);
  requireThat(seed.length >= 32 && seed.length <= 200, 'its seed has to have 32 to 200 characters');
  return {
    tag: hashOfText(`pocas clearing round\n${seed}`),
    title,
    unit,
    lodging,
    patience,
    lock,
    maxPasses,
  };
};
