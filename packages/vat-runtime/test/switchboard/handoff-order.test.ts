import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { type Trial, lossyTrialArb, runTrial, trialArb } from './handoff-trial.ts';

const deed = (what: string): Trial['deeds'][number] => {
  const [name, by, at, to, ...rest] = what.split(' ');
  const numbers = [by, at, to].map(Number) as [number, number, number];
  return {
    do: name as 'call',
    by: numbers[0],
    at: numbers[1],
    to: numbers[2],
    what: rest.map(Number),
  };
};
const found = (
  deeds: readonly string[],
  rest: Pick<Trial, 'delays' | 'habits'> & Partial<Trial>,
): [Trial] => [{ deeds: deeds.map(deed), doDrop: false, cuts: [], ...rest }];

/** What failed once, and its seed. */
const cases = [
  // 5: calls on an answer were not reckoned to what it became
  found(
    [
      ...['call 0 0 0', 'call 0 0 0 9', 'pipeline 0 19 2', 'call 0 22 0 3'],
      ...['call 1 2 0', 'call 0 3 7', 'call 0 0 0', 'call 0 0 4'],
    ],
    { delays: [0, 0, 0, 16, 0], habits: [0, 0, 2, 3, 0, 0] },
  ),
  // 1: two links waited for each other, by a gift that stood behind calls of its receiver
  found(
    [
      ...['call 0 0 0 7', 'pipeline 0 1 1 4', 'pipeline 0 1 0 0', 'call 4 0 0'],
      ...['pipeline 0 1 2 1', 'call 0 0 0', 'call 0 0 0'],
    ],
    { delays: [0], habits: [0, 1] },
  ),
  // 13: and by a message that waited for a gift that was asked for later
  found(['pipeline 0 2 4 2', 'call 0 3 2 9', 'call 0 0 0', 'call 0 1 0', 'pipeline 0 0 0'], {
    delays: [0],
    habits: [0, 0, 0, 3, 0],
  }),
];
const lossyCases = [
  // 22: what was lost while it waited to be deposited was deposited
  found(['call 0 0 0 3', 'pipeline 0 4 0 1', 'call 0 0 0'], {
    delays: [0, 0, 30],
    habits: [0, 0, 9, 1, 0],
    cuts: [
      { at: 37, link: 2 },
      { at: 33, link: 1 },
    ],
  }),
];

test('whatever the links take, calls come in order, none is lost, and nothing is left over', () => {
  const sums = { direct: 0, calls: 0, refused: 0 };
  fc.assert(
    fc.property(trialArb, (trial) => {
      const { direct, calls, refused } = runTrial(trial);
      sums.direct += direct;
      sums.calls += calls;
      sums.refused += refused;
    }),
    { numRuns: 1000, seed: 13, examples: cases },
  );
  assert.ok(sums.direct > 1000, JSON.stringify(sums));
});

test('where links are lost, every call is answered, none is carried out twice, and nothing is left over', () => {
  fc.assert(
    fc.property(lossyTrialArb, (trial) => void runTrial(trial)),
    { numRuns: 500, seed: 13, examples: lossyCases },
  );
});
