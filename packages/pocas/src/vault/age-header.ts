/**
 * The header of a segment's file: that of the age format (age-encryption.org/v1) with one stanza of our own,
 *
 *     age-encryption.org/v1
 *     -> pocas-threshold-v1 <R> <proof>
 *     <file key, wrapped>
 *     --- <mac>
 *
 * `R` and the proof are the encapsulation, in base64url as everywhere here. The file key is wrapped as that of
 * age's X25519 stanza is: ChaCha20-Poly1305 with the nonce 0, by a key that HKDF-SHA-256 makes of the
 * encapsulated key, with `R ‖ group key` as its salt.
 *
 * There is exactly one stanza, so a header has one length; a second one would be somebody else who can open it.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  timingSafeEqual,
} from 'node:crypto';
import type { Encapsulation } from '@pocas/vat-runtime/ristretto';
import { SegmentFault } from './fault.ts';

const version = 'age-encryption.org/v1';
const stanza = 'pocas-threshold-v1';
const cipher = 'chacha20-poly1305';
const tagBytes = 16;
export const fileKeyBytes = 16;

const shape = new RegExp(
  `^${version}\n-> ${stanza} ([\\w-]{43}) ([\\w-]{86})\n([A-Za-z0-9+/]{43})\n--- ([A-Za-z0-9+/]{43})\n$`,
);
/** Bytes of a header, which are all ASCII. */
export const headerBytes: number = [version, `-> ${stanza} `, '--- '].join('').length + 43 * 3 + 91;

/** Without padding, as the format has it (RFC 4648, section 4). */
const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes).toString('base64').replace(/=+$/, '');

/** One text for each bytes: spare bits must be 0. */
const canonical = (text: string, encoding: 'base64' | 'base64url'): Buffer => {
  const bytes = Buffer.from(text, encoding);
  const again = encoding === 'base64' ? base64(bytes) : bytes.toString('base64url');
  if (again !== text) throw new SegmentFault('header');
  return bytes;
};

/** What a header is written and opened by. `key` is the encapsulated key, 32 bytes as text. */
export type HeaderKey = {
  readonly encapsulation: Encapsulation;
  readonly groupKey: string;
  readonly key: string;
};

const hkdf = (secret: Uint8Array, salt: Uint8Array, info: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, salt, info, 32));

/** What bytes give, which are erased then, whatever happens. */
const erasing = <T>(bytes: Uint8Array, use: () => T): T => {
  try {
    return use();
  } finally {
    bytes.fill(0);
  }
};

const wrappingKey = ({ encapsulation, groupKey, key }: HeaderKey): Buffer => {
  const salt = [encapsulation.point, groupKey].map((text) => Buffer.from(text, 'base64url'));
  const secret = Buffer.from(key, 'base64url');
  return erasing(secret, () => hkdf(secret, Buffer.concat(salt), stanza));
};

const macOf = (fileKey: Uint8Array, upToMac: string): Buffer => {
  const key = hkdf(fileKey, Buffer.alloc(0), 'header');
  return erasing(key, () => createHmac('sha256', key).update(upToMac).digest());
};

/** The key of the payload (age-encryption.org/v1). The caller erases it. */
export const payloadKey = (fileKey: Uint8Array, nonce: Uint8Array): Buffer =>
  hkdf(fileKey, nonce, 'payload');

const noNonce = Buffer.alloc(12);

export const writeHeader = (by: HeaderKey, fileKey: Uint8Array): Buffer => {
  const key = wrappingKey(by);
  const wrapped = erasing(key, () => {
    const sealing = createCipheriv(cipher, key, noNonce, { authTagLength: tagBytes });
    return Buffer.concat([sealing.update(fileKey), sealing.final(), sealing.getAuthTag()]);
  });
  const { point, proof } = by.encapsulation;
  const upToMac = `${version}\n-> ${stanza} ${point} ${proof}\n${base64(wrapped)}\n---`;
  return Buffer.from(`${upToMac} ${base64(macOf(fileKey, upToMac))}\n`, 'latin1');
};

/** What stands in a header, of which nothing is believed yet. @throws SegmentFault `header` */
export const readHeader = (
  bytes: Uint8Array,
): {
  readonly encapsulation: Encapsulation;
  readonly wrapped: Buffer;
  readonly mac: Buffer;
  readonly upToMac: string;
} => {
  const text = Buffer.from(bytes).toString('latin1');
  const found = shape.exec(text);
  if (found === null) throw new SegmentFault('header');
  const [, point, proof, wrapped, mac] = found as unknown as [
    string,
    string,
    string,
    string,
    string,
  ];
  canonical(point, 'base64url');
  canonical(proof, 'base64url');
  return {
    encapsulation: { point, proof },
    wrapped: canonical(wrapped, 'base64'),
    mac: canonical(mac, 'base64'),
    upToMac: text.slice(0, text.lastIndexOf(' ')),
  };
};

/**
 * The file key. The caller erases it.
 *
 * @throws SegmentFault `header` where it is not of this encapsulation, or altered; `key` where the key does not open it
 */
export const openHeader = (bytes: Uint8Array, by: HeaderKey): Buffer => {
  const { encapsulation, wrapped, mac, upToMac } = readHeader(bytes);
  const { point, proof } = by.encapsulation;
  if (encapsulation.point !== point || encapsulation.proof !== proof) {
    throw new SegmentFault('header');
  }
  const key = wrappingKey(by);
  const fileKey = erasing(key, () => {
    const opening = createDecipheriv(cipher, key, noNonce, { authTagLength: tagBytes });
    opening.setAuthTag(wrapped.subarray(fileKeyBytes));
    const opened = opening.update(wrapped.subarray(0, fileKeyBytes));
    try {
      opening.final();
    } catch {
      opened.fill(0);
      throw new SegmentFault('key');
    }
    return opened;
  });
  if (timingSafeEqual(macOf(fileKey, upToMac), mac)) return fileKey;
  fileKey.fill(0);
  throw new SegmentFault('header');
};
