import {
  agree,
  assertSame,
  entriesOf,
  items,
  lockOf,
  lodgeableOf,
  makeBook,
  makePair,
  next,
  ok,
  refusedAs,
  restart,
  sideOf,
} from './fixture.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';

test('two books meet, agree, and both halves say the same', async () => {
  const pair = await makePair();
  const { node, ana, beto } = pair;
  const [a, b] = [await E(ana.keeper).view(), await E(beto.keeper).view()];
  assert.deepEqual([a.phase, b.phase], ['met', 'met']);
  assert.equal(a.code, b.code);
  assert.equal(a.code.length, 20);

  const { ours, theirs } = await agree(pair, 'from', 100n);
  const { amount, version, phase } = await assertSame(ours, theirs);
  assert.deepEqual([amount, version, phase], [100n, 1n, 'open']);
  const { balances } = await E(ana.keeper).view();
  assert.deepEqual(balances, [{ unit: 'MXN', net: -100n, weOwe: 100n, theyOwe: 0n }]);
  assert.deepEqual((await E(beto.keeper).view()).balances, [
    { unit: 'MXN', net: 100n, weOwe: 0n, theyOwe: 100n },
  ]);
  assert.deepEqual(await E(ana.all).balances(), [{ unit: 'MXN', weOwe: 100n, theyOwe: 0n }]);
  // Consent stands in both journals.
  assert.equal((await entriesOf(ana, 'obligation.accepted')).length, 1);
  assert.equal((await entriesOf(beto, 'obligation.accepted')).length, 1);
  await node.stop();
});

test('what is declined, or taken back in time, is owed by nobody', async () => {
  const { node, ana, beto } = await makePair();
  for (const what of ['one', 'two']) {
    ok(await E(ana.keeper).propose('to', 5n, 'MXN', 1n, what, next()));
  }
  await node.rest();
  const [two, one] = await items(beto, 'asked');
  ok(await E(one.obligation).decline(next()));
  const [own] = await items(ana, 'proposed');
  assert.equal(own.what, 'two');
  ok(await E(own.obligation).withdraw(next()));
  await node.rest();
  refusedAs(await E(two.obligation).accept(next()), 'closed');
  for (const side of [ana, beto]) {
    const { asked, proposed, open, balances } = await E(side.keeper).view();
    assert.deepEqual([asked, proposed, open, balances], [[], [], [], []]);
    assert.deepEqual(await E(side.all).lodgeables(0n, 10n), []);
  }
  assert.equal((await E(own.obligation).view()).phase, 'withdrawn');
  assert.equal((await E(two.obligation).view()).phase, 'withdrawn');
  assert.equal((await E(one.obligation).view()).phase, 'declined');
  await node.stop();
});

test('a proposal that is asked for twice is made once', async () => {
  const { node, ana, beto } = await makePair();
  const again = next();
  const first = ok(await E(ana.keeper).propose('from', 5n, 'MXN', 1n, 'rent', again));
  const second = ok(await E(ana.keeper).propose('from', 5n, 'MXN', 1n, 'rent', again));
  assert.equal(first.obligation, second.obligation);
  // In days as well, however late the second click comes.
  const click = next();
  ok(await E(ana.keeper).weOwe(6n, 'MXN', 30n, 'rent', click));
  ok(await E(ana.keeper).weOwe(6n, 'MXN', 30n, 'rent', click));
  await node.rest();
  assert.equal((await items(beto, 'asked')).length, 2);
  // Both sides propose the same thing: two proposals, of two names, and each side answers one.
  ok(await E(beto.keeper).propose('to', 5n, 'MXN', 1n, 'rent', again));
  await node.rest();
  const origins = [...(await items(ana, 'asked')), ...(await items(beto, 'asked'))].map(
    ({ obligation }) => E(obligation).view(),
  );
  assert.equal(new Set((await Promise.all(origins)).map(({ origin }) => origin)).size, 3);
  await node.stop();
});

test('a payment counts once both sides have said so, the smaller of both', async () => {
  const pair = await makePair();
  const { node, ana, beto } = pair;
  const { ours, theirs } = await agree(pair, 'from', 100n);
  ok(await E(ours).paid(30n, next()));
  await node.rest();
  assert.deepEqual((await E(theirs).view()).stated, { by: 'them', value: 30n });
  assert.equal((await E(ours).view()).amount, 100n);
  // What is being paid is not lodgeable, on either side.
  const { origin } = await E(ours).view();
  for (const side of [ana, beto]) {
    const offered = await E(await lodgeableOf(side, origin)).offer();
    assert.ok('max' in offered);
    assert.equal(offered.max, 70n);
  }
  ok(await E(theirs).received(20n, next()));
  await node.rest();
  const { amount, version } = await assertSame(ours, theirs);
  assert.deepEqual([amount, version], [80n, 2n]);
  // The creditor may be first, and either may deny or take back.
  ok(await E(theirs).received(50n, next()));
  await node.rest();
  ok(await E(ours).deny(next()));
  await node.rest();
  assert.equal((await E(theirs).view()).stated, undefined);
  ok(await E(theirs).received(80n, next()));
  await node.rest();
  ok(await E(theirs).retract(next()));
  await node.rest();
  assert.equal((await E(ours).view()).stated, undefined);
  // Both say so at the same time.
  ok(await E(theirs).received(80n, next()));
  ok(await E(ours).paid(80n, next()));
  await node.rest();
  const end = await assertSame(ours, theirs);
  assert.deepEqual([end.amount, end.version, end.phase], [0n, 3n, 'cleared']);
  assert.deepEqual(await E(ana.all).balances(), []);
  assert.deepEqual(await E(beto.all).lodgeables(0n, 10n), []);
  for (const side of [ana, beto]) {
    const paid = await entriesOf(side, 'obligation.paid');
    assert.deepEqual(
      paid.map(({ facts }) => (facts as { value: bigint }).value),
      [20n, 80n],
    );
  }
  refusedAs(await E(ours).paid(1n, next()), 'closed');
  await node.stop();
});

test('whoever is owed may forgive, and nobody else', async () => {
  const pair = await makePair();
  const { node, ana, beto } = pair;
  const { ours, theirs } = await agree(pair, 'from', 100n);
  refusedAs(await E(ours).forgive(1n, next()), 'unsupported');
  refusedAs(await E(ours).received(1n, next()), 'unsupported');
  refusedAs(await E(theirs).paid(1n, next()), 'unsupported');
  refusedAs(await E(theirs).forgive(101n, next()), 'limit');
  const again = next();
  ok(await E(theirs).forgive(40n, again));
  ok(await E(theirs).forgive(40n, again));
  await node.rest();
  const { amount, version } = await assertSame(ours, theirs);
  assert.deepEqual([amount, version], [60n, 2n]);
  for (const side of [ana, beto]) {
    assert.equal((await entriesOf(side, 'obligation.forgiven')).length, 1);
  }
  await node.stop();
});

test('a round reduces both halves, once, and no more than it was given', async () => {
  const pair = await makePair();
  const { node, ana, beto } = pair;
  const { ours, theirs } = await agree(pair, 'from', 100n);
  const { origin } = await E(ours).view();
  const lodgeable = await lodgeableOf(ana, origin);
  refusedAs(await E(lodgeable).lock('tag', 2n, 60n), 'stale');
  refusedAs(await E(lodgeable).lock('tag', 1n, 101n), 'limit');
  const atAna = await lockOf(ana, origin, 'tag', 60n);
  const atBeto = await lockOf(beto, origin, 'tag', 60n);
  assert.equal(ok(await E(lodgeable).lock('tag', 1n, 60n)).setoff, atAna);
  refusedAs(await E(lodgeable).lock('other', 1n, 60n), 'conflict');
  refusedAs(await E(lodgeable).offer(), 'conflict');
  refusedAs(await E(theirs).forgive(1n, next()), 'conflict');
  refusedAs(await E(ours).paid(1n, next()), 'conflict');
  refusedAs(await E(atAna).apply(61n), 'limit');

  const receipt = await E(atAna).apply(45n);
  assert.ok('kind' in receipt);
  assert.equal(receipt.kind, 'obligation.setoff');
  assert.equal(receipt.actorTag, 'book');
  const again = await makeAgain({ ...pair });
  assert.deepEqual(await E(atAna).apply(45n), receipt);
  refusedAs(await E(atAna).apply(44n), 'conflict');
  await E(atAna).release();
  assert.deepEqual(await E(atAna).apply(45n), receipt);
  assert.equal(again, 1);
  await E(atBeto).apply(45n);
  const { amount, version } = await assertSame(ours, theirs);
  assert.deepEqual([amount, version], [55n, 2n]);

  // What is released can do nothing any more.
  const released = await lockOf(ana, origin, 'tag 2', 55n);
  await E(released).release();
  refusedAs(await E(released).apply(1n), 'closed');
  const newer = await lockOf(ana, origin, 'tag 2', 5n);
  refusedAs(await E(released).apply(1n), 'closed');
  await E(released).release();
  assert.ok('kind' in (await E(newer).apply(5n)));
  await node.stop();
});

/** How many set-offs Ana's journal has. */
const makeAgain = async ({ ana }: Awaited<ReturnType<typeof makePair>>): Promise<number> =>
  (await entriesOf(ana, 'obligation.setoff')).length;

test('a line gives credit without asking, up to what both know', async () => {
  const { node, ana, beto } = await makePair();
  const { line: lender } = ok(await E(ana.keeper).offerLine(100n, 'MXN', 5_000n, 'flour', next()));
  await node.rest();
  const [asked] = await items(beto, 'asked');
  const borrower = asked.line;
  refusedAs(await E(borrower).draw(1n, 'x', 1n, next()), 'notYet');
  ok(await E(borrower).accept(next()));
  await node.rest();
  refusedAs(await E(lender).draw(1n, 'x', 1n, next()), 'unsupported');
  refusedAs(await E(borrower).draw(1n, 'x', 5_001n, next()), 'invalid');
  refusedAs(await E(borrower).draw(101n, 'x', 1n, next()), 'limit');
  const { obligation } = ok(await E(borrower).draw(60n, 'flour', 4_000n, next()));
  await node.rest();
  const { phase, end, amount } = await E(obligation).view();
  assert.deepEqual([phase, end, amount], ['open', 'from', 60n]);
  const [claim] = await items(ana, 'open');
  await assertSame(obligation, claim.obligation);
  for (const line of [lender, borrower]) {
    const { owed, headroom, version } = await E(line).view();
    assert.deepEqual([owed, headroom, version], [60n, 40n, 2n]);
  }
  // What is paid back can be drawn again.
  ok(await E(claim.obligation).forgive(50n, next()));
  await node.rest();
  ok(await E(borrower).draw(90n, 'more', 1n, next()));
  await node.rest();
  // Lowered below what is owed: that stays, and nothing new is made.
  ok(await E(lender).lower(30n, next()));
  await node.rest();
  for (const line of [lender, borrower]) {
    const { owed, headroom, limit } = await E(line).view();
    assert.deepEqual([owed, headroom, limit], [100n, 0n, 30n]);
  }
  refusedAs(await E(borrower).draw(1n, 'x', 1n, next()), 'limit');
  ok(await E(borrower).end(next()));
  await node.rest();
  assert.equal((await E(lender).view()).phase, 'ended');
  assert.equal((await items(ana, 'open')).length, 2);
  await node.stop();
});

test('a draw that crosses the end of its line is refused, and keeps no room', async () => {
  const { node, ana, beto } = await makePair();
  const { line: lender } = ok(await E(ana.keeper).offerLine(100n, 'MXN', 5_000n, 'flour', next()));
  await node.rest();
  const [{ line: borrower }] = await items(beto, 'asked');
  ok(await E(borrower).accept(next()));
  await node.rest();
  const [drawn] = await Promise.all([
    E(borrower).draw(10n, 'x', 1n, next()),
    E(lender).end(next()),
  ]);
  await node.rest();
  const { obligation } = ok(drawn);
  const { phase, why } = await E(obligation).view();
  const { owed } = await E(lender).view();
  assert.ok(
    (phase === 'declined' && why === 'closed' && owed === 0n) || (phase === 'open' && owed === 10n),
  );
  assert.equal((await E(borrower).view()).owed, owed);
  await node.stop();
});

test('a round makes one debt under a line, of one name on both sides', async () => {
  const pair = await makePair();
  const { node, ana, beto } = pair;
  const { line: lender } = ok(await E(ana.keeper).offerLine(100n, 'MXN', 5_000n, 'flour', next()));
  await node.rest();
  const [{ line: borrower }] = await items(beto, 'asked');
  ok(await E(borrower).accept(next()));
  await node.rest();
  const { origin } = await E(lender).view();
  const atAna = await lockOf(ana, origin, 'tag', 70n);
  const atBeto = await lockOf(beto, origin, 'tag', 70n);
  refusedAs(await E(borrower).draw(31n, 'x', 1n, next()), 'conflict');
  refusedAs(await E(atAna).apply(71n), 'limit');
  const half = await lodgeableOf(ana, origin);
  assert.equal(ok(await E(half).lock('tag', 1n, 70n)).setoff, atAna);
  refusedAs(await E(half).lock('tag', 1n, 71n), 'conflict');
  refusedAs(await E(half).lock('other', 1n, 1n), 'conflict');
  await E(atAna).apply(25n);
  await node.rest();
  // The lender has it, the borrower does not yet: it can be lodged, and not forgiven.
  const [claim] = await items(ana, 'open');
  assert.equal(claim.amount, 25n);
  refusedAs(await E(claim.obligation).forgive(1n, next()), 'notYet');
  await E(atBeto).apply(25n);
  await node.rest();
  const [debt] = await items(beto, 'open');
  await assertSame(claim.obligation, debt.obligation);
  ok(await E(claim.obligation).forgive(5n, next()));
  await node.rest();
  const { amount } = await assertSame(claim.obligation, debt.obligation);
  assert.equal(amount, 20n);
  for (const line of [lender, borrower]) {
    const { owed, headroom } = await E(line).view();
    assert.deepEqual([owed, headroom], [20n, 80n]);
  }
  // The same round makes nothing more under it.
  const lodgeable = await lodgeableOf(ana, origin);
  const offered = await E(lodgeable).offer();
  assert.ok('version' in offered);
  refusedAs(await E(lodgeable).lock('tag', offered.version, 10n), 'closed');
  await node.stop();
});

test('a restart at any step loses nothing and does nothing twice', async () => {
  let pair = await makePair();
  ok(await E(pair.ana.keeper).propose('from', 100n, 'MXN', 1n, 'rent', next()));
  pair = await restart(pair);
  await pair.node.rest();
  const [asked] = await items(pair.beto, 'asked');
  ok(await E(asked.obligation).accept(next()));
  pair = await restart(pair);
  await pair.node.rest();
  let [debt] = await items(pair.ana, 'open');
  ok(await E(debt.obligation).paid(30n, next()));
  pair = await restart(pair);
  await pair.node.rest();
  let [claim] = await items(pair.beto, 'open');
  ok(await E(claim.obligation).received(30n, next()));
  const { origin } = await E(claim.obligation).view();
  pair = await restart(pair);
  await pair.node.rest();
  const setoff = await lockOf(pair.ana, origin, 'tag', 10n);
  pair.node.setProgram({ ...(pair.node.getProgram() as object), setoff });
  pair = await restart(pair);
  const { setoff: kept } = pair.node.getProgram() as { setoff: typeof setoff };
  const receipt = await E(kept).apply(10n);
  pair.node.setProgram({ ...(pair.node.getProgram() as object), setoff: kept });
  pair = await restart(pair);
  const { setoff: last } = pair.node.getProgram() as { setoff: typeof setoff };
  assert.deepEqual(await E(last).apply(10n), receipt);
  await E(await lockOf(pair.beto, origin, 'tag', 10n)).apply(10n);
  [debt] = await items(pair.ana, 'open');
  [claim] = await items(pair.beto, 'open');
  const { amount, version } = await assertSame(debt.obligation, claim.obligation);
  assert.deepEqual([amount, version], [60n, 3n]);
  await pair.node.stop();
});

test('a third book sees nothing of what two others owe each other', async () => {
  const pair = await makePair();
  const { node, ana } = pair;
  await agree(pair, 'from', 100n);
  const third = await makeBook(node, 'caro');
  const { introduction } = ok(await E(ana.all).introduce('Caro', next()));
  ok(await E(await E(third).counterparties()).meet(introduction, 'Ana', next()));
  await node.rest();
  const caro = await sideOf(third);
  const atAna = await sideOf(ana.bench, 2n);
  assert.deepEqual((await E(atAna.keeper).view()).balances, []);
  assert.deepEqual((await E(caro.keeper).view()).open, []);
  assert.equal((await E(ana.all).list(0n)).length, 2);
  assert.notEqual((await E(atAna.keeper).view()).code, (await E(ana.keeper).view()).code);
  await node.stop();
});

test('topics: what one side tells the other’s listener hears, in order, and the answer comes back', async () => {
  const { node, ana, beto } = await makePair({ topics: 2n, said: 200 });
  await E(ana.inside).tell('round', { n: 1n }, await E(ana.bench).answers(), 'first');
  await node.rest();
  assert.deepEqual(await E(ana.bench).heard(), [
    { answer: { ok: false, code: 'closed' }, ctx: 'first' },
  ]);
  await E(beto.inside).listen('round', await E(beto.bench).listener());
  await E(ana.inside).tell('round', { n: 2n }, await E(ana.bench).answers(), 'second');
  await E(ana.inside).tell('round', 'x'.repeat(201), await E(ana.bench).answers(), 'third');
  await node.rest();
  assert.deepEqual(await E(beto.bench).heard(), [{ topic: 'round', said: { n: 2n }, from: 1n }]);
  assert.deepEqual((await E(ana.bench).heard()).slice(1), [
    { answer: { ok: true, echo: { n: 2n } }, ctx: 'second' },
    { answer: { ok: false, code: 'limit' }, ctx: 'third' },
  ]);
  const listener = await E(beto.bench).listener();
  await E(beto.inside).listen('two', listener);
  await assert.rejects(E(beto.inside).listen('three', listener), /too many topics/);
  await E(beto.inside).unlisten('two');
  await E(beto.inside).listen('three', listener);
  await node.stop();
});
