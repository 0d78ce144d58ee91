/**
 * A page as a client: `E(ref).m()` in Chromium reaches facets of vats, on the node it is connected
 * to and, through that one, on another.
 */
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import type { CDPSession } from 'playwright-core';
import { launchBrowser, openContext } from '../support/browser.ts';
import { makeCleanup, makeFolder } from '../support/cleanup.ts';
import { freePort } from '../support/port.ts';
import { type StartedNode, inviteToMarket, startNode } from '../support/program.ts';
import { until } from '../support/until.ts';
import type { PageFunctions } from './browser/page.ts';

const cleanup = makeCleanup(after);

let a: StartedNode;
let b: StartedNode;
let script: string;
let devTools: CDPSession;
const consoleErrors: string[] = [];

/** Evaluates in the page by the browser's own tools: Playwright's way needs `eval`, which the page has not. */
const evaluate = async (expression: string): Promise<unknown> => {
  const { result, exceptionDetails } = await devTools.send('Runtime.evaluate', {
    expression,
    awaitPromise: true,
    returnByValue: true,
  });
  if (exceptionDetails !== undefined) {
    throw Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  }
  return result.value;
};

/** Calls one of the page's functions. */
const call = async <K extends keyof PageFunctions>(
  name: K,
  ...args: Parameters<PageFunctions[K]>
): Promise<Awaited<ReturnType<PageFunctions[K]>>> =>
  // The cast holds: what those functions answer is data.
  (await evaluate(`pocas.${name}(...${JSON.stringify(args)})`)) as Awaited<
    ReturnType<PageFunctions[K]>
  >;

/** The sturdy ref of the wallet that a node's first start made. */
const walletOf = ({ data }: StartedNode): string =>
  (JSON.parse(readFileSync(join(data, 'keys.json'), 'utf8')) as { wallet: string }).wallet;

const bundle = async (): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./browser/page.js', import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    legalComments: 'none',
  });
  return outputFiles[0]!.text;
};

/** A page of its own, at an address that is none of the nodes'. */
const serve = async (): Promise<string> => {
  const server = createServer((request, response) => {
    response.setHeader(
      'Content-Security-Policy',
      "default-src 'none'; script-src 'self'; connect-src ws://127.0.0.1:*",
    );
    if (request.url === '/page.js') {
      response.setHeader('Content-Type', 'text/javascript').end(script);
    } else if (request.url === '/') {
      response.setHeader('Content-Type', 'text/html');
      response.end(
        '<!doctype html><title>Client</title><script type="module" src="/page.js"></script>',
      );
    } else response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanup(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
};

before(async () => {
  [a, b] = await Promise.all([
    startNode(cleanup, { data: makeFolder(cleanup) }),
    startNode(cleanup, { data: makeFolder(cleanup) }),
  ]);
  script = await bundle();
  const browser = await launchBrowser(cleanup);
  const page = await (await openContext(browser)).newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') consoleErrors.push(message.text());
  });
  page.on('pageerror', (error) => consoleErrors.push(String(error)));
  devTools = await page.context().newCDPSession(page);
  await page.goto(await serve());
  await until('the client', async () => (await evaluate(`'pocas' in globalThis`)) === true);
});

test('the client is locked down in a page whose policy forbids code from text', async (t) => {
  assert.equal(await call('isLockedDown'), true);
  assert.equal(await call('makesCode'), false);
  const bytes = gzipSync(script, { level: 9 }).length;
  t.diagnostic(`the client with SES: ${(bytes / 1000).toFixed(1)} kB gzipped`);
});

test('a sturdy ref opens its facet in a page, and calls are made on answers to come', async () => {
  await call('openWallet', 'beto', walletOf(b));
  assert.equal(await call('nameOf', 'beto'), 'Ana');
  assert.equal(await call('payeeNameOf', 'beto'), 'Ana');
});

test('a facet on another node is reached through the node that the page is connected to', async () => {
  assert.equal(await call('join', 'beto', await inviteToMarket(a)), true);
  // The first place is in a market of B, the second in A's.
  assert.deepEqual(await call('offers', 'beto', 0), []);
  assert.deepEqual(await call('offers', 'beto', 1), ['Sopa de lentejas']);
});

test('a page hears of news on the other node, and hands its references back', async () => {
  await call('openWallet', 'cook', walletOf(a));
  assert.equal(await call('hear', 'beto', 1, 'cook', 'Pan de elote'), true);
  assert.ok((await call('offers', 'beto', 1)).includes('Pan de elote'));

  assert.equal(await call('order', 'beto', 1, 'Pan de elote'), true);
  assert.equal(await call('balance', 'beto', 1), '-8');
  assert.equal(await call('balance', 'beto', 0), '0');
});

test('a page calls only what its references offer', async () => {
  assert.match(await call('cheat', 'beto', 1), /no such method/);
});

test('a wrong secret, a wrong node and a node that is not there open nothing', async () => {
  const right = walletOf(b);
  assert.equal(await call('tryToOpen', right), 'done');
  const wrongSecret = right.replace(/\/s\/[^?]+/, `/s/${'A'.repeat(43)}`);
  assert.match(await call('tryToOpen', wrongSecret), /unknown, expired, used or revoked/);
  const wrongNode = right.replace(b.designator, a.designator);
  assert.match(await call('tryToOpen', wrongNode), /Cannot connect/);
  const nowhere = right.replace(b.port, await freePort());
  assert.match(await call('tryToOpen', nowhere), /Cannot dial/);
});

test('the session ends when its node does, and says so', async () => {
  const ended = call('endOfSession', 'beto');
  await b.end('SIGKILL');
  assert.match(await ended, /the connection was lost/);
  assert.match(await call('tryToCall', 'beto'), /delivered: /);
});

test('nothing in the page broke its policy or failed unseen', () => {
  // The one dial to a port where nothing listens is reported by the browser itself.
  const unexpected = consoleErrors.filter((text) => !/WebSocket connection to/.test(text));
  assert.deepEqual(unexpected, []);
});
