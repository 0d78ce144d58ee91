import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { digests } from '#src/machine/integrity.js';
import { makeCrankRows } from '#src/vat/crank-rows.js';
import {
  type Journal,
  firstRows,
  makeJournal,
  makeSliceCheck,
  maxEntryLength,
  maxJournalEntries,
} from '#src/vat/journal.js';
import { defaultQuotas } from '#src/vat/quotas.js';

type Rows = Map<string, string>;
type Cranked = Parameters<Journal['record']>[0];

/** A vat's rows, changed by cranks. */
const makeSlice = (rows: Rows = new Map(firstRows as [string, string][])) => {
  const read = (key: string) => rows.get(key);
  const journal = makeJournal(read, digests);
  const { byteLength } = digests;
  const usage = journal.usage();
  const crankRows = makeCrankRows({ read, byteLength, quotas: defaultQuotas, usage });
  return {
    rows,
    journal,
    crank(changes: Record<string, string | undefined>, more: Partial<Cranked> = {}) {
      crankRows.take({ rows: Object.entries(changes), effects: [], calls: 0 });
      const { changed, usage: usageNow } = crankRows.finish();
      const written = journal.record({
        cause: { kind: 'timer', timer: 1, item: 'in/1/1' },
        rows: changed,
        usage: usageNow,
        effects: [],
        time: undefined,
        unlinked: false,
        ...more,
      });
      for (const [key, value] of written) {
        if (value === undefined) rows.delete(key);
        else rows.set(key, value);
      }
      return written;
    },
  };
};

const faultOf = (rows: Rows): string | undefined => {
  const check = makeSliceCheck(digests);
  // In pieces, as they are read from a store.
  const sorted = [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
  check.take(sorted.slice(0, 3));
  check.take(sorted.slice(3));
  return check.fault();
};

const changesArb = fc.dictionary(
  fc.constantFrom('o/1', 'o/2', 'm/1/sa', 'm/1/sb', 'x/1', 'meta'),
  fc.option(fc.string(), { nil: undefined }),
  { maxKeys: 4 },
);

test('rows that a vat wrote are sound, and any that is missing, stale or altered is noticed', () => {
  fc.assert(
    fc.property(fc.array(changesArb, { minLength: 1, maxLength: 12 }), fc.nat(), (cranks, pick) => {
      const slice = makeSlice();
      const history: Rows[] = [];
      for (const changes of cranks) {
        history.push(new Map(slice.rows));
        slice.crank(changes);
        assert.equal(faultOf(slice.rows), undefined);
      }
      // Also after a restart.
      assert.equal(faultOf(makeSlice(slice.rows).rows), undefined);
      const keys = [...slice.rows.keys()];
      if (keys.length === 0) return;
      const key = keys[pick % keys.length]!;
      const without = new Map(slice.rows);
      without.delete(key);
      assert.notEqual(faultOf(without), undefined, `without ${key}`);
      for (const older of history) {
        const value = older.get(key);
        if (value === undefined || value === slice.rows.get(key)) continue;
        const stale = new Map(slice.rows).set(key, value);
        assert.notEqual(faultOf(stale), undefined, `stale ${key}`);
      }
      const altered = new Map(slice.rows).set(key, `${slice.rows.get(key)!} `);
      // The head is covered by the checksum of its own row.
      if (key !== 'head') assert.notEqual(faultOf(altered), undefined, `altered ${key}`);
      const added = new Map(slice.rows).set('o/99', '{}');
      assert.notEqual(faultOf(added), undefined);
    }),
  );
});

test('an entry names its cause and the checksums of the rows, and follows the hash of the one before', () => {
  const slice = makeSlice();
  slice.crank({ 'o/1': 'a' });
  slice.crank({ 'o/1': 'b', 'o/2': 'c' });
  const [first, second] = [
    slice.rows.get('j/000000000001')!,
    slice.rows.get('j/000000000002')!,
  ] as const;
  assert.deepEqual(JSON.parse(second), {
    prev: digests.hash(first),
    label: 'P3',
    cause: { kind: 'timer', timer: 1, item: 'in/1/1' },
    changes: {
      'o/1': digests.checksum('o/1', 'b'),
      'o/2': digests.checksum('o/2', 'c'),
    },
  });
});

test('what changes nothing is not journalled, and rows that stay as they were are not written', () => {
  const slice = makeSlice();
  slice.crank({ 'o/1': 'a' });
  assert.deepEqual(slice.crank({}), []);
  assert.deepEqual(slice.crank({ 'o/1': 'a', 'o/7': undefined }), []);
  assert.deepEqual(
    slice.crank({ 'o/1': 'a', 'o/2': 'b' }).map(([key]) => key),
    ['o/2', 'j/000000000002', 'head'],
  );
});

test('a journal keeps a number of entries, however long a vat lives', () => {
  const slice = makeSlice();
  for (let i = 0; i < maxJournalEntries + 50; i += 1) slice.crank({ 'o/1': `${i}` });
  assert.equal(
    [...slice.rows.keys()].filter((key) => key.startsWith('j/')).length,
    maxJournalEntries,
  );
  assert.equal(faultOf(slice.rows), undefined);
});

test('of a long delivery an entry keeps the hash', () => {
  const cause = {
    kind: 'send',
    target: 'd1.a',
    method: 'm',
    args: { body: 'x'.repeat(100_000), slots: [] },
    item: 'in/1/1',
  } as const;
  const [, entry] = makeSlice().crank({ 'o/1': 'a' }, { cause, time: 5n });
  const { cause: kept, time } = JSON.parse(entry![1]!) as { cause: unknown; time: string };
  assert.deepEqual(kept, { hash: digests.hash(JSON.stringify(cause)) });
  assert.equal(time, '5');
});

test('an entry has a bounded length, however much a crank changes', () => {
  const slice = makeSlice();
  const changes = Object.fromEntries(
    Array.from({ length: 5000 }, (_, i) => [`m/1/s${i}`, `value ${i}`]),
  );
  slice.crank({ ...changes, [`m/1/s${'long'.repeat(100_000)}`]: 'a' });
  slice.crank({ 'o/1': 'a' }, { effects: Array(9000).fill({ kind: 'timer', timer: 1, at: '1' }) });
  const entries = [...slice.rows].filter(([key]) => key.startsWith('j/'));
  assert.equal(entries.length, 2);
  for (const [, entry] of entries) assert.ok(entry.length <= maxEntryLength);
  assert.equal(faultOf(slice.rows), undefined);
});

test('a head that miscounts its rows is noticed, and counts anew when it is taken as it is', () => {
  const slice = makeSlice();
  slice.crank({ 'o/1': 'ä', 'a/1': '{}', 't/2': '{}' });
  const head = JSON.parse(slice.rows.get('head')!) as { usage: Record<string, number> };
  assert.deepEqual(head.usage, { bytes: 5 + 5 + 5, objects: 1, sends: 1, timers: 1 });
  const faulty = [
    ...['bytes', 'objects', 'sends', 'timers'].map((name) => ({
      ...head,
      usage: { ...head.usage, [name]: head.usage[name]! - 1 },
    })),
    // As an earlier version wrote it.
    { ...head, usage: undefined },
  ];
  for (const wrong of faulty) {
    const rows = new Map(slice.rows).set('head', JSON.stringify(wrong));
    assert.equal(faultOf(rows), 'its head miscounts its rows');
    const check = makeSliceCheck(digests);
    check.take(rows);
    for (const [key, value] of check.accept()) {
      if (value === undefined) rows.delete(key);
      else rows.set(key, value);
    }
    assert.equal(faultOf(rows), undefined);
    const { bytes, ...others } = makeSlice(rows).journal.usage();
    assert.deepEqual(others, { objects: 1, sends: 1, timers: 1 });
    assert.equal(bytes, 5 + 5 + 5 + 4 + rows.get('meta')!.length);
  }
});

test('a number is never given twice, also after a restart', () => {
  const slice = makeSlice();
  assert.deepEqual([slice.journal.nextNumber(), slice.journal.nextNumber()], [1, 2]);
  slice.crank({ 'a/2': '{}' });
  assert.equal(makeSlice(slice.rows).journal.nextNumber(), 3);
});

test('what nobody is to date has numbers of its own, which are not given twice either', () => {
  const slice = makeSlice();
  const [first, hidden, second] = [false, true, false].map((one) => slice.journal.nextNumber(one));
  assert.deepEqual([first, second], [1, 2]);
  slice.crank({ [`t/${hidden}`]: '{}', 'o/1': '{}', [`o/${(1n << 64n) + 3n}`]: '{}' });
  assert.equal(makeSlice(slice.rows).journal.nextNumber(true), hidden! + 1);
  assert.equal(makeSlice(slice.rows).journal.nextNumber(), 3);
  // Taken as it was without its head: neither range gives one again, nor runs into the other.
  slice.rows.delete('head');
  const check = makeSliceCheck(digests);
  check.take(slice.rows);
  for (const [key, value] of check.accept()) slice.rows.set(key, value!);
  const again = makeSlice(slice.rows).journal;
  assert.ok(again.nextNumber(true) > hidden!);
  assert.ok(again.nextNumber() < hidden!);
  const meta = JSON.parse(slice.rows.get('meta')!) as { lastObject: string; lastHidden: string };
  assert.ok(BigInt(meta.lastObject) < 1n << 64n);
  assert.ok(BigInt(meta.lastHidden) > (1n << 64n) + 3n);
});

test('a slice that is taken as it was gives no number again, whatever of it is missing', () => {
  for (const missing of [['meta'], ['meta', 'o/7'], ['head'], ['head', 'a/5'], ['head', 'meta']]) {
    const slice = makeSlice();
    for (let i = 0; i < 5; i += 1) slice.journal.nextNumber();
    const meta = JSON.stringify({ lastObject: '7', root: 'o+d1.root' });
    slice.crank({ 'o/1': '{}', 'o/7': '{}', 'a/5': '{}', meta });
    for (const key of missing) slice.rows.delete(key);
    const check = makeSliceCheck(digests);
    check.take(slice.rows);
    assert.notEqual(check.fault(), undefined);
    for (const [key, value] of check.accept()) {
      if (value === undefined) slice.rows.delete(key);
      else slice.rows.set(key, value);
    }
    assert.equal(faultOf(slice.rows), undefined);
    assert.ok(makeSlice(slice.rows).journal.nextNumber() > 5);
    const now = JSON.parse(slice.rows.get('meta')!) as { lastObject: string; root?: string };
    assert.ok(BigInt(now.lastObject) > 7n);
    assert.equal(now.root, missing.includes('meta') ? undefined : 'o+d1.root');
  }
});
