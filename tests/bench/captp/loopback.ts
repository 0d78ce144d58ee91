/** WebSockets as both plain stacks use them. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';

/** @returns the address to dial */
export const listen = async (accept: (socket: WebSocket) => void): Promise<string> => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  server.on('connection', accept);
  await once(server, 'listening');
  // A server that listens on TCP has an address of this form.
  const { port } = server.address() as AddressInfo;
  return `ws://127.0.0.1:${port}`;
};

/** The client's end. */
export const dial = async (address: string): Promise<WebSocket> => {
  const socket = new WebSocket(address, { perMessageDeflate: false });
  await once(socket, 'open');
  return socket;
};

/** The address that the harness passed on from the server. */
export const givenAddress = (): string => {
  const [address] = process.argv.slice(2);
  if (address === undefined) throw new Error('Cannot dial: no address on the command line');
  return address;
};
