/**
 * Pedersen commitments over ristretto255 (Pedersen 1991), with a proof of what a commitment is of.
 *
 * `H` comes from a fixed text by hash to group (RFC 9380, appendix B), so nobody knows its logarithm, and
 * a commitment opens to one value only. The proof is Schnorr's, made non-interactive by hashing all that
 * it says (Fiat–Shamir): the group's generators are fixed, so they are part of its name.
 */
import { ristretto255, ristretto255_hasher as hasher } from '@noble/curves/ed25519.js';
import harden from '@endo/harden';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { toBase64Url } from '../locator/base-encoding.ts';
import { hedgedScalar } from './hedge.ts';
import type { Pedersen } from './types.ts';
import {
  type Element,
  bytesOf,
  elementOf,
  elementText,
  listOf,
  littleEndian,
  maxSum,
  order,
  publicOf,
  randomScalarOf,
  scalarInBytes,
  scalarOf,
  scalarText,
} from './texts.ts';

const Point: (typeof ristretto255)['Point'] = ristretto255.Point;
const maxValue = 1n << 62n;

/** Made when first asked for, since its table of multiples takes a while; the same for everybody. */
let secondGenerator: Element | undefined;
const provideH = (): Element => {
  secondGenerator ??= hasher
    .hashToCurve(utf8ToBytes('H'), { DST: utf8ToBytes('pocas-pedersen-v1-ristretto255') })
    .precompute(6);
  return secondGenerator;
};

const mod = (number: bigint) => ((number % order) + order) % order;

/** @throws for what is no value */
const timesG = (value: unknown): Element => {
  if (typeof value !== 'bigint' || value <= -maxValue || value >= maxValue) {
    throw TypeError('Cannot use value: a whole number between -2^62 and 2^62 is needed');
  }
  return value === 0n ? Point.ZERO : Point.BASE.multiply(mod(value));
};

const committed = (value: bigint, blinding: bigint): Element =>
  timesG(value).add(provideH().multiply(blinding));

const challenge = (
  commitment: Element,
  value: bigint,
  nonce: Element,
  context: Uint8Array,
): bigint =>
  hasher.hashToScalar!(
    // All but the last are of one length.
    concatBytes(commitment.toBytes(), littleEndian(mod(value)), nonce.toBytes(), context),
    { DST: utf8ToBytes('pocas-pedersen-v1-proof') },
  );

export const pedersen: Pedersen = harden({
  commit: (value, blinding) => elementText(committed(value, scalarOf(blinding, 'blinding scalar'))),

  add(commitments) {
    let sum: Element = Point.ZERO;
    for (const text of listOf(commitments, maxSum, 'commitments')) {
      sum = sum.add(elementOf(text, 'commitment'));
    }
    return elementText(sum);
  },

  addScalars(scalars) {
    let sum = 0n;
    for (const text of listOf(scalars, maxSum, 'scalars')) sum += scalarOf(text, 'scalar');
    if (sum % order === 0n) throw Error('Cannot write scalar: it is zero');
    return scalarText(sum % order);
  },

  scalar: (random) => scalarText(randomScalarOf(random)),

  prove(commitment, value, blinding, context, random) {
    const secret = scalarOf(blinding, 'blinding scalar');
    const about = publicOf(context, 'context');
    const element = elementOf(commitment, 'commitment');
    if (!element.equals(committed(value, secret))) {
      throw Error('Cannot prove: the commitment is not of this value and blinding');
    }
    const proven = [element.toBytes(), littleEndian(mod(value)), about];
    const once = hedgedScalar(random, 'Pedersen', secret, proven);
    const c = challenge(element, value, provideH().multiply(once), about);
    const s = mod(once - c * secret);
    return toBase64Url(concatBytes(littleEndian(c), littleEndian(s)));
  },

  verify(commitment, value, proof, context) {
    const element = elementOf(commitment, 'commitment');
    const about = publicOf(context, 'context');
    const bytes = bytesOf(proof, 64, 'proof');
    const c = scalarInBytes(bytes.subarray(0, 32), 'proof');
    const s = scalarInBytes(bytes.subarray(32), 'proof');
    const rest = element.subtract(timesG(value));
    // All of it is public.
    const nonce = provideH().multiplyUnsafe(s).add(rest.multiplyUnsafe(c));
    return challenge(element, value, nonce, about) === c;
  },
});
