/** What a browser gives to a client on a page (`client.ts`). Import `…/browser-lockdown` first. */
import harden from '@endo/harden';
import type { Client, ClientPowers } from './client/client.ts';
import type { Channel } from './session/link.ts';
import { assertLockedDown } from './session/locked-down.ts';
import { sealedLength } from './session/records.ts';
import { defaultLimits } from './switchboard/limits.ts';

// What is used of a browser. This package is compiled without the browser's types.
type Listened = {
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
};
type Page = Listened & {
  readonly document: Listened & { readonly visibilityState: string };
  readonly crypto: { getRandomValues(bytes: Uint8Array): void };
  readonly MessageChannel: new () => {
    readonly port1: { onmessage: (() => void) | null };
    readonly port2: { postMessage(message: null): void };
  };
  setTimeout(task: () => void, milliseconds: number): number;
  clearTimeout(timer: number): void;
};
// The cast holds in a browser, and elsewhere the calls fail.
const page = globalThis as unknown as Page;

/** Of a `WebSocket`. */
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

/** WebSockets, randomness and timers of this page. */
export const pagePowers = (): ClientPowers => {
  // Not by a timer: those wait for a second where the page is not seen.
  const { port1, port2 } = new page.MessageChannel();
  const tasks: (() => void)[] = [];
  port1.onmessage = () => tasks.shift()?.();
  return harden({
    dial: (location: string) => dialChannel(location),
    random(byteLength: number) {
      const bytes = new Uint8Array(byteLength);
      page.crypto.getRandomValues(bytes);
      return bytes;
    },
    later(task: () => void) {
      tasks.push(task);
      port2.postMessage(null);
    },
    after(milliseconds: number, task: () => void) {
      const timer = page.setTimeout(task, milliseconds);
      return () => page.clearTimeout(timer);
    },
  });
};
harden(pagePowers);

/**
 * Wakes a client when its page is back: from the background, from the browser's store of left pages, or
 * with a network. @returns a function that ends it
 */
export const wakeWithPage = (client: Client): (() => void) => {
  const wake = () => client.wake();
  const wakeIfSeen = () => {
    if (page.document.visibilityState === 'visible') wake();
  };
  page.addEventListener('online', wake);
  page.addEventListener('pageshow', wake);
  page.document.addEventListener('visibilitychange', wakeIfSeen);
  return () => {
    page.removeEventListener('online', wake);
    page.removeEventListener('pageshow', wake);
    page.document.removeEventListener('visibilitychange', wakeIfSeen);
  };
};
harden(wakeWithPage);
