/**
 * S4: ten minutes of therapy in a time market against a jar of jam in a credit market, over the bridge,
 * with whoever leads the exchange killed between its decision and what the two ledgers do about it.
 */
import '@pocas/vat-runtime/lockdown';
import test, { type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { type ClearingNode, type Named, startClearingNode } from './clearing/node.ts';
import { runExchanges } from './market/exchanges.ts';
import { newRequest } from './clearing/pocas.ts';
import { makeCleanup, makeFolder } from './support/cleanup.ts';
import { until } from './support/until.ts';

// `any`: answers of facets in other processes.
type Any = any;

const bank = '../packages/clearing/test/bridge/bank-vat.ts';
const hour = 3_600_000n;

type Market = { readonly node: ClearingNode; readonly bank: Named; readonly desk: Named };
const ask = <T = Any>({ node, bank: at }: Market, method: string, ...args: unknown[]): Promise<T> =>
  node.call<T>(at, method, ...args);

const cut = (nodes: readonly ClearingNode[]) => {
  for (const { proxy } of nodes) {
    proxy.plan(() => ({ refuse: true }));
    for (const connection of proxy.connections()) connection.cut();
  }
};
const heal = (nodes: readonly ClearingNode[]) => {
  for (const { proxy } of nodes) proxy.plan(() => ({}));
};

/**
 * Tere counts minutes and has no account in the credit market. Jaime makes jam, counts credits, and has an
 * account in both. The offer stands in the credit market, so its ledger is the first, and leads by default.
 */
const startStory = async (t: TestContext, names: readonly string[]) => {
  const cleanup = makeCleanup((hook) => t.after(hook));
  const folder = makeFolder(cleanup);
  const nodes = await Promise.all(
    names.map((name, seed) =>
      startClearingNode(cleanup, { name, folder, seed, pingMilliseconds: 300 }),
    ),
  );
  const open = async (node: ClearingNode, unit: string, kind: string): Promise<Market> => {
    const made = await node.make('bank', bank, { unit, kind });
    return { node, bank: made, desk: await node.keep('desk', await node.call(made, 'desk')) };
  };
  const [timeNode, creditNode, leadNode = creditNode] = nodes as [ClearingNode, ClearingNode];
  const time = await open(timeNode, 'minutos', 'time');
  const credit = await open(creditNode, 'créditos', 'mutual');
  const lead = leadNode === creditNode ? credit : await open(leadNode, 'nada', 'mutual');
  await ask(time, 'join', 'Tere', 60n);
  await ask(credit, 'join', 'Jaime', 60n);
  const own = await timeNode.keep('toJaime', await ask<Named>(time, 'join', 'Jaime', 60n));
  const coordinator = await leadNode.keep('lead', await ask<Named>(lead, 'coordinator'));

  const id = 'therapy for jam';
  const deadline = BigInt(Date.now()) + hour;
  /** What both sign off, as each node's vats hold it: the same facets, by way of different references. */
  const termsAt = async (node: ClearingNode) => {
    const at = async (from: ClearingNode, ref: Named, as: string) =>
      from === node ? ref : node.enliven(as, await from.sturdy(ref));
    const first = { desk: await at(creditNode, credit.desk, 'creditDesk'), value: 8n };
    const to = await at(timeNode, own, 'toJaime');
    const second = { desk: await at(timeNode, time.desk, 'timeDesk'), value: 10n, to };
    return {
      id,
      legs: [first, second],
      coordinator: await at(leadNode, coordinator, 'lead'),
      deadline,
    };
  };
  const terms = {
    time: await termsAt(timeNode),
    credit: await termsAt(creditNode),
    lead: await termsAt(leadNode),
  };
  const phases = async () => [
    (await ask(credit, 'side', id))?.phase,
    (await ask(time, 'side', id))?.phase,
  ];
  const untilBoth = (phase: string) =>
    until(`both ${phase}`, async () => (await phases()).every((one) => one === phase));
  return {
    ...{ nodes, time, credit, lead, terms, id, phases, untilBoth },
    /** The jar is Jaime's eight credits; Tere puts them where she likes. */
    async assertDone() {
      await until('a payment for Tere', async () => (await ask(time, 'payment', id)) !== undefined);
      await ask(credit, 'join', 'Tere', 0n);
      const there = await timeNode.enliven('credit', await creditNode.sturdy(credit.bank));
      await ask(time, 'passOn', id, there, 'Tere');
      await until('her deposit', async () => (await ask(credit, 'balance', 'Tere')) > 0n);
      assert.deepEqual(
        [await ask(time, 'balance', 'Tere'), await ask(time, 'balance', 'Jaime')],
        [-10n, 10n],
      );
      assert.deepEqual(
        [await ask(credit, 'balance', 'Tere'), await ask(credit, 'balance', 'Jaime')],
        [8n, -8n],
      );
      for (const market of [time, credit]) await ask(market, 'assertSound');
    },
    async assertNothing() {
      for (const [market, name] of [
        [time, 'Tere'],
        [credit, 'Jaime'],
      ] as const) {
        assert.equal(await ask(market, 'balance', name), 0n);
        assert.equal(await ask(market, 'held', name), 0n);
        await ask(market, 'assertSound');
      }
    },
  };
};

test('S4: therapy for jam, over two nodes', async (t) => {
  const { time, credit, terms, untilBoth, assertDone } = await startStory(t, ['time', 'credit']);
  assert.equal((await ask(credit, 'lead', terms.credit)).ok, true);
  assert.equal((await ask(credit, 'prepare', 'Jaime', terms.credit)).ok, true);
  assert.equal((await ask(time, 'prepare', 'Tere', terms.time)).ok, true);
  await untilBoth('settled');
  await assertDone();
});

test('S4: killed between its decision and what the ledgers do, and both legs happen all the same', async (t) => {
  const { nodes, time, credit, terms, id, phases, untilBoth, assertDone } = await startStory(t, [
    'time',
    'credit',
  ]);
  await ask(credit, 'lead', terms.credit);
  await ask(time, 'prepare', 'Tere', terms.time);
  await until('the leader hears of the first', async () => {
    const { said } = await ask(credit, 'led', id);
    return said[1] === 'held';
  });
  cut(nodes);
  assert.equal((await ask(credit, 'prepare', 'Jaime', terms.credit)).ok, true);
  await until('a decision', async () => (await ask(credit, 'led', id)).decision === 'settle');
  assert.deepEqual(await phases(), ['held', 'held'], 'decided, and nobody has done anything yet');
  await credit.node.kill();
  assert.equal((await ask(time, 'side', id)).phase, 'held');
  await credit.node.start();
  assert.equal((await ask(credit, 'led', id)).decision, 'settle');
  heal(nodes);
  await untilBoth('settled');
  await assertDone();
});

test('S4, step 5: the leader never comes back, and both stewards end it', async (t) => {
  const { time, credit, lead, terms, id, phases, untilBoth, assertNothing } = await startStory(t, [
    'time',
    'credit',
    'lead',
  ]);
  await ask(lead, 'lead', terms.lead);
  await ask(time, 'prepare', 'Tere', terms.time);
  await until('the leader hears of the first', async () => {
    const { said } = await ask(lead, 'led', id);
    return said[1] === 'held';
  });
  await lead.node.kill();
  assert.equal((await ask(credit, 'prepare', 'Jaime', terms.credit)).ok, true);
  await until('both know of each other', async () => {
    const [one, other] = [await ask(credit, 'side', id), await ask(time, 'side', id)];
    return one.peerHeld && other.peerHeld;
  });
  assert.equal((await ask(time, 'freeze', id)).phase, 'held');
  assert.deepEqual(await phases(), ['held', 'held'], 'one alone cannot');
  await ask(credit, 'freeze', id);
  await untilBoth('released');
  await assertNothing();
  // Whatever it says when it is back, it is over.
  await lead.node.start();
  await until('the leader learns', async () => (await ask(lead, 'led', id)).decision === 'release');
  assert.deepEqual(await phases(), ['released', 'released']);
});

test('S4, as people see it: two markets on two nodes, introduced by their stewards', async (t) => {
  const cleanup = makeCleanup((hook) => t.after(hook));
  const folder = makeFolder(cleanup);
  const open = async (name: string, seed: number) => {
    const node = await startClearingNode(cleanup, { name, folder, seed, pingMilliseconds: 300 });
    const secret = Buffer.alloc(32, seed + 1).toString('base64url');
    const market = '@pocas/market-actors/market';
    const founding = await node.make('market', market, { name, secret });
    const founded = await node.call<Any>(founding, 'claim', 'Fundadora', newRequest());
    const { pages } = await node.call<Any>(founded.cares.steward, 'view');
    const labels = await Promise.all(
      pages.map((page: Named) => node.call<Any>(page, '__describe__')),
    );
    const at = labels.findIndex(({ label }) => label.en === 'Exchange with other markets');
    const desk = await node.keep(
      'bridge',
      await node.call<Named>(founded.participant, 'desk', 'bridge'),
    );
    const person = await node.keep('person', founded.participant);
    return { node, person, care: await node.keep('care', pages[at]), desk };
  };
  const [jam, care] = await Promise.all([open('jam', 0), open('care', 1)]);
  const { secret } = await jam.node.call<Any>(jam.care, 'introduceLink', 'Cuidados', newRequest());
  await care.node.call(care.care, 'meetBy', secret, 'Mermeladas', newRequest());
  const { partner } = await until('the introduction', async () => {
    const { partners } = await jam.node.call<Any>(jam.desk, 'view');
    return partners[0];
  });
  // A jar for ten minutes; whoever offers it has an account over there, whoever takes it has none.
  const account = (await care.node.call<Any>(care.desk, 'accountLink')).secret;
  await jam.node.call(jam.desk, 'propose', partner, 8n, 10n, 24n, '', newRequest());
  const { offer } = await until('the offer over there', async () => {
    const { offers } = await care.node.call<Any>(care.desk, 'view');
    return offers[0];
  });
  await care.node.call(care.desk, 'take', offer, '', newRequest());
  const phaseOf = async ({ node, desk }: typeof jam) =>
    (await node.call<Any>(desk, 'view')).trades[0]?.phase;
  for (const market of [jam, care])
    await until('it is done', async () => (await phaseOf(market)) === 'settled');
  const balanceOf = async ({ node, person }: typeof jam) =>
    (await node.call<Any>(person, 'view')).balance;
  assert.deepEqual([await balanceOf(jam), await balanceOf(care)], [-8n, -10n]);
  // The minutes came as a payment, and are put into an account there by its text.
  const [{ page }] = (await jam.node.call<Any>(jam.desk, 'view')).trades;
  const kept = await jam.node.keep('page', page);
  await until('the payment', async () => (await jam.node.call<Any>(kept, 'view')).payment);
  await jam.node.call(kept, 'passOn', account, newRequest());
  await until('the deposit', async () => (await balanceOf(care)) === 0n);
});

test('exchanges among three nodes that are killed, frozen and cut off end alike on both sides', async (t) => {
  const cleanup = makeCleanup((hook) => t.after(hook));
  const { violations, settled } = await runExchanges(cleanup, { seed: 5, rounds: 2 });
  assert.deepEqual(violations, []);
  assert.ok(settled > 0);
});
