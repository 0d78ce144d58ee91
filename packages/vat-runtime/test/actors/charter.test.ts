import { type Any, type Bench, T, restart, startBench, week } from './bench.ts';
import test, { afterEach, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import fc from 'fast-check';
import { descriptionFaults } from '@pocas/vat-runtime/testing';
import { settled, valueIn } from '#src/actors/charter-values.js';

let bench: Bench;
let charter: Any;
beforeEach(async () => {
  bench = await startBench({ vat: 'charters' });
  charter = await E(bench.roots['vat']).make();
});
afterEach(() => bench.node.stop());

let count = 0;
const next = () => `request ${(count += 1)}`;
const terms = () => ({ notBefore: 0n, expires: BigInt(bench.time.wall()) + BigInt(week) });
const decide = async (wish: Any) => {
  const granted = await E(charter.acts).mandate(wish, terms(), next());
  return granted.ok ? E(granted.mandate).carryOut(next()) : granted;
};
const value = (name: string) => E(bench.roots['vat']).value(name);

test('names keep their order, and the notice comes last', async () => {
  const { values, amounts, times } = await E(charter.charterPublic).view();
  const namesOf = (items: Any[]) => items.map(({ name }) => name);
  assert.deepEqual(namesOf(values), ['zeal', 'loan', 'age', 'notice']);
  assert.deepEqual(namesOf(amounts), ['zeal', 'age', 'notice']);
  assert.deepEqual(namesOf(times), ['loan']);
  const { options } = await E(charter.acts).view();
  assert.deepEqual(namesOf(options), ['zeal', 'loan', 'age', 'notice', 'tools']);
});

test('pages of a charter, of what can be decided and of a mandate speak both languages', async () => {
  const { mandate } = await E(charter.acts).mandate(
    { act: 'change', name: 'zeal', value: 6n },
    terms(),
    next(),
  );
  for (const facet of [charter.charterPublic, charter.acts, mandate])
    assert.deepEqual(await descriptionFaults(facet), []);
  assert.deepEqual((await E(mandate).view()).words, {
    en: '“Zeal” becomes 6.',
    es: '«Zeal (es)» pasa a ser 6.',
  });
});

test('wishes for what is not of this charter are refused, whatever they name', async () => {
  const unknown = ['nothing', '__proto__', 'constructor', 'toString', ''];
  for (const name of unknown)
    for (const act of ['change', 'list']) {
      const wish = { act, name, value: 1n };
      assert.deepEqual(await decide(wish), { ok: false, code: 'unsupported' }, name);
      assert.equal((await E(charter.acts).draft(wish)).code, 'unsupported');
    }
  assert.equal((await decide({ act: 'absorb', name: '1' })).code, 'unsupported');
  assert.equal((await decide({ act: 'change', name: 'zeal' })).code, 'invalid');
  assert.equal((await decide({ act: 'takeBack', name: '1' })).code, 'closed');
  assert.equal((await decide({ act: 'takeBack', name: '01' })).code, 'invalid');
  assert.equal((await E(charter.charterPublic).view()).version, 1n);
});

test('a draft says what would be, and does nothing', async () => {
  const { words } = await E(charter.acts).draft({ act: 'change', name: 'loan', value: 3n });
  assert.equal(words.es, '«Loan (es)» pasa a ser 3 días.');
  assert.deepEqual((await E(charter.charterPublic).view()).announced, []);
});

test('of two announced changes of a list the later one holds, and taking it back leaves what was', async () => {
  const list = () => E(bench.roots['vat']).list('tools');
  const announced = async () => (await E(charter.charterPublic).view()).announced;
  await decide({ act: 'list', name: 'tools', words: ['saw'] });
  await decide({ act: 'list', name: 'tools', words: ['axe'] });
  const [only, ...more] = await announced();
  assert.deepEqual([only.words, more], [['axe'], []]);
  bench.time.pass(2 * week);
  assert.deepEqual(await list(), ['axe']);
  await decide({ act: 'list', name: 'tools', words: [] });
  const [next] = await announced();
  assert.deepEqual(await decide({ act: 'takeBack', name: `${next.number}` }), { ok: true });
  bench.time.pass(2 * week);
  assert.deepEqual(await list(), ['axe']);
});

test('it is as it was after a restart, what is announced too, and mandates go on', async () => {
  const wish = { act: 'change', name: 'zeal', value: 9n };
  const { mandate } = await E(charter.acts).mandate(wish, terms(), next());
  await decide({ act: 'change', name: 'age', value: 2n });
  bench.node.setProgram({ ...bench.roots, mandate });
  bench = await restart(bench);
  assert.deepEqual(await E(bench.roots['mandate']).carryOut('one'), { ok: true });
  assert.equal((await E(bench.roots['mandate']).carryOut('two')).code, 'closed');
  bench.time.pass(2 * week);
  assert.deepEqual([await value('zeal'), await value('age')], [9n, 2n]);
});

test('first values out of bounds make no charter', async () => {
  const first = { values: { zeal: 101n } };
  await assert.rejects(E(bench.roots['vat']).make(first), /"zeal" is out of its bounds/);
});

test('a mandate keeps its times by the clock of its own vat', async () => {
  const soon = { notBefore: T + 60_000n, expires: T + 120_000n };
  const wish = { act: 'change', name: 'zeal', value: 1n };
  const { mandate } = await E(charter.acts).mandate(wish, soon, next());
  assert.deepEqual(await E(mandate).carryOut('early'), { ok: false, code: 'notYet' });
  bench.time.pass(60_000);
  // What was refused stays refused under its request; a new one is carried out.
  assert.equal((await E(mandate).carryOut('early')).code, 'notYet');
  assert.deepEqual(await E(mandate).carryOut('in time'), { ok: true });
  const { mandate: late } = await E(charter.acts).mandate(wish, soon, next());
  bench.time.pass(60_000);
  assert.equal((await E(late).carryOut(next())).code, 'expired');
  assert.equal((await E(charter.charterPublic).view()).announced.length, 1);
});

test('terms that nobody could keep are refused', async () => {
  const wish = { act: 'change', name: 'zeal', value: 1n };
  const long = T + 367n * 24n * 3_600_000n;
  for (const terms of [
    { notBefore: 0n, expires: T },
    { notBefore: T + 9n, expires: T + 9n },
    { notBefore: 0n, expires: long },
  ])
    assert.equal((await E(charter.acts).mandate(wish, terms, next())).code, 'invalid');
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
