/**
 * A bundle as everybody sees it: a header that says where it goes, until when, and how large it is,
 * and then bytes of which nobody else can make anything.
 *
 *     0  "pocas bundle 1\n"   15 bytes
 *    15  size class            1
 *    16  recipient            32   the Ed25519 key of its designator
 *    48  expiry                4   whole days since 1970, big-endian
 *    52  ephemeral key        32   X25519
 *    84  sealed chunks             as many as fill the size of the class
 *
 * There are few sizes, and days are coarse, so two senders, or two messages, look alike.
 */
import harden from '@endo/harden';
import { type Designator, designatorBytes, designatorOf } from '../locator/identity.ts';
import { toUtf8 } from '../session/utf8.ts';
import { openedLength } from './chunks.ts';

const magic = toUtf8('pocas bundle 1\n');
const classAt = magic.length;
const recipientAt = classAt + 1;
const expiryAt = recipientAt + 32;
const ephemeralAt = expiryAt + 4;
export const headerBytes: number = ephemeralAt + 32;

/** Bytes of a whole bundle, by size class: 4 KiB, and each four times the one before, up to 16 MiB. */
export const classSizes: readonly number[] = [0, 1, 2, 3, 4, 5, 6].map((k) => 4096 * 4 ** k);
harden(classSizes);
export const maxBundleBytes: number = classSizes.at(-1)!;

/** How many bytes of plaintext fill a bundle of a class. */
export const roomIn = (sizeClass: number): number =>
  openedLength(classSizes[sizeClass]! - headerBytes);

/** The smallest class that has room for so many bytes, undefined where none has. */
export const classFor = (length: number): number | undefined => {
  const sizeClass = classSizes.findIndex((_size, k) => roomIn(k) >= length);
  return sizeClass < 0 ? undefined : sizeClass;
};
harden(classFor);

export type BundleHeader = {
  readonly sizeClass: number;
  readonly recipient: Designator;
  /** Whole days since 1970: the bundle is good for until that day begins, UTC. */
  readonly expiryDay: number;
  readonly ephemeral: Uint8Array;
};

/** Nobody has to keep a bundle for longer, in days. */
export const maxDays = 90;
export const dayMilliseconds = 86_400_000;

export const writeHeader = (header: BundleHeader): Uint8Array => {
  const recipient = designatorBytes(header.recipient);
  if (recipient === undefined) throw TypeError('Cannot write bundle: the recipient is malformed');
  const bytes = new Uint8Array(headerBytes);
  bytes.set(magic);
  bytes[classAt] = header.sizeClass;
  bytes.set(recipient, recipientAt);
  new DataView(bytes.buffer).setUint32(expiryAt, header.expiryDay);
  bytes.set(header.ephemeral, ephemeralAt);
  return bytes;
};
harden(writeHeader);

/** What is wrong with a bundle, for whoever brought it. */
export type BundleFault =
  /** It is no bundle, or not a whole one. */
  | 'malformed'
  | 'expired'
  /** It says that it is good for longer than any bundle is, or that it was made in time to come. */
  | 'future'
  /** It was altered, or sealed to somebody else, or signed by nobody. */
  | 'not-sealed-so'
  | 'other-recipient'
  /** The node made it itself. */
  | 'own'
  /** The node does not know the sender. */
  | 'unknown-sender';

const words: { readonly [fault in BundleFault]: string } = {
  malformed: 'it is no bundle, or not a whole one; ask for another copy',
  expired: 'its time is over; ask its sender for a new one, and compare the clocks of both nodes',
  future: 'it comes from a time that is not yet; compare the clocks of both nodes',
  'not-sealed-so': 'it was altered or damaged on the way; ask for another copy',
  'other-recipient': 'it is for another node',
  own: 'this node made it; bring it to the node that it is for',
  'unknown-sender': 'its sender is no node that this one knows',
};

/** A bundle of which nothing was taken. */
export class BundleRefusedError extends Error {
  readonly code = 'POCAS_BUNDLE_REFUSED';
  readonly fault: BundleFault;
  constructor(fault: BundleFault) {
    super(`Cannot take bundle: ${words[fault]}`);
    this.name = 'BundleRefusedError';
    this.fault = fault;
  }
}

/**
 * Reads a header, of which all may be somebody's invention.
 *
 * @param bytes - the beginning of a bundle
 * @param now - milliseconds since 1970
 * @throws BundleRefusedError
 */
export const readHeader = (bytes: Uint8Array, now: bigint): BundleHeader => {
  if (bytes.length < headerBytes || magic.some((byte, i) => bytes[i] !== byte)) {
    throw new BundleRefusedError('malformed');
  }
  const sizeClass = bytes[classAt]!;
  if (sizeClass >= classSizes.length) throw new BundleRefusedError('malformed');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const expiryDay = view.getUint32(expiryAt);
  const expiry = BigInt(expiryDay) * BigInt(dayMilliseconds);
  if (expiry <= now) throw new BundleRefusedError('expired');
  // A day more for the rounding, and one for clocks that differ.
  if (expiry > now + BigInt((maxDays + 2) * dayMilliseconds)) {
    throw new BundleRefusedError('future');
  }
  return harden({
    sizeClass,
    recipient: designatorOf(bytes.slice(recipientAt, expiryAt)),
    expiryDay,
    ephemeral: bytes.slice(ephemeralAt, headerBytes),
  });
};
harden(readHeader);
