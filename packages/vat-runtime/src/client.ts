/**
 * A client: whoever holds a sturdy ref and no node. The same code runs in Node and in a browser.
 */
import harden from '@endo/harden';
import { makeIdentity } from './locator/identity.ts';
import { parseSturdyRef } from './locator/sturdy-ref.ts';
import type { Ciphers } from './session/ciphers.ts';
import { makeIncarnation } from './session/handshake.ts';
import { type Channel, type Link, openLink } from './session/link.ts';
import { assertLockedDown } from './session/locked-down.ts';
import { nobleCiphers } from './session/noble-ciphers.ts';
import { defaultLimits } from './switchboard/limits.ts';
import { type Endpoint, applyMethod } from './switchboard/endpoint.ts';
import { makeOwnEndpoint } from './switchboard/own-endpoint.ts';
import { WireViolation, checkMessage } from './switchboard/wire.ts';

export type { Channel, Ciphers, Link };

export type ClientPowers = {
  /** Opens a channel to a `ws:` address. */
  readonly dial: (location: string) => Promise<Channel>;
  readonly random: (byteLength: number) => Uint8Array;
  /** Default: some in JavaScript. In Node, `nodeCiphers` are many times faster. */
  readonly ciphers?: Ciphers;
  /** Runs a task after the current one and its reactions; `setImmediate` or `setTimeout` will do. */
  readonly later: (task: () => void) => void;
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
 *
 * It has no clock: a caller who cannot wait for a silent other side races it with a timer.
 *
 * @throws where the text is no sturdy ref, has no address, or the node does not answer or is another
 */
export const connect = async (text: string, powers: ClientPowers): Promise<Session> => {
  assertLockedDown('connect');
  const { ciphers = nobleCiphers } = powers;
  const { designator, swiss, hints } = parseSturdyRef(text);
  const location = hints['url'];
  if (location === undefined) throw Error('Cannot connect: the sturdy ref names no address');
  const channel = await powers.dial(location);

  let endpoint: Endpoint | undefined;
  let onClosed = (_reason: string) => {};
  const closed = new Promise<string>((resolve) => {
    onClosed = resolve;
  });
  const link = await new Promise<Link>((resolve, reject) => {
    openLink(
      channel,
      {
        role: 'dialer',
        identity: makeIdentity(powers.random(32)),
        incarnation: makeIncarnation(powers.random),
        lasting: false,
        locations: undefined,
        ciphers,
        sessionKey: ciphers.makeAgreementKey(powers.random(32)),
        random: powers.random,
        expect: designator,
      },
      powers.later,
      {
        onOpen(open) {
          endpoint = makeOwnEndpoint({ id: 'client', send: open.send, later: powers.later });
          resolve(open);
        },
        onMessage(open, message) {
          try {
            endpoint!.dispatch(checkMessage(message, defaultLimits));
          } catch (error) {
            if (!(error instanceof WireViolation)) throw error;
            open.close();
          }
        },
        onClose(_link, reason) {
          endpoint?.end(`Cannot await answer: ${reason} (delivered: unknown)`);
          onClosed(reason);
          reject(Error(`Cannot connect: ${reason}`));
        },
      },
    );
  });

  const greeter = endpoint!.getBootstrap();
  const enliven = (wanted: string) =>
    applyMethod(greeter, 'enliven', [
      wanted.startsWith('ocapn:') ? parseSturdyRef(wanted).swiss : wanted,
    ]);
  const object = enliven(swiss);
  // It may be refused before the caller of `connect` has come to look at it.
  object.catch(() => {});
  return harden({ object, enliven, link, closed, close: () => link.close() });
};
