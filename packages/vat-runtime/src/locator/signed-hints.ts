/**
 * Signed addresses as the hints of a locator, beside what `sturdy-ref.ts` says of its form:
 *
 *     ?url=<address>&url2=<address>&…&at=<milliseconds since 1970>&sig=<signature>
 *
 * The best address is first, without a number. A locator without `at` and `sig` is of the older form, or
 * somebody took them away: its addresses are then as good as whoever handed it over.
 */
import harden from '@endo/harden';
import type { NodeLocator } from './sturdy-ref.ts';
import {
  type SignedLocations,
  isLocations,
  maxLocations,
  verifyLocations,
} from './signed-locations.ts';

/** What a locator says of where its node is: with the node's signature, or without one. */
export type Hints = {
  readonly signed?: SignedLocations;
  readonly unsigned?: readonly string[];
};

const urlNames = Array.from({ length: maxLocations }, (_, i) => (i === 0 ? 'url' : `url${i + 1}`));
const secondsForm = /^(?:0|[1-9][0-9]{0,15})$/;
/** Characters of all addresses, as they are written in a locator: with the rest it stays readable. */
const maxHintedLength = 1400;

/** As many of the first addresses of a node as a locator holds. */
export const hintedLocations = (locations: readonly string[]): readonly string[] => {
  let length = 0;
  return locations.slice(0, maxLocations).filter((location) => {
    length += encodeURIComponent(location).length + '&url1='.length;
    return length <= maxHintedLength;
  });
};
harden(hintedLocations);

/** The hints of a locator. None where there are no addresses. */
export const makeHints = ({
  locations,
  signedAt,
  signature,
}: SignedLocations): NodeLocator['hints'] => {
  if (locations.length === 0) return {};
  const urls = locations.map((location, i) => [urlNames[i]!, location] as const);
  return harden({ ...Object.fromEntries(urls), at: String(signedAt), sig: signature });
};
harden(makeHints);

/**
 * What a locator says of where its node is. Addresses that have not the form of one are left out.
 * @throws TypeError, with a fixed text, where it has a signature that is not that of its node
 */
export const readHints = ({ designator, hints }: NodeLocator): Hints => {
  const firstAbsent = urlNames.findIndex((name) => hints[name] === undefined);
  const urls = urlNames
    .slice(0, firstAbsent < 0 ? maxLocations : firstAbsent)
    .map((name) => hints[name]!);
  const { at, sig } = hints;
  if (at === undefined && sig === undefined) {
    const unsigned = urls.filter((url) => isLocations([url]));
    return harden(unsigned.length === 0 ? {} : { unsigned });
  }
  const signed =
    at !== undefined && secondsForm.test(at)
      ? verifyLocations({ designator, locations: urls, signedAt: Number(at), signature: sig })
      : undefined;
  if (signed === undefined) {
    throw TypeError('Cannot read locator: its addresses are not signed by the node that it names');
  }
  return harden({ signed });
};
harden(readHints);
