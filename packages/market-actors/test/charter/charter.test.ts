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
import fc from 'fast-check';
import type { LabelDesk } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { type ManualTime, makeManualTime } from '@pocas/vat-runtime/testing';
import { charterNames, charterValues, isWithin, settled, valueIn } from '#src/charter/values.js';

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

const valueOf = async (name: string) =>
  (await E(market.charter).view()).values.find((one) => one.name === name)!.value;

test('a change holds after a whole epoch of notice, and raises the version', async () => {
  const { from } = ok(await E(market.charter).schedule('kappa', 40n, next()));
  assert.equal(await valueOf('kappa'), 30n);
  assert.equal((await E(market.charter).view()).announced[0]!.from, from);
  time.pass(week);
  assert.equal(await valueOf('kappa'), 30n, 'not within the epoch after');
  time.pass(week);
  await node.rest();
  const view = await E(market.charter).view();
  assert.equal(await valueOf('kappa'), 40n);
  assert.equal(view.version, 2n);
  assert.deepEqual(view.announced, []);
});

test('a longer notice is kept by the changes after it, a change of the notice itself too', async () => {
  ok(await E(market.charter).schedule('notice', 3n, next()));
  time.pass(2 * week);
  const { from } = ok(await E(market.charter).schedule('notice', 1n, next()));
  const { from: other } = ok(await E(market.charter).schedule('kappa', 1n, next()));
  time.pass(3 * week);
  assert.equal(await valueOf('kappa'), 30n);
  time.pass(week);
  assert.equal(await valueOf('kappa'), 1n);
  assert.equal(await valueOf('notice'), 1n);
  assert.equal(from, other);
});

test('what is out of bounds is refused and leaves no trace', async () => {
  for (const name of charterNames) {
    const { least, most } = charterValues[name];
    const over = await E(market.charter).schedule(name, most + 1n, next());
    assert.deepEqual(over, { ok: false, code: 'invalid' });
    if (least > 0n)
      assert.deepEqual(await E(market.charter).schedule(name, least - 1n, next()), {
        ok: false,
        code: 'invalid',
      });
  }
  const { announced, version } = await E(market.charter).view();
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
  ok(await E(founded.charter).schedule('step', 1n, next()));
  time.pass(2 * week);
  await node.rest();
  // The ledger would refuse 23 and 22, and the seller would have all of it.
  const shares = await E(await E(ok(made).label).payout()).shares(45n);
  assert.deepEqual(shares.map(({ value }) => value).sort(), [15n, 30n]);
});

test('an announced change can be taken back, one that holds cannot', async () => {
  const { number } = ok(await E(market.charter).schedule('chi', 100n, next()));
  ok(await E(market.charter).takeBack(number, next()));
  const { number: other } = ok(await E(market.charter).schedule('beta', 100n, next()));
  time.pass(2 * week);
  assert.equal(await valueOf('chi'), 500n);
  assert.equal(await valueOf('beta'), 100n);
  const late = await E(market.charter).takeBack(other, next());
  assert.deepEqual(late, { ok: false, code: 'closed' });
});

test('a repeated request decides once', async () => {
  const id = next();
  const first = ok(await E(market.charter).schedule('gamma', 2_000n, id));
  const again = ok(await E(market.charter).schedule('gamma', 2_000n, id));
  assert.deepEqual(first, again);
  assert.equal((await E(market.charter).view()).announced.length, 1);
});

test('one name has at most eight announced changes', async () => {
  for (let value = 1n; value <= 8n; value += 1n)
    ok(await E(market.charter).schedule('kappa', value, next()));
  const ninth = await E(market.charter).schedule('kappa', 9n, next());
  assert.deepEqual(ninth, { ok: false, code: 'quota' });
});

test('a mandate changes exactly its value after notice, and fails a second time (S17)', async () => {
  const { mandate } = ok(await E(market.charter).mandate('kappa', 25n, next()));
  const id = next();
  ok(await E(mandate).carryOut(id));
  ok(await E(mandate).carryOut(id));
  assert.deepEqual(await E(mandate).carryOut(next()), { ok: false, code: 'closed' });
  const before = await E(market.charter).view();
  assert.equal(before.announced.length, 1);
  time.pass(2 * week);
  const after = await E(market.charter).view();
  for (const { name, value } of after.values) {
    const was = before.values.find((one) => one.name === name)!.value;
    assert.equal(value, name === 'kappa' ? 25n : was, name);
  }
});

test('a time is said and changed in days, and only a time is', async () => {
  const { times, amounts } = await E(market.charter).view();
  const silence = times.find(({ name }) => name === 'silence')!;
  assert.equal(silence.days, 7n);
  ok(await E(market.charter).changeDays(silence.entry, 10n, next()));
  const kappa = amounts.find(({ name }) => name === 'kappa')!;
  const wrong = await E(market.charter).changeDays(kappa.entry, 10n, next());
  assert.deepEqual(wrong, { ok: false, code: 'invalid' });
  time.pass(2 * week);
  assert.equal(await valueOf('silence'), 10n * 24n * 60n * 60n * 1000n);
});

test('lists are changed with the same notice', async () => {
  ok(await E(market.charter).changeList('refused', 'armas\n\n alcohol ', next()));
  const listOf = async () =>
    (await E(market.charter).view()).lists.find(({ name }) => name === 'refused')!.words;
  assert.deepEqual(await listOf(), []);
  time.pass(2 * week);
  assert.deepEqual(await listOf(), ['armas', 'alcohol']);
  const many = await E(market.charter).changeList('refused', 'a\n'.repeat(31), next());
  assert.deepEqual(many, { ok: false, code: 'invalid' });
});

test('the public of the charter cannot decide, and every decision is in the public journal', async () => {
  ok(await E(market.charter).schedule('kappa', 10n, next()));
  const open = await E(market.marketPublic).charter();
  // A stranger's message, not a type error: the method is not there.
  const asKeeper = open as unknown as typeof market.charter;
  await assert.rejects(E(asKeeper).schedule('kappa', 11n, next()), /no such method/);
  const entries = await E(E(market.marketPublic).journal()).entries(1n, 100n);
  const kinds = entries.map((entry) => ('kind' in entry ? entry.kind : ''));
  assert.ok(kinds.includes('charter'));
});

test('what holds is the last change of the latest epoch, in any order of reading (property)', () => {
  const change = fc.record({ from: fc.bigInt(1n, 12n), value: fc.bigInt(0n, 99n) });
  fc.assert(
    fc.property(
      fc.array(change, { maxLength: 8 }),
      fc.bigInt(0n, 13n),
      fc.bigInt(0n, 13n),
      (made, a, b) => {
        const pending = made.map((one, index) => ({ ...one, number: BigInt(index) + 1n }));
        const entry = { value: 7n, pending };
        const [early, late] = a <= b ? [a, b] : [b, a];
        const due = pending.filter(({ from }) => from <= late);
        const latest = due.reduce((last, { from }) => (from > last ? from : last), 0n);
        const expected = due.filter(({ from }) => from === latest).at(-1)?.value ?? 7n;
        assert.equal(valueIn(entry, late), expected);
        // What is past may be forgotten at any time without a change of what holds later.
        assert.equal(valueIn(settled(entry, early), late), expected);
      },
    ),
    { numRuns: 300 },
  );
});

test('every default is within its bounds', () => {
  for (const name of charterNames) assert.ok(isWithin(name, charterValues[name].initial), name);
});
