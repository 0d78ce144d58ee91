/**
 * The key of a move bundle, and the header that says how it is found.
 *
 *     0  "pocas move 1\n"   13 bytes
 *    13  how the key is found: 0 by a passphrase, 1 by shares   1
 *    14  cost of scrypt, 0 for shares                           1
 *    15  salt                                                  32
 */
import { hkdfSync } from 'node:crypto';
import { MoveRefusedError } from './move-refused.ts';
import { greatestCost, leastCost, stretchPassphrase, usualCost } from '../machine/passphrase.ts';

const magic = Buffer.from('pocas move 1\n', 'latin1');
const saltBytes = 32;
export const moveHeaderBytes: number = magic.length + 2 + saltBytes;
/** Fewer characters are found by trying. */
export const leastPassphrase = 12;

/** What opens a bundle: a passphrase, or the 32 bytes that stewards hold in shares. */
export type MoveSecret =
  | { readonly kind: 'passphrase'; readonly passphrase: string }
  | { readonly kind: 'shared'; readonly secret: Uint8Array };

export type MoveKey = { readonly header: Uint8Array; readonly key: Uint8Array };

const deriveKey = async (header: Uint8Array, secret: MoveSecret): Promise<MoveKey> => {
  const salt = header.slice(magic.length + 2);
  const strong =
    secret.kind === 'shared'
      ? secret.secret
      : await stretchPassphrase(secret.passphrase, salt, header[magic.length + 1]!);
  // Bound to all of the header.
  const info = Buffer.concat([Buffer.from('pocas move key 1\n'), header]);
  return { header, key: new Uint8Array(hkdfSync('sha256', strong, salt, info, 32)) };
};

/** The key of a new bundle. */
export const makeMoveKey = async (
  secret: MoveSecret,
  random: (byteLength: number) => Uint8Array,
  cost: number = usualCost,
): Promise<MoveKey> => {
  if (secret.kind === 'passphrase' && secret.passphrase.length < leastPassphrase) {
    throw RangeError(
      `Cannot export: the passphrase has less than ${leastPassphrase} characters; take a few words`,
    );
  }
  const header = new Uint8Array(moveHeaderBytes);
  header.set(magic);
  header[magic.length] = secret.kind === 'shared' ? 1 : 0;
  header[magic.length + 1] = secret.kind === 'shared' ? 0 : cost;
  header.set(random(saltBytes), magic.length + 2);
  return deriveKey(header, secret);
};

/** How the key of a bundle is found. @throws MoveRefusedError where it is no bundle */
export const readMoveHeader = (header: Uint8Array): MoveSecret['kind'] => {
  const kind = header[magic.length];
  const cost = header[magic.length + 1]!;
  const isOurs = header.length === moveHeaderBytes && magic.every((byte, i) => header[i] === byte);
  if (isOurs && kind === 1 && cost === 0) return 'shared';
  if (isOurs && kind === 0 && cost >= leastCost && cost <= greatestCost) return 'passphrase';
  throw new MoveRefusedError('malformed');
};

/** The key of a bundle that is there. Whether it is the right one shows when its first chunk is opened. */
export const findMoveKey = async (header: Uint8Array, secret: MoveSecret): Promise<MoveKey> => {
  if (readMoveHeader(header) !== secret.kind) throw new MoveRefusedError('other-secret');
  return deriveKey(header, secret);
};
