/**
 * Two sides agree on keys that nobody else has, and prove to each other who they are, before
 * anything else crosses the link. Decision record 0013.
 *
 * Noise XX gives the keys, between two static keys that live as long as their processes. The second and
 * the third message carry a hello each, in which the node's own key signs the role and the hash of
 * the handshake so far. So a signature is worth nothing in another handshake, to somebody between the
 * two, or turned round; and a dialer shows who it is only to whom it dialled, once that is proved.
 * The listener then says in its first record whether it takes the session.
 */
import { concatBytes } from '@noble/hashes/utils.js';
import harden from '@endo/harden';
import { fromBase64Url, toBase64Url } from '../locator/base-encoding.ts';
import {
  type Designator,
  type Identity,
  isDesignator,
  verifyIdentity,
} from '../locator/identity.ts';
import { type SignedLocations, verifyLocations } from '../locator/signed-locations.ts';
import { type AgreementKey, type Ciphers, agreementBytes } from './ciphers.ts';
import type { NoiseFault } from './cipher-state.ts';
import { makeNoise } from './noise.ts';
import { type Records, makeRecords } from './records.ts';
import { fromUtf8, toUtf8 } from './utf8.ts';

export type Role = 'dialer' | 'listener';

/** What one side has proved (its key) and what it says about itself. */
export type Introduction = {
  readonly designator: Designator;
  /** Random for each start of the process: another one means that the node was restarted. */
  readonly incarnation: string;
  /** Whether it keeps its key, and references to what it exports, across restarts. */
  readonly lasting: boolean;
  /** Where it says that it can be dialled. */
  readonly locations: readonly string[];
  /** The same as it signed it, to be passed on. */
  readonly signed?: SignedLocations;
};

export type Peer = Introduction & {
  /**
   * When it bound itself to this session, by a count of its own that only grows within an incarnation:
   * of two sessions with it, it means the one with the greater number.
   */
  readonly moment: number;
};

export type HandshakeOptions = {
  readonly role: Role;
  readonly identity: Identity;
  readonly incarnation: string;
  readonly lasting: boolean;
  readonly locations: SignedLocations | undefined;
  readonly ciphers: Ciphers;
  /** One for each start of the process. */
  readonly sessionKey: AgreementKey;
  /** Gives that many unpredictable bytes. */
  readonly random: (byteLength: number) => Uint8Array;
  /** For a dialer: the only node that it wants to speak with. */
  readonly expect?: Designator;
  /**
   * Called when this side may bind itself to the session: a dialer when the listener is proved, before
   * it sends its own hello; a listener when the dialer is, before it says whether it takes the session.
   *
   * @param moment - the other side's, where it is known
   * @returns this side's own moment, or undefined to refuse. Default: 0, always
   */
  readonly commit?: (other: Introduction, moment?: number) => number | undefined;
};

/**
 * One side of one handshake. The owner carries the messages over an ordered channel, and closes the
 * channel when `receive` throws or when the handshake has taken too long: there is no clock in here.
 */
export type Handshake = {
  /** Once, when the channel is open. @returns messages to send, in order */
  start(): readonly Uint8Array[];
  /**
   * Takes the other side's next message.
   * Once `done` has been answered the handshake is over: what comes next on the channel are frames,
   * for `records`. Once `refused` was, the channel is to be closed.
   * Throws an Error with a `code` and a fixed message; so does every call after that.
   *
   * @returns messages to send, in order; and who the other side is, when that is proved
   */
  receive(message: Uint8Array): {
    readonly send: readonly Uint8Array[];
    readonly done?: { readonly peer: Peer; readonly records: Records };
    /** Why this side does not take the session. */
    readonly refused?: string;
  };
};

const incarnationBytes = 16;
const signatureBytes = 64;
/** A hello with as many locations as there may be, each at its longest, fits. */
const maxHelloLength = 4096;
/** Longest handshake message, in bytes: a key, a sealed key, a sealed hello. */
export const maxHandshakeBytes: number = maxHelloLength + 128;
const maxVerdictBytes = 256;

const domain = 'pocas link 2';
const prologue = toUtf8(domain);
const nothing = new Uint8Array(0);
const printable = /^[\x20-\x7e]*$/;

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
const refuse = (code: HandshakeFault): never => {
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
const named = <T>(act: () => T): T => {
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

/** A new incarnation, to be made once at each start of a process. */
export const makeIncarnation = (random: (byteLength: number) => Uint8Array): string =>
  toBase64Url(random(incarnationBytes));
harden(makeIncarnation);

/** The record in `bytes` if it has exactly these keys. */
const readRecord = (bytes: Uint8Array, keys: readonly string[]): Record<string, unknown> => {
  const text = fromUtf8(bytes);
  if (text === undefined || !printable.test(text)) return refuse('LINK_MALFORMED');
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
  const found = Object.keys(record);
  if (found.length !== keys.length || !keys.every((key) => found.includes(key))) {
    return refuse('LINK_MALFORMED');
  }
  return record;
};

const isBase64Url = (value: unknown, byteLength: number): value is string =>
  typeof value === 'string' && fromBase64Url(value, byteLength) !== undefined;

const isMoment = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;

const helloKeys = ['designator', 'incarnation', 'lasting', 'locations', 'moment', 'signature'];

/** What the side in `role` signs: what it does, and the one handshake in which it does. */
const statement = (role: Role, hash: Uint8Array): Uint8Array =>
  concatBytes(toUtf8(`${domain}\n${role}\n`), hash);

type Hello = { readonly introduction: Introduction; readonly moment: number | undefined };

/** @param hash - of the handshake, as its writer knew it */
const readHello = (
  bytes: Uint8Array,
  role: Role,
  hash: Uint8Array,
  ours: Designator,
  expect: Designator | undefined,
  { ed25519 }: Ciphers,
): Hello => {
  if (bytes.length > maxHelloLength) refuse('LINK_OVERSIZED');
  const record = readRecord(bytes, helloKeys);
  const { designator, incarnation, lasting, moment, signature } = record;
  if (
    typeof designator !== 'string' ||
    !isBase64Url(incarnation, incarnationBytes) ||
    typeof lasting !== 'boolean' ||
    // A listener binds itself later, and says when in its verdict.
    (role === 'dialer' ? !isMoment(moment) : moment !== null) ||
    !isBase64Url(signature, signatureBytes) ||
    // Nobody dials a client.
    (record['locations'] !== null && !lasting)
  ) {
    return refuse('LINK_MALFORMED');
  }
  // The cast holds: it was looked at above.
  const when = moment === null ? undefined : (moment as number);
  if (designator === ours) return refuse('LINK_SELF');
  if (expect !== undefined && designator !== expect) return refuse('LINK_UNEXPECTED');
  if (!isDesignator(designator)) return refuse('LINK_BAD_KEY');
  const proof = fromBase64Url(signature, signatureBytes)!;
  if (!verifyIdentity(designator, statement(role, hash), proof, ed25519)) {
    return refuse('LINK_UNPROVED');
  }
  const shown = { designator, incarnation, lasting };
  if (record['locations'] === null) {
    return harden({ introduction: { ...shown, locations: [] }, moment: when });
  }
  const signed = verifyLocations(record['locations'], ed25519);
  if (signed?.designator !== designator) return refuse('LINK_UNPROVED');
  const { locations } = signed;
  return harden({ introduction: { ...shown, locations, signed }, moment: when });
};

/** @returns when the listener bound itself, or undefined where it refused */
const readVerdict = (bytes: Uint8Array): number | undefined => {
  if (bytes.length > maxVerdictBytes) refuse('LINK_OVERSIZED');
  const { taken, moment } = readRecord(bytes, ['taken', 'moment']);
  if (taken === false && moment === null) return undefined;
  return taken === true && isMoment(moment) ? moment : refuse('LINK_MALFORMED');
};

/**
 * One side of the handshake of one link.
 *
 * @example
 * const handshake = makeHandshake({ role: 'dialer', identity, incarnation, lasting: true, … });
 * for (const message of handshake.start()) socket.send(message);
 * const { send, done } = handshake.receive(message);
 */
export const makeHandshake = (options: HandshakeOptions): Handshake => {
  const { role, identity, incarnation, lasting, locations, ciphers, random, expect } = options;
  const { commit = () => 0 } = options;
  if (!isBase64Url(incarnation, incarnationBytes)) {
    throw new TypeError('Cannot make handshake: the incarnation is not from makeIncarnation');
  }
  if (locations !== undefined && (!lasting || locations.designator !== identity.designator)) {
    throw new TypeError('Cannot make handshake: the locations are not those of this node');
  }
  const otherRole: Role = role === 'dialer' ? 'listener' : 'dialer';
  const noise = makeNoise({
    pattern: 'XX',
    isInitiator: role === 'dialer',
    ciphers,
    random,
    prologue,
    ownKey: options.sessionKey,
  });

  let phase: 'new' | 'first' | 'second' | 'third' | 'verdict' | 'done' | 'failed' = 'new';
  // Of a listener that the dialer knows, for its verdict.
  let listener: { introduction: Introduction; records: Records } | undefined;

  const hello = (moment: number | null) => (hash: Uint8Array) =>
    toUtf8(
      JSON.stringify({
        designator: identity.designator,
        incarnation,
        lasting,
        locations: locations ?? null,
        moment,
        signature: toBase64Url(identity.sign(statement(role, hash))),
      }),
    );
  const takeHello = (message: Uint8Array): Hello => {
    const { payload, hash } = named(() => noise.read(message));
    return readHello(payload, otherRole, hash, identity.designator, expect, ciphers);
  };
  const verdict = (moment: number | undefined) =>
    toUtf8(JSON.stringify({ taken: moment !== undefined, moment: moment ?? null }));

  const takeFirst = (message: Uint8Array) => {
    // There is nothing to say yet.
    if (message.length !== agreementBytes) refuse('LINK_MALFORMED');
    named(() => noise.read(message));
    return { send: [named(() => noise.write(hello(null)))] };
  };

  const takeSecond = (message: Uint8Array) => {
    const { introduction } = takeHello(message);
    const moment = commit(introduction);
    if (moment === undefined) return refuse('LINK_REFUSED');
    const send = [named(() => noise.write(hello(moment)))];
    listener = { introduction, records: makeRecords(noise.split()) };
    return { send };
  };

  const takeThird = (message: Uint8Array) => {
    const { introduction, moment: theirs } = takeHello(message);
    const records = makeRecords(noise.split());
    const moment = commit(introduction, theirs);
    const send = [records.seal(verdict(moment))];
    if (moment === undefined) return { send, refused: REFUSED };
    return { send, done: harden({ peer: { ...introduction, moment: theirs! }, records }) };
  };

  const takeVerdict = (message: Uint8Array) => {
    const { introduction, records } = listener!;
    const frame = records.open(message);
    if (frame === undefined) return refuse('LINK_UNSEALED');
    const moment = readVerdict(frame);
    if (moment === undefined) return refuse('LINK_REFUSED');
    return { send: [], done: harden({ peer: { ...introduction, moment }, records }) };
  };

  return harden({
    start() {
      if (phase !== 'new') throw new Error('Cannot start handshake: it was started before');
      phase = role === 'dialer' ? 'second' : 'first';
      return role === 'dialer' ? [noise.write(() => nothing)] : [];
    },
    receive(message: Uint8Array) {
      const current = phase;
      // Stays so if anything below throws.
      phase = 'failed';
      // The length bounds what a stranger can make this side do.
      if (message.length > maxHandshakeBytes) refuse('LINK_OVERSIZED');
      switch (current) {
        case 'first': {
          const answer = takeFirst(message);
          phase = 'third';
          return answer;
        }
        case 'second': {
          const answer = takeSecond(message);
          phase = 'verdict';
          return answer;
        }
        case 'third': {
          const answer = takeThird(message);
          if ('done' in answer) phase = 'done';
          return answer;
        }
        case 'verdict': {
          const answer = takeVerdict(message);
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
