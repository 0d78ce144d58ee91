/** What a node does with its key, beside what anybody does with designators (`designator.ts`). */
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import harden from '@endo/harden';
import { type Signer, acceptableKey, makeSigner } from './designator.ts';
import { type Ed25519, nobleEd25519 } from './ed25519.ts';

export {
  type Designator,
  type Signer,
  designatorBytes,
  designatorOf,
  isDesignator,
  isDesignatorText,
  makeSigner,
  verifyIdentity,
} from './designator.ts';

/** The authority to speak as one node, and to open what was sealed for it. */
export type Identity = Signer & {
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

/**
 * @param seed - 32 random bytes, kept secret; the returned object gives no way back to them
 * @param host - its Ed25519, where it has a faster one
 */
export const makeIdentity = (
  seed: Uint8Array,
  host: Pick<Ed25519, 'makeSigner'> = nobleEd25519,
): Identity => {
  const secret = Uint8Array.from(seed);
  return harden({
    ...makeSigner(seed, host),
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
