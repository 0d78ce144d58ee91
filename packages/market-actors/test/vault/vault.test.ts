/** The video vault (SPEC M17, 7.5): what opens, after what, for whom, and what is in the log. */
import { makeManualTime, makeTestNode } from '@pocas/vat-runtime/testing';
import test, { afterEach, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type { Facet } from '@pocas/vat-runtime';
import type { PlaceInvitation } from '@pocas/vat-runtime/actors';
import { next, ok } from '../fixture.ts';
import { type World, day, hour, look, openVault, pair, record, sawBy } from './fixture.ts';

let world: World;
beforeEach(async () => {
  const time = makeManualTime();
  const node = await makeTestNode({ time });
  world = await openVault(node, time);
});
afterEach(() => world.node.stop());

const viewer = pair();
const wish = (segments: string[]) => ({
  segments,
  reason: 'A bicycle is gone',
  viewers: [{ name: 'Ana', key: viewer.publicKey }],
});

test('a key is made, a segment sealed, requested and opened, and another stays closed', async () => {
  const { node, time, vault, holders, camera } = world;
  const { steward } = vault.cares;
  const view = await E(steward).view();
  assert.deepEqual([view.phase, view.threshold], ['open', 3n]);
  const prints = await Promise.all(
    holders.map(async ({ keeper }) => (await E(keeper).view()).print),
  );
  assert.deepEqual(new Set(prints), new Set([view.print]));

  await record(camera, 'one');
  time.pass(600_000);
  await record(camera, 'two');
  const { viewings } = ok(await E(holders[0]!.share).request(wish(['one']), next()));
  const [viewing] = viewings;
  await node.rest();
  for (const { keeper } of holders)
    assert.equal((await E(keeper).view()).requests[0]!.reason, 'A bicycle is gone');
  assert.deepEqual(await E(viewing!).parts('one'), { ok: false, code: 'notYet' });
  time.pass(23 * hour);
  await node.rest();
  assert.deepEqual(await E(viewing!).parts('one'), { ok: false, code: 'notYet' });
  time.pass(hour);
  await node.rest();
  const opened = await look(viewing!, 'one', viewer);
  assert.equal(opened.right, 4n);
  assert.equal(opened.key, camera.keys.get('one'));
  const stranger = await sawBy(viewing!, 'one', pair());
  assert.deepEqual(stranger, { ok: false, code: 'invalid' });
  ok(await sawBy(viewing!, 'one', viewer));
  assert.equal((await E(viewing!).view()).phase, 'answered');
  const two = ok(await E(viewing!).parts('two'));
  assert.deepEqual(two.parts, []);
  time.pass(20 * day);
  await node.rest();
});

test('an invitation is handed on as a text to be pasted', async () => {
  const { node, vault } = world;
  const invited = await E(vault.cares.steward).inviteLink(next());
  assert.ok('secret' in invited);
  assert.equal(invited.toPaste, true);
  const invitation = (await E(node.enlivener).enliven(invited.secret)) as Facet<PlaceInvitation>;
  ok(await E(invitation).join('Eva', next()));
  const { holders } = await E(vault.cares.steward).view();
  assert.ok(holders.some(({ name }) => name === 'Eva'));
});
