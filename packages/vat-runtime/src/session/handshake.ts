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
import harden from '@endo/harden';
import type { Designator, Signer } from '../locator/designator.ts';
import type { SignedLocations } from '../locator/signed-locations.ts';
import { type AgreementKey, type Ciphers, agreementBytes } from './ciphers.ts';
import {
  type Hello,
  type Introduction,
  type Role,
  domain,
  isIncarnation,
  maxHelloBytes,
  readHello,
  readVerdict,
  writeHello,
  writeVerdict,
} from './hello.ts';
import { REFUSED, named, refuse } from './link-faults.ts';
import { makeNoise } from './noise.ts';
import { type Records, makeRecords } from './records.ts';
import { toUtf8 } from './utf8.ts';

export { type Introduction, type Role, makeIncarnation } from './hello.ts';
export { type HandshakeFault, REFUSED } from './link-faults.ts';

export type Peer = Introduction & {
  /**
   * When it bound itself to this session, by a count of its own that only grows within an incarnation:
   * of two sessions with it, it means the one with the greater number.
   */
  readonly moment: number;
};

export type HandshakeOptions = {
  readonly role: Role;
  readonly identity: Signer;
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

/** Longest handshake message: a key, a sealed key, a sealed hello. */
export const maxHandshakeBytes: number = maxHelloBytes + 128;

const prologue = toUtf8(domain);
const nothing = new Uint8Array(0);

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
  if (!isIncarnation(incarnation)) {
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

  const hello = (moment?: number) => (hash: Uint8Array) =>
    writeHello(role, identity, { incarnation, lasting, locations, moment }, hash);
  const takeHello = (message: Uint8Array): Hello => {
    const { payload, hash } = named(() => noise.read(message));
    return readHello(payload, otherRole, hash, identity.designator, expect, ciphers);
  };
  const takeFirst = (message: Uint8Array) => {
    // There is nothing to say yet.
    if (message.length !== agreementBytes) refuse('LINK_MALFORMED');
    named(() => noise.read(message));
    return { send: [named(() => noise.write(hello()))] };
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
    const send = [records.seal(writeVerdict(moment))];
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
