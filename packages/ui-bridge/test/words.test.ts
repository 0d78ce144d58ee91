import './lockdown.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { M } from '@endo/patterns';
import { describe } from '@pocas/vat-runtime';
import type { Description } from '@pocas/vat-runtime';
import { makeBrowser, makeNodeDouble, makeTestBridge } from './node-double.ts';
import { makeFacet, text } from './facet-double.ts';

const open = async (facet: object, language = 'en') => {
  const node = makeNodeDouble();
  const browser = makeBrowser(makeTestBridge(node), language);
  return { browser, page: await browser.enter(node.invite(facet)) };
};

/** What a message does to records: their keys arrive in the order of the alphabet. */
const asSent = (value: any): any => {
  if (Array.isArray(value)) return value.map(asSent);
  if (typeof value !== 'object' || value === null) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, asSent(value[key])]));
};

const purseDescription: Description = {
  label: text('Your place'),
  title: 'market',
  view: 'look',
  fields: {
    market: { label: text('Market') },
    saldo: { label: text('Balance'), unit: text('credits'), prominent: true },
    arrears: { label: text('Owed'), unit: text('credits') },
    things: {
      label: text('Things'),
      item: {
        heading: 'what',
        fields: { zest: { label: text('Zest') }, age: { label: text('Age') } },
      },
    },
  },
  methods: {
    pay: {
      label: text('Pay'),
      done: text('It is paid.'),
      refusals: { insufficient: text('The purse is empty.') },
      args: [{ name: 'amount', kind: 'nat', label: text('Amount') }],
    },
    ask: { label: text('Ask'), args: [] },
  },
};

const makePurse = () =>
  makeFacet(asSent(describe(M.interface('Purse', {}), purseDescription).description), {
    look: () =>
      harden({
        market: 'The <soup>',
        saldo: -1234n,
        arrears: 5n,
        things: [{ what: 'Jam', zest: 'sweet', age: 'new' }],
      }),
    pay: (amount: bigint) =>
      harden(amount > 9n ? { ok: false, code: 'insufficient' } : { ok: true }),
    ask: () => harden({ ok: false, code: 'insufficient' }),
  });

const positions = (html: string, words: string[]) => words.map((word) => html.indexOf(word));
const ascending = (numbers: number[]) =>
  numbers.every((number, i) => number >= 0 && (i === 0 || number > numbers[i - 1]!));

test('fields, methods and items come in the order in which they were described', async () => {
  const { page } = await open(makePurse());
  assert.ok(ascending(positions(page.html, ['Balance<', 'Owed<', 'Things<'])));
  assert.ok(ascending(positions(page.html, ['sweet', 'new<'])));
  assert.ok(ascending(positions(page.html, ['/pay"', '/ask"'])));
});

test('a page is headed by the name of what it shows, and says what that is above', async () => {
  const { page } = await open(makePurse());
  assert.match(page.html, /Your place\s*<\/p><h1[^>]*>The &lt;soup&gt;<\/h1>/);
  assert.doesNotMatch(page.html, />Market</);
});

test('one figure stands out, and a debt has a true minus sign', async () => {
  const { page } = await open(makePurse());
  assert.equal(page.html.match(/class="prominent"/g)?.length, 1);
  assert.match(page.html, /class="prominent"><dt>Balance<\/dt><dd>.*\u22121,234/s);
});

test('what was done, and why something was refused, is said in the words of the method', async () => {
  const { browser, page } = await open(makePurse());
  const refused = await browser.submit(page, '/pay', { 'arg.amount': '10' });
  assert.match(refused.html, /The purse is empty\./);
  await browser.submit(page, '/pay', { 'arg.amount': '9' });
  assert.match((await browser.get(page.path)).html, /It is paid\./);
  // Another method of the same facet keeps the general words.
  assert.match((await browser.submit(page, '/ask')).html, /There is not enough for this\./);
});
