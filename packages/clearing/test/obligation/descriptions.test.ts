import { agree, items, makePair, next, ok } from './fixture.ts';
import { descriptionFaults } from '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';

test('every facet for people says everything in both languages', async () => {
  const pair = await makePair();
  const { node, ana, beto } = pair;
  const { ours, theirs } = await agree(pair, 'from', 100n);
  ok(await E(ours).paid(5n, next()));
  const { obligation } = ok(await E(ana.keeper).propose('from', 7n, 'MXN', 1n, 'x', next()));
  const { line } = ok(await E(ana.keeper).offerLine(50n, 'MXN', 1_000n, 'flour', next()));
  await node.rest();
  const [asked, first] = await items(beto, 'asked');
  // Whoever is to accept sees what, and who owes or lends how much.
  assert.deepEqual([asked.role, asked.amount, asked.unit], ['theyLend', 50n, 'MXN']);
  assert.deepEqual([first.role, first.amount, first.what], ['theyOwe', 7n, 'x']);
  ok(await E(asked.line).accept(next()));
  ok(await E(ana.keeper).lend(5n, 'MXN', 30n, 'another', next()));
  await node.rest();
  const { introduction, counterparty } = ok(await E(ana.all).introduce('Caro', next()));
  const lists = [];
  for (const side of [ana, beto]) {
    for (const list of ['asked', 'proposed', 'open', 'lines'] as const) {
      for (const { act } of await items(side, list)) lists.push(act as object);
    }
  }
  assert.equal(lists.length, 8);
  const facets = [ana.keeper, beto.keeper, counterparty, introduction, ours, theirs];
  for (const facet of [...facets, obligation, line, asked.line, ...lists]) {
    assert.deepEqual(await descriptionFaults(facet as object), []);
  }
  await node.stop();
});
