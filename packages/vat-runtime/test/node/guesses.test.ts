import '@pocas/vat-runtime/lockdown';
import assert from 'node:assert/strict';
import test from 'node:test';
import { type GuessLimits, makeGuesses } from '#src/node/guesses.js';

const limits: GuessLimits = {
  party: { perSecond: 1, burst: 10 },
  vat: { perSecond: 1, burst: 4 },
  strangers: { perSecond: 2, burst: 20 },
  firstTries: 3,
  maxParties: 50,
};
const make = () => {
  let time = 0;
  const guesses = makeGuesses(
    (asker) => asker.startsWith('v'),
    () => time,
    limits,
  );
  return {
    ...guesses,
    pass: (milliseconds: number) => {
      time += milliseconds;
    },
    /** How many wrong ones are looked up before one is not. */
    guess(asker: string, most = 1000) {
      let looked = 0;
      while (looked < most && guesses.admits(asker)) {
        guesses.missed(asker);
        looked += 1;
      }
      return looked;
    },
  };
};

test('a party has so many wrong ones at once and so many a second, and right ones cost nothing', () => {
  const { guess, pass, admits, hit, counts } = make();
  hit('a');
  assert.equal(guess('a'), 11);
  assert.equal(admits('a'), false);
  pass(1000);
  assert.equal(guess('a'), 1);
  pass(1_000_000);
  assert.equal(guess('a'), 11);
  for (let i = 0; i < 1000; i += 1) {
    assert.equal(admits('b'), true);
    hit('b');
  }
  assert.deepEqual(counts(), { missed: 23, refused: 4 });
});

test('one that guesses takes nothing from another, of this node or outside', () => {
  const { guess, admits, hit } = make();
  hit('a');
  hit('b');
  guess('a');
  guess('v1');
  for (const asker of ['b', 'v2', 'stranger']) assert.equal(admits(asker), true, asker);
  assert.equal(guess('v2'), 5);
  assert.equal(guess('b'), 11);
});

test('new keys get round the count of one party, and not round that of all strangers', () => {
  const { guess, pass } = make();
  const looked = Array.from({ length: 30 }, (_, i) => guess(`s${i}`));
  assert.deepEqual(looked.slice(0, 3), [11, 10, 3]);
  // Each has its first tries still: whoever comes with an invitation is let in.
  assert.deepEqual(new Set(looked.slice(2)), new Set([3]));
  pass(1000);
  // What all strangers owe is paid back first.
  assert.equal(guess('new'), 3);
  pass(60_000);
  assert.ok(guess('newer') > 3);
});

test('who was given something is no stranger, and is not stopped with them', () => {
  const { guess, hit } = make();
  hit('known');
  for (let i = 0; i < 40; i += 1) guess(`s${i}`);
  assert.equal(guess('known'), 11);
});

test('however many keys there are, so many are remembered', () => {
  const { guess, hit, admits } = make();
  hit('a');
  guess('a');
  assert.equal(admits('a'), false);
  for (let i = 0; i < 50; i += 1) guess(`s${i}`, 1);
  // Forgotten as one of many. It cost as many handshakes as a new key for each of these.
  assert.equal(admits('a'), true);
});
