/** Every kind of page, in both languages, small and large, light and dark, against WCAG 2.2 AA. */
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import type { AxeResults } from 'axe-core';
import { launchBrowser, openContext, picture } from '../support/browser.ts';
import { makeCleanup, makeFolder } from '../support/cleanup.ts';
import { type StartedNode, invite, startNode } from '../support/program.ts';

const cleanup = makeCleanup(after);

let node: StartedNode;
let browser: Browser;

before(async () => {
  node = await startNode(cleanup, { data: makeFolder(cleanup) });
  browser = await launchBrowser(cleanup);
});

const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

const phone = { width: 360, height: 740 };
const desk = { width: 1280, height: 800 };
const looks = [
  { viewport: phone, colorScheme: 'light' },
  { viewport: desk, colorScheme: 'light' },
  { viewport: phone, colorScheme: 'dark' },
] as const;

/** Which rules a page breaks, and where. */
const violations = async (page: Page): Promise<string[]> => {
  // The page's own policy forbids added scripts; what the browser's tools evaluate is not under it.
  await page.evaluate(axe);
  const { passes, violations: found } = (await page.evaluate(
    (values) =>
      (
        globalThis as unknown as { axe: { run(context: object, options: object): unknown } }
      ).axe.run(document, { runOnly: { type: 'tag', values } }),
    tags,
  )) as AxeResults;
  assert.ok(passes.length > 5, 'the rules were tried');
  return found.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
};

/** Holds the page as it is now against the rules, in every look. */
const check = async (page: Page, name: string): Promise<void> => {
  for (const [at, { viewport, colorScheme }] of looks.entries()) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const look = `${name}, ${viewport.width} wide, ${colorScheme}`;
    await picture(page, look.replaceAll(/[ ,]+/g, '-'));
    // Roles, names and colours are the same in both languages: one is held against the rules in every look.
    if (at === 0 || name.startsWith('en ')) assert.deepEqual(await violations(page), [], look);
    const isWider = await page.evaluate(
      () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
    );
    assert.equal(isWider, false, `${look}: whether it scrolls sideways`);
  }
};

/** What the tests press and read, in each language. */
const languages = [
  {
    locale: 'en-US',
    name: 'Your name',
    enter: 'Come in',
    wallet: 'Your wallet',
    order: 'Order',
    quantity: 'How many',
    ordered: 'ordered, the price is set aside',
    mistake: 'Please correct this first',
    refused: 'This was refused',
    key: 'Get my key',
    secret: 'Keep this safe',
    wrong: 'This invitation does not open anything',
  },
  {
    locale: 'es-MX',
    name: 'Tu nombre',
    enter: 'Entrar',
    wallet: 'Tu cartera',
    order: 'Pedir',
    quantity: 'Cuántas',
    ordered: 'pedido, con el precio apartado',
    mistake: 'Corrige esto primero',
    refused: 'No se aceptó',
    key: 'Sacar mi llave',
    secret: 'Guarda esto bien',
    wrong: 'Esta invitación no abre nada',
  },
] as const;

for (const words of languages) {
  const { locale } = words;
  const language = locale.slice(0, 2);

  test(`no page breaks a rule of WCAG 2.2 AA or scrolls sideways, in "${language}"`, async () => {
    const context = await openContext(browser, { locale });
    const page = await context.newPage();
    const open = async (path: string) => page.goto(`${node.origin}${path}`);
    const heading = (name: string) => page.getByRole('heading', { name }).waitFor();

    await open('/');
    assert.equal(await page.locator('html').getAttribute('lang'), language);
    await check(page, `${language} landing`);
    await open(`/#${'A'.repeat(43)}`);
    await heading(words.wrong);
    await check(page, `${language} wrong invitation`);

    await page.goto(await invite(node));
    await page.getByRole('button', { name: words.enter }).waitFor();
    await check(page, `${language} invitation`);
    await page.getByLabel(words.name).fill('María José');
    await page.getByRole('button', { name: words.enter }).click();
    await page.getByRole('region', { name: words.wallet }).waitFor();
    await check(page, `${language} wallet`);

    const named = page.locator('summary', { hasText: new RegExp(`^\\s*${words.order}`) });
    const order = page.locator('details.control', { has: named }).first();
    const send = async (quantity: string) => {
      await order.locator('summary').click();
      await order.getByLabel(words.quantity).fill(quantity);
      await order.getByRole('button', { name: words.order }).click();
    };
    await send('1');
    await page.getByText(words.ordered).waitFor();
    await check(page, `${language} ordered`);
    await send('many');
    await heading(words.mistake);
    await check(page, `${language} mistake`);
    await order.getByLabel(words.quantity).fill('100');
    await order.getByRole('button', { name: words.order }).click();
    await heading(words.refused);
    await check(page, `${language} refused`);

    // Every page that one's place in the market leads to.
    const links = page.getByRole('region', { name: words.wallet }).getByRole('link');
    const paths = new Set<string>();
    for (const link of await links.all()) paths.add((await link.getAttribute('href'))!);
    assert.ok(paths.size >= 8, 'the market leads to pages');
    const back = page.url();
    for (const [i, path] of [...paths].entries()) {
      await open(path);
      await check(page, `${language} market page ${i}`);
    }
    await page.goto(back);

    const key = page.locator('details.control', { hasText: words.key });
    await key.locator('summary').click();
    await key.getByRole('button', { name: words.key }).click();
    await heading(words.secret);
    await check(page, `${language} key`);

    for (const path of ['/held', '/leave', '/enter', `/c/${'A'.repeat(22)}`]) {
      await open(path);
      await check(page, `${language} ${path.split('/')[1]}`);
    }
    await context.close();
  });
}
