/** The participants in the coordinator's place, in thousands of orders of events. */
import test from 'node:test';
import assert from 'node:assert/strict';
import { type Plot, faultsOf, play } from './succession-world.ts';

const worlds = 4000;

const firstFault = (of: (seed: number) => Partial<Plot>, mayWait = false) => {
  for (let seed = 0; seed < worlds; seed += 1) {
    const plot: Plot = {
      ...{ seed, participants: 2 + (seed % 5), refusals: seed % 2 === 0 ? 0 : 15 },
      ...{ coordinator: 'lives', liars: [], ...of(seed) },
    };
    const ending = play(plot);
    const faults = faultsOf(plot, ending, mayWait);
    if (faults.length > 0) return { plot, faults, places: ending.places, trace: ending.trace };
  }
  return undefined;
};
const none = (found: unknown) =>
  assert.equal(
    found,
    undefined,
    JSON.stringify(found, (_, value: unknown) =>
      typeof value === 'bigint' ? Number(value) : value,
    ),
  );

test('with a coordinator that lives, all settle or none', () => {
  none(firstFault(() => ({})));
});

test('when the coordinator dies at any moment, all settle or none, and nobody waits for ever', () => {
  none(firstFault(() => ({ coordinator: 'dies' })));
});

test('when one was never there, nobody who is there settles and another does not', () => {
  none(firstFault((seed) => ({ coordinator: 'dies', absent: [seed % 2] }), true));
});

test('one liar, and a coordinator that dies: those who do not lie do not part', () => {
  none(firstFault((seed) => ({ coordinator: 'dies', liars: [seed % 2] }), true));
});

test('one liar, and a coordinator that lives: those who do not lie do not part', () => {
  none(firstFault((seed) => ({ liars: [seed % 3] }), true));
});
