/** A node's own word about where it is. By itself: a page reads such words and gives none. */
import harden from '@endo/harden';
import { toBase64Url } from './base-encoding.ts';
import type { Signer } from './designator.ts';
import { type SignedLocations, isLocations, statementOf } from './signed-locations.ts';

/** @param signedAt - whole milliseconds since 1970 */
export const signLocations = (
  { designator, sign }: Signer,
  locations: readonly string[],
  signedAt: number,
): SignedLocations => {
  if (!isLocations(locations)) {
    throw TypeError('Cannot sign locations: one is malformed, or there are too many');
  }
  if (!Number.isSafeInteger(signedAt) || signedAt < 0) {
    throw RangeError('Cannot sign locations: the time is not a number of milliseconds since 1970');
  }
  return harden({
    designator,
    locations: [...locations],
    signedAt,
    signature: toBase64Url(sign(statementOf(designator, locations, signedAt))),
  });
};
harden(signLocations);
