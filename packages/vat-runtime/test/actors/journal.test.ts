import { type Any, type Bench, restart, startBench, week } from './bench.ts';
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { E } from '@endo/far';
import { equivocation, hashOf, textOf, verifyEntries } from '@pocas/vat-runtime/verify';
import { descriptionFaults } from '@pocas/vat-runtime/testing';

let bench: Bench;
before(async () => {
  bench = await startBench({ vat: 'journals' });
});
after(() => bench.node.stop());

const labels = ['P0', 'P1', 'P2', 'P3'] as const;

const begin = async (secret?: string): Promise<Any> => {
  const journal = await E(bench.roots['vat']).make(...(secret === undefined ? [] : [secret]));
  const readers = await Promise.all(labels.map((label) => E(journal.keeper).reader(label)));
  return { ...journal, readers };
};
/** Records one act of each label, twice. */
const fill = async ({ writer }: Any) => {
  for (const label of [...labels, ...labels]) {
    await E(writer).record('lent', { thing: `drill of ${label}`, days: 3n }, label);
  }
};

test('each entry is chained to the one before it, by the documented text', async () => {
  const { writer, readers } = await begin();
  const first = await E(writer).record('lent', { b: 5n, a: [true, null, 'x', 1.5] }, 'P0');
  const second = await E(writer).record('back', {}, 'P0');
  assert.equal(first.prevHash, '');
  assert.equal(second.prevHash, first.hash);
  const text = `["shelf",1n,${first.epoch}n,"P0","lent",{"a":[true,null,"x",1.5],"b":5n},"",""]`;
  const hash = createHash('sha256').update(`pocas journal\n${text}`).digest('base64url');
  assert.equal(first.hash, hash);
  const head = await E(readers[0]).head();
  assert.deepEqual([head.number, head.hash, head.final], [2n, second.hash, false]);
  assert.deepEqual(await E(readers[0]).entries(1n, 3n), [first, second]);
});

test('a reader sees in full what its label allows, and of the rest number, label and hash', async () => {
  const journal = await begin();
  await fill(journal);
  const [all, head] = [
    await E(journal.readers[3]).entries(1n, 9n),
    await E(journal.readers[3]).head(),
  ];
  for (const [index, reader] of journal.readers.entries()) {
    const entries = await E(reader).entries(1n, 9n);
    entries.forEach((entry: Any, i: number) => {
      const { number, label, hash } = all[i];
      assert.deepEqual(entry, i % 4 <= index ? all[i] : { number, label, hash });
    });
    assert.deepEqual(verifyEntries(entries, head), { ok: true });
    assert.deepEqual(await E(reader).head(), head);
    assert.deepEqual(verifyEntries(entries.slice(3), head), { ok: true });
  }
});

test('what was altered, taken out, put in or cut off is noticed', async () => {
  const journal = await begin();
  await fill(journal);
  const head = await E(journal.readers[1]).head();
  const good: Any[] = await E(journal.readers[1]).entries(1n, 9n);
  const at = (index: number, change: object) =>
    good.map((entry, i) => (i === index ? { ...entry, ...change } : entry));
  const forged = { ...good[4], facts: { thing: 'nothing' } };
  const bad = [
    at(1, { facts: {} }),
    at(1, { kind: 'sold' }),
    at(1, { label: 'P0' }),
    at(0, { epoch: -5n }),
    at(4, { ...forged, hash: hashOf(forged) }),
    at(3, { hash: good[2].hash }),
    at(0, { prevHash: 'x' }),
    good.toSpliced(2, 1),
    good.slice(0, -1),
    [good[0], ...good],
    [],
  ];
  for (const entries of bad) assert.equal(verifyEntries(entries, head).ok, false);
  assert.equal(verifyEntries(good, { ...head, actorTag: 'other' }).ok, false);
  assert.equal(verifyEntries(good, { ...head, hash: good[0].hash }).ok, false);
});

test('with a secret, the hash of a hidden entry does not give away short facts', async () => {
  const vote = { yes: true };
  for (const secret of [undefined, 'some random text']) {
    const journal = await begin(secret);
    const entry = await E(journal.writer).record('vote', vote, 'P2');
    const [hidden] = await E(journal.readers[0]).entries(1n, 2n);
    const { hash, ...rest } = entry;
    const guessed = hashOf({ ...rest, salt: '' }) === hidden.hash;
    assert.equal(guessed, secret === undefined);
    const [shown] = await E(journal.readers[2]).entries(1n, 2n);
    assert.equal(hashOf(shown), hash);
    if (secret !== undefined) assert.ok(!JSON.stringify([shown.salt]).includes(secret));
  }
});

test('the head of each past epoch stands, and that of one under way is not given', async () => {
  const own = await startBench({ vat: 'journals' });
  const { writer, keeper } = await E(own.roots['vat']).make();
  const reader = await E(keeper).reader('P0');
  const entries: Any[] = [];
  // Nothing happens in epoch 1.
  for (const weeks of [0, 0, 2]) {
    own.time.pass(weeks * week);
    entries.push(await E(writer).record('lent', {}, 'P0'));
  }
  const head = (epoch: bigint, number: bigint) => ({
    actorTag: 'shelf',
    epoch,
    number,
    hash: number === 0n ? '' : entries[Number(number) - 1].hash,
    final: true,
  });
  assert.deepEqual(await E(reader).headAt(-1n), head(-1n, 0n));
  assert.deepEqual(await E(reader).headAt(0n), head(0n, 2n));
  assert.deepEqual(await E(reader).headAt(1n), head(1n, 2n));
  assert.deepEqual(await E(reader).headAt(2n), { ok: false, code: 'notYet' });
  own.time.step(-2 * week);
  assert.deepEqual(await E(reader).headAt(2n), { ok: false, code: 'notYet' });
  own.time.step(2 * week);
  own.time.pass(week);
  assert.deepEqual(await E(reader).headAt(2n), head(2n, 3n));
  assert.deepEqual(verifyEntries(await E(reader).entries(1n, 3n), await E(reader).headAt(0n)), {
    ok: true,
  });
  await own.node.stop();
});

test('two heads that cannot both be true are recognised', () => {
  const head = { actorTag: 'shelf', epoch: 3n, number: 5n, hash: 'x', final: true };
  assert.equal(equivocation(head, { ...head }), false);
  assert.equal(equivocation(head, { ...head, hash: 'y' }), true);
  assert.equal(equivocation(head, { ...head, hash: 'y', epoch: 4n, final: false }), true);
  assert.equal(equivocation(head, { ...head, hash: 'y', number: 6n }), true);
  // It went on in the same epoch, or in the next one.
  assert.equal(equivocation({ ...head, final: false }, { ...head, hash: 'y', number: 6n }), false);
  assert.equal(equivocation(head, { ...head, hash: 'y', number: 6n, epoch: 4n }), false);
  assert.equal(equivocation(head, { ...head, hash: 'y', actorTag: 'other' }), false);
});

test('equal data has one text, and different data different ones', () => {
  assert.equal(textOf({ b: 1, a: 2 }), textOf({ a: 2, b: 1 }));
  const all = [
    1,
    1n,
    '1',
    '1n',
    'u',
    undefined,
    null,
    [1],
    { 0: 1 },
    [[1]],
    [1, 1],
    true,
    'true',
    '',
  ];
  assert.equal(new Set(all.map(textOf)).size, all.length);
  for (const bad of [NaN, Infinity, Symbol.iterator, () => {}, new Map()]) {
    assert.throws(() => textOf(bad), TypeError);
  }
});

test('only data is recorded, and a writer reads nothing', async () => {
  const { writer, readers } = await begin();
  await assert.rejects(E(writer).record('x', { vat: bench.roots['vat'] }, 'P0'), /else than data/);
  await assert.rejects(E(writer).record('x', {}, 'P4'));
  await assert.rejects(E(bench.roots['vat']).recordThenFail({ writer }), /as asked/);
  assert.equal((await E(readers[0]).head()).number, 0n);
  for (const method of ['entries', 'head', 'reader']) {
    await assert.rejects(E(writer)[method](1n, 2n), /no such method/);
    await assert.rejects(E(readers[0]).record('x', {}, 'P0'), /no such method/);
  }
});

test('one answer holds so many entries and no more', async () => {
  const { writer, readers } = await begin();
  await Promise.all(Array.from({ length: 210 }, () => E(writer).record('x', {}, 'P0')));
  const entries = await E(readers[0]).entries(1n, 1_000_000n);
  assert.equal(entries.length, 200);
  assert.equal((await E(readers[0]).entries(201n, 1_000_000n)).length, 10);
});

test('a journal goes on after a restart where it was', async () => {
  let own = await startBench({ vat: 'journals' });
  const before = await E(own.roots['vat']).make();
  await E(before.writer).record('one', {}, 'P0');
  own = await restart(own);
  const { writer, keeper } = await E(own.roots['vat']).kept();
  await E(writer).record('two', {}, 'P1');
  const reader = await E(keeper).reader('P1');
  const entries = await E(reader).entries(1n, 3n);
  assert.deepEqual(verifyEntries(entries, await E(reader).head()), { ok: true });
  assert.equal(entries[1].prevHash, entries[0].hash);
  const { kind, actorTag, epoch, facts, prevHash } = entries[1];
  assert.deepEqual(await E(own.roots['vat']).receipt(entries[1]), {
    kind,
    actorTag,
    epoch,
    facts,
    prevHash,
  });
  await own.node.stop();
});

test('a reader describes itself in both languages', async () => {
  const { readers } = await begin();
  assert.deepEqual(await descriptionFaults(readers[0]), []);
});
