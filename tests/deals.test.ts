/** Deals of all kinds in two markets on three nodes, while these are killed and cut off (`npm run campaign -- market`). */
import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { runDeals } from './market/deals.ts';
import { makeCleanup } from './support/cleanup.ts';

test('orders, things in two markets, blind purchases and leaving: whatever breaks, each ends one way and adds up', async (t) => {
  const cleanup = makeCleanup((hook) => t.after(hook));
  const only = ['kill', 'breaking'] as const;
  const report = await runDeals(cleanup, { seed: 3, rounds: 2, only });
  assert.deepEqual(report.violations, []);
  assert.equal(report.rounds, 2);
  assert.equal(report.left, 2);
  assert.ok(report.kills > 0 && report.looked > 0);
});
