/**
 * Two markets on two nodes, somebody's things on a third, and people who are on other nodes than their market:
 * what the campaign of deals (`deals.ts`) goes on in.
 */
import { type ClearingNode, type Named, startClearingNode } from '../clearing/node.ts';
import { type Cleanup, makeFolder } from '../support/cleanup.ts';
import { next } from './asking.ts';

// `any`: answers of facets in other processes.
type Any = any;

/** Of everything, so that what somebody owes is easy to say. */
export const price = 3n;

export type Buyer = {
  readonly name: string;
  readonly node: ClearingNode;
  readonly market: Market;
  readonly place: Named;
  /** Where offers are seen and ordered, and what is always there to be had. */
  readonly shop: Named;
  readonly bread: Named;
};
export type Market = {
  readonly name: string;
  readonly node: ClearingNode;
  readonly steward: Named;
  readonly commons: Named;
  readonly auditor: Named;
  readonly till: Named;
  /** Whoever sells everything here. */
  readonly seller: { readonly place: Named; readonly shop: Named; readonly sales: Named };
  readonly buyers: Buyer[];
};
export type DealsWorld = {
  readonly nodes: readonly ClearingNode[];
  readonly markets: readonly Market[];
  /** On the third node. */
  readonly things: Named;
};

const open = async (node: ClearingNode, byte: number): Promise<Market> => {
  const { name } = node;
  const limits = { baseLimit: 10_000n, minimumCeiling: 100_000n, commonsFloor: 10_000n };
  const root = await node.make('market', '@pocas/market-actors/market', {
    ...{ name, secret: Buffer.alloc(32, byte).toString('base64url') },
    charter: { ...limits, strangers: 0n, maxOrders: 100n, maxOffers: 100n },
  });
  const founded = await node.call<Any>(root, 'claim', 'Olga', next());
  const { pages } = await node.call<Any>(founded.cares.marketPublic, 'describe');
  const views = await Promise.all(pages.map((page: Named) => node.call<Any>(page, 'view')));
  const till = pages[views.findIndex((view) => 'offers' in view && 'unit' in view)];
  const desk = async (of: string) =>
    node.keep(`${of} of Olga`, await node.call<Named>(founded.participant, 'desk', of));
  const shop = await desk('offer');
  await node.call(shop, 'offer', 'pan', '', price, 0n, next());
  return {
    ...{ name, node, buyers: [] },
    steward: await node.keep('steward', founded.cares.steward),
    commons: await node.keep('commons', founded.cares.commons),
    auditor: await node.keep('auditor', founded.cares.auditor),
    till: await node.keep('till', till),
    seller: {
      ...{ shop, sales: await desk('order') },
      place: await node.keep('Olga', founded.participant),
    },
  };
};

const join = async (market: Market, node: ClearingNode, name: string): Promise<void> => {
  const invitation = await market.node.call<Named>(market.steward, 'invite', 1n, next());
  const { participant } = await market.node.call<Any>(invitation, 'join', name, next());
  const there = await market.node.keep(`place of ${name}`, participant);
  const place =
    node === market.node
      ? there
      : await node.enliven(`place of ${name}`, await market.node.sturdy(there));
  const shop = await node.keep(`shop of ${name}`, await node.call<Named>(place, 'desk', 'offer'));
  const [{ offer }] = (await node.call<Any>(shop, 'view')).offers;
  const bread = await node.keep(`bread for ${name}`, offer);
  market.buyers.push({ ...{ name, node, market, place, shop, bread } });
};

export const makeDealsWorld = async (cleanup: Cleanup, seed: number): Promise<DealsWorld> => {
  const folder = makeFolder(cleanup);
  const nodes = await Promise.all(
    ['plaza', 'casa', 'taller'].map((name, i) =>
      startClearingNode(cleanup, { name, folder, seed: seed + i, pingMilliseconds: 300 }),
    ),
  );
  const [plaza, casa, taller] = nodes as [ClearingNode, ClearingNode, ClearingNode];
  const things = await taller.make('things', '@pocas/market-actors/item', { name: 'El taller' });
  const markets = [await open(plaza, 1), await open(casa, 2)] as const;
  await join(markets[0], casa, 'Ana');
  await join(markets[0], taller, 'Beto');
  await join(markets[1], plaza, 'Caro');
  await join(markets[1], casa, 'Dora');
  return { nodes, markets, things };
};
