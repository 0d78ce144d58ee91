/** The coordinator is gone for good: what its participants come to, as actors. The rules alone: test/round. */
import { day, makeAttendanceFixture, ring, ringCleared, terms } from './fixture.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';

const names = ['A', 'B', 'C'] as const;
const doubt = 3n * day;

const amountOf = (origin: string, settles: boolean): bigint => {
  const { amount } = ring.find((debt) => debt.origin === origin)!;
  return settles ? amount - ringCleared[origin as keyof typeof ringCleared] : amount;
};

const subsets = names.reduce<string[][]>(
  (found, name) => [...found, ...found.map((one) => [...one, name])],
  [[]],
);

for (const told of subsets) {
  const whom = told.length === 0 ? 'nobody' : told.join(' and ');
  test(`the coordinator has told ${whom} to settle and is gone: all come to the same`, async () => {
    const fixture = await makeAttendanceFixture({ doubt });
    const { agent, freezeAll, proposals, proposeAll, halves, pass, restart, stop } = fixture;
    await freezeAll();
    await proposeAll(proposals());
    for (const name of told) await E(agent(name)).settle(0, 1);
    await restart();
    await pass(doubt - 1n);
    const waits = names.filter((name) => !told.includes(name));
    for (const name of waits) {
      for (const { locked } of Object.values(await halves(name))) assert.equal(locked, true);
    }
    await pass(1n);
    for (const name of names) {
      for (const [origin, half] of Object.entries(await halves(name))) {
        const amount = amountOf(origin, told.length > 0);
        assert.deepEqual(half, { amount, locked: false }, `${origin} of ${name}`);
      }
    }
    const outcome = told.length > 0 ? 'settle' : 'release';
    for (const name of waits) {
      // It is told when it is back, and what it says now is not heard any more.
      assert.deepEqual((await E(fixture.bench).heard(name)).succeeded, [[0, 1, outcome]], name);
      const late =
        outcome === 'settle' ? E(agent(name)).release(0, 1) : E(agent(name)).settle(0, 1);
      assert.deepEqual(await late, { ok: false, code: 'conflict' });
    }
    await stop();
  });
}

test('somebody who never voted ready makes all release', async () => {
  const { bench, agent, freezeAll, proposals, votes, halves, pass, rest, stop } =
    await makeAttendanceFixture({ doubt });
  await freezeAll();
  const rows = proposals();
  // B hears nothing of C, so it refuses that edge; A and C have heard all.
  await E(bench).mute('C', 'B');
  for (const name of names) await E(agent(name)).propose(rows[name]!);
  await rest();
  await pass(terms.patience / 2n);
  assert.deepEqual((await votes('B'))[0]!.refused, [1, 3]);
  assert.deepEqual((await votes('A'))[0]!.refused, []);
  await E(bench).unmute();
  await pass(doubt);
  for (const name of names) {
    for (const [origin, half] of Object.entries(await halves(name))) {
      assert.deepEqual(half, { amount: amountOf(origin, false), locked: false });
    }
  }
  await stop();
});

test('whoever is asked to by its keeper does not wait; the others do, each for itself', async () => {
  const { bench, freezeAll, proposals, proposeAll, halves, pass, rest, stop } =
    await makeAttendanceFixture({ doubt });
  await freezeAll();
  await proposeAll(proposals());
  await E(bench).succeed('A');
  await rest();
  assert.equal(
    (await halves('A'))['ab']!.locked,
    true,
    'it has promised, and waits for the others',
  );
  assert.equal((await E(bench).explain('A')).inDoubt, true);
  await pass(doubt);
  assert.equal((await halves('A'))['ab']!.locked, false);
  await stop();
});

test('whoever has promised hears the coordinator no more; the root does, until it has decided', async () => {
  const { bench, agent, freezeAll, proposals, proposeAll, halves, pass, rest, stop } =
    await makeAttendanceFixture({ doubt });
  await freezeAll();
  await proposeAll(proposals());
  // A is the root of the tree, B and C are below it.
  await E(bench).succeed('B');
  await E(bench).succeed('A');
  await rest();
  assert.deepEqual(await E(agent('B')).settle(0, 1), { ok: false, code: 'closed' });
  assert.deepEqual(await E(agent('B')).propose(proposals(1, 2)['B']!), {
    ok: false,
    code: 'closed',
  });
  assert.deepEqual(await E(agent('A')).settle(0, 1), { ok: true });
  await pass(doubt);
  for (const name of names) {
    for (const [origin, { amount }] of Object.entries(await halves(name))) {
      assert.equal(amount, amountOf(origin, true), `${origin} of ${name}`);
    }
  }
  await stop();
});

test('neighbours that say different things leave the lock, say so, and a person ends it', async () => {
  const { bench, freezeAll, proposals, proposeAll, halves, rest, stop } =
    await makeAttendanceFixture({ doubt });
  await freezeAll();
  await proposeAll(proposals());
  await E(bench).mute('B', 'A');
  await E(bench).mute('C', 'A');
  await E(bench).succeed('A');
  await rest();
  const say = (from: string, said: string) =>
    E(bench).say(from, 'A', {
      tag: 'a1'.repeat(32),
      kind: 'succession',
      component: 0,
      pass: 1,
      said,
    });
  await say('B', 'release');
  await say('C', 'settle');
  await rest();
  const { split, inDoubt } = await E(bench).explain('A');
  assert.deepEqual({ split, inDoubt }, { split: true, inDoubt: true });
  assert.equal((await halves('A'))['ab']!.locked, true);
  await E(bench).endByHand('A', 'release');
  assert.deepEqual(await halves('A'), {
    ab: { amount: 10n, locked: false },
    ca: { amount: 5n, locked: false },
  });
  await stop();
});
