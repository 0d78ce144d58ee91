import './lockdown.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { M } from '@endo/patterns';
import { describe } from '@pocas/vat-runtime';
import { makeFacet, text } from './facet-double.ts';
import { makeBrowser, makeNodeDouble, makeTestBridge } from './node-double.ts';

const shelf = (view: object) =>
  makeFacet(
    describe(M.interface('Shelf', {}), {
      label: text('Shelf'),
      view: 'view',
      fields: {
        size: { label: text('Size') },
        used: { label: text('Used'), bar: { of: 'size' } },
        places: {
          label: text('Places'),
          item: {
            heading: 'who',
            picture: { width: 'slots', empty: 'free' },
            fields: {
              who: { label: text('Who') },
              slots: { label: text('Slots'), bar: { of: 'wanted' } },
            },
          },
        },
      },
      methods: {},
    }).description,
    { view: () => harden(view) },
  );

const open = async (view: object) => {
  const node = makeNodeDouble();
  return (await makeBrowser(makeTestBridge(node)).enter(node.invite(shelf(view)))).html;
};

const meters = (html: string) =>
  [...html.matchAll(/<meter max="1000" value="(\d+)"/g)].map(([, n]) => n);
const cells = (html: string) =>
  [...html.matchAll(/<svg x="(\d+)" y="0" width="(\d+)"[^>]*><rect[^>]*class="(\w+)"/g)].map(
    ([, x, width, shade]) => [Number(x), Number(width), shade],
  );

test('a part of a whole is a number and a bar, which is never fuller than full', async () => {
  const at = (used: bigint, size: bigint) => open({ size, used, places: [] }).then(meters);
  assert.deepEqual(await at(1n, 4n), ['250']);
  assert.deepEqual(await at(10n ** 40n, 3n * 10n ** 40n), ['333']);
  assert.deepEqual(await at(9n, 4n), ['1000']);
  assert.deepEqual(await at(-9n, 4n), ['0']);
  assert.deepEqual(await at(1n, 0n), []);
});

test('a bar of an item is of the field of that item', async () => {
  const places = [{ who: 'Ana', slots: 1n, wanted: 2n }];
  assert.deepEqual(meters(await open({ size: 0n, used: 0n, places })), ['500']);
});

test('a list is drawn as cells that fill the strip, and stands in words below', async () => {
  const html = await open({
    size: 8n,
    used: 6n,
    places: [
      { who: 'Ana <b>', slots: 4n },
      { who: 'Luz', slots: 2n },
      { who: 'free', slots: 2n, free: true },
    ],
  });
  assert.deepEqual(cells(html), [
    [0, 500, 'shade0'],
    [500, 250, 'shade1'],
    [750, 250, 'free'],
  ]);
  assert.match(html, /<svg class="picture"[^>]*aria-hidden="true"/);
  assert.doesNotMatch(html, /<b>/);
  assert.equal(html.match(/Luz/g)?.length, 2);
});

test('what has no width is not drawn, and nothing at all where nothing has one', async () => {
  const places = [{ who: 'Ana', slots: 0n }, { who: 'Luz', slots: 'much' }, { who: 'Eva' }];
  assert.doesNotMatch(await open({ size: 1n, used: 0n, places }), /class="picture"/);
});
