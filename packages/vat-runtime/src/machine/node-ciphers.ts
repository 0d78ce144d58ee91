/** Ciphers of the machine: OpenSSL, by way of Node. */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
} from 'node:crypto';
import harden from '@endo/harden';
import {
  type Ciphers,
  agreementBytes,
  isCanonicalKey,
  isZero,
  sealBytes,
} from '../session/ciphers.ts';

// What stands before the 32 bytes of a key of X25519 in DER (RFC 8410, sections 4 and 7).
const secretPrefix = Buffer.from('302e020100300506032b656e04220420', 'hex');
const publicPrefix = Buffer.from('302a300506032b656e032100', 'hex');

const algorithm = 'chacha20-poly1305';
const options = { authTagLength: sealBytes } as const;

export const nodeCiphers: Ciphers = {
  makeAgreementKey(secret) {
    if (secret.length !== agreementBytes) {
      throw RangeError('Cannot make key: the secret does not have 32 bytes');
    }
    const der = Buffer.concat([secretPrefix, secret]);
    const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    der.fill(0);
    const exported = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
    return harden({
      publicKey: new Uint8Array(exported.subarray(publicPrefix.length)),
      agree(publicKey: Uint8Array) {
        if (!isCanonicalKey(publicKey)) return undefined;
        try {
          const key = Buffer.concat([publicPrefix, publicKey]);
          const shared = diffieHellman({
            privateKey,
            publicKey: createPublicKey({ key, format: 'der', type: 'spki' }),
          });
          return isZero(shared) ? undefined : shared;
        } catch {
          // A key of small order.
          return undefined;
        }
      },
    });
  },
  seal(key, nonce, associated, text, into) {
    const cipher = createCipheriv(algorithm, key, nonce, options);
    cipher.setAAD(associated, { plaintextLength: text.length });
    into.set(cipher.update(text));
    cipher.final();
    into.set(cipher.getAuthTag(), text.length);
  },
  open(key, nonce, associated, sealed, into) {
    const length = sealed.length - sealBytes;
    if (length < 0) return false;
    const decipher = createDecipheriv(algorithm, key, nonce, options);
    decipher.setAAD(associated, { plaintextLength: length });
    decipher.setAuthTag(sealed.subarray(length));
    const text = decipher.update(sealed.subarray(0, length));
    try {
      decipher.final();
    } catch {
      return false;
    }
    into.set(text);
    return true;
  },
  hash(...parts) {
    const digest = createHash('sha256');
    for (const part of parts) digest.update(part);
    return digest.digest();
  },
  hmac(key, ...parts) {
    const digest = createHmac('sha256', key);
    for (const part of parts) digest.update(part);
    return digest.digest();
  },
};
harden(nodeCiphers);
