/**
 * Four pocas on two nodes owe each other in a ring, and clear it without money.
 *
 * Read it for one thing: nobody is trusted. Each poca's book keeps its own half of every debt; a round
 * gets a seat's worth of each, and reduces only what both ends lodged, locked and checked.
 */
import '@pocas/vat-runtime/lockdown';
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { BookKeeper, Convenor, CounterpartyKeeper } from '@pocas/clearing';
import { packSolution, solveProblem, unpackProblem } from '@pocas/clearing/setoff';
import type { Facet } from '@pocas/vat-runtime';
import { type PocasNode, makePower } from '@pocas/vat-runtime/node';
import { startLoopbackNode } from '../01-soup-market/loopback-node.ts';

const unit = 'hours';
const moduleOf = (specifier: string) => fileURLToPath(import.meta.resolve(specifier));
const say = (text: string) => console.log(`\n${text}`);

/** A random text for one intended act. Asked twice with it, a facet acts once. */
const requestId = () => randomUUID();

/** Asks until it is so: what others do takes the time that it takes. */
const until = async <T>(ask: () => Promise<T | false | undefined>): Promise<T> => {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    await sleep(20);
  }
};

type Poca = { readonly name: string; readonly node: PocasNode; readonly book: Facet<BookKeeper> };

const openBook = async (node: PocasNode, name: string): Promise<Poca> => {
  const { clock, timer } = node;
  const params = { name, unit, secret: randomBytes(32).toString('hex') };
  const module = moduleOf('@pocas/clearing/book');
  // The answer of `makeVat` is what the module's `make` returned: the facet of whoever keeps the book.
  const book = await node.makeVat({ module, label: name, powers: { clock, timer }, params });
  return { name, node, book: book as Facet<BookKeeper> };
};

/** A reference of one node, for another: as a text, which could be sent by any messenger. */
const hand = async <T extends object>(from: PocasNode, ref: T, to: PocasNode): Promise<T> =>
  (from === to ? ref : await E(to.enlivener).enliven(from.grantor.sturdy(ref))) as T;

/** Two pocas learn to know each other, and agree that one owes the other. */
const owe = async (debtor: Poca, creditor: Poca, amount: bigint): Promise<void> => {
  const { ok, ...made } = await E(debtor.book).introduce(creditor.name, requestId());
  assert.ok(ok && 'introduction' in made);
  const introduction = await hand(debtor.node, made.introduction, creditor.node);
  const met = await E(creditor.book).meet(introduction, debtor.name, requestId());
  assert.ok(met.ok);
  const ours: Facet<CounterpartyKeeper> = made.counterparty;
  await until(async () => (await E(ours).view()).phase === 'met');
  await E(ours).propose('from', amount, unit, 0n, 'help in the garden', requestId());
  // The creditor sees what is asked, and accepts. Without that there is no debt.
  const [asked] = await until(async () => {
    const list = (await E(met.goto).view()).asked as { act: { accept(id: string): unknown } }[];
    return list.length > 0 && list;
  });
  await E(asked!.act).accept(requestId());
  await until(async () => (await E(ours).view()).open.length > 0);
};

const show = async (pocas: readonly Poca[]): Promise<void> => {
  for (const { name, book } of pocas) {
    const [balance] = (await E(book).view()).balances;
    const { weOwe = 0n, theyOwe = 0n, net = 0n } = balance ?? {};
    console.log(`   ${name}: owes ${weOwe}, is owed ${theyOwe}, in balance ${net}`);
  }
};

const story = async (huerta: PocasNode, taller: PocasNode): Promise<void> => {
  const pocas = [
    await openBook(huerta, 'Ana'),
    await openBook(huerta, 'Beto'),
    await openBook(taller, 'Caro'),
    await openBook(taller, 'Dora'),
  ];
  const debts = [100n, 70n, 60n, 50n];
  for (const [i, poca] of pocas.entries()) await owe(poca, pocas[(i + 1) % 4]!, debts[i]!);
  say('Before');
  await show(pocas);

  // Anybody may solve, since everybody checks: a power that answers a text with a text.
  const SolverI = M.interface('Solver', { solve: M.call(M.string()).returns(M.string()) });
  const solver = taller.definePower(
    'solver',
    makePower('Solver', SolverI, {
      solve: (packed: string) => packSolution(solveProblem(unpackProblem(packed))),
    }),
  );

  // The round is a vat of its own, on any node. Convening it gives no say in what comes out.
  const { clock, timer } = taller;
  const convenor = (await taller.makeVat({
    module: moduleOf('@pocas/clearing/round'),
    label: 'round',
    powers: { clock, timer, solvers: [solver] },
    params: {
      ...{ title: 'November', unit, lodging: 60_000n, patience: 5000n },
      seed: randomBytes(32).toString('hex'),
    },
  })) as Facet<Convenor>;
  for (const { name, node, book } of pocas) {
    const seat = await E(convenor).invite(name, requestId());
    assert.ok(!('code' in seat));
    await E(book).attend(await hand(taller, seat, node), requestId());
  }
  await until(async () => (await E(convenor).view()).lodged === 4n);
  await E(convenor).closeLodging();
  const { totals } = await until(async () => {
    const view = await E(convenor).view();
    return view.phase === 'settled' && view;
  });
  say(`Cleared: ${totals!.cleared} of ${totals!.lodged}, without any money`);
  // The coordinator's word is out; each book follows in its own time.
  await until(async () => {
    const views = await Promise.all(pocas.map(({ book }) => E(book).view()));
    return views.every(({ debts: open }) => open.every(({ locked }) => !locked));
  });
  await show(pocas);

  // Each has it explained by its own book, from what it saw itself.
  say('Why, says Ana’s book');
  const [item] = (await E(pocas[0]!.book).view()).rounds;
  const { rows, loops } = await until(async () => {
    const explained = await E(item!.round).explain();
    return explained.report !== undefined && explained;
  });
  for (const { with: other, end, lodged, cleared } of rows) {
    const who = end === 'from' ? `owed to ${other}` : `owed by ${other}`;
    console.log(`   ${who}: ${cleared} of ${lodged} cleared`);
  }
  for (const { value, length, owes, isOwedBy } of loops) {
    console.log(`   ${value} came round among ${length}: from ${isOwedBy} to Ana to ${owes}`);
  }
};

const folder = mkdtempSync(join(tmpdir(), 'pocas-clearing-round-'));
const huerta = await startLoopbackNode(join(folder, 'huerta'));
const taller = await startLoopbackNode(join(folder, 'taller'));
try {
  await story(huerta, taller);
} finally {
  await Promise.all([huerta.stop(), taller.stop()]);
  rmSync(folder, { recursive: true });
}
