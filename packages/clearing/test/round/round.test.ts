import { descriptionFaults } from '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { type Owed, checkStories, firstOf, lodgingOf, makeStage, play } from './fixture.ts';

/** SPEC 7.3: leaves 40, 0 and 20. */
const golden: readonly Owed[] = [
  ['Ana', 'Beto', 100n],
  ['Beto', 'Caro', 60n],
  ['Caro', 'Ana', 80n],
];

test('what is owed in a loop is cleared, and everybody is told the same, once', async () => {
  const stage = await play(golden);
  const { cleared, settled } = await checkStories(stage);
  assert.equal(cleared, 180n);
  assert.deepEqual(settled, ['Ana', 'Beto', 'Caro']);
  const told = await stage.told('Ana');
  assert.deepEqual(
    told.map(({ what }) => what),
    ['answer', 'freeze', 'propose', 'answer', 'settle', 'finish'],
  );
  const { proposal } = firstOf(told, 'propose');
  assert.deepEqual(
    proposal.rows.map(({ edge, cleared: value }) => [edge, value]),
    [
      [0, 60n],
      [2, 60n],
    ],
  );
  assert.deepEqual(proposal.totals, { participants: 3n, lodged: 240n, cleared: 180n });
  const { report } = firstOf(told, 'finish');
  assert.equal(report.outcome, 'settled');
  assert.deepEqual(report.totals, {
    participants: 3n,
    edges: 3n,
    lodged: 240n,
    cleared: 180n,
    satOut: 0n,
  });
  assert.deepEqual(report.loops, [{ value: 60n, owes: 0, isOwed: 2, length: 3n }]);
  const view = await E(stage.convenor).view();
  assert.equal(view.phase, 'settled');
  assert.deepEqual(
    view.seats.map(({ label, stage: at }) => [label, at]),
    [
      ['Ana', 'settled'],
      ['Beto', 'settled'],
      ['Caro', 'settled'],
    ],
  );
  await stage.stop();
});

test('every facet of a round says in both languages what it is for', async () => {
  const stage = await makeStage(golden);
  assert.deepEqual(await descriptionFaults(stage.convenor), []);
  assert.deepEqual(await descriptionFaults(await E(stage.convenor).public()), []);
  assert.deepEqual(await descriptionFaults(await stage.seat('Ana')), []);
  await stage.lodge(lodgingOf(golden));
  await stage.stop();
});
