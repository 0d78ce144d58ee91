/** A coordinator on one node, its participants on another, and a backup that is too old. */
import { backupOf, startLinked } from '../obligation/nodes.ts';
import { type Owed, checkStories, lodgingOf, openStage, those } from './fixture.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';

const owed: readonly Owed[] = [
  ['Ana', 'Beto', 100n],
  ['Beto', 'Caro', 60n],
  ['Caro', 'Ana', 80n],
];

type Condition = () => Promise<boolean> | boolean;
const until = async (holds: Condition, what: string): Promise<void> => {
  for (let i = 0; i < 3000; i += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.fail(`it never came about that ${what}`);
};

test('a round over two nodes goes on over links that break and restarts of both', async () => {
  const a = await startLinked();
  let b = await startLinked();
  const stage = await openStage(a, b, owed);
  await stage.lodge(lodgingOf(owed));
  const all = async () => (await E(stage.convenor).view()).lodged === 3n;
  await until(all, 'all have lodged');
  await b.settled();
  await b.stop();
  await E(stage.convenor).closeLodging();
  b = await startLinked(b, b.port);
  stage.useTroupe(b);
  await until(async () => those(await stage.told('Ana'), 'freeze').length === 1, 'Ana is asked');
  a.cut();
  b.cut();
  const isOver = async () => (await E(stage.convenor).view()).phase === 'settled';
  await until(isOver, 'the round is over');
  const isTold = async () => those(await stage.told('Caro'), 'finish').length === 1;
  await until(isTold, 'Caro is told');
  assert.equal((await checkStories(stage)).cleared, 180n);
  await a.stop();
  await b.stop();
});

test('a coordinator from a backup older than its decision does not decide otherwise', async () => {
  const a = await startLinked();
  let b = await startLinked();
  const stage = await openStage(a, b, owed);
  await stage.lodge(lodgingOf(owed));
  const phase = async () => (await E(stage.convenor).components(1n))[0]?.phase;
  await until(async () => (await E(stage.convenor).view()).lodged === 3n, 'all have lodged');
  let answer: (() => void) | undefined;
  stage.hold((proceed) => {
    answer = proceed;
  });
  await E(stage.convenor).closeLodging();
  await until(() => answer !== undefined, 'the solver is asked');
  // The proposals are on the disk of A, and on their way, when it is copied.
  await b.settled();
  await b.stop();
  answer!();
  await until(async () => (await phase()) === 'voting', 'it is proposed');
  await a.settled();
  const backup = await backupOf(a);
  b = await startLinked(b, b.port);
  stage.useTroupe(b);
  await until(async () => (await phase()) === 'settled', 'it is settled');
  await until(async () => those(await stage.told('Ana'), 'finish').length === 1, 'all is told');
  await a.settled();
  await a.stop();

  const restored = await startLinked(backup, a.port);
  stage.useRound(restored);
  assert.equal(await phase(), 'voting');
  const isQuarantined = (node: typeof b) =>
    node.peers.list().some((peer) => peer.quarantine !== undefined);
  await until(() => isQuarantined(restored) && isQuarantined(b), 'they notice');
  restored.peers.reconcile(b.designator);
  b.peers.reconcile(restored.designator);
  await until(async () => (await phase()) !== 'voting', 'it hears that nobody knows');
  assert.equal(await phase(), 'left');
  await until(async () => (await E(stage.convenor).view()).phase === 'settled', 'it ends');
  assert.deepEqual(await E(stage.convenor).cancel(), { ok: false, code: 'closed' });
  await restored.settled();
  await until(async () => those(await stage.told('Ana'), 'finish').length === 2, 'all is told');
  for (const name of stage.names) {
    assert.equal(those(await stage.told(name), 'release').length, 0, name);
    assert.equal(those(await stage.told(name), 'settle').length, 1, name);
  }
  await restored.stop();
  await b.stop();
});
