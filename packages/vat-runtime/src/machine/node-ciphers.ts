/** Ciphers of the machine: OpenSSL, by way of Node. */
import {
  type KeyObject,
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  sign,
  verify,
} from 'node:crypto';
import harden from '@endo/harden';
import {
  type Ciphers,
  agreementBytes,
  isCanonicalKey,
  isZero,
  sealBytes,
} from '../session/ciphers.ts';

type Curve = 'X25519' | 'Ed25519';

// What stands before the 32 bytes of a secret key in DER (RFC 8410, section 7).
const secretPrefix = {
  X25519: Buffer.from('302e020100300506032b656e04220420', 'hex'),
  Ed25519: Buffer.from('302e020100300506032b657004220420', 'hex'),
};

const secretKey = (curve: Curve, secret: Uint8Array): KeyObject => {
  const der = Buffer.concat([secretPrefix[curve], secret]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  der.fill(0);
  return key;
};

// By RFC 8037: a tenth of the time that DER takes.
const publicKeyOf = (curve: Curve, bytes: Uint8Array): KeyObject =>
  createPublicKey({
    key: { kty: 'OKP', crv: curve, x: Buffer.from(bytes).toString('base64url') },
    format: 'jwk',
  });

const algorithm = 'chacha20-poly1305';
const options = { authTagLength: sealBytes } as const;

export const nodeCiphers: Ciphers = {
  ed25519: {
    makeSigner(seed) {
      const key = secretKey('Ed25519', seed);
      return (message) => new Uint8Array(sign(null, message, key));
    },
    verify(publicKey, message, signature) {
      try {
        return verify(null, message, publicKeyOf('Ed25519', publicKey), signature);
      } catch {
        return false;
      }
    },
  },
  makeAgreementKey(secret) {
    if (secret.length !== agreementBytes) {
      throw RangeError('Cannot make key: the secret does not have 32 bytes');
    }
    const privateKey = secretKey('X25519', secret);
    const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
    return harden({
      publicKey: new Uint8Array(Buffer.from(x!, 'base64url')),
      agree(publicKey: Uint8Array) {
        if (!isCanonicalKey(publicKey)) return undefined;
        try {
          const shared = diffieHellman({
            privateKey,
            publicKey: publicKeyOf('X25519', publicKey),
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
