/**
 * What opens a keyring, made into keys.
 *
 * A passphrase is stretched by scrypt (RFC 7914), and not by Argon2id: both are in reach of a page on plain
 * http, which has no WebCrypto, but only scrypt is also in Node 20, natively.
 */
import harden from '@endo/harden';
import { hkdf } from '@noble/hashes/hkdf.js';
import { scrypt } from '@noble/hashes/scrypt.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { keyringError } from './keyring-errors.ts';

/** Either a text that a person knows, or 32 random bytes that a device keeps. */
export type KeyringSecret = { readonly passphrase: string } | { readonly deviceKey: Uint8Array };

/** How hard a guess is: scrypt with r = 8 takes 1 KiB << log2N of memory, and `p` times as long. */
export type Cost = { readonly log2N: number; readonly p: number };

/**
 * Of a new keyring: 64 MiB, twice. One of the equivalent settings of the OWASP Password Storage Cheat
 * Sheet, section "scrypt", and the one with which a phone that has little memory still opens it.
 */
export const defaultCost: Cost = harden({ log2N: 16, p: 2 });
/** Others than these were not written by us: too little guards nothing, too much stops the page. */
export const isCost = ({ log2N, p }: Cost): boolean =>
  log2N >= 14 && log2N <= 18 && p >= 1 && p <= 4;

/** scrypt with r = 8 and 32 bytes. A program may do it natively, or in a thread of its own. */
export type Stretch = (
  passphrase: Uint8Array,
  salt: Uint8Array,
  cost: Cost,
) => Promise<Uint8Array> | Uint8Array;

/** In this thread, which stands still meanwhile. */
export const stretchHere: Stretch = (passphrase, salt, { log2N, p }) =>
  // 128 · N · r, and what is around it.
  scrypt(passphrase, salt, { N: 2 ** log2N, r: 8, p, dkLen: 32, maxmem: 2 ** (log2N + 11) });

/** `commitment` may be known: it tells whether a secret is the right one, and nothing else. */
export type KeyringKeys = { readonly seal: Uint8Array; readonly commitment: Uint8Array };

export const commitmentBytes = 32;
const deviceKeyBytes = 32;
const minPassphraseLength = 8;

/** Refuses what a new keyring should not be sealed with. */
export const assertSecret = (secret: KeyringSecret, cost: Cost): void => {
  if (!isCost(cost)) throw RangeError('Cannot seal keyring: the cost is out of bounds');
  if ('deviceKey' in secret) return;
  if ([...secret.passphrase].length < minPassphraseLength) throw keyringError('KEYRING_WEAK');
};

/** @param cost - of a keyring under a passphrase */
export const deriveKeys = async (
  secret: KeyringSecret,
  salt: Uint8Array,
  cost: Cost,
  stretch: Stretch,
): Promise<KeyringKeys> => {
  let strong: Uint8Array;
  if ('deviceKey' in secret) {
    if (secret.deviceKey.length !== deviceKeyBytes) {
      throw RangeError('Cannot use keyring: the device key does not have 32 bytes');
    }
    strong = Uint8Array.from(secret.deviceKey);
  } else {
    // One word may be typed as different characters on different keyboards.
    const passphrase = utf8ToBytes(secret.passphrase.normalize('NFKC'));
    strong = await stretch(passphrase, salt, cost);
    passphrase.fill(0);
  }
  // The cipher alone would let one text open under two keys, so the key is committed to.
  const keys = hkdf(sha256, strong, salt, utf8ToBytes('pocas keyring 1'), 32 + commitmentBytes);
  strong.fill(0);
  return { seal: keys.subarray(0, 32), commitment: keys.subarray(32) };
};
