/**
 * Three pocas on three nodes keep books and clear a loop, with nothing but the program and its pages:
 * introductions and seats are handed over as texts.
 */
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import type { AxeResults } from 'axe-core';
import { launchBrowser, openContext, picture } from '../support/browser.ts';
import { makeCleanup, makeFolder } from '../support/cleanup.ts';
import { type StartedNode, runProgram, startAgain, startNode } from '../support/program.ts';
import { until } from '../support/until.ts';
import { act } from './wallet-page.ts';

const cleanup = makeCleanup(after);
const names = ['Ana', 'Beto', 'Caro'] as const;
type Name = (typeof names)[number];

const nodes = new Map<Name, StartedNode>();
/** Each one's page of the book. */
const pages = new Map<Name, Page>();
const addresses = new Map<Name, string>();

const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

const assertAccessible = async (page: Page, name: string): Promise<void> => {
  for (const width of [360, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    await picture(page, `book-${name}-${width}`);
    await page.evaluate(axe);
    const { violations } = (await page.evaluate(
      (values) =>
        (
          globalThis as unknown as { axe: { run(context: object, options: object): unknown } }
        ).axe.run(document, { runOnly: { type: 'tag', values } }),
      tags,
    )) as AxeResults;
    const found = violations.map(
      ({ id, nodes: at }) => `${id}: ${at.map((n) => n.target).join(' ')}`,
    );
    assert.deepEqual(found, [], `${name}, ${width} wide`);
    const isWider = await page.evaluate(
      () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
    );
    assert.equal(isWider, false, `${name}, ${width} wide: whether it scrolls sideways`);
  }
};

const bookOf = (name: Name): Page => pages.get(name)!;

/** Goes back to the book. */
const openBook = async (name: Name): Promise<Page> => {
  const page = bookOf(name);
  await page.goto(addresses.get(name)!);
  await page
    .getByRole('heading', { name: `La poca de ${name}` })
    .first()
    .waitFor();
  return page;
};

/** The text that an act has answered. */
const secretOn = async (page: Page): Promise<string> => {
  const box = page.locator('#answer\\.secret');
  await box.waitFor();
  return box.inputValue();
};

/** The page of another poca, from the book. */
const openCounterparty = async (name: Name, other: Name): Promise<Page> => {
  const page = await openBook(name);
  const item = page
    .getByRole('listitem')
    .filter({ has: page.getByRole('heading', { name: other, exact: true }) });
  await item.getByRole('link', { name: 'Another poca' }).first().click();
  await page.getByRole('heading', { level: 1, name: other, exact: true }).waitFor();
  return page;
};

before(async () => {
  const browser = await launchBrowser(cleanup);
  await Promise.all(
    names.map(async (name) => {
      const node = await startNode(cleanup, {
        data: makeFolder(cleanup),
        args: ['--port', '0', '--name', name],
      });
      nodes.set(name, node);
      const { stdout } = await runProgram(['grant', 'book', '--json', '--data', node.data]);
      const { url } = JSON.parse(stdout) as { url: string };
      const page = await (await openContext(browser)).newPage();
      await page.goto(url);
      await page.waitForURL(/\/c\//);
      pages.set(name, page);
      addresses.set(name, page.url());
    }),
  );
});

test('a key to the book opens its page', async () => {
  const page = await openBook('Ana');
  await page.getByText('Nobody yet. Introduce a poca').waitFor();
  await assertAccessible(page, 'empty');
});

for (const [one, other] of [
  ['Ana', 'Beto'],
  ['Beto', 'Caro'],
  ['Caro', 'Ana'],
] as const) {
  test(`${one} and ${other} get to know each other by a text`, async () => {
    const page = await openBook(one);
    await act(page.locator('main'), 'Introduce another poca', { 'What do you call them?': other });
    const introduction = await secretOn(page);
    const theirs = await openBook(other);
    await act(theirs.locator('main'), 'Answer an introduction', {
      Introduction: introduction,
      'What do you call them?': one,
    });
    await theirs.getByText('you know each other').first().waitFor();
  });
}

for (const [debtor, creditor, amount] of [
  ['Ana', 'Beto', 10],
  ['Beto', 'Caro', 8],
  ['Caro', 'Ana', 5],
] as const) {
  test(`${debtor} owes ${creditor} ${amount}, and both say so`, async () => {
    const page = await openCounterparty(debtor, creditor);
    await act(page.locator('main'), 'We owe them', {
      'How much': String(amount),
      'Of what': 'MXN',
      'What for': `bread of ${creditor}`,
    });
    await page.getByText('Proposed.').waitFor();
    await until('the proposal', async () => {
      const theirs = await openCounterparty(creditor, debtor);
      return (await theirs.getByText(`bread of ${creditor}`).count()) > 0;
    });
    await act(bookOf(creditor).locator('main'), 'Accept');
    await bookOf(creditor).getByText('Agreed.').waitFor();
  });
}

test('they clear the loop in a round that Ana calls', async () => {
  const page = await openBook('Ana');
  await assertAccessible(page, 'before');
  await assertAccessible(await openCounterparty('Beto', 'Ana'), 'counterparty');
  const convening = await openBook('Ana');
  await act(convening.locator('main'), 'Call a clearing round', {
    'What is it called?': 'July',
  });
  await convening.locator('summary', { hasText: 'Invite a poca' }).waitFor();
  const convenor = convening.url();
  for (const name of names) {
    await convening.goto(convenor);
    await act(convening.locator('main'), 'Invite a poca', { 'Who is it for?': name });
    const seat = await secretOn(convening);
    const joining = name === 'Ana' ? await convening.context().newPage() : bookOf(name);
    await joining.goto(addresses.get(name)!);
    await act(joining.locator('main'), 'Join a clearing round', { 'Your place': seat });
    await joining.getByRole('heading', { level: 1, name: 'July' }).waitFor();
    if (name === 'Beto') await assertAccessible(joining, 'round-signed-in');
    if (name === 'Ana') await joining.close();
  }
  await until('all seats', async () => {
    await convening.goto(convenor);
    const seats = convening.getByRole('listitem').filter({ hasText: 'takes part' });
    const shown = await Promise.all(names.map((name) => seats.filter({ hasText: name }).count()));
    return shown.every((count) => count === 1);
  });
  await assertAccessible(convening, 'convenor');
  const begin = convening.locator('main').getByText('Begin now').first();
  await begin.click();
  const confirm = convening.locator('main').getByRole('button', { name: 'Begin now' });
  if ((await confirm.count()) > 0 && (await confirm.first().isVisible()))
    await confirm.first().click();
  const beto = bookOf('Beto');
  await beto.getByText('cleared', { exact: true }).first().waitFor();
  await beto.reload();
  await assertAccessible(beto, 'round-over');
  const after = await openBook('Ana');
  await until('what is left', async () => {
    await after.reload();
    return (await after.getByText('bread of Ana').count()) === 0;
  });
  await assertAccessible(after, 'after');
});

test('the same book is there after a restart', async () => {
  const node = nodes.get('Beto')!;
  await node.end('SIGTERM');
  await startAgain(cleanup, node);
  const page = await openBook('Beto');
  await page.getByText('bread of Caro').first().waitFor();
});
