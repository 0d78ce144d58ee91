/** What is known of where another node is, and which of two words of its holds. Pure. */
import harden from '@endo/harden';
import type { Designator } from '../locator/identity.ts';
import type { SignedLocations } from '../locator/signed-locations.ts';

/** Where a node said that it can be dialled: signed, or over a link that proved who it is. A row. */
export type Whereabouts = {
  readonly locations: readonly string[];
} & Partial<SignedLocations>;

export const nowhere: Whereabouts = harden({ locations: [] });

/** How far the clock of another node may be ahead of ours, in milliseconds, for its word to come from others. */
const maxAhead = 24 * 60 * 60 * 1000;

/** What was signed, where it was. */
export const signedIn = (seen: Whereabouts | undefined): SignedLocations | undefined => {
  const { designator, locations, signedAt, signature } = seen ?? nowhere;
  if (designator === undefined || signedAt === undefined || signature === undefined) {
    return undefined;
  }
  return harden({ designator, locations, signedAt, signature });
};
harden(signedIn);

/**
 * What a node says of itself over its own link. It always holds, whatever time it bears: so a node whose
 * clock was wrong, and is right again, is believed.
 */
export const stated = (peer: {
  readonly designator: Designator;
  readonly locations: readonly string[];
  /** Verified. */
  readonly signed?: SignedLocations;
}): Whereabouts => peer.signed ?? harden({ locations: peer.locations });
harden(stated);

/**
 * Whether what others pass on takes the place of what is known: it was signed later. What was signed far
 * ahead of our time is not taken from others, and stands back where it is known already: otherwise one
 * hour with a wrong clock would hide where a node is for years.
 *
 * @param now - milliseconds since 1970
 */
export const isNewer = (passedOn: SignedLocations, seen: Whereabouts, now: number): boolean => {
  const rank = (signedAt = -1) => (signedAt > now + maxAhead ? -1 : signedAt);
  return rank(passedOn.signedAt) > rank(seen.signedAt);
};
harden(isNewer);
