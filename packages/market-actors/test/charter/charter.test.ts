import {
  type TestNode,
  foundMarket,
  join,
  makeTestNode,
  next,
  ok,
  testSecret,
  type FoundedMarket,
} from '../fixture.ts';
import test, { afterEach, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type { LabelDesk } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { type ManualTime, makeManualTime } from '@pocas/vat-runtime/testing';
import type { Wish } from '@pocas/vat-runtime/actors';
import { charterValues } from '#src/charter/definition.js';

const week = 7 * 24 * 60 * 60 * 1000;
let time: ManualTime;
let node: TestNode;
let market: FoundedMarket;
beforeEach(async () => {
  time = makeManualTime();
  node = await makeTestNode({ time });
  market = await foundMarket(node);
});
afterEach(() => node.stop());

const rules = async () => E(await E(market.marketPublic).charter()).view();
const valueOf = async (name: string) =>
  (await rules()).values.find((one) => one.name === name)!.value;

const terms = () => ({
  notBefore: 0n,
  expires: BigInt(time.wall()) + 30n * 24n * 3_600_000n,
});
/** A mandate for one wish, which is carried out at once. */
const decide = async (wish: Wish, { charter } = market) => {
  const granted = await E(charter).mandate(wish, terms(), next());
  return granted.ok ? E(granted.mandate).carryOut(next()) : granted;
};
const change = (name: string, value: bigint): Wish => ({ act: 'change', name, value });
const charterNames = Object.keys(charterValues) as (keyof typeof charterValues)[];

test('a change holds after a whole epoch of notice, and raises the version', async () => {
  ok(await decide(change('kappa', 40n)));
  assert.equal(await valueOf('kappa'), 30n);
  const { epochZero, epochLength } = await E(market.participant).rules();
  const epoch = (BigInt(time.wall()) - epochZero) / epochLength;
  assert.equal((await rules()).announced[0]!.from, epoch + 2n);
  time.pass(week);
  assert.equal(await valueOf('kappa'), 30n, 'not within the epoch after');
  time.pass(week);
  await node.rest();
  const view = await rules();
  assert.equal(await valueOf('kappa'), 40n);
  assert.equal(view.version, 2n);
  assert.deepEqual(view.announced, []);
});

test('a longer notice is kept by the changes after it, a change of the notice itself too', async () => {
  ok(await decide(change('notice', 3n)));
  time.pass(2 * week);
  ok(await decide(change('notice', 1n)));
  ok(await decide(change('kappa', 1n)));
  const [first, second] = (await rules()).announced;
  time.pass(3 * week);
  assert.equal(await valueOf('kappa'), 30n);
  time.pass(week);
  assert.equal(await valueOf('kappa'), 1n);
  assert.equal(await valueOf('notice'), 1n);
  assert.equal(first!.from, second!.from);
});

test('what is out of bounds is refused and leaves no trace', async () => {
  for (const name of charterNames) {
    const { least, most } = charterValues[name];
    const over = await decide(change(name, most + 1n));
    assert.deepEqual(over, { ok: false, code: 'invalid' });
    if (least > 0n)
      assert.deepEqual(await decide(change(name, least - 1n)), {
        ok: false,
        code: 'invalid',
      });
  }
  const { announced, version } = await rules();
  assert.deepEqual(announced, []);
  assert.equal(version, 1n);
});

test('prices go by the step that the ledger was made with, whatever is decided later', async () => {
  const founded = await foundMarket(node, { charter: { step: 15n }, secret: testSecret(9) });
  const ana = await join(founded.steward, 'Ana');
  const labels = await ana.desk<Facet<LabelDesk>>('label');
  const beto = await join(founded.steward, 'Beto');
  const card = await E(await beto.desk<Facet<LabelDesk>>('label')).card();
  const made = await E(labels).make('Jam', 'jam', '', '', '', '', '', '', '', '', 0n, next());
  ok(await E(ok(made).label).share(card, 5_000n, next()));
  ok(await decide(change('step', 1n), founded));
  time.pass(2 * week);
  await node.rest();
  // The ledger would refuse 23 and 22, and the seller would have all of it.
  const shares = await E(await E(ok(made).label).payout()).shares(45n);
  assert.deepEqual(shares.map(({ value }) => value).sort(), [15n, 30n]);
});

test('an announced change can be taken back, one that holds cannot', async () => {
  ok(await decide(change('chi', 100n)));
  const { number } = (await rules()).announced[0]!;
  ok(await decide({ act: 'takeBack', name: `${number}` }));
  ok(await decide(change('beta', 100n)));
  const { number: other } = (await rules()).announced[0]!;
  const back: Wish = { act: 'takeBack', name: `${other}` };
  const { mandate } = ok(await E(market.charter).mandate(back, terms(), next()));
  time.pass(2 * week);
  assert.equal(await valueOf('chi'), 500n);
  assert.equal(await valueOf('beta'), 100n);
  assert.deepEqual(await E(mandate).carryOut(next()), { ok: false, code: 'closed' });
  assert.deepEqual(await decide(back), { ok: false, code: 'closed' });
});

test('a repeated request decides once', async () => {
  const id = next();
  const wish = change('gamma', 2_000n);
  const first = ok(await E(market.charter).mandate(wish, terms(), id));
  const again = ok(await E(market.charter).mandate(wish, terms(), id));
  assert.equal(first.mandate, again.mandate);
  ok(await E(first.mandate).carryOut(id));
  ok(await E(first.mandate).carryOut(id));
  assert.equal((await rules()).announced.length, 1);
});

test('one name has at most eight announced changes', async () => {
  for (let value = 1n; value <= 8n; value += 1n) ok(await decide(change('kappa', value)));
  const ninth = await decide(change('kappa', 9n));
  assert.deepEqual(ninth, { ok: false, code: 'quota' });
});

test('a mandate changes exactly its value after notice, and fails a second time (S17)', async () => {
  const { mandate } = ok(await E(market.charter).mandate(change('kappa', 25n), terms(), next()));
  const id = next();
  ok(await E(mandate).carryOut(id));
  ok(await E(mandate).carryOut(id));
  assert.deepEqual(await E(mandate).carryOut(next()), { ok: false, code: 'closed' });
  const before = await rules();
  assert.equal(before.announced.length, 1);
  time.pass(2 * week);
  const after = await rules();
  for (const { name, value } of after.values) {
    const was = before.values.find((one) => one.name === name)!.value;
    assert.equal(value, name === 'kappa' ? 25n : was, name);
  }
});

test('a time is said and changed in days, and only a time is', async () => {
  const { times, amounts } = await rules();
  assert.equal(times.find(({ name }) => name === 'silence')!.days, 7n);
  assert.ok(amounts.every(({ name }) => name !== 'silence'));
  const { options } = await E(market.charter).view();
  const option = options.find(({ name }) => name === 'silence')!;
  assert.deepEqual([option.now, option.least, option.most], [7n, 1n, 366n]);
  assert.equal(option.unit!.es, 'días');
  ok(await decide(change('silence', 10n)));
  time.pass(2 * week);
  assert.equal(await valueOf('silence'), 10n * 24n * 60n * 60n * 1000n);
});

test('lists are changed with the same notice', async () => {
  ok(await decide({ act: 'list', name: 'refused', words: ['armas', '', ' alcohol '] }));
  const listOf = async () => (await rules()).lists.find(({ name }) => name === 'refused')!.words;
  assert.deepEqual(await listOf(), []);
  time.pass(2 * week);
  assert.deepEqual(await listOf(), ['armas', 'alcohol']);
  const words = Array.from({ length: 31 }, () => 'a');
  const many = await decide({ act: 'list', name: 'refused', words });
  assert.deepEqual(many, { ok: false, code: 'invalid' });
});

test('the public of the charter cannot decide, and every decision is in the public journal', async () => {
  ok(await decide(change('kappa', 10n)));
  const open = await E(market.marketPublic).charter();
  // A stranger's message, not a type error: the method is not there.
  const asActs = open as unknown as typeof market.charter;
  const wish = change('kappa', 11n);
  await assert.rejects(E(asActs).mandate(wish, terms(), next()), /no such method/);
  const entries = await E(E(market.marketPublic).journal()).entries(1n, 100n);
  const kinds = entries.map((entry) => ('kind' in entry ? entry.kind : ''));
  assert.ok(kinds.includes('charter'));
});

test('every default is within its bounds', () => {
  for (const name of charterNames) {
    const { initial, least, most } = charterValues[name];
    assert.ok(initial >= least && initial <= most, name);
  }
});
