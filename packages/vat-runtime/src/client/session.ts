/** One session of a client with one node: from an open channel to references. */
import harden from '@endo/harden';
import type { Designator, Signer } from '../locator/designator.ts';
import type { Ciphers } from '../session/ciphers.ts';
import { makeIncarnation } from '../session/handshake.ts';
import { type Channel, type Link, openLink } from '../session/link.ts';
import { nobleCiphers } from '../session/noble-ciphers.ts';
import { type Endpoint, applyMethod } from '../switchboard/endpoint.ts';
import { defaultLimits } from '../switchboard/limits.ts';
import { makeEndpointOver } from '../switchboard/endpoint-over.ts';
import { smallBodies } from '../switchboard/small-marshaller.ts';
import { WireViolation, checkMessage } from '../switchboard/wire.ts';

export type SessionPowers = {
  /** Default: some in JavaScript. In Node, `nodeCiphers` are many times faster. */
  readonly ciphers?: Ciphers;
  readonly random: (byteLength: number) => Uint8Array;
  /** Runs a task after the current one and its reactions; `setImmediate` or `setTimeout` will do. */
  readonly later: (task: () => void) => void;
};

export type NodeSession = {
  readonly link: Link;
  /** Asks the node for what a swiss number designates: a promise, on which calls may be made at once. */
  enliven(swiss: string): Promise<unknown>;
  /** Asks for what every node answers, to see whether it still does. */
  probe(): Promise<unknown>;
  close(reason?: string): void;
  /** Resolves with a reason when the session has ended. */
  readonly closed: Promise<string>;
};

/** A session that is being opened. */
export type Opening = {
  /** Rejects where the other side is not the node that is expected, or the channel closes before. */
  readonly opened: Promise<NodeSession>;
  /** Gives up, or ends the session. */
  close(reason: string): void;
};

/** @param expect - the only node that may answer */
export const openSession = (
  channel: Channel,
  identity: Signer,
  expect: Designator,
  { random, later, ciphers = nobleCiphers }: SessionPowers,
): Opening => {
  let endpoint: Endpoint | undefined;
  let onClosed = (_reason: string) => {};
  const closed = new Promise<string>((resolve) => {
    onClosed = resolve;
  });
  let close = (_reason: string) => {};

  const opened = new Promise<NodeSession>((resolve, reject) => {
    const opening = openLink(
      channel,
      {
        role: 'dialer',
        identity,
        incarnation: makeIncarnation(random),
        lasting: false,
        locations: undefined,
        ciphers,
        sessionKey: ciphers.makeAgreementKey(random(32)),
        random,
        expect,
      },
      later,
      {
        onOpen(link) {
          endpoint = makeEndpointOver(smallBodies, { id: 'client', send: link.send, later });
          const { getBootstrap } = endpoint;
          const greeter = getBootstrap();
          resolve(
            harden({
              link,
              enliven: (swiss: string) => applyMethod(greeter, 'enliven', [swiss]),
              probe: getBootstrap,
              close: link.close,
              closed,
            }),
          );
        },
        onMessage(link, message) {
          try {
            endpoint!.dispatch(checkMessage(message, defaultLimits));
          } catch (error) {
            if (!(error instanceof WireViolation)) throw error;
            link.close();
          }
        },
        onClose(_link, reason) {
          endpoint?.end(`Cannot await answer: ${reason} (delivered: unknown)`);
          onClosed(reason);
          reject(Error(`Cannot connect: ${reason}`));
        },
      },
    );
    close = opening.close;
  });
  return harden({ opened, close: (reason: string) => close(reason) });
};
