/** Which version runs is for those who use it to say: the one who uses it alone, or all of them together. */
import {
  type Any,
  counter,
  found,
  guests,
  joinOf,
  next,
  ok,
  planOf,
  publish,
  refused,
  start,
} from './fixture.ts';
import { makeManualTime } from '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';

const day = 24 * 3_600_000;

/** As soon as the body of decision has made it. */
const ballotOf = async (seat: Any): Promise<Any> => {
  let since: string | undefined;
  for (;;) {
    const { ballot } = await E(seat).view();
    if (ballot !== undefined) return ballot;
    since = await E(seat).changes(since);
  }
};

test('whoever uses it alone adopts alone, and what ran before goes on', async () => {
  const world = await start();
  const ana = await found(world);
  const beto = await joinOf(ana, 'Beto');
  const old = await publish(ana, { text: counter() });
  const { root, use } = ok(await E(await planOf(ana, old.version)).confirm('Cuenta', next()));
  assert.equal(await E(root).add(), 1n);
  const { version, hash } = await publish(beto, {
    ...{ title: 'De diez en diez', text: counter('10n'), powers: ['clock'], parents: [old.hash] },
  });
  // That it was published changes nothing for those who use the one before.
  assert.equal((await E(use).view()).hash, old.hash);
  assert.deepEqual(await E(use).adopt(hash, next()), refused('invalid'));
  assert.deepEqual(await E(use).offer(await planOf(beto, version), next()), refused('invalid'));
  const plan = await planOf(ana, version);
  ok(await E(use).offer(plan, next()));
  assert.deepEqual(await E(plan).confirm('Por fuera', next()), refused('closed'));
  assert.deepEqual(
    await E(plan).install(hash, ['clock'], 'Por fuera', {}, next()),
    refused('closed'),
  );
  assert.deepEqual(await E(use).run(next()), refused('notYet'));
  ok(await E(use).adopt(hash, next()));
  assert.equal((await E(use).view()).next, hash);
  const [one, two] = await Promise.all([E(use).run(next()), E(use).run(next())]);
  assert.equal(ok(one).root, ok(two).root);
  assert.equal(await E((one as Any).root).add(), 10n);
  assert.deepEqual(await E((one as Any).root).given(), ['clock']);
  const { hash: now, earlier, next: later } = await E(use).view();
  assert.equal(now, hash);
  assert.equal(later, undefined);
  assert.deepEqual(earlier, [{ hash: old.hash, root }]);
  assert.equal(await E(root).add(), 2n);
  assert.equal(await guests(world.node), 2);
  await world.node.stop();
});

test('several decide together, by what they are shown, and nobody changes it alone', async () => {
  const time = makeManualTime();
  const world = await start({ time });
  const { node } = world;
  const ana = await found(world);
  const [beto, caro] = [await joinOf(ana, 'Beto'), await joinOf(ana, 'Caro')];
  const old = await publish(ana, { text: counter() });
  const { use } = ok(await E(await planOf(ana, old.version)).confirm('Cuenta', next()));
  const { invitation } = ok(await E(use).invite(next()));
  const id = next();
  const { use: seat } = ok(await E(beto).accept(invitation, id));
  assert.equal(ok(await E(beto).accept(invitation, id)).use, seat);
  assert.deepEqual(await E(caro).accept(invitation, next()), refused('claimed'));
  await node.rest();
  const { version, hash } = await publish(ana, {
    ...{ title: 'Nueva', text: counter('10n'), powers: ['clock'], parents: [old.hash] },
  });
  ok(await E(use).offer(await planOf(ana, version), next()));
  for (const one of [use, seat])
    assert.deepEqual(await E(one).adopt(hash, next()), refused('unsupported'));
  const ballots = await Promise.all([use, seat].map(ballotOf));
  const proposal = {
    ...{ title: 'La nueva', words: 'Cuenta mejor', method: 'consent' },
    alternatives: [{ words: 'Sí', wish: { acts: 1n, wish: { act: 'adopt', name: hash } } }],
  };
  const { decision } = ok(await E(ballots[0]).propose(proposal, next()));
  await node.rest();
  for (const ballot of ballots) {
    const { open } = await E(ballot).view();
    ok(await E(open[0].paper).consent(next()));
  }
  await node.rest();
  time.pass(8 * day);
  await node.rest();
  const { outcome, mandate } = await E(decision).view();
  assert.equal(outcome, 'carried');
  // Who decides sees what it will be able to do.
  assert.match((await E(mandate).view()).words.es, /Nueva.*Podrá: Ver qué hora es/);
  assert.equal((await E(use).view()).hash, old.hash);
  ok(await E(mandate).carryOut(next()));
  assert.deepEqual(await E(mandate).carryOut(next()), refused('closed'));
  const done = ok(await E(seat).run(next()));
  assert.deepEqual(await E(done.root).given(), ['clock']);
  assert.equal(done.use, seat);
  assert.equal((await E(use).view()).hash, hash);
  // Whoever left says nothing any more, and who is left decides alone again.
  ok(await E(seat).leave(next()));
  assert.deepEqual(await E(seat).run(next()), refused('closed'));
  assert.deepEqual(await E(seat).invite(next()), refused('closed'));
  assert.deepEqual((await E(use).view()).users, [{ who: 'Ana' }]);
  await node.stop();
});

test('a share that was renewed shuts out what was held before: plans, seats and drafts', async () => {
  const world = await start();
  const ana = await found(world);
  const { version } = await publish(ana, { text: counter() });
  const plan = await planOf(ana, version);
  const { use } = ok(await E(plan).confirm('Cuenta', next()));
  const open = await planOf(ana, version);
  const { participant } = ok(await E(ana).renew(next()));
  for (const answer of [
    await E(open).confirm('Otra', next()),
    await E(use).invite(next()),
    await E(ana).invite(next()),
  ])
    assert.deepEqual(answer, refused('revoked'));
  assert.equal((await E(participant).view()).uses.length, 1);
  // What everybody may read stays what it is.
  assert.equal((await E(version).view()).title, 'Sopa');
  await world.node.stop();
});
