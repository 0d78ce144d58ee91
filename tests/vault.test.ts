/**
 * S13: a segment is requested with a reason, those who were there are told, seven of twenty open it, and a second
 * segment stays closed. The vault is on one node and the custodians on two others; nodes are killed and links cut
 * while the key is made, while the request is told, and while parts are given.
 */
import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
  type Part,
  type Seal,
  type ViewingTerms,
  chainAfter,
  contextOf,
  faultOfTerms,
  readParts,
  sealText,
} from '@pocas/market-actors';
import { pedersen, schnorr, threshold } from '@pocas/vat-runtime/ristretto';
import { type ClearingNode, type Named, startClearingNode } from './clearing/node.ts';
import { newRequest } from './clearing/pocas.ts';
import { makeCleanup, makeFolder } from './support/cleanup.ts';
import { until } from './support/until.ts';

// `any`: answers of facets in other processes.
type Any = any;

const random = () => randomBytes(64).toString('base64url');
const pair = () => {
  const secretKey = pedersen.scalar(random());
  return { secretKey, publicKey: schnorr.publicKey(secretKey) };
};
const secret = () => randomBytes(32).toString('base64url');
const hour = 3_600_000;
const day = 24 * hour;
const span = 600_000n;

/** Nothing passes between any two nodes. */
const cut = (nodes: readonly ClearingNode[]) => {
  for (const { proxy } of nodes) {
    proxy.plan(() => ({ refuse: true }));
    for (const connection of proxy.connections()) connection.cut();
  }
};
const heal = (nodes: readonly ClearingNode[]) => {
  for (const { proxy } of nodes) proxy.plan(() => ({}));
};

test('S13: seven of twenty open a requested segment, those who were there are told, and a second one stays closed', async (t) => {
  const cleanup = makeCleanup((hook) => t.after(hook));
  const folder = makeFolder(cleanup);
  const nodes = await Promise.all(
    ['place', 'east', 'west'].map((name, seed) =>
      startClearingNode(cleanup, { name, folder, seed, pingMilliseconds: 300, leaps: true }),
    ),
  );
  const [place, east, west] = nodes as [ClearingNode, ClearingNode, ClearingNode];
  const leap = async (milliseconds: number) => {
    for (const node of nodes) await node.leap(milliseconds);
  };
  const founding = await place.make('vault', '@pocas/market-actors/vault', {
    ...{ name: 'La puerta', secret: secret() },
  });
  const claimed = await place.call<Any>(founding, 'claim', 'Olga', newRequest());
  const steward = await place.keep('steward', claimed.cares.steward);
  const keepers: { node: ClearingNode; keeper: Named; share: Named }[] = [];
  for (let at = 0; at < 20; at += 1) {
    const node = at < 10 ? east : west;
    const name = `H${at + 1}`;
    const keeper = await node.make(`custody ${at}`, '@pocas/market-actors/custody', {
      ...{ name, secret: secret() },
    });
    const { invitation } = await place.call<Any>(steward, 'invite', newRequest());
    const { participant } = await place.call<Any>(invitation, 'join', name, newRequest());
    const share = await node.enliven(`share ${at}`, await place.sturdy(participant));
    assert.equal((await node.call<Any>(keeper, 'keepFor', share, newRequest())).ok, true);
    keepers.push({ node, keeper, share });
  }
  const look = () => place.call<Any>(steward, 'view');
  await until('all keep a share', async () =>
    (await look()).holders.every((one: Any) => one.keeps === 'keeping' || one.name === 'Olga'),
  );

  // The key is made while one node of custodians is killed and the links are cut.
  assert.equal((await place.call<Any>(steward, 'makeKey', newRequest())).ok, true);
  await east.kill();
  cut(nodes);
  await east.start();
  await place.kill();
  await place.start();
  heal(nodes);
  for (const step of ['deal', 'check', 'confirm']) {
    await until(`the end of step ${step}`, async () => {
      if ((await look()).step !== step) return true;
      // What was refused is asked for again after ten minutes.
      await leap(660_000);
      return undefined;
    });
  }
  const made = await look();
  assert.equal(made.phase, 'open');
  assert.equal(made.threshold, 7n);
  await until('a share with everybody', async () => {
    const views = await Promise.all(
      keepers.map(({ node, keeper }) => node.call<Any>(keeper, 'view')),
    );
    return views.every(({ phase, print }) => phase === 'keeping' && print === made.print);
  });

  // Two segments; two people are there, one at each node of custodians.
  const camera = pair();
  const added = await place.call<Any>(steward, 'addCamera', 'c', camera.publicKey, newRequest());
  const recorder = await place.keep('recorder', added.recorder);
  const keys = new Map<string, string>();
  const record = async (segment: string): Promise<void> => {
    const { vault, now, epoch, groupKey, chain } = await place.call<Any>(recorder, 'view');
    const facts = { vault, camera: 'c', segment, from: now - span, to: now, epoch };
    const { encapsulation, key } = threshold.encapsulate(groupKey, contextOf(facts), random());
    keys.set(segment, key);
    const digest = randomBytes(32).toString('base64url');
    const content = {
      ...facts,
      ...{ encapsulation, headerDigest: digest, ciphertextDigest: digest, size: 9n },
    };
    const linked = chainAfter(chain, content);
    const signature = schnorr.sign(camera.secretKey, sealText({ chain: linked }), random());
    const seal: Seal = { ...content, chain: linked, signature };
    assert.deepEqual(await place.call<Any>(recorder, 'seal', seal), { ok: true });
  };
  const beacon = await place.call<Named>(steward, 'beacon');
  const door = await place.sturdy(await place.call<Named>(beacon, 'door'));
  const present: { node: ClearingNode; presence: Named }[] = [];
  for (const node of [east, west]) {
    const own = await node.enliven('door', door);
    const { presence } = await node.call<Any>(own, 'checkIn', newRequest());
    present.push({ node, presence: await node.keep('presence', presence) });
  }
  await leap(Number(span));
  await record('first');
  await leap(Number(span));
  await record('second');

  // The request is made while nobody can be told, and the vault is killed before anybody was.
  const viewer = pair();
  const wish = {
    ...{ segments: ['first'], reason: 'A bicycle is gone' },
    viewers: [{ name: 'Ana', key: viewer.publicKey }],
  };
  const asker = keepers[3]!;
  const requested = await asker.node.call<Any>(asker.share, 'request', wish, 'the one request');
  assert.equal(requested.ok, true, requested.code);
  cut(nodes);
  await place.kill();
  await place.start();
  heal(nodes);
  for (const { node, presence } of present) {
    const { requests } = await until('a notice', () =>
      node.call<Any>(presence, 'view').catch(() => undefined),
    );
    assert.deepEqual(
      requests.map(({ by, reason, viewers }: Any) => [by, reason, viewers]),
      [['H4', 'A bicycle is gone', 'Ana']],
    );
  }
  const heard = async ({ node, keeper }: (typeof keepers)[number]) => {
    const [request] = await node.call<Any[]>(keeper, 'requests');
    return request;
  };
  await until('all holders to be told', async () => {
    for (const one of keepers) if ((await heard(one)) === undefined) return leap(660_000);
    return true;
  });
  // Thirteen do not agree, so seven are left.
  for (const one of keepers.slice(0, 13)) {
    const { act } = await heard(one);
    assert.equal((await one.node.call<Any>(act, 'decline', newRequest())).ok, true);
  }
  const viewing = await asker.node.keep(
    'viewing',
    await asker.node.call<Named>(asker.share, 'viewing', requested.number, 'Ana'),
  );
  const partsOf = (segment: string) => asker.node.call<Any>(viewing, 'parts', segment);
  assert.deepEqual(await partsOf('first'), { ok: false, code: 'notYet' });

  // Parts are given while the node of those who give them is killed.
  await leap(day);
  await west.kill();
  await west.start();
  await until('seven parts', async () => {
    const answer = await partsOf('first').catch(() => undefined);
    if (answer?.ok === true && answer.parts.length >= 7) return true;
    await leap(660_000);
    return undefined;
  });
  const terms = await asker.node.call<ViewingTerms>(viewing, 'terms');
  assert.equal(faultOfTerms(terms, viewer.publicKey), undefined);
  const { parts } = (await partsOf('first')) as { parts: Part[] };
  const opened = readParts(terms, terms.seals[0]!, parts, viewer.secretKey, random);
  assert.deepEqual([opened.right, opened.liars], [7n, []]);
  assert.equal(opened.key, keys.get('first'));
  const six = readParts(terms, terms.seals[0]!, parts.slice(0, 6), viewer.secretKey, random);
  assert.equal(six.key, undefined);
  // Of the second nobody gives a part, and the parts of the first are none of it.
  assert.deepEqual(await partsOf('second'), { ok: true, parts: [] });
  const { segments } = await asker.node.call<Any>(asker.share, 'view');
  assert.deepEqual(
    segments.map(({ segment }: Any) => segment),
    ['second', 'first'],
  );
});
