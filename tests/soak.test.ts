/** Long sessions in short; `npm run campaign -- soak` makes a million calls. */
import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { runSoak, slope } from './campaign/soak.ts';

test('calls leave nothing in memory over a link between processes, and an object is obtained, dropped, collected and obtained a hundred times', async () => {
  // What stock captp keeps is 400 bytes a call and more. Caches still fill in a run this short.
  const { violations } = await runSoak({ calls: 20_000, maxSlope: 150 });
  assert.deepEqual(violations, []);
});

test('the slope of samples is that of the line nearest to them', () => {
  assert.equal(
    slope([
      [0, 1],
      [10, 21],
      [20, 41],
    ]),
    2,
  );
  assert.equal(
    slope([
      [0, 5],
      [1, 6],
      [2, 5],
    ]),
    0,
  );
});
