/**
 * Seals a bundle to the node that it is for, and opens one.
 *
 * Whoever carries it can neither read nor alter it, nor tell who made it: the sender stands inside, and
 * signs there. The key is agreed between an ephemeral key and the recipient's own, and bound to the
 * whole header; the signature is over the header too, so what is inside is worth nothing in another
 * bundle, to another recipient, or from the recipient on.
 *
 *     0  sender        32   the Ed25519 key of its designator
 *    32  signature     64   over a domain, the header, the sender, the time and the content's SHA-256
 *    96  made at        8   milliseconds since 1970, by the sender's clock, big-endian
 *   104  length         4   of the content
 *   108  content            as UTF-8
 *        zeros, up to the size of the class
 *
 * The recipient's key is the one that lasts: whoever obtains it later can open a bundle that he kept.
 */
import harden from '@endo/harden';
import {
  type Designator,
  type Identity,
  agreeWith,
  designatorBytes,
  designatorOf,
  isDesignator,
  verifyIdentity,
} from '../locator/identity.ts';
import type { Ciphers } from '../session/ciphers.ts';
import { fromUtf8, toUtf8 } from '../session/utf8.ts';
import {
  BundleRefusedError,
  classFor,
  classSizes,
  dayMilliseconds,
  headerBytes,
  maxDays,
  readHeader,
  roomIn,
  writeHeader,
} from './bundle-form.ts';
import { NotSealedSoError, openAll, sealInto } from './chunks.ts';

const signatureAt = 32;
const madeAt = signatureAt + 64;
const lengthAt = madeAt + 8;
const contentAt = lengthAt + 4;

/** How long a content may be, in bytes. */
export const maxContentBytes: number = roomIn(classSizes.length - 1) - contentAt;

const keyInfo = (header: Uint8Array): Uint8Array => join(toUtf8('pocas bundle key 1\n'), header);

const statement = (
  header: Uint8Array,
  sender: Uint8Array,
  time: Uint8Array,
  digest: Uint8Array,
): Uint8Array => join(toUtf8('pocas bundle 1 signed\n'), header, sender, time, digest);

const join = (...parts: readonly Uint8Array[]): Uint8Array => {
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
};

export type SealInput = {
  readonly identity: Identity;
  readonly recipient: Designator;
  readonly content: string;
  /** Milliseconds since 1970. */
  readonly now: bigint;
  /** How long it is good for, in days. It is rounded up to the end of a day. */
  readonly days: number;
  /** 32 random bytes, for this bundle only. */
  readonly ephemeral: Uint8Array;
};

/** @throws where the content is too long, or no node can have that designator */
export const sealBundle = (
  { identity, recipient, content, now, days, ephemeral }: SealInput,
  ciphers: Ciphers,
): Uint8Array => {
  if (!Number.isInteger(days) || days < 1 || days > maxDays) {
    throw RangeError(`Cannot make bundle: it may be good for 1 to ${maxDays} days`);
  }
  const bytes = toUtf8(content);
  const sizeClass = classFor(contentAt + bytes.length);
  if (sizeClass === undefined) throw RangeError('Cannot make bundle: the content is too long');
  // Up to the midnight after it, so that all bundles of a day are good for equally long.
  const expiryDay = Math.floor(Number(now) / dayMilliseconds) + days + 1;
  let header: Uint8Array | undefined;
  const agreed = agreeWith(recipient, ephemeral, (publicKey) => {
    header = writeHeader({ sizeClass, recipient, expiryDay, ephemeral: publicKey });
    return keyInfo(header);
  });
  if (agreed === undefined || header === undefined) {
    throw TypeError('Cannot make bundle: no node can have that designator');
  }
  const inner = new Uint8Array(roomIn(sizeClass));
  const view = new DataView(inner.buffer);
  const sender = designatorBytes(identity.designator)!;
  inner.set(sender);
  view.setBigUint64(madeAt, now);
  view.setUint32(lengthAt, bytes.length);
  inner.set(bytes, contentAt);
  const time = inner.subarray(madeAt, lengthAt);
  inner.set(identity.sign(statement(header, sender, time, ciphers.hash(bytes))), signatureAt);
  const bundle = new Uint8Array(classSizes[sizeClass]!);
  bundle.set(header);
  sealInto(bundle.subarray(headerBytes), ciphers, agreed.key, inner);
  return bundle;
};
harden(sealBundle);

/** Up to 12 MiB, so without a call for each byte. */
const isZero = (bytes: Uint8Array, from: number): boolean => {
  for (let i = from; i < bytes.length; i += 1) if (bytes[i] !== 0) return false;
  return true;
};

export type OpenedBundle = {
  readonly sender: Designator;
  readonly content: string;
  /** Milliseconds since 1970, by the sender's clock. */
  readonly madeAt: bigint;
};

/**
 * Opens a bundle, or refuses it whole.
 *
 * @param now - milliseconds since 1970, by the node's clock
 * @throws BundleRefusedError
 */
export const openBundle = (
  bundle: Uint8Array,
  identity: Identity,
  now: bigint,
  ciphers: Ciphers,
): OpenedBundle => {
  const { sizeClass, recipient, ephemeral } = readHeader(bundle, now);
  if (bundle.length !== classSizes[sizeClass]) throw new BundleRefusedError('malformed');
  if (recipient !== identity.designator) throw new BundleRefusedError('other-recipient');
  const header = bundle.slice(0, headerBytes);
  const key = identity.agree(ephemeral, keyInfo(header));
  if (key === undefined) throw new BundleRefusedError('not-sealed-so');
  let inner;
  try {
    inner = openAll(ciphers, key, bundle.subarray(headerBytes));
  } catch (error) {
    if (error instanceof NotSealedSoError) throw new BundleRefusedError('not-sealed-so');
    throw error;
  }
  const view = new DataView(inner.buffer, inner.byteOffset, inner.byteLength);
  const length = view.getUint32(lengthAt);
  const isWhole =
    length <= inner.length - contentAt &&
    isZero(inner, contentAt + length) &&
    // Of two sizes that a bundle could have, only the smaller one is right.
    classFor(contentAt + length) === sizeClass;
  if (!isWhole) throw new BundleRefusedError('malformed');
  const senderBytes = inner.slice(0, signatureAt);
  const sender = designatorOf(senderBytes);
  const bytes = inner.subarray(contentAt, contentAt + length);
  const signed = statement(
    header,
    senderBytes,
    inner.subarray(madeAt, lengthAt),
    ciphers.hash(bytes),
  );
  if (!isDesignator(sender) || !verifyIdentity(sender, signed, inner.slice(signatureAt, madeAt))) {
    throw new BundleRefusedError('not-sealed-so');
  }
  if (sender === identity.designator) throw new BundleRefusedError('own');
  const made = view.getBigUint64(madeAt);
  if (made > now + BigInt(dayMilliseconds)) throw new BundleRefusedError('future');
  const content = fromUtf8(bytes);
  if (content === undefined) throw new BundleRefusedError('malformed');
  return harden({ sender, content, madeAt: made });
};
harden(openBundle);
