/**
 * A keyring as bytes at rest.
 *
 *     "pocas keyring" 0x00 | version 1 | kind 1 | log2N 1 | p 1 | salt 16 | commitment 32 | nonce 24 | sealed
 *
 * `kind` is 0 for a device key and 1 for a passphrase. What is sealed, by XChaCha20-Poly1305
 * (draft-irtf-cfrg-xchacha-03) with all before it as associated data, is JSON in UTF-8, with spaces up to a
 * multiple of a kibibyte: the length tells little of what is in it. Each writing takes a new random nonce.
 */
import harden from '@endo/harden';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { bytesToUtf8 } from '@noble/ciphers/utils.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { keyringError } from './keyring-errors.ts';
import {
  type Cost,
  type KeyringKeys,
  type KeyringSecret,
  type Stretch,
  commitmentBytes,
  deriveKeys,
  isCost,
} from './passphrase.ts';

const magic = utf8ToBytes('pocas keyring\0');
const format = 1;
const saltBytes = 16;
const nonceBytes = 24;
const tagBytes = 16;
const paddingBytes = 1024;
const saltAt = magic.length + 4;
const commitmentAt = saltAt + saltBytes;
const nonceAt = commitmentAt + commitmentBytes;
const sealedAt = nonceAt + nonceBytes;
/** A thousand sturdy refs at their longest; more is not read. */
export const maxKeyringBytes: number = 4 << 20;

/** A secret made into keys, and what makes the same keys of it again. */
export type Opener = {
  /** The bytes before the nonce. */
  readonly header: Uint8Array;
  readonly keys: KeyringKeys;
};

const kindOf = (secret: KeyringSecret): number => ('passphrase' in secret ? 1 : 0);

/** Keys with a salt of their own. */
export const makeOpener = async (
  secret: KeyringSecret,
  random: (byteLength: number) => Uint8Array,
  stretch: Stretch,
  cost: Cost,
): Promise<Opener> => {
  const salt = random(saltBytes);
  const keys = await deriveKeys(secret, salt, cost, stretch);
  const { log2N, p } = kindOf(secret) === 1 ? cost : { log2N: 0, p: 0 };
  const header = new Uint8Array(nonceAt);
  header.set(magic);
  header.set([format, kindOf(secret), log2N, p], magic.length);
  header.set(salt, saltAt);
  header.set(keys.commitment, commitmentAt);
  return { header, keys };
};

const isSame = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

/** @throws where these are the bytes of no keyring */
export const checkHeader = (bytes: Uint8Array): void => {
  const length = bytes.length - sealedAt - tagBytes;
  if (
    bytes.length > maxKeyringBytes ||
    length < paddingBytes ||
    length % paddingBytes !== 0 ||
    !isSame(bytes.subarray(0, magic.length), magic)
  ) {
    throw keyringError('KEYRING_DAMAGED');
  }
  if (bytes[magic.length] !== format) throw keyringError('KEYRING_VERSION');
};

/** The keys of a secret for the keyring in `bytes`. @throws where they do not open it */
export const findOpener = async (
  bytes: Uint8Array,
  secret: KeyringSecret,
  stretch: Stretch,
): Promise<Opener> => {
  checkHeader(bytes);
  const [kind, log2N, p] = [1, 2, 3].map((i) => bytes[magic.length + i]!) as [
    number,
    number,
    number,
  ];
  if (kind !== kindOf(secret)) throw keyringError('KEYRING_WRONG_SECRET');
  if (kind === 1 && !isCost({ log2N, p })) throw keyringError('KEYRING_DAMAGED');
  // Copies: what was read belongs to its storage.
  const header = Uint8Array.from(bytes.subarray(0, nonceAt));
  const salt = header.subarray(saltAt, commitmentAt);
  const keys = await deriveKeys(secret, salt, { log2N, p }, stretch);
  if (!isSame(keys.commitment, header.subarray(commitmentAt))) {
    throw keyringError('KEYRING_WRONG_SECRET');
  }
  return { header, keys };
};

const concat = (...parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

/** Whether a keyring is sealed with these keys, and not with others since. */
export const isSealedBy = (bytes: Uint8Array, { header }: Opener): boolean =>
  isSame(bytes.subarray(0, nonceAt), header);

export const sealText = (
  text: string,
  { header, keys }: Opener,
  random: (byteLength: number) => Uint8Array,
): Uint8Array => {
  const plain = utf8ToBytes(text);
  const padded = new Uint8Array(Math.ceil((plain.length + 1) / paddingBytes) * paddingBytes);
  padded.fill(0x20);
  padded.set(plain);
  const nonce = random(nonceBytes);
  const sealed = xchacha20poly1305(keys.seal, nonce, header).encrypt(padded);
  plain.fill(0);
  padded.fill(0);
  const bytes = concat(header, nonce, sealed);
  if (bytes.length > maxKeyringBytes) throw keyringError('KEYRING_FULL');
  return bytes;
};

/** @throws unless the bytes are whole and as they were sealed with these keys */
export const unsealText = (bytes: Uint8Array, opener: Opener): string => {
  const { header, keys } = opener;
  checkHeader(bytes);
  if (!isSealedBy(bytes, opener)) throw keyringError('KEYRING_WRONG_SECRET');
  const nonce = bytes.subarray(nonceAt, sealedAt);
  let plain: Uint8Array;
  try {
    plain = xchacha20poly1305(keys.seal, nonce, header).decrypt(bytes.subarray(sealedAt));
  } catch {
    throw keyringError('KEYRING_DAMAGED');
  }
  const text = bytesToUtf8(plain);
  plain.fill(0);
  return text;
};
harden(unsealText);
