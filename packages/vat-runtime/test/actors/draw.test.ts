import { type Any, type Bench, T, rest, restart, startBench, week } from './bench.ts';
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { E } from '@endo/far';
import { commitmentOf, verifyDraw } from '@pocas/vat-runtime/verify';
import { descriptionFaults } from '@pocas/vat-runtime/testing';

let bench: Bench;
before(async () => {
  bench = await startBench({ vat: 'draws' });
});
after(() => bench.node.stop());

const names = ['Ana', 'Beto', 'Caro'];
const secretOf = (seat: Any) => `secret of ${seat.name} in ${seat.round} ------`;
const begin = async (participants: string[] = names): Promise<Any> =>
  E(bench.roots['vat']).make(participants);

const commit = async (participant: Any) => {
  const seat = await E(participant).seat();
  return E(participant).commit(seat.round, commitmentOf(seat, secretOf(seat)));
};
const reveal = async (participant: Any) => {
  const seat = await E(participant).seat();
  return E(participant).reveal(seat.round, secretOf(seat));
};
const each = async (act: (participant: Any) => Promise<Any>, participants: Any[]) => {
  for (const participant of participants) assert.equal((await act(participant)).ok, true);
};
const pass = async (milliseconds: number, b = bench) => {
  b.time.pass(milliseconds);
  await rest(b);
};
const sha = (text: string) => createHash('sha256').update(text).digest('base64url');

test('all promise, all reveal, and the result follows from the documented texts', async () => {
  const draw = await begin();
  const { draw: id, phase, until } = await E(draw.public).view();
  assert.equal(phase, 'commit');
  const { startedAt } = await E(draw.public).explain();
  assert.equal(until, startedAt + 1000n);
  assert.equal(
    id,
    sha(`pocas draw id\n${JSON.stringify(['who goes first', `${startedAt}`, ...names])}`),
  );
  const seat = await E(draw.participants[1]).seat();
  assert.equal(
    commitmentOf(seat, secretOf(seat)),
    sha(`pocas draw\n${id}/1\nBeto/2\n${secretOf(seat)}`),
  );
  assert.equal(
    await E(bench.roots['vat']).commitmentOf(seat, secretOf(seat)),
    commitmentOf(seat, secretOf(seat)),
  );
  await each(commit, draw.participants);
  assert.equal((await E(draw.public).view()).phase, 'reveal');
  assert.deepEqual(await E(draw.public).result(), { ok: false, code: 'notYet' });
  await each(reveal, draw.participants);
  const secrets = names.map((name) => secretOf({ name, round: 1n }));
  const result = sha(`pocas draw result\n${id}/1\n${secrets.join('\n')}`);
  assert.deepEqual(await E(draw.public).result(), { ok: true, result, round: 1n });
  assert.deepEqual(verifyDraw(await E(draw.public).explain()), { ok: true });
});

test('nobody sees a secret before the round is over', async () => {
  const draw = await begin();
  await each(commit, draw.participants);
  await each(reveal, draw.participants.slice(0, 2));
  for (const facet of [draw.public, draw.participants[2]]) {
    const shown = [await E(facet).view()];
    if (facet === draw.public) shown.push(await E(facet).explain(), await E(facet).explain(1n));
    for (const value of shown) {
      const text = JSON.stringify(value, (_key, part) =>
        typeof part === 'bigint' ? `${part}` : part,
      );
      assert.doesNotMatch(text, /secret of/);
    }
  }
  assert.deepEqual(await E(draw.public).explain(2n), { ok: false, code: 'notYet' });
  await reveal(draw.participants[2]);
  const { entries } = await E(draw.public).explain();
  assert.deepEqual(
    entries.map(({ secret }: Any) => secret),
    names.map((name) => secretOf({ name, round: 1n })),
  );
});

test('what is said again is accepted again, what contradicts it or comes at the wrong time is refused', async () => {
  const draw = await begin();
  const [ana, beto, caro] = draw.participants;
  const seat = await E(ana).seat();
  const hash = commitmentOf(seat, secretOf(seat));
  const code = async (answer: Promise<Any>) => (await answer).code;
  assert.equal(await code(E(ana).reveal(1n, secretOf(seat))), 'notYet');
  assert.equal(await code(E(ana).commit(2n, hash)), 'notYet');
  assert.equal(await code(E(ana).commit(1n, 'no hash')), 'invalid');
  assert.deepEqual(await E(ana).commit(1n, hash), { ok: true, round: 1n });
  assert.deepEqual(await E(ana).commit(1n, hash), { ok: true, round: 1n });
  assert.equal(await code(E(ana).commit(1n, sha('another'))), 'conflict');
  // Another's commitment is worth nothing to whoever repeats it.
  assert.equal((await E(beto).commit(1n, hash)).ok, true);
  await commit(caro);
  assert.deepEqual(await E(ana).commit(1n, hash), { ok: true, round: 1n });
  assert.equal(await code(E(ana).reveal(1n, 'not what I promised')), 'invalid');
  assert.deepEqual(await E(ana).reveal(1n, secretOf(seat)), { ok: true, round: 1n });
  assert.deepEqual(await E(ana).reveal(1n, secretOf(seat)), { ok: true, round: 1n });
  assert.equal(await code(E(beto).reveal(1n, secretOf(seat))), 'invalid');
  await reveal(caro);
  await pass(500);
  // Beto was dropped; a copy of an earlier message means nothing in the new round.
  assert.equal(await code(E(ana).commit(1n, hash)), 'stale');
  assert.equal(await code(commit(beto)), 'expired');
  await each(commit, [ana, caro]);
  await each(reveal, [ana, caro]);
  assert.equal(await code(E(ana).commit(2n, hash)), 'closed');
  assert.deepEqual(verifyDraw(await E(draw.public).explain()), { ok: true });
});

test('a secret that could be guessed or hashed in two ways is refused', async () => {
  const draw = await begin();
  const [ana] = draw.participants;
  for (const [index, secret] of ['too short', 'ñandú ñandú ñandú ñandú'].entries()) {
    const own = index === 0 ? ana : draw.participants[1];
    await E(own).commit(1n, commitmentOf(await E(own).seat(), secret));
  }
  await commit(draw.participants[2]);
  assert.deepEqual(await E(ana).reveal(1n, 'too short'), { ok: false, code: 'invalid' });
  assert.deepEqual(await E(draw.participants[1]).reveal(1n, 'ñandú ñandú ñandú ñandú'), {
    ok: false,
    code: 'invalid',
  });
});

test('whoever does not promise in time is left out; whoever does not reveal is dropped and a fresh round starts', async () => {
  const draw = await begin(['a', 'b', 'c', 'd']);
  const [a, b, c, d] = draw.participants;
  await each(commit, [a, b, c]);
  await pass(999);
  assert.equal((await E(draw.public).view()).phase, 'commit');
  await pass(1);
  assert.equal((await E(draw.public).view()).phase, 'reveal');
  assert.deepEqual(await commit(d), { ok: false, code: 'expired' });
  assert.deepEqual(await E(d).reveal(1n, secretOf(await E(d).seat())), {
    ok: false,
    code: 'expired',
  });
  await each(reveal, [a, b]);
  await pass(500);
  const view = await E(draw.public).view();
  assert.deepEqual(
    [view.phase, view.round, view.participants, view.committed],
    ['commit', 2n, 2n, 0n],
  );
  assert.deepEqual(await commit(c), { ok: false, code: 'expired' });
  await each(commit, [a, b]);
  await each(reveal, [a, b]);
  assert.equal((await E(draw.public).result()).round, 2n);
  for (const round of [1n, 2n]) {
    const explanation = await E(draw.public).explain(round);
    assert.equal(explanation.entries.length, round === 1n ? 4 : 2);
    assert.deepEqual(verifyDraw(explanation), { ok: true });
  }
});

test('a draw ends without a result where fewer than two are left', async () => {
  const nobody = await begin();
  await pass(1000);
  assert.deepEqual(await E(nobody.public).result(), { ok: false, code: 'closed' });
  const oneCommits = await begin();
  await commit(oneCommits.participants[0]);
  await pass(1000);
  assert.equal((await E(oneCommits.public).view()).phase, 'closed');
  const oneReveals = await begin(['a', 'b']);
  await each(commit, oneReveals.participants);
  await reveal(oneReveals.participants[0]);
  await pass(500);
  assert.deepEqual(await E(oneReveals.public).result(), { ok: false, code: 'closed' });
  assert.deepEqual(await commit(oneReveals.participants[0]), { ok: false, code: 'closed' });
  await assert.rejects(begin(['alone']), /take 2 to/);
  await assert.rejects(begin(['a\nb', 'c']), /more than one line/);
});

test('a phase ends by the clock, also for whoever comes before its timer', async () => {
  const draw = await begin(['a', 'b']);
  const [a, b] = draw.participants;
  await commit(a);
  // No turn has come between: the timer is late.
  bench.time.pass(1000);
  assert.equal((await commit(b)).code, 'closed');
  const other = await begin(['a', 'b']);
  bench.time.step(-week);
  await each(commit, other.participants);
  await each(reveal, other.participants);
  assert.equal((await E(other.public).result()).ok, true);
  bench.time.step(week);
});

test('a draw goes on over restarts at every step', async () => {
  let own = await startBench({ vat: 'draws' });
  const again = async () => {
    own = await restart(own);
    return (await E(own.roots['vat']).kept()) as Any;
  };
  await E(own.roots['vat']).make(['a', 'b', 'c']);
  let draw = await again();
  await each(commit, draw.participants.slice(0, 2));
  draw = await again();
  await commit(draw.participants[2]);
  draw = await again();
  await each(reveal, draw.participants.slice(0, 2));
  draw = await again();
  await pass(500, own);
  assert.equal((await E(draw.public).view()).round, 2n);
  draw = await again();
  await each(commit, draw.participants.slice(0, 2));
  draw = await again();
  // The time runs out while the node is down.
  await reveal(draw.participants[0]);
  await own.node.stop();
  own.time.pass(5000);
  draw = await again();
  await rest(own);
  assert.equal((await E(draw.public).view()).phase, 'closed');
  assert.deepEqual(verifyDraw(await E(draw.public).explain()), { ok: true });
  assert.ok((await E(draw.public).explain()).startedAt >= T);
  await own.node.stop();
});

test('the facets describe themselves in both languages', async () => {
  const draw = await begin();
  for (const facet of [draw.public, draw.participants[0]]) {
    assert.deepEqual(await descriptionFaults(facet), []);
  }
});
