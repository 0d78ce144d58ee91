/**
 * S12: four pocas on two nodes clear what they owe each other, and each one's standing instruction runs.
 * Read the first test from top to bottom: it is the whole story. `npm run campaign -- clearing` is the
 * same among eight nodes, with everything going wrong.
 */
import '@pocas/vat-runtime/lockdown';
import test, { type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { runRounds } from './clearing/campaign.ts';
import { faultsAtRest, faultsOfRound, netsOf } from './clearing/oracle.ts';
import {
  type Poca,
  attend,
  clear,
  convene,
  hand,
  lend,
  makeWorld,
  meet,
  newRequest,
  owe,
  statementOf,
  statementsOf,
  unit,
  untilFree,
  untilLodged,
} from './clearing/pocas.ts';
import { makeCleanup } from './support/cleanup.ts';
import { until } from './support/until.ts';

// `any`: answers of facets in other processes.
type Any = any;

const cleanupOf = (t: TestContext) => makeCleanup((hook) => t.after(hook));
const call = <T = Any>({ node, book }: Poca, method: string, ...args: unknown[]): Promise<T> =>
  node.call<T>(book, method, ...args);

/** What one owes and is owed, in words. */
const debtsOf = async (poca: Poca): Promise<string[]> => {
  const { halves } = await statementOf(poca);
  return halves
    .filter(({ kind }) => kind === 'obligation')
    .map(({ end, with: other, amount }) =>
      end === 'from' ? `owes ${other} ${amount}` : `is owed ${amount} by ${other}`,
    )
    .sort();
};

test('S12: four pocas on two nodes clear, and what remains is recalled, moved and left', async (t) => {
  // The FoCo and Beto share a node; Caro and Dora have another.
  const world = await makeWorld(cleanupOf(t), [
    ['foco', 'beto'],
    ['caro', 'dora'],
  ]);
  const pocas = [...world.pocas.values()];
  const [foco, beto, caro, dora] = pocas as [Poca, Poca, Poca, Poca];

  // They know each other, and owe each other in a ring. Each debt is proposed by one and accepted by the other.
  for (const [one, other] of [
    [foco, beto],
    [beto, caro],
    [caro, dora],
    [dora, foco],
  ] as const) {
    await meet(one, other);
  }
  await owe(foco, beto, 100n, 'bread');
  await owe(beto, caro, 70n, 'honey');
  await owe(caro, dora, 60n, 'soap');
  await owe(dora, foco, 50n, 'rent');

  // Dora lets the FoCo owe her up to 25, and wants her balance moved there.
  await lend(dora, foco, 25n, 'savings');
  await call(dora, 'moveTo', dora.counterparties.get('foco'), 25n);
  // Beto wants up to 40 paid out, into his local fund; the FoCo can pay 45.
  const fund = await beto.node.make('fund', 'fund', {});
  await call(beto, 'recallInto', 40n, fund);
  await call(foco, 'payUpTo', 45n);
  // Caro leaves hers for the next cycle.
  await call(caro, 'leaveIt');

  const before = await statementsOf(pocas);
  assert.deepEqual(faultsAtRest(before), []);

  // A round is announced; each takes the seat that it is given.
  const round = await convene(world.nodes[1]!, 'November');
  const parts = new Map<string, Any>();
  for (const poca of pocas) parts.set(poca.name, await attend(round, poca));
  await untilLodged(round, 4);
  const { phase, totals } = await clear(round);
  assert.equal(phase, 'settled');
  await untilFree(pocas);

  // 50 goes all around the ring; 10 more come round by what the FoCo may owe Dora.
  const after = await statementsOf(pocas);
  assert.deepEqual(
    faultsOfRound(before, after, { unit, lodging: pocas.map(({ name }) => name), whole: true }),
    [],
  );
  assert.equal(totals.cleared, 230n);
  assert.deepEqual(await debtsOf(foco), ['owes beto 40', 'owes dora 10']);
  assert.deepEqual(await debtsOf(beto), ['is owed 40 by foco', 'owes caro 10']);
  assert.deepEqual(await debtsOf(caro), ['is owed 10 by beto']);
  assert.deepEqual(await debtsOf(dora), ['is owed 10 by foco']);
  // Nobody has more or less than before.
  for (const [i, statement] of after.entries()) {
    assert.deepEqual(netsOf(statement), netsOf(before[i]!));
  }

  // Recall: Beto's fund is told who is to pay what, which is all of his balance and no more.
  const told = await until('the fund to be told', async () => {
    const all = await beto.node.call<Any[]>(fund, 'told');
    return all.length > 0 && all;
  });
  assert.deepEqual(told, [{ unit, value: 30n, from: [{ with: 'foco', value: 30n }] }]);

  // It is paid outside, and both say so.
  const debt = async (poca: Poca, other: string) => {
    const view = await poca.node.call<Any>(poca.counterparties.get(other)!, 'view');
    return view.open.find(({ what }: Any) => what === 'bread').obligation;
  };
  assert.deepEqual(await foco.node.call(await debt(foco, 'beto'), 'paid', 30n, newRequest()), {
    ok: true,
  });
  await beto.node.call(await debt(beto, 'foco'), 'received', 30n, newRequest());
  await until('both to have it', async () => (await debtsOf(foco)).includes('owes beto 10'));
  assert.deepEqual(await debtsOf(beto), ['is owed 10 by foco', 'owes caro 10']);
  assert.deepEqual(faultsAtRest(await statementsOf(pocas)), []);

  // Each can say what was cleared, against whom, through which loops, and why the rest remains.
  const explained = await beto.node.call<Any>(parts.get('beto'), 'explain');
  const rows = explained.rows.map(({ with: other, end, lodged, cleared, why }: Any) => [
    ...[other, end, lodged, cleared, why],
  ]);
  assert.deepEqual(rows.sort(), [
    ['caro', 'from', 70n, 60n, 'cleared'],
    ['foco', 'to', 100n, 60n, 'cleared'],
  ]);
  assert.deepEqual(
    explained.loops.map(({ value, length, owes, isOwedBy }: Any) => [
      value,
      length,
      owes,
      isOwedBy,
    ]),
    [
      [50n, 4n, 'caro', 'foco'],
      [10n, 4n, 'caro', 'foco'],
    ],
  );
});

test('what nobody agreed to is refused, and explained', async (t) => {
  const world = await makeWorld(cleanupOf(t), [['ana', 'eva'], ['beto']]);
  const [ana, eva, beto] = [...world.pocas.values()] as [Poca, Poca, Poca];
  await meet(ana, beto);
  await meet(beto, eva);
  const counterparty = ana.counterparties.get('beto')!;
  const propose = (amount: bigint) =>
    ana.node.call(counterparty, 'propose', 'from', amount, unit, 0n, 'nothing', newRequest());
  await assert.rejects(propose(0n), /argument 2/);
  await assert.rejects(propose(-5n), /argument 2/);

  // A debt that the other side did not accept is in no round, and neither is one that it declined.
  await ana.node.call(counterparty, 'propose', 'from', 7n, unit, 9n, 'asked', newRequest());
  await owe(ana, beto, 10n, 'there');
  await owe(beto, ana, 4n, 'back');
  const before = await statementsOf([ana, beto, eva]);
  const round = await convene(world.nodes[0]!, 'Refusals');
  const part = await attend(round, ana);
  await attend(round, beto);
  // A second place in the same round, by another seat.
  const seat = await round.at.call<Any>(round.convenor, 'invite', 'ana again', newRequest());
  const again = await hand(round.at, seat, ana.node, 'another seat');
  const claimed = await call(ana, 'attend', again, newRequest());
  assert.deepEqual([claimed.ok, claimed.code], [false, 'claimed']);
  // Somebody who has nothing to lodge.
  const none = await round.at.call<Any>(round.convenor, 'invite', 'eva', newRequest());
  const empty = await call(
    eva,
    'attend',
    await hand(round.at, none, eva.node, 'a seat'),
    newRequest(),
  );
  assert.deepEqual([empty.ok, empty.code], [false, 'closed']);
  await untilLodged(round, 2);
  const { totals } = await clear(round);
  assert.equal(totals.cleared, 8n);
  await untilFree([ana, beto]);
  const late = await round.at.call<Any>(round.convenor, 'invite', 'late', newRequest());
  assert.deepEqual([late.ok, late.code], [false, 'closed']);
  const after = await statementsOf([ana, beto, eva]);
  assert.deepEqual(
    faultsOfRound(before, after, { unit, lodging: ['ana', 'beto'], whole: true }),
    [],
  );
  const { rows } = await ana.node.call<Any>(part, 'explain');
  assert.deepEqual(rows.map(({ end, lodged, cleared }: Any) => [end, lodged, cleared]).sort(), [
    ['from', 10n, 4n],
    ['to', 4n, 4n],
  ]);
});

test('rounds in which everything goes wrong leave all halves equal, all nets as they were, and no lock', async (t) => {
  const report = await runRounds(cleanupOf(t), {
    ...{ seed: 7, rounds: 3, nodes: 4 },
    kinds: ['participants killed', 'coordinator gone, told in part', 'lies'],
    progress: (line) => t.diagnostic(line),
  });
  assert.deepEqual(report.violations, []);
});
