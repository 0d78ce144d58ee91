/** The node's pages: the user interface with what only a program can give it. */
import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { fileURLToPath } from 'node:url';
import { getRequestListener } from '@hono/node-server';
import { makeBridge } from '@pocas/ui-bridge';
import type { Log, PocasNode } from '@pocas/vat-runtime/node';

// Where hono/jsx finds `AsyncLocalStorage` it uses it, and so turns Node's async hooks on at the first
// page: every promise of the process costs more, and hardened ones, which cannot be marked, make Node
// abort. We use none of what it is for.
Reflect.deleteProperty(process, 'getBuiltinModule');

const readAsset = (url: string): string => readFileSync(fileURLToPath(url), 'utf8');

/** @param key - the secret that keys cookies and addresses */
export const makePages = (node: PocasNode, key: Uint8Array, log: Log): RequestListener => {
  const bridge = makeBridge({
    sessions: node.sessions,
    designator: node.designator,
    randomBytes: (length) => new Uint8Array(randomBytes(length)),
    hmacSha256: (secret, data) =>
      new Uint8Array(createHmac('sha256', secret).update(data).digest()),
    key,
    log: (event) =>
      log.tell('pages.event', {
        what: event.kind === 'entered' && !event.ok ? 'refused' : event.kind,
      }),
    assets: {
      htmx: readAsset(import.meta.resolve('htmx.org/dist/htmx.min.js')),
      sse: readAsset(import.meta.resolve('htmx.org/dist/ext/hx-sse.min.js')),
    },
  });
  // Under lockdown the global Request and Response stay as they are.
  const listener = getRequestListener(
    // Without HTTP/2 the bindings are those of an HTTP/1 server.
    (request, { incoming }) => bridge.fetch(request, incoming.socket.remoteAddress),
    { overrideGlobalObjects: false },
  );
  return (request, response) => void listener(request, response);
};
