/** Which of a wallet's places are markets: a wallet may hold shares of other kinds too. */
import { E } from '@endo/far';
import type { Participant, WalletOwner } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';

/** In the order of joining. A place that does not answer, or is something else, is passed over. */
export const marketsOf = async (
  wallet: Facet<WalletOwner>,
): Promise<readonly Facet<Participant>[]> => {
  const { places } = await E(wallet).view();
  const views = await Promise.all(
    places.map((place) =>
      E(place)
        .view()
        .catch(() => undefined),
    ),
  );
  const isMarket = (view: unknown) =>
    typeof view === 'object' && view !== null && 'market' in view && 'balance' in view;
  // The cast holds for what shows itself as a share in a market does.
  return places.filter((_place, at) => isMarket(views[at])) as unknown as Facet<Participant>[];
};
