/** Any participants, doing anything, with restarts in between: what is settled is settled whole. */
import { type Owed, checkStories, lodgingOf, makeStage } from './fixture.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import fc from 'fast-check';
import type { Script } from './troupe-vat.ts';

const names = ['Ana', 'Beto', 'Caro', 'Dora', 'Eva', 'Fito'];

const owed: fc.Arbitrary<Owed[]> = fc
  .array(
    fc.tuple(
      fc.nat(names.length - 1),
      fc.nat(names.length - 1),
      fc.bigInt({ min: 1n, max: 30n }),
      fc.boolean(),
    ),
    { minLength: 8, maxLength: 20 },
  )
  .map((edges) =>
    edges
      .filter(([from, to]) => from !== to)
      .map(([from, to, value, line]): Owed => [names[from]!, names[to]!, value, { line }]),
  )
  .filter((edges) => edges.length > 3);

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });

/** Most do what they should. A decision at which somebody throws leaves nothing to look at. */
const script: fc.Arbitrary<Script> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc
      .record({
        freeze: maybe(
          fc.constantFrom('refuse all', 'refuse first', 'refusal', 'throw', 'never', 'garbage'),
        ),
        propose: maybe(fc.constantFrom('refusal', 'throw', 'never', 'garbage')),
        vote: maybe(
          fc.constantFrom(
            'none',
            'refuse first',
            'refuse all',
            'foreign edge',
            'other component',
            'refuse, then ready',
            'ready, then refuse',
            'ready, three times',
            'garbage',
          ),
        ),
        decision: maybe(fc.constantFrom('refusal', 'never', 'garbage')),
        until: fc.constantFrom(1, 2, 9),
      })
      .map((all) => Object.fromEntries(Object.entries(all).filter(([, v]) => v !== undefined))),
  },
);

/** What happens between two moments. */
type Event =
  | { readonly event: 'restart' }
  | { readonly event: 'cancel' }
  | { readonly event: 'pass'; readonly time: number }
  | {
      readonly event: 'vote' | 'succeeded';
      readonly who: number;
      readonly component: number;
      readonly pass: number;
      readonly refused: readonly number[];
    };
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 2, arbitrary: fc.constant({ event: 'restart' } as const) },
  { weight: 1, arbitrary: fc.constant({ event: 'cancel' } as const) },
  {
    weight: 4,
    arbitrary: fc.record({
      event: fc.constant('pass' as const),
      time: fc.constantFrom(50, 300, 1000, 5000),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      event: fc.constantFrom('vote', 'succeeded'),
      who: fc.nat(names.length - 1),
      component: fc.integer({ min: 1, max: 4 }),
      pass: fc.integer({ min: 1, max: 3 }),
      refused: fc.array(fc.nat(19), { maxLength: 2 }),
    }),
  },
);

test('whatever participants do, and whenever the node is restarted, each component is settled whole or not at all', async (t) => {
  let settled = 0;
  let rounds = 0;
  await fc.assert(
    fc.asyncProperty(
      owed,
      fc.array(script, { minLength: names.length, maxLength: names.length }),
      fc.array(event, { maxLength: 6 }),
      async (edges, scripts, events) => {
        const stage = await makeStage(edges, {
          scripts: Object.fromEntries(names.map((name, i) => [name, scripts[i]!])),
        });
        try {
          await stage.lodge(lodgingOf(edges));
          await E(stage.convenor).closeLodging();
          for (const one of events) {
            if (one.event === 'restart') await stage.restart();
            else if (one.event === 'cancel') await E(stage.convenor).cancel();
            else if (one.event === 'pass') await stage.wait(one.time);
            else {
              const name = names[one.who]!;
              if (!stage.names.includes(name)) continue;
              const seat = await stage.seat(name);
              const { component, pass, refused } = one;
              if (one.event === 'vote') {
                // As by the participant itself: what it says counts.
                const { control } = await E(stage.troupe).find(name);
                await E(control).vote(component, pass, refused);
              } else {
                const outcome = refused.length === 0 ? 'settle' : 'release';
                await E(seat).succeeded(component, pass, outcome);
              }
              await stage.node.rest();
            }
            await checkStories(stage, { isOver: false, mayRepeat: true });
          }
          await stage.finish();
          const { cleared } = await checkStories(stage, { mayRepeat: true });
          rounds += 1;
          if (cleared > 0n) settled += 1;
          const { phase, totals } = await E(stage.convenor).view();
          if (phase === 'cancelled') assert.equal(cleared, 0n);
          assert.ok(totals!.satOut >= 0n && totals!.cleared <= cleared);
        } finally {
          await stage.stop();
        }
      },
    ),
    { numRuns: Number(process.env['POCAS_ROUNDS'] ?? 20), endOnFailure: true },
  );
  // By chance it may be few of them, and never none.
  t.diagnostic(`${settled} of ${rounds} rounds settled something`);
  assert.ok(settled > 0);
});
