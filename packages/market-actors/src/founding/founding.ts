/**
 * A counted facet that makes markets, for each participant of a poca.
 *
 * It stands between a person and the node's power to make vats, so that nobody fills the node with them.
 */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { Described, DurableMap, DurableSet, Facet } from '@pocas/vat-runtime';
import {
  changed,
  defineActor,
  describe,
  makeDurableMap,
  makeDurableSet,
  typed,
} from '@pocas/vat-runtime';
import { type Refusal, RequestIdShape, refuse } from '@pocas/vat-runtime/actors';
import type { Methods } from '../inside/shapes.ts';
import { ChangesGuard, ViewGuard, changes, requestId, view } from '../inside/shapes.ts';
import type { MarketFounding, MarketMaker } from '../market/types.ts';
import type { FoundingMade, MarketMakerCounted, MarketWish } from './types.ts';

type Outcome = FoundingMade | Refusal;

/** Markets that are being made: a repeated message waits for the first. Not kept: after a restart one is made anew. */
const making = new Map<string, Promise<Outcome>>();

const CountedI: Described<Methods<'view' | 'changes' | 'found'>> = describe(
  M.interface('MarketMaker', {
    view: ViewGuard,
    changes: ChangesGuard,
    found: M.call(M.record(), RequestIdShape).returns(M.or(M.promise(), M.record())),
  }),
  {
    label: { en: 'Founding markets', es: 'Fundar mercados' },
    view: 'view',
    changes: 'changes',
    fields: { left: { label: { en: 'Markets you may found', es: 'Mercados que puedes fundar' } } },
    methods: {
      view,
      changes,
      found: {
        label: { en: 'Found a market', es: 'Fundar un mercado' },
        args: [{ name: 'wish', kind: 'text', label: { en: 'What', es: 'Qué' } }, requestId],
        hidden: true,
      },
    },
  },
);

const makeCountedKit = defineActor({
  name: 'MarketMaker',
  state: {
    number: M.nat(),
    maker: typed<Facet<MarketMaker>>(M.remotable('maker')),
    left: M.nat(),
    made: typed<DurableMap<string, Facet<MarketFounding>>>(M.any()),
    /** Requests that are counted, and of which nothing is made yet. */
    begun: typed<DurableSet<string>>(M.any()),
  },
  init: (number: bigint, maker: Facet<MarketMaker>, uses: bigint) => ({
    number,
    maker,
    left: uses,
    made: makeDurableMap<string, Facet<MarketFounding>>(),
    begun: makeDurableSet<string>(),
  }),
  guards: {
    counted: CountedI,
    steps: M.interface('MarketMakerSteps', {
      made: M.call(RequestIdShape, M.remotable('founding')).returns(M.record()),
      failed: M.call(RequestIdShape).returns(),
    }),
  },
  facets: {
    counted: {
      view(): { readonly left: bigint } {
        return { left: this.state.left };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.counted);
      },
      found(wish: MarketWish, id: string): Promise<Outcome> | Outcome {
        const { number, maker, made, begun, left } = this.state;
        const { steps } = this.facets;
        const founding = made.get(id);
        if (founding !== undefined) return { ok: true, founding };
        const key = `${number} ${id}`;
        const running = making.get(key);
        if (running !== undefined) return running;
        // Counted before it is made, so that many at once are not more than allowed; and once, though the
        // node died meanwhile and it is asked for again.
        if (!begun.has(id)) {
          if (left === 0n) return refuse('quota');
          this.state.left = left - 1n;
          begun.add(id);
        }
        const done = E.when(
          E(maker).make(wish),
          (root) => steps.made(id, root),
          (error: unknown) => {
            steps.failed(id);
            throw error;
          },
        ).finally(() => making.delete(key));
        making.set(key, done);
        return done;
      },
    },
    steps: {
      made(id: string, founding: Facet<MarketFounding>): FoundingMade {
        this.state.made.set(id, founding);
        this.state.begun.delete(id);
        return { ok: true, founding };
      },
      failed(id: string): void {
        this.state.begun.delete(id);
        this.state.left += 1n;
      },
    },
  },
  readOnly: ['counted.changes'],
});

/** @param number - of its own among those of this vat @param uses - how many markets it makes */
export const makeMarketMaker = (
  number: bigint,
  maker: Facet<MarketMaker>,
  uses: bigint,
): Facet<MarketMakerCounted> => makeCountedKit(number, maker, uses).counted;
