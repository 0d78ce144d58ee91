import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { runTrial, trialArb } from './handoff-trial.ts';

test('whatever the links take, calls come in order, none is lost, and nothing is left over', () => {
  const sums = { direct: 0, calls: 0, refused: 0 };
  fc.assert(
    fc.property(trialArb, (trial) => {
      const { direct, calls, refused } = runTrial(trial);
      sums.direct += direct;
      sums.calls += calls;
      sums.refused += refused;
    }),
    { numRuns: Number(process.env['TRIALS'] ?? 1000), seed: Number(process.env['SEED'] ?? 13) },
  );
  assert.ok(sums.direct > 1000, JSON.stringify(sums));
});
