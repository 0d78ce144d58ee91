/** `pocas clearing`: a circle with a spreadsheet, as its people run it. */
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { makeCleanup, makeFolder } from './support/cleanup.ts';
import { pathsIn } from './support/files.ts';
import { runProgram, startProgram } from './support/program.ts';
import { until } from './support/until.ts';

const cleanup = makeCleanup(after);

/** A folder with a file `f.csv`, and the commands run in it. */
const makeCircle = (text: string, more: { readonly [name: string]: string } = {}) => {
  const folder = makeFolder(cleanup);
  writeFileSync(join(folder, 'f.csv'), text);
  for (const [name, content] of Object.entries(more)) writeFileSync(join(folder, name), content);
  const run = (command: string, ...args: string[]) =>
    runProgram(['clearing', command, 'f.csv', ...args], { cwd: folder });
  return {
    folder,
    run,
    /** The same in Spanish terminals. */
    runSpanish: (command: string, ...args: string[]) =>
      runProgram(['clearing', command, 'f.csv', ...args], { cwd: folder, lang: 'es_MX.UTF-8' }),
    text: (name: string) => readFileSync(join(folder, name), 'utf8'),
    write: (name: string, content: string) => writeFileSync(join(folder, name), content),
    /** Rows of a table of ours, without its header. */
    rows: (name: string) =>
      readFileSync(join(folder, name), 'utf8').trimEnd().split('\r\n').slice(1),
  };
};

/** Published examples, and ours. FACTS: cycles.money, "Algorithm Design 101"; lowimpact.org; docs/clearing.md. */
const examples: readonly (readonly [string, string, string, string[]])[] = [
  ['of three of cycles.money', 'A,B,100\nB,C,80\nC,A,70', '210', ['A,B,30', 'B,C,10']],
  [
    'of five of cycles.money',
    'Alice,Bob,100\nBob,Eve,70\nEve,Alice,100\nCharlie,Dave,100\nDave,Eve,100\nEve,Charlie,70\nBob,Charlie,100',
    '570',
    ['Bob,Charlie,70'],
  ],
  ['of lowimpact.org', 'A,B,5\nB,C,10\nC,A,20', '15', ['B,C,5', 'C,A,15']],
  [
    'in which to begin between two clears less',
    'u,v,10\nv,u,4\nu,x,4\nx,v,4',
    '12',
    ['u,v,6', 'v,u,0', 'u,x,0', 'x,v,0'].filter((row) => !row.endsWith(',0')),
  ],
];
for (const [name, rows, cleared, remaining] of examples) {
  test(`the example ${name} clears ${cleared}, and its result is verified`, async () => {
    const circle = makeCircle(`debtor,creditor,amount\n${rows}\n`);
    const { code, stdout, stderr } = await circle.run('solve', '--json', '--out', 'r');
    assert.deepEqual([code, stderr], [0, '']);
    const { currencies, skipped } = JSON.parse(stdout) as {
      currencies: [{ cleared: string }];
      skipped: number[];
    };
    assert.deepEqual([currencies[0].cleared, skipped], [cleared, []]);
    if (name.includes('between two')) {
      assert.equal(circle.rows('r/cleared.csv').length, 4);
    } else assert.deepEqual(circle.rows('r/remaining.csv'), remaining);
    const verified = await circle.run('verify', '--result', 'r');
    assert.deepEqual([verified.code, verified.stderr], [0, '']);
    assert.match(verified.stdout, /^The result is right: /);
  });
}

const three = 'debtor,creditor,amount\nA,B,100\nB,C,80\nC,A,70\n';

test('solve prints a summary in the language of the terminal, and makes no files unless asked', async () => {
  const circle = makeCircle(three);
  assert.deepEqual(await circle.run('solve'), {
    code: 0,
    stdout: `3 participants, 3 obligations
  owed before                           250
  cleared                               210  84 %
  remaining                              40
  of it net debt, which nothing clears   30
  outside money needed                   30  in 2 transfers
`,
    stderr: '',
  });
  assert.match((await circle.runSpanish('solve')).stdout, /^  compensado +210  84 %$/m);
  assert.match((await circle.run('solve', '--lang', 'es')).stdout, /^  queda +40$/m);
  assert.deepEqual(pathsIn(circle.folder), ['f.csv']);
});

test('solve --out writes tables in the delimiter, the signs and the language of the circle', async () => {
  const circle = makeCircle(
    'Deudor;Acreedor;Importe;Moneda;Folio;Vence\nAna;Beto;100,50;MXN;F1;2026-11-30\nBeto;Ana;40;MXN;F2;\nBeto;Ana;3;Horas;F3;\nAna;Beto;5;Horas;F4;\n',
  );
  const { code, stdout, stderr } = await circle.runSpanish('solve', '-o', 'r');
  assert.equal(code, 0);
  assert.equal(stderr, 'Decimals follow a comma.\n');
  assert.match(stdout, /^MXN: 2 participantes, 2 obligaciones\n/);
  assert.match(stdout, /^Horas: 2 participantes, 2 obligaciones\n {2}se debía antes +8\n/m);
  assert.match(stdout, /\nEscrito en r\n$/);
  assert.equal(
    circle.text('r/cleared.csv'),
    '\ufeffrenglón;folio;deudor;acreedor;moneda;monto;compensado;queda\r\n' +
      '2;F1;Ana;Beto;MXN;100,50;40,00;60,50\r\n3;F2;Beto;Ana;MXN;40,00;40,00;0,00\r\n' +
      '4;F3;Beto;Ana;Horas;3;3;0\r\n5;F4;Ana;Beto;Horas;5;3;2\r\n',
  );
  assert.equal(
    circle.text('r/positions.csv'),
    '\ufeffparticipante;moneda;le deben;debe;compensado;le deben después;debe después;saldo\r\n' +
      'Ana;MXN;40,00;100,50;40,00;0,00;60,50;-60,50\r\nBeto;MXN;100,50;40,00;40,00;60,50;0,00;60,50\r\n' +
      'Ana;Horas;3;5;3;0;2;-2\r\nBeto;Horas;5;3;3;2;0;2\r\n',
  );
  assert.equal(
    circle.text('r/remaining.csv'),
    '\ufeffdeudor;acreedor;monto;moneda;vence;folio\r\nAna;Beto;60,50;MXN;2026-11-30;F1\r\nAna;Beto;2;Horas;;F4\r\n',
  );
  assert.deepEqual(circle.rows('r/transfers.csv'), ['Ana;Beto;MXN;60,50', 'Ana;Beto;Horas;2']);
  assert.match(circle.text('r/statements.txt'), /^Ana debía 100,50 MXN, .*\n/);
  assert.match(circle.text('r/statements.txt'), /Se debía a Beto \(F1\)/);
  // Anybody may read it with a terminal in another language.
  assert.equal((await circle.run('verify', '--result', 'r')).code, 0);
  // What remains is the file of the next cycle.
  circle.write('f.csv', circle.text('r/remaining.csv'));
  const next = await circle.run('solve', '--json');
  const { currencies } = JSON.parse(next.stdout) as {
    currencies: { owed: string; cleared: string }[];
  };
  assert.deepEqual(
    currencies.map(({ owed, cleared }) => [owed, cleared]),
    [
      ['60.50', '0.00'],
      ['2', '0'],
    ],
  );
});

test('credit lines close loops, and wishes say how much money is needed', async () => {
  const circle = makeCircle('debtor,creditor,amount\nA,B,10\nB,C,10\n', {
    'lines.csv': 'lender,borrower,limit\nC,A,6\n',
    'wishes.csv': 'participant,recall,pays\nC,3,0\nA,0,1\n',
  });
  const files = ['--lines', 'lines.csv', '--wishes', 'wishes.csv'];
  const { stdout } = await circle.run('solve', ...files, '-o', 'r', '--json');
  const { currencies } = JSON.parse(stdout) as { currencies: [object] };
  assert.deepEqual(currencies[0], {
    ...{ currency: '', participants: 3, obligations: 2, owed: '20', cleared: '12', drawn: '6' },
    ...{ remaining: '14', netDebt: '10', outsideMoney: '1', unserved: '2', transfers: 1 },
  });
  assert.deepEqual(circle.rows('r/lines.csv'), ['2,C,A,6,6']);
  assert.deepEqual(circle.rows('r/remaining.csv'), ['A,B,4', 'B,C,4', 'A,C,6']);
  assert.equal((await circle.run('verify', ...files, '--result', 'r')).code, 0);
  const explained = await circle.run(
    'explain',
    '--lines',
    'lines.csv',
    '--who',
    'A',
    '--result',
    'r',
  );
  assert.match(explained.stdout, /Of the line of 6 from C \(credit line 2\), 6 was drawn/);
  // Without the lines it is another problem, and its result is wrong there.
  assert.equal((await circle.run('verify', '--result', 'r')).code, 8);
});

test('--hub sends all money through one', async () => {
  const circle = makeCircle('debtor,creditor,amount\nA,B,10\nC,D,5\n');
  await circle.run('solve', '--hub', 'Local fund', '-o', 'r');
  assert.deepEqual(circle.rows('r/transfers.csv').toSorted(), [
    'A,Local fund,10',
    'C,Local fund,5',
    'Local fund,B,10',
    'Local fund,D,5',
  ]);
  assert.equal((await circle.run('verify', '--result', 'r')).code, 0);
});

test('what cannot be used is said row by row, nothing is solved, and the exit code is 1', async () => {
  const circle = makeCircle('debtor,creditor,amount\nA,B,x\nB,,1\nB,A,1\n');
  assert.deepEqual(await circle.run('solve', '-o', 'r'), {
    code: 1,
    stdout: '',
    stderr:
      'Cannot use the rows of f.csv:\nf.csv, line 2, column "amount": "x" is no number; write only digits, such as 1200.50\nf.csv, line 3, column "creditor": it is empty; write a name\n',
  });
  assert.deepEqual(pathsIn(circle.folder), ['f.csv']);
  const skipped = await circle.run('solve', '--skip-bad', '--json', '-o', 'r');
  assert.equal(skipped.code, 0);
  assert.match(
    skipped.stderr,
    /^Left out, as --skip-bad says:\nf\.csv, line 2, .*\nf\.csv, line 3, .*\n$/,
  );
  assert.deepEqual((JSON.parse(skipped.stdout) as { skipped: number[] }).skipped, [2, 3]);
  assert.equal((await circle.run('verify', '--skip-bad', '--result', 'r')).code, 0);
});

const misunderstood: readonly (readonly [string[], RegExp])[] = [
  [['solve', 'no-such-file.csv'], /there is no such file/],
  [['solve', '.'], /it is a folder/],
  [['solve', 'f.csv', '--decimals', 'dot'], /point, comma/],
  [['solve', 'f.csv', '--lines', 'none.csv'], /there is no such file/],
  [['solve'], /missing required argument/],
  [['explain', 'f.csv'], /--who/],
  [['explain', 'f.csv', '--who', 'Zoe'], /nobody in the file is called "Zoe"/],
  [['explain', 'f.csv', '--who', 'a'], /nobody in the file is called "a"; is it "A"\?/],
  [['draw', 'f.csv'], /--out/],
  [['draw', 'f.csv', '-o', 'p.svg', '--largest', '41'], /from 3 to 40/],
  [['draw', 'f.csv', '-o', 'p.svg', '--currency', 'USD'], /no currency "USD"/],
  [['draw', 'f.csv', '-o', 'none/p.svg'], /the folder that it would be in is not there/],
  [['verify', 'f.csv'], /--result/],
  [['verify', 'f.csv', '--result', 'none'], /cleared\.csv is not there/],
  [[], /solve/],
];
for (const [args, words] of misunderstood) {
  test(`"pocas clearing ${args.join(' ')}" exits with 2, says why, and makes no files`, async () => {
    const { folder } = makeCircle(three);
    const { code, stdout, stderr } = await runProgram(['clearing', ...args], { cwd: folder });
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, words);
    assert.deepEqual(pathsIn(folder), ['f.csv']);
  });
}

test('amounts past what can be calculated exactly are refused with words', async () => {
  const circle = makeCircle(
    'debtor,creditor,amount\nA,B,900719925474099.25\nB,A,900719925474099.25\nA,C,900719925474099.25\nC,A,1',
  );
  const { code, stderr } = await circle.run('solve', '-o', 'r');
  assert.equal(code, 1);
  assert.match(stderr, /2\^53/);
  assert.deepEqual(pathsIn(circle.folder), ['f.csv']);
});

test('nothing is written over: not results, not files of others, and not through a link', async () => {
  const circle = makeCircle(three);
  assert.equal((await circle.run('solve', '-o', 'r')).code, 0);
  const before = circle.text('r/cleared.csv');
  const again = await circle.run('solve', '-o', 'r');
  assert.equal(again.code, 2);
  assert.match(again.stderr, /results are in it; .*--force/);
  circle.write('f.csv', 'debtor,creditor,amount\nA,B,7\n');
  assert.equal((await circle.run('solve', '-o', 'r', '--force')).code, 0);
  assert.notEqual(circle.text('r/cleared.csv'), before);
  assert.deepEqual(
    pathsIn(circle.folder).filter((path) => path.startsWith('.')),
    [],
  );

  circle.write('r/mine.txt', 'mine');
  const kept = pathsIn(circle.folder);
  const foreign = await circle.run('solve', '-o', 'r', '--force');
  assert.deepEqual([foreign.code, pathsIn(circle.folder)], [2, kept]);
  assert.match(foreign.stderr, /other files are in it/);
  assert.equal((await circle.run('solve', '-o', 'f.csv', '--force')).code, 2);

  assert.equal((await circle.run('draw', '-o', 'p.svg')).code, 0);
  assert.equal((await circle.run('draw', '-o', 'p.svg')).code, 2);
  assert.equal((await circle.run('draw', '-o', 'p.svg', '--force')).code, 0);
  mkdirSync(join(circle.folder, 'else'));
  symlinkSync(join(circle.folder, 'else'), join(circle.folder, 'link'));
  symlinkSync(join(circle.folder, 'f.csv'), join(circle.folder, 'link.svg'));
  assert.equal((await circle.run('solve', '-o', 'link', '--force')).code, 2);
  assert.equal((await circle.run('draw', '-o', 'link.svg', '--force')).code, 2);
  assert.equal(circle.text('f.csv'), 'debtor,creditor,amount\nA,B,7\n');
  // An empty folder is as good as none.
  assert.equal((await circle.run('solve', '-o', 'else')).code, 0);
});

/** Replaces the only place where something stands. */
const altered = (text: string, from: string, to: string): string => {
  assert.equal(text.split(from).length, 2, `${from} stands once`);
  return text.replace(from, to);
};

test('a result that is not right is refused by verify and by those who would use it', async () => {
  const circle = makeCircle(three);
  assert.equal((await circle.run('solve', '-o', 'r')).code, 0);
  circle.write('r/cleared.csv', altered(circle.text('r/cleared.csv'), '70,30', '71,29'));
  assert.deepEqual(await circle.run('verify', '--result', 'r'), {
    ...{ code: 8, stdout: '' },
    stderr:
      'The result is not right. Faults: 2\ncleared.csv: the balance of "A" changes: it gains 1\ncleared.csv: the balance of "B" changes: it loses 1\n',
  });
  assert.equal((await circle.run('explain', '--who', 'A', '--result', 'r')).code, 8);
  const drawn = await circle.run('draw', '-o', 'p.svg', '--result', 'r');
  assert.equal(drawn.code, 8);
  assert.match(drawn.stderr, /^Cannot use the result in "r": it is not right\n/);
});

test('verify --json says the same to programs', async () => {
  const circle = makeCircle(three);
  await circle.run('solve', '-o', 'r');
  const right = await circle.run('verify', '--result', 'r', '--json');
  assert.deepEqual([right.code, right.stdout], [0, '{"right":true,"faults":[]}\n']);
  circle.write('r/certificate.csv', 'participant,price\nA,0\nB,0\nC,0\n');
  const wrong = await circle.run('verify', '--result', 'r', '--json');
  assert.equal(wrong.code, 8);
  const { right: isRight, faults } = JSON.parse(wrong.stdout) as {
    right: boolean;
    faults: string[];
  };
  assert.equal(isRight, false);
  assert.ok(
    faults.some((fault) =>
      fault.startsWith('certificate.csv: line 2, from "A" to "B", clears 70 of 100, though'),
    ),
  );
});

test('a spreadsheet may save a result in its own way, in another order, and it is still right', async () => {
  const circle = makeCircle('debtor;creditor;amount\nA;B;100,50\nB;A;40,25\n');
  await circle.run('solve', '-o', 'r');
  const [header, ...rows] = circle.text('r/cleared.csv').slice(1).trimEnd().split('\r\n');
  const lines = [header, ...rows.toReversed()].map((line) => line!.replace(/(,\d)0\b/g, '$1'));
  circle.write('r/cleared.csv', lines.join('\n'));
  assert.equal((await circle.run('verify', '--result', 'r')).code, 0);
});

const hostile = [
  ...['=HYPERLINK("http://x","y")', '@SUM(A1)', '+1', '-1', "'=1", '<script>alert(1)</script>'],
  ...['a;b,c\td"e', '../../etc/passwd', 'مخبز القمر', '👩‍👩‍👧‍👦', '&amp;', ']]>', '%s%n', 'constructor'],
  ...['__proto__', 'Z̷̧͇'.repeat(20), 'x'.repeat(200)],
];
const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;

test('names of all kinds are only names: in tables, sentences, pictures and on the terminal', async () => {
  const rows = hostile.map(
    (name, i) => `${quote(name)},${quote(hostile[(i + 1) % hostile.length]!)},10`,
  );
  const circle = makeCircle(`debtor,creditor,amount\n${rows.join('\n')}\n`);
  const { code, stdout } = await circle.run('solve', '-o', 'r', '--json');
  assert.equal(code, 0);
  assert.match(stdout, new RegExp(`"cleared":"${10 * hostile.length}"`));
  assert.equal((await circle.run('verify', '--result', 'r')).code, 0);
  assert.deepEqual(readdirSync(circle.folder).toSorted(), ['f.csv', 'r']);
  for (const file of readdirSync(join(circle.folder, 'r'))) {
    if (!file.endsWith('.csv')) continue;
    // No cell begins as a formula does, but for numbers below zero.
    const text = circle.text(`r/${file}`);
    assert.doesNotMatch(text, /(?:^|[,\r\n])"?[=+@]/);
    assert.doesNotMatch(text, /(?:^|[,\r\n])"?-(?!\d+(?:[,\r]|$))/);
  }
  for (const name of hostile) {
    // White space that nobody sees is no part of it, nor the mark by which spreadsheets say "a text".
    const said = name.replaceAll('\t', ' ').normalize('NFC').replace(/^'=/, '=');
    assert.ok(circle.text('r/statements.txt').includes(`${said} owed 10, of which 10 was cleared`));
  }
  const explained = await circle.run('explain', '--who=-1', '--result', 'r');
  assert.ok(explained.stdout.startsWith('-1 owed 10, of which 10 was cleared'));
  assert.equal((await circle.run('draw', '-o', 'p.svg', '--result', 'r')).code, 0);
  assert.doesNotMatch(circle.text('p.svg'), /<script/);
});

test('a name of 10,000 characters, and one that turns the line around, are refused in short lines', async () => {
  const circle = makeCircle(
    `debtor,creditor,amount\n${'ñ'.repeat(10_000)},B,1\nA,\u202eB\u001b[2J,1\n`,
  );
  const { code, stderr } = await circle.run('solve');
  assert.equal(code, 1);
  assert.ok(stderr.length < 500);
  assert.doesNotMatch(stderr, /[\u0000-\u0009\u000b-\u001f\u202e]/);
});

test('explain says what was cleared, through which loops, and why something is left', async () => {
  const circle = makeCircle(three);
  const { stdout } = await circle.run('explain', '--who', ' B ');
  assert.match(
    stdout,
    /^B owed 80, of which 70 was cleared, and was owed 100, of which 70 was cleared\.\n/,
  );
  assert.match(stdout, /70 came round a loop of 3: from A, and on to C\./);
  assert.match(stdout, /\(line 2\): 70 of 100 was cleared\. 30 is left: /);
  const es = await circle.run('explain', '--who', 'B', '--lang', 'es', '--json');
  const { participant, sentences } = JSON.parse(es.stdout) as {
    participant: string;
    sentences: string[];
  };
  assert.equal(participant, 'B');
  assert.match(sentences[0]!, /^B debía 80, /);
  assert.match(sentences.join(), /\(renglón 2\)/);
});

test('draw makes a picture of one currency, of the result that is given', async () => {
  const circle = makeCircle(
    'debtor,creditor,amount,currency\nA,B,1000.5,MXN\nB,A,400,MXN\nA,B,3,h\n',
  );
  const several = await circle.run('draw', '-o', 'p.svg');
  assert.equal(several.code, 2);
  assert.match(several.stderr, /several currencies; choose one of "MXN", "h" with --currency/);
  await circle.run('solve', '-o', 'r');
  const args = [
    '-o',
    'p.svg',
    '--currency',
    'MXN',
    '--result',
    'r',
    '--title',
    'Círculo <del> Valle',
    '--lang',
    'es',
  ];
  assert.deepEqual(await circle.run('draw', ...args), {
    ...{ code: 0, stdout: 'Escrito en p.svg\n' },
    stderr: 'Decimals follow a point.\n',
  });
  const svg = circle.text('p.svg');
  assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  assert.match(svg, /<title id="pocas-title">Círculo &lt;del&gt; Valle<\/title>/);
  assert.match(svg, /A debe a B 1\u202f000\.5</);
  assert.match(svg, /A debe a B 600\.5</);
  assert.match(svg, /B ya no debe nada a A/);
});

test('Ctrl-C while it solves ends the command in words, and nothing is written', async () => {
  // So many that the signal comes while they are solved.
  const rows = Array.from({ length: 150_000 }, (_, i) => {
    const from = i % 30_000;
    return `p${from},p${(from + 1 + ((i * 7919) % 9)) % 30_000},${1 + ((i * 104729) % 1000)}.5`;
  });
  const circle = makeCircle(
    `debtor,creditor,amount,id\n${rows.map((row, i) => `${row},${i}`).join('\n')}\n`,
  );
  const started = await startProgram(
    cleanup,
    ['clearing', 'solve', join(circle.folder, 'f.csv'), '-o', join(circle.folder, 'r')],
    () => true,
  );
  // What was understood is said after Ctrl-C is heard, and before solving.
  await until('the notice', () => started.stderr().includes('Decimals follow a point.'));
  const { code, stdout, stderr } = await started.end('SIGINT');
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(stderr, /\nCancelled: nothing was written\n$/);
  assert.deepEqual(pathsIn(circle.folder), ['f.csv']);
});
