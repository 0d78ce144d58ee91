/** The coordinator's node is killed at any moment of a round. */
import {
  type Owed,
  checkStories,
  killEverywhere,
  lodgingOf,
  makeStage,
  patience,
} from './fixture.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';

const owed: readonly Owed[] = [
  ['Ana', 'Beto', 100n],
  ['Beto', 'Caro', 60n],
  ['Caro', 'Ana', 80n],
  ['Ana', 'Caro', 30n],
  ['Dora', 'Eva', 7n],
  ['Eva', 'Dora', 9n],
];

test('a coordinator that is killed anywhere leaves all of it applied, everywhere, once', async () => {
  const moments = await killEverywhere(owed, {}, async (stage) => {
    const { cleared } = await checkStories(stage);
    assert.equal(cleared, 234n);
    assert.equal((await E(stage.convenor).view()).phase, 'settled');
  });
  assert.ok(moments > 20, `${moments} moments`);
});

test('killed anywhere while one participant is silent and another refuses, it leaves all or nothing', async () => {
  const scripts = { Beto: { vote: 'none' }, Eva: { vote: 'refuse all' } } as const;
  const moments = await killEverywhere(owed, { scripts }, async (stage) => {
    const { cleared, settled } = await checkStories(stage);
    assert.equal(cleared, 60n);
    assert.deepEqual(settled, ['Ana', 'Caro']);
  });
  assert.ok(moments > 20, `${moments} moments`);
});

test('votes that wait while the coordinator is away for long are waited for once more', async () => {
  const stage = await makeStage(owed, { scripts: { Beto: { vote: 'none' } } });
  await stage.lodge(lodgingOf(owed));
  await stage.close();
  const { storage, secrets } = stage.node;
  await stage.node.stop();
  stage.time.pass(5 * patience);
  await stage.startFrom(storage, secrets);
  const [first] = await E(stage.convenor).components(1n);
  assert.equal(first!.phase, 'voting');
  const { control } = await E(stage.troupe).find('Beto');
  await E(control).vote(first!.component, 1, []);
  await stage.finish();
  assert.equal((await checkStories(stage)).cleared, 234n);
  await stage.stop();
});

test('a coordinator that is away again and again still ends its waits', async () => {
  const stage = await makeStage(owed, { scripts: { Beto: { vote: 'none' } } });
  await stage.lodge(lodgingOf(owed));
  await stage.close();
  for (let times = 0; times < 6; times += 1) {
    const { storage, secrets } = stage.node;
    await stage.node.stop();
    stage.time.pass(3 * patience);
    await stage.startFrom(storage, secrets);
  }
  const [first] = await E(stage.convenor).components(1n);
  assert.equal(first!.phase, 'again');
  await stage.finish();
  assert.equal((await checkStories(stage)).cleared, 74n);
  await stage.stop();
});

test('lodging that ended while the coordinator was away goes on for one patience', async () => {
  const stage = await makeStage(owed);
  const { storage, secrets } = stage.node;
  await stage.node.stop();
  stage.time.pass(15 * patience);
  await stage.startFrom(storage, secrets);
  assert.equal((await E(stage.convenor).view()).phase, 'lodging');
  await stage.lodge(lodgingOf(owed));
  await stage.finish();
  assert.equal((await checkStories(stage)).cleared, 234n);
  await stage.stop();
});
