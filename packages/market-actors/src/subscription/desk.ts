/** A participant's own page of subscriptions: plans to subscribe to, one's own, and what one produces. */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { onceLately, refuse } from '@pocas/vat-runtime/actors';
import type { MarketInside, Mechanism, MemberInside } from '../inside/types.ts';
import { SubscriptionDeskI, SubscriptionDeskInsideI } from './desk-guards.ts';
import type {
  PlanInside,
  PlansInside,
  SubscriberInside,
  SubscriptionDeskInside,
} from './inside.ts';
import { makePlan } from './plan.ts';
import { makePlans } from './plans.ts';
import { type Plan, maxPeriods, readInputs } from './rules.ts';
import type {
  PeriodOutcome,
  Planned,
  Subscribable,
  Subscribed,
  SubscriptionDesk,
  SubscriptionDeskView,
} from './types.ts';

/** What one participant may have at a time: as many as a page lists. */
export const maxSubscriptions = 30;
export const maxProduced = 10;
/** How many notices are kept for somebody who does not look. */
const keptNotices = 20;
const hour = 60n * 60n * 1000n;
const day = 24n * hour;

type Notice = SubscriptionDeskView['notices'][number];

const makeDeskKit = defineActor({
  name: 'SubscriptionDesk',
  state: {
    market: typed<Facet<MarketInside>>(M.remotable('market')),
    all: typed<Facet<PlansInside>>(M.remotable('plans')),
    member: typed<Facet<MemberInside>>(M.remotable('member')),
    subscriptions: typed<DurableMap<bigint, Facet<SubscriberInside>>>(M.any()),
    produced: typed<DurableMap<bigint, Facet<PlanInside>>>(M.any()),
    notices: typed<readonly Notice[]>(M.array()),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
    news: M.nat(),
  },
  init: (market: Facet<MarketInside>, all: Facet<PlansInside>, member: Facet<MemberInside>) => ({
    ...{ market, all, member },
    subscriptions: makeDurableMap<bigint, Facet<SubscriberInside>>(),
    produced: makeDurableMap<bigint, Facet<PlanInside>>(),
    notices: [] as readonly Notice[],
    outcomes: makeDurableMap<string, unknown>(),
    news: 0n,
  }),
  guards: { desk: SubscriptionDeskI, inside: SubscriptionDeskInsideI },
  facets: {
    desk: {
      view(): SubscriptionDeskView {
        const { all, subscriptions, produced, notices } = this.state;
        return {
          plans: all.items(),
          subscriptions: [...subscriptions.values()].map((one) => one.item()),
          produced: [...produced.values()].map((plan) => plan.producedItem()),
          notices,
        };
      },
      changes(since?: string): Promise<string> {
        const { all, market } = this.state;
        return changed(since, this.facets.desk, all, market);
      },
      produce(
        what: string,
        description: string,
        price: bigint,
        least: bigint,
        most: bigint,
        periodDays: bigint,
        firstInDays: bigint,
        cutOffHours: bigint,
        minimumSubscribers: bigint,
        skips: bigint,
        pauses: bigint,
        notice: bigint,
        inputsText: string,
        requestId: string,
      ): Planned {
        const { market, all, member, produced, outcomes } = this.state;
        return onceLately<Planned>(outcomes, this.state.market.now(), 'produce', requestId, () => {
          const inputs = readInputs(inputsText);
          const period = periodDays * day;
          const cutOff = cutOffHours * hour;
          const isSound = inputs !== undefined && least <= most && cutOff <= period;
          if (!isSound || price % market.charter('step') !== 0n) return refuse('invalid');
          if (!market.isOpen()) return refuse('closed');
          if (produced.size() >= maxProduced) return refuse('quota');
          const allowed = member.mayOpen('offer', BigInt(produced.size()));
          if (!allowed.ok) return allowed;
          const start = market.now() + firstInDays * day;
          const terms: Plan = {
            ...{ what, description, price, least, most, start, period, cutOff },
            ...{ minimumSubscribers, skips, pauses, notice, inputs },
          };
          const number = market.nextNumber();
          const plan = makePlan(number, terms, market, all, member);
          all.add(number, plan);
          produced.set(number, plan);
          plan.start();
          this.facets.inside.touch();
          return { ok: true, plan: plan.public(), producer: plan.producer() };
        });
      },
      subscribe(
        allegedPlan: Facet<Subscribable>,
        quantity: bigint,
        periods: bigint,
        delivery: string,
        requestId: string,
      ): Subscribed {
        const { all, member, subscriptions, outcomes } = this.state;
        return onceLately<Subscribed>(
          outcomes,
          this.state.market.now(),
          'subscribe',
          requestId,
          () => {
            const plan = all.planOf(allegedPlan);
            if (plan === undefined) return refuse('stale');
            if (subscriptions.size() >= maxSubscriptions) return refuse('quota');
            if (periods > maxPeriods) return refuse('invalid');
            const allowed = member.mayOpen('order', BigInt(subscriptions.size()));
            if (!allowed.ok) return allowed;
            return plan.subscribe(member, quantity, periods, delivery);
          },
        );
      },
      seen(requestId: string): { readonly ok: true } {
        return onceLately<{ readonly ok: true }>(
          this.state.outcomes,
          this.state.market.now(),
          'seen',
          requestId,
          () => {
            this.state.notices = [];
            this.facets.inside.touch();
            return { ok: true };
          },
        );
      },
    },
    inside: {
      subscribed(number: bigint, subscriber: Facet<SubscriberInside>): void {
        this.state.subscriptions.set(number, subscriber);
        this.facets.inside.touch();
      },
      ended(number: bigint): void {
        this.state.subscriptions.delete(number);
        this.facets.inside.touch();
      },
      producedEnded(number: bigint): void {
        this.state.produced.delete(number);
        this.facets.inside.touch();
      },
      notice(what: string, when: string, outcome: PeriodOutcome): void {
        this.state.notices = [{ what, when, outcome }, ...this.state.notices].slice(0, keptNotices);
        this.facets.inside.touch();
      },
      quit(): void {
        const { subscriptions, produced } = this.state;
        for (const one of [...subscriptions.values()]) one.quit('cancelled');
        for (const plan of [...produced.values()]) plan.close();
      },
      touch(): void {
        const { member, notices } = this.state;
        this.state.news += 1n;
        member.setWaiting('subscription', BigInt(notices.length));
      },
    },
  },
  readOnly: ['desk.changes'],
});

const deskOf = (
  market: Facet<MarketInside>,
  member: Facet<MemberInside>,
): { desk: Facet<SubscriptionDesk>; part: Facet<SubscriptionDeskInside> } => {
  // The cast holds: it is what `found` answered.
  const all = market.part('subscription') as Facet<PlansInside>;
  const { desk, inside } = makeDeskKit(market, all, member);
  all.join(member.number(), inside);
  return { desk, part: inside };
};

/** Subscriptions, as a market takes them in. */
export const subscriptionMechanism: Mechanism = {
  name: 'subscription',
  found: () => ({ part: makePlans() }),
  desk: deskOf,
  settle(_market, member) {
    (member.part('subscription') as Facet<SubscriptionDeskInside>).quit();
    return false;
  },
};
