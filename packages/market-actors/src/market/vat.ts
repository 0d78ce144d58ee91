/** The vat of one plural market. Its root lets the founder claim what is to be cared for, once. */
import { M, mustMatch } from '@endo/patterns';
import type { Clock, Facet } from '@pocas/vat-runtime';
import { defineActor, typed } from '@pocas/vat-runtime';
import type { Acts, Assembly, Electorate } from '@pocas/vat-runtime/actors';
import { NameShape } from '../inside/shapes.ts';
import { makeCommonsKeeper } from './commons.ts';
import { startEpochs } from './epochs.ts';
import { makeFounding } from './founding.ts';
import type { MarketHub } from './inside.ts';
import { type MarketPowers, makeMarket } from './market.ts';
import { makeMarketPublic } from './public.ts';
import { makeSteward } from './steward.ts';
import type { Founded, MarketFounding, MarketParams, MarketPublic } from './types.ts';

export type { MarketHub } from './inside.ts';
export type { MarketPowers } from './market.ts';

const WordsShape = M.arrayOf(NameShape, { arrayLengthLimit: 30 });
const ParamsShape = M.splitRecord(
  { name: NameShape, secret: M.string() },
  {
    kind: M.or('mutual', 'time'),
    unit: NameShape,
    charter: M.recordOf(M.string(), M.nat()),
    categories: WordsShape,
    units: WordsShape,
    refused: WordsShape,
  },
  {},
);

const makeFounderMaker = defineActor({
  name: 'FounderMaker',
  state: {
    hub: typed<Facet<MarketHub>>(M.remotable('market')),
    charter: typed<Facet<Acts>>(M.remotable('charter')),
    marketPublic: typed<Facet<MarketPublic>>(M.remotable('public')),
    clock: typed<Clock>(M.remotable('clock')),
  },
  init: (
    hub: Facet<MarketHub>,
    charter: Facet<Acts>,
    marketPublic: Facet<MarketPublic>,
    clock: Clock,
  ) => ({ hub, charter, marketPublic, clock }),
  guards: {
    maker: M.interface('FounderMaker', {
      make: M.call(NameShape).returns(M.record()),
      convene: M.call(M.remotable('assembly')).returns(M.boolean()),
    }),
  },
  facets: {
    maker: {
      make(name: string): Founded {
        const { hub, charter, marketPublic, clock } = this.state;
        const { place, participant } = hub.enrol(name, { kind: 'invited' }).care.joined();
        const steward = makeSteward(hub, marketPublic);
        // A body of decision holds them alone: nobody has two ways to change the rules.
        const acts = assemblyOf(hub).isThere()
          ? {}
          : { charter, commons: makeCommonsKeeper(hub, clock) };
        const cares = {
          steward,
          ...acts,
          marketPublic,
          auditor: hub.auditor(),
        };
        return { ok: true, place, participant, cares };
      },
      convene(assembly: Facet<Assembly>): boolean {
        const { hub, charter, clock } = this.state;
        const part = assemblyOf(hub);
        if (part.isThere()) return false;
        // The cast holds because its guard is that of any acts.
        const commons = makeCommonsKeeper(hub, clock) as unknown as Facet<Acts>;
        part.begin(assembly, [charter, commons]);
        return true;
      },
    },
  },
});

const assemblyOf = (hub: Facet<MarketHub>): Facet<Electorate> =>
  hub.inside().part('decision') as Facet<Electorate>;

/**
 * The same as `make`, with what stands behind all facets: for whoever runs a market within a vat of their own,
 * such as a measurement.
 *
 * @param params - data from whoever founds the market, and the secret that the node drew; checked here
 */
export const open = (
  powers: MarketPowers,
  params: MarketParams,
): { readonly founding: Facet<MarketFounding>; readonly hub: Facet<MarketHub> } => {
  mustMatch(params, ParamsShape, 'params of a market');
  // 32 bytes in base64url. The message says nothing of what stands there.
  if (!/^[A-Za-z0-9_-]{43}$/.test(params.secret))
    throw new TypeError('Cannot found a market: its secret must be 32 random bytes in base64url');
  const { hub, charterPublic, charterActs } = makeMarket(powers, params);
  startEpochs(hub, powers.clock, powers.timer);
  const marketPublic = makeMarketPublic(hub, charterPublic);
  const founding = makeFounding(
    makeFounderMaker(hub, charterActs, marketPublic, powers.clock).maker,
  );
  return { founding, hub };
};

export const make = (powers: MarketPowers, params: MarketParams): Facet<MarketFounding> =>
  open(powers, params).founding;
