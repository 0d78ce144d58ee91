/**
 * Bytes as text, in the two alphabets that locators use (RFC 4648, without padding).
 *
 * Each byte string has exactly one text: a decoder that accepted others (spare bits set, other
 * lengths, stray characters) would give one key several names, and one name two texts.
 */
import harden from '@endo/harden';

// RFC 4648, section 6, in lower case.
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
// RFC 4648, section 5.
const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

const encodeWith =
  (alphabet: string, bitsPerDigit: number) =>
  (bytes: Uint8Array): string => {
    const mask = (1 << bitsPerDigit) - 1;
    let text = '';
    let bits = 0;
    let pending = 0;
    for (const byte of bytes) {
      pending = (pending << 8) | byte;
      bits += 8;
      while (bits >= bitsPerDigit) {
        bits -= bitsPerDigit;
        text += alphabet.charAt((pending >> bits) & mask);
      }
      // What is left is less than one digit; the rest has been written.
      pending &= (1 << bits) - 1;
    }
    return bits === 0 ? text : text + alphabet.charAt((pending << (bitsPerDigit - bits)) & mask);
  };

const decodeWith =
  (alphabet: string, bitsPerDigit: number) =>
  (text: string, byteLength: number): Uint8Array | undefined => {
    // The length is known beforehand, so a long hostile text costs nothing.
    if (text.length !== Math.ceil((byteLength * 8) / bitsPerDigit)) return undefined;
    const bytes = new Uint8Array(byteLength);
    let at = 0;
    let bits = 0;
    let pending = 0;
    for (const digit of text) {
      const value = alphabet.indexOf(digit);
      if (value < 0) return undefined;
      pending = (pending << bitsPerDigit) | value;
      bits += bitsPerDigit;
      if (bits >= 8) {
        bits -= 8;
        bytes[at] = pending >> bits;
        at += 1;
        pending &= (1 << bits) - 1;
      }
    }
    return pending === 0 ? bytes : undefined;
  };

/** Bytes in lower-case base32. */
export const toBase32: (bytes: Uint8Array) => string = encodeWith(BASE32, 5);
harden(toBase32);

/** The bytes that `toBase32` wrote as `text`, or undefined for any other text. */
export const fromBase32: (text: string, byteLength: number) => Uint8Array | undefined = decodeWith(
  BASE32,
  5,
);
harden(fromBase32);

/** Bytes in base64url. */
export const toBase64Url: (bytes: Uint8Array) => string = encodeWith(BASE64URL, 6);
harden(toBase64Url);

/** The bytes that `toBase64Url` wrote as `text`, or undefined for any other text. */
export const fromBase64Url: (text: string, byteLength: number) => Uint8Array | undefined =
  decodeWith(BASE64URL, 6);
harden(fromBase64Url);
