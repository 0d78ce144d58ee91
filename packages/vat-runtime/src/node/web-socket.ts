/** WebSockets as channels, for both ends. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { type Channel, maxFrameLength } from '../session/link.ts';
import { assertLockedDown } from '../session/locked-down.ts';

/** UTF-8 takes at most three bytes for a UTF-16 unit. */
const options = { maxPayload: 3 * maxFrameLength, perMessageDeflate: false };

/** A side that is silent for two of these is taken for lost: a cut cable tells nobody. */
const defaultPingMilliseconds = 20_000;
/** Waiting for a side that does not read. Past it the channel ends. */
const maxBufferedBytes = 64 << 20;

/** What arrives before anyone listens is kept: the first message can come with the opening itself. */
const asChannel = (socket: WebSocket, pingMilliseconds = defaultPingMilliseconds): Channel => {
  let listen: Parameters<Channel['listen']>[0] | undefined;
  const early: string[] = [];
  let closed = false;
  let heard = true;
  const pinging = setInterval(() => {
    if (!heard) return socket.terminate();
    heard = false;
    if (socket.readyState === WebSocket.OPEN) socket.ping();
  }, pingMilliseconds);
  pinging.unref();
  socket.on('pong', () => {
    heard = true;
  });
  socket.on('message', (data, isBinary) => {
    heard = true;
    if (isBinary) socket.close();
    else if (listen !== undefined) listen.onText(String(data as Buffer));
    else early.push(String(data as Buffer));
  });
  // An error is always followed by a close.
  socket.on('error', () => {});
  socket.on('close', () => {
    closed = true;
    clearInterval(pinging);
    listen?.onClose();
  });
  return {
    send: (text) => {
      if (socket.readyState !== WebSocket.OPEN) return;
      if (socket.bufferedAmount > maxBufferedBytes) return socket.terminate();
      socket.send(text);
    },
    close: () => socket.close(),
    listen(handlers) {
      listen = handlers;
      for (const text of early.splice(0)) handlers.onText(text);
      if (closed) handlers.onClose();
    },
  };
};

/** Serves channels on one path of an HTTP server. */
export const serveChannels = (
  server: Server,
  path: string,
  accept: (channel: Channel) => void,
  pingMilliseconds?: number,
): void => {
  assertLockedDown('accept links');
  const sockets = new WebSocketServer({ noServer: true, ...options });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.url !== path) return socket.destroy();
    sockets.handleUpgrade(request, socket, head, (webSocket) =>
      accept(asChannel(webSocket, pingMilliseconds)),
    );
  });
};

/** @param location - a `ws:` or `wss:` address */
export const dialChannel = (
  location: string,
  timeoutMilliseconds = 5000,
  pingMilliseconds?: number,
): Promise<Channel> =>
  new Promise((resolve, reject) => {
    assertLockedDown('dial');
    const socket = new WebSocket(location, {
      ...options,
      handshakeTimeout: timeoutMilliseconds,
    });
    const channel = asChannel(socket, pingMilliseconds);
    socket.once('open', () => resolve(channel));
    socket.once('error', reject);
  });
