/** What a segment's file is known by, and the first look at one. */
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Encapsulation } from '@pocas/vat-runtime/ristretto';
import { headerBytes } from './age-header.ts';
import { startingWith } from './chunks.ts';
import { SegmentFault } from './fault.ts';

/** Of the payload, after the header. */
export const nonceBytes = 16;
/** Before the first chunk. */
export const startBytes: number = headerBytes + nonceBytes;

/** Digests are SHA-256 in base64url. */
export type SegmentDigests = {
  /** Of the header, its mac included. */
  readonly headerDigest: string;
  /** Of the whole file. */
  readonly ciphertextDigest: string;
  /** Of the whole file, in bytes. */
  readonly size: bigint;
};
export type SealedSegment = SegmentDigests & { readonly encapsulation: Encapsulation };

export const digestOf = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('base64url');

/** Takes the digest and the length of what passes. */
export const makeMeter = (): {
  see(bytes: Uint8Array): void;
  size(): bigint;
  /** Asked once, at the end. */
  digest(): string;
} => {
  const hash = createHash('sha256');
  let size = 0n;
  return {
    see(bytes) {
      hash.update(bytes);
      size += BigInt(bytes.length);
    },
    size: () => size,
    digest: () => hash.digest('base64url'),
  };
};

/**
 * What a file is, to compare with what the log has of it before anything of it is believed.
 *
 * @throws SegmentFault `length` where it is too short to be one
 */
export const digestSegment = async (file: Readable): Promise<SegmentDigests> => {
  const meter = makeMeter();
  let headerDigest: string | undefined;
  for await (const part of startingWith(file, startBytes)) {
    headerDigest ??= digestOf(part.subarray(0, headerBytes));
    meter.see(part);
  }
  if (headerDigest === undefined) throw new SegmentFault('length');
  return { headerDigest, ciphertextDigest: meter.digest(), size: meter.size() };
};
