import {
  type Any,
  type Town,
  day,
  kappa,
  makeTown,
  next,
  ok,
  paperOf,
  proposal,
  propose,
  publishedOf,
  refused,
} from './fixture.ts';
import test, { afterEach, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { E } from '@endo/far';
import { recount } from '@pocas/foco-actors/recount';
import { poprf } from '@pocas/vat-runtime/ristretto';
import { commitmentOf, shuffle } from '@pocas/vat-runtime/verify';

let town: Town;
beforeEach(async () => {
  town = await makeTown();
});
afterEach(() => town.node.stop());

const countsOf = async (decision: Any) =>
  Object.fromEntries((await E(decision).view()).counts.map((one: Any) => [one.what, one.count]));
const end = async (days = 7) => {
  town.time.pass(days * day);
  await town.node.rest();
};

test('one ballot has one effect, however often it speaks, and repeated requests change nothing', async () => {
  const { ballots } = town;
  const decision = await propose(ballots['Ana']!, proposal('agree'));
  const paper = await paperOf(ballots['Ana']);
  const id = next();
  ok(await E(paper).agree('', id));
  ok(await E(paper).disagree('', next()));
  ok(await E(paper).agree('', id));
  await end();
  assert.deepEqual(await countsOf(decision), { agree: 0n, disagree: 1n, abstain: 0n });
});

test('what comes late does not count', async () => {
  const { ballots } = town;
  const decision = await propose(ballots['Ana']!, proposal('agree'));
  const paper = await paperOf(ballots['Beto']);
  ok(await E(await paperOf(ballots['Ana'])).disagree('', next()));
  await end();
  assert.deepEqual(await E(paper).agree('', next()), refused('closed'));
  assert.deepEqual(await countsOf(decision), { agree: 0n, disagree: 1n, abstain: 0n });
});

test('a clock that jumps makes late what comes late, and opens nothing again when it jumps back', async () => {
  const { ballots, time } = town;
  const decision = await propose(ballots['Ana']!, proposal('agree'));
  const paper = await paperOf(ballots['Beto']);
  time.step(7 * day);
  assert.deepEqual(await E(paper).agree('', next()), refused('expired'));
  time.step(-9 * day);
  assert.deepEqual(await E(paper).agree('', next()), refused('expired'));
  await end(10);
  assert.deepEqual(await E(paper).agree('', next()), refused('closed'));
  assert.equal((await E(decision).view()).outcome, 'noQuorum');
});

test('whoever convenes adds nobody to what is open, takes nobody out of it, and has no ballot', async () => {
  const { ballots, convener } = town;
  const decision = await propose(ballots['Ana']!, proposal('agree'));
  const stuffed = [];
  for (let at = 0; at < 5; at += 1)
    stuffed.push(ok(await E(convener).admit(`Puppet ${at}`, '', next())).ballot as Any);
  for (const ballot of stuffed) assert.deepEqual((await E(ballot).view()).open, []);
  ok(await E(convener).remove(ballots['Caro']!, next()));
  ok(await E(await paperOf(ballots['Caro'])).disagree('', next()));
  const electorate = await E(decision).electorate(0n);
  assert.deepEqual(
    electorate.map(({ name }) => name),
    ['Ana', 'Beto', 'Caro'],
  );
  await end();
  assert.deepEqual(await countsOf(decision), { agree: 0n, disagree: 1n, abstain: 0n });
  // In what is opened afterwards Caro has no part, and she can open nothing.
  await propose(ballots['Ana']!, proposal('agree'));
  assert.deepEqual((await E(ballots['Caro']!).view()).open, []);
  assert.deepEqual(
    await E(ballots['Caro']!).propose(proposal('agree'), next()),
    refused('revoked'),
  );
  const everything = convener as Any;
  for (const method of ['propose', 'cast', 'electors', 'decision'])
    await assert.rejects(E(everything)[method](1n), /no such method/);
});

test('a body is convened once, and by a request that is known to its place', async () => {
  const { assembly, acts, convener } = town;
  const convening = { name: 'Otra', acts: [acts] };
  assert.deepEqual(await E(assembly).convene(convening, 'mine'), refused('claimed'));
  assert.equal(ok(await E(assembly).convene(convening, 'convene')).convener, convener);
});

test('a place that does not hand out a ballot leaves a request that answers the same later', async () => {
  const { convener, ballots } = town;
  const again = ok(await E(convener).admit('Ana', '', 'admit Ana')).ballot;
  assert.equal(again, ballots['Ana']);
});

test('somebody speaks for another until recalled: then at once what they said is taken out', async () => {
  const { ballots } = town;
  const decision = await propose(ballots['Ana']!, proposal('agree'));
  const { delegation } = ok(await E(ballots['Beto']!).delegate('Say yes to water', next()));
  const view = await E(delegation).view();
  assert.deepEqual([view.of, view.instruction, view.open.length], ['Beto', 'Say yes to water', 1]);
  const paper = view.open[0]!.paper as Any;
  ok(await E(paper).agree('For Beto', next()));
  assert.equal((await E(decision).view()).spoken, 1n);
  // What is opened later can be said too.
  const later = await propose(ballots['Ana']!, proposal('consent'));
  const newest = await paperOf(delegation);
  ok(await E(newest).object('For Beto', next()));
  ok(await E(ballots['Beto']!).recall(next()));
  assert.equal((await E(decision).view()).spoken, 0n);
  assert.equal((await E(later).view()).spoken, 0n);
  assert.deepEqual(await E(paper).agree('', next()), refused('revoked'));
  assert.deepEqual(await E(newest).consent(next()), refused('revoked'));
  assert.deepEqual(await E(ballots['Beto']!).recall(next()), refused('closed'));
  assert.deepEqual((await E(delegation).view()).open, []);
});

test('a person and their delegate count once, and the person’s word goes before', async () => {
  const { ballots } = town;
  const decision = await propose(ballots['Ana']!, proposal('agree'));
  const { delegation } = ok(await E(ballots['Beto']!).delegate('', next()));
  const theirs = await paperOf(delegation);
  ok(await E(theirs).agree('', next()));
  ok(await E(await paperOf(ballots['Beto'])).disagree('', next()));
  assert.deepEqual(await E(theirs).agree('', next()), refused('conflict'));
  // A recall takes out what a delegate has said, and nothing of the person's own.
  ok(await E(ballots['Beto']!).recall(next()));
  await end();
  assert.deepEqual(await countsOf(decision), { agree: 0n, disagree: 1n, abstain: 0n });
});

test('a second delegate takes the place of the first, and what is decided stays', async () => {
  const { ballots } = town;
  const done = await propose(ballots['Ana']!, proposal('agree'));
  const { delegation: first } = ok(await E(ballots['Beto']!).delegate('', next()));
  ok(await E(await paperOf(first)).agree('', next()));
  await end();
  const open = await propose(ballots['Ana']!, proposal('agree'));
  const theirs = await paperOf(first);
  ok(await E(theirs).agree('', next()));
  const { delegation: second } = ok(await E(ballots['Beto']!).delegate('', next()));
  assert.equal((await E(first).view()).isRecalled, true);
  assert.deepEqual(await E(theirs).agree('', next()), refused('revoked'));
  ok(await E(await paperOf(second)).disagree('', next()));
  await end();
  assert.deepEqual(await countsOf(done), { agree: 1n, disagree: 0n, abstain: 0n });
  assert.deepEqual(await countsOf(open), { agree: 0n, disagree: 1n, abstain: 0n });
});

test('a renewed ballot leaves the old one, its pages and its delegate with nothing', async () => {
  const { ballots, convener } = town;
  await propose(ballots['Ana']!, proposal('sortition', [], { seats: 1n }));
  const drawn = await paperOf(ballots['Beto']);
  await propose(ballots['Ana']!, proposal('agree'));
  const old = await paperOf(ballots['Beto']);
  const { delegation } = ok(await E(ballots['Beto']!).delegate('', next()));
  const theirs = await paperOf(delegation);
  const fresh = ok(await E(convener).renew(ballots['Beto']!, next())).ballot as Any;
  assert.deepEqual(await E(old).agree('', next()), refused('revoked'));
  assert.deepEqual(await E(drawn).part(), refused('revoked'));
  assert.deepEqual(await E(theirs).agree('', next()), refused('revoked'));
  assert.deepEqual(
    await E(ballots['Beto']!).propose(proposal('agree'), next()),
    refused('revoked'),
  );
  assert.deepEqual(await E(ballots['Beto']!).delegate('', next()), refused('revoked'));
  assert.deepEqual(await E(convener).renew(ballots['Beto']!, next()), refused('revoked'));
  ok(await E(await paperOf(fresh)).agree('', next()));
});

test('each constituency has to agree', async () => {
  await town.node.stop();
  town = await makeTown([
    ['Ana', 'makers'],
    ['Beto', 'makers'],
    ['Caro', 'users'],
  ]);
  const { ballots } = town;
  const decision = await propose(ballots['Ana']!, proposal('agree'));
  for (const name of ['Ana', 'Beto']) ok(await E(await paperOf(ballots[name])).agree('', next()));
  ok(await E(await paperOf(ballots['Caro'])).disagree('', next()));
  await end();
  assert.equal((await E(decision).view()).outcome, 'notCarried');
  const silent = await propose(ballots['Ana']!, proposal('agree'));
  for (const name of ['Ana', 'Beto']) ok(await E(await paperOf(ballots[name])).agree('', next()));
  await end();
  assert.equal((await E(silent).view()).outcome, 'noQuorum');
});

test('anybody counts again what was published, and finds a count that is false', async () => {
  const { ballots } = town;
  const decision = await propose(
    ballots['Ana']!,
    proposal('ranked', [{ words: 'a' }, { words: 'b' }, { words: 'c' }]),
  );
  assert.deepEqual(await E(decision).published(), refused('notYet'));
  assert.deepEqual(await E(decision).ballots(''), refused('notYet'));
  const orders = { Ana: '2 1 3', Beto: '2 1 0', Caro: '1 2 3' };
  for (const [name, order] of Object.entries(orders))
    ok(await E(await paperOf(ballots[name])).castText(order, next()));
  assert.deepEqual(
    await E(await paperOf(ballots['Ana'])).castText('1 2', next()),
    refused('invalid'),
  );
  assert.deepEqual(
    await E(await paperOf(ballots['Ana'])).castText('1 2 9', next()),
    refused('invalid'),
  );
  await end();
  const published = await publishedOf(decision);
  const { outcome, winner } = recount(published);
  assert.deepEqual([outcome, winner], ['carried', 1n]);
  assert.equal((await E(decision).view()).winner, 'b');
  const [first] = published.ballots;
  assert.throws(
    () => recount({ ...published, ballots: [...published.ballots, first!] }),
    /could not be/,
  );
});

/** A wallet's part of a blind ballot. */
const blinded = async (paper: Any) => {
  const { publicKey, info } = await E(paper).key();
  const input = randomBytes(32).toString('base64url');
  const random = randomBytes(64).toString('base64url');
  const { blind, blinded: element, tweakedKey } = poprf.blind(input, info, publicKey, random);
  const { evaluation } = ok((await E(paper).token(element)) as Any) as Any;
  const [output] = poprf.finalize(
    [{ input, blind, blinded: element }],
    evaluation,
    info,
    tweakedKey,
  );
  return { input, output: output!, element };
};

test('blind ballots count once each, forged ones and those of another decision never', async () => {
  const { ballots } = town;
  const blind = { isBlind: true };
  const other = await propose(ballots['Ana']!, proposal('agree', undefined, blind));
  const foreign = await blinded(await paperOf(ballots['Ana']));
  const decision = await propose(ballots['Ana']!, proposal('agree', undefined, blind));
  const box = (await E(decision).view()).box as Any;
  const papers = await Promise.all(['Ana', 'Beto'].map((name) => paperOf(ballots[name])));
  const [ana, beto] = [await blinded(papers[0]), await blinded(papers[1])];
  const yes = { stand: 'agree' };
  assert.deepEqual(await E(box).cast('', foreign.input, foreign.output, yes), refused('invalid'));
  const made = randomBytes(32).toString('base64url');
  assert.deepEqual(await E(box).cast('', made, ana.output, yes), refused('invalid'));
  assert.deepEqual(await E(box).cast('others', ana.input, ana.output, yes), refused('invalid'));
  assert.deepEqual(
    await E(box).cast('', ana.input, ana.output, { stand: 'maybe' }),
    refused('invalid'),
  );
  ok(await E(box).cast('', ana.input, ana.output, yes));
  ok(await E(box).cast('', ana.input, ana.output, yes));
  assert.deepEqual(
    await E(box).cast('', ana.input, ana.output, { stand: 'disagree' }),
    refused('conflict'),
  );
  ok(await E(box).cast('', beto.input, beto.output, { stand: 'disagree' }));
  // One token for each person: the same for the same element, and none for another.
  ok((await E(papers[0]).token(ana.element)) as Any);
  assert.deepEqual(await E(papers[0]).token(beto.element), refused('claimed'));
  assert.deepEqual(await E(papers[0]).token('no element'), refused('claimed'));
  // A delegate has no part in what could not be recalled.
  const { delegation } = ok(await E(ballots['Caro']!).delegate('', next()));
  assert.deepEqual((await E(delegation).view()).open, []);
  await end();
  assert.deepEqual(await countsOf(decision), { agree: 1n, disagree: 1n, abstain: 0n });
  assert.equal((await E(other).view()).outcome, 'noQuorum');
  assert.deepEqual(await E(box).cast('', foreign.input, foreign.output, yes), refused('closed'));
  const published = await publishedOf(decision);
  assert.deepEqual(published.ballots.map(({ who }) => who).sort(), [ana.input, beto.input].sort());
  const consent = proposal('consent', undefined, blind);
  assert.deepEqual(await E(ballots['Ana']!).propose(consent, next()), refused('unsupported'));
});

test('a place that lies about what it would do is not believed to have said it', async () => {
  const { ballots, place } = town;
  const wish = { acts: 2n, wish: { act: 'ring' } };
  const asking = () =>
    E(ballots['Ana']!).propose(proposal('consent', [{ words: 'x', wish }]), next());
  for (const draft of [7n, { ok: true }, { ok: true, words: 'x' }, { ok: false, code: 'boo' }]) {
    await E(place).lie({ draft });
    assert.deepEqual(await asking(), refused('invalid'));
  }
  await E(place).lie({ draft: { ok: false, code: 'unsupported' } });
  assert.deepEqual(await asking(), refused('unsupported'));
});

test('a place that gives no mandate is asked again, and each time for one', async () => {
  const { ballots, place, node } = town;
  const draft = { ok: true, words: { en: 'Ring', es: 'Tocar' } };
  await E(place).lie({ draft, mandate: { ok: true, mandate: 'take my word' } });
  const wish = { acts: 2n, wish: { act: 'ring' } };
  const decision = await propose(ballots['Ana']!, proposal('consent', [{ words: 'x', wish }]));
  for (const name of ['Ana', 'Beto', 'Caro'])
    ok(await E(await paperOf(ballots[name])).consent(next()));
  await node.rest();
  const view = await E(decision).view();
  assert.deepEqual([view.outcome, view.mandate, view.refused], ['carried', undefined, 'invalid']);
  ok(await E(decision).askAgain(next()));
  await node.rest();
  const asked = await E(place).asked();
  assert.equal(new Set(asked).size, 2);
  await E(place).lie({ draft, mandate: { ok: true, mandate: place } });
  ok(await E(decision).askAgain(next()));
  await node.rest();
  assert.ok((await E(decision).view()).mandate !== undefined);
  assert.deepEqual(await E(decision).askAgain(next()), refused('closed'));
});

test('advice is asked for before one person decides', async () => {
  const { ballots } = town;
  const decision = await propose(ballots['Ana']!, proposal('advice', kappa(33n)));
  const { care } = (await E(ballots['Ana']!).view()).mine![0]!;
  assert.deepEqual(await E(care).decide('I just do it', next()), refused('notYet'));
  const { electors } = await E(care).view();
  const beto = electors.find(({ name }) => name === 'Beto')!;
  const caro = await paperOf(ballots['Caro']);
  ok(await E(care).ask(beto.elector, next()));
  // Whoever it concerns says so, and is asked too.
  ok(await E(caro).askMe(next()));
  ok(await E(await paperOf(ballots['Beto'])).advise('Go slowly', next()));
  assert.deepEqual(await E(care).decide('Done', next()), refused('notYet'));
  ok(await E(caro).advise('Do it', next()));
  // Nobody else decides it.
  assert.deepEqual(await E(caro).advise('', next()), refused('invalid'));
  ok(await E(care).decide('With what Beto and Caro said', next()));
  await town.node.rest();
  const view = await E(decision).view();
  assert.equal(view.outcome, 'carried');
  assert.ok(view.mandate !== undefined);
});

test('one scribe is no assembly, and whoever remembers it otherwise stops the record', async () => {
  const { ballots } = town;
  const lonely = await propose(ballots['Ana']!, proposal('record', kappa(33n)));
  ok(await E(await paperOf(ballots['Ana'])).attest(next()));
  await end();
  assert.equal((await E(lonely).view()).outcome, 'notCarried');
  const two = await propose(ballots['Ana']!, proposal('record', kappa(33n)));
  for (const name of ['Ana', 'Beto']) ok(await E(await paperOf(ballots[name])).attest(next()));
  await end();
  assert.equal((await E(two).view()).outcome, 'carried');
  const contested = await propose(ballots['Ana']!, proposal('record', kappa(33n)));
  for (const name of ['Ana', 'Beto']) ok(await E(await paperOf(ballots[name])).attest(next()));
  ok(await E(await paperOf(ballots['Caro'])).contest('We said 35', next()));
  await end();
  const view = await E(contested).view();
  assert.deepEqual([view.outcome, view.mandate], ['blocked', undefined]);
});

test('ballots of many, with long reasons, come in parts and count the same', async () => {
  await town.node.stop();
  const names = Array.from({ length: 60 }, (_, at) => `P${at}`);
  town = await makeTown(names);
  const decision = await propose(town.ballots['P0']!, proposal('agree'));
  const reason = 'x'.repeat(2_000);
  for (const name of names) ok(await E(await paperOf(town.ballots[name])).agree(reason, next()));
  await end();
  const published = await publishedOf(decision);
  assert.equal(published.ballots.length, 60);
  const [tally] = recount(published).tallies;
  assert.deepEqual([tally!.cast, tally!.counts['agree']], [60n, 60n]);
});

test('a panel is drawn by lot among those who promise a secret and show it', async () => {
  const { ballots, time, node } = town;
  const decision = await propose(ballots['Ana']!, proposal('sortition', [], { seats: 2n }));
  const secrets = await Promise.all(
    ['Ana', 'Beto', 'Caro'].map(async (name) => {
      const part = await E(await paperOf(ballots[name])).part();
      const secret = randomBytes(32).toString('base64url');
      ok((await E(part).commit(1n, commitmentOf(await E(part).seat(), secret))) as Any);
      return { part, secret };
    }),
  );
  for (const { part, secret } of secrets) ok((await E(part).reveal(1n, secret)) as Any);
  time.pass(9 * day);
  await node.rest();
  const { outcome, panel, draw } = await E(decision).view();
  assert.equal(outcome, 'drawn');
  const { result } = ok(await E(draw!).result());
  assert.deepEqual(panel, shuffle(result, ['Ana', 'Beto', 'Caro']).slice(0, 2));
});

test('nobody floods the others with proposals', async () => {
  const { ballots } = town;
  for (let at = 0; at < 3; at += 1) await propose(ballots['Ana']!, proposal('agree'));
  assert.deepEqual(await E(ballots['Ana']!).propose(proposal('agree'), next()), refused('quota'));
  await propose(ballots['Beto']!, proposal('agree'));
  for (const bad of [
    proposal('ranked', [{ words: 'one' }]),
    proposal('consent', [{ words: 'a' }, { words: 'b' }]),
    proposal('sortition', [], { seats: 9n }),
    proposal('agree', undefined, { seats: 1n }),
  ])
    assert.deepEqual(await E(ballots['Beto']!).propose(bad, next()), refused('invalid'));
});
