/** Exchanges with other markets, as a market takes them in. */
import type { Mechanism } from '../inside/types.ts';
import { makeBridgeBook } from './book.ts';
import { makeBridgeDesk } from './desk.ts';
import { makeBridgeCare } from './steward.ts';

export const bridgeMechanism: Mechanism = {
  name: 'bridge',
  found(market) {
    const part = makeBridgeBook(market);
    return { part, stewardPage: makeBridgeCare(market, part) };
  },
  desk: makeBridgeDesk,
};
