import test from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type Answer,
  type MethodName,
  type Published,
  methods,
  recount,
} from '@pocas/foco-actors/recount';
import { pairwise, winners } from '#src/decision/methods/ranked.js';

const rules = { quorum: 50n, majority: 500n, scribes: 2n, dots: 10n };
const published = (
  method: MethodName,
  answers: readonly (Answer & { constituency?: string })[],
  more: Partial<Published> = {},
): Published => ({
  method,
  rules,
  alternatives: 1n,
  electors: [{ constituency: '', electors: 10n }],
  ballots: answers.map(({ constituency = '', ...answer }, at) => ({
    who: `${at}`,
    constituency,
    answer,
  })),
  ...more,
});
const times = (n: number, answer: Answer): Answer[] => Array.from({ length: n }, () => answer);
const outcomeOf = (...args: Parameters<typeof published>) => recount(published(...args)).outcome;

test('half is no majority, and less than the quorum is too few', () => {
  const [yes, no] = [{ stand: 'agree' }, { stand: 'disagree' }];
  assert.equal(outcomeOf('agree', [...times(3, yes), ...times(3, no)]), 'notCarried');
  assert.equal(outcomeOf('agree', [...times(4, yes), ...times(3, no)]), 'carried');
  assert.equal(outcomeOf('agree', times(4, yes)), 'noQuorum');
  assert.equal(
    outcomeOf('agree', [...times(1, yes), ...times(4, { stand: 'abstain' })]),
    'carried',
  );
  const strict = { rules: { ...rules, majority: 666n } };
  assert.equal(outcomeOf('agree', [...times(6, yes), ...times(3, no)], strict), 'carried');
  assert.equal(outcomeOf('agree', [...times(5, yes), ...times(3, no)], strict), 'notCarried');
});

test('one objection is enough, whatever the quorum', () => {
  const objection = { stand: 'objection', reason: 'harm' };
  assert.equal(outcomeOf('consent', [objection]), 'blocked');
  assert.equal(outcomeOf('consent', [...times(9, { stand: 'consent' }), objection]), 'blocked');
  assert.equal(outcomeOf('consent', times(5, { stand: 'aside' })), 'notCarried');
  assert.equal(
    outcomeOf('consent', [...times(4, { stand: 'aside' }), { stand: 'consent' }]),
    'carried',
  );
});

test('answers that a method does not know are no answers', () => {
  const bad: [MethodName, Answer][] = [
    ['consent', { stand: 'agree' }],
    ['consent', { stand: 'objection', reason: ' ' }],
    ['consent', { stand: 'consent', numbers: [1n] }],
    ['agree', {}],
    ['score', { numbers: [6n, 0n] }],
    ['score', { numbers: [1n] }],
    ['dot', { numbers: [6n, 5n] }],
    ['ranked', { numbers: [3n, 1n] }],
    ['sortition', {}],
  ];
  for (const [method, answer] of bad)
    assert.equal(
      methods[method].isAnswer(answer, rules, 2n),
      false,
      JSON.stringify([method], null),
    );
  assert.ok(methods.dot.isAnswer({ numbers: [6n, 4n] }, rules, 2n));
});

test('ballots that could not be are not counted', () => {
  const yes = { stand: 'agree' };
  assert.throws(() => outcomeOf('agree', times(11, yes)), /more ballots than electors/);
  assert.throws(() => outcomeOf('agree', [{ ...yes, constituency: 'others' }]), /could not be/);
  const twice = published('agree', times(2, yes)).ballots.map((one) => ({ ...one, who: 'x' }));
  assert.throws(() => recount(published('agree', [], { ballots: twice })), /could not be/);
});

test('several constituencies choose the same, or nothing is chosen', () => {
  const electors = [
    { constituency: 'a', electors: 2n },
    { constituency: 'b', electors: 2n },
  ];
  const of = (constituency: string, ...numbers: bigint[]) => ({ constituency, numbers });
  const more = { electors, alternatives: 2n };
  const same = [of('a', 5n, 0n), of('b', 3n, 1n)];
  assert.deepEqual(
    [
      recount(published('score', same, more)).outcome,
      recount(published('score', same, more)).winner,
    ],
    ['carried', 0n],
  );
  assert.equal(outcomeOf('score', [of('a', 5n, 0n), of('b', 0n, 5n)], more), 'notCarried');
});

test('points that are tied go to more people, then to what was said first', () => {
  const electors = [{ constituency: '', electors: 2n }];
  const winnerOf = (method: MethodName, ...ballots: bigint[][]) =>
    recount(
      published(
        method,
        ballots.map((numbers) => ({ numbers })),
        { electors, alternatives: 2n },
      ),
    ).winner;
  assert.equal(winnerOf('score', [5n, 3n], [1n, 3n]), 0n, 'one gave it all of five');
  assert.equal(winnerOf('score', [3n, 3n], [2n, 2n]), 0n);
  assert.equal(winnerOf('dot', [4n, 2n], [0n, 2n]), 1n, 'two laid dots');
  assert.equal(winnerOf('dot', [0n, 0n], [0n, 0n]), undefined);
});

// The example of section 4 of Schulze's paper (also in its Wikipedia article): 45 voters, E wins.
test('the example of the Schulze method has the winner that it is known for', () => {
  const orders: [number, string][] = [
    [5, 'ACBED'],
    [5, 'ADECB'],
    [8, 'BEDAC'],
    [3, 'CABED'],
    [7, 'CAEBD'],
    [2, 'CBADE'],
    [7, 'DCEBA'],
    [8, 'EBADC'],
  ];
  const ballots = orders.flatMap(([n, order]) =>
    times(n, { numbers: [...'ABCDE'].map((one) => BigInt(order.indexOf(one)) + 1n) }),
  );
  assert.deepEqual(winners(pairwise(ballots, 5)), [4]);
});

test('who beats every other wins, and the order of ballots changes nothing (property)', () => {
  const ballot = fc.array(fc.bigInt(0n, 4n), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(ballot, { minLength: 1, maxLength: 9 }), (all) => {
      const ballots = all.map((numbers) => ({ numbers }));
      const preferred = pairwise(ballots, 4);
      const won = winners(preferred);
      assert.ok(won.length > 0);
      const beatsAll = [0, 1, 2, 3].filter((i) =>
        [0, 1, 2, 3].every((j) => i === j || preferred[i]![j]! > preferred[j]![i]!),
      );
      if (beatsAll.length === 1) assert.deepEqual(won, beatsAll);
      assert.deepEqual(winners(pairwise([...ballots].reverse(), 4)), won);
    }),
    { numRuns: 300 },
  );
});
