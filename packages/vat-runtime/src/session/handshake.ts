/**
 * Two nodes prove to each other which keys they hold, before anything else crosses the link.
 *
 * Both send a hello with a fresh nonce at once; each answers the other's with a signature over
 * both hellos and its own role. So a signature is worth nothing on another link (the nonces differ),
 * to another node (both designators are in it), or turned round (the role is in it).
 *
 * What this does not give:
 * - no encryption: whoever can read the channel reads every later message, swiss numbers included;
 * - no channel binding: whoever can change the channel passes the handshake through unaltered
 *   and then adds, drops or alters messages.
 * So a link is as safe as the channel under it: a loopback, a network that its owner trusts, or TLS.
 * Noise takes the place of this (decision record 0003); THREATS.md, promise 4, says what stays open.
 */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import harden from '@endo/harden';
import { fromBase64Url, toBase64Url } from '../locator/base-encoding.ts';
import {
  type Designator,
  type Identity,
  isDesignator,
  verifyIdentity,
} from '../locator/identity.ts';

export type Role = 'dialer' | 'listener';

/** What one side has proved (its key) and what it says about itself. */
export type Peer = {
  readonly designator: Designator;
  /** Random for each start of the process: another one means that the node was restarted. */
  readonly incarnation: string;
  /** Whether it keeps its key, and references to what it exports, across restarts. */
  readonly lasting: boolean;
  /** Where it says that it can be dialled. Any text: to be checked before it is used. */
  readonly locations: readonly string[];
};

export type HandshakeOptions = {
  role: Role;
  identity: Identity;
  incarnation: string;
  lasting: boolean;
  locations: readonly string[];
  /** Gives that many unpredictable bytes. */
  random: (byteLength: number) => Uint8Array;
  /** For a dialer: the only node that it wants to speak with. */
  expect?: Designator;
};

/**
 * One side of one handshake. The owner carries the texts over an ordered channel, and closes the
 * channel when `receive` throws or when the handshake has taken too long: there is no clock in here.
 */
export type Handshake = {
  /** Once, when the channel is open. @returns messages to send, in order. */
  start(): readonly string[];
  /**
   * Takes the other side's next message.
   * Once `done` has been answered the handshake is over: what comes next on the channel is CapTP.
   * Throws an Error with a `code` and a fixed message; so does every call after that.
   *
   * @returns messages to send, in order; and who the other side is, when that is proved
   */
  receive(text: string): {
    readonly send: readonly string[];
    readonly done?: { readonly peer: Peer };
  };
};

const nonceBytes = 32;
const incarnationBytes = 16;
const signatureBytes = 64;
/** Longest handshake message, in characters; a hello with every location at its longest fits. */
export const maxHandshakeLength: number = 4096;
/** A node has few addresses. */
const maxLocations = 8;
const maxLocationLength = 400;

const domain = 'pocas link 1';
const printable = /^[\x20-\x7e]*$/;
// Printable, and without the two characters that JSON would lengthen.
const locationForm = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

const faults = {
  LINK_OVERSIZED: 'a message is too long',
  LINK_MALFORMED: 'a message is not well formed',
  LINK_VERSION: 'the other side speaks another version',
  LINK_BAD_KEY: 'the designator of the other side is not an acceptable key',
  LINK_SELF: 'the other side is this node itself',
  LINK_REFLECTED: 'the other side sent our own nonce back',
  LINK_UNEXPECTED: 'the other side is not the node that was dialled',
  LINK_UNPROVED: 'the signature of the other side does not verify',
  LINK_ORDER: 'a message came out of turn',
} as const;

/** Why a handshake failed; the `code` of the error that `receive` throws. */
export type HandshakeFault = keyof typeof faults;

const refuse = (code: HandshakeFault): never => {
  throw Object.assign(new Error(`Cannot link: ${faults[code]}`), { code });
};

/** A new incarnation, to be made once at each start of a process. */
export const makeIncarnation = (random: (byteLength: number) => Uint8Array): string =>
  toBase64Url(random(incarnationBytes));
harden(makeIncarnation);

/** The record in `text` if it has exactly these keys. */
const readRecord = (text: string, keys: readonly string[]): Record<string, unknown> => {
  // Before parsing: the length bounds what a stranger can make this node do.
  if (text.length > maxHandshakeLength) refuse('LINK_OVERSIZED');
  // The transcript separates its parts by line feeds, so no part may hold one.
  if (!printable.test(text)) refuse('LINK_MALFORMED');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse('LINK_MALFORMED');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse('LINK_MALFORMED');
  }
  // The cast holds: what JSON.parse makes of an object has string keys and unknown values.
  const record = value as Record<string, unknown>;
  if ('v' in record && record['v'] !== 1) refuse('LINK_VERSION');
  const found = Object.keys(record);
  if (found.length !== keys.length || !keys.every((key) => found.includes(key))) {
    refuse('LINK_MALFORMED');
  }
  return record;
};

const helloKeys = ['type', 'v', 'designator', 'nonce', 'incarnation', 'lasting', 'locations'];
const authKeys = ['type', 'signature'];

const isLocations = (value: unknown): value is string[] =>
  Array.isArray(value) &&
  value.length <= maxLocations &&
  value.every(
    (location) =>
      typeof location === 'string' &&
      location.length <= maxLocationLength &&
      locationForm.test(location),
  );

const isBase64Url = (value: unknown, byteLength: number): value is string =>
  typeof value === 'string' && fromBase64Url(value, byteLength) !== undefined;

const readHello = (text: string): { peer: Peer; nonce: string } => {
  const { type, designator, nonce, incarnation, lasting, locations } = readRecord(text, helloKeys);
  if (
    type !== 'hello' ||
    typeof designator !== 'string' ||
    !isBase64Url(nonce, nonceBytes) ||
    !isBase64Url(incarnation, incarnationBytes) ||
    typeof lasting !== 'boolean' ||
    !isLocations(locations)
  ) {
    return refuse('LINK_MALFORMED');
  }
  if (!isDesignator(designator)) return refuse('LINK_BAD_KEY');
  return { peer: harden({ designator, incarnation, lasting, locations }), nonce };
};

const readAuth = (text: string): Uint8Array => {
  const { type, signature } = readRecord(text, authKeys);
  const bytes =
    type === 'auth' && typeof signature === 'string'
      ? fromBase64Url(signature, signatureBytes)
      : undefined;
  return bytes ?? refuse('LINK_MALFORMED');
};

/** What the side in `role` signs. */
const transcript = (role: Role, dialerHello: string, listenerHello: string): Uint8Array =>
  utf8ToBytes([domain, role, dialerHello, listenerHello].join('\n'));

/**
 * One side of the mutual challenge on one link.
 *
 * @example
 * const handshake = makeHandshake({ role: 'dialer', identity, incarnation, lasting: true, locations: [], random });
 * for (const text of handshake.start()) socket.send(text);
 * const { send, done } = handshake.receive(text);
 */
export const makeHandshake = (options: HandshakeOptions): Handshake => {
  const { role, identity, incarnation, lasting, locations, random, expect } = options;
  if (!isBase64Url(incarnation, incarnationBytes)) {
    throw new TypeError('Cannot make handshake: the incarnation is not from makeIncarnation');
  }
  if (!isLocations(locations)) {
    throw new TypeError('Cannot make handshake: a location is malformed, or there are too many');
  }
  const { designator } = identity;
  const nonce = toBase64Url(random(nonceBytes));
  const ourHello = JSON.stringify({
    type: 'hello',
    v: 1,
    designator,
    nonce,
    incarnation,
    lasting,
    locations,
  });
  const otherRole: Role = role === 'dialer' ? 'listener' : 'dialer';

  let phase: 'new' | 'hello' | 'auth' | 'done' | 'failed' = 'new';
  // Set together, when the hello has passed: who the other side says it is, and what it must sign.
  let alleged: { peer: Peer; theirTranscript: Uint8Array } | undefined;

  const transcriptOf = (signer: Role, theirHello: string): Uint8Array =>
    role === 'dialer'
      ? transcript(signer, ourHello, theirHello)
      : transcript(signer, theirHello, ourHello);

  const receiveHello = (text: string) => {
    const hello = readHello(text);
    if (hello.peer.designator === designator) refuse('LINK_SELF');
    if (hello.nonce === nonce) refuse('LINK_REFLECTED');
    // Before we sign: a node that we did not mean to reach gets no signature of ours.
    if (expect !== undefined && hello.peer.designator !== expect) refuse('LINK_UNEXPECTED');
    alleged = { peer: hello.peer, theirTranscript: transcriptOf(otherRole, text) };
    const signature = toBase64Url(identity.sign(transcriptOf(role, text)));
    return harden({ send: [JSON.stringify({ type: 'auth', signature })] });
  };

  const receiveAuth = (text: string) => {
    const signature = readAuth(text);
    if (
      alleged === undefined ||
      !verifyIdentity(alleged.peer.designator, alleged.theirTranscript, signature)
    ) {
      return refuse('LINK_UNPROVED');
    }
    return harden({ send: [], done: { peer: alleged.peer } });
  };

  return harden({
    start() {
      if (phase !== 'new') throw new Error('Cannot start handshake: it was started before');
      phase = 'hello';
      return [ourHello];
    },
    receive(text: string) {
      const current = phase;
      // Stays so if anything below throws.
      phase = 'failed';
      switch (current) {
        case 'hello': {
          const answer = receiveHello(text);
          phase = 'auth';
          return answer;
        }
        case 'auth': {
          const answer = receiveAuth(text);
          phase = 'done';
          return answer;
        }
        case 'new':
        case 'done':
        case 'failed':
          return refuse('LINK_ORDER');
      }
    },
  });
};
harden(makeHandshake);
