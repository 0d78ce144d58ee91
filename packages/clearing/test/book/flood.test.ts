/** What fills a book: proposals, terms, counterparties and rounds without end. */
import { makeAttendanceFixture, ring, terms } from './fixture.ts';
import { makeVillage } from './village.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { termsOf } from '#src/book/terms.js';

test('proposals of one round are bounded, and locks end all the same', async () => {
  const debts = Array.from({ length: 30 }, (_, i) => [
    { ...ring[0]!, origin: `ab${i}` },
    { ...ring[0]!, origin: `ba${i}`, from: 'B', to: 'A' },
  ]).flat();
  const fixture = await makeAttendanceFixture({ names: ['A', 'B'], debts });
  const { agent, freezeAll, proposals, halves, pass, stop } = fixture;
  await freezeAll();
  const whole = proposals()['A']!;
  const answers: unknown[] = [];
  for (const [component, row] of whole.rows.entries()) {
    const one = { ...whole, component, rows: [row], children: [] };
    answers.push(await E(agent('A')).propose(one));
  }
  assert.deepEqual(answers[0], { ok: true });
  assert.deepEqual(answers.at(-1), { ok: false, code: 'quota' });
  await pass(terms.lock);
  assert.ok(Object.values(await halves('A')).every(({ locked }) => !locked));
  await stop();
});

test('whatever else comes with what a coordinator says is not kept', async () => {
  const { agent, freezeAll, proposals, stop } = await makeAttendanceFixture();
  await freezeAll();
  const more = 'x'.repeat(1000);
  const proposal = proposals()['A']!;
  const bloated = [
    { ...proposal, more },
    { ...proposal, totals: { ...proposal.totals, more } },
    { ...proposal, rows: proposal.rows.map((row) => ({ ...row, more })) },
  ];
  for (const one of bloated)
    await assert.rejects(E(agent('A')).propose(one), /Cannot call "propose"/);
  assert.deepEqual(await E(agent('A')).propose(proposal), { ok: true });
  await stop();
});

test('of the terms of a round nothing is kept but the terms', () => {
  assert.deepEqual(termsOf(Object.freeze({ ...terms, more: 'x'.repeat(100_000) })), terms);
  assert.equal(termsOf(Object.freeze({ ...terms, patience: 0n })), undefined);
});

test('a book with more units than a page shows knows its balance in each', async () => {
  const village = await makeVillage(
    ['Ana', 'Beto', 'Caro'],
    [
      ['Ana', 'Beto'],
      ['Beto', 'Caro'],
      ['Caro', 'Ana'],
    ],
  );
  for (let unit = 100; unit < 200; unit += 1) await village.owes('Beto', 'Ana', 1n, `A${unit}`);
  await village.owes('Beto', 'Ana', 9n);
  await village.owes('Ana', 'Caro', 4n);
  await village.owes('Caro', 'Beto', 4n);
  await E(village.book('Ana')).recallUpTo(100n);
  await E(village.book('Beto')).payUpTo(100n);
  const pages = await village.round();
  // 4 of 9 go round; 5 are hers on balance, and to be paid.
  const { payments } = await E(pages.get('Ana')!).view();
  assert.deepEqual(payments, [{ with: 'Beto', end: 'to', value: 5n }]);
  await village.stop();
});

test('a page of a counterparty with all lists full is still a message', async () => {
  const village = await makeVillage(['Ana', 'Beto'], [['Ana', 'Beto']]);
  const hers = await village.counterparty('Ana', 'Beto');
  const his = await village.counterparty('Beto', 'Ana');
  const many = async (act: () => Promise<unknown>): Promise<void> => {
    for (let count = 0; count < 40; count += 1) await act();
    await village.node.rest();
  };
  const borrow = () => E(his).weOwe(10n, 'MXN', 30n, 'rent', village.requestId());
  const lend = () => E(his).lend(10n, 'MXN', 30n, 'a line', village.requestId());
  for (const act of [borrow, lend]) {
    await many(act);
    // Thirty are shown at a time.
    await village.acceptAll('Ana', 'Beto');
    await village.acceptAll('Ana', 'Beto');
  }
  await many(borrow);
  await many(() => E(hers).weOwe(10n, 'MXN', 30n, 'bread', village.requestId()));
  const view = await E(hers).view();
  for (const list of ['asked', 'proposed', 'open', 'lines'] as const) {
    assert.equal(view[list].length, 30, list);
  }
  await village.stop();
});
