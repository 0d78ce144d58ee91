/** Nodes that have no link any more, and what is carried between them. */
import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { bytesAsText, dialChannel, fetchParcel, leaveBundle } from '@pocas/vat-runtime/node';
import type { Courier } from '@pocas/vat-runtime';
import { sealBundle } from '#src/courier/seal.js';
import { makeIdentity } from '#src/locator/identity.js';
import { nodeCiphers } from '#src/machine/node-ciphers.js';
import { connectClient, random, until, watch } from './nodes.ts';
import {
  type Any,
  type PairNode,
  type Place,
  type Rows,
  logHas,
  makePair,
  programOf,
  startAt,
} from './pair.ts';

const noDial = { dial: () => Promise.reject(Error('there is no way')) };
/** A node that nobody can dial any more, and that dials nobody. */
const startAlone = (place: Place, rows: Rows, options: Parameters<typeof startAt>[2] = {}) => {
  place.port = 0;
  return startAt(place, rows, { ...noDial, ...options });
};

/** Two nodes that have met, whose senders hold each other, and without a way to each other since. */
const makeApart = async () => {
  const { places, a, b } = await makePair();
  const [rowsA, rowsB] = [await a.crash(), await b.crash()];
  const [a2, b2] = [await startAlone(places[0], rowsA), await startAlone(places[1], rowsB)];
  return { places, rowsA, rowsB, a: a2, b: b2 };
};

/** By the operators: a bundle of one for the other. */
const makeBundle = async (from: PairNode, to: PairNode): Promise<Uint8Array> =>
  fetchParcel(from.couriers.desk, from.couriers.desk.make(to.designator), bytesAsText);
const bring = async (bundle: Uint8Array, to: PairNode) => {
  const { taken, known } = await leaveBundle(to.couriers.desk, bundle, bytesAsText);
  return [Number(taken), Number(known)];
};
const pass = async (from: PairNode, to: PairNode) => bring(await makeBundle(from, to), to);
const reasonOf = (node: PairNode, about: PairNode) =>
  node.peers.list().find(({ designator }) => designator === about.designator)?.quarantine?.reason;
const stopAll = (...nodes: PairNode[]) => Promise.all(nodes.map((node) => node.stop()));

test('sends and their answers go by bundles between nodes without a link, once, in order', async () => {
  const { a, b } = await makeApart();
  const [{ own: atA, far: toB }, { own: atB }] = [programOf(a), programOf(b)];
  await E(atA).say(toB, 'a need');
  await E(atA).call(toB, 'keep', [atA]);
  await a.settled();
  const first = await makeBundle(a, b);
  await E(atA).say(toB, 'another');
  const second = await makeBundle(a, b);
  // The second brings all that the first did.
  assert.deepEqual(await bring(second, b), [3, 0]);
  assert.deepEqual(await bring(first, b), [0, 2]);
  assert.deepEqual(await bring(second, b), [0, 3]);
  assert.deepEqual(await logHas(atB, 2), ['a need', 'another']);
  await until(() => b.peers.list()[0]!.waiting === 3);
  const answers = await makeBundle(b, a);
  assert.deepEqual(await bring(answers, a), [3, 0]);
  assert.deepEqual(await bring(answers, a), [0, 3]);
  const said = await logHas(atA, 3);
  assert.ok(said.includes('fulfilled a need a need'));
  assert.ok(said.includes('fulfilled another another'));
  assert.deepEqual(await a.rows('out/'), []);
  // A reference that came by hand is a reference: what is sent to it arrives.
  await E(atB).say(await E(atB).kept(), 'thanks');
  assert.deepEqual(await pass(b, a), [1, 3]);
  await until(() => a.peers.list()[0]!.waiting === 1);
  assert.deepEqual(await pass(a, b), [1, 0]);
  await logHas(atB, 3);
  await stopAll(a, b);
});

test('a bundle and a link bring the same: each message happens once', async () => {
  const { places, a, b } = await makeApart();
  const { own: atA, far: toB } = programOf(a);
  for (let i = 0; i < 100; i += 10) await E(atA).sayMany(toB, i, i + 10);
  await a.settled();
  const bundle = await makeBundle(a, b);
  const rowsA = await a.crash();
  // Now there is a way again, and the bundle comes as well, at the same time.
  const dial = () => dialChannel(`ws://127.0.0.1:${b.port}/link`);
  const a2 = await startAt(places[0], rowsA, { dial });
  const { own } = programOf(a2);
  await E(own).sayMany(programOf(a2).far, 100, 150);
  const brought = await Promise.all([bring(bundle, b), bring(bundle, b)]);
  for (const [taken, known] of brought) assert.equal(taken! + known!, 100);
  const log = await logHas(programOf(b).own, 150);
  assert.deepEqual(
    log,
    Array.from({ length: 150 }, (_, i) => `${i}`),
  );
  await until(() => a2.peers.list()[0]!.waiting === 0);
  // And old ones later do nothing.
  assert.deepEqual(await bring(bundle, b), [0, 100]);
  assert.equal(((await E(programOf(b).own).log()) as string[]).length, 150);
  assert.equal(reasonOf(b, a2), undefined);
  await stopAll(a2, b);
});

test('what was taken of a bundle is on disk when it is said so, and a crash before takes nothing twice', async () => {
  const { places, a, b } = await makeApart();
  const { own: atA, far: toB } = programOf(a);
  await E(atA).sayMany(toB, 0, 10);
  const bundle = await makeBundle(a, b);
  let node = b;
  let isOver = false;
  // After one more write each time, until none is left to wait for.
  for (let writes = 0; !isOver; writes += 1) {
    node.disk.hold();
    const bringing = bring(bundle, node).catch(() => undefined);
    const { settled } = watch(bringing);
    for (let i = 0; i < writes && !settled(); i += 1) {
      await until(() => node.disk.held().length > 0 || settled());
      node.disk.releaseOne();
    }
    isOver = settled() || writes > 20;
    const crashing = node.crash();
    node.disk.release();
    const rows = await crashing;
    node = await startAlone(places[1], rows);
  }
  const [taken, known] = await bring(bundle, node);
  assert.equal(taken! + known!, 10);
  await logHas(programOf(node).own, 10);
  assert.deepEqual(
    await E(programOf(node).own).log(),
    Array.from({ length: 10 }, (_, i) => `${i}`),
  );
  await stopAll(a, node);
});

test('an old bundle, of an earlier life, counts as far as it is new, and quarantines nobody', async () => {
  const { places, a, b } = await makeApart();
  const { own: atA, far: toB } = programOf(a);
  await E(atA).say(toB, 'one');
  const old = await makeBundle(a, b);
  const a2 = await startAlone(places[0], await a.crash());
  await E(programOf(a2).own).say(programOf(a2).far, 'two');
  assert.deepEqual(await pass(a2, b), [2, 0]);
  assert.deepEqual(await bring(old, b), [0, 1]);
  await until(() => b.peers.list()[0]!.waiting === 2);
  assert.deepEqual(await pass(b, a2), [2, 0]);
  await E(programOf(a2).own).say(programOf(a2).far, 'three');
  assert.deepEqual(await pass(a2, b), [1, 0]);
  assert.deepEqual(await bring(old, b), [0, 1]);
  assert.deepEqual(await logHas(programOf(b).own, 3), ['one', 'two', 'three']);
  assert.equal(reasonOf(b, a2), undefined);
  await stopAll(a2, b);
});

test('a node of an older backup, or in two copies, is found out by its bundle, and quarantined', async () => {
  const { places, a, b } = await makeApart();
  const { own: atA, far: toB } = programOf(a);
  await E(atA).say(toB, 'zero');
  await pass(a, b);
  const backup = await a.rows();
  await E(atA).say(toB, 'one');
  await pass(a, b);
  await a.crash();
  // It comes back without knowing of `one`, and says something else under its number.
  const again = await startAlone(places[0], backup);
  await E(programOf(again).own).say(programOf(again).far, 'something else');
  await assert.rejects(pass(again, b), /Cannot take bundle: /);
  assert.notEqual(reasonOf(b, again), undefined);
  assert.deepEqual(await E(programOf(b).own).log(), ['zero', 'one']);
  // Nothing goes out to it either, and nothing more is taken, not even an honest old one.
  assert.throws(() => b.couriers.desk.make(again.designator), /Cannot make bundle/);
  await assert.rejects(pass(again, b), /quarantined/);
  await stopAll(again, b);
});

test('a receiver that went back in time finds out by what it is told to have taken', async () => {
  const { places, a, b } = await makeApart();
  const { own: atA, far: toB } = programOf(a);
  const backup = await b.rows();
  await E(atA).say(toB, 'one');
  await pass(a, b);
  await pass(b, a);
  await b.crash();
  const again = await startAlone(places[1], backup);
  await E(atA).say(toB, 'two');
  await assert.rejects(pass(a, again), /older backup/);
  assert.notEqual(reasonOf(again, a), undefined);
  assert.deepEqual(await E(programOf(again).own).log(), []);
  await stopAll(a, again);
});

test('of a bundle of two starts with one life nothing is taken', async () => {
  const { places, rowsA, a, b } = await makeApart();
  const copy = await startAlone(places[0], rowsA);
  await E(programOf(a).own).say(programOf(a).far, 'one');
  assert.deepEqual(await pass(a, b), [1, 0]);
  await assert.rejects(pass(copy, b), /two copies of it run/);
  assert.match(String(reasonOf(b, copy)), /two copies/);
  await stopAll(a, b, copy);
});

test('a carrier with a phone brings a message there and the answer back, and is no party to either', async () => {
  const { a, b } = await makeApart();
  const { own: atA, far: toB } = programOf(a);
  await E(atA).say(toB, 'a parcel is ready');
  await a.settled();
  const keys = await Promise.all(
    [a, b].map(async (node) => {
      const sturdyRef = node.grantor.sturdy(node.couriers.makeCourier('phone'));
      await node.settled();
      return sturdyRef;
    }),
  );
  const pocket: Uint8Array[] = [];
  /** Drops all that is for the node there, and takes along what there is. */
  const visit = async (key: string) => {
    const session = await connectClient(key);
    const courier = (await session.object) as Courier;
    for (const bundle of pocket.splice(0)) {
      assert.equal(await leaveBundle(courier, bundle, bytesAsText), 'left');
    }
    for (const parcel of await E(courier).pickUp()) {
      pocket.push(await fetchParcel(courier, parcel, bytesAsText));
    }
    session.close();
    await session.closed;
  };
  await visit(keys[0]!);
  assert.equal(pocket.length, 1);
  await visit(keys[1]!);
  await logHas(programOf(b).own, 1);
  await until(() => b.peers.list()[0]!.waiting === 1);
  pocket.length = 0;
  await visit(keys[1]!);
  assert.equal(pocket.length, 1);
  await visit(keys[0]!);
  assert.deepEqual(await logHas(atA, 1), ['fulfilled a parcel is ready a parcel is ready']);
  // The acknowledgement goes back too, and then there is nothing more to carry.
  await visit(keys[1]!);
  assert.deepEqual(await b.rows('out/'), []);
  await stopAll(a, b);
});

test('of what a known node seals, and is no piece of a stream, nothing is taken', async () => {
  const { places, a, b } = await makeApart();
  await E(programOf(a).own).say(programOf(a).far, 'one');
  const identity = makeIdentity(places[0].secrets.identity);
  const piece: Any = await (async () => {
    const { openBundle } = await import('#src/courier/seal.js');
    const bundle = await makeBundle(a, b);
    const receiver = makeIdentity(places[1].secrets.identity);
    return JSON.parse(openBundle(bundle, receiver, BigInt(Date.now()), nodeCiphers).content);
  })();
  const sealed = (content: unknown) =>
    sealBundle(
      {
        identity,
        recipient: b.designator,
        content: JSON.stringify(content),
        now: BigInt(Date.now()),
        days: 1,
        ephemeral: random(32),
      },
      nodeCiphers,
    );
  const [item] = piece.items;
  const says = piece.says;
  const bad: unknown[] = [
    null,
    3,
    'x',
    [],
    {},
    { ...piece, v: 2 },
    { ...piece, incarnation: '' },
    { ...piece, incarnation: 7 },
    { ...piece, says: undefined },
    { ...piece, says: { ...says, life: -1 } },
    { ...piece, says: { ...says, state: 'odd' } },
    { ...piece, items: {} },
    { ...piece, items: [{}] },
    { ...piece, items: [null] },
    { ...piece, items: [item, item] },
    { ...piece, items: [{ ...item, n: 2 }] },
    { ...piece, items: [{ ...item, n: 0 }] },
    { ...piece, items: [item, { ...item, n: 2 }] },
    {
      ...piece,
      items: Array.from({ length: 1025 }, (_, i) => ({ ...item, n: i + 1 })),
      says: { ...says, given: [9999, 'x'] },
    },
    // Beyond what it says to have given.
    { ...piece, says: { ...says, given: [0, ''] } },
  ];
  for (const [i, content] of bad.entries()) {
    await assert.rejects(bring(sealed(content), b), /no piece of a stream/, `case ${i}`);
  }
  // Of an epoch that is over, or is still to come: refused, and no fault of anybody.
  for (const [change, word] of [
    [{ epoch: 1 }, /has reconciled/],
    [{ state: 'agreed' }, /has reconciled/],
    [{ state: 'quarantined' }, /has reconciled/],
  ] as const) {
    await assert.rejects(bring(sealed({ ...piece, says: { ...says, ...change } }), b), word);
  }
  assert.equal(reasonOf(b, a), undefined);
  assert.deepEqual(await bring(sealed(piece), b), [1, 0]);
  await stopAll(a, b);
});
