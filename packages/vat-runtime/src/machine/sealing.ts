/** What bundles are sealed and carried with: by `node:crypto`, some hundred times faster than JavaScript under lockdown. */
import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import type { Aead } from '../courier/chunks.ts';
import type { Texts } from '../courier/texts.ts';

const algorithm = 'chacha20-poly1305';
const tagBytes = 16;

/** ChaCha20-Poly1305 (RFC 8439). */
export const aead: Aead = Object.freeze({
  seal(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array) {
    const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
    const sealed = Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
    return new Uint8Array(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  },
  open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array) {
    if (sealed.length < tagBytes) return undefined;
    const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
    const end = sealed.length - tagBytes;
    decipher.setAuthTag(sealed.subarray(end));
    const opened = decipher.update(sealed.subarray(0, end));
    try {
      // Whether the tag fits. Before it is known, nothing of the text may be used.
      decipher.final();
    } catch {
      return undefined;
    }
    return new Uint8Array(opened.buffer, opened.byteOffset, opened.byteLength);
  },
});

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of UTF-8, undefined for bytes that are none. */
export const readText = (bytes: Uint8Array): string | undefined => {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
};

/** SHA-256 of bytes. */
export const sha256Bytes = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(createHash('sha256').update(bytes).digest());

/** base64url by Buffer, held to the one text that each bytes have. */
export const texts: Texts = Object.freeze({
  toText: (bytes: Uint8Array) =>
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url'),
  fromText(text: string) {
    const bytes = Buffer.from(text, 'base64url');
    if (bytes.toString('base64url') !== text) return undefined;
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  },
});
