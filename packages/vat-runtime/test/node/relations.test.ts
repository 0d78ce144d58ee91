import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { until } from './nodes.ts';
import {
  type PairNode,
  logHas,
  makePair,
  makePlace,
  makeSender,
  programOf,
  startAt,
} from './pair.ts';

const quarantineAt = (node: PairNode) => node.peers.list()[0]?.quarantine;
const bothQuarantined = (a: PairNode, b: PairNode) =>
  until(() => quarantineAt(a) !== undefined && quarantineAt(b) !== undefined);

/** Pays until all is at rest: what is on both sides, together. */
const totalOf = async (a: PairNode, b: PairNode) =>
  ((await E(programOf(a).own).balance()) as bigint) +
  ((await E(programOf(b).own).balance()) as bigint);

test('a node that runs from an old backup is found out by both, and nothing of either is carried out', async () => {
  const { places, a, b, atA, atB, toA, toB } = await makePair();
  await E(atA).say(toB, 'before');
  await logHas(atA, 1);
  await a.settled();
  const backup = await a.rows();
  await E(atA).say(toB, 'lost');
  await logHas(atA, 2);
  await E(atB).say(toA, 'taken');
  await logHas(atB, 3);
  await a.crash();
  await E(atB).say(toA, 'waits');

  const a2 = await startAt(places[0], backup);
  const { own, far } = programOf(a2);
  await E(own).say(far, 'after');
  await bothQuarantined(a2, b);
  assert.deepEqual(
    [await E(own).log(), await E(atB).log()],
    [['fulfilled before before'], ['before', 'lost', 'fulfilled taken taken']],
  );
  // Calls say what to do, on both sides.
  for (const call of [E(far).log(), E(toA).log()]) {
    await assert.rejects(call, /pocas reconcile.*\(delivered: no\)/);
  }
  assert.match(a2.lines.join('\n'), /is quarantined: it remembers/);
  assert.match(b.lines.join('\n'), /is quarantined: it (was started|has forgotten)/);

  // It stays so after a restart, until both operators want a new epoch.
  const a3 = await startAt(places[0], await a2.crash());
  assert.notEqual(quarantineAt(a3), undefined);
  a3.peers.reconcile(b.designator);
  await assert.rejects(E(programOf(a3).far).log(), /delivered: no/);
  b.peers.reconcile(a3.designator.slice(0, 8));
  await until(() => a3.peers.list()[0]!.linked && b.peers.list()[0]!.linked);
  // What was never sent arrives now, once; what may have been carried out is not sent again.
  await logHas(programOf(a3).own, 3);
  assert.deepEqual((await E(programOf(a3).own).log()).toSorted(), [
    'fulfilled after after',
    'fulfilled before before',
    'waits',
  ]);
  assert.deepEqual(await logHas(atB, 5), [
    'before',
    'lost',
    'fulfilled taken taken',
    'after',
    'fulfilled waits waits',
  ]);
  assert.equal(quarantineAt(a3), undefined);
  await a3.stop();
  await b.stop();
});

test('two copies of a node that run at once are found out; a third node is not touched', async () => {
  const { places, a, b, atA, toB } = await makePair();
  const c = await startAt(makePlace());
  const atC = await makeSender(c, 'c');
  const toC = await E(b.enlivener).enliven(c.grantor.sturdy(atC as object));
  await E(atA).say(toB, 'one');
  await logHas(atA, 1);
  await a.settled();
  const rows = await a.crash();
  const copies = [
    await startAt({ ...places[0] }, rows),
    await startAt({ ...places[0], port: 0 }, rows),
  ] as const;
  for (const copy of copies) await E(programOf(copy).own).say(programOf(copy).far, 'two');
  await until(() => copies.some((copy) => quarantineAt(copy) !== undefined));
  await until(() =>
    b.peers
      .list()
      .some((peer) => peer.designator === a.designator && peer.quarantine !== undefined),
  );
  const twos = (await E(programOf(b).own).log()).filter((line: string) => line === 'two');
  assert.ok(twos.length <= 1, 'at most one of them is heard');
  assert.deepEqual(await E(toC as any).log(), []);
  for (const node of [...copies, b, c]) await node.stop();
});

test('payments under way when a backup is restored: nothing is paid twice, and what is lost is told', async () => {
  const { places, a, b, atA, toB } = await makePair();
  for (let i = 0; i < 5; i += 1) await E(atA).pay(toB, 1n);
  await logHas(atA, 5);
  await a.settled();
  const backup = await b.rows();
  for (let i = 0; i < 4; i += 1) await E(atA).pay(toB, 1n);
  await logHas(atA, 9);
  await b.crash();
  await E(atA).pay(toB, 1n);
  const b2 = await startAt(places[1], backup);
  await bothQuarantined(a, b2);
  const lost = a.peers.list()[0]!.quarantine!.lost;
  assert.deepEqual(lost, { fromHere: 4, fromThere: 4 });
  a.peers.reconcile(b.designator);
  b2.peers.reconcile(a.designator);
  await logHas(atA, 10);
  // Four payments are gone with the store of the other node. The one that waited arrived.
  assert.equal(await totalOf(a, b2), 2000n - 4n);
  await a.stop();
  await b2.stop();
});

test('a peer that is removed is a stranger: what waited for it fails, and its operator has to agree', async () => {
  const { places, a, b, atA, atB, toB, toA } = await makePair();
  await E(atA).say(toB, 'one');
  await logHas(atA, 1);
  const rowsB = await b.crash();
  await E(atA).say(toB, 'two');
  const { designator } = await a.peers.remove(b.designator.slice(0, 6));
  assert.equal(designator, b.designator);
  assert.match((await logHas(atA, 2))[1]!, /^rejected unknown two/);
  assert.deepEqual(a.peers.list(), []);
  assert.deepEqual(
    [await a.rows('out/'), await a.rows('ask/'), await a.rows(`c/n:${b.designator}/`)],
    [[], [], []],
  );
  await E(atA).say(toB, 'three');
  assert.match((await logHas(atA, 3))[2]!, /^rejected unsupported three: the node was removed/);
  void [atB, toA];
  const b2 = await startAt(places[1], rowsB);
  await E(programOf(b2).own).say(programOf(b2).far, 'four');
  await until(() => quarantineAt(b2) !== undefined);
  b2.peers.reconcile(a.designator);
  await until(() => b2.peers.list()[0]?.quarantine === undefined);
  await a.stop();
  await b2.stop();
});

test('a node with an old backup is found out by what others have of it in memory, before a slot means two objects', async () => {
  const { places, a, b } = await makePair();
  const backup = await a.rows();
  const later = await makeSender(a, 'later');
  // No row of B names it.
  const held = (await E(b.enlivener).enliven(a.grantor.sturdy(later as object))) as any;
  assert.deepEqual(await E(held).log(), []);
  await a.settled();
  await a.crash();

  const a2 = await startAt(places[0], backup);
  await bothQuarantined(a2, b);
  a2.peers.reconcile(b.designator);
  b.peers.reconcile(a2.designator);
  await until(() => a2.peers.list()[0]!.linked && b.peers.list()[0]!.linked);
  const other = await makeSender(a2, 'other', 7n);
  const given = (await E(b.enlivener).enliven(a2.grantor.sturdy(other as object))) as any;
  assert.notEqual(given, held);
  assert.equal(await E(given).balance(), 7n);
  await a2.stop();
  await b.stop();
});

test('a peer that was removed while it was linked has nothing of what it held when it comes back', async () => {
  const { a, b, atA, toA } = await makePair();
  assert.deepEqual(await E(toA).log(), []);
  await a.peers.remove(b.designator);
  await until(() => quarantineAt(b) !== undefined);
  b.peers.reconcile(a.designator);
  await until(() => b.peers.list()[0]!.linked);
  await assert.rejects(E(toA).say(toA, 'x'), /no longer kept|delivered: no/);
  await E(programOf(b).own).say(toA, 'from b');
  assert.match((await logHas(programOf(b).own, 1))[0]!, /^rejected/);
  assert.deepEqual(await E(atA).log(), []);
  await a.stop();
  await b.stop();
});

test('a removal that a crash cuts short is finished at the next start, before the peer may come back', async () => {
  const { places, a, b, toA } = await makePair();
  assert.deepEqual(await E(toA).log(), []);
  assert.notDeepEqual(await a.rows(`c/n:${b.designator}/`), []);
  const { peers, designator } = b;
  // That it was removed is on disk, and what it held is not erased yet.
  await a.settled();
  a.disk.failAt(a.disk.writes() + 2, Error('it crashed'));
  void a.peers.remove(designator).catch(() => {});
  await until(() => a.fatal.length > 0);
  const rows = await a.crash();
  const has = (prefix: string) => rows.some(([key]) => key.startsWith(prefix));
  assert.ok(has(`quarantine/${designator}`) && has(`c/n:${designator}/`), 'it came between');
  const a2 = await startAt(places[0], rows);
  await a2.settled();
  assert.deepEqual(await a2.rows(`c/n:${designator}/`), []);
  await until(() => quarantineAt(b) !== undefined);
  peers.reconcile(a2.designator);
  await until(() => peers.list()[0]!.linked);
  await assert.rejects(E(toA).log(), /delivered: no/);
  await a2.stop();
  await b.stop();
});
