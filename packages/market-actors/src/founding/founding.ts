/**
 * A counted facet that makes places of one kind, for each participant of a poca.
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
import { type Founding, type Refusal, RequestIdShape, refuse } from '@pocas/vat-runtime/actors';
import type { Methods } from '../inside/shapes.ts';
import { ChangesGuard, ViewGuard, changes, requestId, view } from '../inside/shapes.ts';
import type { CountedMaker, FoundingMade, PlaceMaker } from './types.ts';

type Outcome = FoundingMade | Refusal;

/** Places that are being made: a repeated message waits for the first. Not kept: after a restart one is made anew. */
const making = new Map<string, Promise<Outcome>>();

const CountedI: Described<Methods<'view' | 'changes' | 'found'>> = describe(
  M.interface('PlaceMaker', {
    view: ViewGuard,
    changes: ChangesGuard,
    found: M.call(M.any(), RequestIdShape).returns(M.or(M.promise(), M.record())),
  }),
  {
    label: { en: 'Founding places', es: 'Fundar lugares' },
    view: 'view',
    changes: 'changes',
    fields: { left: { label: { en: 'You may still found', es: 'Todavía puedes fundar' } } },
    methods: {
      view,
      changes,
      found: {
        label: { en: 'Found one', es: 'Fundar uno' },
        args: [{ name: 'wish', kind: 'text', label: { en: 'What', es: 'Qué' } }, requestId],
        hidden: true,
      },
    },
  },
);

const makeCountedKit = defineActor({
  name: 'PlaceMaker',
  state: {
    number: M.nat(),
    maker: typed<Facet<PlaceMaker>>(M.remotable('maker')),
    left: M.nat(),
    made: typed<DurableMap<string, Facet<Founding>>>(M.any()),
    /** Requests that are counted, and of which nothing is made yet. */
    begun: typed<DurableSet<string>>(M.any()),
  },
  init: (number: bigint, maker: Facet<PlaceMaker>, uses: bigint) => ({
    number,
    maker,
    left: uses,
    made: makeDurableMap<string, Facet<Founding>>(),
    begun: makeDurableSet<string>(),
  }),
  guards: {
    counted: CountedI,
    steps: M.interface('PlaceMakerSteps', {
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
      found(wish: unknown, id: string): Promise<Outcome> | Outcome {
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
      made(id: string, founding: Facet<Founding>): FoundingMade {
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

/** @param number - of its own among those of this vat @param uses - how many places it makes */
export const makeCountedMaker = (
  number: bigint,
  maker: Facet<PlaceMaker>,
  uses: bigint,
): Facet<CountedMaker> => makeCountedKit(number, maker, uses).counted;
