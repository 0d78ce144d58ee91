/**
 * Serves the wallet double on a local port, to try the pages by hand:
 *
 *   node packages/ui-bridge/dist/test/demo.js [--check <folder for pictures>]
 *
 * With `--check` it drives Chromium through them instead: screenshots, axe-core, live updates.
 */
import './lockdown.ts';
import { createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { serve } from '@hono/node-server';
import { makeBridge } from '@pocas/ui-bridge';
import { chromium } from 'playwright-core';
import type { Page } from 'playwright-core';
import { makeMarketDouble } from './market-double.ts';
import { makeNodeDouble } from './node-double.ts';

const readPackage = (specifier: string) =>
  readFileSync(fileURLToPath(import.meta.resolve(specifier)), 'utf8');

const node = makeNodeDouble();
const market = makeMarketDouble();
const bridge = makeBridge({
  sessions: node.sessions,
  randomBytes: (count) => new Uint8Array(randomBytes(count)),
  hmacSha256: (key, data) => new Uint8Array(createHmac('sha256', key).update(data).digest()),
  key: randomBytes(32),
  assets: {
    htmx: readPackage('htmx.org/dist/htmx.min.js'),
    sse: readPackage('htmx.org/dist/ext/hx-sse.min.js'),
  },
  title: { en: 'Casa Común', es: 'Casa Común' },
  log: (event) => console.log(event),
});
const server = serve({ fetch: (request) => bridge.fetch(request), hostname: '127.0.0.1', port: 0 });
await new Promise<void>((resolve) => {
  if (server.listening) resolve();
  else server.once('listening', resolve);
});
const address = server.address();
const origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
const wallet = () => `${origin}/#${node.invite(market.wallet)}`;
const reception = () => `${origin}/#${node.invite(market.reception)}`;
console.log(`wallet:    ${wallet()}\nreception: ${reception()}`);

const problems: string[] = [];
const axe = readPackage('axe-core/axe.min.js');
const check = async (page: Page, name: string, folder: string) => {
  await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    // The script evaluated above defines it.
    const { violations } = await (globalThis as any).axe.run({
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
    return violations.map(
      (one: any) =>
        `${one.id}: ${one.nodes
          .map((n: any) => n.html)
          .join(' | ')
          .slice(0, 400)}`,
    );
  });
  problems.push(...found.map((one: string) => `${name}: ${one}`));
  const wide = await page.evaluate(
    'document.documentElement.scrollWidth > document.documentElement.clientWidth',
  );
  if (wide) problems.push(`${name}: wider than the screen`);
};
const expect = (what: string, holds: boolean) => {
  console.log(`${holds ? 'ok' : 'NOT OK'} ${what}`);
  if (!holds) problems.push(what);
};

const drive = async (folder: string) => {
  const context = await chromium.launchPersistentContext(mkdtempSync(`${tmpdir()}/demo-`), {
    executablePath: '/usr/bin/chromium',
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
    viewport: { width: 360, height: 740 },
    locale: 'en',
  });
  const watch = (page: Page) => {
    page.on('console', (message) => {
      if (message.type() === 'error') console.log(`console: ${message.text()}`);
      if (/Content Security|TrustedHTML|Trusted/.test(message.text()))
        problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(`page error: ${error.message}`));
    return page;
  };
  const page = watch(context.pages()[0] ?? (await context.newPage()));

  await page.goto(origin);
  await check(page, 'landing-phone', folder);
  await page.fill('#secret', 'not an invitation');
  await page.click('form.card button');
  await check(page, 'wrong-phone', folder);

  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  const link = reception();
  await page.goto(link);
  await page.waitForURL(/\/c\//);
  expect('the secret left the address bar', !page.url().includes('#'));
  expect(
    'no request carried the secret',
    requests.every((url) => !url.includes(link.split('#')[1]!) || url.includes('/#')),
  );
  await check(page, 'reception-phone', folder);
  await page.fill('input[name="arg.name"]', 'Inés');
  await page.click('.control button');
  await page.waitForURL((url) => url.pathname.startsWith('/c/') && url.href !== link);
  await page.getByRole('heading', { level: 1, name: 'Wallet of Inés' }).waitFor();
  await check(page, 'wallet-phone', folder);

  await page.getByText('Pay', { exact: true }).first().click();
  await page.fill('input[name="arg.payee"]', 'Amaranta');
  await page.fill('input[name="arg.amount"]', 'ten');
  await page.locator('form[action$="/pay"] button').click();
  await page.locator('.mistake').waitFor();
  await check(page, 'mistake-phone', folder);
  const before = await page.inputValue('form[action$="/pay"] input[name="arg.requestId"]');
  market.tick();
  await page.getByText('241').first().waitFor();
  expect(
    'a live update keeps what is being written',
    (await page.inputValue('input[name="arg.payee"]')) === 'Amaranta',
  );
  expect(
    'a live update keeps the request id of a form that was begun',
    (await page.inputValue('form[action$="/pay"] input[name="arg.requestId"]')) === before,
  );
  await page.fill('input[name="arg.amount"]', '41');
  await page.locator('form[action$="/pay"] button').click();
  await page.locator('#notice p').waitFor();
  await page.screenshot({ path: `${folder}/paid-phone.png` });
  expect(
    'the form is empty after it was done',
    (await page.inputValue('input[name="arg.payee"]')) === '',
  );
  expect('the fold closed', (await page.locator('details[open]').count()) === 0);
  await page.getByText('200').first().waitFor();
  expect('one mark of what was done', (await page.locator('#notice p').count()) === 1);

  await page.getByRole('button', { name: 'Invite somebody' }).click();
  await page.locator('.qr').waitFor();
  market.tick();
  await page.getByText('201').first().waitFor();
  expect('a live update leaves the secret in place', (await page.locator('.qr').count()) === 1);
  await check(page, 'secret-phone', folder);

  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto(`${origin}/`);
  await page.locator('summary', { hasText: 'Order' }).first().click();
  await page.locator('details[open] button').click();
  await page.getByText('Placed').waitFor();
  await check(page, 'wallet-desktop', folder);
  await page.emulateMedia({ colorScheme: 'dark' });
  await check(page, 'wallet-dark', folder);
  await page.setViewportSize({ width: 320, height: 640 });
  await check(page, 'wallet-320-dark', folder);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.getByRole('button', { name: 'Español' }).click();
  await check(page, 'wallet-320-es', folder);
  await page.goto(`${origin}/held`);
  await check(page, 'held', folder);
  await page.goto(`${origin}/leave`);
  await check(page, 'leave', folder);

  const plain = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  const bare = await (
    await plain.newContext({
      javaScriptEnabled: false,
      viewport: { width: 360, height: 740 },
      locale: 'es',
    })
  ).newPage();
  await bare.goto(`${origin}/`);
  await bare.fill('#secret', wallet());
  await bare.click('form.card button');
  await bare.locator('summary', { hasText: 'Pagar' }).click();
  await bare.fill('input[name="arg.payee"]', 'Milpa');
  await bare.fill('input[name="arg.amount"]', '1');
  await bare.locator('form[action$="/pay"] button').click();
  await bare.locator('#notice p').waitFor();
  expect('it works without scripts', true);
  await bare.screenshot({ path: `${folder}/no-script-phone.png` });
  await plain.close();

  // The node goes away.
  await page.goto(`${origin}/`);
  await page.locator('#page h1').waitFor();
  await page.waitForTimeout(500);
  server.close();
  if ('closeAllConnections' in server) server.closeAllConnections();
  await page.locator('#offline:not(:empty)').waitFor({ timeout: 15_000 });
  expect('the page says that the node does not answer', true);
  await page.screenshot({ path: `${folder}/offline.png` });
  await context.close();
};

const folder = process.argv[process.argv.indexOf('--check') + 1];
if (process.argv.includes('--check') && folder !== undefined) {
  await drive(folder);
  console.log(problems.length === 0 ? 'no problems' : problems.join('\n'));
  process.exit(problems.length === 0 ? 0 : 1);
}
