/**
 * S3: a blind purchase at a kiosk, an audit of it by every wallet, and what the store says of the buyer.
 *
 * The node, the kiosk and the wallets' program are three processes. The node is killed after each step, and
 * the kiosk twice, with an answer in its hands.
 */
import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { E } from '@endo/far';
import type { AuditShare } from '@pocas/clearing/audit';
import { checkAudit, checkOwn } from '@pocas/clearing/audit-check';
import { gatherAudit } from '@pocas/clearing/audit-gather';
import type { MintKeys } from '@pocas/clearing/blind';
import {
  askFor,
  emptyPurse,
  finish,
  learn,
  purseKey,
  warnings,
  worth,
} from '@pocas/clearing/purse';
import type { BlindDesk, Participant } from '@pocas/market-actors';
import { parseSturdyRef, sha256 } from '@pocas/vat-runtime';
import type { Facet } from '@pocas/vat-runtime';
import { LINK_PATH, openDataDirectory } from '@pocas/vat-runtime/node';
import { type Named, startClearingNode } from './clearing/node.ts';
import { type Part, startPart } from './hostile/part.ts';
import { enter } from './kiosk/enter.ts';
import { readPurse, writePurse } from './kiosk/purse-file.ts';
import { makeCleanup, makeFolder } from './support/cleanup.ts';
import { until } from './support/until.ts';

// `any`: answers of facets in other processes.
type Any = any;

const pack = [1n, 1n, 2n, 4n, 8n, 16n];
const people = ['Ana', 'Beto', 'Carla', 'Dora', 'Edu'] as const;
const week = 7 * 24 * 3_600_000;

let count = 0;
const next = (): string => `a request that nobody guesses ${(count += 1)}`;
const ok = (answer: Any): Any => {
  assert.equal(answer.ok, true, `refused: ${answer.code}`);
  return answer;
};
const labelOf = (name: string) => sha256(`the label of ${name}`);

test('S3: somebody buys at a kiosk, every wallet audits it, and the store does not say who', async (t) => {
  const cleanup = makeCleanup((hook) => t.after(hook));
  const folder = makeFolder(cleanup);
  const node = await startClearingNode(cleanup, {
    ...{ name: 'market', folder, seed: 3, pingMilliseconds: 1_000, leaps: true },
  });
  /** As by `kill -9`; everything goes on from what is on the disk. */
  const killNode = async (leap = 0): Promise<void> => {
    await node.kill();
    if (leap > 0) await node.leap(leap);
    await node.start();
  };
  const call = (ref: Named, method: string, ...args: readonly unknown[]): Promise<Any> =>
    node.call(ref, method, ...args);
  /** A text by which a program of somebody's finds a facet. */
  const textOf = async (ref: Named): Promise<string> => {
    const { designator, swiss } = parseSturdyRef(await node.sturdy(ref));
    const url = encodeURIComponent(`ws://127.0.0.1:${node.proxy.port}${LINK_PATH}`);
    return `ocapn://${designator}.websocket/s/${swiss}?url=${url}`;
  };

  // ---- a market, of which the wallets' program holds a text for each person ----
  const secret = sha256('a secret that the node drew');
  const root = await node.make('root', '@pocas/market-actors/market', {
    ...{ name: 'Tianguis', secret, charter: { baseLimit: 100n } },
  });
  const founded = ok(await call(root, 'claim', 'Fundadora', next()));
  const enrol = async (name: string): Promise<Named> => {
    const invitation = await call(founded.cares.steward, 'invite', 1n, next());
    const { participant } = ok(await call(invitation, 'join', name, next()));
    return node.keep(name, participant);
  };
  const vera = await enrol('Vera');
  const texts: Record<string, string> = {};
  for (const name of people) texts[name] = await textOf(await enrol(name));
  const pages = (await call(founded.cares.marketPublic, 'describe')).pages as readonly Named[];
  const auditor = await node.keep('auditor', founded.cares.auditor);
  let till: Named | undefined;
  for (const page of pages) {
    const view = await call(page, 'view');
    if ('offers' in view && 'unit' in view) till ??= await node.keep('till', page);
  }
  assert.ok(till);
  const tillText = await textOf(till);
  const journal = await node.keep('journal', await call(founded.cares.marketPublic, 'journal'));
  const shop = await node.keep('shop', await call(vera, 'desk', 'offer'));
  const sales = await node.keep('sales', await call(vera, 'desk', 'order'));
  ok(await call(shop, 'offer', 'bread', 'of rye', 13n, 5n, next()));
  await killNode();

  // ---- each withdraws, in a session of its own, and checks the key against the journal ----
  const entries: readonly Any[] = await call(journal, 'entries', 1n, 100n);
  const head = entries.filter(({ kind }) => kind === 'mint keys').at(-1).facts as MintKeys;
  const inSession = async <T>(name: string, act: (self: Facet<Participant>) => Promise<T>) => {
    const session = await enter(texts[name]!);
    try {
      return await act((await session.object) as Facet<Participant>);
    } finally {
      session.close();
    }
  };
  const keyOf = (name: string) => purseKey(sha256(`wallet of ${name}`), head.market);
  const fileOf = (name: string) => join(folder, `${name}.purse`);
  /** What the market heard in sessions that know whose they are. */
  const ownTexts: string[] = [];
  for (const name of people) {
    await inSession(name, async (self) => {
      const desk = (await E(self).desk('till')) as Facet<BlindDesk>;
      let { purse } = ok(learn(emptyPurse(head.market), head));
      ({ purse } = ok(learn(purse, await E(desk).keys())));
      const asked = askFor(purse, keyOf(name), 'account', 'credit', pack);
      ownTexts.push(asked.requestId, ...asked.batches.flatMap(({ blinded }) => blinded));
      const answer = ok(await E(desk).withdraw(asked.batches, asked.requestId));
      const finished = ok(finish(asked.purse, keyOf(name), asked.act, answer));
      writePurse(fileOf(name), finished.purse);
      const share = (await E(self).desk('audit')) as Facet<AuditShare>;
      ok(await E(share).chooseLabel(labelOf(name), next()));
    });
  }
  await killNode();
  const counts = await call(till, 'counts');
  assert.deepEqual(warnings(readPurse(fileOf('Carla')).tokens, counts), [], 'five are enough');

  // ---- one of them is at the kiosk ----
  const buyer = 'Carla';
  const file = fileOf(buyer);
  /** All of what the market heard at the till. */
  const tillTexts = new Set<string>();
  let program: Part | undefined;
  const kiosk = async <T>(method: string, ...args: readonly unknown[]): Promise<T> => {
    if (program === undefined || program.isOver()) {
      const made = await startPart(new URL('./kiosk/kiosk-process.js', import.meta.url), {
        args: [tillText, keyOf(buyer), file],
      });
      cleanup(() => made.stop());
      program = made;
    }
    return program.ask<T>(method, ...args);
  };
  await kiosk('learn');
  await assert.rejects(kiosk('buy', 'bread', true), /SIGKILL/);
  const [begun] = readPurse(file).open;
  tillTexts.add(begun!.requestId);
  await killNode();
  const kept = await kiosk<string>('buy', 'bread', false);
  assert.equal(kept, begun!.requestId);
  assert.equal(worth(readPurse(file)), 19n);
  assert.equal((await call(shop, 'view')).ownOffers[0].available, '4');
  await killNode();
  const saleOf = async () => (await call(sales, 'view')).sales[0];
  const sale = await saleOf();
  assert.equal(sale.with, '');
  ok(await call(sale.order, 'ready'));
  await killNode();
  ok(await call((await saleOf()).order, 'handOver'));
  await killNode();
  assert.equal(await kiosk('accept', kept), true);
  await killNode();
  assert.equal(await kiosk('accept', kept), true);
  assert.deepEqual((await kiosk<Any>('view', kept)).phase, 'accepted');

  // ---- a second purchase is called off: what comes back is fetched by a kiosk that dies and one that does not ----
  const regretted = await kiosk<string>('buy', 'bread', false);
  tillTexts.add(regretted);
  assert.equal(await kiosk('cancel', regretted), true);
  await killNode();
  await assert.rejects(kiosk('refund', regretted, true), /SIGKILL/);
  await killNode();
  assert.equal(await kiosk('refund', regretted, false), true);
  assert.equal(worth(readPurse(file)), 19n);
  assert.equal((await kiosk<Any>('view', regretted)).refund, '0');
  assert.equal((await call(vera, 'view')).balance, 13n);
  assert.equal((await call(auditor, 'statement')).sum, 0n);

  // ---- the epoch ends, and every wallet audits it ----
  await killNode(week);
  await until('the audit', async () => {
    const all: readonly Any[] = await call(journal, 'entries', 1n, 200n);
    return all.some(({ kind }) => kind === 'audit');
  });
  const all: readonly Any[] = await call(journal, 'entries', 1n, 200n);
  const { digest } = all.find(({ kind }) => kind === 'audit').facts;
  for (const name of people) {
    await inSession(name, async (self) => {
      const share = (await E(self).desk('audit')) as Facet<AuditShare>;
      const audit = (await gatherAudit(await E(share).audit()))!;
      assert.deepEqual(checkAudit(audit, { digest, accounts: 7n }), []);
      assert.equal(audit.totals.float, BigInt(people.length) * 32n - 13n);
      assert.deepEqual(audit.sales, [{ what: 'bread', price: 13n, times: 1n }]);
      const { opening } = ok(await E(share).opening());
      const tokens = [...new Set(pack)].map((denom) => ({
        ...({ kind: 'credit', denom, epoch: head.epoch, used: 0n } as const),
        withdrawn: BigInt(pack.filter((one) => one === denom).length),
      }));
      const own = { label: labelOf(name), opening, balance: -32n, tokens };
      assert.deepEqual(checkOwn(audit, own), []);
    });
  }

  // ---- whoever gets the store ----
  await node.kill();
  const data = await openDataDirectory(join(folder, 'market'));
  const rows = await data.storage.list('v/');
  await data.storage.close();
  assert.ok(rows.length > 100);
  const has = (texts: Iterable<string>, row: string) => [...texts].some((one) => row.includes(one));
  // The keys of a collection stand in rows of their own, those of everybody together.
  const whole = rows
    .filter(([key]) => !/^v\/\d+\/k\//.test(key))
    .map(([key, row]) => `${key} ${row}`);
  const ofTill = whole.filter((row) => has(tillTexts, row));
  assert.ok(ofTill.length > 0, 'the orders are there');
  assert.ok(
    whole.some((row) => has(ownTexts, row)),
    'and the withdrawals',
  );
  for (const row of ofTill) {
    assert.ok(!has(ownTexts, row), 'nothing of a withdrawal stands with an order');
    assert.ok(!has([...people, ...Object.values(texts)], row), 'nor a name');
  }
});
