/**
 * S2: one chair is listed in three markets on three nodes, two buyers race for it, and one node is cut
 * off. One sale, one refund, and all listings closed.
 */
import '@pocas/vat-runtime/lockdown';
import test, { type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { type ClearingNode, type Named, startClearingNode } from './clearing/node.ts';
import { newRequest } from './clearing/pocas.ts';
import { makeCleanup, makeFolder } from './support/cleanup.ts';
import { until } from './support/until.ts';

// `any`: answers of facets in other processes.
type Any = any;

const secret = (byte: number) => Buffer.alloc(32, byte).toString('base64url');

/** A market on a node, with whoever has the chair as its founder, and one buyer. */
type Market = {
  readonly node: ClearingNode;
  readonly steward: Named;
  readonly maker: Named;
  readonly buyer: Named;
};

const openMarket = async (node: ClearingNode, byte: number): Promise<Market> => {
  const { name } = node;
  const founding = await node.make('market', '@pocas/market-actors/market', {
    name,
    secret: secret(byte),
  });
  const founded = await node.call<Any>(founding, 'claim', 'Olga', newRequest());
  const { participant, cares } = founded;
  const { steward } = cares;
  const invitation = await node.call<Named>(steward, 'invite', 1n, newRequest());
  const joined = await node.call<Any>(invitation, 'join', `Buyer in ${name}`, newRequest());
  return {
    node,
    steward: await node.keep('steward', steward),
    maker: await node.keep('maker', participant),
    buyer: await node.keep('buyer', joined.participant),
  };
};
const deskOf = ({ node }: Market, person: Named, name: string): Promise<Named> =>
  node.call<Named>(person, 'desk', name);
/** What can be had in a market, as its buyer sees it. */
const offersIn = async (market: Market): Promise<Any[]> => {
  const { node, buyer } = market;
  return (await node.call<Any>(await deskOf(market, buyer, 'offer'), 'view')).offers;
};
const orderIn = async (market: Market): Promise<Named> => {
  const { node, buyer } = market;
  const [{ offer }] = await offersIn(market);
  const desk = await deskOf(market, buyer, 'offer');
  const ordered = await node.call<Any>(desk, 'order', offer, 1n, newRequest());
  assert.equal(ordered.ok, true, `cannot order in ${node.name}: ${ordered.code}`);
  return node.keep('order', ordered.order);
};
const phaseIn = async ({ node }: Market, order: Named): Promise<string> =>
  (await node.call<Any>(order, 'view')).phase;
const balancesIn = async ({ node, buyer, maker }: Market) => {
  const of = async (who: Named) => {
    const { balance, held } = await node.call<Any>(who, 'view');
    return [balance, held];
  };
  return { buyer: await of(buyer), maker: await of(maker) };
};

const startWorld = async (t: TestContext) => {
  const cleanup = makeCleanup((hook) => t.after(hook));
  const folder = makeFolder(cleanup);
  const nodes = await Promise.all(
    ['home', 'near', 'far'].map((name, seed) =>
      startClearingNode(cleanup, { name, folder, seed, pingMilliseconds: 300 }),
    ),
  );
  const [at] = nodes as [ClearingNode];
  const things = await at.make('things', '@pocas/market-actors/item', { name: 'El taller' });
  const { thing } = await at.call<Any>(things, 'add', 'chair', 1n, newRequest());
  const chair = await at.keep('chair', thing);
  const markets = await Promise.all(nodes.map((node, i) => openMarket(node, i + 1)));
  // Olga lists it in each: the claim facet goes to the market as a text.
  for (const market of markets) {
    const { node, maker } = market;
    const link = await at.call<Any>(chair, 'claimLink', node.name, newRequest());
    const claim = await node.enliven('claim', link.secret);
    const terms = {
      ...{ what: 'chair', description: 'of oak', category: '', delivery: '', duration: 0n },
      alternatives: [{ own: 5n, brands: [], outside: '' }],
    };
    const desk = await deskOf(market, maker, 'offer');
    const offered = await node.call<Any>(
      desk,
      'offerWith',
      terms,
      { kind: 'claim', claim },
      {},
      newRequest(),
    );
    assert.equal(offered.ok, true, `cannot offer in ${node.name}: ${offered.code}`);
  }
  for (const market of markets)
    await until('the listing', async () => (await offersIn(market)).length === 1);
  return {
    nodes,
    chair: () => at.call<Any>(chair, 'view'),
    markets: markets as [Market, Market, Market],
  };
};

const closed = async (market: Market) => (await offersIn(market)).length === 0;

/** Whoever was sold the chair gets it, and pays. */
const handOver = async (market: Market, order: Named) => {
  const { node, maker } = market;
  const { sales } = await node.call<Any>(await deskOf(market, maker, 'order'), 'view');
  const { order: seller } = sales[0];
  assert.equal((await node.call<Any>(seller, 'ready')).ok, true);
  assert.equal((await node.call<Any>(seller, 'handOver')).ok, true);
  assert.equal((await node.call<Any>(order, 'accept')).ok, true);
  assert.deepEqual(await balancesIn(market), { buyer: [-5n, 0n], maker: [5n, 0n] });
};

/** Nothing passes between any two nodes. */
const cut = (nodes: readonly ClearingNode[]) => {
  for (const { proxy } of nodes) {
    proxy.plan(() => ({ refuse: true }));
    for (const connection of proxy.connections()) connection.cut();
  }
};
const heal = (nodes: readonly ClearingNode[]) => {
  for (const { proxy } of nodes) proxy.plan(() => ({}));
};

test('S2: two race for one chair while a node is cut off: one sale, one refund, all listings closed', async (t) => {
  const { nodes, chair, markets } = await startWorld(t);
  const [home, near, far] = markets;
  cut(nodes);
  const lost = await orderIn(far);
  // Nobody sells on a guess: it waits, with the payment set aside.
  assert.equal(await phaseIn(far, lost), 'escrowed');
  assert.deepEqual(await balancesIn(far), { buyer: [-5n, 5n], maker: [0n, 0n] });
  far.node.signal('SIGSTOP');
  heal(nodes);
  const won = await orderIn(near);
  await until('a sale', async () => (await phaseIn(near, won)) === 'claimed');
  for (const market of [home, near]) await until('the listing to close', () => closed(market));
  far.node.signal('SIGCONT');
  await until('a refund', async () => (await phaseIn(far, lost)) === 'refused');
  await until('the listing to close', () => closed(far));
  assert.deepEqual(await balancesIn(far), { buyer: [0n, 0n], maker: [0n, 0n] });
  const { free, claimed, fulfilled } = await chair();
  assert.deepEqual([free, claimed, fulfilled], [0n, 0n, 1n]);
  await handOver(near, won);
  assert.deepEqual(await balancesIn(home), { buyer: [0n, 0n], maker: [0n, 0n] });
});

test('S2: two race, and the node of the chair is killed before it has answered anybody', async (t) => {
  const { nodes, chair, markets } = await startWorld(t);
  const [home, ...others] = markets;
  cut(nodes);
  const orders = await Promise.all(others.map((market) => orderIn(market)));
  await home.node.kill();
  await home.node.start();
  heal(nodes);
  const ends = await until('one sale and one refund', async () => {
    const phases = await Promise.all(others.map((market, i) => phaseIn(market, orders[i]!)));
    return phases.toSorted().join() === 'claimed,refused' ? phases : undefined;
  });
  const loser = others[ends.indexOf('refused')]!;
  assert.deepEqual(await balancesIn(loser), { buyer: [0n, 0n], maker: [0n, 0n] });
  for (const market of markets) await until('the listing to close', () => closed(market));
  const { free, claimed, fulfilled } = await chair();
  assert.deepEqual([free, claimed, fulfilled], [0n, 0n, 1n]);
  await handOver(others[ends.indexOf('claimed')]!, orders[ends.indexOf('claimed')]!);
});
