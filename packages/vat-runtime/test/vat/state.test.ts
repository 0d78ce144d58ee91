import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { Far } from '@endo/marshal';
import { M } from '@endo/patterns';
import { type DurableMap, type DurableSet, typed } from '@pocas/vat-runtime';
import type { VatLibrary } from '#src/vat/library.js';
import { loadOverRows } from './over-rows.ts';

const defineKeeper = ({ defineActor, makeDurableMap, makeDurableSet }: VatLibrary) =>
  defineActor({
    name: 'Keeper',
    state: {
      kept: M.any(),
      count: M.nat(),
      map: typed<DurableMap<string, any>>(M.remotable()),
      set: typed<DurableSet<any>>(M.remotable()),
    },
    init: (kept: any) => ({
      kept,
      count: 0n,
      map: makeDurableMap<string, any>(),
      set: makeDurableSet<any>(),
    }),
    guards: { keeper: M.interface('Keeper', {}, { defaultGuards: 'raw' }) },
    facets: {
      keeper: {
        keep(value: any) {
          this.state.kept = value;
        },
        count(value: any) {
          this.state.count = value;
        },
        put(value: any) {
          this.state.map.set('key', value);
        },
        add(value: any) {
          this.state.set.add(value);
        },
        kept() {
          return this.state.kept;
        },
        fromMap() {
          return this.state.map.get('key');
        },
        collections() {
          return { map: this.state.map, set: this.state.set };
        },
      },
    },
  });

const elsewhere = Far('Elsewhere', {});
const imports = new Map([['o-d7', elsewhere]]);

const load = (rows = new Map<string, string>()) => {
  const over = loadOverRows(rows, defineKeeper, imports);
  const make = (kept: unknown) => over.turn(() => over.kinds(kept)).keeper as any;
  return { over, rows, make };
};

class Plain {}

test('what does not last is refused where it is stored, in words that name the place', () => {
  const { rows, make } = load();
  const keeper = make('nothing yet');
  const before = new Map(rows);
  const ephemeral = () => Far('Ephemeral', {});
  for (const value of [
    ephemeral(),
    Promise.resolve(1n),
    new Map(),
    new Plain(),
    () => {},
    Symbol('own'),
    new Uint8Array(1),
    Object.defineProperty({}, 'x', { enumerable: true, get: () => 1 }),
  ]) {
    for (const nested of [value, [value], { deep: [[value]] }]) {
      const inState = /Cannot store "kept" of "Keeper": .*; what lasts is data, facets made by/;
      assert.throws(() => keeper.keep(nested), inState);
      assert.throws(() => make(nested), inState);
      assert.throws(() => keeper.put(nested), /Cannot store a value of a map: .*; what lasts is/);
      assert.throws(() => keeper.add(nested), /Cannot use key: a durable collection takes/);
    }
  }
  for (const value of [new Map(), new Set(), new Date(0), new Plain(), { deep: [new Set()] }]) {
    assert.throws(
      () => keeper.keep(value),
      /: an object of a class, such as a Set, .* does not last;/,
    );
  }
  assert.throws(() => keeper.count('text'), /"count" of "Keeper": it must be a whole number/);
  assert.throws(() => keeper.count(ephemeral()), /Cannot store "count" of "Keeper"/);
  assert.deepEqual(
    [...rows].filter(([key]) => key !== 'meta'),
    [...before].filter(([key]) => key !== 'meta'),
  );
  assert.equal(keeper.kept(), 'nothing yet');
});

test('references of the vat and of others, and collections, are the same after a restart', () => {
  const { rows, make } = load();
  const first = make(undefined);
  const { map, set } = first.collections();
  const value = { elsewhere, list: [first, { map, set }] };
  first.keep(value);
  first.put(value);
  const { over } = load(rows);
  const again = over.at('o+d1.keeper');
  for (const kept of [again.kept(), again.fromMap()]) {
    assert.equal(kept.elsewhere, elsewhere);
    assert.equal(kept.list[0], again);
    assert.equal(kept.list[1].map, again.collections().map);
    assert.equal(kept.list[1].set, again.collections().set);
  }
});

test('what is stored is hardened itself, so that it cannot be changed behind the state', () => {
  const { make } = load();
  const list = [{ count: 1n }];
  const keeper = make(list);
  assert.equal(keeper.kept(), list);
  assert.throws(() => list.push({ count: 2n }), TypeError);
  assert.throws(() => (list[0]!.count = 2n), TypeError);
  const value = { list: [1n] };
  keeper.put(value);
  assert.throws(() => value.list.push(2n), TypeError);
});
