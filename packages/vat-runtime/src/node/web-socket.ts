/** WebSockets as channels, for both ends. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { type Channel, maxFrameLength } from '../session/link.ts';

/** UTF-8 takes at most three bytes for a UTF-16 unit. */
const options = { maxPayload: 3 * maxFrameLength, perMessageDeflate: false };

/** What arrives before anyone listens is kept: the first message can come with the opening itself. */
const asChannel = (socket: WebSocket): Channel => {
  let listen: Parameters<Channel['listen']>[0] | undefined;
  const early: string[] = [];
  let closed = false;
  socket.on('message', (data, isBinary) => {
    if (isBinary) socket.close();
    else if (listen !== undefined) listen.onText(String(data as Buffer));
    else early.push(String(data as Buffer));
  });
  // An error is always followed by a close.
  socket.on('error', () => {});
  socket.on('close', () => {
    closed = true;
    listen?.onClose();
  });
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
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
): void => {
  const sockets = new WebSocketServer({ noServer: true, ...options });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.url !== path) return socket.destroy();
    sockets.handleUpgrade(request, socket, head, (webSocket) => accept(asChannel(webSocket)));
  });
};

/** @param location - a `ws:` or `wss:` address */
export const dialChannel = (location: string, timeoutMilliseconds = 5000): Promise<Channel> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(location, {
      ...options,
      handshakeTimeout: timeoutMilliseconds,
    });
    const channel = asChannel(socket);
    socket.once('open', () => resolve(channel));
    socket.once('error', reject);
  });
