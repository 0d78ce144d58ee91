/**
 * The metrics for a Prometheus on the same machine: a port of its own, on the loopback interface only.
 *
 * Whoever can open a port of this machine can read them; they name nobody. A page in a browser cannot:
 * what it loads has a name of its own as `Host`, also where that name was made to lead here.
 */
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Log, PocasNode } from '@pocas/vat-runtime/node';

export type MetricsPort = {
  readonly port: number;
  stop(): Promise<void>;
};

const maxConnections = 16;
const patienceMilliseconds = 5000;

const loopbackHost = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::[0-9]{1,5})?$/i;

const headers = {
  'Content-Type': 'text/plain; version=0.0.4; charset=utf-8',
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

const makeServer = (node: Pick<PocasNode, 'metrics'>, log: Log): Server => {
  const server = createServer(async (request, response) => {
    const { method, url, headers: asked } = request;
    const refuse = (status: number, reason: 'host' | 'path' | 'method') => {
      log.tell('metrics.refused', { reason });
      response.writeHead(status, { 'Content-Length': 0, Connection: 'close' }).end();
    };
    // Nothing that is sent is read.
    request.resume();
    if (!loopbackHost.test(asked.host ?? '')) return refuse(403, 'host');
    if (url !== '/metrics') return refuse(404, 'path');
    if (method !== 'GET') return refuse(405, 'method');
    const text = await node.metrics();
    response.writeHead(200, headers).end(text);
  });
  server.maxConnections = maxConnections;
  server.headersTimeout = patienceMilliseconds;
  server.requestTimeout = patienceMilliseconds;
  return server;
};

/** @throws where the port is in use */
export const openMetricsPort = (
  node: Pick<PocasNode, 'metrics'>,
  log: Log,
  port: number,
): Promise<MetricsPort> =>
  new Promise((resolve, reject) => {
    const server = makeServer(node, log);
    server.once('error', (error: NodeJS.ErrnoException) => {
      const inUse = `port ${port} is in use; give another with --metrics-port`;
      reject(error.code === 'EADDRINUSE' ? Error(`Cannot start: ${inUse}`) : error);
    });
    server.listen(port, '127.0.0.1', () => {
      resolve({
        port: (server.address() as AddressInfo).port,
        stop() {
          const closed = new Promise<void>((done) => server.close(() => done()));
          server.closeAllConnections();
          return closed;
        },
      });
    });
  });
