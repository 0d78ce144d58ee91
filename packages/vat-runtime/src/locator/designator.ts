/**
 * A node is its Ed25519 key; its designator is the public half, written as text.
 *
 * The text is lower-case base32, because the designator stands as the host of a URI
 * (OCapN Locators, "Node Locator"): hosts are compared without regard to case, so base64 would lose
 * bits, and a label of a host name has at most 63 characters, so the 64 of hexadecimal do not fit.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import harden from '@endo/harden';
import { fromBase32, toBase32 } from './base-encoding.ts';
import { type Ed25519, nobleEd25519 } from './ed25519.ts';

/** A node's public key as text: 52 characters of lower-case base32. Not a secret. */
export type Designator = string;

/** The authority to speak as one node or client. */
export type Signer = {
  readonly designator: Designator;
  /**
   * Signs any message. Callers begin theirs with a line that no other use of the key begins with,
   * so that a signature got for one purpose is worth nothing for another.
   */
  sign(message: Uint8Array): Uint8Array;
};

const keyBytes = 32;
const signatureBytes = 64;

/**
 * @param seed - 32 random bytes, kept secret; the returned object gives no way back to them
 * @param makeSigner - of the host, where it has a faster one
 */
export const makeSigner = (
  seed: Uint8Array,
  { makeSigner: signWith }: Pick<Ed25519, 'makeSigner'> = nobleEd25519,
): Signer => {
  if (seed.length !== keyBytes) {
    throw new RangeError('Cannot make identity: the seed does not have 32 bytes');
  }
  // A copy: the caller may erase its own, and cannot change ours.
  const secret = Uint8Array.from(seed);
  return harden({ designator: toBase32(ed25519.getPublicKey(secret)), sign: signWith(secret) });
};
harden(makeSigner);

/** Whether `text` has the form of a designator. Says nothing about the key in it. */
export const isDesignatorText = (text: string): text is Designator =>
  fromBase32(text, keyBytes) !== undefined;
harden(isDesignatorText);

/** Keys that were looked at not long ago and are acceptable: looking takes most of a millisecond. */
const looked = new Map<string, Uint8Array>();
const maxLooked = 256;

/** The key of a designator, or undefined where no honest node could have that key. */
export const acceptableKey = (designator: string): Uint8Array | undefined => {
  const known = looked.get(designator);
  if (known !== undefined) return known;
  const key = fromBase32(designator, keyBytes);
  if (key === undefined || !isAcceptable(key)) return undefined;
  if (looked.size >= maxLooked) looked.delete(looked.keys().next().value!);
  looked.set(designator, key);
  return key;
};

const isAcceptable = (key: Uint8Array): boolean => {
  try {
    // RFC 8032, section 5.1.3: y below the field's order, and no negative zero for x.
    const point = ed25519.Point.fromBytes(key, false);
    // With a key of small order anybody's signature fits many messages. A key with a small-order
    // part added has a twin for which the same secret signs: one node would have eight names.
    return !point.isSmallOrder() && point.isTorsionFree();
  } catch {
    return false;
  }
};

/** Whether `text` is the designator of a key that an honest node may have. */
export const isDesignator = (text: string): text is Designator => acceptableKey(text) !== undefined;
harden(isDesignator);

/**
 * Whether the node `designator` signed `message`.
 * False, never an error, for anything malformed: the arguments come from the other side.
 */
export const verifyIdentity = (
  designator: string,
  message: Uint8Array,
  signature: Uint8Array,
  { verify }: Pick<Ed25519, 'verify'> = nobleEd25519,
): boolean => {
  if (signature.length !== signatureBytes) return false;
  const key = acceptableKey(designator);
  return key !== undefined && verify(key, message, signature);
};
harden(verifyIdentity);

/** The 32 bytes of a designator, or undefined for another text. Says nothing about the key in them. */
export const designatorBytes = (text: string): Uint8Array | undefined => fromBase32(text, keyBytes);
harden(designatorBytes);

/** The text of 32 bytes. @see designatorBytes */
export const designatorOf = (bytes: Uint8Array): Designator => toBase32(bytes);
harden(designatorOf);
