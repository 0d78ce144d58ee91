/**
 * The two statements about scalars that are proven here, without showing them (Schnorr 1991; Chaum and
 * Pedersen 1992), made non-interactive by hashing everything that they say.
 *
 * A proof is 64 bytes, the challenge and the answer. What is no such thing does not hold: a proof comes
 * from whoever claims something, so it is looked at here and nowhere before.
 */
import { mulAddUnsafe } from '@noble/curves/abstract/curve.js';
import { ristretto255 } from '@noble/curves/ed25519.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { fromBase64Url, toBase64Url } from '../locator/base-encoding.ts';
import { hedgedScalar } from './hedge.ts';
import { type Element, littleEndian, numberOf, order } from './texts.ts';
import { challengeOf } from './transcript.ts';

const Point: (typeof ristretto255)['Point'] = ristretto255.Point;

const mod = (number: bigint) => ((number % order) + order) % order;

type Halves = { readonly challenge: bigint; readonly answer: bigint };

const halvesOf = (proof: unknown): Halves | undefined => {
  const bytes = typeof proof === 'string' ? fromBase64Url(proof, 64) : undefined;
  if (bytes === undefined) return undefined;
  const challenge = numberOf(bytes.subarray(0, 32));
  const answer = numberOf(bytes.subarray(32));
  return challenge < order && answer < order ? { challenge, answer } : undefined;
};

const proofText = (challenge: bigint, answer: bigint): string =>
  toBase64Url(concatBytes(littleEndian(challenge), littleEndian(answer)));

/** `answer·base + challenge·image`, which is the nonce where the proof holds. All of it is public. */
const nonceOf = (base: Element, image: Element, { challenge, answer }: Halves): Element =>
  mulAddUnsafe(Point, [base, image], [answer, challenge]);

/**
 * That the prover knows the logarithm of `image`, which is `secret·G`.
 *
 * @param name - what it is shown for, which sets it apart from other such proofs
 * @param about - what the proof is bound to
 * @param random - a text of 64 bytes
 */
export const provePossession = (
  name: string,
  secret: bigint,
  image: Element,
  about: readonly Uint8Array[],
  random: unknown,
): string => {
  const stated = image.toBytes();
  const once = hedgedScalar(random, name, secret, [stated, ...about]);
  const challenge = challengeOf(name, [stated, Point.BASE.multiply(once).toBytes(), ...about]);
  return proofText(challenge, mod(once - challenge * secret));
};

export const verifyPossession = (
  name: string,
  image: Element,
  proof: unknown,
  about: readonly Uint8Array[],
): boolean => {
  const halves = halvesOf(proof);
  if (halves === undefined) return false;
  const nonce = nonceOf(Point.BASE, image, halves);
  return challengeOf(name, [image.toBytes(), nonce.toBytes(), ...about]) === halves.challenge;
};

/**
 * That `secret·G` and `secret·base` have the same logarithm, which the prover knows.
 *
 * @returns `secret·base` with the proof
 */
export const proveEqual = (
  name: string,
  secret: bigint,
  base: Element,
  about: readonly Uint8Array[],
  random: unknown,
): { readonly value: Element; readonly proof: string } => {
  const value = base.multiply(secret);
  const stated = [Point.BASE.multiply(secret).toBytes(), base.toBytes(), value.toBytes()];
  const once = hedgedScalar(random, name, secret, [...stated, ...about]);
  const nonces = [Point.BASE.multiply(once).toBytes(), base.multiply(once).toBytes()];
  const challenge = challengeOf(name, [...stated, ...nonces, ...about]);
  return { value, proof: proofText(challenge, mod(once - challenge * secret)) };
};

/** @param image - `secret·G` @param value - `secret·base`, as is claimed */
export const verifyEqual = (
  name: string,
  image: Element,
  base: Element,
  value: Element,
  proof: unknown,
  about: readonly Uint8Array[],
): boolean => {
  const halves = halvesOf(proof);
  if (halves === undefined) return false;
  const stated = [image.toBytes(), base.toBytes(), value.toBytes()];
  const nonces = [
    nonceOf(Point.BASE, image, halves).toBytes(),
    nonceOf(base, value, halves).toBytes(),
  ];
  return challengeOf(name, [...stated, ...nonces, ...about]) === halves.challenge;
};
