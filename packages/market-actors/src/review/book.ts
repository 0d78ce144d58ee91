/** All reviews of a market. Within an epoch they stand in the order of their seeds, which says nothing of when. */
import type { InterfaceGuard, MethodGuard } from '@endo/patterns';
import { M } from '@endo/patterns';
import type { Token } from '@pocas/clearing/blind';
import { TokenShape } from '@pocas/clearing/blind';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, refuse } from '@pocas/vat-runtime/actors';
import type { MarketInside, Mechanism } from '../inside/types.ts';
import { reviewContext } from './context.ts';
import type { ReviewBook, ReviewItem } from './types.ts';

/** How many of one offer are kept; the oldest go first. */
export const maxReviews = 100;
const shown = 10;

const rowsOf = (offer: bigint) => `${offer}`.padStart(20, '0');
const rangeOf = (offer: bigint) => ({ from: `${rowsOf(offer)}|`, to: `${rowsOf(offer)}}` });
const keyOf = (offer: bigint, epoch: bigint, seed: string): string =>
  `${rowsOf(offer)}|${`${epoch}`.padStart(12, '0')}|${seed}`;

const BookI: InterfaceGuard<{ [name in keyof ReviewBook]: MethodGuard }> = M.interface(
  'ReviewBook',
  {
    post: M.call(M.nat(), M.string(), TokenShape).returns(M.record()),
    of: M.call(M.nat()).returns(M.array()),
    forget: M.call(M.nat()).returns(),
  },
);

const makeBook = defineActor({
  name: 'ReviewBook',
  state: {
    market: typed<Facet<MarketInside>>(M.remotable('market')),
    reviews: typed<DurableMap<string, ReviewItem>>(M.any()),
  },
  init: (market: Facet<MarketInside>) => ({
    market,
    reviews: makeDurableMap<string, ReviewItem>(),
  }),
  guards: { book: BookI },
  facets: {
    book: {
      post(offer: bigint, text: string, token: Token): { readonly ok: true } | Refusal {
        const { market, reviews } = this.state;
        if (token.denom !== offer) return refuse('invalid');
        const epoch = market.epoch();
        const key = keyOf(offer, epoch, token.seed);
        // Said again, as when the answer was lost. It changes nothing, whoever says it.
        if (reviews.get(key)?.text === text) return { ok: true };
        const spent = market.mint().spend('review', [token], reviewContext(offer, text));
        if (!spent.ok) return spent;
        reviews.set(key, { text, epoch });
        const all = [...reviews.keys({ ...rangeOf(offer), limit: maxReviews + 1 })];
        if (all.length > maxReviews) reviews.delete(all[0]!);
        return spent;
      },
      of(offer: bigint): readonly ReviewItem[] {
        return [...this.state.reviews.values({ ...rangeOf(offer), reverse: true, limit: shown })];
      },
      forget(offer: bigint): void {
        const { reviews } = this.state;
        for (const key of [...reviews.keys(rangeOf(offer))]) reviews.delete(key);
      },
    },
  },
});

/** Reviews, as a market takes them in. They are shown with what they are about. */
export const reviewMechanism: Mechanism = {
  name: 'review',
  found: (market) => ({ part: makeBook(market).book }),
};
