/** Blind credits as a market takes them in: the till for everybody, and a desk for each participant. */
import type { Facet } from '@pocas/vat-runtime';
import type { Mechanism } from '../inside/types.ts';
import { makeBlindDesk } from './desk.ts';
import type { TillInside } from './inside.ts';
import { makeTill } from './till.ts';

export const tillMechanism: Mechanism = {
  name: 'till',
  found(market) {
    const part = makeTill(market);
    return { part, publicPage: part.till() };
  },
  desk: (market, member) => ({ desk: makeBlindDesk(market, member) }),
  endEpoch(market, epoch) {
    // `epoch` is over: what is looked at is what was good until it ended.
    (market.part('till') as Facet<TillInside>).endEpoch(epoch + 1n);
  },
};
