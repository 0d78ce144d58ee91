/** How a keyring refuses: fixed texts with a code, so that no secret can stand in one. */
import harden from '@endo/harden';

const faults = {
  KEYRING_NONE: 'there is none',
  KEYRING_EXISTS: 'there is one already; open it, or remove it first',
  KEYRING_WRONG_SECRET:
    'the passphrase or device key is not the one that it was sealed with; try again, or restore a copy',
  KEYRING_DAMAGED: 'it was altered or cut short; restore a copy',
  KEYRING_VERSION: 'it was written by a newer version; update this one',
  KEYRING_OLDER: 'it is older than it was a while ago; somebody put back a copy',
  KEYRING_LOCKED: 'it was locked; open it again',
  KEYRING_FULL: 'it would hold too much; remove what is not needed',
  KEYRING_WEAK: 'the passphrase has less than 8 characters; take a longer one',
} as const;

/** Why a keyring could not be used: the `code` of the error. */
export type KeyringFault = keyof typeof faults;

export const keyringError = (code: KeyringFault): Error & { readonly code: KeyringFault } =>
  Object.assign(Error(`Cannot use keyring: ${faults[code]}`), { code });
harden(keyringError);
