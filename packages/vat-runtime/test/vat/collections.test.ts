import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import type { DurableMap, DurableSet } from '@pocas/vat-runtime';
import { collectUntil } from '../collect.ts';
import { loadOverRows } from './over-rows.ts';

type Key = string | bigint;
type AnyMap = DurableMap<Key, any>;
type AnySet = DurableSet<Key>;

const load = (rows = new Map<string, string>()) => {
  const over = loadOverRows(rows, () => undefined);
  const { makeDurableMap, makeDurableSet } = over.library;
  return { over, rows, turn: over.turn, makeDurableMap, makeDurableSet };
};
const mapAt = (over: { at(slot: string): unknown }) => over.at('o+d1.map') as AnyMap;

/** A map with the keys from 0n, each with its text. */
const loadFilled = (size: bigint) => {
  const loaded = load();
  const map = loaded.turn(() => {
    const made = loaded.makeDurableMap<Key, any>();
    for (let i = 0n; i < size; i += 1n) made.set(i, { text: String(i) });
    return made;
  });
  return { ...loaded, map };
};

test('a walk has two directions, two ends and a limit', () => {
  const { turn, makeDurableMap } = load();
  const map = turn(() => makeDurableMap<Key, any>());
  turn(() => {
    for (const key of ['b', 3n, 'a', 1n, 2n]) map.set(key, `${key}!`);
  });
  const keys = (range: object) => [...map.keys(range)];
  assert.deepEqual(keys({}), [1n, 2n, 3n, 'a', 'b']);
  assert.deepEqual(keys({ reverse: true }), ['b', 'a', 3n, 2n, 1n]);
  assert.deepEqual(keys({ from: 2n, to: 'b' }), [2n, 3n, 'a']);
  assert.deepEqual(keys({ from: 2n, to: 'b', reverse: true }), ['a', 3n, 2n]);
  assert.deepEqual(keys({ from: 2n, to: 'b', reverse: true, limit: 2 }), ['a', 3n]);
  assert.deepEqual(keys({ from: 'b', to: 2n }), []);
  assert.deepEqual(keys({ from: 'b', to: 2n, reverse: true }), []);
  assert.deepEqual(keys({ limit: 0 }), []);
  assert.deepEqual(Array.from(map.values({ limit: 2 })), ['1!', '2!']);
  assert.deepEqual(
    [...map.entries({ from: 'a' })],
    [
      ['a', 'a!'],
      ['b', 'b!'],
    ],
  );
  for (const range of [
    { from: 1 },
    { to: null },
    { limit: -1 },
    { limit: 1.5 },
    { limit: 1n },
    { reverse: 'yes' },
    { revers: true },
  ]) {
    // At the call, not at the first step.
    assert.throws(() => map.keys(range as object), /Cannot (?:read range|use key)/);
  }
});

test('a walk is an iterator as others are, and cannot be altered', () => {
  const { map } = loadFilled(3n);
  const walk = map.keys();
  assert.ok(Object.isFrozen(walk));
  assert.equal(walk[Symbol.iterator](), walk);
  assert.deepEqual(walk.next(), { value: 0n, done: false });
  assert.deepEqual([...walk], [1n, 2n]);
  assert.deepEqual(walk.next(), { value: undefined, done: true });
  for (const [key, { text }] of map.entries()) {
    assert.equal(text, String(key));
    break;
  }
  const [first] = map.values();
  assert.equal(first.text, '0');
});

test('a map may change while it is walked through: each step goes on after the last key', () => {
  const { turn, map } = loadFilled(6n);
  turn(() => {
    const met: Key[] = [];
    for (const key of map.keys()) {
      met.push(key);
      if (key === 1n) {
        map.delete(1n);
        map.delete(2n);
        map.set(-1n, 'behind');
        map.set('z', 'ahead');
      }
    }
    assert.deepEqual(met, [0n, 1n, 3n, 4n, 5n, 'z']);
    const back: Key[] = [];
    for (const key of map.keys({ reverse: true })) {
      back.push(key);
      map.delete(key);
    }
    assert.deepEqual(back, ['z', 5n, 4n, 3n, 0n, -1n]);
    assert.equal(map.size(), 0);
  });
});

test('a walk goes on after what it walked through was undone', () => {
  const { turn, map } = loadFilled(3n);
  const walk = turn(() => {
    const begun = map.keys();
    assert.throws(() =>
      turn(() => {
        for (const key of [0n, 1n]) map.delete(key);
        map.set(10n, 'ten');
        assert.equal(begun.next().value, 2n);
        throw Error('undone');
      }),
    );
    assert.deepEqual([...map.keys()], [0n, 1n, 2n]);
    return begun;
  });
  // In a later turn, or in none, it sees the map as it is then.
  assert.equal(walk.next().done, true);
  const other = map.values();
  other.next();
  turn(() => map.set(1n, 'new'));
  assert.equal(other.next().value, 'new');
});

test('a map of an undone turn is dead to a walk that was begun in it', () => {
  const { turn, makeDurableMap } = load();
  let walk: Iterator<Key> | undefined;
  assert.throws(() =>
    turn(() => {
      const map = makeDurableMap<Key, any>();
      map.set('a', 1n);
      map.set('b', 1n);
      walk = map.keys();
      walk.next();
      throw Error('undone');
    }),
  );
  assert.throws(() => walk!.next(), /Cannot use map: the turn that made it was undone/);
});

test('a set holds ordered keys, and needs no row for each', () => {
  const { over, rows, turn, makeDurableSet } = load();
  const set = turn(() => makeDurableSet<Key>());
  turn(() => {
    assert.equal(set.add('b'), true);
    assert.equal(set.add('b'), false);
    for (const key of ['a', 2n, 1n]) set.add(key);
  });
  assert.throws(() => set.add('c'), /Cannot change a collection: no turn is running/);
  assert.throws(() => turn(() => set.add(1 as never)), /Cannot use key/);
  assert.deepEqual([...set.values()], [1n, 2n, 'a', 'b']);
  assert.deepEqual([...set.values({ reverse: true, limit: 2 })], ['b', 'a']);
  assert.deepEqual([...set.values({ from: 2n, to: 'b' })], [2n, 'a']);
  assert.equal(
    turn(() => set.delete('a')),
    true,
  );
  assert.equal(
    turn(() => set.delete('a')),
    false,
  );
  assert.deepEqual([set.has('a'), set.has('b'), set.size()], [false, true, 3]);
  assert.deepEqual([...rows.keys()].toSorted(), ['k/1/0', 'meta', 'n/1', 'o/1']);
  const again = load(rows).over.at('o+d1.set') as AnySet;
  assert.deepEqual([...again.values()], [1n, 2n, 'b']);
  assert.equal(over.slotOf(set), 'o+d1.set');
});

test('a page or a value that is missing in the store is an error, and never reads as empty', () => {
  const { rows, map } = loadFilled(300n);
  assert.equal(map.size(), 300);
  const restart = () => mapAt(load(rows).over);
  for (const key of ['m/1/n150', 'k/1/0', 'k/1/1', 'n/1', 'x/1']) {
    const text = rows.get(key)!;
    rows.delete(key);
    assert.throws(
      () => [restart().size(), [...restart().values()]],
      new RegExp(`its row "${key}" is missing`),
    );
    rows.set(key, text);
  }
  rows.delete('m/1/n7');
  assert.throws(() => restart().get(7n), /its row "m\/1\/n7" is missing/);
  assert.equal(restart().get(8n).text, '8');
});

test('among a hundred thousand entries each act reads a few rows, and a walk what it is followed for', () => {
  const { rows } = loadFilled(100_000n);
  const cost = (act: (map: AnyMap) => void): number => {
    const { over } = load(rows);
    const map = mapAt(over);
    over.read.length = 0;
    over.turn(() => act(map));
    return over.read.length;
  };
  const few = 4;
  assert.ok(cost((map) => map.get(70_000n)) <= few);
  assert.ok(cost((map) => map.set(70_000n, 'else')) <= few);
  assert.ok(cost((map) => map.delete(70_000n)) <= few);
  assert.ok(cost((map) => map.set(70_000n, 'again')) <= few);
  assert.ok(cost((map) => map.size()) <= few);
  for (const reverse of [false, true]) {
    for (const range of [{}, { from: 70_000n }, { to: 70_000n }]) {
      const twenty = (map: AnyMap) => [...map.entries({ ...range, reverse, limit: 20 })];
      assert.ok(cost(twenty) <= 20 + few);
      const stopped = (map: AnyMap) => {
        for (const _key of map.keys({ ...range, reverse })) break;
      };
      assert.ok(cost(stopped) <= few);
    }
  }
});

test('a map that was written or walked through once does not keep what it showed', async () => {
  const { rows, turn, map: written } = loadFilled(0n);
  let gone = 0;
  const registry = new FinalizationRegistry(() => (gone += 1));
  turn(() => {
    for (let i = 0n; i < 5_000n; i += 1n) {
      const value = { text: String(i) };
      registry.register(value, undefined);
      written.set(i, value);
    }
  });
  // A row is a value or a page, and 256 of them are kept.
  await collectUntil(() => gone > 5_000 - 256);
  assert.equal(written.get(0n).text, '0');

  const { over } = load(rows);
  const map = mapAt(over);
  gone = 0;
  for (const value of map.values()) registry.register(value, undefined);
  await collectUntil(() => gone > 5_000 - 256);
  assert.equal(map.get(0n).text, '0');
});

test('however much one turn writes, it sees it, and later turns do', () => {
  const { turn, map } = loadFilled(0n);
  turn(() => {
    for (let i = 0n; i < 2_000n; i += 1n) map.set(i, [i]);
    assert.deepEqual(map.get(0n), [0n]);
    assert.throws(() =>
      turn(() => {
        for (let i = 0n; i < 2_000n; i += 1n) map.set(i, 'undone');
        throw Error('undone');
      }),
    );
    assert.deepEqual(map.get(0n), [0n]);
    for (let i = 0n; i < 1_000n; i += 1n) map.delete(i);
  });
  assert.equal(map.get(0n), undefined);
  assert.deepEqual([...map.values({ limit: 1 })], [[1_000n]]);
  assert.equal(map.size(), 1_000);
});
