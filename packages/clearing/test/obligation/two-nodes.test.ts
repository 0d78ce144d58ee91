import { assertSame, items, next, ok } from './fixture.ts';
import { backupOf, makeApart, sideAt, startLinked, until } from './nodes.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type { ObligationView } from '@pocas/clearing/obligation';

test('two nodes agree, pay and forgive over a link that breaks, and through restarts', async () => {
  const { a, b, ana, beto } = await makeApart();
  const { obligation: ours } = ok(
    await E(ana.keeper).propose('from', 100n, 'MXN', 1n, 'rent', next()),
  );
  await until(beto.keeper, ({ asked }) => asked.length === 1);
  const [{ obligation: theirs }] = await items(beto, 'asked');
  a.cut();
  b.cut();
  // Both act while neither can hear the other.
  ok(await E(theirs).accept(next()));
  ok(await E(ours).withdraw(next()));
  await until<ObligationView>(ours, ({ phase }) => phase === 'open' || phase === 'withdrawn');
  const first = await until<ObligationView>(
    theirs,
    ({ phase }) => phase === 'open' || phase === 'withdrawn',
  );
  assert.equal(first.phase, 'open', 'whoever was asked decided');
  a.cut();
  ok(await E(ours).paid(30n, next()));
  ok(await E(theirs).received(20n, next()));
  b.cut();
  await until<ObligationView>(ours, ({ version }) => version === 2n);
  await until<ObligationView>(theirs, ({ version }) => version === 2n);

  // One goes down with its message on the way, and the other while that is under way.
  ok(await E(theirs).forgive(5n, next()));
  await b.settled();
  await b.stop();
  ok(await E(ours).paid(7n, next()));
  await a.settled();
  await a.stop();
  const b2 = await startLinked(b, b.port);
  const a2 = await startLinked(a, a.port);
  const [ana2, beto2] = [await sideAt(a2), await sideAt(b2)];
  const [debt] = await items(ana2, 'open');
  const [claim] = await items(beto2, 'open');
  await until(debt.obligation, ({ amount }: { amount: bigint }) => amount === 75n);
  await until(claim.obligation, ({ stated }: { stated?: object }) => stated !== undefined);
  ok(await E(claim.obligation).received(7n, next()));
  await until(debt.obligation, ({ amount }: { amount: bigint }) => amount === 68n);
  const { amount, version } = await assertSame(debt.obligation, claim.obligation);
  assert.deepEqual([amount, version], [68n, 4n]);
  await a2.stop();
  await b2.stop();
});

test('a book that is restored from an old backup: comparing says what differs, and it is mended', async () => {
  const { a, b, ana, beto } = await makeApart();
  const agree = async (what: string) => {
    ok(await E(ana.keeper).propose('to', 100n, 'MXN', 1n, what, next()));
    await until(beto.keeper, ({ asked }) => asked.length === 1);
    const [{ obligation }] = await items(beto, 'asked');
    ok(await E(obligation).accept(next()));
    await until(ana.keeper, ({ proposed }) => proposed.length === 0);
    const [claim] = await items(ana, 'open');
    return { claim: claim.obligation, origin: (await E(claim.obligation).view()).origin };
  };
  const old = await agree('old');
  await a.settled();
  await b.settled();
  const backup = await backupOf(b);
  // After the backup: a part of the one is forgiven, and another one is agreed.
  ok(await E(old.claim).forgive(40n, next()));
  const lost = await agree('lost');
  await b.settled();
  await b.stop();
  const b2 = await startLinked(backup, b.port);
  const beto2 = await sideAt(b2);
  // The nodes find out that their histories parted; both operators say that they go on.
  ok(await E(beto2.keeper).compare(next()));
  const quarantined = (node: typeof a) =>
    node.peers.list().some((peer) => peer.quarantine !== undefined);
  for (let i = 0; !(quarantined(a) && quarantined(b2)); i += 1) {
    assert.ok(i < 2_000);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  a.peers.reconcile(b2.designator);
  b2.peers.reconcile(a.designator);

  ok(await E(ana.keeper).compare(next()));
  const { differences } = await until(ana.keeper, ({ compared }) => compared === 'done');
  const kinds = Object.fromEntries(
    (differences as { what: string; kind: string }[]).map(({ what, kind }) => [what, kind]),
  );
  assert.deepEqual(kinds, { old: 'differs', lost: 'unknownThere' });
  ok(await E(beto2.keeper).compare(next()));
  const there = await until(beto2.keeper, ({ compared }) => compared === 'done');
  assert.deepEqual((there.differences as { kind: string }[]).map(({ kind }) => kind).toSorted(), [
    'differs',
    'unknownHere',
  ]);
  // The creditor takes the smaller amount; what only she has ends, and may be proposed anew.
  ok(await E(ana.keeper).mend(old.origin, next()));
  ok(await E(ana.keeper).mend(lost.origin, next()));
  const [debt] = await items(beto2, 'open');
  await until(debt.obligation, ({ amount }: { amount: bigint }) => amount === 60n);
  await assertSame(old.claim, debt.obligation);
  assert.equal((await E(lost.claim).view()).phase, 'cleared');
  ok(await E(ana.keeper).compare(next()));
  const last = await until(ana.keeper, ({ compared }) => compared === 'done');
  assert.deepEqual(last.differences, []);
  await a.stop();
  await b2.stop();
});
