/** The vat of one member's wallet. Its root is the owner's facet. */
import { M, mustMatch } from '@endo/patterns';
import type { Facet } from '@pocas/vat-runtime';
import { NameShape } from '../inside/shapes.ts';
import type { WalletOwner, WalletParams, WalletPowers } from './types.ts';
import { makeWallet } from './wallet.ts';

const ParamsShape = M.splitRecord(
  { name: NameShape },
  {
    makers: M.recordOf(M.string(), M.remotable('maker')),
    marketMaker: M.remotable('marketMaker'),
  },
  {},
);

/** @param params - data from whoever makes the wallet; checked here */
export const make = (powers: WalletPowers, params: WalletParams): Facet<WalletOwner> => {
  mustMatch(params, ParamsShape, 'params of a wallet');
  return makeWallet(params, powers);
};
