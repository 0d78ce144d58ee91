/** A keyring for the sturdy refs of a client (`client.ts`), sealed at rest. */
export {
  type Keyring,
  type KeyringEntry,
  type KeyringPowers,
  type KeyringStorage,
  importKeyring,
  makeKeyring,
  openKeyring,
} from './client/keyring.ts';
export { makePageStorage } from './client/indexed-db.ts';
export type { KeyringFault } from './client/keyring-errors.ts';
export { type Cost, type KeyringSecret, type Stretch, stretchHere } from './client/passphrase.ts';
