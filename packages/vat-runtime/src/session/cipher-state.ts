/**
 * What one key has sealed and opened so far: Noise, revision 34, section 5.1.
 *
 * Section numbers are those of the specification.
 */
import harden from '@endo/harden';
import { type Ciphers, hashBytes, sealBytes } from './ciphers.ts';

const faults = {
  NOISE_LENGTH: 'a message is too short or too long',
  NOISE_KEY: 'a key is not an acceptable one',
  NOISE_SEAL: 'a message was altered, or was not meant for this session',
  NOISE_ORDER: 'a message came out of turn',
  NOISE_SPENT: 'the key has sealed as many messages as it may',
} as const;

/** The `code` of what is thrown in here. */
export type NoiseFault = keyof typeof faults;

export const fail = (code: NoiseFault): never => {
  throw Object.assign(new Error(`Cannot go on with session: ${faults[code]}`), { code });
};

export const nothing: Uint8Array = new Uint8Array(0);
export const zeros: Uint8Array = new Uint8Array(hashBytes);

/** Section 5.1, "n": numbers up to 2^64 - 2 would do; these are the ones that are exact here. */
const maxNonce = Number.MAX_SAFE_INTEGER;
const nonceBytes = 12;

/** One direction of a session. After `open` has answered false nothing more may be asked of it. */
export type CipherState = {
  /** @param into - `sealBytes` longer than `text` */
  seal(associated: Uint8Array, text: Uint8Array, into: Uint8Array): void;
  /** @param into - `sealBytes` shorter than `sealed` */
  open(associated: Uint8Array, sealed: Uint8Array, into: Uint8Array): boolean;
  /** Section 4.2: takes a new key, from which the old one cannot be found. The counter goes on. */
  rekey(): void;
};

/**
 * @param key - 32 bytes, which are the state's own from now on
 * @param from - where the counter begins; for tests
 */
export const makeCipherState = (ciphers: Ciphers, key: Uint8Array, from = 0): CipherState => {
  let current = key;
  let count = from;
  // Section 12.3: four bytes of zeros, and the counter with its low end first.
  const nonce = new Uint8Array(nonceBytes);
  const view = new DataView(nonce.buffer);
  const step = () => {
    if (count >= maxNonce) fail('NOISE_SPENT');
    view.setUint32(4, count % 2 ** 32, true);
    view.setUint32(8, Math.floor(count / 2 ** 32), true);
  };
  return harden({
    seal(associated: Uint8Array, text: Uint8Array, into: Uint8Array) {
      step();
      ciphers.seal(current, nonce, associated, text, into);
      count += 1;
    },
    open(associated: Uint8Array, sealed: Uint8Array, into: Uint8Array) {
      step();
      if (!ciphers.open(current, nonce, associated, sealed, into)) return false;
      count += 1;
      return true;
    },
    rekey() {
      // Section 4.2, REKEY: what seals 32 zeros under the one counter that is never used otherwise.
      view.setBigUint64(4, 2n ** 64n - 1n, true);
      const sealed = new Uint8Array(hashBytes + sealBytes);
      ciphers.seal(current, nonce, nothing, zeros, sealed);
      current = sealed.slice(0, hashBytes);
    },
  });
};
harden(makeCipherState);
