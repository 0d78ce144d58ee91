/** A market and its body of decision, as two vats of one node: what each can do to the other, and what people find. */
import '@pocas/vat-runtime/lockdown';
import test, { afterEach, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import { bundleVat } from '@pocas/vat-runtime/node';
import {
  type ManualTime,
  type TestNode,
  descriptionFaults,
  makeManualTime,
  makeTestNode,
} from '@pocas/vat-runtime/testing';

// `any`: pages of different kinds, as whoever looks at them finds them.
type Any = any;

const bundleOf = (name: string) => bundleVat(fileURLToPath(import.meta.resolve(name)));
const bundles = {
  body: bundleOf('@pocas/foco-actors/decision'),
  market: bundleOf('@pocas/market-actors/market'),
};
const secret = (byte: number) => Buffer.alloc(32, byte).toString('base64url');
const day = 24 * 3_600_000;
let count = 0;
const next = () => `a request that nobody guesses ${(count += 1)}`;
const ok = (answer: Any): Any => {
  assert.equal(answer.ok, true, `refused: ${String(answer.code)}`);
  return answer;
};

let time: ManualTime;
let node: TestNode;
let body: Any;
let founded: Any;
let steward: Any;

const powers = () => ({
  clock: node.clock,
  timer: node.timer,
  grantor: node.grantor,
  enlivener: node.enlivener,
});
const makeMarket = async (params: object = {}) =>
  (await node.makeVat({
    module: await bundles.market,
    label: 'market',
    powers: powers(),
    params: { name: 'Tianguis', secret: secret(7), ...params },
  })) as Any;
beforeEach(async () => {
  time = makeManualTime();
  node = await makeTestNode({ time });
  const { clock, timer } = node;
  body = await node.makeVat({
    module: await bundles.body,
    label: 'decisions',
    powers: { clock, timer },
    params: { secret: secret(5) },
  });
  const market = await makeMarket();
  ok(await E(market).convene(body));
  assert.deepEqual(await E(market).convene(body), { ok: false, code: 'conflict' });
  founded = ok(await E(market).claim('Ana', next()));
  steward = founded.cares.steward;
  await node.rest();
});
afterEach(() => node.stop());

const join = async (name: string) => {
  const invitation = await E(steward).invite(1n, next());
  const { participant } = ok(await E(invitation).join(name, next()));
  await node.rest();
  return participant as Any;
};
const ballotOf = async (place: Any) => (await E(E(place).desk('decision')).view()).ballot as Any;
/** All of these consent to what is open. */
const consent = async (...ballots: readonly Any[]) => {
  for (const ballot of ballots) ok(await E((await E(ballot).view()).open[0].paper).consent(next()));
  await node.rest();
};

test('the founder has a share, the care, and one ballot like everybody', async () => {
  const { cares, participant } = founded;
  assert.deepEqual(Object.keys(cares).sort(), ['auditor', 'marketPublic', 'steward']);
  assert.ok((await ballotOf(participant)) !== undefined);
  const desk = await E(participant).desk('decision');
  assert.deepEqual(await descriptionFaults(desk), []);
  assert.deepEqual(await descriptionFaults(await ballotOf(participant)), []);
});

test('a renewed share leaves the lost device without a ballot', async () => {
  const beto = await join('Beto');
  const old = await ballotOf(beto);
  const ana = await ballotOf(founded.participant);
  ok(await E(ana).proposeVote('Lluvia', 'Poner un techo', next()));
  const { paper } = (await E(old).view()).open[0];
  const { participant } = ok(await E(beto).renew(next()));
  await node.rest();
  assert.deepEqual(await E(paper).agree('', next()), { ok: false, code: 'revoked' });
  const fresh = await ballotOf(participant);
  assert.notEqual(fresh, old);
  ok(await E((await E(fresh).view()).open[0].paper).agree('', next()));
  const { decision } = await E((await E(fresh).view()).open[0].paper).view();
  assert.equal((await E(decision).view()).spoken, 1n);
});

test('who has left takes part in nothing that is opened later', async () => {
  const beto = await join('Beto');
  const ballot = await ballotOf(beto);
  const leaving = await E(beto).desk('leaving');
  ok(await E(leaving).leave(next()));
  await node.rest();
  const ana = await ballotOf(founded.participant);
  const { decision } = ok(await E(ana).proposeVote('Lluvia', 'Poner un techo', next()));
  assert.equal((await E(decision).view()).electors, 1n);
  assert.deepEqual((await E(ballot).view()).open, []);
});

test('a debt goes to the commons by a decision, and no other way (C16)', async () => {
  const [beto, caro] = [await join('Beto'), await join('Caro')];
  const payee = await E(E(caro).account()).payee();
  ok(await E(E(beto).account()).pay(payee, 15n, next()));
  ok(await E(E(beto).desk('leaving')).plan('Reparo las bicis', next()));
  const ballots = [await ballotOf(founded.participant), await ballotOf(beto), await ballotOf(caro)];
  const { proposing } = await E(ballots[0]).view();
  const form = proposing.find(({ about }: Any) => /common fund/.test(about.en)).form;
  const { others } = await E(form).view();
  assert.match(others[0].label.en, /what Beto owes: 15/);
  const words = 'Nos ayudó mucho';
  const { decision } = ok(await E(form).proposeAct(others[0].option, words, next()));
  await consent(...ballots);
  const { mandate } = await E(decision).view();
  time.pass(2 * day);
  ok(await E(mandate).carryOut(next()));
  assert.deepEqual(await E(mandate).carryOut(next()), { ok: false, code: 'closed' });
  const { sum, commons } = await E(founded.cares.auditor).statement();
  assert.deepEqual([sum, commons], [0n, -15n]);
});

test('a body that is none leaves a market that trades, and whose rules nobody changes', async () => {
  const market = await makeMarket({ secret: secret(8) });
  // Another market's root says that it knows no such method.
  ok(await E(market).convene(await makeMarket({ secret: secret(9) })));
  const { participant, cares } = ok(await E(market).claim('Eva', next()));
  await node.rest();
  assert.equal(await ballotOf(participant), undefined);
  assert.equal(cares.charter, undefined);
  ok(await E(E(participant).desk('offer')).offer('Sopa', '', 3n, 2n, next()));
});

test('a body that was convened by another market gives this one no ballots', async () => {
  const market = await makeMarket({ secret: secret(8) });
  ok(await E(market).convene(body));
  const { participant } = ok(await E(market).claim('Eva', next()));
  await node.rest();
  assert.equal(await ballotOf(participant), undefined);
  const ana = await ballotOf(founded.participant);
  const { decision } = ok(await E(ana).proposeVote('Lluvia', 'Poner un techo', next()));
  assert.equal((await E(decision).view()).electors, 1n);
});
