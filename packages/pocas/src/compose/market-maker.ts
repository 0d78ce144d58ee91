/**
 * The node's power to make markets, as vats hold it (`MarketMaker` of market-actors).
 *
 * The secret of a market is drawn here and goes to its vat alone. What comes back passes on to whoever asked,
 * and opens nothing once the founder has claimed the market.
 */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { MarketFounding, MarketParams } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { type PocasNode, makePower } from '@pocas/vat-runtime/node';
import { makeAssemblyVat } from './assembly-maker.ts';

export type MarketMakerPower = {
  make(wish: Omit<MarketParams, 'secret'>): Promise<Facet<MarketFounding>>;
};

const module = fileURLToPath(import.meta.resolve('@pocas/market-actors/market'));
const MarketMakerI = M.interface('MarketMaker', { make: M.call(M.record()).returns(M.promise()) });

/**
 * Makes a market's vat with a secret of its own, and the body of decision that alone can change its rules.
 * What is asked for is checked in the vat, before there is a second one.
 */
export const makeMarketVat = async (
  node: PocasNode,
  wish: Omit<MarketParams, 'secret'>,
): Promise<Facet<MarketFounding>> => {
  const { clock, timer, grantor, enlivener } = node;
  const founding = (await node.makeVat({
    module,
    label: 'market',
    powers: { clock, timer, grantor, enlivener },
    params: { ...wish, secret: randomBytes(32).toString('base64url') },
  })) as Facet<MarketFounding>;
  const convened = await E(founding).convene(await makeAssemblyVat(node));
  if (!convened.ok) throw Error(`Cannot make a market: its body was refused (${convened.code})`);
  return founding;
};

export const makeMarketMaker = (node: PocasNode): MarketMakerPower =>
  makePower<MarketMakerPower>('MarketMaker', MarketMakerI, {
    make: (wish) => makeMarketVat(node, wish),
  });
