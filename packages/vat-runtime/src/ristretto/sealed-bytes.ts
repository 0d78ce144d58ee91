/**
 * What a sealed text is as bytes: `ephemeral point ‖ proof ‖ text under a stream ‖ mac of 32 bytes`,
 * the stream and the mac by HMAC-SHA-512 (encrypt-then-MAC). A vat has no cipher, and one turn seals
 * little, so the hash is the cipher.
 *
 * The proof is that the sealer knows the logarithm of the ephemeral point. It is needed where the receiver
 * shows the shared point to others: without it, a liar could take the point of what somebody else
 * sealed, and have that opened before everybody.
 */
import { hmac } from '@noble/hashes/hmac.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { toBase64Url } from '../locator/base-encoding.ts';
import { type Element, bytesUpTo, claimedElement, littleEndian, maxSealed } from './texts.ts';
import { framed } from './transcript.ts';

// Of every place where this runs, but of no list of types that all of them share.
const { TextDecoder } = globalThis as unknown as {
  readonly TextDecoder: new (
    encoding: string,
    options: { readonly fatal: boolean; readonly ignoreBOM: boolean },
  ) => { decode(bytes: Uint8Array): string };
};
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const pointBytes = 32;
const headBytes = pointBytes + 64;
const macBytes = 32;
const blockBytes = 64;

export type Sealed = {
  readonly ephemeral: Element;
  readonly proof: string;
  /** All of it. */
  readonly bytes: Uint8Array;
};

/** What both sides know of one sealing. */
export type Agreed = {
  readonly ephemeral: Element;
  readonly receiver: Element;
  readonly shared: Element;
  readonly context: Uint8Array;
};

const keysOf = ({ ephemeral, receiver, shared, context }: Agreed) => {
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

export const writeSealed = (agreed: Agreed, proof: Uint8Array, text: Uint8Array): string => {
  const keys = keysOf(agreed);
  const head = concatBytes(agreed.ephemeral.toBytes(), proof);
  const body = concatBytes(head, underStream(keys.stream, text));
  return toBase64Url(concatBytes(body, hmac(sha512, keys.mac, body).subarray(0, macBytes)));
};

/** Undefined for what cannot have been written so. */
export const readSealed = (text: unknown): Sealed | undefined => {
  let bytes: Uint8Array;
  try {
    bytes = bytesUpTo(text, maxSealed + headBytes + macBytes, 'sealed text');
  } catch {
    return undefined;
  }
  if (bytes.length < headBytes + macBytes) return undefined;
  const ephemeral = claimedElement(toBase64Url(bytes.subarray(0, pointBytes)));
  const proof = toBase64Url(bytes.subarray(pointBytes, headBytes));
  return ephemeral && { ephemeral, proof, bytes };
};

/** The text, or undefined where the mac is not that of these bytes, or the bytes are no text. */
export const openSealed = (agreed: Agreed, { bytes }: Sealed): string | undefined => {
  const keys = keysOf(agreed);
  const body = bytes.subarray(0, bytes.length - macBytes);
  const mac = hmac(sha512, keys.mac, body).subarray(0, macBytes);
  if (!sameBytes(mac, bytes.subarray(body.length))) return undefined;
  const text = underStream(keys.stream, body.subarray(headBytes));
  try {
    return decoder.decode(text);
  } catch {
    return undefined;
  }
};
