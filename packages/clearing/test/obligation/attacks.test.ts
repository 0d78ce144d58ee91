import {
  entriesOf,
  items,
  lockOf,
  lodgeableOf,
  makeBook,
  next,
  ok,
  refusedAs,
  sideOf,
} from './fixture.ts';
import { makeManualTime, makeTestNode } from '@pocas/vat-runtime/testing';
import { fileURLToPath } from 'node:url';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import fc from 'fast-check';
import { hashOfText, originOf, originOfRound, pairOf } from '@pocas/clearing/halves';
import type { Proposed } from '@pocas/clearing/halves';
import type { ObligationLimits } from '@pocas/clearing/obligation';
import type { Facet } from '@pocas/vat-runtime';
import { bundleVat } from '@pocas/vat-runtime/node';
import type { Hostile } from './hostile-vat.ts';

const hostileVat = bundleVat(
  fileURLToPath(new URL('../../../test/obligation/hostile-vat.ts', import.meta.url)),
);

const theirNonce = hashOfText('the nonce of somebody hostile');

/** An honest book, and somebody hostile whom it has met. */
const start = async (limits: Partial<ObligationLimits> = {}) => {
  const time = makeManualTime();
  const node = await makeTestNode({ print: () => {}, time });
  const bench = await makeBook(node, 'ana', limits);
  const eve = (await node.makeVat({
    module: await hostileVat,
    label: 'eve',
  })) as Facet<Hostile>;
  const { introduction } = ok(await E(await E(bench).counterparties()).introduce('Eve', next()));
  await E(eve).meet(introduction, theirNonce);
  await node.rest();
  const [met] = (await E(eve).answers()) as { nonce: string; pair: string }[];
  const ana = await sideOf(bench);
  let seen = 1;
  /** What Eve is answered when she says something. */
  const say = async (method: string, ...args: unknown[]): Promise<unknown> => {
    await E(eve).say(method, args);
    await node.rest();
    const answers = await E(eve).answers();
    assert.equal(answers.length, seen + 1);
    seen += 1;
    return answers.at(-1);
  };
  const proposalOf = (more: Partial<Proposed> = {}): Proposed => ({
    ...{ kind: 'obligation', end: 'from', requestId: next(), unit: 'MXN' },
    ...{ amount: 100n, due: 1n, what: 'rent' },
    ...more,
  });
  const { pair } = met!;
  const propose = (more: Partial<Proposed> = {}) => {
    const proposal = proposalOf(more);
    const origin = originOf(pair, proposal);
    return { origin, answer: say('deal', { act: 'propose', origin, ...proposal }) };
  };
  /** Eve proposes, and Ana accepts. `end` is Eve's. */
  const agree = async (end: 'from' | 'to', amount = 100n) => {
    const { origin, answer } = propose({ end, amount });
    ok(await answer);
    const [asked] = await items(ana, 'asked');
    ok(await E(asked.obligation).accept(next()));
    await node.rest();
    return { origin, ours: asked.obligation };
  };
  const deal = (act: string, origin: string, more: object = {}) =>
    say('deal', { act, origin, ...more });
  return { node, time, bench, ana, eve, met: met!, say, deal, proposalOf, propose, agree };
};

const forbidden = (answer: unknown, pattern: RegExp): void => {
  const { failure } = answer as { failure: { code: string; message: string } };
  assert.equal(failure.code, 'thrown');
  assert.match(failure.message, pattern);
};

test('a flood of proposals is refused, and leaves nothing behind', async () => {
  const { node, time, ana, propose } = await start({ openProposals: 3n, proposalsPerDay: 5n });
  for (let i = 0; i < 3; i += 1) ok(await propose().answer);
  refusedAs(await propose().answer, 'quota');
  const entries = (await entriesOf(ana)).length;
  for (let i = 0; i < 5; i += 1) refusedAs(await propose().answer, 'quota');
  assert.equal((await entriesOf(ana)).length, entries);
  // Answering makes room, up to what a day has; the next day has as much again.
  for (const { obligation } of await items(ana, 'asked')) {
    ok(await E(obligation).decline(next()));
  }
  ok(await propose().answer);
  ok(await propose().answer);
  refusedAs(await propose().answer, 'quota');
  time.pass(24 * 60 * 60 * 1_000);
  ok(await propose().answer);
  await node.stop();
});

test('whoever is paused proposes nothing', async () => {
  const { node, ana, propose } = await start();
  ok(await E(ana.keeper).pause(next()));
  refusedAs(await propose().answer, 'closed');
  ok(await E(ana.keeper).resume(next()));
  ok(await propose().answer);
  await node.stop();
});

test('what is malformed, too long or out of bounds is refused, and nothing of it is kept', async () => {
  const { node, ana, say, propose, proposalOf, met } = await start();
  const before = (await entriesOf(ana)).length;
  const bad: Partial<Record<keyof Proposed, unknown>>[] = [
    { what: 'x'.repeat(501) },
    { what: '' },
    { unit: 'x'.repeat(21) },
    { unit: '' },
    { amount: 0n },
    { amount: -5n },
    { amount: 10n ** 31n },
    { amount: 5 },
    { due: -1n },
    { due: 10n ** 17n },
    { end: 'middle' },
    { kind: 'gift' },
    { requestId: 'x'.repeat(101) },
    { line: 'short', end: 'from' },
  ];
  for (const more of bad) {
    const answer = await propose(more as Partial<Proposed>).answer;
    if ((answer as { failure?: unknown }).failure === undefined) refusedAs(answer, 'invalid');
  }
  const proposal = proposalOf();
  const origin = originOf(met.pair, proposal);
  refusedAs(await say('deal', { act: 'propose', origin, ...proposal, extra: 1n }), 'invalid');
  refusedAs(await say('deal', { act: 'explode', origin }), 'invalid');
  forbidden(await say('deal', { act: 'x'.repeat(30_000), origin }), /Cannot call "deal"/);
  forbidden(await say('deal', { act: 'accepted', origin: 'x'.repeat(30_000) }), /Cannot call/);
  forbidden(await say('deal', 'accepted'), /Cannot call/);
  forbidden(await say('compare', 'x'.repeat(100), 1n), /Cannot call/);
  forbidden(await say('states', 'all', true, 1n), /Cannot call/);
  refusedAs(await say('say', 'round', 'x'), 'closed');
  forbidden(await say('moved', {}), /no such method/);
  assert.equal((await entriesOf(ana)).length, before);
  await node.stop();
});

test('an origin that is not of these terms, of this pair or of this side is refused', async () => {
  const { node, ana, say, proposalOf, met } = await start();
  const proposal = proposalOf();
  const propose = (origin: string, one: Proposed = proposal) =>
    say('deal', { act: 'propose', origin, ...one });
  refusedAs(await propose(hashOfText('anything')), 'invalid');
  refusedAs(await propose('f'.repeat(64)), 'invalid');
  refusedAs(await propose(originOf(met.pair, proposal).toUpperCase()), 'invalid');
  // Of another pair that it is in, or of the same terms from the other end.
  const otherPair = pairOf(met.nonce, hashOfText('another'));
  refusedAs(await propose(originOf(otherPair, proposal)), 'invalid');
  refusedAs(await propose(originOf(met.pair, { ...proposal, end: 'to' })), 'invalid');
  refusedAs(await propose(originOf(met.pair, { ...proposal, amount: 99n })), 'invalid');
  refusedAs(await propose(originOf(met.pair, { ...proposal, unit: 'USD' })), 'invalid');
  // What Ana proposed, given back to her as Eve's.
  ok(await E(ana.keeper).propose('from', 7n, 'MXN', 1n, 'rent', next()));
  await node.rest();
  const [own] = await items(ana, 'proposed');
  const { origin } = await E(own.obligation).view();
  refusedAs(
    await propose(origin, { ...proposal, amount: 7n, end: 'from', requestId: 'guess' }),
    'invalid',
  );
  refusedAs(await say('deal', { act: 'accepted', origin: hashOfText('none') }), 'invalid');
  await node.stop();
});

test('a proposal that is said again is there once, whatever became of it', async () => {
  const { node, ana, say, proposalOf, met } = await start();
  const proposal = proposalOf();
  const origin = originOf(met.pair, proposal);
  const message = { act: 'propose', origin, ...proposal };
  ok(await say('deal', message));
  ok(await say('deal', message));
  const [asked, ...more] = await items(ana, 'asked');
  assert.deepEqual(more, []);
  ok(await E(asked.obligation).decline(next()));
  ok(await say('deal', message));
  assert.deepEqual(await items(ana, 'asked'), []);
  refusedAs(await E(asked.obligation).accept(next()), 'closed');
  await node.stop();
});

test('nobody accepts in another’s name, or what was withdrawn', async () => {
  const { node, ana, eve, deal, propose } = await start();
  // What Eve proposed is not hers to accept.
  const { origin, answer } = propose();
  ok(await answer);
  for (const act of ['accepted', 'declined', 'withdrawn']) {
    refusedAs(await deal(act, origin), 'invalid');
  }
  const [asked] = await items(ana, 'asked');
  assert.equal(asked.phase, 'asked');
  // She takes it back; Ana's acceptance comes too late, and she cannot be told otherwise.
  ok(await deal('withdraw', origin));
  refusedAs(await E(asked.obligation).accept(next()), 'closed');
  // What Ana proposed and took back is not there to accept once Eve said that it is forgotten.
  const { obligation } = ok(await E(ana.keeper).propose('from', 9n, 'MXN', 1n, 'x', next()));
  await node.rest();
  const { origin: own } = await E(obligation).view();
  refusedAs(await deal('withdrawn', own), 'invalid');
  ok(await E(obligation).withdraw(next()));
  await node.rest();
  ok(await deal('withdrawn', own));
  refusedAs(await deal('accepted', own), 'closed');
  refusedAs(await deal('declined', own), 'closed');
  assert.equal((await E(obligation).view()).phase, 'withdrawn');
  assert.deepEqual((await E(ana.keeper).view()).balances, []);
  // She may also have accepted it before she heard of that: then it stands, as it was proposed.
  const { obligation: late } = ok(await E(ana.keeper).propose('from', 9n, 'MXN', 1n, 'y', next()));
  ok(await E(late).withdraw(next()));
  await node.rest();
  ok(await deal('accepted', (await E(late).view()).origin));
  refusedAs(await deal('accepted', (await E(late).view()).origin), 'closed');
  assert.equal((await E(late).view()).phase, 'open');
  assert.ok((await E(eve).heard()).length > 0);
  await node.stop();
});

test('a payment that was never made reduces nothing without the other side’s word', async () => {
  const { node, ana, deal, agree } = await start();
  // Eve owes Ana, and says again and again that she paid.
  const { origin, ours } = await agree('from');
  ok(await deal('stated', origin, { number: 1n, value: 100n }));
  refusedAs(await deal('stated', origin, { number: 2n, value: 100n }), 'conflict');
  refusedAs(await deal('stated', origin, { number: 2n, value: 0n }), 'invalid');
  assert.equal((await E(ours).view()).amount, 100n);
  // It keeps the claim out of rounds until Ana says that it is not so.
  refusedAs(await E(await lodgeableOf(ana, origin)).offer(), 'closed');
  ok(await E(ours).deny(next()));
  const offered = await E(await lodgeableOf(ana, origin)).offer();
  assert.ok('max' in offered && offered.max === 100n);
  // Answers to what nobody asked.
  ok(await deal('denied', origin, { number: 9n }));
  ok(await deal('retracted', origin, { number: 9n }));
  ok(await deal('retract', origin, { number: 9n }));
  refusedAs(await deal('forgiven', origin, { value: 100n }), 'invalid');
  refusedAs(await deal('mend', origin, { amount: 0n, version: 9n }), 'invalid');
  refusedAs(await deal('lowered', origin, { value: 1n }), 'invalid');
  refusedAs(await deal('ended', origin), 'invalid');
  refusedAs(await deal('drawn', origin, { tag: hashOfText('t'), value: 1n }), 'invalid');
  assert.equal((await E(ours).view()).amount, 100n);
  assert.equal((await E(ours).view()).version, 1n);
  await node.stop();
});

test('what one side may begin for one obligation is bounded', async () => {
  const { node, ana, deal, agree } = await start({ acts: 3n });
  const { origin, ours } = await agree('from');
  for (let number = 1n; number <= 3n; number += 1n) {
    ok(await deal('stated', origin, { number, value: 1n }));
    ok(await deal('retract', origin, { number }));
  }
  refusedAs(await deal('stated', origin, { number: 4n, value: 1n }), 'quota');
  const entries = (await entriesOf(ana)).length;
  for (let i = 0; i < 5; i += 1) ok(await deal('retract', origin, { number: 4n }));
  assert.equal((await entriesOf(ana)).length, entries);
  // An honest side keeps to the same bound, and can always forgive the rest.
  for (let i = 0; i < 3; i += 1) ok(await E(ours).forgive(1n, next()));
  refusedAs(await E(ours).forgive(1n, next()), 'quota');
  ok(await E(ours).forgive(97n, next()));
  await node.stop();
});

test('a creditor that forgives while a round holds the debt does not come between', async () => {
  const { node, ana, deal, agree } = await start();
  const { origin, ours } = await agree('to');
  const setoff = await lockOf(ana, origin, 'tag', 60n);
  ok(await deal('forgiven', origin, { value: 100n }));
  refusedAs(await deal('mend', origin, { amount: 0n, version: 9n }), 'conflict');
  const receipt = await E(setoff).apply(60n);
  assert.ok('kind' in receipt);
  const { amount, phase, version } = await E(ours).view();
  assert.deepEqual([amount, phase, version], [0n, 'cleared', 3n]);
  // No further than nothing.
  ok(await deal('forgiven', origin, { value: 100n }));
  assert.equal((await E(ours).view()).amount, 0n);
  await node.stop();
});

test('a draw needs a line of this pair with room for it, and Ana’s own consent to the line', async () => {
  const { node, ana, deal, propose } = await start();
  // Eve offers a line in Ana's name, or with Ana as the lender.
  refusedAs(await propose({ kind: 'line', end: 'to' }).answer, 'invalid');
  // Ana lends up to 50.
  const { line } = ok(await E(ana.keeper).offerLine(50n, 'MXN', 1_000n, 'flour', next()));
  await node.rest();
  const { origin } = await E(line).view();
  refusedAs(await propose({ line: origin, amount: 1n }).answer, 'closed');
  ok(await deal('accepted', origin));
  const { origin: plain } = propose({ amount: 1n });
  await node.rest();
  for (const more of [
    { line: origin, amount: 51n, refusal: 'limit' },
    { line: origin, amount: 1n, due: 1_001n, refusal: 'invalid' },
    { line: origin, amount: 1n, unit: 'USD', refusal: 'invalid' },
    { line: origin, amount: 1n, end: 'to' as const, refusal: 'invalid' },
    { line: hashOfText('no line'), amount: 1n, refusal: 'invalid' },
    { line: plain, amount: 1n, refusal: 'invalid' },
  ]) {
    const { refusal, ...draw } = more;
    await node.rest();
    const answers = propose(draw).answer;
    refusedAs(await answers, refusal);
  }
  const drawn = propose({ line: origin, amount: 30n });
  ok(await drawn.answer);
  refusedAs(await propose({ line: origin, amount: 21n }).answer, 'limit');
  const setoff = await lockOf(ana, origin, hashOfText('tag'), 20n);
  refusedAs(await propose({ line: origin, amount: 1n }).answer, 'conflict');
  // She says that a round made debt: not that round, and not so much.
  refusedAs(await deal('drawn', origin, { tag: hashOfText('other'), value: 1n }), 'invalid');
  ok(await deal('drawn', origin, { tag: hashOfText('tag'), value: 5n }));
  refusedAs(await deal('drawn', origin, { tag: hashOfText('tag'), value: 6n }), 'invalid');
  assert.ok('kind' in (await E(setoff).apply(20n)));
  const made = await E(ana.all).find(originOfRound(hashOfText('tag'), origin));
  assert.ok(made !== undefined);
  const offered = await E(made).offer();
  assert.ok('max' in offered && offered.max === 20n);
  const [item] = (await items(ana, 'open')).filter(({ amount }) => amount === 20n);
  refusedAs(await E(item.obligation).forgive(1n, next()), 'notYet');
  refusedAs(await deal('drawn', origin, { tag: hashOfText('tag'), value: 5n }), 'conflict');
  assert.equal((await E(line).view()).headroom, 0n);
  refusedAs(await deal('lowered', origin, { value: 1n }), 'invalid');
  await node.stop();
});

test('one counterparty never touches what is shared with another', async () => {
  const { node, ana, eve, deal, agree, bench, met } = await start();
  const { origin, ours } = await agree('from');
  // Mallory is another counterparty of Ana, and learned the origin, the pair, all of it.
  const mallory = (await node.makeVat({
    module: await hostileVat,
    label: 'mallory',
  })) as Facet<Hostile>;
  const { introduction } = ok(await E(ana.all).introduce('Mallory', next()));
  await E(mallory).meet(introduction, theirNonce);
  await node.rest();
  const said = async (one: object) => {
    await E(mallory).say('deal', [one]);
    await node.rest();
    return (await E(mallory).answers()).at(-1);
  };
  for (const act of [
    { act: 'withdraw', origin },
    { act: 'stated', origin, number: 1n, value: 1n },
    { act: 'forgiven', origin, value: 1n },
    { act: 'mend', origin, amount: 0n, version: 5n },
  ]) {
    refusedAs(await said(act), 'invalid');
  }
  assert.equal((await E(ours).view()).version, 1n);
  // The same nonce makes another pair, since Ana's differs; and Eve's origins are not of it.
  const [hers] = (await E(mallory).answers()) as { pair: string }[];
  assert.notEqual(hers!.pair, met.pair);
  // Comparing shows her nothing of Eve's.
  await E(mallory).say('compare', ['', 7n]);
  await node.rest();
  assert.deepEqual((await E(mallory).heard()).at(-1), { page: [], more: false, question: 7n });
  assert.equal(
    (await E(await sideOf(bench, 2n).then(({ keeper }) => keeper)).view()).open.length,
    0,
  );
  ok(await deal('stated', origin, { number: 1n, value: 1n }));
  assert.ok(eve);
  await node.stop();
});

test('an introduction is good for one answer, not for oneself, and not for what is no desk', async () => {
  const { node, ana, eve, bench } = await start();
  const { introduction, counterparty } = ok(await E(ana.all).introduce('Caro', next()));
  const answered = async () => {
    await node.rest();
    return (await E(eve).answers()).at(-1);
  };
  await E(eve).meetAs(introduction, await E(eve).desk(), 'no nonce');
  refusedAs(await answered(), 'invalid');
  await E(eve).meetAs(introduction, 'no desk', theirNonce);
  assert.match(JSON.stringify(await answered()), /thrown/);
  // Ana answers her own introduction, as somebody might have her do.
  ok(await E(ana.all).meet(introduction, 'myself', next()));
  await node.rest();
  const [, , myself] = await E(ana.all).list(0n);
  assert.equal(myself!.phase, 'failed');
  assert.equal((await E(counterparty).view()).phase, 'introduced');
  await E(eve).meet(introduction, theirNonce);
  await node.rest();
  assert.equal((await E(counterparty).view()).phase, 'met');
  const other = await makeBook(node, 'dora');
  ok(await E(await E(other).counterparties()).meet(introduction, 'Ana', next()));
  await node.rest();
  const [dora] = await E(await E(other).counterparties()).list(0n);
  assert.equal(dora!.phase, 'failed');
  refusedAs(await E(dora!.keeper).propose('from', 1n, 'MXN', 1n, 'x', next()), 'notYet');
  const frida = (await node.makeVat({
    module: await hostileVat,
    label: 'frida',
  })) as Facet<Hostile>;
  await E(frida).meet(introduction, theirNonce);
  await node.rest();
  assert.deepEqual(await E(frida).answers(), [{ ok: false, code: 'claimed' }]);
  // Answered again by the same desk: the same answer.
  await E(eve).meet(introduction, theirNonce);
  await node.rest();
  assert.equal(((await E(eve).answers()).at(-1) as { ok: boolean }).ok, true);
  assert.ok(bench);
  await node.stop();
});

test('an introduction that was taken back is answered to nobody', async () => {
  const { node, ana, eve } = await start();
  const { introduction, counterparty } = ok(await E(ana.all).introduce('Caro', next()));
  ok(await E(counterparty).cancel(next()));
  refusedAs(await E(counterparty).cancel(next()), 'closed');
  assert.equal(await E(counterparty).introduction(), undefined);
  await E(eve).meet(introduction, theirNonce);
  await node.rest();
  refusedAs((await E(eve).answers()).at(-1), 'invalid');
  // Who is known stays known.
  refusedAs(await E(ana.keeper).cancel(next()), 'closed');
  await node.stop();
});

test('whoever introduces itself with a false name, no desk, or one of ours is not met', async () => {
  const { node, ana, eve, met } = await start();
  const introduction = await E(eve).introduction();
  const desk = await E(eve).desk();
  const { desk: own } = met as unknown as { desk: typeof desk };
  const nonce = hashOfText('hers');
  const answers = [
    undefined,
    { ok: false, code: 'claimed' },
    { ok: true, desk, nonce, pair: hashOfText('made up') },
    { ok: true, desk, nonce: 'short', pair: pairOf('short', nonce) },
    { ok: true, desk: 'desk', nonce, pair: hashOfText('made up') },
    { ok: true, desk: own, nonce, pair: hashOfText('made up') },
  ];
  for (const answer of answers) {
    await E(eve).answerWith(answer);
    const { counterparty } = ok(await E(ana.all).meet(introduction, 'Eve', next()));
    await node.rest();
    const { phase, code } = await E(counterparty).view();
    assert.deepEqual([phase, code], ['failed', '']);
    refusedAs(await E(counterparty).propose('from', 1n, 'MXN', 1n, 'x', next()), 'notYet');
  }
  await E(eve).fail();
  const { counterparty } = ok(await E(ana.all).meet(introduction, 'Eve', next()));
  await node.rest();
  assert.equal((await E(counterparty).view()).phase, 'failed');
  await node.stop();
});

test('there are only so many counterparties', async () => {
  const { node, ana } = await start({ counterparties: 2n });
  const { introduction } = ok(await E(ana.all).introduce('Caro', next()));
  refusedAs(await E(ana.all).introduce('Dora', next()), 'quota');
  refusedAs(await E(ana.all).meet(introduction, 'Dora', next()), 'quota');
  await node.stop();
});

test('somebody who answers nothing, or with anything, does no harm', async () => {
  const { node, ana, eve, deal } = await start({ openProposals: 2n });
  const propose = (what: string) => E(ana.keeper).propose('to', 5n, 'MXN', 1n, what, next());
  // Proposals that are never answered: they take one's own room, and can be taken back at any time.
  const { obligation } = ok(await propose('one'));
  ok(await propose('two'));
  refusedAs(await propose('three'), 'quota');
  await node.rest();
  ok(await E(obligation).withdraw(next()));
  await node.rest();
  assert.equal((await E(obligation).view()).phase, 'withdrawing');
  assert.deepEqual((await E(ana.keeper).view()).balances, []);
  ok(await deal('withdrawn', (await E(obligation).view()).origin));
  // Odd answers: none of them is `ok`, so the proposal came to nothing.
  for (const answer of [undefined, 'yes', { ok: 'yes' }, { ok: false, code: 'x'.repeat(9_999) }]) {
    await E(eve).answerWith(answer);
    const { obligation: one } = ok(await propose(`odd ${String(answer)}`));
    await node.rest();
    const { phase, why } = await E(one).view();
    assert.deepEqual([phase, why], ['declined', 'invalid']);
    refusedAs(await deal('accepted', (await E(one).view()).origin), 'closed');
  }
  await E(eve).fail();
  const { obligation: last } = ok(await propose('thrown'));
  await node.rest();
  assert.equal((await E(last).view()).phase, 'declined');
  await node.stop();
});

test('states that nobody asked for, out of order, or without an end are refused', async () => {
  const { node, ana, say } = await start();
  const state = (n: number) => ({
    origin: hashOfText(`${n}`),
    ...{ kind: 'obligation', phase: 'agreed', version: 1n, amount: 5n, locked: false },
  });
  const sorted = Array.from({ length: 150 }, (_, n) => state(n)).toSorted((a, b) =>
    a.origin < b.origin ? -1 : 1,
  );
  refusedAs(await say('states', sorted.slice(0, 3), false, 1n), 'closed');
  ok(await E(ana.keeper).compare(next()));
  await node.rest();
  refusedAs(await say('states', [sorted[1], sorted[0]], false, 1n), 'invalid');
  refusedAs(await say('states', [sorted[0], sorted[0]], false, 1n), 'invalid');
  refusedAs(await say('states', [], true, 1n), 'invalid');
  forbidden(await say('states', sorted, false, 1n), /Cannot call "states"/);
  ok(await say('states', sorted.slice(0, 100), true, 1n));
  // The same page again does not come after it.
  refusedAs(await say('states', sorted.slice(0, 100), true, 1n), 'invalid');
  ok(await say('states', sorted.slice(100), false, 1n));
  refusedAs(await say('states', [], false, 1n), 'closed');
  const { phase, differences } = await E(ana.keeper).differences();
  assert.equal(phase, 'done');
  // Bounded, whatever she makes up.
  assert.equal(differences.length, 100);
  assert.ok(differences.every(({ kind }) => kind === 'unknownHere'));
  refusedAs(await E(ana.keeper).mend(differences[0]!.origin, next()), 'notYet');
  await node.stop();
});

test('what was said after the other side was asked counts as under way, not as a difference', async () => {
  const { node, ana, say, agree } = await start();
  const { origin, ours } = await agree('from');
  const before = { origin, kind: 'obligation', phase: 'agreed', version: 1n, amount: 100n };
  ok(await E(ana.keeper).compare(next()));
  await node.rest();
  ok(await E(ours).forgive(10n, next()));
  await node.rest();
  ok(await say('states', [{ ...before, locked: false }], false, 1n));
  const [first] = (await E(ana.keeper).differences()).differences;
  assert.equal(first!.kind, 'underWay');
  refusedAs(await E(ana.keeper).mend(origin, next()), 'notYet');
  // Asked anew, she has had to hear of it; if she says the same, it differs.
  ok(await E(ana.keeper).compare(next()));
  await node.rest();
  // An answer to the first question may lack what was said before the second.
  refusedAs(await say('states', [{ ...before, locked: false }], false, 1n), 'stale');
  ok(await say('states', [{ ...before, locked: false }], false, 2n));
  const [second] = (await E(ana.keeper).differences()).differences;
  assert.equal(second!.kind, 'differs');
  await node.stop();
});

test('what is asked for by whom on this side stays here', async () => {
  const { node, ana, eve } = await start();
  const secret = next();
  ok(await E(ana.keeper).propose('from', 7n, 'MXN', 1n, 'rent', secret));
  await node.rest();
  const heard = JSON.stringify(await E(eve).heard(), (_key, value: unknown) =>
    typeof value === 'bigint' ? `${value}` : value,
  );
  assert.match(heard, /rent/);
  assert.ok(!heard.includes(secret), 'whoever knows a request id can read its outcome');
  await node.stop();
});

test('comparing is not for asking all day', async () => {
  const { node, say } = await start({ proposalsPerDay: 3n });
  for (let i = 0; i < 3; i += 1) ok(await say('compare', '', 1n));
  refusedAs(await say('compare', '', 1n), 'quota');
  await node.stop();
});

test('whatever is said to a desk, in any order, those who do nothing lose nothing', async () => {
  const { node, ana, eve, agree, deal, proposalOf, met } = await start({ acts: 20n });
  const claim = await agree('from');
  const debt = await agree('to');
  const { line } = ok(await E(ana.keeper).offerLine(50n, 'MXN', 1_000n, 'flour', next()));
  await node.rest();
  const { origin: lent } = await E(line).view();
  ok(await deal('accepted', lent));
  const { obligation: asked } = ok(await E(ana.keeper).propose('to', 9n, 'MXN', 1n, 'x', next()));
  await node.rest();
  const { origin: own } = await E(asked).view();
  const setoff = await lockOf(ana, debt.origin, hashOfText('tag'), 30n);

  const origin = fc.constantFrom(claim.origin, debt.origin, lent, own, hashOfText('none'));
  const figure = fc.bigInt(0n, 120n);
  const said: fc.Arbitrary<object> = fc.oneof(
    fc.record({
      act: fc.constantFrom('accepted', 'declined', 'withdraw', 'withdrawn', 'ended'),
      origin,
    }),
    fc.record({ act: fc.constant('stated'), origin, number: figure, value: figure }),
    fc.record({ act: fc.constantFrom('retract', 'retracted', 'denied'), origin, number: figure }),
    fc.record({ act: fc.constantFrom('forgiven', 'lowered'), origin, value: figure }),
    fc.record({ act: fc.constant('mend'), origin, amount: figure, version: figure }),
    fc.record({
      act: fc.constant('drawn'),
      origin,
      tag: fc.constantFrom(hashOfText('tag'), hashOfText('other')),
      value: figure,
    }),
    fc
      .record({ amount: fc.bigInt(1n, 60n), line: fc.constantFrom(lent, own, undefined) })
      .map(({ amount, line: on }) => {
        const proposal = proposalOf({ amount, ...(on === undefined ? {} : { line: on }) });
        return { act: 'propose', origin: originOf(met.pair, proposal), ...proposal };
      }),
  );
  for (const one of fc.sample(said, { numRuns: 600, seed: 6 }))
    await E(eve).say('deal', [{ ...one }]);
  await node.rest();
  assert.equal((await E(eve).answers()).length, 600 + 4, 'each was answered');

  const kept = await E(claim.ours).view();
  assert.deepEqual([kept.amount, kept.version, kept.phase], [100n, 1n, 'open']);
  // What Ana owes may be forgiven, once the round is over: that much it can still set off.
  assert.ok('kind' in (await E(setoff).apply(30n)));
  assert.ok((await E(debt.ours).view()).amount <= 70n);
  // What Eve owes by the line is within what Ana offered; nothing else is open.
  const { owed, limit } = await E(line).view();
  assert.ok(owed <= 50n && limit === 50n);
  const open = await items(ana, 'open');
  const drawn = open.filter(
    ({ obligation }) => ![claim.ours, debt.ours, asked].includes(obligation),
  );
  assert.equal(
    drawn.reduce((sum, { amount }) => sum + amount, 0n),
    owed,
  );
  assert.ok(drawn.every(({ role }) => role === 'theyOwe'));
  const { origin: last } = await E(asked).view();
  assert.equal(last, own);
  await node.stop();
});
