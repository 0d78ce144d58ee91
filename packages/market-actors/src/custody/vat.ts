/** The vat of one custodian, where it does not live in its holder's wallet. Its root is the holder's page. */
import { M, mustMatch } from '@endo/patterns';
import type { Facet } from '@pocas/vat-runtime';
import { NameShape } from '../inside/shapes.ts';
import { makeCustodianParts } from './custodian.ts';
import type { CustodyKeeper, CustodyParams, CustodyPowers } from './types.ts';

const ParamsShape = M.splitRecord({ name: NameShape, secret: M.string() }, {}, {});

/** @param params - from whoever keeps the share; checked here */
export const make = (powers: CustodyPowers, params: CustodyParams): Facet<CustodyKeeper> => {
  mustMatch(params, ParamsShape, 'params of a custodian');
  // The message says nothing of what stands there.
  if (!/^[A-Za-z0-9_-]{43}$/.test(params.secret))
    throw new TypeError('Cannot keep a share: the secret must be 32 random bytes in base64url');
  return makeCustodianParts(params.name, params.secret, powers).keeper;
};
