/** What the code that two pocas read to each other shows, and what not. */
import { items, makeBook, next, ok, sideOf } from './fixture.ts';
import { makeTestNode } from '@pocas/vat-runtime/testing';
import { fileURLToPath } from 'node:url';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { hashOfText } from '@pocas/clearing/halves';
import type { Facet } from '@pocas/vat-runtime';
import { bundleVat } from '@pocas/vat-runtime/node';
import type { Between } from './between-vat.ts';

const betweenVat = bundleVat(
  fileURLToPath(new URL('../../../test/obligation/between-vat.ts', import.meta.url)),
);

test('whoever took an introduction and passes all on reads along, and both see one code', async () => {
  const node = await makeTestNode({ print: () => {} });
  const [atAna, atBeto] = [await makeBook(node, 'ana'), await makeBook(node, 'beto')];
  const { introduction } = ok(await E(await E(atAna).counterparties()).introduce('Beto', next()));
  // It came into wrong hands on its way.
  const eve = (await node.makeVat({
    module: await betweenVat,
    label: 'eve',
    params: { taken: introduction },
  })) as Facet<Between>;
  const given = await E(eve).introduction();
  const request = next();
  // A node of her own may read what it is sent before it answers: so Eve knows the number that Beto says.
  await E(eve).take(hashOfText(`pocas nonce\nmeeting 1 ${request}`));
  await node.rest();
  ok(await E(await E(atBeto).counterparties()).meet(given, 'Ana', request));
  await node.rest();
  const [ana, beto] = [await sideOf(atAna), await sideOf(atBeto)];
  const views = [await E(ana.keeper).view(), await E(beto.keeper).view()];
  assert.deepEqual(
    views.map(({ phase }) => phase),
    ['met', 'met'],
  );
  // So it finds out whoever meant another introduction, and not who sits between (THREATS.md).
  assert.equal(views[0]!.code, views[1]!.code);
  ok(await E(ana.keeper).propose('from', 10n, 'MXN', 1_000n, 'bread', next()));
  await node.rest();
  assert.equal((await items(beto, 'asked')).length, 1);
  assert.deepEqual(
    (await E(eve).heard()).map(({ act }) => act),
    ['propose'],
  );
  await node.stop();
});
