/**
 * Where a node says that it can be dialled, with its signature: what others pass on about it is dialled
 * only so, since anybody could send a crowd to an address that he made up.
 *
 * The newest that a node signed is kept. It says where to knock, and nothing about who opens.
 */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import harden from '@endo/harden';
import { fromBase64Url } from './base-encoding.ts';
import { type Ed25519, nobleEd25519 } from './ed25519.ts';
import { type Designator, verifyIdentity } from './designator.ts';

/** Plain data: it stands in hellos, gifts, rows and hints. */
export type SignedLocations = {
  readonly designator: Designator;
  /** `ws:` and `wss:` addresses, the best first. */
  readonly locations: readonly string[];
  /** When it was signed, in milliseconds since 1970, by the node's own clock: of two the later holds. */
  readonly signedAt: number;
  /** 64 bytes in base64url. */
  readonly signature: string;
};

/** A node has few addresses. */
export const maxLocations = 8;
export const maxLocationLength = 400;

// Printable, and without the two characters that JSON would lengthen.
const locationForm = /^wss?:\/\/[\x21\x23-\x5b\x5d-\x7e]+$/;
const signatureBytes = 64;

/** Whether a list of addresses has the form that nodes may sign. */
export const isLocations = (value: unknown): value is readonly string[] =>
  Array.isArray(value) &&
  value.length <= maxLocations &&
  value.every(
    (location) =>
      typeof location === 'string' &&
      location.length <= maxLocationLength &&
      locationForm.test(location),
  );
harden(isLocations);

/** What a node signs. */
export const statementOf = (
  designator: Designator,
  locations: readonly string[],
  signedAt: number,
): Uint8Array =>
  utf8ToBytes(['pocas locations 1', designator, String(signedAt), ...locations].join('\n'));

/** What a node signed, or undefined for anything else. Never throws: it comes from the other side. */
export const verifyLocations = (
  alleged: unknown,
  ed25519: Ed25519 = nobleEd25519,
): SignedLocations | undefined => {
  const { designator, locations, signedAt, signature } = Object(alleged) as {
    [K in keyof SignedLocations]?: unknown;
  };
  if (
    typeof designator !== 'string' ||
    typeof signedAt !== 'number' ||
    !Number.isSafeInteger(signedAt) ||
    signedAt < 0 ||
    typeof signature !== 'string' ||
    !isLocations(locations)
  ) {
    return undefined;
  }
  const bytes = fromBase64Url(signature, signatureBytes);
  if (bytes === undefined) return undefined;
  const stated = statementOf(designator, locations, signedAt);
  if (!verifyIdentity(designator, stated, bytes, ed25519)) {
    return undefined;
  }
  return harden({ designator, locations: [...locations], signedAt, signature });
};
harden(verifyLocations);
