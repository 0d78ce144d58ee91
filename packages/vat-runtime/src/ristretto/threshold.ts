/**
 * Threshold ElGamal over ristretto255, for keys that only several holders together give out (SPEC 7.5).
 *
 * An encapsulation is `R = r·G` with a proof of knowledge of r that is bound to its context: whoever did
 * not make R cannot give it another context, so what the holders are asked to open is what was sealed
 * there and then (Schnorr and Jakobsson 2000). A partial opening is `s·R` with a proof that s is the
 * share in the holder's verification key (Chaum and Pedersen 1992), so a liar is named.
 */
import { ristretto255 } from '@noble/curves/ed25519.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import harden from '@endo/harden';
import { toBase64Url } from '../locator/base-encoding.ts';
import { hedgedScalar } from './hedge.ts';
import { weightedSum, weightsOf } from './polynomial.ts';
import { proveEqual, provePossession, verifyEqual, verifyPossession } from './proofs.ts';
import type { Encapsulation, PartialOpening, Threshold } from './types.ts';
import {
  type Element,
  bytesOf,
  claimedElement,
  elementOf,
  elementText,
  indexOf,
  listOf,
  littleEndian,
  maxHolders,
  publicOf,
  scalarOf,
} from './texts.ts';
import { framed } from './transcript.ts';

const Point: (typeof ristretto255)['Point'] = ristretto255.Point;

const possession = 'encapsulation';
const equality = 'partial-opening';

const keyFrom = (point: Element, group: Element, shared: Element, context: Uint8Array): string => {
  const points = [point, group, shared].map((element) => element.toBytes());
  const key = hmac(sha512, utf8ToBytes('pocas-threshold-v1'), framed([...points, context]));
  return toBase64Url(key.subarray(0, 32));
};

/** What a partial opening is bound to. */
const partialAbout = (index: bigint, encapsulation: Encapsulation, purpose: string) => [
  littleEndian(index),
  bytesOf(encapsulation.proof, 64, 'proof of encapsulation'),
  publicOf(purpose, 'purpose'),
];

const verifyEncapsulation = (encapsulation: Encapsulation, context: string): boolean => {
  const about = [publicOf(context, 'context')];
  const point = claimedElement(encapsulation?.point);
  return point !== undefined && verifyPossession(possession, point, encapsulation.proof, about);
};

/** @throws where it does not hold */
const provenPoint = (encapsulation: Encapsulation, context: string): Element => {
  if (!verifyEncapsulation(encapsulation, context)) {
    throw Error('Cannot open: the encapsulation was not made for this context');
  }
  return elementOf(encapsulation.point, 'encapsulation');
};

export const threshold: Threshold = harden({
  encapsulate(groupKey, context, random) {
    const group = elementOf(groupKey, 'group key');
    const about = publicOf(context, 'context');
    const once = hedgedScalar(random, 'Encapsulate', 0n, [group.toBytes(), about]);
    const point = Point.BASE.multiply(once);
    const proof = provePossession(possession, once, point, [about], random);
    const key = keyFrom(point, group, group.multiply(once), about);
    return harden({ encapsulation: { point: elementText(point), proof }, key });
  },

  verifyEncapsulation,

  open(share, encapsulation, context, purpose, random) {
    const index = indexOf(share?.index);
    const secret = scalarOf(share.secret, 'share');
    const point = provenPoint(encapsulation, context);
    const about = partialAbout(index, encapsulation, purpose);
    const { value, proof } = proveEqual(equality, secret, point, about, random);
    return harden({ index, value: elementText(value), proof });
  },

  verifyPartial(verificationKey, partial, encapsulation, purpose) {
    const key = elementOf(verificationKey, 'verification key');
    const point = elementOf(encapsulation?.point, 'encapsulation');
    const value = claimedElement(partial?.value);
    if (value === undefined || typeof partial.index !== 'bigint') return false;
    if (partial.index < 1n || partial.index > maxHolders) return false;
    const about = partialAbout(partial.index, encapsulation, purpose);
    return verifyEqual(equality, key, point, value, partial.proof, about);
  },

  combine(partials, encapsulation, groupKey, context) {
    const given = listOf(partials, Number(maxHolders), 'partial openings') as PartialOpening[];
    const indices = given.map((partial) => indexOf(partial?.index));
    if (new Set(indices).size !== indices.length) {
      throw TypeError('Cannot combine: each holder can open once');
    }
    const values = given.map((partial) => elementOf(partial.value, 'partial opening'));
    const point = provenPoint(encapsulation, context);
    const shared = weightedSum(values, weightsOf(indices));
    const group = elementOf(groupKey, 'group key');
    return keyFrom(point, group, shared, publicOf(context, 'context'));
  },
});
