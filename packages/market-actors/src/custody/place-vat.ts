/** The vat of a custodian that a member founds from the wallet. Its root lets the holder claim it, once. */
import { M, mustMatch } from '@endo/patterns';
import type { Facet } from '@pocas/vat-runtime';
import { defineActor, typed } from '@pocas/vat-runtime';
import {
  type Claimed,
  type Founding,
  type Refusal,
  RequestIdShape,
  makeFences,
  refuse,
} from '@pocas/vat-runtime/actors';
import { NameShape } from '../inside/shapes.ts';
import { type CustodyCare, makeCustodianParts } from './custodian.ts';
import type { CustodyParams, CustodyPowers } from './types.ts';

const ParamsShape = M.splitRecord({ name: NameShape, secret: M.string() }, {}, {});

const makeFoundingKit = defineActor({
  name: 'CustodyFounding',
  state: {
    care: typed<Facet<CustodyCare>>(M.remotable('care')),
    claimed: typed<{ readonly requestId: string; readonly claimed: Claimed } | undefined>(M.any()),
  },
  init: (care: Facet<CustodyCare>) => ({ care, claimed: undefined }),
  guards: {
    founding: M.interface('CustodyFounding', {
      claim: M.call(NameShape, RequestIdShape).returns(M.record()),
    }),
  },
  facets: {
    founding: {
      claim(_name: string, requestId: string): Claimed | Refusal {
        const { care, claimed } = this.state;
        if (claimed !== undefined)
          return claimed.requestId === requestId ? claimed.claimed : refuse('claimed');
        const answer = { ...care.joined(), cares: {} };
        this.state.claimed = { requestId, claimed: answer };
        return answer;
      },
    },
  },
});

/** @param params - from whoever keeps the share, and the secret that the node drew; checked here */
export const make = (powers: CustodyPowers, params: CustodyParams): Facet<Founding> => {
  mustMatch(params, ParamsShape, 'params of a custodian');
  // The message says nothing of what stands there.
  if (!/^[A-Za-z0-9_-]{43}$/.test(params.secret))
    throw new TypeError('Cannot keep a share: the secret must be 32 random bytes in base64url');
  const { keeper, care } = makeCustodianParts(params.name, params.secret, powers);
  // What goes to the vault comes out as it is.
  care.enclose(makeFences(['Custodian custodian']).around(keeper));
  return makeFoundingKit(care).founding as unknown as Facet<Founding>;
};
