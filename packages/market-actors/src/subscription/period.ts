/** Hears how the order of one subscriber's period ended, so that the subscription can say so. */
import { M } from '@endo/patterns';
import type { Facet } from '@pocas/vat-runtime';
import { defineActor, typed } from '@pocas/vat-runtime';
import type { Methods } from '../inside/shapes.ts';
import type { EndPhase, OrderWatcher } from '../order/types.ts';
import type { SubscriberInside } from './inside.ts';

const WatcherI: Methods<'ended'> = M.interface('PeriodWatcher', {
  ended: M.call(M.string(), M.nat(), M.nat()).returns(),
});

const paying: readonly EndPhase[] = ['accepted', 'settled', 'split'];

const makeWatcherKit = defineActor({
  name: 'PeriodWatcher',
  state: {
    subscriber: typed<Facet<SubscriberInside>>(M.remotable('subscriber')),
    period: M.nat(),
  },
  init: (subscriber: Facet<SubscriberInside>, period: bigint) => ({ subscriber, period }),
  guards: { watcher: WatcherI },
  facets: {
    watcher: {
      ended(phase: EndPhase): void {
        const { subscriber, period } = this.state;
        subscriber.note(period, paying.includes(phase) ? 'paid' : 'returned');
      },
    },
  },
});

export const makePeriodWatcher = (
  subscriber: Facet<SubscriberInside>,
  period: bigint,
): Facet<OrderWatcher> => makeWatcherKit(subscriber, period).watcher;
