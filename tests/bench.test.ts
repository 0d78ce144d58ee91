import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('./bench/main.js', import.meta.url));

type Outcome = { code: number; stdout: string; stderr: string };

const bench = (...args: string[]): Promise<Outcome> =>
  new Promise((resolve) => {
    const child = execFile(process.execPath, [main, ...args], (_, stdout, stderr) =>
      // -1 stands for an end by signal.
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });

test('--list names each bench on a line of its own', async () => {
  const { code, stdout } = await bench('--list');
  assert.equal(code, 0);
  for (const line of stdout.trimEnd().split('\n')) assert.match(line, /^[a-z-]+ {2,}\S/);
  assert.match(stdout, /^captp /m);
});

test('an unknown name exits with 2 and says which benches there are', async () => {
  const { code, stdout, stderr } = await bench('no-such-bench', '--json');
  assert.equal(code, 2);
  assert.equal(stdout, '');
  assert.match(stderr, /"no-such-bench"/);
  assert.match(stderr, /^captp /m);
});

test('an unknown option exits with 2 and says how to call it', async () => {
  const { code, stderr } = await bench('--no-such-option');
  assert.equal(code, 2);
  assert.match(stderr, /^usage: /m);
});

test('--json prints one object: machine, results and ratios', async () => {
  const { code, stdout, stderr } = await bench('captp', '--json', '--quick');
  assert.equal(code, 0, stderr);
  const report = JSON.parse(stdout);
  assert.deepEqual(Object.keys(report), ['name', 'machine', 'results', 'ratios']);
  assert.equal(report.name, 'captp');
  assert.deepEqual(Object.keys(report.machine), ['cpu', 'cores', 'memory', 'node', 'os']);

  for (const result of report.results) {
    assert.deepEqual(Object.keys(result), ['case', 'subject', 'unit', 'median', 'min', 'max']);
    for (const figure of [result.median, result.min, result.max]) {
      assert.ok(Number.isFinite(figure) && figure > 0, `${result.case}, ${result.subject}`);
    }
    assert.ok(result.min <= result.median && result.median <= result.max);
  }
  const cases = ['sequential', 'concurrent, 256 in flight', 'chain of 10'];
  for (const subject of ['captp', 'capnweb', 'pocas', 'pocas client']) {
    // Only where state is stored can a call change it.
    const expected = subject.startsWith('pocas') ? [...cases, 'sequential, durable'] : cases;
    const measured = report.results
      .filter((result: { subject: string }) => result.subject === subject)
      .map((result: { case: string; unit: string }) => `${result.case}: ${result.unit}`);
    assert.deepEqual(
      measured,
      expected.flatMap((name) => [`${name}: CPU µs/call`, `${name}: wall µs/call`]),
    );
  }

  const compared = ['capnweb', 'pocas', 'pocas client'];
  assert.deepEqual(
    Object.keys(report.ratios),
    cases.flatMap((name) => compared.map((subject) => `${name}: ${subject} / captp`)),
  );
  for (const ratio of Object.values(report.ratios)) assert.ok(Number(ratio) > 0);
});

test('the isolation bench says what each layer costs, against captp alone in the same place', async () => {
  const { code, stdout, stderr } = await bench('isolation', '--json', '--quick');
  assert.equal(code, 0, stderr);
  const report = JSON.parse(stdout);
  for (const result of report.results) assert.ok(result.median > 0, JSON.stringify(result));
  const inOneProcess = [
    'guarded captp',
    'our endpoint',
    '+ switchboard',
    '+ durable turn',
    '+ thread',
    '+ process',
  ];
  const overWs = [
    'guarded captp over ws',
    'our endpoint over ws',
    'link and switchboard',
    'networked-durable-call',
    'into a guest process',
    'sealing',
  ];
  const hows = ['sequential', '256 in flight'].flatMap((how) => [how, `${how}, changing state`]);
  assert.deepEqual(
    Object.keys(report.ratios).sort(),
    hows
      .flatMap((how) => [
        ...inOneProcess.map((subject) => `in one process, ${how}: ${subject} / captp`),
        ...overWs.map((subject) => `over ws, ${how}: ${subject} / captp over ws`),
      ])
      .sort(),
  );
});

test('the vats bench says what making, having and waking them costs', async () => {
  const { code, stdout, stderr } = await bench('vats', '--json', '--quick');
  assert.equal(code, 0, stderr);
  const report = JSON.parse(stdout);
  assert.equal(report.name, 'vats');
  const figures = report.results.map((result: Record<string, unknown>) => {
    assert.deepEqual(Object.keys(result), ['case', 'subject', 'unit', 'median', 'min', 'max']);
    assert.ok(Number(result['median']) > 0, JSON.stringify(result));
    return `${result['case']}: ${result['subject']}, ${result['unit']}`;
  });
  assert.deepEqual(figures, [
    ...['bare SES', 'one kind', 'wallet'].map((subject) => `making 200: ${subject}, CPU µs/vat`),
    ...['bare SES', 'one kind', 'wallet'].map(
      (subject) => `having made 200: ${subject}, heap KiB/vat`,
    ),
    ...['one kind', 'wallet'].map((subject) => `waking 200: ${subject}, CPU µs/vat`),
    ...['one kind', 'wallet'].map((subject) => `having woken 200: ${subject}, heap KiB/vat`),
    '2000 sleeping, start to ready: wallet, wall ms',
    '2000 sleeping, waking one: wallet, wall ms',
    '2000 sleeping, waking one, worst of 50: wallet, wall ms',
    '2000 sleeping, waking one: wallet, CPU ms',
    '2000 sleeping, process after start: wallet, resident MiB',
    '2000 sleeping, process with 51 awake: wallet, resident MiB',
  ]);
  assert.deepEqual(Object.keys(report.ratios), [
    'making 200: one kind / bare SES',
    'making 200: wallet / bare SES',
    'having made 200: one kind / bare SES',
    'having made 200: wallet / bare SES',
  ]);
});

test('the setoff bench holds everybody to one optimum, and says goals beside figures', async () => {
  const { code, stdout, stderr } = await bench('setoff', '--json', '--quick');
  assert.equal(code, 0, stderr);
  const report = JSON.parse(stdout);
  for (const result of report.results) {
    // On a ring there may be no two that owe each other.
    const least = result.subject === 'bilateral' ? -1 : 0;
    assert.ok(result.median > least, JSON.stringify(result));
    if (result.unit === 'of the best, %') assert.ok(result.median <= 100, JSON.stringify(result));
  }
  const networks = ['power-law 300', 'power-law 1,000', 'ring 300', 'dense 100'];
  const weighted = ['priorities 300', 'lines 300'];
  const hasLemon = existsSync('/usr/include/lemon/network_simplex.h');
  const lemon = ['LEMON simplex', 'LEMON scaling', 'LEMON scaling from all'];
  const subjects = ['core', 'setOff', ...(hasLemon ? lemon : []), 'highs'];
  for (const name of [...networks, ...weighted]) {
    const measured = report.results.filter(
      (result: { case: string; unit: string }) => result.case === name && result.unit === 'CPU ms',
    );
    assert.deepEqual(
      measured.map(({ subject }: { subject: string }) => subject),
      [...subjects, ...(hasLemon ? ['the best of LEMON'] : [])],
    );
    assert.equal(report.ratios[`${name}: core / the best of LEMON`] > 0, hasLemon);
  }
  const { tables, goals } = report.remarks;
  // Both say it: that there are figures, or why not.
  assert.equal(/LEMON was not measured/.test(tables[0].title), !hasLemon);
  assert.deepEqual(
    tables[0].rows.slice(1).map(([name]: string[]) => name),
    [...networks, ...weighted],
  );
  assert.deepEqual(goals, [
    { what: 'dense 100: core, CPU ms', figure: goals[0].figure, most: 150 },
  ]);
});

test('the links bench says what sessions, calls, sends and idle sessions cost beside others', async () => {
  const { code, stdout, stderr } = await bench('links', '--json', '--quick');
  assert.equal(code, 0, stderr);
  const report = JSON.parse(stdout);
  for (const result of report.results) {
    // A process may give memory back while few sessions wait.
    if (result.unit !== 'resident KiB/session')
      assert.ok(result.median > 0, JSON.stringify(result));
  }
  for (const where of ['in one node', 'between nodes']) {
    const bulk = report.results.filter(
      (result: { case: string }) => result.case === `sends in bulk, ${where}`,
    );
    assert.deepEqual(
      bulk.map((result: { unit: string }) => result.unit),
      ['sends/s', 'sends/batch'],
    );
  }
  const others = ['ws', 'captp', 'pocas', 'pocas client', 'pocas client, noble'];
  const calls = ['sequential calls', 'sequential calls with 16 KiB', `calls, 256 in flight`];
  assert.deepEqual(
    Object.keys(report.ratios).sort(),
    [
      ...['ws', 'captp', 'pocas client', 'pocas client, noble'].map(
        (subject) => `a session: connect, one call, close: ${subject} / capnweb`,
      ),
      ...calls.flatMap((name) => others.map((subject) => `${name}: ${subject} / capnweb`)),
      ...['ws', 'captp', 'pocas'].map((subject) => `100 idle sessions: ${subject} / capnweb`),
    ].sort(),
  );
});

test('the market bench says what orders cost beside their peers, and a market with a past', async () => {
  const { code, stdout, stderr } = await bench('market', '--json', '--quick');
  assert.equal(code, 0, stderr);
  const report = JSON.parse(stdout);
  for (const result of report.results) {
    // A small market may fit into memory that the process already had, and LevelDB may tidy up meanwhile.
    if (result.unit !== 'resident MiB' && !result.case.includes('folder'))
      assert.ok(result.median > 0, JSON.stringify(result));
  }
  const others = ['captp over ws', 'pocas, one node', 'pocas, two nodes'];
  const cases = ['open, 1 buyer', 'open, 2 buyers', 'blind, 1 buyer', 'blind, 2 buyers'];
  assert.deepEqual(
    Object.keys(report.ratios).sort(),
    cases
      .flatMap((name) =>
        [...others, ...(name.startsWith('blind') ? ['POPRF alone'] : [])].map(
          (subject) => `${name}: ${subject} / LevelDB`,
        ),
      )
      .sort(),
  );
  const past = '20 members, 200 past orders';
  const sizes = report.results.map((result: { case: string; unit: string }) =>
    [result.case, result.unit].join(', '),
  );
  for (const size of [
    'what one open order writes, rows',
    'what one blind order writes, batches',
    `${past}: store of a past order, bytes`,
    `${past}: the market is loaded, after a restart, wall ms`,
    `${past}: a page of offers, participant, the first of all, wall ms`,
    `${past}: a page of offers, till, again, wall ms`,
    `${past}: the market's vat, after 15 members came, heap MiB`,
    `${past}: an epoch ends, limits to audit, wall ms`,
  ])
    assert.ok(sizes.includes(size), size);
  for (const { figure, most } of report.remarks.goals)
    assert.ok(figure < most, 'a turn is too long');
});

test('the vault bench says what sealing and shared keys cost beside others, and its goals', async () => {
  const { code, stdout, stderr } = await bench('vault', '--json', '--quick');
  assert.equal(code, 0, stderr);
  const report = JSON.parse(stdout);
  for (const result of report.results) assert.ok(result.median > 0, JSON.stringify(result));
  assert.deepEqual(Object.keys(report.ratios), [
    'sealing: pocas / node:crypto',
    'sealing: age-encryption / node:crypto',
    'making a key, 3 of 5, each member: pocas / noble FROST',
  ]);
  assert.deepEqual(
    report.results.slice(6).map((result: { case: string; subject: string }) => result.case),
    [
      'opening, 3 of 5',
      ...Array(2).fill('making a key, 3 of 5, each member'),
      'making a key, 3 of 5, all',
      'handing it on, 3 of 5, each old holder',
      'handing it on, 3 of 5, each new holder',
    ],
  );
  assert.deepEqual(
    report.remarks.goals.map(({ what, most }: { what: string; most: number }) => [what, most]),
    [['sealing, CPU ms/MiB', 2.5]],
  );
});

test('the shelf bench divides real shelves beside the rule alone', async () => {
  const { code, stdout, stderr } = await bench('shelf', '--json', '--quick');
  assert.equal(code, 0, stderr);
  const { results, ratios } = JSON.parse(stdout);
  const subjects = new Set(results.map(({ subject }: { subject: string }) => subject));
  assert.deepEqual([...subjects], ['pocas', 'rule alone']);
  for (const { median } of results) assert.ok(median > 0);
  assert.ok(Object.keys(ratios).length > 0);
});

test('the foco bench says what many envelopes cost, and that no turn is long', async () => {
  const { code, stdout, stderr } = await bench('foco', '--json', '--quick');
  assert.equal(code, 0, stderr);
  const report = JSON.parse(stdout);
  assert.deepEqual(
    report.results.map(({ unit }: { unit: string }) => unit),
    [
      'joining, CPU ms each',
      'dividing, wall ms',
      'dividing, CPU ms',
      'dividing, longest turn, ms',
      'a page, wall ms',
      'reckoning alone, wall ms',
      'heap, KiB each',
    ],
  );
  assert.equal(report.remarks.goals.length, 1);
});
