/** Why a handshake fails, in fixed words: they tell nothing of what was said. */
import type { NoiseFault } from './cipher-state.ts';

const faults = {
  LINK_OVERSIZED: 'a message is too long',
  LINK_MALFORMED: 'a message is not well formed',
  LINK_BAD_KEY: 'a key of the other side is not an acceptable one',
  LINK_UNSEALED: 'a message was altered on its way, or is of another version',
  LINK_SELF: 'the other side is this node itself',
  LINK_UNEXPECTED: 'the other side is not the node that was dialled',
  LINK_UNPROVED: 'the signature of the other side does not verify',
  LINK_REFUSED: 'another link to the same node is kept',
  LINK_ORDER: 'a message came out of turn',
} as const;

/** Why a handshake failed; the `code` of the error that `receive` throws. */
export type HandshakeFault = keyof typeof faults;

const textOf = (code: HandshakeFault): string => `Cannot link: ${faults[code]}`;
export const refuse = (code: HandshakeFault): never => {
  throw Object.assign(new Error(textOf(code)), { code });
};

/** The message of the error by which a dialer learns that the listener keeps to another link. */
export const REFUSED: string = textOf('LINK_REFUSED');

const noiseFaults: Record<NoiseFault, HandshakeFault> = {
  NOISE_LENGTH: 'LINK_MALFORMED',
  NOISE_KEY: 'LINK_BAD_KEY',
  NOISE_SEAL: 'LINK_UNSEALED',
  NOISE_ORDER: 'LINK_ORDER',
  NOISE_SPENT: 'LINK_ORDER',
};

/** Whatever goes wrong inside Noise, in the words of a link. */
export const named = <T>(act: () => T): T => {
  try {
    return act();
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    const known = Object.hasOwn(noiseFaults, String(code));
    // The cast holds: it is a key of the table.
    if (known) return refuse(noiseFaults[code as NoiseFault]);
    throw error;
  }
};
