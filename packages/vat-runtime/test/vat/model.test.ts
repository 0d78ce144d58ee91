import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { M } from '@endo/patterns';
import * as fc from 'fast-check';
import { type DurableMap, type DurableSet, typed } from '@pocas/vat-runtime';
import type { VatLibrary } from '#src/vat/library.js';
import { loadOverRows } from './over-rows.ts';

// A vat that does what random programs say, against plain JavaScript that does the same.

type Key = string | bigint;
type Act =
  | { do: 'put'; key: Key; value: bigint }
  | { do: 'remove'; key: Key }
  | { do: 'add'; key: Key }
  | { do: 'drop'; key: Key }
  | { do: 'write'; value: bigint }
  | { do: 'become'; phase: Phase }
  | { do: 'walk'; remove: boolean }
  /** Makes an object, which the next acts may choose. */
  | { do: 'make' }
  /** Acts of another object, in a call of its own; where it throws, the caller catches that or not. */
  | { do: 'call'; object: number; acts: Act[]; throws: boolean; catches: boolean };
type Step = { acts: Act[]; throws: boolean; restarts: boolean };

const phases = ['first', 'second', 'third'] as const;
type Phase = (typeof phases)[number];

const thrown = () => Error('thrown on purpose');
const isThrown = (error: unknown) => (error as Error).message === 'thrown on purpose';

// ---- the vat ----

/** Facets of objects that undone calls made. */
const undone: any[] = [];

const defineThing = ({ defineActor, makeDurableMap, makeDurableSet }: VatLibrary) => {
  const makeThing = defineActor({
    name: 'Thing',
    state: {
      value: M.bigint(),
      note: M.any(),
      map: typed<DurableMap<Key, any>>(M.remotable()),
      set: typed<DurableSet<Key>>(M.remotable()),
    },
    init: () => ({
      value: 0n,
      note: undefined as any,
      map: makeDurableMap<Key, any>(),
      set: makeDurableSet<Key>(),
    }),
    guards: {
      thing: M.interface('Thing', {}, { defaultGuards: 'raw' }),
      guarded: M.interface('Guarded', {
        second: M.call().returns(M.bigint()),
        set: M.call(M.bigint()).returns(),
      }),
    },
    phases: { first: [], second: ['guarded.second'], third: [] },
    facets: {
      thing: {
        run(acts: Act[], throws: boolean, things: any[]) {
          const { map, set } = this.state;
          for (const act of acts) {
            switch (act.do) {
              case 'put':
                // A value that names an object beside one that does not.
                map.set(
                  act.key,
                  act.value % 2n === 0n ? act.value : [act.value, this.facets.thing],
                );
                break;
              case 'remove':
                map.delete(act.key);
                break;
              case 'add':
                set.add(act.key);
                break;
              case 'drop':
                set.delete(act.key);
                break;
              case 'write':
                this.facets.guarded.set(act.value);
                break;
              case 'become':
                this.become(act.phase);
                break;
              case 'walk':
                for (const key of map.keys()) {
                  if (act.remove) map.delete(key);
                  else map.set(key, 0n);
                  set.add(key);
                }
                break;
              case 'make':
                things.push(makeThing().thing);
                break;
              case 'call': {
                const callee = things[act.object % things.length];
                const count = things.length;
                try {
                  callee.run(act.acts, act.throws, things);
                } catch (error) {
                  undone.push(...things.splice(count));
                  if (!act.catches || !isThrown(error)) throw error;
                }
              }
            }
          }
          if (throws) throw thrown();
        },
        look() {
          const { value, note, map, set } = this.state;
          return { value, note, map, set, phase: this.phase };
        },
      },
      guarded: {
        second: () => 2n,
        set(value: bigint) {
          this.state.value += value;
          this.state.note = [this.state.value, { self: this.facets.guarded }];
        },
      },
    },
  });
  return makeThing;
};

// ---- the model ----

type ModelThing = { value: bigint; map: Map<Key, bigint>; set: Set<Key>; phase: Phase };
type Model = { things: ModelThing[] };

const isBefore = (a: Key, b: Key) => (typeof a === typeof b ? a < b : typeof a === 'bigint');
const ascending = (keys: Iterable<Key>) =>
  [...keys].sort((a, b) => (isBefore(a, b) ? -1 : isBefore(b, a) ? 1 : 0));

const newThing = (): ModelThing => ({ value: 0n, map: new Map(), set: new Set(), phase: 'first' });
const copy = ({ things }: Model): Model => ({
  things: things.map(({ value, map, set, phase }) => ({
    value,
    map: new Map(map),
    set: new Set(set),
    phase,
  })),
});

const runModel = (model: Model, object: number, acts: Act[], throws: boolean): void => {
  const before = copy(model);
  try {
    for (const act of acts) {
      // Looked up each time, since what is undone is replaced.
      const { map, set } = model.things[object]!;
      switch (act.do) {
        case 'put':
          map.set(act.key, act.value);
          break;
        case 'remove':
          map.delete(act.key);
          break;
        case 'add':
          set.add(act.key);
          break;
        case 'drop':
          set.delete(act.key);
          break;
        case 'write':
          model.things[object]!.value += act.value;
          break;
        case 'become':
          model.things[object]!.phase = act.phase;
          break;
        case 'walk':
          for (const key of ascending(map.keys())) {
            if (act.remove) map.delete(key);
            else map.set(key, 0n);
            set.add(key);
          }
          break;
        case 'make':
          model.things.push(newThing());
          break;
        case 'call':
          try {
            runModel(model, act.object % model.things.length, act.acts, act.throws);
          } catch (error) {
            if (!act.catches) throw error;
          }
      }
    }
    if (throws) throw thrown();
  } catch (error) {
    model.things = before.things;
    throw error;
  }
};

// ---- programs ----

const keyArbitrary = fc.oneof(
  fc.bigInt({ min: -6n, max: 6n }),
  fc.constantFrom('', 'a', 'b', '!', 'ñ', '9', '10'),
);
const { acts: actsArbitrary } = fc.letrec<{ acts: Act[]; act: Act; call: Act }>((tie) => ({
  acts: fc.array(tie('act'), { maxLength: 8, depthIdentifier: 'acts' }),
  act: fc.oneof(
    { depthSize: 'small', depthIdentifier: 'acts' },
    fc.oneof(
      fc.record({
        do: fc.constant('put' as const),
        key: keyArbitrary,
        value: fc.bigInt({ min: -9n, max: 9n }),
      }),
      fc.record({ do: fc.constantFrom('remove', 'add', 'drop'), key: keyArbitrary }),
      fc.record({ do: fc.constant('write' as const), value: fc.bigInt({ min: -9n, max: 9n }) }),
      fc.record({ do: fc.constant('become' as const), phase: fc.constantFrom(...phases) }),
      fc.record({ do: fc.constant('walk' as const), remove: fc.boolean() }),
      fc.constant({ do: 'make' as const }),
    ) as fc.Arbitrary<Act>,
    tie('call'),
    tie('call'),
  ) as fc.Arbitrary<Act>,
  call: fc.record({
    do: fc.constant('call' as const),
    object: fc.nat({ max: 20 }),
    acts: tie('acts'),
    throws: fc.boolean(),
    catches: fc.boolean(),
  }),
}));
const stepArbitrary: fc.Arbitrary<Step> = fc.record({
  acts: actsArbitrary,
  throws: fc.boolean(),
  restarts: fc.boolean(),
});
const rangeArbitrary = fc.record(
  { from: keyArbitrary, to: keyArbitrary, reverse: fc.boolean(), limit: fc.nat({ max: 5 }) },
  { requiredKeys: [] },
);

const select = (keys: Iterable<Key>, { from, to, reverse, limit }: Partial<typeof noRange>) => {
  const inside = ascending(keys).filter(
    (key) =>
      (from === undefined || !isBefore(key, from)) && (to === undefined || isBefore(key, to)),
  );
  return (reverse ? inside.toReversed() : inside).slice(0, limit);
};
const noRange = { from: '' as Key, to: '' as Key, reverse: false, limit: 0 };

test('whatever a vat does, undoes and forgets, it holds what plain JavaScript holds', () => {
  fc.assert(
    fc.property(fc.array(stepArbitrary, { maxLength: 12 }), rangeArbitrary, (steps, range) => {
      const rows = new Map<string, string>();
      const model: Model = { things: [newThing()] };
      let over = loadOverRows(rows, defineThing);
      const slots = [over.slotOf(over.turn(() => over.kinds().thing))!];
      const everGiven = new Set<string>(slots);

      const check = () => {
        const things = slots.map((slot) => over.at(slot));
        for (const [index, expected] of model.things.entries()) {
          const { value, note, map, set, phase } = things[index].look();
          assert.equal(value, expected.value);
          if (note !== undefined) assert.equal(note[0], value);
          assert.equal(phase, expected.phase);
          assert.equal(map.size(), expected.map.size);
          assert.equal(set.size(), expected.set.size);
          assert.deepEqual([...map.keys(range)], select(expected.map.keys(), range));
          assert.deepEqual([...set.values(range)], select(expected.set, range));
          for (const [key, held] of map.entries()) {
            const now = expected.map.get(key)!;
            if (now % 2n === 0n) assert.equal(held, now);
            else assert.deepEqual(held, [now, things[index]]);
          }
        }
      };

      for (const { acts, throws, restarts } of steps) {
        const before = new Map(rows);
        const things = slots.map((slot) => over.at(slot));
        const run = () => things[0].run(acts, throws, things);
        let fails = false;
        try {
          runModel(model, 0, acts, throws);
        } catch {
          fails = true;
        }
        if (fails) {
          assert.throws(run, isThrown);
          assert.deepEqual(rows, before);
        } else run();
        // What an undone call made is dead.
        if (fails) undone.push(...things.splice(slots.length));
        for (const thing of undone.splice(0)) {
          for (const use of [() => thing.look(), () => over.slotOf(thing)]) {
            assert.throws(use, /turn that made it was undone/);
          }
        }
        for (const thing of things.slice(slots.length)) {
          const slot = over.slotOf(thing)!;
          assert.ok(!everGiven.has(slot), 'an identity is given once');
          everGiven.add(slot);
          slots.push(slot);
        }
        assert.equal(slots.length, model.things.length);
        if (restarts) over = loadOverRows(rows, defineThing);
        check();
      }

      // Nothing is left of what was deleted, nor of what was undone.
      over = loadOverRows(rows, defineThing);
      check();
      const entries = model.things.reduce((sum, { map }) => sum + map.size, 0);
      const keysOf = (prefix: string) => [...rows.keys()].filter((key) => key.startsWith(prefix));
      assert.equal(keysOf('m/').length, entries);
      assert.equal(keysOf('o/').length, 3 * model.things.length);
      assert.ok(keysOf('k/').length <= 2 * model.things.length);
    }),
    { numRuns: 200 },
  );
});
