import {
  type TestNode,
  foundMarket,
  makeMarketVat,
  makeTestNode,
  next,
  ok,
  testSecret,
} from '../fixture.ts';
import test, { afterEach, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { descriptionFaults } from '@pocas/vat-runtime/testing';

let node: TestNode;
beforeEach(async () => {
  node = await makeTestNode();
});
afterEach(() => node.stop());

test('the founder holds a share and all that is to be cared for', async () => {
  const founded = await foundMarket(node, { name: 'Huerto' });
  assert.equal(founded.place, 'Huerto');
  const view = await E(founded.participant).view();
  assert.equal(view.name, 'Fundadora');
  assert.equal(view.balance, 0n);
  assert.equal(view.available, 20n);
  assert.equal((await E(founded.steward).view()).participants, 1n);
  assert.equal((await E(founded.auditor).statement()).sum, 0n);
});

test('whoever made the vat has nothing of the market once it was claimed', async () => {
  const root = await makeMarketVat(node);
  const first = ok(await E(root).claim('Ana', 'a request of Ana'));
  assert.deepEqual(await E(root).claim('Operador', next()), { ok: false, code: 'claimed' });
  const again = ok(await E(root).claim('Ana', 'a request of Ana'));
  assert.equal(again.participant, first.participant);
  assert.equal(again.cares.steward, first.cares.steward);
});

test('a market is not founded without a secret of 32 bytes', async () => {
  for (const secret of ['', 'short', `${testSecret()}A`, '='.repeat(43)])
    await assert.rejects(makeMarketVat(node, { secret }), (error: Error) => {
      assert.ok(secret === '' || !error.message.includes(secret), 'the secret is not repeated');
      return true;
    });
});

test('a charter outside its bounds founds no market', async () => {
  await assert.rejects(makeMarketVat(node, { charter: { chi: 1_001n } }), /out of its bounds/);
  await assert.rejects(makeMarketVat(node, { charter: { step: 0n } }), /out of its bounds/);
});

test('no facet of a market repeats its secret', async () => {
  const { steward, participant, marketPublic, charter, commons } = await foundMarket(node);
  const views = [
    await E(steward).view(),
    await E(participant).view(),
    await E(marketPublic).describe(),
    await E(charter).view(),
    await E(commons).view(),
    await E(E(marketPublic).journal()).entries(1n, 100n),
  ];
  const text = JSON.stringify(views, (_key, value: unknown) =>
    typeof value === 'bigint' ? `${value}` : value,
  );
  assert.ok(!text.includes(testSecret()));
});

test('a time market counts in minutes', async () => {
  const { participant, auditor } = await foundMarket(node, {
    kind: 'time',
    charter: { step: 15n },
  });
  assert.equal((await E(participant).view()).unit, 'minutos');
  assert.equal((await E(auditor).statement()).unit, 'minutos');
});

test('all pages say everything in both languages', async () => {
  const founded = await foundMarket(node);
  const { desks } = await E(founded.participant).view();
  const facets = [
    founded.participant,
    founded.steward,
    founded.charter,
    founded.commons,
    founded.marketPublic,
    await E(founded.marketPublic).door(),
    await E(founded.marketPublic).charter(),
    await E(founded.steward).invite(),
    await E(founded.participant).card(),
    ...desks,
  ];
  for (const facet of facets) assert.deepEqual(await descriptionFaults(facet), []);
});
