/** What anybody may see of a market, and the door by which somebody comes in who knows nobody (SPEC M1). */
import { M } from '@endo/patterns';
import type { LedgerAuditor } from '@pocas/clearing/value';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type JournalReader, type Refusal, once, refuse } from '@pocas/vat-runtime/actors';
import type { MarketCharterPublic } from '../charter/types.ts';
import { mechanisms } from './desks.ts';
import type { MarketHub } from './inside.ts';
import { minSharedRequestIdLength } from './invitation.ts';
import { DoorI, DoorStepsI, MarketPublicI } from './public-guards.ts';
import type { Joined, MarketDoor, MarketPublic, MarketPublicView } from './types.ts';

const makePublicKit = defineActor({
  name: 'MarketPublic',
  state: {
    hub: typed<Facet<MarketHub>>(M.remotable('market')),
    charter: typed<Facet<MarketCharterPublic>>(M.remotable('charter')),
    journal: typed<Facet<JournalReader>>(M.remotable('journal')),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (hub: Facet<MarketHub>, charter: Facet<MarketCharterPublic>) => ({
    hub,
    charter,
    journal: hub.journal('P0'),
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { marketPublic: MarketPublicI, door: DoorI, steps: DoorStepsI },
  facets: {
    marketPublic: {
      describe(): MarketPublicView {
        const { hub, charter, journal } = this.state;
        const inside = hub.inside();
        const isOpen = hub.phase() === 'open' && inside.charter('strangers') > 0n;
        return {
          name: inside.name(),
          unit: inside.unit(),
          phase: hub.phase(),
          pages: hub.publicPages(),
          charter,
          auditor: hub.auditor(),
          journal,
          ...(isOpen ? { door: this.facets.door } : {}),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.marketPublic, this.state.hub);
      },
      charter(): Facet<MarketCharterPublic> {
        return this.state.charter;
      },
      auditor(): Facet<LedgerAuditor> {
        return this.state.hub.auditor();
      },
      journal(): Facet<JournalReader> {
        return this.state.journal;
      },
      door(): Facet<MarketDoor> {
        return this.facets.door;
      },
    },
    door: {
      view(): { readonly market: string; readonly left: bigint } {
        const { hub } = this.state;
        return { market: hub.inside().name(), left: hub.strangersLeft() };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.state.hub);
      },
      offer(
        name: string,
        what: string,
        description: string,
        price: bigint,
        requestId: string,
      ): Joined | Refusal {
        return this.facets.steps.join('offer', name, { what, description, price }, requestId);
      },
      ask(name: string, what: string, description: string, requestId: string): Joined | Refusal {
        return this.facets.steps.join('need', name, { what, description, price: 0n }, requestId);
      },
    },
    steps: {
      join(mechanism: string, name: string, first: First, requestId: string): Joined | Refusal {
        const { hub, outcomes } = this.state;
        // Everybody shares this door, and whoever knows a request gets what it made.
        if (requestId.length < minSharedRequestIdLength) return refuse('invalid');
        const firstStep = mechanisms.find((one) => one.name === mechanism)?.firstStep;
        if (firstStep === undefined) return refuse('unsupported');
        if (!outcomes.has(`${mechanism} ${requestId}`)) {
          // A refusal is not kept: anyone could fill the table with them.
          if (hub.phase() !== 'open') return refuse('closed');
          if (hub.strangersLeft() === 0n) return refuse('quota');
        }
        return once<Joined | Refusal>(outcomes, mechanism, requestId, () => {
          const inside = hub.inside();
          const kit = hub.enrol(name, { kind: 'stranger' });
          const done = firstStep(inside, kit.inside, first.what, first.description, first.price);
          // What they offer is not for this market: they are not in it, and have used up a place.
          if (!done.ok) {
            hub.expel(kit.inside.number());
            return done;
          }
          return kit.care.joined();
        });
      },
    },
  },
  readOnly: ['marketPublic.changes', 'door.changes'],
});

type First = { readonly what: string; readonly description: string; readonly price: bigint };

export const makeMarketPublic = (
  hub: Facet<MarketHub>,
  charter: Facet<MarketCharterPublic>,
): Facet<MarketPublic> => makePublicKit(hub, charter).marketPublic;
