import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { stringify } from 'csv-stringify/sync';
import { fuzz } from '@pocas/vat-runtime/testing';
import { formatDate } from '#src/spreadsheet/dates.js';
import { formatDecimal } from '#src/spreadsheet/decimals.js';
import { readName, toCell } from '#src/spreadsheet/names.js';
import { readCircle } from '#src/spreadsheet/read-circle.js';
import { faultsOf, file, read, readPart } from './support.ts';

/** Obligations as short texts. */
const debtsOf = (text: string) =>
  readPart(text).debts.map(
    ({ line, debtor, creditor, amount }) => `${line}: ${debtor}>${creditor} ${amount}`,
  );

const plain = ['2: A>B 100', '3: B>C 80'];
const good: readonly (readonly [string, string, string[]])[] = [
  ['commas', 'debtor,creditor,amount\nA,B,100\nB,C,80\n', plain],
  ['semicolons', 'debtor;creditor;amount\nA;B;100\nB;C;80', plain],
  ['tabs', 'debtor\tcreditor\tamount\nA\tB\t100\nB\tC\t80\n', plain],
  ['a byte order mark', '\ufeffdebtor,creditor,amount\nA,B,100\nB,C,80\n', plain],
  ['line ends of Windows', 'debtor,creditor,amount\r\nA,B,100\r\nB,C,80\r\n', plain],
  ['line ends of several programs', 'debtor,creditor,amount\r\nA,B,100\nB,C,80\r', plain],
  ['a line that says the delimiter', 'sep=;\ndebtor;creditor;amount\nA;B;100\n', ['3: A>B 100']],
  ['Spanish', 'Deudor;Acreedor;Importe\nA;B;100\nB;C;80\n', plain],
  ['Spanish with accents and capitals', 'DEUDORA,Acreedora,Monto\nA,B,100\nB,C,80', plain],
  ['other columns between', 'no,creditor,x,amount,debtor\n7,B,?,100,A\n8,C,,80,B\n', plain],
  ['quotes', '"debtor","creditor","amount"\n"A","B","100"\n"B","C","80"', plain],
  ['quoted delimiters and quotes', 'debtor,creditor,amount\n"A, ""B""",C,1\n', ['2: A, "B">C 1']],
  [
    'a cell over two lines',
    'debtor,creditor,amount\n"A\nB",C,1\nD,E,2\n',
    ['2: A B>C 1', '4: D>E 2'],
  ],
  [
    'empty lines',
    '\n\n'.replace(/\n/g, '') + 'debtor,creditor,amount\n\nA,B,1\n,,\n\nB,A,2\n',
    ['3: A>B 1', '6: B>A 2'],
  ],
  ['empty cells at the end', 'debtor,creditor,amount\nA,B,1,,\n', ['2: A>B 1']],
  [
    'a decimal comma between semicolons',
    'debtor;creditor;amount\nA;B;1,50\nB;C;2',
    ['2: A>B 150', '3: B>C 200'],
  ],
  ['a decimal comma in quotes', 'debtor,creditor,amount\nA,B,"1,50"\n', ['2: A>B 150']],
];
for (const [name, text, expected] of good) {
  test(`a file with ${name} is read`, () => assert.deepEqual(debtsOf(text), expected));
}

const head = 'debtor,creditor,amount';
const bad: readonly (readonly [string, string | Uint8Array, string[]])[] = [
  ['nothing', '', ['f.csv: it is empty']],
  ['only a header', `${head}\n`, ['f.csv: no row is left that says who owes whom']],
  [
    'no header',
    'A,B,100\nB,C,80',
    [
      'f.csv, line 1: the first line has to name the columns "debtor" or "deudor", "creditor" or "acreedor", "amount" or "monto", and "debtor" or "deudor", "creditor" or "acreedor", "amount" or "monto" are not there; it begins with "A,B,100"',
    ],
  ],
  [
    'a column missing',
    'debtor;creditor\nA;B',
    [
      'f.csv, line 1: the first line has to name the columns "debtor" or "deudor", "creditor" or "acreedor", "amount" or "monto", and "amount" or "monto" is not there; it begins with "debtor;creditor"',
    ],
  ],
  [
    'a column twice',
    'debtor,deudor,creditor,amount\nA,A,B,1',
    ['f.csv, line 1: the column "deudor" says the same as another one; keep one'],
  ],
  [
    'priorities and weights',
    'debtor,creditor,amount,priority,weight\nA,B,1,1,1',
    ['f.csv, line 1: it has both priorities and weights; keep one of the two columns'],
  ],
  [
    'Windows-1252',
    Uint8Array.from([...new TextEncoder().encode(`${head}\nA,B,1\nPe`), 0xf1, 0x61]),
    [
      'f.csv, line 3: it is not written in UTF-8; save it from the spreadsheet as "CSV UTF-8", or choose the character set Unicode (UTF-8)',
    ],
  ],
  [
    'UTF-16',
    Uint8Array.from([0xff, 0xfe, 0x41, 0]),
    [
      'f.csv: it is written in UTF-16; save it from the spreadsheet as "CSV UTF-8", or choose the character set Unicode (UTF-8)',
    ],
  ],
  [
    'a workbook',
    Uint8Array.from([0x50, 0x4b, 3, 4]),
    ['f.csv: it is a workbook and no CSV; save the sheet from the spreadsheet as "CSV UTF-8"'],
  ],
  [
    'a zero byte',
    `${head}\nA\0,B,1`,
    [
      'f.csv: it has bytes of zero, as no CSV has; save it from the spreadsheet as "CSV UTF-8", or choose the character set Unicode (UTF-8)',
    ],
  ],
  [
    'a decimal comma without quotes',
    `${head}\nA,B,1,5`,
    [
      'f.csv, line 2: it has 4 cells, and the header 3; put a cell in quotes if a "," belongs to it, as in a decimal comma',
    ],
  ],
  [
    'a quote inside of a cell',
    `${head}\nA "x",B,1\nC,D,2`,
    [
      'f.csv, line 2: a quote stands inside of a cell; put the whole cell in quotes, and write each quote inside it twice; no row from here on was read',
    ],
  ],
  [
    'a quote that is not closed',
    `${head}\nA,B,1\n"C,D,2\nE,F,3\n`,
    ['f.csv, line 3: a cell begins with a quote that is not closed; no row from here on was read'],
  ],
  ['an empty name', `${head}\n,B,1`, ['f.csv, line 2, column "debtor": it is empty; write a name']],
  [
    'nothing owed',
    `${head}\nA,B,0.00\nA,B,0.5`,
    ['f.csv, line 2, column "amount": it is zero; write what is owed, or delete the row'],
  ],
  [
    'a debt to oneself',
    `${head}\nA, A ,1`,
    ['f.csv, line 2, column "creditor": "A" owes itself; correct it, or delete the row'],
  ],
  [
    'an id twice',
    `${head},Folio\nA,B,1,F1\nB,C,1,F1`,
    ['f.csv, line 3, column "Folio": "F1" stands in line 2 too; each has to be another'],
  ],
  [
    'a currency missing',
    `${head},moneda\nA,B,1,`,
    ['f.csv, line 2, column "moneda": it is empty; write a name'],
  ],
  [
    'a priority that is none',
    `${head},priority\nA,B,1,high`,
    ['f.csv, line 2, column "priority": "high" is no whole number from 0 to 1000'],
  ],
  [
    'a weight of nothing',
    `${head},weight\nA,B,1,0`,
    ['f.csv, line 2, column "weight": "0" is no whole number from 1 to 1000000'],
  ],
  [
    'several faults in one row and in others',
    `${head},due\nA,,x,1/1\nB,C,2,`,
    [
      'f.csv, line 2, column "creditor": it is empty; write a name',
      'f.csv, line 2, column "amount": "x" is no number; write only digits, such as 1200.50',
      'f.csv, line 2, column "due": "1/1" is no date; write the year first, such as 2026-11-30',
    ],
  ],
];
for (const [name, text, expected] of bad) {
  test(`a file with ${name} is refused with words`, () => {
    assert.deepEqual(
      faultsOf(() => read(text)),
      expected,
    );
  });
}

test('of many faults the first 20 are shown, and the others counted', () => {
  const rows = Array.from({ length: 30 }, () => 'A,A,1').join('\n');
  const faults = faultsOf(() => read(`${head}\n${rows}`));
  assert.equal(faults.length, 21);
  assert.match(faults[19]!, /^f\.csv, line 21, /);
  assert.equal(faults[20], 'and 10 more');
});

test('bad rows are left out where somebody asks for it, and all others count', () => {
  const { parts, skipped } = read(`${head}\nA,B,1\nA,A,1\nA,B,1,2\nB,A,2.5`, { skipBad: true });
  assert.deepEqual(
    parts[0]!.debts.map(({ line }) => line),
    [2, 5],
  );
  assert.deepEqual(
    skipped.map(({ line }) => line),
    [3, 4],
  );
  assert.match(faultsOf(() => read(`${head}\nA,A,1`, { skipBad: true })).at(-1)!, /no row is left/);
});

test('nobody can tell where a row with a wrong quote ends, so it is never left out silently', () => {
  for (const row of ['"x" y,B,1', 'x "y",B,1', '"x,B,1']) {
    const faults = faultsOf(() => read(`${head}\nA,B,1\n${row}\nB,A,2`, { skipBad: true }));
    assert.match(faults.join(), /^f\.csv, line 3: .*no row from here on was read$/);
  }
});

test('currencies are apart, each with as many decimals as its amounts have', () => {
  const { parts } = read(`${head},moneda\nA,B,1.5,MXN\nA,B,3,Horas\nB,A,2.25,mxn\nB,A,4,Horas`);
  assert.deepEqual(
    parts.map(({ currency, places, debts }) => [
      currency,
      places,
      debts.map(({ amount }) => amount),
    ]),
    [
      ['MXN', 2, [150n, 225n]],
      ['Horas', 0, [3n, 4n]],
    ],
  );
});

test('lines and wishes are in the smallest unit of the obligations, and share it', () => {
  const { parts } = readCircle({
    obligations: file(`${head}\nA,B,1\nB,C,2`),
    lines: file('prestamista;prestatario;límite\nC;A;0,125\n', 'l.csv'),
    wishes: file('participante,recupera,paga\nA,,3.5\nC,"1.5",\n', 'w.csv'),
  });
  const [{ places, debts, lines, wishes }] = parts as [(typeof parts)[number]];
  assert.equal(places, 3);
  assert.deepEqual(
    debts.map(({ amount }) => amount),
    [1000n, 2000n],
  );
  assert.deepEqual(
    lines.map(({ lender, borrower, limit }) => [lender, borrower, limit]),
    [['C', 'A', 125n]],
  );
  assert.deepEqual(
    wishes.map(({ participant, recall, pays }) => [participant, recall, pays]),
    [
      ['A', 0n, 3500n],
      ['C', 1500n, 0n],
    ],
  );
});

test('faults of all files are told together', () => {
  const faults = faultsOf(() =>
    readCircle({
      obligations: file(`${head},currency\nA,B,1,MXN\nB,A,1,EUR\nA,A,1,EUR`),
      lines: file('lender,borrower,limit,currency\nA,A,1,MXN\nA,B,1,USD\n', 'l.csv'),
      wishes: file('participant,recall,currency\nZ,1,MXN\nA,x,MXN\nA,1,MXN\nA,1,\n', 'w.csv'),
    }),
  );
  assert.deepEqual(faults, [
    'f.csv, line 4, column "creditor": "A" owes itself; correct it, or delete the row',
    'l.csv, line 2, column "borrower": "A" lends itself; correct it, or delete the row',
    'w.csv, line 3, column "recall": "x" is no number; write only digits, such as 1200.50',
    'w.csv, line 4, column "participant": "A" stands in line 3 too',
    'w.csv, line 5, column "currency": it is empty; write a name',
    'l.csv, line 3: nothing is owed in the currency "USD"',
    'w.csv, line 2: "Z" neither owes nor is owed anything; write the name as it stands there',
  ]);
});

test('what may surprise is said: signs, columns that are not used, rows that say the same, names that look alike', () => {
  const { notices } = read(
    'deudor;acreedor;monto;notas\nAna;Beto;1.234,50;x\nana;Beto;1\nAna;Beto;1.234,50;y\n',
  );
  assert.deepEqual(notices, [
    'Columns of f.csv that are not used: "notas".',
    'Decimals follow a comma; the other sign parts thousands.',
    'Lines 2, 4 say the same. All of them count.',
    '"Ana" and "ana" are different participants. Write the name in one way if they are not.',
  ]);
});

test('origins depend on what rows say, and neither on their order nor on one another', () => {
  const rows = ['A,B,1', 'B,C,2', 'A,B,1', 'C,A,3'];
  const originsOf = (lines: string[]) =>
    readPart(`${head}\n${lines.join('\n')}`)
      .debts.map(({ origin }) => origin)
      .toSorted();
  const origins = originsOf(rows);
  assert.equal(new Set(origins).size, 4);
  assert.deepEqual(originsOf(rows.toReversed()), origins);
  for (const origin of origins) assert.match(origin, /^[0-9a-f]{64}$/);
});

const nameArb = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
    fc.constantFrom('=1+1', '<b>&"\'', 'a;b,c\td', 'مخبز', '👩‍👧', 'x\ny', '"', "'=x"),
  )
  .map((text) => readName(text))
  .filter((name): name is { name: string } => 'name' in name)
  .map(({ name }) => name);

test('what was written by a spreadsheet is read back: names, amounts, dates, in each delimiter and sign', () => {
  const rowArb = fc.record({
    ...{ debtor: nameArb, creditor: nameArb, amount: fc.bigInt(1n, 10n ** 12n) },
    ...{ day: fc.option(fc.bigInt(0n, 40_000n)), priority: fc.option(fc.nat(1000)) },
  });
  fc.assert(
    fc.property(
      fc.array(rowArb, { minLength: 1, maxLength: 8 }),
      fc.constantFrom(',', ';', '\t'),
      fc.constantFrom<'.' | ','>('.', ','),
      fc.constantFrom('\n', '\r\n'),
      fc.boolean(),
      (rows, delimiter, sign, record_delimiter, bom) => {
        const wanted = rows.filter(({ debtor, creditor }) => debtor !== creditor);
        if (wanted.length === 0) return;
        const table = wanted.map(({ debtor, creditor, amount, day, priority }) => [
          ...[toCell(debtor), toCell(creditor), formatDecimal(amount, 2, sign)],
          ...[day === null ? '' : formatDate(day), String(priority ?? '')],
        ]);
        const header = ['Deudor', 'creditor', 'Monto', 'vence', 'prioridad'];
        const text = stringify([header, ...table], { delimiter, record_delimiter, bom });
        const { debts, places } = readPart(text);
        assert.equal(places, 2);
        assert.deepEqual(
          debts.map(({ debtor, creditor, amount, due, priority }) => ({
            ...{ debtor, creditor, amount, day: due ?? null },
            priority: priority === undefined ? null : Number(priority),
          })),
          wanted.map(({ debtor, creditor, amount, day, priority }) => ({
            ...{ debtor, creditor, amount, day, priority },
          })),
        );
      },
    ),
    fuzz(300),
  );
});
