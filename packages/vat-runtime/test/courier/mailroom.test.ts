import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { openStore, rowChecksum, sha256 } from '@pocas/vat-runtime/node';
import { makeMemoryStorage } from '#src/store/memory-storage.js';
import type { Storage } from '#src/store/storage.js';
import { type Courier, type Drop, makeMailroom } from '#src/courier/mailroom.js';
import { classSizes, writeHeader } from '#src/courier/bundle-form.js';
import { maxContentBytes, sealBundle } from '#src/courier/seal.js';
import { type ShelfLimits, openShelf } from '#src/courier/shelf.js';
import { makeIdentity } from '#src/locator/identity.js';
import { nodeCiphers as ciphers } from '#src/machine/node-ciphers.js';
import { texts } from '#src/machine/texts.js';
import { defaultLimits } from '#src/switchboard/limits.js';
import { makeTestPost } from './posts.ts';

const day = 86_400_000n;
let randoms = 0;
const random = (length: number) =>
  ciphers.hash(new Uint8Array([(randoms += 1), randoms >> 8])).slice(0, length);

const openStorage = (storage: Storage) =>
  openStore({
    ...{ storage, anchor: undefined, hash: sha256, checksum: rowChecksum },
    onFailure: (error) => assert.fail(String(error)),
  });

/** A node as far as couriers see it. */
const makePlace = async (
  seed: number,
  { storage = makeMemoryStorage(), limits = {} as Partial<ShelfLimits> } = {},
) => {
  const identity = makeIdentity(new Uint8Array(32).fill(seed));
  const store = await openStorage(storage);
  const post = makeTestPost();
  const time = { now: 20_000n * day };
  const now = () => time.now;
  const shelf = await openShelf({ store, texts, ciphers, now, limits });
  const refused: string[] = [];
  const mailroom = makeMailroom({
    ...{ identity, shelf, post, ciphers, texts, random, now, settled: store.settled },
    onTaken: () => {},
    onRefused: (fault) => void refused.push(fault),
  });
  return {
    ...{ identity, designator: identity.designator, storage, store, shelf, time, refused },
    ...{
      post,
      desk: mailroom.desk,
      courier: mailroom.makeCourier,
      restart: () => makePlace(seed, { storage, limits }),
    },
  };
};
type Place = Awaited<ReturnType<typeof makePlace>>;

/** What a carrier does: bytes in, and bytes out. */
const leave = async <Left>({ drop }: { drop(): Drop<Left> }, bytes: Uint8Array): Promise<Left> => {
  const incoming = drop();
  for (let at = 0; at < bytes.length; at += 2880) {
    incoming.add(texts.toText(bytes.subarray(at, at + 2880)));
  }
  return incoming.end();
};
const take = (
  from: Pick<Courier, 'read'>,
  { id, size }: { id: string; size: bigint },
): Uint8Array => {
  const bytes = new Uint8Array(Number(size));
  for (let at = 0, part = 0n; at < bytes.length; part += 1n) {
    const piece = texts.fromText(from.read(id, part))!;
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
};
/** Takes along all for `to`. */
const fetchFor = (courier: Courier, to: string): Uint8Array[] =>
  courier
    .pickUp()
    .filter((parcel) => parcel.to === to)
    .map((parcel) => take(courier, parcel));

const acquaint = (...places: Place[]) => {
  for (const one of places) {
    for (const other of places) if (one !== other) one.post.know(other.designator);
  }
};

test('what a node has to send goes with a carrier to another, once, and the answer comes back the same way', async () => {
  const [a, b] = [await makePlace(1), await makePlace(2)];
  acquaint(a, b);
  const [atA, atB] = [a.courier('1'), b.courier('1')];
  assert.deepEqual(atA.pickUp(), []);
  a.post.send(b.designator, 'a need');
  const [bundle] = fetchFor(atA, b.designator);
  assert.equal(await leave(atB, bundle!), 'left');
  assert.deepEqual(b.post.got(a.designator), ['a need']);
  // Twice, and by another carrier: it is known, and nobody but the operator is told.
  assert.equal(await leave(b.courier('2'), bundle!), 'left');
  assert.deepEqual(b.post.got(a.designator), ['a need']);
  assert.deepEqual(await leave(b.desk, bundle!), { sender: a.designator, taken: 0n, known: 1n });

  b.post.send(a.designator, 'an answer');
  const [answer] = fetchFor(atB, a.designator);
  assert.deepEqual(await leave(a.desk, answer!), { sender: b.designator, taken: 1n, known: 0n });
  assert.deepEqual(a.post.got(b.designator), ['an answer']);
  // What was acknowledged is sent no more; that the answer was taken is.
  assert.deepEqual([...a.post.waitingFor()], []);
  const [acknowledgement] = fetchFor(atA, b.designator);
  await leave(atB, acknowledgement!);
  assert.deepEqual([...b.post.waitingFor()], []);
  // An old one, at the end.
  assert.equal(await leave(atB, bundle!), 'left');
  assert.deepEqual(b.post.got(a.designator), ['a need']);
  assert.deepEqual([a.refused, b.refused], [[], []]);
});

test('a node between keeps what is for another, also over a restart, and gives the same bytes', async () => {
  const [a, b, c] = [await makePlace(1), await makePlace(2), await makePlace(3)];
  acquaint(a, b, c);
  a.post.send(c.designator, 'x'.repeat(70_000));
  const [bundle] = fetchFor(a.courier('1'), c.designator);
  assert.ok(bundle!.length > 2 * 48 * 1024);
  assert.equal(await leave(b.courier('1'), bundle!), 'left');
  // Again it costs nothing, and is there once.
  assert.equal(await leave(b.courier('2'), bundle!), 'left');
  assert.equal(b.shelf.list().length, 1);
  const later = await b.restart();
  acquaint(later, a, c);
  const [kept] = fetchFor(later.courier('2'), c.designator);
  assert.deepEqual(kept, bundle);
  await leave(c.courier('1'), kept!);
  assert.equal(c.post.got(a.designator)[0]!.length, 70_000);
});

test('what is over is deleted, to the last row, and what was half written at a crash too', async () => {
  const [a, b] = [await makePlace(1), await makePlace(2)];
  acquaint(a, b);
  const c = makeIdentity(new Uint8Array(32).fill(3));
  a.post.know(c.designator);
  b.post.know(c.designator);
  a.post.send(c.designator, 'x'.repeat(200_000));
  await leave(b.courier('1'), fetchFor(a.courier('1'), c.designator)[0]!);
  const rows = async (place: Place) => {
    await place.store.settled();
    return (await place.storage.list('mail')).map(([key]) => key);
  };
  const all = await rows(b);
  assert.ok(all.length > 5);
  // As a crash before the last row would leave it.
  const crashed = makeMemoryStorage();
  await crashed.write((await b.storage.list('')).map((row) => row));
  const store = await openStorage(crashed);
  const head = all[0]!;
  store.stage([[head, store.get(head)!.replace('"isWhole":true', '"isWhole":false')]]);
  await store.settled();
  const again = await makePlace(2, { storage: crashed });
  assert.deepEqual(await rows(again), []);

  b.time.now += 30n * day;
  assert.equal(b.courier('1').pickUp().length, 1);
  b.time.now += day;
  assert.deepEqual(b.courier('1').pickUp(), []);
  assert.deepEqual(await rows(b), []);
  assert.equal(b.shelf.bytes(), 0);
});

test('a carrier is refused at the first piece what is for nobody known, over, or no bundle', async () => {
  const [a, b] = [await makePlace(1), await makePlace(2)];
  acquaint(a, b);
  const courier = b.courier('1');
  const seal = (recipient: string, days = 5, from = a) =>
    sealBundle(
      {
        identity: from.identity,
        recipient,
        content: '{}',
        now: a.time.now,
        days,
        ephemeral: random(32),
      },
      ciphers,
    );
  const first = (bytes: Uint8Array) => courier.drop().add(texts.toText(bytes.subarray(0, 2880)));
  const c = makeIdentity(new Uint8Array(32).fill(3)).designator;
  assert.throws(() => first(seal(c)), /does not know/);
  assert.throws(() => first(new Uint8Array(100)), /no bundle/);
  const old = seal(b.designator, 1);
  b.time.now += 2n * day;
  assert.throws(() => first(old), /its time is over/);
  b.time.now -= 10n * day;
  assert.throws(() => first(seal(b.designator, 90)), /not yet/);
  b.time.now += 8n * day;
  const drop = courier.drop();
  // No text of bytes, one too long, one too many, and all after it.
  assert.throws(() => courier.drop().add('a b'), /no bundle/);
  assert.throws(() => courier.drop().add('A'.repeat(4000)), /too long/);
  const bytes = seal(b.designator);
  for (const at of [0, 2048]) drop.add(texts.toText(bytes.subarray(at, at + 2048)));
  assert.throws(() => drop.add('AAAA'), /not a whole one/);
  await assert.rejects(drop.end(), /not a whole one/);
  const short = courier.drop();
  short.add(texts.toText(bytes.subarray(0, 2048)));
  await assert.rejects(short.end(), /not a whole one/);
  await assert.rejects(courier.drop().end(), /not a whole one/);
  assert.deepEqual(b.storage.get('mail'), undefined);
});

test('of a bundle for this node a carrier learns nothing: altered, of a stranger, or with a gap', async () => {
  const [a, b, eva] = [await makePlace(1), await makePlace(2), await makePlace(3)];
  acquaint(a, b);
  eva.post.know(b.designator);
  a.post.send(b.designator, 'a need');
  eva.post.send(b.designator, 'something of a stranger');
  const [bundle] = fetchFor(a.courier('1'), b.designator);
  const altered = Uint8Array.from(bundle!);
  altered[2000]! ^= 1;
  const [strange] = fetchFor(eva.courier('1'), b.designator);
  const odd = (content: string) =>
    sealBundle(
      {
        identity: a.identity,
        recipient: b.designator,
        content,
        now: a.time.now,
        days: 5,
        ephemeral: random(32),
      },
      ciphers,
    );
  const gap = odd('{"from":9,"items":["later"],"taken":0}');
  for (const bytes of [altered, strange!, gap, odd('no JSON')]) {
    assert.equal(await leave(b.courier('1'), bytes), 'left');
    await assert.rejects(leave(b.desk, bytes), /^Error: Cannot take bundle: |Cannot take bundle/);
  }
  assert.deepEqual(
    b.refused.map((fault) => fault.split(': ')[1]!.split(/[;,]/)[0]),
    [
      'it was altered or damaged on the way',
      'its sender is no node that this one knows',
      'an earlier one is missing',
      'it is no bundle',
    ],
  );
  assert.deepEqual([b.post.got(a.designator), b.post.got(eva.designator)], [[], []]);
  // Another node's is not the operator's to bring.
  await assert.rejects(leave(a.desk, bundle!), /for another node/);
});

test('a carrier who floods uses up his own quota, and pushes out what he brought himself', async () => {
  const kib = 1024;
  const limits = {
    maxCarrierBytes: 40 * kib,
    maxRecipientBytes: 48 * kib,
    maxShelfBytes: 56 * kib,
  };
  const a = await makePlace(1);
  const b = await makePlace(2, { limits });
  const [c, d, e] = [3, 4, 5].map(
    (seed) => makeIdentity(new Uint8Array(32).fill(seed)).designator,
  ) as [string, string, string];
  for (const known of [c, d, e]) b.post.know(known);
  const bring = (carrier: string, recipient: string, size = 4) =>
    leave(
      b.courier(carrier),
      sealBundle(
        {
          identity: a.identity,
          recipient,
          content: size > 4 ? 'x'.repeat(5000) : '{}',
          now: a.time.now,
          days: 5,
          ephemeral: random(32),
        },
        ciphers,
      ),
    );
  const kept = () =>
    b.shelf
      .list()
      .map(
        ({ carrier, recipient }) =>
          `${carrier}${recipient === c ? 'c' : recipient === d ? 'd' : 'e'}`,
      )
      .join(' ');
  for (let i = 0; i < 10; i += 1) await bring('f', c);
  assert.equal(b.shelf.bytes(), 40 * kib);
  await assert.rejects(bring('f', d), /no room for more of yours/);
  // Another carrier has room: first what is left, then that of the one who has the most.
  await bring('g', c);
  await bring('g', c);
  assert.equal(kept(), 'fc fc fc fc fc fc fc fc fc fc gc gc');
  await bring('g', c);
  assert.equal(kept(), 'fc fc fc fc fc fc fc fc fc gc gc gc');
  await bring('g', d, 16);
  assert.equal(kept(), 'fc fc fc fc fc fc fc gc gc gc gd');
  // And not beyond what the one who floods has himself.
  await assert.rejects(bring('g', d, 16), /no room for more of yours/);
  await bring('h', e, 16);
  assert.equal(b.shelf.bytes() <= limits.maxShelfBytes, true);
  assert.match(kept(), /gd he$/);
});

test('however many small bundles carriers bring, the list of all fits in an answer', async () => {
  const [a, b] = [await makePlace(1), await makePlace(2)];
  acquaint(a, b);
  const expiryDay = Number(b.time.now / day) + 5;
  // Of what is for another node only the header is looked at.
  const bringMany = async (carrier: string): Promise<number> => {
    for (let brought = 0; ; brought += 1) {
      const bundle = new Uint8Array(classSizes[0]!);
      const ephemeral = random(32);
      bundle.set(writeHeader({ sizeClass: 0, recipient: a.designator, expiryDay, ephemeral }));
      const isKept = await leave(b.courier(carrier), bundle).then(
        () => true,
        () => false,
      );
      if (!isKept || brought === 3000) return brought;
    }
  };
  assert.equal(await bringMany('f'), 256);
  for (const carrier of ['g', 'h', 'i', 'j']) await bringMany(carrier);
  // What a parcel takes in a body: itself and its four fields.
  const values = b.courier('k').pickUp().length * 5;
  assert.equal(values <= defaultLimits.maxValuesInAnswer, true);
});

test('a carrier who asks over and over what there is waits, and another does not', async () => {
  const [a, b] = [await makePlace(1), await makePlace(2)];
  acquaint(a, b);
  a.post.send(b.designator, 'x'.repeat(maxContentBytes - 105));
  const [flood, other] = [a.courier('1'), a.courier('2')];
  let listed = 0;
  for (let i = 0; i < 200; i += 1) {
    try {
      listed += flood.pickUp().length;
    } catch (error) {
      assert.match((error as Error).message, /too often/);
    }
  }
  assert.equal(listed, 10);
  assert.equal(other.pickUp().length, 1);
  a.time.now += 1000n;
  assert.equal(flood.pickUp().length, 1);
});

test('drops that are begun and never ended take bounded memory, and the newest goes on', async () => {
  const [a, b] = [await makePlace(1), await makePlace(2)];
  acquaint(a, b);
  a.post.send(b.designator, 'x'.repeat(maxContentBytes - 105));
  a.post.send(b.designator, 'the rest');
  const [bundle] = fetchFor(a.courier('1'), b.designator);
  assert.equal(bundle!.length, 16 << 20);
  const first = texts.toText(bundle!.subarray(0, 2880));
  const begun = Array.from({ length: 6 }, (_drop, i) => {
    const drop = b.courier(`flood ${i}`).drop();
    drop.add(first);
    return drop;
  });
  // Four of 16 MiB are held; those before them are gone.
  assert.throws(() => begun[0]!.add('AAAA'), /not a whole one/);
  assert.throws(() => begun[1]!.add('AAAA'), /not a whole one/);
  begun[5]!.add('AAAA');
  const courier = b.courier('1');
  const [one, two, three] = [courier.drop(), courier.drop(), courier.drop()];
  assert.throws(() => one.add(first), /not a whole one/);
  two.add(first);
  three.add(first);
  await leave(courier, bundle!);
  assert.equal(b.post.got(a.designator).length, 1, 'as much as fits, and the rest with the next');
  await leave(a.courier('1'), fetchFor(courier, a.designator)[0]!);
  await leave(courier, fetchFor(a.courier('1'), b.designator)[0]!);
  assert.equal(b.post.got(a.designator).length, 2);
});

test('what a node has to send is sealed anew only when it changed, and is read in parts while it is there', async () => {
  const [a, b] = [await makePlace(1), await makePlace(2)];
  acquaint(a, b);
  const courier = a.courier('1');
  a.post.send(b.designator, 'one');
  const [parcel] = courier.pickUp();
  assert.equal(courier.pickUp()[0]!.id, parcel!.id);
  assert.throws(() => courier.read(parcel!.id, 1n), /no such part/);
  assert.throws(() => courier.read(parcel!.id, -1n), /no such part/);
  assert.throws(() => courier.read('own/unknown', 0n), /not here any more/);
  assert.throws(() => courier.read('../secrets', 0n), /not here any more/);
  a.post.send(b.designator, 'two');
  assert.notEqual(courier.pickUp()[0]!.id, parcel!.id);
  assert.throws(() => courier.read(parcel!.id, 0n), /not here any more/);
  assert.throws(
    () => a.desk.make(makeIdentity(new Uint8Array(32).fill(9)).designator),
    /does not know/,
  );
  assert.throws(() => a.desk.make(b.designator, 91n), RangeError);
  const bundle = take(a.desk, a.desk.make(b.designator, 90n));
  assert.deepEqual(await leave(b.desk, bundle), { sender: a.designator, taken: 2n, known: 0n });
});
