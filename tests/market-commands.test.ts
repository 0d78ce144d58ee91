/** `pocas market`: what somebody offers, needs and did, with a spreadsheet, on a node that people run. */
import '@pocas/vat-runtime/lockdown';
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { E } from '@endo/far';
import type {
  WalletOwner,
  Invitation,
  OfferDesk,
  OrderDesk,
  OrderSeller,
  Participant,
} from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { clientPowers, openClient } from '@pocas/vat-runtime/node-client';
import { makeCleanup, makeFolder } from './support/cleanup.ts';
import { joinMarket } from './support/person.ts';
import { type Outcome, inviteToMarket, runProgram, startNode } from './support/program.ts';

const cleanup = makeCleanup(after);
const folder = makeFolder(cleanup);
const node = await startNode(cleanup, { data: join(folder, 'data') });
const granted = await runProgram(['grant', 'wallet', '--data', node.data, '--json']);
const key = (JSON.parse(granted.stdout) as { sturdyRef: string }).sturdyRef;
writeFileSync(join(folder, 'key'), `${key}\n`, { mode: 0o600 });

const market = (args: readonly string[], lang?: string): Promise<Outcome> =>
  runProgram(['market', ...args, '--key-file', 'key'], {
    cwd: folder,
    ...(lang === undefined ? {} : { lang }),
  });
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
const importOffers = (text: string, ...more: string[]): Promise<Outcome> => {
  write('o.csv', text);
  return market(['import', 'offers', 'o.csv', ...more]);
};

/** So many offers, of which the first is in line 2. */
const many = (n: number): string =>
  `what,price\n${Array.from({ length: n }, (_, i) => `Thing ${i},1`).join('\n')}\n`;

test('rows are offers, once, however often they are imported, in whichever columns and order', async () => {
  const first = await importOffers(
    'Qué;Precio;Cantidad;Hasta;Descripción\nPan;3;10;2999-01-01;"De masa\nmadre"\nClases;20;;;\n',
  );
  assert.match(first.stderr, /line 2, column "Hasta": 2999-01-01 is more than 3660 days away/);
  assert.equal(first.code, 1);
  const rows = (words: string) => `Qué;Precio;Cantidad;Descripción\n${words}`;
  const posted = await importOffers(rows('Pan;3;10;"De masa\nmadre"\nClases;20;;\n'));
  assert.deepEqual(posted, { code: 0, stdout: posted.stdout, stderr: '' });
  assert.match(posted.stdout, /^2 rows are posted in /);
  const again = await importOffers(
    'description,quantity,price,what\n,,20.00,  Clases \n"De masa\nmadre",10,3,Pan\nnew,1,1,Miel\n',
    '--json',
  );
  const { posted: count, refused } = JSON.parse(again.stdout) as {
    posted: number;
    refused: unknown[];
  };
  assert.deepEqual([again.code, count, refused], [0, 3, []]);
  // Twenty are what one may have. With these three and the soup that a first start offers sixteen more fit.
  const filled = await importOffers(many(19), '--json');
  const report = JSON.parse(filled.stdout) as {
    posted: number;
    refused: unknown[];
    unasked: number[];
  };
  assert.equal(filled.code, 1);
  assert.deepEqual(report.refused, [{ line: 18, code: 'quota' }]);
  assert.deepEqual([report.posted, report.unasked], [16, [19, 20]]);
  const words = await importOffers(many(19), '--again', '1');
  assert.match(words.stderr, /line 18: the market refuses it: there is no room for more of yours/);
  assert.match(words.stderr, /line 19: from here on nothing was asked: 2 rows/);
  assert.match(words.stderr, /run it again with --again 2/);
  const tooMany = await importOffers(many(21));
  assert.match(tooMany.stderr, /it has 21 rows, and in this market everybody has at most 20/);
});

test('nothing is posted of a file with a bad row, unless that row is to be left out', async () => {
  const text =
    'kind,what,until,in return,without name\nbread,Two loaves,30/11/2026,jam,\n,No kind,,,\nbread,Cake,,,maybe\nbread,Rolls,2020-01-01,,yes\n';
  write('n.csv', text);
  const bad = await market(['import', 'needs', 'n.csv']);
  assert.equal(bad.code, 1);
  assert.match(bad.stderr, /^Cannot use the rows of n\.csv, so nothing was posted:$/m);
  assert.match(bad.stderr, /^n\.csv, line 3, column "kind": it is empty; write something$/m);
  assert.match(bad.stderr, /^n\.csv, line 4, column "without name": "maybe" is neither/m);
  assert.match(bad.stderr, /^n\.csv, line 5, column "until": 2020-01-01 is not after today$/m);
  write('n.csv', 'kind,what,without name\nbread,Two loaves,\n,No kind,\nbread,Rolls,yes\n');
  const skipped = await market(['import', 'needs', 'n.csv', '--skip-bad']);
  assert.equal(skipped.code, 0);
  assert.match(skipped.stderr, /Left out, as --skip-bad says:\nn\.csv, line 3/);
  // Nobody else looks for bread: the one without a name is not published by a program.
  assert.match(skipped.stderr, /line 4: few look for that kind, so it might tell who asks/);
  assert.match(skipped.stdout, /^2 rows are posted/);
});

test('statement and orders are written for their owner alone, in the language of the terminal', async () => {
  const none = await market(['export', 'statement']);
  assert.deepEqual(none, {
    ...{ code: 0, stderr: '' },
    stdout: 'epoch,from,movement,value,balance,unit\r\n',
  });
  const written = await market(['export', 'orders', '-o', 'orders.csv'], 'es_MX.UTF-8');
  assert.deepEqual(written, { code: 0, stdout: '', stderr: '' });
  assert.equal(statSync(join(folder, 'orders.csv')).mode & 0o777, 0o600);
  assert.equal(
    readFileSync(join(folder, 'orders.csv'), 'utf8'),
    '\ufefftú,qué,cantidad,precio,estado,con,época,desde\r\n',
  );
  const twice = await market(['export', 'orders', '-o', 'orders.csv']);
  assert.match(twice.stderr, /it is there already; replace it with --force/);
});

test('all that moved and all that ended is in the tables, over any number of pages', async () => {
  // One session for both, so that references of one can be handed to the other.
  const client = openClient(clientPowers());
  cleanup(() => client.close());
  const wallet = await client.enliven<Facet<WalletOwner>>(key).current();
  const [ana] = (await E(wallet).view()).places as unknown as Facet<Participant>[];
  const invitation = client.enliven<Facet<Invitation>>(await inviteToMarket(node));
  const name = '=HYPERLINK("x")';
  const joined = await E(invitation.current()).join(name, 'a request of Beto');
  assert.ok(joined.ok);
  const beto = joined.participant;
  const [mine, his] = [await E(ana!).account(), await E(beto).account()];
  const [myPayee, hisPayee] = [await E(mine).payee(), await E(his).payee()];
  const turns = 16;
  for (let turn = 0; turn < turns; turn += 1) {
    assert.ok((await E(his).pay(myPayee, 2n, `there ${turn}`)).ok);
    assert.ok((await E(mine).pay(hisPayee, 1n, `back ${turn}`)).ok);
  }
  const { stdout } = await market(['export', 'statement']);
  const rows = stdout.trimEnd().split('\r\n').slice(1);
  assert.equal(rows.length, 2 * turns);
  let balance = 0;
  for (const [index, row] of rows.entries()) {
    const [, from, movement, value, after] = row.split(',');
    const isIn = index % 2 === 0;
    assert.deepEqual([movement, Number(value)], isIn ? ['received', 2] : ['paid', -1]);
    balance += Number(value);
    assert.equal(Number(after), balance);
    assert.match(from!, /^20\d\d-\d\d-\d\d$/);
  }

  // What was withdrawn stays so, and makes room for what was refused before, when that is asked for.
  const own = (await E(ana!).desk('offer')) as Facet<OfferDesk>;
  const withdrawn = (await E(own).view()).ownOffers.find(({ what }) => what === 'Thing 1')!;
  assert.ok((await E(withdrawn.maker).withdraw()).ok);
  const refused = JSON.parse((await importOffers(many(19), '--json')).stdout) as object;
  assert.deepEqual(
    { ...refused, market: '' },
    {
      ...{ market: '', posted: 15, over: [{ line: 3, state: 'withdrawn' }], drafts: [] },
      ...{ refused: [{ line: 18, code: 'quota' }], unasked: [19, 20], skipped: [] },
    },
  );
  const asked = JSON.parse(
    (await importOffers(many(19), '--again', '2', '--json')).stdout,
  ) as object;
  assert.deepEqual(
    { ...asked, market: '' },
    {
      ...{ market: '', posted: 16, over: [{ line: 3, state: 'withdrawn' }], drafts: [] },
      ...{ refused: [{ line: 19, code: 'quota' }], unasked: [20], skipped: [] },
    },
  );

  // Of what was imported from the table.
  const desk = (await E(beto).desk('offer')) as Facet<OfferDesk>;
  await E(desk).look('Thing 0', 'a look');
  const { offers } = await E(desk).view();
  const offer = offers.find(({ what }) => what === 'Thing 0')!.offer;
  const sales = (await E(ana!).desk('order')) as Facet<OrderDesk>;
  for (let turn = 0; turn < 31; turn += 1) {
    const placed = await E(desk).order(offer, 1n, `order ${turn}`);
    assert.ok(placed.ok);
    if (turn === 30) break;
    const [sale] = (await E(sales).view()).sales;
    assert.ok((await E(sale!.order as Facet<OrderSeller>).refuse()).ok);
  }
  const orders = await market(['export', 'orders']);
  const lines = orders.stdout.trimEnd().split('\r\n');
  assert.equal(lines.length, 32);
  assert.equal(lines[1], `provided,Thing 0,1,1 créditos,ordered,"'=HYPERLINK(""x"")",,`);
  for (const line of lines.slice(2)) assert.match(line, /^provided,.*,not possible,.*,\d+,20/);

  // A second share of the same wallet, in a market of the same name.
  await joinMarket(wallet, await inviteToMarket(node));
  const several = await market(['export', 'orders']);
  assert.equal(several.code, 2);
  assert.match(several.stderr, /the wallet is in several markets; say which with --market/);
  const unknown = await market(['export', 'orders', '--market', 'Nowhere']);
  assert.match(unknown.stderr, /the key is for no market of that name, but for "/);
});

test('a key that is none, or opens something else, is refused in words that do not repeat it', async () => {
  const given = await runProgram(['market', 'export', 'orders', '--key-file', key]);
  assert.equal(given.code, 2);
  assert.match(given.stderr, /^Cannot read the key: /);
  assert.ok(!given.stderr.includes(key.slice(-20)));
  const other = await runProgram(['grant', 'reception', '--data', node.data, '--json']);
  const { sturdyRef } = JSON.parse(other.stdout) as { sturdyRef: string };
  write('other', sturdyRef);
  chmodSync(join(folder, 'other'), 0o644);
  const opened = await runProgram(['market', 'export', 'orders', '--key-file', 'other'], {
    cwd: folder,
  });
  assert.equal(opened.code, 2);
  assert.match(opened.stderr, /^Others on this machine can read the key file; chmod 600/);
  assert.match(opened.stderr, /it opens neither a wallet nor a share in a market$/m);
  write('word', 'ocapn://nothing of a key');
  const word = await runProgram(['market', 'export', 'orders', '--key-file', 'word'], {
    cwd: folder,
  });
  assert.match(word.stderr, /what was read is no sturdy ref/);
  assert.ok(!word.stderr.includes('nothing of a key'));
});
