import { descriptionFaults } from '@pocas/vat-runtime/testing';
import { heldBy, makeLedgerFixture } from './fixture.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';

test('every facet of a ledger that people may hold describes itself in both languages', async () => {
  const { open, auditor, stop } = await makeLedgerFixture();
  const { account, payee } = await open();
  const { hold, decider } = heldBy(await E(account).hold(payee, 1n, {}, 'request'));
  for (const facet of [account, payee, hold, decider, auditor])
    assert.deepEqual(await descriptionFaults(facet), []);
  await stop();
});
