/** Ed25519 (RFC 8032), as far as identities need it, in JavaScript. A host may have a faster one. */
import { ed25519 } from '@noble/curves/ed25519.js';
import harden from '@endo/harden';

export type Ed25519 = {
  /**
   * @param seed - 32 secret bytes, which are copied
   * @returns what signs with the key that they make
   */
  makeSigner(seed: Uint8Array): (message: Uint8Array) => Uint8Array;
  /**
   * Whether a key signed. False, never an error, for a signature in another form: with the
   * order of the group added to its second half, or its point written in another way.
   *
   * @param publicKey - 32 bytes, in which nothing is odd: whether they are a key is looked at before
   */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
};

export const nobleEd25519: Ed25519 = {
  makeSigner(seed) {
    const secret = Uint8Array.from(seed);
    return (message) => ed25519.sign(message, secret);
  },
  verify(publicKey, message, signature) {
    try {
      // The default, ZIP 215, accepts keys and points in several encodings.
      return ed25519.verify(signature, message, publicKey, { zip215: false });
    } catch {
      return false;
    }
  },
};
harden(nobleEd25519);
