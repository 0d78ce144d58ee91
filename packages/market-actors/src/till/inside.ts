/** Between the till, its orders and the market. None of it leaves the vat. */
import { M } from '@endo/patterns';
import type { BlindPayment } from '@pocas/clearing/blind';
import type { Facet } from '@pocas/vat-runtime';
import type { Methods } from '../inside/shapes.ts';
import type { EndPhase, OrderKit } from '../order/types.ts';
import type { BlindOrder, Bought, Purchase, Quote, Till } from './types.ts';

export type TillInside = {
  till(): Facet<Till>;
  /** @throws Error of `refusalOf` where it cannot be, so that all of it is undone */
  sell(
    purchase: Purchase,
    quote: Quote,
    payment: BlindPayment,
    requestId: string,
  ): Omit<Bought, 'order'> & { readonly order: Facet<BlindOrder> };
  endEpoch(epoch: bigint): void;
};
export const TillInsideI: Methods<'till' | 'sell' | 'endEpoch'> = M.interface('TillInside', {
  till: M.call().returns(M.remotable('till')),
  sell: M.call(M.record(), M.record(), M.record(), M.string()).returns(M.record()),
  endEpoch: M.call(M.nat()).returns(),
});

export type BlindOrderInside = {
  order(): Facet<BlindOrder>;
  /** In which epoch it was placed. */
  placedIn(): bigint;
  opened(kit: OrderKit): void;
  /** Gives what nobody fetched to the commons, once its time is over. @returns whether all is done here */
  lapse(epoch: bigint): boolean;
};
export const BlindOrderInsideI: Methods<'order' | 'placedIn' | 'opened' | 'lapse'> = M.interface(
  'BlindOrderInside',
  {
    order: M.call().returns(M.remotable('order')),
    placedIn: M.call().returns(M.nat()),
    opened: M.call(M.record()).returns(),
    lapse: M.call(M.nat()).returns(M.boolean()),
  },
);

/** As `OrderWatcher`. */
export const WatcherI: Methods<'ended'> = M.interface('BlindOrderWatcher', {
  ended: M.call(M.string(), M.nat(), M.nat()).returns(),
});

export type Ending = {
  readonly phase: EndPhase;
  readonly paid: bigint;
  readonly returned: bigint;
  readonly epoch: bigint;
};
