/** The vat of one shelf space allocator. Its root lets the founder claim what is to be cared for, once. */
import { M, mustMatch } from '@endo/patterns';
import type { Facet, Grantor } from '@pocas/vat-runtime';
import { defineActor, typed } from '@pocas/vat-runtime';
import {
  type Acts,
  type Refusal,
  RequestIdShape,
  makeCharter,
  makeJournal,
  refuse,
} from '@pocas/vat-runtime/actors';
import { NameShape } from '../inside/shapes.ts';
import { shelfCharter } from './charter.ts';
import type { ShelfCore } from './inside.ts';
import { type ShelfPowers, makeShelf } from './shelf.ts';
import { makeAuditor, makeSteward } from './steward.ts';
import type { ShelfAuditor, ShelfClaimed, ShelfFounding, ShelfParams } from './types.ts';

export type ShelfVatPowers = ShelfPowers & { readonly grantor: Facet<Grantor> };

const ParamsShape = M.splitRecord(
  { name: NameShape, secret: M.string() },
  { charter: M.recordOf(M.string(), M.nat()), assembly: M.remotable('assembly') },
  {},
);

type Claim = { readonly id: string; readonly claimed: ShelfClaimed };

const makeFoundingKit = defineActor({
  name: 'ShelfFounding',
  state: {
    core: typed<Facet<ShelfCore>>(M.remotable('shelf')),
    grantor: typed<Facet<Grantor>>(M.remotable('grantor')),
    charter: typed<Facet<Acts> | undefined>(M.opt(M.remotable('charter'))),
    auditor: typed<Facet<ShelfAuditor>>(M.remotable('auditor')),
    claim: typed<Claim | undefined>(M.opt(M.record())),
  },
  init: (
    core: Facet<ShelfCore>,
    grantor: Facet<Grantor>,
    charter: Facet<Acts> | undefined,
    auditor: Facet<ShelfAuditor>,
  ) => ({ core, grantor, charter, auditor, claim: undefined }),
  guards: {
    founding: M.interface('ShelfFounding', {
      claim: M.call(NameShape, RequestIdShape).returns(M.record()),
    }),
  },
  facets: {
    founding: {
      claim(name: string, id: string): ShelfClaimed | Refusal {
        const { core, grantor, charter, auditor, claim } = this.state;
        if (claim !== undefined) return claim.id === id ? claim.claimed : refuse('claimed');
        const steward = makeSteward(core, grantor);
        const cares = { steward, auditor, ...(charter === undefined ? {} : { charter }) };
        const claimed: ShelfClaimed = { ...core.enrol(name, undefined), cares };
        this.state.claim = { id, claimed };
        return claimed;
      },
    },
  },
});

/** @param params - data from whoever founds it, and the secret that the node drew; checked here */
export const make = (powers: ShelfVatPowers, params: ShelfParams): Facet<ShelfFounding> => {
  mustMatch(params, ParamsShape, 'params of a shelf');
  // 32 bytes in base64url. The message says nothing of what stands there.
  if (!/^[A-Za-z0-9_-]{43}$/.test(params.secret))
    throw new TypeError('Cannot found a shelf: its secret must be 32 random bytes in base64url');
  const { clock, timer, grantor } = powers;
  const { name, secret, charter: values = {}, assembly } = params;
  const { writer, keeper } = makeJournal({ actorTag: 'shelf', clock });
  const charter = makeCharter(shelfCharter, { clock, journal: writer }, { values });
  const core = makeShelf({ name, secret }, { clock, timer, grantor }, writer, charter.inside);
  core.begin();
  const auditor = makeAuditor(core, keeper.reader('P0'), charter.charterPublic);
  core.setAuditor(auditor);
  if (assembly !== undefined) core.convene(assembly, charter.acts);
  const acts = assembly === undefined ? charter.acts : undefined;
  return makeFoundingKit(core, grantor, acts, auditor).founding;
};
