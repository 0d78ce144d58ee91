/**
 * The one-time scalars of proofs.
 *
 * Who uses the same one in two proofs gives its secret away. A vat derives its randomness from a secret
 * and a count, and a copy of it that is restored counts the same again. So the scalar is made from the
 * random bytes together with the secret and all that is proven: it differs wherever a proof does.
 */
import { hmac } from '@noble/hashes/hmac.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { bytesOf, littleEndian, numberOf, order } from './texts.ts';
import { framed } from './transcript.ts';

/**
 * @param random - a text of 64 bytes
 * @param name - what kind of proof it is for
 */
export const hedgedScalar = (
  random: unknown,
  name: string,
  secret: bigint,
  proven: readonly Uint8Array[],
): bigint => {
  const key = concatBytes(bytesOf(random, 64, 'random bytes'), littleEndian(secret));
  const parts = framed([utf8ToBytes(name), ...proven]);
  // Never 0, of which nobody will see the difference: 512 bits over an order of 253.
  return (numberOf(hmac(sha512, key, parts)) % (order - 1n)) + 1n;
};
