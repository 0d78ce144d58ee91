import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { fuzz } from '@pocas/vat-runtime/testing';
import { type Step, type UniverseOptions, deeds, makeUniverse } from './universe.ts';

const numberArb = fc.nat({ max: 999 });
const stepArb = (more: readonly Step['do'][]): fc.Arbitrary<Step> =>
  fc.record(
    {
      do: fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom('ask', 'answer', 'resolve', 'drop', 'keep') },
        { weight: 1, arbitrary: fc.constantFrom(...more) },
      ) as fc.Arbitrary<Step['do']>,
      by: numberArb,
      a: numberArb,
      b: numberArb,
      c: numberArb,
    },
    { noNullPrototype: true },
  );
const limitsArb = fc.constantFrom<NonNullable<UniverseOptions['limits']>>(
  {},
  { maxQueuedCalls: 2 },
  { maxOpenQuestions: 4, maxQueuedCalls: 3 },
  { maxImports: 12, maxExports: 12 },
);

test('whatever parties do, each is given what was meant for it and nothing else, and nothing is left over', () => {
  fc.assert(
    fc.property(
      fc.array(stepArb(deeds), { maxLength: 150, size: 'max' }),
      limitsArb,
      numberArb,
      (steps, limits, lastOne) => {
        const universe = makeUniverse({ limits });
        for (const step of steps) universe.take(step);
        universe.finish(lastOne);
      },
    ),
    fuzz<[Step[], NonNullable<UniverseOptions['limits']>, number]>(400),
  );
});

test('a party that breaks the protocol changes for others what its leaving would, and nothing else', () => {
  const clean = deeds.filter((deed) => deed !== 'violate');
  fc.assert(
    fc.property(
      fc.array(stepArb(clean), { maxLength: 60, size: 'max' }),
      stepArb(deeds).map((step): Step => ({ ...step, do: 'violate', by: 2 + (step.by % 4) })),
      fc.array(stepArb(clean), { maxLength: 20, size: 'max' }),
      (before, violation, after) => {
        const [said, left] = [makeUniverse(), makeUniverse({ leaves: true })];
        for (const universe of [said, left]) {
          for (const step of [...before, violation, ...after]) universe.take(step);
        }
        const others = ({ transcripts }: typeof said) =>
          transcripts.filter((_, place) => place !== violation.by % transcripts.length);
        assert.deepEqual(others(said), others(left));
      },
    ),
    fuzz<[Step[], Step, Step[]]>(300),
  );
});
