/** Deciding together, as a market takes it in: where it was founded with a body of decision, each participant has a ballot. */
import { M } from '@endo/patterns';
import type { Facet } from '@pocas/vat-runtime';
import { changed, defineActor, typed } from '@pocas/vat-runtime';
import { type Electorate, makeElectorate } from '@pocas/vat-runtime/actors';
import type { MarketInside, Mechanism } from '../inside/types.ts';
import { DecisionDeskI } from './guards.ts';
import type { DecisionDesk, DecisionDeskView } from './types.ts';

const makeDesk = defineActor({
  name: 'DecisionDesk',
  state: {
    market: typed<Facet<MarketInside>>(M.remotable('market')),
    member: M.nat(),
  },
  init: (market: Facet<MarketInside>, member: bigint) => ({ market, member }),
  guards: { desk: DecisionDeskI },
  facets: {
    desk: {
      view(): DecisionDeskView {
        const { market, member } = this.state;
        const ballot = assemblyOf(market).ballotOf(member);
        return { market: market.name(), ...(ballot === undefined ? {} : { ballot }) };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.desk, assemblyOf(this.state.market));
      },
    },
  },
  readOnly: ['desk.changes'],
});

const assemblyOf = (market: Facet<MarketInside>): Facet<Electorate> =>
  // The cast holds because `found` makes it.
  market.part('decision') as Facet<Electorate>;

export const decisionMechanism: Mechanism = {
  name: 'decision',
  found: (market) => ({ part: makeElectorate(market) }),
  desk(market, member) {
    const assembly = assemblyOf(market);
    if (!assembly.isThere()) return undefined;
    assembly.admit(member.number(), member.name());
    const desk: Facet<DecisionDesk> = makeDesk(market, member.number()).desk;
    return { desk };
  },
  renewed: (market, member) => assemblyOf(market).renew(member.number()),
  left: (market, member) => assemblyOf(market).remove(member.number()),
};
