import { descriptionFaults } from '@pocas/vat-runtime/testing';
import { day, makeVillage } from './village.ts';
import test from 'node:test';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { Facet } from '@pocas/vat-runtime';
import { makePower } from '@pocas/vat-runtime/node';
import type { RoundLeave } from '#src/book/types.js';
import type { Seat } from '#src/round/types.js';
import type { TestFund } from './fund-vat.ts';

const names = ['Ana', 'Beto', 'Caro'] as const;
const pairs = [
  ['Ana', 'Beto'],
  ['Beto', 'Caro'],
  ['Caro', 'Ana'],
] as const;

/** Ana owes Beto 10, Beto owes Caro 8, Caro owes Ana 5. */
const makeRing = async () => {
  const village = await makeVillage(names, pairs);
  await village.owes('Ana', 'Beto', 10n);
  await village.owes('Beto', 'Caro', 8n);
  await village.owes('Caro', 'Ana', 5n);
  return village;
};

test('three pocas with books of their own clear a loop, and every net position stays', async () => {
  const village = await makeRing();
  const before = await Promise.all(names.map((name) => village.net(name)));
  const pages = await village.round();
  assert.deepEqual(await village.debts('Ana'), ['from Beto 5']);
  assert.deepEqual(await village.debts('Beto'), ['from Caro 3', 'to Ana 5']);
  assert.deepEqual(await village.debts('Caro'), ['to Beto 3']);
  assert.deepEqual(await Promise.all(names.map((name) => village.net(name))), before);
  const page = await E(pages.get('Ana')!).view();
  assert.deepEqual([page.phase, page.cleared, page.oddities], ['over', 5n, []]);
  assert.deepEqual(page.loops, [{ value: 5n, length: 3n, owes: 'Beto', isOwedBy: 'Caro' }]);
  assert.deepEqual(
    page.lines.map(({ with: other, cleared, why }) => `${other} ${cleared} ${why}`).toSorted(),
    ['Beto 5 cleared', 'Caro 5 cleared'],
  );
  const entries = await E(await E(village.book('Ana')).journal()).entries(1n, 100n);
  const kinds = entries.map((entry) => ('kind' in entry ? entry.kind : ''));
  assert.ok(kinds.includes('round.attended') && kinds.includes('round.ended'), kinds.join());
  await village.stop();
});

test('a round among books goes on over restarts at each step', async () => {
  const village = await makeRing();
  const convenor = await village.convene('Ana');
  village.node.setProgram({ books: Object.fromEntries(village.books), convenor });
  const kept = () => (village.node.getProgram() as { convenor: typeof convenor }).convenor;
  for (const name of names) {
    await village.attend(kept(), name);
    const books = Object.fromEntries(village.books);
    village.node.setProgram({ books, convenor: kept() });
    await village.restart();
  }
  await E(kept()).closeLodging();
  await village.restart();
  await village.node.rest();
  assert.deepEqual(await village.debts('Ana'), ['from Beto 5']);
  await village.stop();
});

test('leave: a positive balance stays as it is', async () => {
  const village = await makeRing();
  await E(village.book('Beto')).leaveIt();
  await village.round();
  assert.equal(await village.net('Beto'), 2n);
  assert.deepEqual(await village.debts('Beto'), ['from Caro 3', 'to Ana 5']);
  await village.stop();
});

test('recall: payments come up to the limit, and the fund is told', async () => {
  const village = await makeRing();
  const fund = (await village.node.makeVat({
    module: fileURLToPath(new URL('../../../test/book/fund-vat.ts', import.meta.url)),
    label: 'fund',
  })) as TestFund;
  await E(village.book('Beto')).recallInto(2n, fund as never);
  await E(village.book('Ana')).payUpTo(100n);
  const pages = await village.round();
  const { payments } = await E(pages.get('Beto')!).view();
  assert.deepEqual(payments, [{ with: 'Ana', end: 'to', value: 2n }]);
  const { payments: hers } = await E(pages.get('Ana')!).view();
  assert.deepEqual(hers, [{ with: 'Beto', end: 'from', value: 2n }]);
  assert.deepEqual(await E(fund).notices(), [
    { round: 'July', unit: 'MXN', value: 2n, from: [{ with: 'Ana', value: 2n }] },
  ]);
  // Nothing is reduced by that: both ends say so when it was paid.
  assert.deepEqual(await village.debts('Ana'), ['from Beto 5']);
  await village.stop();
});

test('move: the FoCo comes to owe it, within the line, and the debtor owes the FoCo', async () => {
  const village = await makeVillage(
    ['Ana', 'Beto', 'FoCo'],
    [
      ['Ana', 'Beto'],
      ['Beto', 'FoCo'],
      ['Ana', 'FoCo'],
    ],
  );
  // Ana owes Beto 10. Beto would rather be owed by the FoCo, which lends to Ana.
  await village.owes('Ana', 'Beto', 10n);
  await village.lends('Beto', 'FoCo', 7n);
  await village.lends('FoCo', 'Ana', 20n);
  await E(village.book('Beto')).moveTo(await village.counterparty('Beto', 'FoCo'), 6n);
  await E(village.book('FoCo')).lendAlongLines(true);
  await village.round();
  assert.deepEqual(await village.debts('Beto'), ['to Ana 4', 'to FoCo 6']);
  assert.deepEqual(await village.debts('Ana'), ['from Beto 4', 'from FoCo 6']);
  assert.deepEqual(await village.debts('FoCo'), ['from Beto 6', 'to Ana 6']);
  assert.deepEqual(
    [await village.net('Ana'), await village.net('Beto'), await village.net('FoCo')],
    [-10n, 10n, 0n],
  );
  await village.stop();
});

test('several lines to the FoCo move no more than the balance and the limit, together', async () => {
  const village = await makeVillage(
    ['Ana', 'Beto', 'FoCo'],
    [
      ['Ana', 'Beto'],
      ['Beto', 'FoCo'],
      ['Ana', 'FoCo'],
    ],
  );
  await village.owes('Ana', 'Beto', 10n);
  await village.lends('Beto', 'FoCo', 5n);
  await village.lends('Beto', 'FoCo', 5n);
  await village.lends('FoCo', 'Ana', 20n);
  await E(village.book('Beto')).moveTo(await village.counterparty('Beto', 'FoCo'), 6n);
  await E(village.book('FoCo')).lendAlongLines(true);
  await village.round();
  assert.deepEqual(await village.debts('Beto'), ['to Ana 4', 'to FoCo 1', 'to FoCo 5']);
  await village.stop();
});

test('without a word of its own no poca lends in a round', async () => {
  const village = await makeVillage(
    ['Ana', 'Beto', 'FoCo'],
    [
      ['Ana', 'Beto'],
      ['Beto', 'FoCo'],
      ['Ana', 'FoCo'],
    ],
  );
  await village.owes('Ana', 'Beto', 10n);
  await village.lends('Beto', 'FoCo', 7n);
  await village.lends('FoCo', 'Ana', 20n);
  await village.round();
  assert.deepEqual(await village.debts('Beto'), ['to Ana 10']);
  await village.stop();
});

test('what is kept out stays out, and what is capped is cleared up to its cap', async () => {
  const village = await makeRing();
  const { debts } = await E(village.book('Ana')).view();
  const owed = debts.find(({ with: other }) => other === 'Beto')!;
  assert.deepEqual(await E(village.book('Ana')).prefer(owed.debt, 2n, 0n), { ok: true });
  // Of another book.
  const [his] = (await E(village.book('Beto')).view()).debts;
  assert.deepEqual(await E(village.book('Ana')).prefer(his!.debt, 2n, 0n), {
    ok: false,
    code: 'invalid',
  });
  await village.round();
  assert.deepEqual(await village.debts('Ana'), ['from Beto 8', 'to Caro 3']);
  await village.stop();
});

test('one place in each round, no terms that nobody may have, nothing to bring', async () => {
  const village = await makeRing();
  const convenor = await village.convene('Ana');
  await village.attend(convenor, 'Ana');
  const again = await E(convenor).invite('Ana again', 'again');
  assert.ok(!('ok' in again));
  assert.deepEqual(await E(village.book('Ana')).attend(again, 'attend again'), {
    ok: false,
    code: 'claimed',
  });
  const SeatI = M.interface('Seat', { terms: M.call().returns(M.any()) });
  const good = {
    tag: 'ab'.repeat(32),
    title: 'x',
    unit: 'MXN',
    lodging: 60_000n,
    patience: 60_000n,
    lock: 600_000n,
    maxPasses: 3,
  };
  const terms = [
    7n,
    { ...good, tag: 'x' },
    { ...good, lock: BigInt(400 * day) },
    { ...good, patience: 0n },
    { ...good, maxPasses: 1000 },
    { ...good, maxPasses: 1.5 },
    { ...good, title: 'x'.repeat(300) },
  ];
  for (const [at, one] of terms.entries()) {
    const seat = village.node.definePower(
      `seat${at}`,
      makePower('Seat', SeatI, { terms: () => one }),
    );
    // The cast makes a seat of what has only terms.
    const answer = await E(village.book('Ana')).attend(seat as never, `terms ${at}`);
    assert.deepEqual(answer, { ok: false, code: 'invalid' }, `terms ${at}`);
  }
  const seat = village.node.definePower(
    'seatOther',
    makePower('Seat', SeatI, { terms: () => ({ ...good, unit: 'hours' }) }),
  );
  assert.deepEqual(await E(village.book('Ana')).attend(seat as never, 'hours'), {
    ok: false,
    code: 'closed',
  });
  await village.stop();
});

test('pocas meet, and join rounds, by texts', async () => {
  const village = await makeVillage(['Ana', 'Beto'], []);
  const [ana, beto] = [village.book('Ana'), village.book('Beto')];
  const made = await E(ana).introduceLink('Beto', 'introduce');
  assert.ok('secret' in made);
  assert.deepEqual(await E(beto).meetBy('not one', 'Ana', 'x'), { ok: false, code: 'invalid' });
  const met = await E(beto).meetBy(` ${made.secret}\n`, 'Ana', 'meet');
  assert.ok(met.ok);
  await village.node.rest();
  assert.equal((await E(met.goto).view()).phase, 'met');
  await village.owes('Ana', 'Beto', 10n);
  await village.owes('Beto', 'Ana', 4n);
  const convenor = await village.convene('Ana');
  for (const [name, book] of village.books) {
    const link = await E(convenor).inviteLink(name, name);
    assert.ok('secret' in link);
    assert.ok((await E(book).attendBy(link.secret, name)).ok);
  }
  await E(convenor).closeLodging();
  await village.node.rest();
  assert.deepEqual(await village.debts('Ana'), ['from Beto 6']);
  await village.stop();
});

test('a statement is rows of text, and no formula', async () => {
  const village = await makeRing();
  const { columns, rows, next } = await E(village.book('Ana')).statement(0n);
  assert.equal(next, undefined);
  assert.equal(rows.length, 2);
  const at = (row: readonly string[], column: string) => row[columns.indexOf(column)];
  assert.deepEqual(
    rows.map((row) => [at(row, 'with'), at(row, 'end'), at(row, 'amount'), at(row, 'unit')]),
    [
      ['Beto', 'from', '10', 'MXN'],
      ['Caro', 'to', '5', 'MXN'],
    ],
  );
  const counterparty = await village.counterparty('Ana', 'Beto');
  await E(counterparty).weOwe(1n, 'MXN', 1n, '=1+1', 'formula');
  await village.node.rest();
  await village.acceptAll('Beto', 'Ana');
  const after = await E(village.book('Ana')).statement(0n);
  assert.equal(at(after.rows.at(-1)!, 'what'), "'=1+1");
  await village.stop();
});

test('whoever only looks sees what stands in the book, and no way to act', async () => {
  const village = await makeRing();
  const looker = await E(village.book('Ana')).looker();
  const view = await E(looker).view();
  assert.equal(view.debts.length, 2);
  assert.ok(!view.debts.some((item) => 'debt' in item));
  const methods = ['leaveIt', 'introduce', 'attend', 'journal'];
  for (const method of methods) {
    await assert.rejects((E(looker) as never as Record<string, () => Promise<unknown>>)[method]!());
  }
  await village.stop();
});

test('every page of a book says everything in both languages', async () => {
  const village = await makeRing();
  const pages = await village.round();
  const convenor = await village.convene('Ana');
  const waiting = await village.attend(convenor, 'Ana');
  const { act } = await E(waiting).view();
  const book = village.book('Ana');
  for (const facet of [book, await E(book).looker(), pages.get('Ana')!, waiting, act!]) {
    assert.deepEqual(await descriptionFaults(facet), []);
  }
  await village.stop();
});

test('a book says who waits for an answer, and that nobody has answered an introduction', async () => {
  const village = await makeVillage(['Ana', 'Beto'], [['Ana', 'Beto']]);
  await E(village.book('Ana')).introduce('Caro', 'caro');
  const counterparty = await village.counterparty('Beto', 'Ana');
  await E(counterparty).theyOwe(3n, 'MXN', 30n, 'soup', 'soup');
  await village.node.rest();
  const { counterparties } = await E(village.book('Ana')).view();
  assert.deepEqual(
    counterparties.map(({ label, phase, waiting }) => ({ label, phase, waiting })),
    [
      { label: 'Beto', phase: 'met', waiting: 1n },
      { label: 'Caro', phase: 'introduced', waiting: 0n },
    ],
  );
  await village.acceptAll('Ana', 'Beto');
  const [beto] = await E(village.book('Ana')).counterparties(0n);
  assert.equal(beto!.waiting, 0n);
  await village.stop();
});

test('a debt is not exchanged for the same debt under a line', async () => {
  const village = await makeVillage(['Ana', 'FoCo'], [['Ana', 'FoCo']]);
  await village.owes('Ana', 'FoCo', 10n);
  await village.lends('FoCo', 'Ana', 20n);
  await E(village.book('FoCo')).lendAlongLines(true);
  const before = await E(village.book('Ana')).statement(0n);
  const pages = await village.round();
  const page = await E(pages.get('Ana')!).view();
  assert.deepEqual([page.phase, page.cleared, page.all[0]!.cleared], ['over', 0n, 0n]);
  assert.deepEqual(await E(village.book('Ana')).statement(0n), before);
  await village.stop();
});

test('what is worth something beside an exchange is cleared, and both books keep the same', async () => {
  // Ana owes the FoCo 10, which owes Beto 4, who owes Ana 4; and the FoCo lends to Ana.
  const village = await makeVillage(
    ['Ana', 'Beto', 'FoCo'],
    [
      ['Ana', 'Beto'],
      ['Beto', 'FoCo'],
      ['Ana', 'FoCo'],
    ],
  );
  await village.owes('Ana', 'FoCo', 10n);
  await village.owes('FoCo', 'Beto', 4n);
  await village.owes('Beto', 'Ana', 4n);
  await village.lends('FoCo', 'Ana', 20n);
  await E(village.book('FoCo')).lendAlongLines(true);
  const pages = await village.round();
  assert.deepEqual(await village.debts('Ana'), ['from FoCo 6']);
  assert.deepEqual(await village.debts('FoCo'), ['to Ana 6']);
  assert.deepEqual(await village.debts('Beto'), []);
  // It is the same debt as before, and nothing of the line was drawn.
  for (const name of ['Ana', 'FoCo']) {
    const { columns, rows } = await E(village.book(name)).statement(0n);
    const of = (row: readonly string[], column: string) => row[columns.indexOf(column)];
    assert.deepEqual(
      rows.map((row) => `${of(row, 'kind')} ${of(row, 'agreed')} ${of(row, 'amount')}`).toSorted(),
      ['line 20 20', 'obligation 10 6'],
    );
  }
  assert.equal((await E(pages.get('Beto')!).view()).all[0]!.cleared, 12n);
  await village.stop();
});

test('who left a round may come back while lodging is open, and has one place in it', async () => {
  const village = await makeRing();
  const convenor = await village.convene('Ana');
  for (const name of ['Beto', 'Caro']) await village.attend(convenor, name);
  const seat = (await E(convenor).invite('Ana', village.requestId())) as Facet<Seat>;
  const come = () => E(village.book('Ana')).attend(seat, village.requestId());
  const first = await come();
  assert.ok(first.ok);
  assert.deepEqual(await come(), { ok: false, code: 'claimed' });
  await village.node.rest();
  const { act } = await E(first.goto).view();
  await E(act as Facet<RoundLeave>).leave();
  const again = await come();
  assert.ok(again.ok);
  await village.node.rest();
  await E(convenor).closeLodging();
  await village.node.rest();
  assert.equal((await E(again.goto).view()).cleared, 5n);
  assert.deepEqual(await village.debts('Ana'), ['from Beto 5']);
  await village.stop();
});
