/** What happens between nodes when the network does what networks do; `npm run campaign -- links` goes on for longer. */
import '@pocas/vat-runtime/lockdown';
import test, { type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { crossDials } from './links/crossed-dials.ts';
import { flipHandshakes } from './links/flipped-handshakes.ts';
import { freeze, part, replace } from './links/processes.ts';
import { sendAll } from './links/sends.ts';
import { makeCleanup } from './support/cleanup.ts';

/** Not by chance: a test that fails here fails again. */
const seed = 7;

const cleanupOf = (t: TestContext) => makeCleanup((hook) => t.after(hook));

const pingMilliseconds = 400;

test('nodes that all dial each other at once have one session for each two, and lose no call', async (t) => {
  const report = await crossDials(cleanupOf(t), { seed, rounds: 20 });
  assert.deepEqual(report.violations, []);
  assert.ok(report.figures['crossed']! > 20, 'dials crossed');
});

test('a node that was killed and comes back takes the place of its old session, of whose end nobody heard', async (t) => {
  const report = await replace(cleanupOf(t), { seed, rounds: 2 });
  assert.deepEqual(report.violations, []);
});

test('calls to a node that stands still end, and work again when it goes on', async (t) => {
  const report = await freeze(cleanupOf(t), { seed, size: 3, millis: 2500, pingMilliseconds });
  assert.deepEqual(report.violations, []);
  assert.ok(report.figures['failedMeanwhile']! > 0, 'it was noticed');
});

test('two groups that do not hear each other go on by themselves, and find each other again', async (t) => {
  const report = await part(cleanupOf(t), { seed, size: 4, millis: 2500, pingMilliseconds });
  assert.deepEqual(report.violations, []);
  assert.ok(report.figures['failed']! > 0, 'it was noticed');
});

test('a handshake of which one byte was altered opens nothing, and the next one is good', async (t) => {
  const report = await flipHandshakes(cleanupOf(t), { seed, rounds: 60 });
  assert.deepEqual(report.violations, []);
  assert.ok(report.figures['tried']! >= 55);
});

test('payments by send happen once and in order, or expire for both sides, whatever is cut and killed', async (t) => {
  const report = await sendAll(cleanupOf(t), {
    ...{ seed, nodes: 2, rounds: 300 },
    ...{ paymentsBetweenKills: 120, paymentsBetweenCuts: 15 },
  });
  t.diagnostic(JSON.stringify(report.figures));
  assert.deepEqual(report.violations, []);
  assert.ok(report.figures['kills']! > 0 && report.figures['expired']! > 0);
});
