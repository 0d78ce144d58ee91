/** The vat of one member's wallet. Its root is the owner's facet. */
import { M, mustMatch } from '@endo/patterns';
import type { Facet } from '@pocas/vat-runtime';
import { NameShape } from '../inside/shapes.ts';
import type { WalletOwner, WalletParams, WalletPowers } from './types.ts';
import { makeWallet } from './wallet.ts';

const ParamsShape = M.splitRecord(
  { name: NameShape, secret: M.string() },
  {
    makers: M.recordOf(M.string(), M.remotable('maker')),
    marketMaker: M.remotable('marketMaker'),
  },
  {},
);

/** @param params - data from whoever makes the wallet; checked here */
export const make = (powers: WalletPowers, params: WalletParams): Facet<WalletOwner> => {
  mustMatch(params, ParamsShape, 'params of a wallet');
  // 32 bytes in base64url. The message says nothing of what stands there.
  if (!/^[A-Za-z0-9_-]{43}$/.test(params.secret))
    throw new TypeError('Cannot make wallet: its secret must be 32 random bytes in base64url');
  return makeWallet(params, powers);
};
