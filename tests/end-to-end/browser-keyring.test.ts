/**
 * A page that keeps its sturdy refs in a sealed keyring: after it was loaded again, and after its node was
 * killed and started again, it has the same objects.
 */
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { launchBrowser, openContext } from '../support/browser.ts';
import { makeCleanup, makeFolder } from '../support/cleanup.ts';
import { type Bundled, bundlePage, makeEvaluate, servePage } from '../support/client-page.ts';
import { type StartedNode, startAgain, startNode } from '../support/program.ts';
import { until } from '../support/until.ts';
import type { KeeperFunctions } from './browser/keeper.ts';

const cleanup = makeCleanup(after);
const passphrase = 'un gato azul duerme';

let node: StartedNode;
let sturdyRef: string;
let bundled: Bundled;
let address: string;
let context: BrowserContext;
const consoleErrors: string[] = [];

type Tab = {
  call<K extends keyof KeeperFunctions>(
    name: K,
    ...args: Parameters<KeeperFunctions[K]>
  ): Promise<Awaited<ReturnType<KeeperFunctions[K]>>>;
  reload(): Promise<void>;
  close(): Promise<void>;
};

const openTab = async (): Promise<Tab> => {
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') consoleErrors.push(message.text());
  });
  page.on('pageerror', (error) => consoleErrors.push(String(error)));
  const evaluate = await makeEvaluate(page);
  const ready = () =>
    until('the client', async () => (await evaluate(`'pocas' in globalThis`)) === true);
  await page.goto(address);
  await ready();
  return {
    // The cast holds: what those functions answer is data.
    call: async (name, ...args) =>
      (await evaluate(`pocas.${name}(...${JSON.stringify(args)})`)) as never,
    async reload() {
      await page.reload();
      await ready();
    },
    close: () => page.close(),
  };
};

const untilState = (tab: Tab, wanted: string) =>
  until(`the state ${wanted}`, async () => (await tab.call('state')) === wanted);

before(async () => {
  node = await startNode(cleanup, { data: makeFolder(cleanup) });
  const keys = JSON.parse(readFileSync(join(node.data, 'keys.json'), 'utf8')) as { wallet: string };
  sturdyRef = keys.wallet;
  bundled = await bundlePage(`import './keeper.js'`);
  address = await servePage(cleanup, bundled);
  context = await openContext(await launchBrowser(cleanup));
});

test('a client that stays, with SES, CapTP and Noise, is less than 75 kB by gzip', async (t) => {
  const client = `
    import '@pocas/vat-runtime/browser-lockdown';
    import { E } from '@endo/far';
    import { pagePowers, wakeWithPage } from '@pocas/vat-runtime/browser';
    import { connect, openClient } from '@pocas/vat-runtime/client';
    Object.assign(globalThis, { E, pagePowers, wakeWithPage, connect, openClient });`;
  const keyring = `
    import * as keyring from '@pocas/vat-runtime/keyring';
    Object.assign(globalThis, { keyring });`;
  const alone = (await bundlePage(client)).gzipped;
  const withKeyring = (await bundlePage(`${client}${keyring}`)).gzipped;
  t.diagnostic(`gzipped, bytes: client ${alone}, with its keyring ${withKeyring}`);
  assert.ok(alone < 75_000, `${alone}`);
  assert.ok(withKeyring < 80_000, `${withKeyring}`);
});

test('nothing of Node is in a page, and nothing that the page would have to fetch elsewhere', () => {
  assert.deepEqual(bundled.left, []);
  const ofNode = bundled.inputs.filter((path) =>
    /node:|vat-runtime\/dist\/(node|machine|hosts)\/|node_modules\/(ws|level|pino)\//.test(path),
  );
  assert.deepEqual(ofNode, []);
  assert.ok(!bundled.inputs.some((path) => path.includes('@endo/marshal')));
});

test('a wallet is kept, the page loaded again, the keyring opened, and the wallet is there', async (t) => {
  const tab = await openTab();
  assert.equal(await tab.call('makesCode'), false);
  assert.equal(await tab.call('isFrozenThroughout'), true);
  t.diagnostic(`the page ran after ${Math.round(await tab.call('loadedAfter'))} ms`);
  assert.equal(await tab.call('unlock', passphrase), 'KEYRING_NONE');
  const millis = await tab.call('make', passphrase);
  t.diagnostic(`a passphrase was stretched, and a keyring made, in ${Math.round(millis)} ms`);
  await tab.call('add', 'wallet', sturdyRef);
  await tab.call('hold');
  assert.equal(await tab.call('nameOf'), 'Ana');
  const shown = await tab.call('designatorFor', node.designator);

  await tab.reload();
  assert.equal(await tab.call('tryToMake', passphrase), 'KEYRING_EXISTS');
  assert.equal(await tab.call('unlock', 'un gato azul duerma'), 'KEYRING_WRONG_SECRET');
  assert.equal(await tab.call('unlock', passphrase), 'done');
  assert.deepEqual(await tab.call('labels'), ['wallet']);
  await tab.call('hold');
  assert.equal(await tab.call('nameOf'), 'Ana');
  assert.equal(await tab.call('designatorFor', node.designator), shown, 'the key is kept too');
  await tab.close();
});

test('nothing that the page stores, and no address, shows a secret or a label', async () => {
  const tab = await openTab();
  await tab.call('unlock', passphrase);
  const swiss = /\/s\/([^?]+)/.exec(sturdyRef)![1]!;
  const stored = await tab.call('everythingStored');
  assert.ok(
    stored.some((text) => text.includes('pocas keyring')),
    'the keyring was looked at',
  );
  for (const secret of [swiss, swiss.slice(0, 12), 'ocapn', 'wallet', passphrase]) {
    const bytes = Buffer.from(swiss, 'base64url').toString('latin1');
    for (const text of stored) assert.ok(!text.includes(secret) && !text.includes(bytes));
  }
  await tab.call('lock');
  assert.equal(await tab.call('tryToList'), 'KEYRING_LOCKED');
  await tab.close();
});

test('two tabs that write at once lose nothing to each other', async () => {
  const tabs = await Promise.all([openTab(), openTab()]);
  for (const tab of tabs) assert.equal(await tab.call('unlock', passphrase), 'done');
  const refs = Array.from({ length: 16 }, (_, i) =>
    sturdyRef.replace(/\/s\/[^?]+/, `/s/${String.fromCharCode(65 + i).repeat(42)}A`),
  );
  await Promise.all(refs.map((ref, i) => tabs[i % 2]!.call('add', `ref ${i}`, ref)));
  const expected = ['wallet', ...refs.map((_, i) => `ref ${i}`)].toSorted();
  for (const tab of tabs) {
    assert.deepEqual((await tab.call('labels')).toSorted(), expected);
    await tab.close();
  }
});

test('a node that is killed and started again is found again by the page itself; what was under way is unknown', async () => {
  const tab = await openTab();
  assert.equal(await tab.call('unlock', passphrase), 'done');
  await tab.call('hold');
  assert.equal(await tab.call('nameOf'), 'Ana');
  await tab.call('begin');
  await node.end('SIGKILL');
  assert.match(await tab.call('end'), /delivered: unknown/);
  await until('the page to notice', async () => (await tab.call('states')).includes('offline'));
  // Asked while the node is away, answered when it is back.
  const answer = tab.call('nameOf');
  node = await startAgain(cleanup, node);
  assert.equal(await answer, 'Ana');
  await untilState(tab, 'online');
  await tab.close();
});

test('a stored keyring that was altered is refused in clear words', async () => {
  const tab = await openTab();
  const length = await tab.call('storedLength');
  await tab.call('flip', length - 1);
  assert.equal(await tab.call('unlock', passphrase), 'KEYRING_DAMAGED');
  assert.equal(await tab.call('tryToMake', passphrase), 'KEYRING_EXISTS');
  await tab.call('flip', length - 1);
  assert.equal(await tab.call('unlock', passphrase), 'done');
  await tab.close();
});

test('nothing in the page broke its policy or failed unseen', () => {
  // Dials of a node that is away are reported by the browser itself.
  const unexpected = consoleErrors.filter((text) => !/WebSocket connection to/.test(text));
  assert.deepEqual(unexpected, []);
});
