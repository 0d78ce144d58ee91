/**
 * The root of a market's vat (SPEC M1): whoever claims it first is the founder.
 *
 * It passes through the hands of those who make vats, so it is of no use after that: who operates the node
 * keeps start, stop, backup and status, and nothing of the market.
 */
import { M } from '@endo/patterns';
import type { Facet } from '@pocas/vat-runtime';
import { defineActor, typed } from '@pocas/vat-runtime';
import { type Refusal, RequestIdShape, refuse } from '@pocas/vat-runtime/actors';
import type { Assembly } from '@pocas/vat-runtime/actors';
import type { Methods } from '../inside/shapes.ts';
import { NameShape } from '../inside/shapes.ts';
import type { Done, Founded, MarketFounding } from './types.ts';

const FoundingI: Methods<'claim' | 'convene'> = M.interface('MarketFounding', {
  claim: M.call(NameShape, RequestIdShape).returns(M.record()),
  convene: M.call(M.remotable('assembly')).returns(M.record()),
});
/** Makes the founder's share. It never leaves the vat. */
export type FounderMaker = {
  make(name: string): Founded;
  /** False where there is a body of decision already. */
  convene(assembly: Facet<Assembly>): boolean;
};

const makeFoundingKit = defineActor({
  name: 'MarketFounding',
  state: {
    maker: typed<Facet<FounderMaker>>(M.remotable('maker')),
    claimed: typed<{ readonly requestId: string; readonly founded: Founded } | undefined>(
      M.opt(M.record()),
    ),
  },
  init: (maker: Facet<FounderMaker>) => ({ maker, claimed: undefined }),
  guards: { founding: FoundingI },
  facets: {
    founding: {
      claim(name: string, requestId: string): Founded | Refusal {
        const { maker, claimed } = this.state;
        if (claimed !== undefined)
          return claimed.requestId === requestId ? claimed.founded : refuse('claimed');
        const founded = maker.make(name);
        this.state.claimed = { requestId, founded };
        return founded;
      },
      convene(assembly: Facet<Assembly>): Done | Refusal {
        const { maker, claimed } = this.state;
        if (claimed !== undefined) return refuse('claimed');
        return maker.convene(assembly) ? { ok: true } : refuse('conflict');
      },
    },
  },
});

export const makeFounding = (maker: Facet<FounderMaker>): Facet<MarketFounding> =>
  makeFoundingKit(maker).founding;
