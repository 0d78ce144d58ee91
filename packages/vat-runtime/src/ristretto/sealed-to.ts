/**
 * Short texts sealed to a public key: hashed ElGamal, then a stream and a mac of HMAC-SHA-512
 * (encrypt-then-MAC). A vat has no cipher, and one turn seals little, so the hash is the cipher.
 *
 * `ephemeral point ‖ text under the stream ‖ mac of 32 bytes`. Both keys come from the shared point
 * together with both public points and the context, so what was sealed opens with one key in one
 * context, and the mac says with which.
 */
import { ristretto255 } from '@noble/curves/ed25519.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import harden from '@endo/harden';
import { toBase64Url } from '../locator/base-encoding.ts';
import { hedgedScalar } from './hedge.ts';
import type { SealedTo } from './types.ts';
import {
  type Element,
  bytesUpTo,
  claimedElement,
  elementOf,
  littleEndian,
  maxSealed,
  publicOf,
  scalarOf,
  sealableOf,
} from './texts.ts';
import { framed } from './transcript.ts';

const Point: (typeof ristretto255)['Point'] = ristretto255.Point;

// Of every place where this runs, but of no list of types that all of them share.
const { TextDecoder } = globalThis as unknown as {
  readonly TextDecoder: new (
    encoding: string,
    options: { readonly fatal: boolean; readonly ignoreBOM: boolean },
  ) => { decode(bytes: Uint8Array): string };
};
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const pointBytes = 32;
const macBytes = 32;
const blockBytes = 64;

const keysOf = (
  ephemeral: Element,
  receiver: Element,
  shared: Element,
  context: Uint8Array,
): { readonly stream: Uint8Array; readonly mac: Uint8Array } => {
  const points = [ephemeral, receiver, shared].map((point) => point.toBytes());
  const root = hmac(sha512, utf8ToBytes('pocas-sealed-to-v1'), framed([...points, context]));
  return {
    stream: hmac(sha512, root, utf8ToBytes('stream')),
    mac: hmac(sha512, root, utf8ToBytes('mac')),
  };
};

/** To and fro: the same twice is what it was. */
const underStream = (key: Uint8Array, bytes: Uint8Array): Uint8Array => {
  const out = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at += blockBytes) {
    const block = hmac(sha512, key, littleEndian(BigInt(at / blockBytes), 8));
    const end = Math.min(bytes.length, at + blockBytes);
    for (let i = at; i < end; i += 1) out[i] = bytes[i]! ^ block[i - at]!;
  }
  return out;
};

/** Looks at every byte whatever it finds. */
const sameBytes = (one: Uint8Array, other: Uint8Array): boolean => {
  let different = one.length ^ other.length;
  for (let at = 0; at < one.length; at += 1) different |= one[at]! ^ other[at]!;
  return different === 0;
};

/** @param once - the scalar of the ephemeral point */
export const sealWith = (
  receiver: Element,
  text: Uint8Array,
  context: Uint8Array,
  once: bigint,
): Uint8Array => {
  const ephemeral = Point.BASE.multiply(once);
  const keys = keysOf(ephemeral, receiver, receiver.multiply(once), context);
  const body = concatBytes(ephemeral.toBytes(), underStream(keys.stream, text));
  return concatBytes(body, hmac(sha512, keys.mac, body).subarray(0, macBytes));
};

/** The scalar of the ephemeral point: another one for another text, receiver or context. */
export const onceOf = (
  random: unknown,
  receiver: Element,
  text: Uint8Array,
  context: Uint8Array,
): bigint => hedgedScalar(random, 'SealedTo', 0n, [receiver.toBytes(), context, text]);

/** The first part of what was sealed, or undefined for what cannot have been. */
export const ephemeralOf = (sealed: Uint8Array): Element | undefined => {
  if (sealed.length < pointBytes + macBytes) return undefined;
  return claimedElement(toBase64Url(sealed.subarray(0, pointBytes)));
};

/** Opens with the shared point, which the receiver makes, or shows to those who have to judge. */
export const openWith = (
  sealed: Uint8Array,
  ephemeral: Element,
  receiver: Element,
  shared: Element,
  context: Uint8Array,
): string | undefined => {
  const keys = keysOf(ephemeral, receiver, shared, context);
  const body = sealed.subarray(0, sealed.length - macBytes);
  const mac = hmac(sha512, keys.mac, body).subarray(0, macBytes);
  if (!sameBytes(mac, sealed.subarray(body.length))) return undefined;
  const text = underStream(keys.stream, body.subarray(pointBytes));
  try {
    return decoder.decode(text);
  } catch {
    return undefined;
  }
};

/** The bytes of what was sealed, or undefined for what is no such text. */
export const sealedBytes = (sealed: unknown): Uint8Array | undefined => {
  try {
    return bytesUpTo(sealed, maxSealed + pointBytes + macBytes, 'sealed text');
  } catch {
    return undefined;
  }
};

export const sealedTo: SealedTo = harden({
  seal(publicKey, text, context, random) {
    const receiver = elementOf(publicKey, 'public key');
    const about = publicOf(context, 'context');
    const bytes = sealableOf(text);
    const once = onceOf(random, receiver, bytes, about);
    return toBase64Url(sealWith(receiver, bytes, about, once));
  },

  open(secretKey, sealed, context) {
    const secret = scalarOf(secretKey, 'secret key');
    const about = publicOf(context, 'context');
    const bytes = sealedBytes(sealed);
    const ephemeral = bytes === undefined ? undefined : ephemeralOf(bytes);
    if (bytes === undefined || ephemeral === undefined) return undefined;
    const receiver = Point.BASE.multiply(secret);
    return openWith(bytes, ephemeral, receiver, ephemeral.multiply(secret), about);
  },
});
