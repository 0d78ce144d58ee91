/**
 * Signatures of FROST(ristretto255, SHA-512), RFC 9591, with one signer: `R ‖ z` with
 * `z·G = R + c·P`, and `c` is H2 of the suite over `R ‖ P ‖ message`.
 *
 * Whether n people signed together or one did cannot be told from a signature, so what is verified here
 * may later be signed by several. The nonce is hedged instead of that of the RFC: see `hedge.ts`.
 */
import { mulAddUnsafe } from '@noble/curves/abstract/curve.js';
import { ristretto255 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import harden from '@endo/harden';
import { fromBase64Url, toBase64Url } from '../locator/base-encoding.ts';
import { hedgedScalar } from './hedge.ts';
import type { Schnorr } from './types.ts';
import {
  elementOf,
  elementText,
  littleEndian,
  messageOf,
  numberOf,
  order,
  scalarOf,
} from './texts.ts';

const Point: (typeof ristretto255)['Point'] = ristretto255.Point;

/** H2 of RFC 9591, section 6.2. */
const challengeOf = (nonce: Uint8Array, key: Uint8Array, message: Uint8Array): bigint => {
  const name = utf8ToBytes('FROST-RISTRETTO255-SHA512-v1chal');
  return numberOf(sha512(concatBytes(name, nonce, key, message))) % order;
};

export const schnorr: Schnorr = harden({
  publicKey: (secretKey) => elementText(Point.BASE.multiply(scalarOf(secretKey, 'secret key'))),

  sign(secretKey, message, random) {
    const secret = scalarOf(secretKey, 'secret key');
    const bytes = messageOf(message);
    const key = Point.BASE.multiply(secret).toBytes();
    const once = hedgedScalar(random, 'Schnorr', secret, [key, bytes]);
    const nonce = Point.BASE.multiply(once).toBytes();
    const answer = (once + challengeOf(nonce, key, bytes) * secret) % order;
    return toBase64Url(concatBytes(nonce, littleEndian(answer)));
  },

  verify(publicKey, message, signature) {
    const key = elementOf(publicKey, 'public key');
    const bytes = messageOf(message);
    // A signature is what somebody claims: what is none does not hold.
    const given = typeof signature === 'string' ? fromBase64Url(signature, 64) : undefined;
    if (given === undefined) return false;
    const answer = numberOf(given.subarray(32));
    if (answer >= order) return false;
    const nonce = given.subarray(0, 32);
    const challenge = challengeOf(nonce, key.toBytes(), bytes);
    const expected = mulAddUnsafe(Point, [Point.BASE, key.negate()], [answer, challenge]);
    // Compared as bytes, so only the one canonical encoding is a nonce, and the identity never is.
    return !expected.equals(Point.ZERO) && toBase64Url(expected.toBytes()) === toBase64Url(nonce);
  },
});
