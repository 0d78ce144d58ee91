/**
 * What sessions are made of, behind one interface: X25519, ChaCha20-Poly1305, SHA-256, its HMAC, and
 * Ed25519.
 *
 * There are two implementations: `noble-ciphers.ts`, which runs anywhere, and that of a node
 * (`machine/node-ciphers.ts`), which is 10 to 100 times faster. The same vectors hold both.
 */
import harden from '@endo/harden';
import type { Ed25519 } from '../locator/ed25519.ts';

/** Bytes of a key of X25519, secret or public, and of what two of them agree on. */
export const agreementBytes = 32;
/** Bytes by which sealing makes a text longer: the tag of RFC 8439, section 2.8. */
export const sealBytes = 16;
/** Bytes of SHA-256, and of the keys of ChaCha20-Poly1305. */
export const hashBytes = 32;

/** A secret key of X25519 (RFC 7748, section 5), which does not leave this object. */
export type AgreementKey = {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /**
   * What both keys agree on, 32 bytes, or undefined where the other is no key that an honest side
   * has: one of small order, with which everybody agrees on the same, or one that is not written in
   * the one way in which keys are written.
   */
  agree(publicKey: Uint8Array): Uint8Array | undefined;
};

export type Ciphers = {
  readonly ed25519: Ed25519;
  /** @param secret - 32 random bytes, which are copied */
  makeAgreementKey(secret: Uint8Array): AgreementKey;
  /**
   * ChaCha20-Poly1305 (RFC 8439, section 2.8). No two texts may be sealed by one key and one nonce.
   *
   * @param key - 32 bytes
   * @param nonce - 12 bytes
   * @param associated - what is not sealed, and yet has to be the same when it is opened
   * @param into - where the sealed text goes: 16 bytes longer than `text`, and apart from it
   */
  seal(
    key: Uint8Array,
    nonce: Uint8Array,
    associated: Uint8Array,
    text: Uint8Array,
    into: Uint8Array,
  ): void;
  /**
   * The reverse.
   *
   * @param into - where the text goes: 16 bytes shorter than `sealed`, and apart from it.
   *   What it holds afterwards means nothing where the answer is false
   * @returns whether `sealed` is what was sealed by this key, with this nonce and `associated`
   */
  open(
    key: Uint8Array,
    nonce: Uint8Array,
    associated: Uint8Array,
    sealed: Uint8Array,
    into: Uint8Array,
  ): boolean;
  /** SHA-256 of the parts, one after the other. */
  hash(...parts: readonly Uint8Array[]): Uint8Array;
  /** HMAC-SHA-256 (RFC 2104) of the parts, one after the other. */
  hmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array;
};

/**
 * Whether 32 bytes are a coordinate below the field's order, 2^255 - 19, written as such.
 * RFC 7748, section 5, lets others pass, so that one key would have two spellings.
 */
export const isCanonicalKey = (publicKey: Uint8Array): boolean => {
  if (publicKey.length !== agreementBytes) return false;
  const top = publicKey[31]!;
  if (top !== 0x7f) return top < 0x7f;
  for (let i = 30; i > 0; i -= 1) if (publicKey[i] !== 0xff) return true;
  return publicKey[0]! < 0xed;
};
harden(isCanonicalKey);

/** Whether all bytes are zero, in a time that does not depend on them. */
export const isZero = (bytes: Uint8Array): boolean => {
  let any = 0;
  for (let i = 0; i < bytes.length; i += 1) any |= bytes[i]!;
  return any === 0;
};
harden(isZero);
