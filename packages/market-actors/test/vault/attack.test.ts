/** Attacks on the vault's own facets: recorders, requests, presence, retention (SPEC 7.5, “Invariants” and “Abuse”). */
import { descriptionFaults, makeManualTime, makeTestNode } from '@pocas/vat-runtime/testing';
import test, { after, before, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type { Facet } from '@pocas/vat-runtime';
import type { Seal, VaultShare } from '@pocas/market-actors';
import { chainAfter, sealText } from '@pocas/market-actors';
import { schnorr } from '@pocas/vat-runtime/ristretto';
import { next, ok } from '../fixture.ts';
import {
  type World,
  addCamera,
  day,
  foundVault,
  hour,
  joinVault,
  look,
  makeSeal,
  openVault,
  pair,
  random,
  record,
  sawBy,
} from './fixture.ts';

let world: World;
before(async () => {
  const time = makeManualTime();
  const node = await makeTestNode({ time });
  world = await openVault(node, time, 4, 2);
});
let cameras = 0;
/** Everybody may ask again, nothing is there of what was recorded before, and there is a camera that has sealed nothing. */
beforeEach(async () => {
  for (const days of [9, 6]) {
    world.time.pass(days * day);
    await world.node.rest();
  }
  const camera = await addCamera(world.vault, `puerta ${(cameras += 1)}`);
  world = { ...world, camera };
});
after(() => world.node.stop());

const viewer = pair();
const wish = (...segments: string[]) => ({
  segments,
  reason: 'A bicycle is gone',
  viewers: [{ name: 'Ana', key: viewer.publicKey }],
});
const refused = (code: string) => ({ ok: false, code });
const shareOf = (at: number): Facet<VaultShare> => world.holders[at]!.share;
const logOf = async () => {
  const log = await E(shareOf(0)).log();
  const { number } = await E(log).view();
  const entries = [];
  for (let from = 1n; from <= number; from += 20n)
    entries.push(...(await E(log).entries(from, from + 20n)));
  return entries as unknown as { kind: string; facts: { [key: string]: unknown } }[];
};

test('a seal is taken once, in its place in the chain, and not a character of it can be another', async () => {
  const { camera, time } = world;
  const { recorder, pair: own } = camera;
  const seal = await makeSeal(camera, 'one');
  const other = await makeSeal(camera, 'other');
  const changed: { readonly [what: string]: [Partial<Seal>, string] } = {
    digest: [{ ciphertextDigest: other.ciphertextDigest }, 'conflict'],
    header: [{ headerDigest: other.headerDigest }, 'conflict'],
    size: [{ size: 7n }, 'conflict'],
    segment: [{ segment: 'another' }, 'conflict'],
    stanza: [{ encapsulation: other.encapsulation }, 'conflict'],
    signature: [{ signature: other.signature }, 'invalid'],
    camera: [{ camera: 'patio' }, 'invalid'],
    vault: [{ vault: own.publicKey }, 'invalid'],
  };
  for (const [what, [change, code]] of Object.entries(changed))
    assert.deepEqual(await E(recorder).seal({ ...seal, ...change }), refused(code), what);
  ok(await E(recorder).seal(seal));
  ok(await E(recorder).seal(seal));
  assert.deepEqual(await E(recorder).seal(other), refused('stale'));
  time.pass(600_000);
  // Linked to the start again, by the camera itself.
  const unlinked = await makeSeal(camera, 'two');
  const chain = chainAfter('', unlinked);
  const signature = schnorr.sign(own.secretKey, sealText({ chain }), random());
  assert.deepEqual(await E(recorder).seal({ ...unlinked, chain, signature }), refused('conflict'));
  ok(await E(recorder).seal(unlinked));
});

test('a recorder cannot move a stanza to another segment, even where it signs it anew', async () => {
  const { camera, time } = world;
  const first = await record(camera, 'one');
  time.pass(600_000);
  const moved = await makeSeal(camera, 'two', { encapsulation: first.encapsulation });
  assert.deepEqual(await E(camera.recorder).seal(moved), refused('invalid'));
});

test('a camera seals its own time, once, and not that of others', async () => {
  const { camera, time, vault } = world;
  const { recorder } = camera;
  const { now, epoch } = await E(recorder).view();
  const seal = (wrong: Partial<Seal>) => makeSeal(camera, 'x', wrong);
  const later = now + 3_600_000n;
  const times: [Partial<Seal>, string][] = [
    [{ from: later, to: later + 1_000n }, 'notYet'],
    [{ from: now - 600_001n, to: now }, 'invalid'],
    [{ from: now, to: now }, 'invalid'],
    [{ from: 0n, to: 600_000n }, 'stale'],
    [{ epoch: epoch - 2n }, 'stale'],
  ];
  for (const [wrong, code] of times)
    assert.deepEqual(await E(recorder).seal(await seal(wrong)), refused(code), String(code));
  const patio = await addCamera(vault, 'patio');
  const theirs = await makeSeal(patio, 'y');
  assert.deepEqual(await E(recorder).seal(theirs), refused('invalid'));
  assert.deepEqual(
    await E(vault.cares.steward).addCamera(camera.name, pair().publicKey, next()),
    refused('conflict'),
  );
  assert.deepEqual(
    await E(vault.cares.steward).addCamera('no key', 'A'.repeat(43), next()),
    refused('invalid'),
  );
  time.pass(1);
});

test('with fewer than three holders nothing is recorded', async () => {
  const vault = await foundVault(world.node);
  assert.deepEqual(await E(vault.cares.steward).makeKey(next()), refused('insufficient'));
  const camera = await addCamera(vault);
  assert.equal((await E(camera.recorder).view()).isOpen, false);
  const { groupKey } = await E(world.camera.recorder).view();
  const seal = { ...(await makeSeal(world.camera, 'x')), camera: 'puerta' };
  assert.notEqual(groupKey, '');
  assert.deepEqual(await E(camera.recorder).seal(seal), refused('closed'));
});

test('each asks for so many segments in an epoch, in one request or in many', async () => {
  const { camera, time } = world;
  for (const segment of ['a', 'b', 'c', 'd']) {
    await record(camera, segment);
    time.pass(600_000);
  }
  const ana = shareOf(0);
  const id = next();
  const first = ok(await E(ana).request(wish('a', 'b'), id));
  assert.equal(ok(await E(ana).request(wish('a', 'b'), id)).number, first.number);
  assert.deepEqual(await E(ana).request(wish('c', 'd'), next()), refused('quota'));
  ok(await E(ana).request(wish('c'), next()));
  assert.deepEqual(await E(ana).request(wish('c'), next()), refused('quota'));
  assert.equal((await E(ana).view()).left, 0n);
  assert.deepEqual(await E(ana).handOn(1n, next()), refused('quota'));
  const asked = (await logOf()).filter(({ kind }) => kind === 'request').slice(-2);
  assert.deepEqual(
    asked.map(({ facts }) => (facts['segments'] as unknown[]).length),
    [2, 1],
  );
  time.pass(8 * day);
  assert.equal((await E(ana).view()).left, 3n);
});

test('what is asked of nobody, of nothing, or for nobody is refused and costs nothing', async () => {
  const { camera } = world;
  await record(camera, 'a');
  const ana = shareOf(0);
  const { viewers } = wish('a');
  const wrong = [
    [wish(), 'invalid'],
    [wish('a', 'a'), 'invalid'],
    [wish('zzz'), 'expired'],
    [{ ...wish('a'), viewers: [] }, 'invalid'],
    [{ ...wish('a'), viewers: [...viewers, ...viewers] }, 'invalid'],
    [{ ...wish('a'), viewers: [{ name: 'Ana', key: 'AAAA' }] }, 'invalid'],
  ] as const;
  for (const [asked, code] of wrong)
    assert.deepEqual(await E(ana).request(asked, next()), refused(code), code);
  assert.equal((await E(ana).view()).left, 3n);
});

test('those who were there are told, know who asks and why, and nobody knows who they are', async () => {
  const { camera, time, vault, node } = world;
  const beacon = await E(vault.cares.steward).beacon();
  const door = await E(beacon).door();
  const one = ok(await E(door).checkIn('first visit of one')).presence;
  const other = ok(await E(door).checkIn('first visit of the other')).presence;
  const again = ok(await E(door).checkIn('first visit of one')).presence;
  assert.equal(one, again);
  assert.notEqual(one, other);
  time.pass(600_000);
  await node.rest();
  assert.deepEqual(await E(door).checkIn('too late'), refused('closed'));
  const later = ok(await E(E(beacon).door()).checkIn('another visit')).presence;
  const { from } = await E(one).view();
  await record(camera, 'a');
  const waiting = E(one).changes(await E(one).changes());
  const asked = ok(await E(shareOf(1)).request(wish('a'), next()));
  await waiting;
  for (const presence of [one, other]) {
    const { requests } = await E(presence).view();
    assert.deepEqual(
      requests.map(({ by, reason, viewers, present }) => [by, reason, viewers, present]),
      [
        [
          'H2',
          'A bicycle is gone',
          'Ana',
          2n + (from + 600_000n < (await E(camera.recorder).view()).now ? 1n : 0n),
        ],
      ],
    );
  }
  assert.ok(asked.number > 0n);
  assert.deepEqual(await descriptionFaults(later), []);
});

test('a presence asks for its own ten minutes alone, by a part of a member’s segments', async () => {
  const { camera, time, vault } = world;
  const beacon = await E(vault.cares.steward).beacon();
  const there = ok(await E(E(beacon).door()).checkIn('a visit')).presence;
  const too = ok(await E(E(beacon).door()).checkIn('the visit of another')).presence;
  time.pass(600_000);
  await record(camera, 'then');
  time.pass(1_800_000);
  await record(camera, 'later');
  const { budget } = ok(await E(shareOf(2)).handOn(2n, next()));
  assert.equal((await E(shareOf(2)).view()).left, 1n);
  const asker = await E(there).asker();
  const asked = (segment: string) => E(asker).request({ ...wish(segment), budget }, next());
  assert.deepEqual(await asked('later'), refused('invalid'));
  ok(await asked('then'));
  // One part pays for one request, at however many presences it is said under one identifier.
  const { budget: single } = ok(await E(shareOf(3)).handOn(1n, next()));
  const both = next();
  const first = ok(await E(asker).request({ ...wish('then'), budget: single }, both));
  const again = ok(await E(asker).request({ ...wish('then'), budget: single }, both));
  assert.equal(again.number, first.number);
  const askerToo = await E(too).asker();
  assert.deepEqual(
    await E(askerToo).request({ ...wish('then'), budget: single }, both),
    refused('quota'),
  );
  // Not a budget of this vault, but something that says that it is.
  const false_ = world.holders[0]!.keeper as never;
  assert.deepEqual(
    await E(asker).request({ ...wish('then'), budget: false_ }, next()),
    refused('invalid'),
  );
  const entry = (await logOf()).findLast(({ kind }) => kind === 'request');
  assert.equal(entry!.facts['by'], '');
});

test('who withdraws stops it, and what nobody answers lapses', async () => {
  const { camera, time, node, holders } = world;
  await record(camera, 'a');
  const first = ok(await E(shareOf(0)).request(wish('a'), next()));
  ok(await E(first.request).withdraw(next()));
  time.pass(day);
  await node.rest();
  assert.deepEqual(await E(first.viewings[0]!).parts('a'), refused('closed'));
  const second = ok(await E(shareOf(0)).request(wish('a'), next()));
  await node.rest();
  for (const { keeper } of holders) {
    const [heard] = await E(keeper).requests();
    ok(await E(heard!.act).decline(next()));
  }
  time.pass(day);
  await node.rest();
  assert.deepEqual(ok(await E(second.viewings[0]!).parts('a')).parts, []);
  time.pass(8 * day);
  await node.rest();
  assert.equal((await E(second.request).view()).phase, 'lapsed');
});

test('two care-takers hasten a request, and one of them does not', async () => {
  const { camera, time, node, holders } = world;
  await record(camera, 'a');
  const { viewings } = ok(await E(shareOf(0)).request(wish('a'), next()));
  await node.rest();
  const hasten = async (at: number) => {
    const [heard] = await E(holders[at]!.keeper).requests();
    return E(heard!.act).hasten(next());
  };
  assert.deepEqual(await hasten(3), refused('unsupported'));
  ok(await hasten(0));
  await node.rest();
  time.pass(2 * hour);
  await node.rest();
  assert.deepEqual(await E(viewings[0]!).parts('a'), refused('notYet'));
  ok(await hasten(1));
  await node.rest();
  time.pass(hour);
  await node.rest();
  const opened = await look(viewings[0]!, 'a', viewer);
  assert.equal(opened.key, camera.keys.get('a'));
});

test('a viewer sees with the own key alone, and only what enough holders agreed to', async () => {
  const { camera, time, node, holders } = world;
  await record(camera, 'a');
  const { viewings } = ok(await E(shareOf(0)).request(wish('a'), next()));
  await node.rest();
  for (const { keeper } of holders.slice(0, 2)) {
    const [heard] = await E(keeper).requests();
    ok(await E(heard!.act).decline(next()));
  }
  time.pass(day);
  await node.rest();
  const opened = await look(viewings[0]!, 'a', viewer);
  assert.deepEqual([opened.right, opened.key], [2n, undefined]);
  assert.deepEqual(await sawBy(viewings[0]!, 'a', viewer), refused('insufficient'));
  await assert.rejects(look(viewings[0]!, 'a', pair()), /names other viewers/);
});

test('what is past its days is deleted, unless a case or a request needs it', async () => {
  const { camera, time, node, vault } = world;
  const { cases } = vault.cares;
  for (const segment of ['a', 'b', 'c']) {
    await record(camera, segment);
    time.pass(600_000);
  }
  ok(await E(cases).hold('b', 'A complaint', 30n, next()));
  time.pass(13.5 * day);
  await node.rest();
  ok(await E(shareOf(0)).request(wish('c'), next()));
  time.pass(day);
  await node.rest();
  const there = async () => (await E(shareOf(0)).view()).segments.map(({ segment }) => segment);
  assert.deepEqual(await there(), ['c', 'b']);
  assert.deepEqual(await E(camera.recorder).expired(), ['a']);
  ok(await E(camera.recorder).deleted(['a']));
  assert.deepEqual(await E(camera.recorder).expired(), []);
  assert.deepEqual(await E(shareOf(0)).request(wish('a'), next()), refused('expired'));
  time.pass(10 * day);
  await node.rest();
  assert.deepEqual(await there(), ['b']);
  ok(await E(cases).release('b', next()));
  time.pass(2 * hour);
  await node.rest();
  assert.deepEqual(await there(), []);
});

test('a renewed share cuts the one before it, and keeps what is the person’s', async () => {
  const { camera } = world;
  await record(camera, 'a');
  const last = shareOf(3);
  const { left } = await E(last).view();
  const before = ok(await E(last).request(wish('a'), next()));
  // The cast says what the place is.
  const { secret } = await E(last as unknown as Facet<{ link(): { secret: string } }>).link();
  const renewed = ok(await E(last).renew(next())).participant as Facet<VaultShare>;
  // The text of a backup ends with the share that it opens.
  const lost = (await E(world.node.enlivener).enliven(secret)) as Facet<VaultShare>;
  assert.equal(((await E(lost).view()) as unknown as { code: string }).code, 'revoked');
  assert.deepEqual(await E(last).view(), refused('revoked'));
  assert.deepEqual(await E(before.request).withdraw(next()), refused('revoked'));
  assert.equal((await E(renewed).view()).left, left - 1n);
});

test('what people hold is described, in both languages', async () => {
  const { camera, vault, holders, node } = world;
  const { steward, cases } = vault.cares;
  await record(camera, 'a');
  const { request, viewings } = ok(await E(shareOf(0)).request(wish('a'), next()));
  await node.rest();
  const [heard] = await E(holders[0]!.keeper).requests();
  const { invitation } = await E(steward).invite(next());
  const beacon = await E(steward).beacon();
  const facets = {
    ...{ steward, cases, request, invitation, beacon, share: shareOf(0) },
    ...{ viewing: viewings[0]!, heard: heard!.act, keeper: holders[0]!.keeper },
    ...{ recorder: camera.recorder, log: await E(shareOf(0)).log(), door: await E(beacon).door() },
  };
  for (const [name, facet] of Object.entries(facets))
    assert.deepEqual(await descriptionFaults(facet), [], name);
  assert.ok(await joinVault(vault, 'somebody'));
});
