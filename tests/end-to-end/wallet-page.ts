/** A wallet's page in English, by what a person reads on it. */
import type { Locator, Page } from 'playwright-core';
import { until } from '../support/until.ts';

/**
 * The part of a wallet's page about one market.
 * @param index - in the order of joining
 */
export const market = (page: Page, index = 0): Locator =>
  page.getByRole('region', { name: 'Your place in the market' }).nth(index);

/** The card of `what` in the list under `heading`, which is one of those of a market. */
export const item = (
  within: Locator,
  heading:
    | 'What there is'
    | 'What you offer'
    | 'What you ordered'
    | 'What others ordered from you'
    | 'What is over',
  what: string,
): Locator =>
  within
    .locator('section.region', { has: within.page().getByRole('heading', { name: heading }) })
    .getByRole('listitem')
    .filter({ has: within.page().getByRole('heading', { name: what }) });

/** A number that stands large on the page. */
export const amount = async (within: Locator, label: string): Promise<bigint | undefined> => {
  const data = within.locator('.stats > div', { hasText: label }).locator('data').first();
  const value = await data.getAttribute('value', { timeout: 1_000 }).catch(() => null);
  return value === null ? undefined : BigInt(value);
};

/** Waits, without a reload, until the balance is shown as `value`. */
export const showsBalance = (within: Locator, value: bigint): Promise<boolean> =>
  until(`the balance ${value}`, async () => (await amount(within, 'Your balance')) === value);

/** Opens the fold of a control and gives what is inside. */
export const unfold = async (within: Locator, label: string): Promise<Locator> => {
  // Another one may begin with the same words; the plainest stands first.
  const control = within
    .locator('details.control', { has: within.page().locator('summary', { hasText: label }) })
    .first();
  await control.locator('summary').click();
  return control;
};

/** Fills in a control's fields, by their labels, and sends it. */
export const act = async (
  within: Locator,
  label: string,
  fields: { readonly [label: string]: string } = {},
): Promise<void> => {
  const control = await unfold(within, label);
  for (const [name, text] of Object.entries(fields)) await control.getByLabel(name).fill(text);
  await control.getByRole('button', { name: label }).click();
};

/** Sends a control that asks nothing. */
export const press = (within: Locator, label: string): Promise<void> =>
  within.getByRole('button', { name: label }).click();

/** Remembers in the page that it was never loaded anew; see `isSameDocument`. */
export const mark = (page: Page): Promise<void> =>
  page.evaluate(() => {
    Object.assign(globalThis, { marked: true });
  });

export const isSameDocument = (page: Page): Promise<boolean> =>
  page.evaluate(() => 'marked' in globalThis);
