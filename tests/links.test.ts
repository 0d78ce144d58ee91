/** What happens between nodes when the network does what networks do; `npm run campaign -- links` goes on for longer. */
import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { crossDials } from './links/crossed-dials.ts';
import { makeCleanup } from './support/cleanup.ts';

/** Not by chance: a test that fails here fails again. */
const seed = 7;

test('nodes that all dial each other at once have one session for each two, and lose no call', async (t) => {
  const report = await crossDials(
    makeCleanup((hook) => t.after(hook)),
    { seed, rounds: 20 },
  );
  assert.deepEqual(report.violations, []);
  assert.ok(report.figures['crossed']! > 20, 'dials crossed');
});
