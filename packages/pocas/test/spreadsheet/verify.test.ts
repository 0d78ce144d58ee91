/** What anybody could write into a folder of results, and how it is found out. */
import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { fuzz } from '@pocas/vat-runtime/testing';
import { type Problem, solveProblem } from '@pocas/clearing/setoff';
import { faultsOfFiles } from '#src/spreadsheet/check-files.js';
import type { Circle } from '#src/spreadsheet/circle.js';
import { SpreadsheetError, describeFault } from '#src/spreadsheet/faults.js';
import { readCircle } from '#src/spreadsheet/read-circle.js';
import { readResult } from '#src/spreadsheet/read-result.js';
import { type ResultFile, makeFiles } from '#src/spreadsheet/results.js';
import { solveParts } from '#src/spreadsheet/solving.js';
import { file, read } from './support.ts';

/** Small ones need no thread of their own. */
const solve = async (problem: Problem) => solveProblem(problem);

const optionsFor = ({ parts }: Circle) => ({
  hasWishes: parts.some(({ wishes }) => wishes.length > 0),
  ...(parts.every(({ debts }) => debts.length < 1000) ? { solve } : {}),
});

const solveAll = async (circle: Circle, language: 'en' | 'es' = 'en') => {
  const solved = await solveParts(circle.parts, optionsFor(circle));
  return { solved, files: makeFiles(circle, solved, language) };
};

/** All that `pocas clearing verify` says of files. */
const verify = async (
  circle: Circle,
  files: ReadonlyMap<ResultFile, string>,
): Promise<string[]> => {
  const get = (name: ResultFile) => {
    const text = files.get(name);
    return text === undefined ? undefined : file(text, name);
  };
  try {
    const { results, faults } = readResult(circle, {
      cleared: get('cleared.csv')!,
      certificate: get('certificate.csv')!,
      lines: get('lines.csv'),
    });
    if (faults.length > 0) return faults.map(describeFault);
    const solved = await solveParts(circle.parts, optionsFor(circle), results);
    const all = Object.fromEntries([...files.keys()].map((name) => [name, get(name)]));
    return faultsOfFiles(circle, solved, all, optionsFor(circle).hasWishes).map(describeFault);
  } catch (error) {
    if (error instanceof SpreadsheetError) return error.faults.map(describeFault);
    throw error;
  }
};

const circle = read('debtor,creditor,amount\nA,B,100\nB,C,80\nC,A,70\nC,B,5\n');
const { files: honest } = await solveAll(circle);

test('what was solved is right', async () => assert.deepEqual(await verify(circle, honest), []));

const lies: readonly (readonly [string, ResultFile, string, string, RegExp])[] = [
  [
    'a unit more for one',
    'cleared.csv',
    '2,A,B,100,70,30',
    '2,A,B,100,71,29',
    /balance of "A" changes: it gains 1\n.*balance of "B" changes: it loses 1/,
  ],
  [
    'more than is owed',
    'cleared.csv',
    '4,C,A,70,70,0',
    '4,C,A,70,71,-1',
    /line 4, column "cleared": more is cleared than is owed/,
  ],
  [
    'less than nothing',
    'cleared.csv',
    '2,A,B,100,70,30',
    '2,A,B,100,-1,101',
    /less than nothing is cleared/,
  ],
  [
    'a part that does not add up',
    'cleared.csv',
    '2,A,B,100,70,30',
    '2,A,B,100,70,20',
    /amount less cleared is 30/,
  ],
  [
    'another amount',
    'cleared.csv',
    '2,A,B,100,70,30',
    '2,A,B,90,70,20',
    /line 2 of the obligations says 100/,
  ],
  [
    'another debtor',
    'cleared.csv',
    '2,A,B,100,70,30',
    '2,Z,B,100,70,30',
    /line 2 of the obligations says "A"/,
  ],
  ['a row twice', 'cleared.csv', '2,A,B,100,70,30', '3,B,C,80,75,5', /"3" stands twice/],
  [
    'a row of nobody',
    'cleared.csv',
    '2,A,B,100,70,30',
    '9,A,B,100,70,30',
    /"9" is no line that was to be cleared; was it solved with other files or options\?/,
  ],
  ['a row missing', 'cleared.csv', '2,A,B,100,70,30\r\n', '', /nothing is said of line 2/],
  ['no number', 'cleared.csv', '2,A,B,100,70,30', '2,A,B,100,many,30', /"many" is no number/],
  [
    'less than is possible',
    'cleared.csv',
    '3,B,C,80,75,5\r\n4,C,A,70,70,0\r\n5,C,B,5,5,0',
    '3,B,C,80,70,10\r\n4,C,A,70,70,0\r\n5,C,B,5,0,5',
    /clearing more is worth more/,
  ],
  ['prices that prove nothing', 'certificate.csv', 'A,0\r\n', 'A,5\r\n', /prices/],
  ['a price missing', 'certificate.csv', 'A,0\r\n', '', /"A" has no price/],
  [
    'a price of a stranger',
    'certificate.csv',
    'A,0\r\n',
    'A,0\r\nZ,0\r\n',
    /"Z" does not take part/,
  ],
  ['a price twice', 'certificate.csv', 'A,0\r\n', 'A,0\r\nA,0\r\n', /"A" stands twice/],
  [
    'a balance that changed',
    'positions.csv',
    ',-30',
    ',-29',
    /positions\.csv, line 2: it does not follow from what was cleared/,
  ],
  [
    'a debt that remains to somebody else',
    'remaining.csv',
    'A,B,30',
    'A,C,30',
    /remaining\.csv, line 2: it does not follow/,
  ],
  [
    'a debt that is forgotten',
    'remaining.csv',
    'A,B,30\r\n',
    '',
    /remaining\.csv: 1 rows are missing/,
  ],
  [
    'a payment of what is not owed',
    'payments.csv',
    '2,A,B,30',
    '2,A,C,30',
    /"A" pays "C" more than it owes/,
  ],
  [
    'a transfer to the wrong one',
    'transfers.csv',
    'A,B,25',
    'A,C,25',
    /"C" keeps 30 in all, and no more than 5 is right/,
  ],
  ['a transfer too much', 'transfers.csv', 'A,B,25', 'A,B,26', /"A" puts in 31 in all/],
  [
    'a transfer too little',
    'transfers.csv',
    'A,B,25',
    'A,B,24',
    /29 of outside money in all settles what was wanted, and 30 is right/,
  ],
  [
    'a summary that promises more',
    'summary.json',
    '"cleared": "220"',
    '"cleared": "221"',
    /summary\.json: it does not follow/,
  ],
];
for (const [name, lied, from, to, words] of lies) {
  test(`${lied}: ${name} is found out`, async () => {
    const text = honest.get(lied)!;
    assert.equal(text.split(from).length, 2, `"${from}" stands once in ${text}`);
    const faults = await verify(circle, new Map([...honest, [lied, text.replace(from, to)]]));
    assert.match(faults.join('\n'), words);
  });
}

test('a file that is no table is found out', async () => {
  for (const [name] of honest) {
    if (!name.endsWith('.csv')) continue;
    const faults = await verify(circle, new Map([...honest, [name, 'nothing']]));
    assert.match(faults.join(), /the first line has to name the columns/, name);
  }
});

test('of credit lines nothing may be left out, and no more drawn than was granted', async () => {
  const lent = readCircle({
    obligations: file('debtor,creditor,amount\nA,B,10\nB,C,10\n'),
    lines: file('lender,borrower,limit\nC,A,6\n', 'l.csv'),
  });
  const { files } = await solveAll(lent);
  assert.deepEqual(await verify(lent, files), []);
  const said = async (text: string | undefined) => {
    const altered = new Map(files);
    altered.delete('lines.csv');
    if (text !== undefined) altered.set('lines.csv', text);
    return (await verify(lent, altered)).join('\n');
  };
  const header = 'line,lender,borrower,limit,drawn';
  assert.match(await said(undefined), /lines\.csv: it is not there/);
  assert.match(await said(`${header}\n`), /nothing is said of line 2/);
  assert.match(await said(`${header}\n2,C,A,7,7`), /more is drawn than the limit/);
  assert.match(await said(`${header}\n2,C,B,6,6`), /line 2 of the credit lines says "A"/);
  assert.match(await said(`${header}\n2,C,A,6,5`), /the balance of "C" changes: it loses 1/);
});

test('nobody is asked for more money than it said, or given more than it wants', async () => {
  const wished = readCircle({
    obligations: file('debtor,creditor,amount\nA,B,10\nC,B,10\nC,D,4\n'),
    wishes: file('participant,recall,pays\nA,0,6\nC,0,2\nB,8,0\n', 'w.csv'),
  });
  const { files } = await solveAll(wished);
  assert.deepEqual(await verify(wished, files), []);
  const said = async (...rows: string[]) => {
    const text = ['payer,payee,value', ...rows].join('\n');
    return (await verify(wished, new Map([...files, ['transfers.csv' as const, text]]))).join('\n');
  };
  assert.equal(await said('A,B,6', 'C,B,2'), '');
  assert.match(await said('A,B,5', 'C,B,3'), /"C" puts in 3 in all, and no more than 2 is right/);
  assert.match(await said('A,B,7', 'C,B,1'), /"A" puts in 7 in all, and no more than 6 is right/);
  assert.match(await said('A,D,6', 'C,B,2'), /"D" keeps 6 in all, and no more than 0 is right/);
  assert.match(await said('A,B,6', 'C,B,1'), /7 of outside money in all .* and 8 is right/);
  assert.match(await said('A,B,6', 'C,B,2', 'A,B,-1'), /it is not above zero/);
});

const circleArb = fc
  .array(
    fc.tuple(fc.nat(5), fc.nat(5), fc.integer({ min: 1, max: 30 }), fc.constantFrom('MXN', 'h')),
    { minLength: 1, maxLength: 14 },
  )
  .map((rows) => rows.filter(([from, to]) => from !== to))
  .filter(({ length }) => length > 0)
  .map((rows) =>
    read(
      `debtor;creditor;amount;currency\n${rows.map(([from, to, amount, unit]) => `p${from};p${to};${amount},5;${unit}`).join('\n')}`,
    ),
  );

test('every result that we write is right when it is read back, in both languages', async () => {
  await fc.assert(
    fc.asyncProperty(circleArb, fc.constantFrom<'en' | 'es'>('en', 'es'), async (one, language) => {
      const { solved, files } = await solveAll(one, language);
      assert.deepEqual(await verify(one, files), []);
      const sums = one.parts.map((_, i) => solved[i]!.result.total);
      assert.ok(sums.every((sum) => sum >= 0n));
    }),
    fuzz(100),
  );
});

test('no change of one unit in what was cleared goes unseen', async () => {
  await fc.assert(
    fc.asyncProperty(circleArb, fc.nat(), fc.boolean(), async (one, at, isMore) => {
      const { files } = await solveAll(one);
      const [header, ...rows] = files.get('cleared.csv')!.trimEnd().split('\r\n');
      const place = at % rows.length;
      const cells = rows[place]!.split(';');
      // The last two are what was cleared and what remains, with one decimal.
      const [cleared, remaining] = cells
        .slice(-2)
        .map((text) => BigInt(text.replace(',', '')) * 1n) as [bigint, bigint];
      const by = isMore ? 1n : -1n;
      const write = (value: bigint) => {
        const size = value < 0n ? -value : value;
        return `${value < 0n ? '-' : ''}${size / 10n},${size % 10n}`;
      };
      rows[place] = [...cells.slice(0, -2), write(cleared + by), write(remaining - by)].join(';');
      const altered = [header, ...rows].join('\r\n');
      const faults = await verify(one, new Map([...files, ['cleared.csv' as const, altered]]));
      assert.notDeepEqual(faults, []);
    }),
    fuzz(100),
  );
});

test('40,000 obligations are read, solved, written and found right', async () => {
  const rows = Array.from({ length: 40_000 }, (_, i) => {
    const from = (i * 7919) % 10_000;
    const to = (from + 1 + ((i * 104_729) % 97)) % 10_000;
    return `p${from},p${to},${1 + ((i * 31) % 1000)}.${String(i % 100).padStart(2, '0')},${i}`;
  });
  const large = read(`debtor,creditor,amount,id\n${rows.join('\n')}\n`);
  const { solved, files } = await solveAll(large);
  assert.ok(solved[0]!.result.total > 0n);
  assert.equal(files.get('cleared.csv')!.split('\r\n').length, 40_002);
  assert.deepEqual(await verify(large, files), []);
});
