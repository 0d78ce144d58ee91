/** The vat of one video vault (SPEC M17). Its root lets the founder claim what is to be cared for, once. */
import { M, mustMatch } from '@endo/patterns';
import type { Facet } from '@pocas/vat-runtime';
import { defineActor, hmac, typed } from '@pocas/vat-runtime';
import {
  type Acts,
  type Refusal,
  RequestIdShape,
  makeCharter,
  makeFences,
  refuse,
} from '@pocas/vat-runtime/actors';
import { NameShape } from '../inside/shapes.ts';
import { makeCameras } from './cameras.ts';
import { vaultDefinition } from './definition.ts';
import { makeHolders } from './holders.ts';
import { makeHub } from './hub.ts';
import type { VaultInside, VaultPowers } from './inside.ts';
import { makeKeys } from './making.ts';
import { makePlaces } from './places.ts';
import { makeRequests } from './requests.ts';
import { openFacets } from './share.ts';
import { makeSteward } from './steward.ts';
import type { VaultClaimed, VaultFounding, VaultParams } from './types.ts';

export type { VaultPowers } from './inside.ts';

const ParamsShape = M.splitRecord({ name: NameShape, secret: M.string() }, {}, {});

const makeFoundingKit = defineActor({
  name: 'VaultFounding',
  state: {
    vault: typed<Facet<VaultInside>>(M.remotable('vault')),
    acts: typed<Facet<Acts>>(M.remotable('acts')),
    claimed: typed<{ readonly requestId: string; readonly claimed: VaultClaimed } | undefined>(
      M.any(),
    ),
  },
  init: (vault: Facet<VaultInside>, acts: Facet<Acts>) => ({ vault, acts, claimed: undefined }),
  guards: {
    founding: M.interface('VaultFounding', {
      claim: M.call(NameShape, RequestIdShape).returns(M.record()),
    }),
  },
  facets: {
    founding: {
      claim(name: string, requestId: string): VaultClaimed | Refusal {
        const { vault, acts, claimed } = this.state;
        if (claimed !== undefined)
          return claimed.requestId === requestId ? claimed.claimed : refuse('claimed');
        const joined = vault.parts().holders.enrol(name);
        if (!joined.ok) return joined;
        // The cast says what stands behind the fence.
        const answer = {
          ...joined,
          cares: { ...makeSteward(vault), acts },
        } as unknown as VaultClaimed;
        this.state.claimed = { requestId, claimed: answer };
        return answer;
      },
    },
  },
});

/** @param params - data from whoever founds the vault, and the secret that the node drew; checked here */
export const make = (powers: VaultPowers, params: VaultParams): Facet<VaultFounding> => {
  mustMatch(params, ParamsShape, 'params of a vault');
  const { name, secret } = params;
  // 32 bytes in base64url. The message says nothing of what stands there.
  if (!/^[A-Za-z0-9_-]{43}$/.test(secret))
    throw new TypeError('Cannot found a vault: its secret must be 32 random bytes in base64url');
  const hub = makeHub(name, secret, powers, makeFences(openFacets));
  const vault = hub.inside;
  const charter = makeCharter(vaultDefinition, { clock: powers.clock, journal: hub.writer });
  hub.set(charter.inside, {
    holders: makeHolders(vault),
    keys: makeKeys(vault),
    cameras: makeCameras(vault),
    places: makePlaces(vault),
    requests: makeRequests(vault, hmac(secret, 'pocas vault requests')),
  });
  return makeFoundingKit(vault, charter.acts).founding as Facet<VaultFounding>;
};
