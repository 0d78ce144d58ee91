/** Chromium, as a person would use it. */
import { join } from 'node:path';
import { type Browser, type BrowserContext, type Page, chromium } from 'playwright-core';
import type { Cleanup } from './cleanup.ts';
import { patienceMillis } from './until.ts';

/** Nothing that a browser does of its own accord on the network. */
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const launchBrowser = async (cleanup: Cleanup): Promise<Browser> => {
  const executablePath = process.env['CHROMIUM_PATH'];
  if (executablePath === undefined || executablePath === '') {
    throw Error(
      'Cannot launch Chromium: CHROMIUM_PATH is not set; run this by npm test, which finds Chromium or says how to install it',
    );
  }
  const browser = await chromium.launch({ executablePath, args: quiet });
  cleanup(() => browser.close());
  return browser;
};

/** Another person: a browser that shares nothing with the others. */
export const openContext = async (
  browser: Browser,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<BrowserContext> => {
  const context = await browser.newContext({
    locale: 'en-US',
    viewport: { width: 1280, height: 800 },
    ...options,
  });
  context.setDefaultTimeout(patienceMillis);
  return context;
};

/** Keeps a picture of the page where the variable POCAS_PICTURES names a folder. */
export const picture = async (page: Page, name: string): Promise<void> => {
  const folder = process.env['POCAS_PICTURES'];
  if (folder === undefined || folder === '') return;
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
};
