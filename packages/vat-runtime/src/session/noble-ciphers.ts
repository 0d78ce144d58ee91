/** Ciphers in JavaScript: for browsers, which offer none to a page that came by plain http. */
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { x25519 } from '@noble/curves/ed25519.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import harden from '@endo/harden';
import { nobleEd25519 } from '../locator/ed25519.ts';
import { type Ciphers, agreementBytes, isCanonicalKey, isZero } from './ciphers.ts';

export const nobleCiphers: Ciphers = {
  ed25519: nobleEd25519,
  makeAgreementKey(secret) {
    if (secret.length !== agreementBytes) {
      throw RangeError('Cannot make key: the secret does not have 32 bytes');
    }
    const own = Uint8Array.from(secret);
    return harden({
      publicKey: x25519.getPublicKey(own),
      agree(publicKey: Uint8Array) {
        if (!isCanonicalKey(publicKey)) return undefined;
        try {
          const shared = x25519.getSharedSecret(own, publicKey);
          return isZero(shared) ? undefined : shared;
        } catch {
          // A key of small order.
          return undefined;
        }
      },
    });
  },
  seal(key, nonce, associated, text, into) {
    chacha20poly1305(key, nonce, associated).encrypt(text, into);
  },
  open(key, nonce, associated, sealed, into) {
    try {
      chacha20poly1305(key, nonce, associated).decrypt(sealed, into);
      return true;
    } catch {
      return false;
    }
  },
  hash(...parts) {
    const digest = sha256.create();
    for (const part of parts) digest.update(part);
    return digest.digest();
  },
  hmac(key, ...parts) {
    const digest = hmac.create(sha256, key);
    for (const part of parts) digest.update(part);
    return digest.digest();
  },
};
harden(nobleCiphers);
