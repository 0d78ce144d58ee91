/**
 * The node's power to make wallets, as a reception holds it. The secret of a wallet is drawn here and goes to its
 * vat alone; whoever operates the node can read it there (P3).
 */
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { M } from '@endo/patterns';
import type { WalletOwner, WalletParams } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { type PocasNode, makePower } from '@pocas/vat-runtime/node';

export type WalletMakerPower = {
  make(params: Omit<WalletParams, 'secret'>): Promise<Facet<WalletOwner>>;
};

const module = fileURLToPath(import.meta.resolve('@pocas/market-actors/wallet'));
const WalletMakerI = M.interface('WalletMaker', { make: M.call(M.record()).returns(M.promise()) });

/** Makes a wallet's vat. What is asked for is checked there. */
export const makeWalletVat = async (
  node: PocasNode,
  params: Omit<WalletParams, 'secret'>,
): Promise<Facet<WalletOwner>> => {
  const { clock, enlivener, grantor } = node;
  return (await node.makeVat({
    module,
    label: 'wallet',
    powers: { clock, enlivener, grantor },
    params: { ...params, secret: randomBytes(32).toString('base64url') },
  })) as Facet<WalletOwner>;
};

export const makeWalletMaker = (node: PocasNode): WalletMakerPower =>
  makePower<WalletMakerPower>('WalletMaker', WalletMakerI, {
    make: (params) => makeWalletVat(node, params),
  });
