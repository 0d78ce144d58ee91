/** Every example, run as a newcomer would run it. */
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFileSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { makeCleanup, makeFolder } from './support/cleanup.ts';
import { pathsIn } from './support/files.ts';
import { runProgram } from './support/program.ts';
import { patienceMillis } from './support/until.ts';

const cleanup = makeCleanup(after);
// This file runs as tests/dist/examples.test.js.
const examples = fileURLToPath(new URL('../../examples', import.meta.url));

/** Runs an example to its end, with temporary files in a folder of its own. Rejects unless it exits with 0. */
const run = async (name: string, temporary: string): Promise<string> => {
  const main = join(examples, 'dist', name, 'main.js');
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [main], {
    env: { ...process.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary },
    timeout: patienceMillis,
  });
  assert.equal(stderr, '');
  return stdout;
};

const tested = new Set<string>();
const example = (name: string, rule: string, body: (temporary: string) => Promise<void>) => {
  tested.add(name);
  test(`${name} ${rule}`, () => body(makeFolder(cleanup)));
};

example('00-counter', 'goes on counting where it stopped', async (temporary) => {
  assert.equal(await run('00-counter', temporary), 'The count is 1\n');
  assert.equal(await run('00-counter', temporary), 'The count is 2\n');
  assert.equal(await run('00-counter', temporary), 'The count is 3\n');
});

example(
  '01-soup-market',
  'trades across two nodes and leaves nothing behind',
  async (temporary) => {
    const stdout = await run('01-soup-market', temporary);
    const steps = [
      /^Two nodes: plaza \(\w+…\) and casa \(\w+…\)$/m,
      /^Beto sees, from casa: Sopa de lentejas, 3 créditos each, by Ana$/m,
      /^ {3}Ana: balance 0, set aside 0$/m,
      /^ {3}Beto: balance -6, set aside 6$/m,
      /^Beto says that it was handed over: the object has no such method$/m,
      /^ {3}Ana: balance 6, set aside 0$/m,
      /^ {3}Beto: balance -6, set aside 0$/m,
      /^All balances add up to 0$/m,
    ];
    let from = 0;
    for (const step of steps) {
      const at = stdout.slice(from).search(step);
      assert.ok(at >= 0, `${step} after ${stdout.slice(0, from)}`);
      from += at;
    }
    assert.deepEqual(pathsIn(temporary), []);
  },
);

example(
  '02-member-client',
  'counts on after its node was gone, and leaves nothing behind',
  async (temporary) => {
    const lines = [
      'The sturdy ref is in a keyring, under a passphrase',
      'The count is 1',
      'The node is gone',
      'The node is back, and the count is 2',
      'Cannot use keyring: the passphrase or device key is not the one that it was sealed with; try again, or restore a copy',
    ];
    assert.equal(await run('02-member-client', temporary), `${lines.join('\n')}\n`);
    assert.deepEqual(pathsIn(temporary), []);
  },
);

/** What a README tells to type, and what it says comes out. */
const commandsIn = (text: string): { args: string[]; output: string }[] =>
  [...text.matchAll(/^```sh\nnpx pocas ([^\n]*)\n```\n\n```text\n(.*?)^```$/gms)].map(
    ([, command, output]) => ({
      args: [...command!.matchAll(/"([^"]*)"|(\S+)/g)].map(([, inner, word]) => inner ?? word!),
      output: output!,
    }),
  );

/** What is cleared is the only best set-off of that circle; it can be taken apart into loops in several ways. */
const withoutLoops = (text: string): string =>
  text.replaceAll(/^.* dieron la vuelta en un círculo .*\n/gm, '');

example('03-set-off-circle', 'does what its README says', async (temporary) => {
  const folder = join(examples, '03-set-off-circle');
  const given = readdirSync(folder).filter((name) => name.endsWith('.csv'));
  for (const name of given) copyFileSync(join(folder, name), join(temporary, name));
  const commands = commandsIn(readFileSync(join(folder, 'README.md'), 'utf8'));
  assert.equal(commands.length, 5);
  for (const { args, output } of commands) {
    const { code, stdout } = await runProgram(args, { cwd: temporary });
    assert.deepEqual([code, withoutLoops(stdout)], [0, withoutLoops(output)], args.join(' '));
  }
  const picture = (where: string) => readFileSync(join(where, 'dibujo.svg'), 'utf8');
  assert.equal(picture(folder), picture(temporary));
});
example(
  '04-clearing-round',
  'clears a ring of debts over two nodes, and leaves nothing behind',
  async (temporary) => {
    const stdout = await run('04-clearing-round', temporary);
    const steps = [
      /^ {3}Ana: owes 100, is owed 50, in balance -50$/m,
      /^Cleared: 200 of 280, without any money$/m,
      /^ {3}Ana: owes 50, is owed 0, in balance -50$/m,
      /^ {3}Dora: owes 0, is owed 10, in balance 10$/m,
      /^ {3}owed to Beto: 50 of 100 cleared$/m,
      /^ {3}50 came round among 4: from Dora to Ana to Beto$/m,
    ];
    let from = 0;
    for (const step of steps) {
      const at = stdout.slice(from).search(step);
      assert.ok(at >= 0, `${step} after ${stdout.slice(0, from)}`);
      from += at;
    }
    assert.deepEqual(pathsIn(temporary), []);
  },
);

/** The lines that say how it comes out, in this order, with others in between. */
const tells = (stdout: string, lines: readonly string[]): void => {
  let from = 0;
  for (const line of lines) {
    const at = stdout.indexOf(`${line}\n`, from);
    assert.ok(at >= 0, `"${line}" in ${stdout.slice(from)}`);
    from = at + line.length;
  }
};

example(
  '05-bread-wanted',
  'answers a need of nobody, and keeps a promise once',
  async (temporary) => {
    tells(await run('05-bread-wanted', temporary), [
      'Ana asks without her name: draft, since 1 looks for this; rare: true',
      'Beto reads: a loaf without gluten, one a week, asked for by ""',
      'Ana reads that 1 other needs it too, and Beto says: I bake on Thursdays',
      '   Beto still owes bread for 18, and may promise up to 100',
      '   Beto still owes bread for 12, and may promise up to 103',
      'The next time he had none. She still has 2 vouchers, and he may promise less',
      '   Beto still owes bread for 12, and may promise up to 91',
      'After ninety days they are over: expired',
      '   Beto still owes bread for 0, and may promise up to 91',
    ]);
  },
);

example('06-flour-together', 'buys four cases at one price', async (temporary) => {
  tells(await run('06-flour-together', temporary), [
    '   Caro: balance -480, of it set aside 480',
    'The deadline is over: 100 are bought, at 10 each',
    '   Ana gets 29',
    '   Olga: balance 0, of it set aside 0',
    '   Mill: balance 980, of it set aside 0',
    '   Ana: balance -284, of it set aside 0',
  ]);
});
example('07-weekly-bread', 'tells the baker what is sure', async (temporary) => {
  tells(await run('07-weekly-bread', temporary), [
    '   to make: 3; sure income: 15',
    '   needs 1500 g flour',
    '   to make: 2; sure income: 10',
    '   a bag with 2, to the blue door',
    'Beto’s weeks: ordered, missed',
    '   Beto: balance -15, of it set aside 15',
  ]);
});
example('08-jam-label', 'divides a price to the last unit', async (temporary) => {
  tells(await run('08-jam-label', temporary), [
    '   Ana: 2933 of 10,000',
    '   others: 3333',
    '   Dora: balance 2, of it set aside 0',
    '   Eva: balance -7, of it set aside 0',
    'The jar is used again: it says Soap; before it said Plum jam',
  ]);
});

example(
  '09-time-bank',
  'moves hours, shares them out, and makes none of them',
  async (temporary) => {
    const stdout = await run('09-time-bank', temporary);
    assert.deepEqual(stdout.trim().split('\n'), [
      'Beto repairs Ana’s bicycle, an hour: Ana -60, Beto 60, Caro 0',
      'Ten minutes are no step of this bank: invalid. Two hours are the most to owe: limit',
      'Caro deposits half an hour that Ana had written for anybody: Ana -90, Beto 60, Caro 30',
      'The same paper once more: closed',
      'Beto sets two hours aside for a workshop: Ana -90, Beto -60, Caro 30',
      'Ana and Caro gave it, and a quarter was left: Ana -45, Beto -45, Caro 60',
      'Caro is asked about 30 minutes past her ceiling, and leaves them to the commons',
      'After her answer: Ana -45, Beto -45, Caro 60',
      'Beto has left: Ana -45, Beto 0, Caro 60',
      'The commons owe 15 minutes for him, and all of it adds up to nothing',
    ]);
    assert.deepEqual(pathsIn(temporary), []);
  },
);

example('10-blind-purchase', 'buys without a name, and checks the books', async (temporary) => {
  tells(await run('10-blind-purchase', temporary), [
    'Ana takes out 32, and is warned: only 1 has such credits',
    'Five took out 32 each. Warnings for Carla: 0',
    'Carla bought bread at the till, and has 19 left',
    'Vera sees that somebody bought bread for 13 créditos. The buyer’s name: ""',
    'Carla has her bread, and a token by which she may say what she thinks of it',
    'She called off a second one, and fetched 13 credits',
    '   Carla has 19 again',
    '   Vera: balance 13, of it set aside 0',
    'The audit: 1 bread sold; credits out: 147',
    '   wrong in it: 0 things',
    '   wrong in what it says of Carla: 0 things',
    'An audit that says one credit more than there is: digest, proof',
  ]);
  assert.deepEqual(pathsIn(temporary), []);
});

example('11-exchange', 'gives minutes for jam, over two nodes', async (temporary) => {
  tells(await run('11-exchange', temporary), [
    'The stewards have met: Jaime sees Cuidados',
    'Tere is offered 8 of Mermeladas for 10 minutes',
    '   Tere in Cuidados: -10 minutos, set aside 0',
    '   Jaime in Cuidados: 10 minutos, set aside 0',
    '   Jaime in Mermeladas: -8 créditos, set aside 0',
    'She gave it to Jaime for a jar',
    '   Jaime in Mermeladas: 0 créditos, set aside 0',
    'He had his ten minutes of therapy',
    '   Tere in Cuidados: 0 minutos, set aside 0',
    '   Jaime in Cuidados: 0 minutos, set aside 0',
  ]);
  assert.deepEqual(pathsIn(temporary), []);
});
example('12-one-chair', 'sells one chair once, in two markets', async (temporary) => {
  tells(await run('12-one-chair', temporary), [
    'The chair is listed in Plaza, where Ana sees it, and in Barrio, where Beto does',
    '   who got it: balance -5, set aside 5',
    '   who did not: balance 0, set aside 0',
    'Nobody is offered it any more, in either market',
    '   who got it: balance -5, set aside 0',
    '   the home of the chair: free 0, sold 1',
  ]);
  assert.deepEqual(pathsIn(temporary), []);
});

example('13-free-store', 'gives things away, and asks nobody who they are', async (temporary) => {
  tells(await run('13-free-store', temporary), [
    '   12 of jars of beans',
    '   room for 5 more',
    'Eight chairs are more than there is room for: quota',
    '   8 of jars of beans',
    '   2 of winter coats',
    'Three weeks later the beans are past their date: expired',
    '   by the book 8 of jars of beans, to be taken away',
    '   1 of winter coats',
    '   room for 19 more',
  ]);
});

example('14-lost-wallet', 'brings a wallet back, and shuts out the lost one', async (temporary) => {
  tells(await run('14-lost-wallet', temporary), [
    'Ana has 32 credits like cash in her wallet, and a place in the market',
    '3 friends guard it, of whom two are needed; each keeps a backup that nobody can read',
    'Beto helps: notYet',
    'Dora helps: done',
    '   Ana is back, with a balance of -32 and 32 credits',
    '   what the lost telephone gets: {"code":"revoked","ok":false}',
  ]);
});

example('15-foco', 'lets five decide each over their own', async (temporary) => {
  tells(await run('15-foco', temporary), [
    'Ana announces 30 for volantes. All see it, and nobody has to agree',
    '   Beto would take it back: unsupported',
    '   two days later: paid, with 1 comment',
    '   in the envelopes: Ana 70, Beto 40, Caro 40, Dora 40, Eli 20',
    '   the pool: paid, 150 of 150; 10 went back to each',
    'Caro and Dora go apart: done',
    '   Dora has 50 in Colmena',
    '   in the envelopes: Ana 70, Beto 50, Caro 0, Dora 0, Eli 20',
  ]);
});
example('16-loan', 'is paid back late, and to the last unit', async (temporary) => {
  tells(await run('16-loan', temporary), [
    '   running: paid back 0, open 300, late 0',
    '   in the envelopes: Ana 100, Beto 73, Caro 127, Dora 150, Eli 160',
    '   running: paid back 100, open 200, late 100',
    '   Caro hears: refri, 100 late',
    '   rescheduled: paid back 100, open 200, late 0',
    '   repaid: paid back 300, open 0, late 0',
    '   in the envelopes: Ana 0, Beto 200, Caro 200, Dora 200, Eli 200',
  ]);
});

example('17-decision', 'changes one rule together, once', async (temporary) => {
  tells(await run('17-decision', temporary), [
    'Ana founds a market. She cares for: auditor, marketPublic, steward. No rules',
    'Ana proposes: “Of one sale counts at most” is 30 and should be 60',
    'All three consent: carried. “Of one sale counts at most” becomes 40.',
    '   counted again by anybody: carried',
    'Two days later Caro carries it out. A second time: closed',
    '   it is 30, and a change is announced',
    '   two weeks later it is 40',
  ]);
});

example('19-shelf', 'divides a fridge, and again where it broke', async (temporary) => {
  tells(await run('19-shelf', temporary), [
    '   Eva: 7',
    '   Ana: 4',
    'Sixty jars were taken off Beto’s slots',
    '   Beto: 12',
    'The fridge breaks but for 8 slots. What is empty goes at once, the rest within a day',
    'Divided again by anybody, it is the same: yes',
  ]);
});

example('20-protocolito', 'gives a program what it declares', async (temporary) => {
  tells(await run('20-protocolito', temporary), [
    'Ana writes La olla. Beto sees 0 of it',
    '   clock: Ver qué hora es en esta máquina',
    'Granting more than that is invalid',
    'The program was given: clock',
    '   plates: 3',
    'Ana publishes another version. What Beto uses stays as it is: yes',
    'Beto, who uses it alone, adopts it: yes',
  ]);
});

example('18-vault', 'opens one segment for who was named, and no other file', async (temporary) => {
  tells(await run('18-vault', temporary), [
    'Four people made a key together. 3 of them open, and nobody has it',
    '   all four read the same print: true',
    '   the passer-by is told: Ana, "A bicycle is gone"',
    '   at once nobody answers: notYet',
    'A day later 4 have answered, and 0 of them lied',
    '   Ana sees: somebody takes a bicycle',
    '   not the file that was logged',
    '   The first one: Cannot open segment: its header is not the one that was logged; take the file of this segment',
    '   not the file that was logged',
    '   An altered one: Cannot open segment: it was altered; nothing from there on was given out; take another copy',
  ]);
  assert.deepEqual(readdirSync(temporary), []);
});

test('every example is tested', () => {
  const folders = readdirSync(examples).filter((name) => /^\d\d-/.test(name));
  assert.deepEqual(folders.toSorted(), [...tested].toSorted());
});
