/**
 * A client on Node: `@pocas/vat-runtime/client` and `…/keyring` with the powers of this process.
 * Import `@pocas/vat-runtime/lockdown` first.
 *
 * @example
 * const client = openClient(clientPowers());
 * const wallet = client.enliven(sturdyRef);
 * await E(wallet.current()).view();
 */
import { randomBytes, scrypt } from 'node:crypto';
import { nodeCiphers } from '../machine/node-ciphers.ts';
import { dialChannel } from './web-socket.ts';
import type { ClientPowers } from '../client/client.ts';
import type { Stretch } from '../client/passphrase.ts';

export { type Client, type ClientPowers, openClient } from '../client/client.ts';
export { type Session, connect } from '../client/connect.ts';
export type { Held, HeldState } from '../client/held.ts';
export {
  type Keyring,
  type KeyringEntry,
  type KeyringPowers,
  type KeyringStorage,
  importKeyring,
  makeKeyring,
  openKeyring,
} from '../client/keyring.ts';
export type { KeyringFault } from '../client/keyring-errors.ts';
export type { KeyringSecret } from '../client/passphrase.ts';
export { makeFolderStorage } from './keyring-folder.ts';

/** scrypt as Node has it, in a thread of its own: the same bytes as noble's, in a fraction of the time. */
const stretch: Stretch = (passphrase, salt, { log2N, p }) =>
  new Promise((resolve, reject) => {
    const options = { N: 2 ** log2N, r: 8, p, maxmem: 2 ** (log2N + 11) };
    scrypt(passphrase, salt, 32, options, (error, key) =>
      error === null ? resolve(new Uint8Array(key)) : reject(error),
    );
  });

const random = (byteLength: number): Uint8Array => new Uint8Array(randomBytes(byteLength));

/** WebSockets, randomness and timers of this process. */
export const clientPowers = (): ClientPowers => ({
  dial: (location) => dialChannel(location),
  ciphers: nodeCiphers,
  random,
  later: (task) => void setImmediate(task),
  after(milliseconds, task) {
    const timer = setTimeout(task, milliseconds);
    return () => clearTimeout(timer);
  },
});

/** For `makeKeyring` and `openKeyring`, beside a storage and a secret. */
export const keyringPowers = (): {
  readonly random: (byteLength: number) => Uint8Array;
  readonly stretch: Stretch;
} => ({ random, stretch });
