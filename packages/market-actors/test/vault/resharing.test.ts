/** People come and go: the key stays, its shares change, and old ones are of no use (SPEC 7.5). */
import {
  type ManualTime,
  type TestNode,
  makeManualTime,
  makeTestNode,
} from '@pocas/vat-runtime/testing';
import test, { afterEach, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { next, ok } from '../fixture.ts';
import { type World, addHolder, day, look, openVault, pair, record } from './fixture.ts';

let time: ManualTime;
let node: TestNode;
let world: World;
beforeEach(async () => {
  time = makeManualTime();
  node = await makeTestNode({ time });
  world = await openVault(node, time, 4);
});
afterEach(() => node.stop());

const viewer = pair();
const wish = (segment: string) => ({
  segments: [segment],
  reason: 'A bicycle is gone',
  viewers: [{ name: 'Ana', key: viewer.publicKey }],
});
const steward = () => world.vault.cares.steward;
const inKey = async () =>
  (await E(steward()).view()).holders.filter(({ isIn }) => isIn).map(({ name }) => name);
const pass = async (milliseconds: number) => {
  time.pass(milliseconds);
  await node.rest();
};

test('a newcomer gets a share after the waiting time, one who leaves loses theirs, and what was sealed before opens', async () => {
  const { camera, vault, holders } = world;
  const { print } = await E(steward()).view();
  await record(camera, 'before');
  const dora = await addHolder(node, vault, 'Dora');
  ok(await E(holders[0]!.share).leave(next()));
  await node.rest();
  await E(steward()).makeKey(next());
  await node.rest();
  await pass(700_000);
  assert.equal((await E(dora.keeper).view()).phase, 'asked');
  // Those who hold the key have a day to look at whom it is shared with.
  assert.equal((await E(holders[1]!.keeper).view()).phase, 'waiting');
  assert.deepEqual(await inKey(), ['H1', 'H2', 'H3', 'H4']);
  await pass(day + 700_000);
  await pass(700_000);
  const view = await E(steward()).view();
  assert.equal(view.print, print);
  assert.deepEqual(await inKey(), ['H2', 'H3', 'H4', 'Dora']);
  assert.equal((await E(dora.keeper).view()).phase, 'keeping');
  assert.equal((await E(holders[0]!.keeper).view()).phase, 'asked');
  const { viewings } = ok(await E(dora.share).request(wish('before'), next()));
  await node.rest();
  // Dora is needed: one of the others declines.
  const [heard] = await E(holders[1]!.keeper).requests();
  ok(await E(heard!.act).decline(next()));
  await pass(day);
  const opened = await look(viewings[0]!, 'before', viewer);
  assert.equal(opened.right, 3n);
  assert.equal(opened.key, camera.keys.get('before'));
});

test('every eight epochs the shares are dealt anew by themselves, also while a request is open', async () => {
  const { camera, holders } = world;
  await pass(47 * day);
  await record(camera, 'one');
  const { version } = await E(steward()).view();
  const { viewings } = ok(await E(holders[0]!.share).request(wish('one'), next()));
  await pass(day);
  const before = await look(viewings[0]!, 'one', viewer);
  assert.equal(before.right, 4n);
  let after = version;
  for (let days = 0; days < 8 && after === version; days += 1) {
    await pass(day);
    after = (await E(steward()).view()).version;
  }
  assert.ok(after > version);
  // Parts of old shares do not fit those of the new ones: it was asked again.
  const terms = await E(viewings[0]!).terms();
  assert.equal(terms.version, after);
  const opened = await look(viewings[0]!, 'one', viewer);
  assert.equal(opened.right, 4n);
  assert.equal(opened.key, camera.keys.get('one'));
});
