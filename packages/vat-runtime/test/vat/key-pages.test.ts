import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { type Key, type KeyPages, makeKeyPages } from '#src/vat/key-pages.js';

type Change = { undo: () => void; key: string; row: () => string | undefined };

/** Pages over rows, with turns that are kept or undone. */
const makeStore = (maxPageKeys: number) => {
  const rows = new Map<string, string>();
  let changes: Change[] = [];
  const load = (): KeyPages =>
    makeKeyPages({
      map: 7n,
      read: (key) => rows.get(key),
      note: (change) => changes.push(change),
      maxPageKeys,
    });
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
    return last.size;
  };
  return { rows, load, undoTo, commit, mark: () => changes.length };
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
          assert.deepEqual(pages.select({}), all);
          assert.equal(pages.size(), all.length);
          const [from, to] = [0n, 'aa'] as const;
          const inside = all.filter((key) => !isBefore(key, from) && isBefore(key, to));
          assert.deepEqual(pages.select({ from, to }), inside);
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

test('a change costs the same few rows among a hundred thousand keys', () => {
  const { rows, load, commit } = makeStore(128);
  let pages = load();
  for (let i = 0n; i < 100_000n; i += 1n) pages.insert((i * 7_919n) % 100_003n);
  commit();
  pages = load();
  assert.equal(pages.size(), 100_000);
  const read: string[] = [];
  const lone = makeKeyPages({
    map: 7n,
    read: (key) => {
      read.push(key);
      return rows.get(key);
    },
    note: () => {},
  });
  lone.insert(-1n);
  // The list of pages, the count, and the one page.
  assert.equal(read.length, 3);
  pages.insert(-1n);
  assert.ok(commit() <= 4);
  assert.ok(Math.max(...[...rows.values()].map(({ length }) => length)) < 64_000);
  assert.deepEqual(pages.select({ from: -5n, to: 2n }), [-1n, 0n, 1n]);
});
