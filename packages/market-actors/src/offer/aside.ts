/** Value of this market that somebody sets aside for a purchase in another one. */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { Decider, Hold } from '@pocas/clearing/value';
import type { Facet } from '@pocas/vat-runtime';
import { changed, defineActor, typed } from '@pocas/vat-runtime';
import { refuse } from '@pocas/vat-runtime/actors';
import type { Refusal } from '@pocas/vat-runtime/actors';
import type { MarketInside } from '../inside/types.ts';
import { AsideI } from './guards.ts';
import type { Aside, OfferDone, Handed } from './types.ts';

const makeAsideKit = defineActor({
  name: 'Aside',
  state: {
    market: typed<Facet<MarketInside>>(M.remotable('market')),
    hold: typed<Facet<Hold>>(M.remotable('hold')),
    decider: typed<Facet<Decider>>(M.remotable('decider')),
  },
  init: (market: Facet<MarketInside>, hold: Facet<Hold>, decider: Facet<Decider>) => ({
    market,
    hold,
    decider,
  }),
  guards: { aside: AsideI },
  facets: {
    aside: {
      view(): ReturnType<Aside['view']> {
        return this.state.hold.view();
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.state.hold);
      },
      hand(): Handed {
        const { hold, decider } = this.state;
        return { hold, decider };
      },
      link(): Promise<{ readonly secret: string; readonly toPaste: true }> | Refusal {
        const grantor = this.state.market.grantor?.();
        if (grantor === undefined) return refuse('unsupported');
        const text = E(grantor).sturdy(this.facets.aside, { label: 'set aside' });
        return E.when(text, (secret) => ({ secret, toPaste: true as const }));
      },
      takeBack(): OfferDone | Refusal {
        // Whoever took it over alone decides it: then this one is refused.
        const released = this.state.decider.release();
        return released.ok ? { ok: true } : released;
      },
    },
  },
  readOnly: ['aside.changes', 'aside.link'],
});

export const makeAside = (
  market: Facet<MarketInside>,
  hold: Facet<Hold>,
  decider: Facet<Decider>,
): Facet<Aside> => makeAsideKit(market, hold, decider).aside;
