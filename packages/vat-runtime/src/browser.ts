/** The browser's WebSockets as channels, for a client on a page (`client.ts`). */
import harden from '@endo/harden';
import type { Channel } from './session/link.ts';
import { assertLockedDown } from './session/locked-down.ts';
import { sealedLength } from './session/records.ts';
import { defaultLimits } from './switchboard/limits.ts';

/** What is used of a browser's `WebSocket`. This package is compiled without the browser's types. */
export type PageSocket = {
  readonly readyState: number;
  binaryType: string;
  send(message: Uint8Array): void;
  close(): void;
  addEventListener(type: 'open' | 'close', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
};

/** `WebSocket` of the page. */
export type PageSocketConstructor = new (location: string) => PageSocket;

const OPEN = 1;
const longest = sealedLength(defaultLimits.maxFrameBytes);

/** What arrives before anyone listens is kept: the first message can come with the opening itself. */
const asChannel = (socket: PageSocket): Channel => {
  let listen: Parameters<Channel['listen']>[0] | undefined;
  const early: Uint8Array[] = [];
  let closed = false;
  socket.binaryType = 'arraybuffer';
  socket.addEventListener('message', ({ data }) => {
    // Only bytes are spoken here. The browser has read a message whole before anyone can refuse it.
    if (!(data instanceof ArrayBuffer) || data.byteLength > longest) return socket.close();
    const message = new Uint8Array(data);
    if (listen === undefined) early.push(message);
    else listen.onBytes(message);
  });
  socket.addEventListener('close', () => {
    closed = true;
    listen?.onClose();
  });
  return harden({
    send(message: Uint8Array) {
      if (socket.readyState === OPEN) socket.send(message);
    },
    close: () => socket.close(),
    listen(handlers: Parameters<Channel['listen']>[0]) {
      listen = handlers;
      for (const message of early.splice(0)) handlers.onBytes(message);
      if (closed) handlers.onClose();
    },
  });
};

/**
 * Opens a channel from a page. Rejects when the node does not answer; browsers do not say why.
 *
 * @param location - a `ws:` or `wss:` address. A page that came by https reaches `wss:` only
 * @param WebSocket - where there is none in `globalThis`, or not that one is meant
 *
 * @example
 * const session = await connect(sturdyRef, {
 *   dial: dialChannel,
 *   random: (length) => crypto.getRandomValues(new Uint8Array(length)),
 *   later: (task) => setTimeout(task),
 * });
 */
export const dialChannel = (
  location: string,
  // The cast holds in a browser, and elsewhere the call fails.
  WebSocket: PageSocketConstructor = (globalThis as unknown as { WebSocket: PageSocketConstructor })
    .WebSocket,
): Promise<Channel> =>
  new Promise((resolve, reject) => {
    assertLockedDown('dial');
    const socket = new WebSocket(location);
    const channel = asChannel(socket);
    socket.addEventListener('open', () => resolve(channel));
    // A failure to connect ends in a close too.
    socket.addEventListener('close', () => reject(Error('Cannot dial: the node does not answer')));
  });
harden(dialChannel);
