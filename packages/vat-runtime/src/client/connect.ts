/** The simple way to be a client: one session, for as long as it lasts. */
import harden from '@endo/harden';
import { makeSigner } from '../locator/designator.ts';
import { parseSturdyRef } from '../locator/sturdy-ref.ts';
import type { Channel, Link } from '../session/link.ts';
import { assertLockedDown } from '../session/locked-down.ts';
import { type SessionPowers, openSession } from './session.ts';

export type ConnectPowers = SessionPowers & {
  /** Opens a channel to a `ws:` or `wss:` address. */
  readonly dial: (location: string) => Promise<Channel>;
};

export type Session = {
  /** The object that the sturdy ref designates: a promise, on which calls may be made at once. */
  readonly object: Promise<unknown>;
  /** Another object of the same node. */
  enliven(swissOrSturdyRef: string): Promise<unknown>;
  readonly link: Link;
  /** Ends the session. Open calls reject. */
  close(): void;
  /** Resolves with a reason when the session has ended. */
  readonly closed: Promise<string>;
};

/**
 * Connects to the node that a sturdy ref names, with a key of its own for this session only.
 * When the session ends, its references are dead; `openClient` brings them back.
 *
 * It has no clock: a caller who cannot wait for a silent other side races it with a timer.
 *
 * @throws where the text is no sturdy ref, has no address, or the node does not answer or is another
 */
export const connect = async (text: string, powers: ConnectPowers): Promise<Session> => {
  assertLockedDown('connect');
  const { designator, swiss, hints } = parseSturdyRef(text);
  const location = hints['url'];
  if (location === undefined) throw Error('Cannot connect: the sturdy ref names no address');
  const channel = await powers.dial(location);
  const identity = makeSigner(powers.random(32), powers.ciphers?.ed25519);
  const { link, closed, ...session } = await openSession(channel, identity, designator, powers)
    .opened;
  const enliven = (wanted: string) =>
    session.enliven(wanted.startsWith('ocapn:') ? parseSturdyRef(wanted).swiss : wanted);
  const object = enliven(swiss);
  // It may be refused before the caller of `connect` has come to look at it.
  object.catch(() => {});
  return harden({ object, enliven, link, closed, close: () => link.close() });
};
