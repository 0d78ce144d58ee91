/**
 * Keys from what people can remember: scrypt (RFC 7914), of `node:crypto`.
 *
 * @noble/hashes has the same function. Under lockdown it takes minutes on Node 20, and somebody who
 * tries passphrases would not run ours.
 */
import { scrypt } from 'node:crypto';

/** How dear one try is: N is two to the power of it. 17 takes 128 MiB and about half a second. */
export const usualCost = 17;
export const leastCost = 14;
export const greatestCost = 20;

/** @param cost - from `leastCost` to `greatestCost` */
export const stretchPassphrase = (
  passphrase: string,
  salt: Uint8Array,
  cost: number,
): Promise<Uint8Array> => {
  if (!(cost >= leastCost && cost <= greatestCost)) {
    throw RangeError('Cannot use passphrase: the cost is out of range');
  }
  const N = 2 ** cost;
  return new Promise((resolve, reject) => {
    scrypt(
      // Accents are typed in more than one way (RFC 8265, section 4.2).
      passphrase.normalize('NFC'),
      salt,
      32,
      { N, r: 8, p: 1, maxmem: 128 * N * 8 + (1 << 20) },
      (error, key) => (error === null ? resolve(new Uint8Array(key)) : reject(error)),
    );
  });
};
