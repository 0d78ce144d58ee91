import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { type Key, type KeyPages, type KeyRange, makeKeyPages } from '#src/vat/key-pages.js';
import { makeRowCache } from '#src/vat/row-cache.js';

type Change = { undo: () => void; key: string; row: () => string | undefined };

/** Pages over rows, with turns that are kept or undone. */
const makeStore = (maxPageKeys: number) => {
  const rows = new Map<string, string>();
  let changes: Change[] = [];
  const read: string[] = [];
  let cache: ReturnType<typeof makeRowCache>;
  const load = (): KeyPages => {
    cache = makeRowCache({
      read: (key) => {
        read.push(key);
        return rows.get(key);
      },
      note: (change) => changes.push(change),
      // So few that rows are forgotten and read again all the time.
      maxKnownRows: 4,
    });
    return makeKeyPages(7n, cache, maxPageKeys);
  };
  const undoTo = (mark: number) => {
    for (const { undo } of changes.splice(mark).reverse()) undo();
  };
  /** @returns how many rows the turn wrote */
  const commit = (): number => {
    const last = new Map(changes.map(({ key, row }) => [key, row]));
    changes = [];
    for (const [key, row] of last) {
      const text = row();
      if (text === undefined) rows.delete(key);
      else rows.set(key, text);
    }
    cache.settle();
    return last.size;
  };
  return { rows, read, load, undoTo, commit, mark: () => changes.length };
};

const select = (pages: KeyPages, range: KeyRange): Key[] => {
  const selected: Key[] = [];
  for (
    let key = pages.next(range, undefined);
    key !== undefined && selected.length < (range.limit ?? Infinity);
    key = pages.next(range, key)
  ) {
    selected.push(key);
  }
  return selected;
};

const isBefore = (a: Key, b: Key) => (typeof a === typeof b ? a < b : typeof a === 'bigint');
const ascending = (keys: Iterable<Key>) =>
  [...keys].sort((a, b) => (isBefore(a, b) ? -1 : isBefore(b, a) ? 1 : 0));

const keyArbitrary = fc.oneof(
  fc.bigInt({ min: -20n, max: 20n }),
  fc.constantFrom('', 'a', 'b', 'aa', 'z', '10', '9', 'ñ', '\u{1f958}'),
);
const stepArbitrary = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('toggle' as const), key: keyArbitrary }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('commit', 'undo', 'savepoint', 'reload') }),
  },
);

test('whatever is inserted, removed and undone, the pages hold what a plain set holds', () => {
  fc.assert(
    fc.property(
      fc.array(stepArbitrary, { maxLength: 120 }),
      fc.integer({ min: 1, max: 6 }),
      (steps, most) => {
        const { rows, load, undoTo, commit, mark } = makeStore(most);
        let pages = load();
        let model = new Set<Key>();
        let kept = new Set<Key>();
        let saved = { mark: 0, model: new Set<Key>() };
        for (const step of steps) {
          if ('key' in step) {
            const { key } = step;
            assert.equal(pages.has(key), model.has(key));
            if (model.delete(key)) pages.remove(key);
            else {
              model.add(key);
              pages.insert(key);
            }
          } else if (step.do === 'commit') {
            commit();
            kept = new Set(model);
            saved = { mark: 0, model: new Set(model) };
          } else if (step.do === 'savepoint') {
            saved = { mark: mark(), model: new Set(model) };
          } else if (step.do === 'undo') {
            undoTo(saved.mark);
            model = new Set(saved.model);
          } else {
            // What was not committed is lost with the memory.
            undoTo(0);
            pages = load();
            model = new Set(kept);
            saved = { mark: 0, model: new Set(kept) };
          }
          const all = ascending(model);
          assert.deepEqual(select(pages, {}), all);
          assert.deepEqual(select(pages, { reverse: true }), all.toReversed());
          assert.equal(pages.size(), all.length);
          const [from, to] = [0n, 'aa'] as const;
          const inside = all.filter((key) => !isBefore(key, from) && isBefore(key, to));
          assert.deepEqual(select(pages, { from, to }), inside);
          assert.deepEqual(select(pages, { from, to, reverse: true }), inside.toReversed());
        }
        undoTo(0);
        // No page outlives its keys but the first.
        const pageRows = [...rows.keys()].filter((key) => key.startsWith('k/'));
        assert.ok(pageRows.length <= kept.size + 1);
      },
    ),
    { numRuns: 300 },
  );
});

test('a change, and a range of twenty, cost the same few rows among a hundred thousand keys', () => {
  const { rows, read, load, commit } = makeStore(128);
  let pages = load();
  for (let i = 0n; i < 100_000n; i += 1n) pages.insert((i * 7_919n) % 100_003n);
  commit();
  const cost = (act: () => void): number => {
    pages = load();
    read.length = 0;
    act();
    return read.length;
  };
  const count = cost(() => assert.equal(pages.size(), 100_000));
  assert.equal(count, 1);
  // The list of pages, the count, and the one page.
  const insertion = cost(() => pages.insert(-1n));
  assert.equal(insertion, 3);
  assert.ok(commit() <= 4);
  assert.equal(
    cost(() => assert.ok(pages.has(50_000n))),
    2,
  );
  assert.ok(Math.max(...[...rows.values()].map(({ length }) => length)) < 64_000);
  for (const reverse of [false, true]) {
    for (const range of [{}, { from: 40_000n }, { to: 40_000n }, { from: 99_999n }, { to: 3n }]) {
      const found = cost(() => select(pages, { ...range, reverse, limit: 20 }));
      assert.ok(found <= 3, `${found} rows`);
    }
  }
  load();
  assert.deepEqual(select(pages, { from: -5n, to: 2n }), [-1n, 0n, 1n]);
});

test('a range that ends with a page does not read the next', () => {
  const { rows, read, load, commit } = makeStore(4);
  const pages = load();
  for (let i = 0n; i < 20n; i += 1n) pages.insert(i);
  commit();
  const list = JSON.parse(rows.get('x/7')!) as { pages: [number, string][] };
  const [from, to] = list.pages.slice(2).map(([, first]) => BigInt(first.slice(1)));
  for (const reverse of [false, true]) {
    const restarted = load();
    read.length = 0;
    const range = { from: from!, to: to!, reverse };
    assert.equal(select(restarted, range).length, Number(to! - from!));
    assert.deepEqual(
      new Set(read).size,
      reverse ? 3 : 2,
      'the list, the page, and what comes after',
    );
  }
});

test('a row that is missing is an error, and never reads as no keys', () => {
  for (const many of [false, true]) {
    const { rows, load, commit } = makeStore(4);
    const pages = load();
    for (let i = 0n; i < (many ? 20n : 3n); i += 1n) pages.insert(i);
    commit();
    assert.equal(rows.size > 2, many);
    for (const [key, text] of [...rows]) {
      rows.delete(key);
      const damaged = load();
      assert.throws(
        () => [damaged.size(), select(damaged, {})],
        (error: Error) => error.message.includes(`its row "${key}" is missing`),
        key,
      );
      rows.set(key, text);
    }
    assert.equal(select(load(), {}).length, many ? 20 : 3);
  }
});

test('a collection that lost its last key has no page but the first', () => {
  const { rows, load, commit } = makeStore(2);
  const pages = load();
  for (let i = 0n; i < 50n; i += 1n) pages.insert(i);
  commit();
  for (let i = 0n; i < 50n; i += 1n) pages.remove(i);
  commit();
  assert.deepEqual([...rows.keys()].toSorted(), ['k/7/0', 'n/7', 'x/7']);
  assert.deepEqual(select(load(), {}), []);
});

test('pages that do not fit together are walked through to an error, in either direction', () => {
  // One page stands twice.
  for (const [reverse, pages, other] of [
    [false, '[0,null],[1,"n5"],[0,"n7"]', '["n5","n6"]'],
    [true, '[0,null],[1,"n2"],[0,"n1"]', '["n3"]'],
  ] as const) {
    const { rows, load } = makeStore(4);
    rows.set('n/7', '4');
    rows.set('x/7', `{"next":2,"pages":[${pages}]}`);
    rows.set('k/7/0', '["n1","n2"]');
    rows.set('k/7/1', other);
    assert.throws(() => select(load(), { reverse }), {
      message: 'Cannot read row "x/7": it is damaged on disk',
    });
  }
});
