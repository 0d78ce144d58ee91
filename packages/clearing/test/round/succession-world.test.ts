/** The participants in the coordinator's place, in thousands of orders of events. */
import test from 'node:test';
import assert from 'node:assert/strict';
import { type Place, begin, heard, newMember, told, voted } from '#src/round/succession.js';
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

const root: Place = { neighbours: [1n, 2n], parent: undefined, children: [1n, 2n] };

test('who did not vote ready is not settled, whoever says so', () => {
  const refused = voted(root, newMember, false).member;
  for (const member of [newMember, refused]) {
    const step = told(root, member, 'settle');
    assert.deepEqual([step.answer, step.decided], ['notYet', undefined]);
  }
});

test('a root that waits for the others goes by the coordinator, and tells them', () => {
  const waiting = begin(root, voted(root, newMember, true).member).member;
  assert.equal(waiting.stage, 'promised');
  const step = told(root, waiting, 'settle');
  assert.deepEqual([step.answer, step.decided], ['ok', 'settle']);
  assert.deepEqual(
    step.say.map(({ to, said }) => `${said} ${to}`),
    ['settle 1', 'settle 2'],
  );
});

test('a root that has decided hears the coordinator no more', () => {
  let { member } = begin(root, voted(root, newMember, true).member);
  for (const child of [1n, 2n]) ({ member } = heard(root, member, child, 'promised'));
  assert.equal(member.verdict, 'release');
  assert.deepEqual(
    [told(root, member, 'settle').answer, told(root, member, 'release').answer],
    ['closed', 'closed'],
  );
});
