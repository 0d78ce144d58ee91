/**
 * A page as a client: `E(ref).m()` in Chromium reaches facets of vats, on the node it is connected
 * to and, through that one, on another.
 */
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { launchBrowser, openContext } from '../support/browser.ts';
import { makeCleanup, makeFolder } from '../support/cleanup.ts';
import { type Bundled, bundlePage, makeEvaluate, servePage } from '../support/client-page.ts';
import { freePort } from '../support/port.ts';
import { type StartedNode, inviteToMarket, startNode } from '../support/program.ts';
import { until } from '../support/until.ts';
import type { PageFunctions } from './browser/page.ts';

const cleanup = makeCleanup(after);

let a: StartedNode;
let b: StartedNode;
let bundled: Bundled;
let evaluate: (expression: string) => Promise<unknown>;
const consoleErrors: string[] = [];

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

before(async () => {
  [a, b] = await Promise.all([
    startNode(cleanup, { data: makeFolder(cleanup) }),
    startNode(cleanup, { data: makeFolder(cleanup) }),
  ]);
  bundled = await bundlePage(`import './page.js'`);
  const browser = await launchBrowser(cleanup);
  const page = await (await openContext(browser)).newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') consoleErrors.push(message.text());
  });
  page.on('pageerror', (error) => consoleErrors.push(String(error)));
  evaluate = await makeEvaluate(page);
  await page.goto(await servePage(cleanup, bundled));
  await until('the client', async () => (await evaluate(`'pocas' in globalThis`)) === true);
});

test('the client is locked down in a page whose policy forbids code from text', async (t) => {
  assert.equal(await call('isLockedDown'), true);
  assert.equal(await call('makesCode'), false);
  t.diagnostic(`the client with SES: ${(bundled.gzipped / 1000).toFixed(1)} kB gzipped`);
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
