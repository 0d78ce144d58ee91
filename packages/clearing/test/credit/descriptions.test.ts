import { descriptionFaults } from '@pocas/vat-runtime/testing';
import { credits, makeWorkshop, next, ok } from './fixture.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';

test('every facet of a ledger that people may hold describes itself in both languages', async () => {
  const { node, bench } = await makeWorkshop();
  const ledger = await E(bench).makeLedger(credits);
  const limits = { debitLimit: 20n, ceiling: 0n };
  const { account, payee } = await E(ledger).openAccount('member', limits);
  const { hold, decider } = ok(await E(account).hold(payee, 1n, {}, next()));
  const { payment } = ok(await E(account).withdraw(1n, next()));
  const issuer = await E(ledger).issuer();
  const taken = ok(await E(issuer).takeOver(hold, decider, next()));
  const facets = [account, payee, hold, decider, payment, issuer, taken.decider];
  for (const facet of [...facets, await E(ledger).auditor(), await E(ledger).brand()])
    assert.deepEqual(await descriptionFaults(facet), []);
  await node.stop();
});
