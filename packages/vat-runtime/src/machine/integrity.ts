/** How a store on this host tells that what it reads is what was written. */
import { hash as digest } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { type Checksum, checksumLength } from '../store/checked-storage.ts';
import type { Hash } from '../store/chain.ts';
import type { Digests } from '../vat/journal.ts';

/** CRC-32 of key and value, in hexadecimal digits. A quarter of a microsecond for 200 characters. */
export const rowChecksum: Checksum = (key, value) =>
  crc32(value, crc32(key)).toString(16).padStart(checksumLength, '0');

/** SHA-256 in base64url, 43 characters. About a millisecond for a MiB. */
export const sha256: Hash = (text) => digest('sha256', text, 'base64url');

/** What a vat's journal is kept with. */
export const digests: Digests = Object.freeze({
  hash: sha256,
  checksum: (key: string, value: string) => crc32(value, crc32(key)),
  byteLength: (text: string) => Buffer.byteLength(text),
});
