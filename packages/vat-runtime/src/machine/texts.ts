import type { Texts } from '../courier/texts.ts';

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
