/**
 * S18, in short: some scenarios, cut off after some batches. `npm run campaign -- anywhere` does all of them, after
 * 200 each.
 */
import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { runAnywhere } from './anywhere/anywhere.ts';

test('S18: what a scenario leaves on the disk is sound wherever its nodes are killed', async () => {
  const report = await runAnywhere({ seed: 18, kills: 12, matching: 'shelf' });
  assert.deepEqual(report.violations, []);
  assert.equal(report.kills, 12);
  assert.ok(report.batches > 50 && report.deliveries > 50, JSON.stringify(report));
});
