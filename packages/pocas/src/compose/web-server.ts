/**
 * The node's HTTP server. Pages are made on the main thread, which everybody shares: so few requests
 * are worked on at a time, the others wait in order, and a connection asks one thing at a time.
 * A form waits for its turn when it is there as a whole.
 */
import {
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
  createServer,
} from 'node:http';
import type { Socket } from 'node:net';

export type WebLimits = {
  /** Connections in all, those of links too. One that is idle takes about 20 kB. */
  readonly maxConnections: number;
  /** Requests that are worked on at a time. A page takes some milliseconds. */
  readonly maxAtOnce: number;
  /** How long one of them is counted, in milliseconds: after it, it only waits for something else. */
  readonly countedMilliseconds: number;
  /** Requests that wait to be worked on. Past it they are refused. */
  readonly maxWaiting: number;
  /** Bytes of a body. As many as `@pocas/ui-bridge` takes. */
  readonly maxBodyBytes: number;
  /** Bytes of bodies in memory, of all requests together. Past it they are refused. */
  readonly maxBodiesBytes: number;
  /** Requests in all whose answer is not complete, event streams too. Past it they are refused. */
  readonly maxOpen: number;
  /** How long the headers of a request may take, and how long all of it, in milliseconds. */
  readonly headersMilliseconds: number;
  readonly requestMilliseconds: number;
};

export const defaultWebLimits: WebLimits = Object.freeze({
  maxConnections: 2048,
  maxAtOnce: 4,
  countedMilliseconds: 50,
  maxWaiting: 256,
  maxBodyBytes: 256 * 1024,
  maxBodiesBytes: 16 << 20,
  maxOpen: 1024,
  headersMilliseconds: 10_000,
  requestMilliseconds: 30_000,
});

const refuse = (response: ServerResponse, status: 413 | 503): void => {
  const text = status === 413 ? 'Too large. Demasiado grande.\n' : 'Too busy. Demasiada gente.\n';
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    Connection: 'close',
    ...(status === 503 ? { 'Retry-After': '5' } : {}),
  });
  response.end(text);
};

/** Gathers bodies, in one piece of memory each: a stream keeps an object for each byte that comes alone. */
const makeBodies = ({ maxBodyBytes, maxBodiesBytes }: WebLimits) => {
  const firstSize = 1024;
  let inAll = 0;
  /** @param onWhole - called once, with the body or with why there is none */
  return (
    request: IncomingMessage,
    response: ServerResponse,
    onWhole: (body: Buffer | 413 | 503) => void,
  ): void => {
    let buffer = Buffer.alloc(0);
    let length = 0;
    let over = false;
    const grow = (size: number) => {
      inAll += size - buffer.length;
      const larger = Buffer.alloc(size);
      buffer.copy(larger, 0, 0, length);
      buffer = larger;
    };
    const finish = (outcome: Buffer | 413 | 503) => {
      if (over) return;
      over = true;
      onWhole(outcome);
    };
    response.once('close', () => {
      over = true;
      inAll -= buffer.length;
      buffer = Buffer.alloc(0);
    });
    if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) return finish(413);
    request.on('data', (chunk: Buffer) => {
      if (over) return;
      const wanted = length + chunk.length;
      if (wanted > maxBodyBytes) return finish(413);
      if (wanted > buffer.length) {
        grow(Math.min(maxBodyBytes, Math.max(firstSize, wanted, 2 * buffer.length)));
        if (inAll > maxBodiesBytes) return finish(503);
      }
      length += chunk.copy(buffer, length);
    });
    request.once('end', () => finish(buffer.subarray(0, length)));
  };
};

/** Lets few requests at a time through to `listener`. */
const inTurn = (listener: RequestListener, limits: WebLimits): RequestListener => {
  const busy = new WeakSet<Socket>();
  const waiting: (() => void)[] = [];
  const gather = makeBodies(limits);
  let atOnce = 0;
  let open = 0;

  const next = () => {
    while (atOnce < limits.maxAtOnce && waiting.length > 0) waiting.shift()!();
  };

  return (request, response) => {
    const { socket } = request;
    // No browser sends a request before the answer to the one before: Node would begin all at once.
    if (busy.has(socket)) return void socket.destroy();
    busy.add(socket);
    open += 1;
    let giveBack = () => {};
    response.once('close', () => {
      busy.delete(socket);
      open -= 1;
      giveBack();
    });
    if (open > limits.maxOpen) return refuse(response, 503);
    gather(request, response, (body) => {
      if (typeof body === 'number') return refuse(response, body);
      if (waiting.length >= limits.maxWaiting) return refuse(response, 503);
      // Where `@hono/node-server` looks for a body that was read before.
      Object.assign(request, { rawBody: body });
      waiting.push(() => {
        if (response.closed) return;
        atOnce += 1;
        giveBack = () => {
          giveBack = () => {};
          clearTimeout(timer);
          atOnce -= 1;
          next();
        };
        const timer = setTimeout(() => giveBack(), limits.countedMilliseconds);
        listener(request, response);
      });
      next();
    });
  };
};

export const makeWebServer = (
  listener: RequestListener,
  limits: WebLimits = defaultWebLimits,
): Server => {
  const server = createServer(
    {
      headersTimeout: limits.headersMilliseconds,
      requestTimeout: limits.requestMilliseconds,
      connectionsCheckingInterval: 1000,
    },
    inTurn(listener, limits),
  );
  server.maxConnections = limits.maxConnections;
  return server;
};
