/**
 * Texts to elements, scalars and bytes, and back. All that comes in passes here: what is not the one
 * canonical text of its value is refused, in words that repeat nothing of it.
 */
import { ristretto255 } from '@noble/curves/ed25519.js';
import harden from '@endo/harden';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { fromBase64Url, toBase64Url } from '../locator/base-encoding.ts';

const Point: (typeof ristretto255)['Point'] = ristretto255.Point;
export type Element = InstanceType<(typeof ristretto255)['Point']>;

/** Order of the group (RFC 9496, section 4). */
export const order: bigint = Point.Fn.ORDER;

/** Bytes of an element and of a scalar. */
const width = 32;
/** Bytes of randomness for one scalar: twice as many as it has, so that what is left over shows nothing. */
const randomWidth = 64;
/** Bytes of a private input, of a public text, and of what is hashed: no call takes long. */
const maxInput = 256;
const maxPublic = 1024;
const maxMessage = 65_536;
const maxKey = 256;

/** Elements that one call evaluates or finalizes: less than a second of work. */
export const maxBatch = 64;
/** Elements or scalars that one call adds. */
export const maxSum = 1024;
/** Holders of shares of one key, and so the largest index: one round of all of them is one turn. */
export const maxHolders = 64n;
/** Bytes of a text that is sealed. */
export const maxSealed = 4096;

const refuse = (what: string): never => {
  throw TypeError(`Cannot use ${what}: it is not in its canonical form; check where it comes from`);
};

/** @throws where the text is not that of exactly so many bytes */
export const bytesOf = (text: unknown, length: number, what: string): Uint8Array => {
  const bytes = typeof text === 'string' ? fromBase64Url(text, length) : undefined;
  return bytes ?? refuse(what);
};

/** Of any length from one byte on. */
export const bytesUpTo = (text: unknown, limit: number, what: string): Uint8Array => {
  // Three bytes are four digits; a rest of one digit is no bytes, and is refused by the other length.
  const length = typeof text === 'string' ? Math.floor((text.length * 3) / 4) : 0;
  return length === 0 || length > limit ? refuse(what) : bytesOf(text, length, what);
};

export const inputOf = (text: unknown): Uint8Array => bytesUpTo(text, maxInput, 'input');
export const keyOf = (text: unknown): Uint8Array => bytesUpTo(text, maxKey, 'key');

const utf8Of = (text: unknown, limit: number, what: string): Uint8Array => {
  // Lone surrogates have no UTF-8, and would all become one and the same character.
  if (typeof text !== 'string' || text.length > limit || /\p{Surrogate}/u.test(text)) {
    return refuse(what);
  }
  return utf8ToBytes(text);
};

/** What is public and bound to a result: a text, of which the bytes are UTF-8. */
export const publicOf = (text: unknown, what: string): Uint8Array => utf8Of(text, maxPublic, what);
export const sealableOf = (text: unknown): Uint8Array => {
  const bytes = utf8Of(text, maxSealed, 'text');
  // The limit above counts characters.
  return bytes.length > maxSealed ? refuse('text') : bytes;
};
export const messageOf = (text: unknown): Uint8Array => utf8Of(text, maxMessage, 'message');

/** Little-endian, as RFC 9496 has scalars. */
export const numberOf = (bytes: Uint8Array): bigint => {
  let number = 0n;
  for (let at = bytes.length - 1; at >= 0; at -= 1) number = number * 256n + BigInt(bytes[at]!);
  return number;
};

/** Little-endian, in so many bytes. */
export const littleEndian = (number: bigint, length: number = width): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(length);
  let rest = number;
  for (let at = 0; at < length; at += 1) {
    bytes[at] = Number(rest & 255n);
    rest >>= 8n;
  }
  return bytes;
};

/** Of 0 too: the second half of a proof may be any scalar. */
export const scalarInBytes = (bytes: Uint8Array, what: string): bigint => {
  const scalar = numberOf(bytes);
  return scalar < order ? scalar : refuse(what);
};

export const scalarOf = (text: unknown, what: string): bigint =>
  scalarInBytes(bytesOf(text, width, what), what) || refuse(what);

export const scalarText = (scalar: bigint): string => toBase64Url(littleEndian(scalar));

/** The number by which a holder is known. */
export const indexOf = (index: unknown): bigint => {
  if (typeof index === 'bigint' && index >= 1n && index <= maxHolders) return index;
  throw TypeError(`Cannot use index: a whole number from 1 to ${maxHolders} is needed`);
};

/** A scalar from 64 random bytes, all scalars alike but for one part in 2^250. @throws for the one that gives 0 */
export const randomScalarOf = (text: unknown): bigint =>
  numberOf(bytesOf(text, randomWidth, 'random bytes')) % order || refuse('random bytes');

export const elementInBytes = (bytes: Uint8Array, what: string): Element => {
  let element: Element;
  try {
    element = Point.fromBytes(bytes);
  } catch {
    return refuse(what);
  }
  return element.equals(Point.ZERO) ? refuse(what) : element;
};

export const elementOf = (text: unknown, what: string): Element =>
  elementInBytes(bytesOf(text, width, what), what);

/** Of what somebody claims, where no element is an answer too. */
export const claimedElement = (text: unknown): Element | undefined => {
  try {
    return elementOf(text, 'element');
  } catch {
    return undefined;
  }
};

/** The same as bytes, for what decodes them again: an element has no others than those that it was read from. */
export const elementBytes = (text: unknown, what: string): Uint8Array => {
  const bytes = bytesOf(text, width, what);
  elementInBytes(bytes, what);
  return bytes;
};

export const elementText = (element: Element): string => {
  // Which only happens to who knows a relation that nobody can find; but its text would be refused.
  if (element.equals(Point.ZERO)) throw Error('Cannot write element: it is the identity');
  return toBase64Url(element.toBytes());
};

/** @throws where a list is none, is empty or has more than `limit` */
export const listOf = (list: unknown, limit: number, what: string): readonly unknown[] => {
  if (!Array.isArray(list) || list.length === 0 || list.length > limit) {
    throw TypeError(`Cannot use ${what}: a list of 1 to ${limit} is needed`);
  }
  return list as readonly unknown[];
};

harden([bytesOf, elementOf, scalarOf, listOf]);
