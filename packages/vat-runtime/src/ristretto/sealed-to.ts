/**
 * Short texts sealed to a public key: hashed ElGamal with a proof of the ephemeral scalar (Schnorr and
 * Jakobsson 2000), over `sealed-bytes.ts`.
 *
 * Both keys come from the shared point together with both public points and the context, so what was
 * sealed opens with one key in one context. A receiver to whom a lie was sealed can disclose it: it shows
 * the shared point with a proof that it is the right one, and everybody opens that one text.
 */
import { ristretto255 } from '@noble/curves/ed25519.js';
import harden from '@endo/harden';
import { hedgedScalar } from './hedge.ts';
import { proveEqual, provePossession, verifyEqual, verifyPossession } from './proofs.ts';
import { type Sealed, openSealed, readSealed, writeSealed } from './sealed-bytes.ts';
import type { SealedTo } from './types.ts';
import {
  type Element,
  bytesOf,
  claimedElement,
  elementOf,
  elementText,
  publicOf,
  scalarOf,
  sealableOf,
} from './texts.ts';

const Point: (typeof ristretto255)['Point'] = ristretto255.Point;

const possession = 'sealed-to';
const equality = 'disclosure';

/** Undefined for what anybody can see was not made for this receiver in this context. */
const soundlySealed = (
  text: unknown,
  receiver: Element,
  context: Uint8Array,
): Sealed | undefined => {
  const sealed = readSealed(text);
  const about = [receiver.toBytes(), context];
  return sealed && verifyPossession(possession, sealed.ephemeral, sealed.proof, about)
    ? sealed
    : undefined;
};

const falseDisclosure = (): never => {
  throw Error('Cannot use disclosure: it is not of this text by the holder of this key');
};

export const sealedTo: SealedTo = harden({
  seal(publicKey, text, context, random) {
    const receiver = elementOf(publicKey, 'public key');
    const about = publicOf(context, 'context');
    const bytes = sealableOf(text);
    // Another one for another text, receiver or context.
    const once = hedgedScalar(random, 'SealedTo', 0n, [receiver.toBytes(), about, bytes]);
    const ephemeral = Point.BASE.multiply(once);
    const proof = provePossession(possession, once, ephemeral, [receiver.toBytes(), about], random);
    const agreed = { ephemeral, receiver, shared: receiver.multiply(once), context: about };
    return writeSealed(agreed, bytesOf(proof, 64, 'proof'), bytes);
  },

  open(secretKey, text, context) {
    const secret = scalarOf(secretKey, 'secret key');
    const about = publicOf(context, 'context');
    // The proof is for others: whoever opens it can see for itself what it is.
    const sealed = readSealed(text);
    if (sealed === undefined) return undefined;
    const { ephemeral } = sealed;
    const receiver = Point.BASE.multiply(secret);
    const shared = ephemeral.multiply(secret);
    return openSealed({ ephemeral, receiver, shared, context: about }, sealed);
  },

  disclose(secretKey, text, context, random) {
    const secret = scalarOf(secretKey, 'secret key');
    const about = publicOf(context, 'context');
    const sealed = soundlySealed(text, Point.BASE.multiply(secret), about);
    if (sealed === undefined) return undefined;
    const { value, proof } = proveEqual(equality, secret, sealed.ephemeral, [about], random);
    return `${elementText(value)}${proof}`;
  },

  disclosed(publicKey, text, context, disclosure) {
    const receiver = elementOf(publicKey, 'public key');
    const about = publicOf(context, 'context');
    const sealed = soundlySealed(text, receiver, about);
    if (sealed === undefined) return undefined;
    if (typeof disclosure !== 'string' || disclosure.length !== 43 + 86) return falseDisclosure();
    const shared = claimedElement(disclosure.slice(0, 43));
    if (shared === undefined) return falseDisclosure();
    const { ephemeral } = sealed;
    const proof = disclosure.slice(43);
    if (!verifyEqual(equality, receiver, ephemeral, shared, proof, [about])) {
      return falseDisclosure();
    }
    return openSealed({ ephemeral, receiver, shared, context: about }, sealed);
  },
});
