import { day, makeAttendanceFixture, ring, ringCleared, terms } from './fixture.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type { Report } from '#src/round/types.js';

const names = ['A', 'B', 'C'] as const;

/** What is left of the ring's obligations once it is settled. */
const amountsAfter = Object.fromEntries(
  ring.map(({ origin, amount }) => [
    origin,
    { amount: amount - ringCleared[origin as keyof typeof ringCleared], locked: false },
  ]),
);

const own = (name: string, all: Record<string, unknown>) =>
  Object.fromEntries(
    ring
      .filter(({ from, to }) => from === name || to === name)
      .map(({ origin }) => [origin, all[origin]]),
  );

const report: Report = {
  outcome: 'settled',
  totals: { participants: 3n, edges: 4n, lodged: 27n, cleared: 21n, satOut: 0n },
  loops: [],
  payments: [],
};

test('three pocas clear two loops: lodged, frozen, compared, voted, settled', async () => {
  const { bench, agent, freezeAll, proposals, proposeAll, votes, halves, rest, stop } =
    await makeAttendanceFixture();
  await freezeAll();
  assert.equal((await halves('B'))['ab']!.locked, true);
  await proposeAll(proposals());
  for (const name of names) {
    assert.deepEqual(await votes(name), [{ component: 0, pass: 1, refused: [] }], name);
    assert.deepEqual(await E(agent(name)).settle(0, 1), { ok: true });
    // Told again, nothing is done twice.
    assert.deepEqual(await E(agent(name)).settle(0, 1), { ok: true });
    assert.deepEqual(await halves(name), own(name, amountsAfter), name);
    assert.deepEqual(await E(agent(name)).finish(report), { ok: true });
    assert.deepEqual(await E(agent(name)).finish(report), { ok: false, code: 'closed' });
  }
  await rest();
  const { phase, rows, oddities } = await E(bench).explain('A');
  assert.equal(phase, 'over');
  assert.deepEqual(oddities, []);
  assert.deepEqual(
    rows.map(({ origin, with: other, cleared, why }) => ({ origin, other, cleared, why })),
    [
      { origin: 'ab', other: 'poca 2', cleared: 5n, why: 'cleared' },
      { origin: 'ca', other: 'poca 3', cleared: 5n, why: 'cleared' },
    ],
  );
  await stop();
});

test('all of it goes on over restarts', async () => {
  const { agent, freezeAll, proposals, proposeAll, votes, halves, restart, stop } =
    await makeAttendanceFixture();
  await freezeAll();
  await restart();
  await proposeAll(proposals());
  await restart();
  assert.deepEqual(await votes('C'), [{ component: 0, pass: 1, refused: [] }]);
  await E(agent('C')).settle(0, 1);
  await restart();
  assert.deepEqual(await halves('C'), own('C', amountsAfter));
  await stop();
});

test('a neighbour may speak before the own proposal has come', async () => {
  const { agent, freezeAll, proposals, votes, rest, stop } = await makeAttendanceFixture();
  await freezeAll();
  const rows = proposals();
  await E(agent('B')).propose(rows['B']!);
  await E(agent('C')).propose(rows['C']!);
  await rest();
  assert.deepEqual(await votes('B'), [], 'A has not spoken');
  await E(agent('A')).propose(rows['A']!);
  await rest();
  for (const name of names) assert.equal((await votes(name))[0]!.refused.length, 0, name);
  await stop();
});

test('what changed since it was lodged is not locked, nor what was never lodged', async () => {
  const { bench, agent, frozenFor, halves, stop } = await makeAttendanceFixture();
  await E(bench).change('A', 'ab');
  const [ab, ca] = frozenFor('A');
  const foreign = { ...ab!, edge: 9, origin: 'bc' };
  assert.deepEqual(await E(agent('A')).freeze([ab!, ca!, foreign], terms.lock), {
    ok: true,
    refused: [0, 9],
  });
  const { ab: first, ca: second } = await halves('A');
  assert.deepEqual([first!.locked, second!.locked], [false, true]);
  await stop();
});

test('a lock ends by itself, and all is refused after it', async () => {
  const { bench, agent, freezeAll, proposals, halves, pass, stop } = await makeAttendanceFixture();
  await freezeAll();
  await pass(terms.lock);
  for (const { locked } of Object.values(await halves('A'))) assert.equal(locked, false);
  const { phase, rows } = await E(bench).explain('A');
  assert.equal(phase, 'over');
  assert.deepEqual(
    rows.map(({ why }) => why),
    ['expired', 'expired'],
  );
  assert.deepEqual(await E(agent('A')).propose(proposals()['A']!), { ok: false, code: 'closed' });
  await stop();
});

test('whoever voted ready stays bound, whatever time it is, until told', async () => {
  const { agent, freezeAll, proposals, proposeAll, halves, pass, stop } =
    await makeAttendanceFixture({ doubt: 30n * day });
  await freezeAll();
  await proposeAll(proposals());
  await pass(20n * day);
  for (const { locked } of Object.values(await halves('A'))) assert.equal(locked, true);
  assert.deepEqual(await E(agent('A')).release(0, 1), { ok: true });
  for (const { locked, amount } of Object.values(await halves('A'))) {
    assert.equal(locked, false);
    assert.ok(amount > 0n);
  }
  await stop();
});

test('a later pass voids the one before; the one before is not settled any more', async () => {
  const { agent, freezeAll, proposals, proposeAll, votes, halves, stop } =
    await makeAttendanceFixture();
  await freezeAll();
  await proposeAll(proposals());
  await proposeAll(proposals(1, 2, ['cb']));
  assert.deepEqual((await votes('B')).at(-1), { component: 1, pass: 2, refused: [] });
  assert.deepEqual(await E(agent('B')).settle(0, 1), { ok: false, code: 'notYet' });
  assert.deepEqual(await E(agent('B')).drop([3]), { ok: true });
  assert.deepEqual(await E(agent('B')).settle(1, 2), { ok: true });
  assert.deepEqual(await halves('B'), {
    ab: { amount: 5n, locked: false },
    bc: { amount: 3n, locked: false },
    cb: { amount: 4n, locked: false },
  });
  await stop();
});

test('finish ends every lock to which nobody is bound, and none other', async () => {
  const { bench, agent, freezeAll, proposals, proposeAll, halves, stop } =
    await makeAttendanceFixture();
  await freezeAll();
  await proposeAll(proposals(0, 1, ['cb']));
  await E(agent('B')).finish(report);
  const { ab, cb } = await halves('B');
  assert.deepEqual([ab!.locked, cb!.locked], [true, false]);
  await E(agent('B')).settle(0, 1);
  assert.equal((await halves('B'))['ab']!.amount, 5n);
  assert.equal((await E(bench).explain('B')).phase, 'over');
  // Where nobody is bound, finish ends all of it, and its owner hears of that once.
  await E(agent('A')).release(0, 1);
  const before = (await E(bench).ended()).length;
  await E(agent('C')).release(0, 1);
  await E(agent('C')).finish(report);
  assert.deepEqual((await E(bench).ended()).slice(before), [3n]);
  await stop();
});

test('the loops and payments of a report are those of this poca, and no more than it wished', async () => {
  const { bench, agent, freezeAll, proposals, proposeAll, stop } = await makeAttendanceFixture({
    wishes: { recall: 4n, pays: 2n },
  });
  await freezeAll();
  await proposeAll(proposals());
  await E(agent('B')).settle(0, 1);
  await E(agent('B')).finish({
    ...report,
    loops: [
      { value: 5n, owes: 1, isOwed: 0, length: 3n },
      { value: 3n, owes: 0, isOwed: 1, length: 2n },
      { value: 3n, owes: 77, isOwed: 0, length: 2n },
    ],
    payments: [
      { edge: 0, value: 4n },
      { edge: 0, value: 1n },
      { edge: 3, value: 2n },
      { edge: 77, value: 1n },
    ],
  });
  const { loops, payments } = await E(bench).explain('B');
  assert.deepEqual(loops, [{ value: 5n, length: 3n, owes: 'poca 3', isOwedBy: 'poca 1' }]);
  assert.deepEqual(payments, [{ origin: 'ab', end: 'to', with: 'poca 1', value: 4n }]);
  await stop();
});

test('of a plan of payments each edge is taken once, and none above what was wished', async () => {
  const plan = async (name: string, payments: Report['payments']) => {
    const { bench, agent, freezeAll, proposals, proposeAll, stop } = await makeAttendanceFixture({
      wishes: { recall: 5n, pays: 2n },
    });
    await freezeAll();
    await proposeAll(proposals());
    await E(agent(name)).settle(0, 1);
    await E(agent(name)).finish({ ...report, payments });
    const explained = await E(bench).explain(name);
    await stop();
    return explained.payments.map(({ end, value }) => `${end} ${value}`);
  };
  // Ana's 5 to B are left: she can pay 2.
  assert.deepEqual(await plan('A', [{ edge: 0, value: 3n }]), []);
  assert.deepEqual(await plan('A', [{ edge: 0, value: 2n }]), ['from 2']);
  assert.deepEqual(
    await plan('B', [
      { edge: 0, value: 2n },
      { edge: 0, value: 1n },
    ]),
    ['to 2'],
  );
  // More than is left of it.
  assert.deepEqual(await plan('C', [{ edge: 1, value: 1n }]), []);
});

test('a node that slept over its patience hears its neighbours before it refuses them', async () => {
  const fixture = await makeAttendanceFixture();
  const { agent, freezeAll, proposals, votes, pass, rest, stop } = fixture;
  await freezeAll();
  const rows = proposals();
  await E(fixture.bench).mute('A', 'B');
  for (const name of names) await E(agent(name)).propose(rows[name]!);
  await rest();
  // The timer goes off much later than it was set for: what A said waits behind it.
  await pass(terms.patience, true);
  assert.deepEqual(await votes('B'), []);
  await E(fixture.bench).unmute();
  await E(fixture.bench).say('A', 'B', await E(fixture.bench).lost('A', 'B'));
  await rest();
  assert.deepEqual(await votes('B'), [{ component: 0, pass: 1, refused: [] }]);
  await stop();
});
