import '@pocas/vat-runtime/lockdown';
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { M } from '@endo/patterns';
import { type DurableMap, type DurableSet, typed } from '@pocas/vat-runtime';
import type { VatLibrary } from '#src/vat/library.js';
import * as fc from 'fast-check';
import { RowDamagedError, StoreRefusedError, rowChecksum } from '@pocas/vat-runtime/node';
import { fuzz, makeMemoryAnchor, makeMemoryStorage } from '@pocas/vat-runtime/testing';
import { openAnchorFile } from '#src/node/anchor-file.js';
import { makeHoldings } from '#src/node/holdings.js';
import { openInboxes } from '#src/node/inbox.js';
import { digests } from '#src/machine/integrity.js';
import { makeLastingSlots } from '#src/node/lasting-slots.js';
import { checksumLength, makeCheckedStorage, openRow } from '#src/store/checked-storage.js';
import { isDigits, isText, parseCount, parseRow, recordOf } from '#src/store/stored-json.js';
import { firstRows, makeSliceCheck } from '#src/vat/journal.js';
import { commit, openOver } from '../store/stores.ts';
import { loadOverRows } from '../vat/over-rows.ts';
import { alter, alterationArb, plainRecord, textArb } from './hostile-json.ts';

const root = mkdtempSync(join(tmpdir(), 'pocas-test-'));
after(() => rmSync(root, { recursive: true }));

/** Words of ours, and none of the row: the engine's own errors repeat what they could not read. */
const assertOurs = (error: unknown) => {
  const { name, message } = error as Error;
  assert.ok(!['SyntaxError', 'TypeError', 'RangeError'].includes(name), `${name}: ${message}`);
  assert.ok(!/JSON|undefined|null/.test(message), message);
};

const attempt = <T>(body: () => T): T | undefined => {
  try {
    return body();
  } catch (error) {
    assertOurs(error);
    return undefined;
  }
};

/** Which row, by its place, and how. */
const damageArb = plainRecord({ at: fc.nat(), alteration: alterationArb });
type Damage = { readonly at: number; readonly alteration: Parameters<typeof alter>[1] };
const damage = (rows: ReadonlyMap<string, string>, { at, alteration }: Damage) => {
  const [key, value] = [...rows][at % rows.size]!;
  return { key, rows: new Map(rows).set(key, alter(value, alteration)) };
};

test('a row is read as what it should be, or refused by its key', () => {
  const check = recordOf({ a: isText }, { b: isDigits });
  fc.assert(
    fc.property(
      fc.oneof(
        textArb,
        textArb.map((text) => `{"a":"x","b":${text}}`),
      ),
      (text) => {
        for (const read of [
          () => parseRow('some/key', text, check),
          () => parseCount('some/key', text),
        ]) {
          try {
            const value: unknown = read();
            if (typeof value === 'number') assert.equal(value, Number(text));
            else assert.ok(check(JSON.parse(text)));
          } catch (error) {
            assert.ok(error instanceof RowDamagedError);
            assert.equal(error.message, 'Cannot read row "some/key": it is damaged on disk');
          }
        }
      },
    ),
    fuzz(1000),
  );
});

test('a row with its checksum is read back, and any other text is refused', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.string({ unit: 'grapheme' }),
      alterationArb,
      (key, value, alteration) => {
        const stored = rowChecksum(key, value) + value;
        assert.equal(openRow(rowChecksum, key, stored), value);
        const altered = alter(stored, alteration);
        try {
          // Either it was not altered, or somebody made a checksum for it.
          const read = openRow(rowChecksum, key, altered);
          assert.equal(rowChecksum(key, read), altered.slice(0, checksumLength));
        } catch (error) {
          assert.ok(error instanceof RowDamagedError);
        }
      },
    ),
    fuzz(500),
  );
});

test('an anchor file of any bytes is read as a point, as damaged or as new', async () => {
  const path = join(root, 'anchor');
  const first = openAnchorFile(path);
  await first.write(7, 'h'.repeat(43));
  await first.write(8, 'i'.repeat(43));
  await first.close();
  const original = readFileSync(path);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat({ max: original.length - 1 }), fc.nat({ max: 255 })), {
        maxLength: 40,
      }),
      fc.nat({ max: original.length + 100 }),
      fc.boolean(),
      async (changes, length, isCut) => {
        const bytes = Buffer.from(original);
        for (const [at, byte] of changes) bytes[at] = byte;
        writeFileSync(path, isCut ? bytes.subarray(0, length) : bytes);
        const anchor = openAnchorFile(path);
        const point = anchor.read();
        await anchor.close();
        if (point === undefined || point === 'damaged') return;
        assert.ok([7, 8].includes(point.sequence));
        assert.equal(point.hash, (point.sequence === 7 ? 'h' : 'i').repeat(43));
      },
    ),
    fuzz(200),
  );
});

test('a store of which a row was written wrongly opens, or is refused in words', async () => {
  const storage = makeMemoryStorage();
  const store = await openOver(storage, makeMemoryAnchor());
  for (let i = 1; i <= 4; i += 1) await commit(store, [[`row/${i}`, `value ${i}`]]);
  const checked = makeCheckedStorage(storage, rowChecksum);
  const rows = new Map(await checked.list(''));
  await fc.assert(
    fc.asyncProperty(damageArb, fc.string({ maxLength: 4 }), async (where, name) => {
      const { rows: damaged } = damage(rows, where);
      const copy = makeMemoryStorage();
      // With checksums that fit: as by a program that was wrong.
      await makeCheckedStorage(copy, rowChecksum).write(
        [...damaged, [`commit/${name}`, name]].slice(0, where.at % 3 === 0 ? undefined : -1) as [
          string,
          string,
        ][],
      );
      try {
        const opened = await openOver(copy, makeMemoryAnchor());
        await opened.close();
      } catch (error) {
        assert.ok(error instanceof StoreRefusedError, String(error));
        assert.match(error.message, /^Cannot open the store: /);
      }
    }),
    fuzz(300),
  );
});

// ---- rows of vats ----

/** A vat with one of each: an object, a map, a set, a reference. */
const define = ({ defineActor, makeDurableMap, makeDurableSet }: VatLibrary) =>
  defineActor({
    name: 'Thing',
    state: {
      name: M.string(),
      count: M.bigint(),
      other: M.any(),
      map: typed<DurableMap<bigint, string>>(M.remotable()),
      set: typed<DurableSet<string>>(M.remotable()),
    },
    init: (name: string, other: any) => ({
      name,
      count: 5n,
      other,
      map: makeDurableMap<bigint, string>(),
      set: makeDurableSet<string>(),
    }),
    guards: { thing: M.interface('Thing', {}, { defaultGuards: 'raw' }) },
    facets: {
      thing: {
        fill() {
          for (let i = 0n; i < 300n; i += 1n) this.state.map.set(i, `value ${i}`);
          for (const key of ['a', 'b', 'ñ']) this.state.set.add(key);
        },
        look() {
          const { name, count, other, map, set } = this.state;
          return [name, count, other, [...map.keys()], map.get(7n), [...set.values()], map.size()];
        },
      },
    },
  });

const makeRows = (): Map<string, string> => {
  const rows = new Map<string, string>();
  const { kinds, turn } = loadOverRows(rows, define);
  turn(() => {
    const one = kinds('one', undefined).thing;
    (kinds('two', { list: [one, 1n, 'x'] }).thing as { fill(): void }).fill();
  });
  return rows;
};

test('a vat of which a row was altered goes on, or says which row is damaged, in words of ours', () => {
  const rows = makeRows();
  assert.ok(
    [...rows.keys()].some((key) => key.startsWith('x/')),
    [...rows.keys()].join(),
  );
  fc.assert(
    fc.property(damageArb, (where) => {
      const damaged = damage(rows, where).rows;
      const vat = attempt(() => loadOverRows(damaged, define));
      if (vat === undefined) return;
      for (const key of rows.keys()) {
        const [, number] = /^o\/([0-9]+)$/.exec(key) ?? [];
        if (number === undefined) continue;
        attempt(() => vat.at(`o+d${number}.thing`)?.look());
      }
    }),
    fuzz(600),
  );
});

test('whatever is in the rows of a vat, its check says so in words, and what is accepted is sound', () => {
  const rows = new Map([
    ...(firstRows as [string, string][]),
    ['meta', '{"lastObject":"7","root":"o+d1.root"}'],
    ['o/1', '{}'],
    ['a/5', '{}'],
    ['j/000000000001', '{"prev":"","label":"P3"}'],
  ]);
  const nameArb = fc.oneof(
    fc.constantFrom(
      'a/',
      't/x',
      'o/',
      'o/1e9',
      'x/99999999999999999999',
      'j/',
      'j/x',
      'head ',
      'm/1',
    ),
    fc.string({ maxLength: 5 }),
  );
  fc.assert(
    fc.property(fc.array(damageArb, { maxLength: 3 }), nameArb, textArb, (wheres, name, value) => {
      let damaged: ReadonlyMap<string, string> = new Map(rows);
      for (const where of wheres) damaged = damage(damaged, where).rows;
      const all = new Map([...damaged, [name, value]]);
      const check = makeSliceCheck(digests);
      check.take(all);
      assert.match(check.fault() ?? 'its', /^its /);
      for (const [key, row] of check.accept()) {
        if (row === undefined) all.delete(key);
        else all.set(key, row);
      }
      const again = makeSliceCheck(digests);
      again.take(all);
      assert.equal(again.fault(), undefined);
    }),
    fuzz(500),
  );
});

// ---- rows of the node ----

test('items of an inbox and lasting slots are read as they were written, or refused by their key', async () => {
  const item = {
    kind: 'send',
    target: 'd1.a',
    method: 'm',
    args: { body: '#[]', refs: [['v1', 'o+d1.a']] },
    ticket: '3/4',
    // As far off as a vat likes.
    notAfter: '9'.repeat(200),
  } as const;
  const others = [
    { kind: 'answer', send: 3, outcome: { ok: true, data: { body: '#1', refs: [] } } },
    { kind: 'timer', timer: 7 },
  ] as const;
  const whole = await openOver(makeMemoryStorage(), undefined);
  const written = await openInboxes(whole, makeHoldings(() => {}), () => {});
  for (const one of [item, ...others]) written.add('5', one);
  const keys = written.firstOf('5', 9);
  assert.deepEqual(keys.map(written.read), [item, ...others]);
  await whole.settled();
  await whole.close();
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: 2 }),
      alterationArb,
      fc.boolean(),
      textArb,
      async (which, alteration, isKey, any) => {
        const store = await openOver(makeMemoryStorage(), undefined);
        const original = JSON.stringify([item, ...others][which]);
        const key = isKey
          ? `in/${alter('5/0000000000000007', alteration)}`
          : 'in/5/0000000000000007';
        await commit(store, [
          [key, alter(original, alteration)],
          ['c/w:1/o-d1', alter('["v1","o+d1.a"]', alteration)],
          ['k/w:1', any],
        ]);
        const slots = makeLastingSlots(store, makeHoldings(() => {}));
        const found = attempt(() => slots.at('w:1', 'o-d1'));
        if (found !== undefined) assert.ok([found.owner, found.slot].every(isText));
        assert.match(attempt(() => slots.next('w:1')) ?? 'o-d1', /^o-d[0-9]+$/);
        try {
          const inboxes = await openInboxes(store, makeHoldings(() => {}), () => {});
          for (const vat of inboxes.vats()) {
            for (const one of inboxes.firstOf(vat, 100)) {
              const read = inboxes.read(one);
              assert.ok(['send', 'answer', 'timer'].includes(read.kind));
            }
          }
        } catch (error) {
          assert.ok(error instanceof RowDamagedError, String(error));
        }
        await store.close();
      },
    ),
    fuzz(300),
  );
});
