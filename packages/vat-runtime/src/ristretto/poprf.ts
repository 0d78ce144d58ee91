/**
 * The partially oblivious PRF of RFC 9497, suite ristretto255-SHA512, over texts.
 *
 * The computation is that of `@noble/curves`; here is what it may be given, and by whom it is made random.
 */
import { ristretto255_oprf as suite } from '@noble/curves/ed25519.js';
import harden from '@endo/harden';
import { toBase64Url } from '../locator/base-encoding.ts';
import { hedgedScalar } from './hedge.ts';
import type { Evaluation, Poprf } from './types.ts';
import {
  bytesOf,
  elementBytes,
  inputOf,
  listOf,
  littleEndian,
  maxBatch,
  publicOf,
  randomScalarOf,
  scalarInBytes,
  scalarOf,
} from './texts.ts';

/**
 * What the library asks for when it draws this scalar: it takes 48 bytes, reduces them by the
 * order less one and adds one (its `mapHashToField`).
 */
const drawing = (scalar: bigint) => (length?: number) => littleEndian(scalar - 1n, length ?? 48);

const secretBytes = (text: unknown) => littleEndian(scalarOf(text, 'secret key'));

/**
 * The functions for a tag. To make them is to multiply once, as much as half of a step, and a market has a few dozen
 * tags at a time; so the latest are kept. A tag is public.
 */
const makeSuiteFor = (tag: Uint8Array) => suite.poprf(tag);
const taggedSuites = new Map<string, ReturnType<typeof makeSuiteFor>>();
const maxTaggedSuites = 64;
const suiteFor = (info: string): ReturnType<typeof makeSuiteFor> => {
  const tag = publicOf(info, 'info');
  const known = taggedSuites.get(info);
  if (known !== undefined) return known;
  const made = makeSuiteFor(tag);
  if (taggedSuites.size >= maxTaggedSuites) taggedSuites.delete(taggedSuites.keys().next().value!);
  taggedSuites.set(info, made);
  return made;
};

/** One step with the proof's scalar given: RFC 9497 has test vectors for nothing else. */
export const evaluateWith = (
  secretKey: string,
  info: string,
  blinded: readonly string[],
  scalarFor: (secret: bigint, proven: readonly Uint8Array[]) => bigint,
): Evaluation => {
  const tag = publicOf(info, 'info');
  const secret = scalarOf(secretKey, 'secret key');
  const elements = listOf(blinded, maxBatch, 'blinded elements').map((text) =>
    elementBytes(text, 'blinded element'),
  );
  const scalar = scalarFor(secret, [tag, ...elements]);
  const { evaluated, proof } = suiteFor(info).blindEvaluateBatch(
    littleEndian(secret),
    elements,
    drawing(scalar),
  );
  return harden({ evaluated: evaluated.map(toBase64Url), proof: toBase64Url(proof) });
};

export const poprf: Poprf = harden({
  keyPair(seed, keyInfo) {
    const { secretKey, publicKey } = suite
      .poprf(new Uint8Array())
      .deriveKeyPair(bytesOf(seed, 32, 'seed'), publicOf(keyInfo, 'key info'));
    return harden({ secretKey: toBase64Url(secretKey), publicKey: toBase64Url(publicKey) });
  },

  blind(input, info, publicKey, random) {
    const { blind, blinded, tweakedKey } = suiteFor(info).blind(
      inputOf(input),
      elementBytes(publicKey, 'public key'),
      drawing(randomScalarOf(random)),
    );
    return harden({
      blind: toBase64Url(blind),
      blinded: toBase64Url(blinded),
      tweakedKey: toBase64Url(tweakedKey),
    });
  },

  evaluate: (secretKey, info, blinded, random) =>
    evaluateWith(secretKey, info, blinded, (secret, proven) =>
      hedgedScalar(random, 'POPRF', secret, proven),
    ),

  finalize(items, evaluation, info, tweakedKey) {
    const tagged = suiteFor(info);
    const evaluated = listOf(evaluation?.evaluated, maxBatch, 'evaluated elements');
    const given = listOf(items, maxBatch, 'items');
    if (given.length !== evaluated.length) {
      throw TypeError('Cannot finalize: there must be one evaluated element for each item');
    }
    const proof = bytesOf(evaluation.proof, 64, 'proof');
    for (const half of [proof.subarray(0, 32), proof.subarray(32)]) scalarInBytes(half, 'proof');
    const known = given.map((item, at) => {
      const { input, blind, blinded } = item as Parameters<Poprf['finalize']>[0][number];
      return {
        input: inputOf(input),
        blind: littleEndian(scalarOf(blind, 'blinding scalar')),
        blinded: elementBytes(blinded, 'blinded element'),
        evaluated: elementBytes(evaluated[at], 'evaluated element'),
      };
    });
    const key = elementBytes(tweakedKey, 'tweaked key');
    let outputs: readonly Uint8Array[];
    try {
      outputs = tagged.finalizeBatch(known, proof, key);
    } catch {
      // All else was looked at above.
      throw Error('Cannot finalize: the proof does not hold; the issuer used another key');
    }
    return harden(outputs.map(toBase64Url));
  },

  output: (secretKey, info, input) =>
    toBase64Url(suiteFor(info).evaluate(secretBytes(secretKey), inputOf(input))),
});
