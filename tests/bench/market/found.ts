/** The market of this bench at a node. */
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import type { Founded } from '@pocas/market-actors';
import type { PocasNode } from '@pocas/vat-runtime/node';
import type { BenchMarket } from './vats/market.ts';

/** Bundled by the node: the source, as programs give theirs. */
const module = fileURLToPath(new URL('./vats/market.js', import.meta.url));

/** Who is let in in one turn. */
const atOnce = 20;

export type Opened = { readonly market: BenchMarket; readonly founded: Founded };

type Makers = Pick<PocasNode, 'makeVat' | 'clock' | 'timer' | 'grantor' | 'enlivener'>;

export const open = async (node: Makers): Promise<Opened> => {
  const { clock, timer, grantor, enlivener } = node;
  // The cast holds: it is what that module makes.
  const market = (await node.makeVat({
    module,
    label: 'market',
    powers: { clock, timer, grantor, enlivener },
    params: {
      name: 'Tianguis',
      secret: Buffer.alloc(32, 7).toString('base64url'),
      charter: { baseLimit: 100n },
    },
  })) as BenchMarket;
  return { market, founded: await E(market).open() };
};

/** Lets in who is missing until there are so many. */
export const enrol = async (market: BenchMarket, members: number): Promise<void> => {
  let there = Number(await E(market).enrol(0n));
  while (there < members)
    there = Number(await E(market).enrol(BigInt(Math.min(members - there, atOnce))));
};

export const found = async (node: Makers, members: number): Promise<Opened> => {
  const opened = await open(node);
  await enrol(opened.market, members);
  return opened;
};
