/**
 * A node is its Ed25519 key; its designator is the public half, written as text.
 *
 * The text is lower-case base32, because the designator stands as the host of a URI
 * (OCapN Locators, "Node Locator"): hosts are compared without regard to case, so base64 would lose
 * bits, and a label of a host name has at most 63 characters, so the 64 of hexadecimal do not fit.
 */
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import harden from '@endo/harden';
import { fromBase32, toBase32 } from './base-encoding.ts';
import { type Ed25519, nobleEd25519 } from './ed25519.ts';

/** A node's public key as text: 52 characters of lower-case base32. Not a secret. */
export type Designator = string;

/** The authority to speak as one node. */
export type Identity = {
  readonly designator: Designator;
  /**
   * Signs any message. Callers begin theirs with a line that no other use of the key begins with,
   * so that a signature got for one purpose is worth nothing for another.
   */
  sign(message: Uint8Array): Uint8Array;
  /**
   * A key of 32 bytes that is shared with whoever made `publicKey` for this node by `agreeWith`,
   * and for the same `info`; undefined where no honest maker has such a key.
   *
   * The node's Ed25519 key serves X25519 too, by the birational map of RFC 7748, section 4.1. That
   * one key may do both is shown, for HKDF of the agreement with fixed prefixes, by Thormarker, "On
   * using the same key pair for Ed25519 and an X25519 based KEM" (ePrint 2021/509). So the raw
   * agreement never leaves here, and `info` begins as the message of no signature does.
   */
  agree(publicKey: Uint8Array, info: Uint8Array): Uint8Array | undefined;
};

const keyBytes = 32;
const signatureBytes = 64;

/**
 * @param seed - 32 random bytes, kept secret; the returned object gives no way back to them
 * @param makeSigner - of the host, where it has a faster one
 */
export const makeIdentity = (
  seed: Uint8Array,
  { makeSigner }: Pick<Ed25519, 'makeSigner'> = nobleEd25519,
): Identity => {
  if (seed.length !== keyBytes) {
    throw new RangeError('Cannot make identity: the seed does not have 32 bytes');
  }
  // A copy: the caller may erase its own, and cannot change ours.
  const secret = Uint8Array.from(seed);
  return harden({
    designator: toBase32(ed25519.getPublicKey(secret)),
    sign: makeSigner(secret),
    agree(publicKey: Uint8Array, info: Uint8Array) {
      return derive(ed25519.utils.toMontgomerySecret(secret), publicKey, info);
    },
  });
};
harden(makeIdentity);

/** HKDF-SHA-256 (RFC 5869) of X25519's agreement. Undefined where that is zero (RFC 7748, section 6.1). */
const derive = (
  secret: Uint8Array,
  publicKey: Uint8Array,
  info: Uint8Array,
): Uint8Array | undefined => {
  if (publicKey.length !== keyBytes) return undefined;
  let shared;
  try {
    shared = x25519.getSharedSecret(secret, publicKey);
  } catch {
    return undefined;
  }
  return hkdf(sha256, shared, undefined, info, keyBytes);
};

/** Whether `text` has the form of a designator. Says nothing about the key in it. */
export const isDesignatorText = (text: string): text is Designator =>
  fromBase32(text, keyBytes) !== undefined;
harden(isDesignatorText);

/** Keys that were looked at not long ago and are acceptable: looking takes most of a millisecond. */
const looked = new Map<string, Uint8Array>();
const maxLooked = 256;

/** The key of a designator, or undefined where no honest node could have that key. */
const acceptableKey = (designator: string): Uint8Array | undefined => {
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

/**
 * A key that only the node `designator` can have too, by `Identity.agree`.
 *
 * @param ephemeral - 32 random bytes, used for this and then forgotten
 * @param infoFor - what the key is bound to, where it may say the public half
 * @returns undefined where no honest node has that designator
 */
export const agreeWith = (
  designator: string,
  ephemeral: Uint8Array,
  infoFor: (publicKey: Uint8Array) => Uint8Array,
): { readonly publicKey: Uint8Array; readonly key: Uint8Array } | undefined => {
  if (ephemeral.length !== keyBytes) {
    throw new RangeError('Cannot agree on a key: the ephemeral secret does not have 32 bytes');
  }
  const signing = acceptableKey(designator);
  if (signing === undefined) return undefined;
  const publicKey = x25519.getPublicKey(ephemeral);
  const key = derive(ephemeral, ed25519.utils.toMontgomery(signing), infoFor(publicKey));
  return key === undefined ? undefined : { publicKey, key };
};
harden(agreeWith);

/** The 32 bytes of a designator, or undefined for another text. Says nothing about the key in them. */
export const designatorBytes = (text: string): Uint8Array | undefined => fromBase32(text, keyBytes);
harden(designatorBytes);

/** The text of 32 bytes. @see designatorBytes */
export const designatorOf = (bytes: Uint8Array): Designator => toBase32(bytes);
harden(designatorOf);
