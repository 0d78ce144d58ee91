/**
 * A port for links beyond this machine, where the operator asks for one. Links are sealed and prove who
 * is there; pages are neither, so none are served here.
 */
import { type Server, createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { LINK_PATH } from '@pocas/vat-runtime/node';
import { defaultWebLimits } from './web-server.ts';

/** Where links are answered: an address of this machine, or all of them, and a port. */
export type LinkAddress = { readonly host: string; readonly port: number };

export type LinkPort = {
  readonly server: Server;
  /** Where others reach it, undefined where that cannot be told from the address. */
  readonly location: string | undefined;
  /** @param ended - when the node has ended its links: nobody is waited for after it */
  stop(ended: Promise<void>): Promise<void>;
};

/** All addresses of this machine, in any spelling. */
const everywhere = /^[0:.]+$/;

const makeServer = (): Server => {
  const { maxConnections, headersMilliseconds, requestMilliseconds } = defaultWebLimits;
  const server = createServer((request, response) => {
    // Nothing that is sent is read.
    request.resume();
    response.writeHead(404, { 'Content-Length': 0, Connection: 'close' }).end();
  });
  server.maxConnections = maxConnections;
  server.headersTimeout = headersMilliseconds;
  server.requestTimeout = requestMilliseconds;
  return server;
};

/** @throws where the port is in use, or the address is not one of this machine */
export const openLinkPort = ({ host, port }: LinkAddress): Promise<LinkPort> =>
  new Promise((resolve, reject) => {
    const server = makeServer();
    const sockets = new Set<Socket>();
    server.on('connection', (socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    const reasons: Record<string, string> = {
      EADDRINUSE: `port ${port} of ${host} is in use`,
      EADDRNOTAVAIL: `${host} is no address of this machine`,
      ENOTFOUND: `${host} is no address of this machine`,
    };
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = reasons[String(error.code)];
      reject(
        reason === undefined ? error : Error(`Cannot start: ${reason}; give another with --links`),
      );
    });
    server.listen(port, host, () => {
      const { port: actual } = server.address() as AddressInfo;
      const name = host.includes(':') ? `[${host}]` : host;
      resolve({
        server,
        location: everywhere.test(host) ? undefined : `ws://${name}:${actual}${LINK_PATH}`,
        async stop(ended) {
          const closed = new Promise<void>((done) => server.close(() => done()));
          server.closeAllConnections();
          await ended;
          for (const socket of sockets) socket.destroy();
          await closed;
        },
      });
    });
  });
