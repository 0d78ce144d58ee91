/**
 * A producer's plan, and the orders that come of it (SPEC M6).
 *
 * Each period has one cut-off. In its turn every subscriber's commitment takes one step, value is set aside
 * for those whose turn it is, and for each of them there is an order, or for nobody where too few could.
 * Who cannot set the value aside has no order and no debt: only a notice.
 */
import { M } from '@endo/patterns';
import { minuteOf } from '@pocas/clearing/halves';
import type { Decider } from '@pocas/clearing/value';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, onceLately, refuse } from '@pocas/vat-runtime/actors';
import type { MarketInside, MemberInside } from '../inside/types.ts';
import { makeOrder } from '../order/order.ts';
import type { PlanInside, PlansInside, SubscriberInside } from './inside.ts';
import { makePeriodWatcher } from './period.ts';
import { PlanInsideI, PlanProducerI, PlanStepsI, SubscribableI } from './plan-guards.ts';
import {
  type Plan,
  commit,
  cutOffOf,
  deliveryOf,
  nextPeriod,
  outlook,
  signalOf,
  step,
} from './rules.ts';
import { makeSubscriber } from './subscriber.ts';
import type {
  DeliveryItem,
  PlanProducer,
  PlanView,
  Subscribable,
  Subscribed,
  SubscriptionDeskView,
} from './types.ts';

type Done = { readonly ok: true } | Refusal;
const ok: { readonly ok: true } = { ok: true };

/** So that one turn can make all orders of a period. */
export const maxSubscribers = 60;
const pageSize = 30;
const periodsAhead = 4;
const day = 24n * 60n * 60n * 1000n;

/** What was ordered for a period. */
type Ordered = DeliveryItem & { readonly price: bigint };
/** Somebody whose turn it is, with the value that was set aside. */
type Due = { readonly subscriber: Facet<SubscriberInside>; readonly decider: Facet<Decider> };

const makePlanKit = defineActor({
  name: 'Plan',
  state: {
    number: M.nat(),
    plan: typed<Plan>(M.record()),
    market: typed<Facet<MarketInside>>(M.remotable('market')),
    all: typed<Facet<PlansInside>>(M.remotable('plans')),
    maker: typed<Facet<MemberInside>>(M.remotable('member')),
    isEnding: M.boolean(),
    /** The period whose cut-off is next. */
    upcoming: M.nat(),
    subscribers: typed<DurableMap<bigint, Facet<SubscriberInside>>>(M.any()),
    /** By member: nobody has two at a time. */
    byMember: typed<DurableMap<bigint, bigint>>(M.any()),
    /** What was ordered at the last cut-off, and for when. */
    orderedFor: M.nat(),
    ordered: typed<DurableMap<string, Ordered>>(M.any()),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
    news: M.nat(),
  },
  init: (
    number: bigint,
    plan: Plan,
    market: Facet<MarketInside>,
    all: Facet<PlansInside>,
    maker: Facet<MemberInside>,
  ) => ({
    ...{ number, plan, market, all, maker, isEnding: false, upcoming: 0n, orderedFor: 0n },
    subscribers: makeDurableMap<bigint, Facet<SubscriberInside>>(),
    byMember: makeDurableMap<bigint, bigint>(),
    ordered: makeDurableMap<string, Ordered>(),
    outcomes: makeDurableMap<string, unknown>(),
    news: 0n,
  }),
  guards: {
    public: SubscribableI,
    producer: PlanProducerI,
    inside: PlanInsideI,
    steps: PlanStepsI,
  },
  facets: {
    public: {
      view(): PlanView {
        const { plan, maker, subscribers, isEnding } = this.state;
        const { what, description, price, least, most, minimumSubscribers } = plan;
        const { skips, pauses, notice } = plan;
        const { delivery, orderUntil } = this.facets.inside.next();
        return {
          ...{ what, description, price, least, most, minimumSubscribers, skips, pauses, notice },
          producer: maker.name(),
          periodDays: plan.period / day,
          ...{ nextDelivery: delivery, orderUntil },
          subscribers: BigInt(subscribers.size()),
          phase: isEnding ? 'ending' : 'open',
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.public);
      },
      number(): bigint {
        return this.state.number;
      },
    },
    producer: {
      view(): ReturnType<PlanProducer['view']> {
        const { plan, subscribers, ordered, orderedFor, upcoming } = this.state;
        const commitments = [...subscribers.values()].map((one) => one.commitment());
        const signal = signalOf(plan, orderedFor, [...ordered.values()]);
        return {
          ...this.facets.public.view(),
          ordered: signal.quantity,
          sureIncome: signal.income,
          inputs: signal.inputs,
          deliveries: this.facets.producer.deliveries(0n),
          outlook: outlook(plan, commitments, upcoming, periodsAhead).map(
            ({ delivery, subscribers: count, quantity, income }) => ({
              ...{ when: minuteOf(delivery), subscribers: count, quantity, income },
            }),
          ),
          plan: this.facets.public,
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.producer);
      },
      deliveries(page: bigint): readonly DeliveryItem[] {
        return [...this.state.ordered.values()]
          .slice(Number(page) * pageSize, (Number(page) + 1) * pageSize)
          .map(({ code, quantity, delivery }) => ({ code, quantity, delivery }));
      },
      reprice(price: bigint, requestId: string): Done {
        const { outcomes, plan, market } = this.state;
        return onceLately<Done>(outcomes, this.state.market.now(), 'reprice', requestId, () => {
          if (price % market.charter('step') !== 0n) return refuse('invalid');
          // Each commitment keeps the price that it was made with.
          this.state.plan = { ...plan, price };
          this.facets.inside.touch();
          return ok;
        });
      },
      end(requestId: string): Done {
        const { outcomes, plan, subscribers, all, number } = this.state;
        return onceLately<Done>(outcomes, this.state.market.now(), 'end', requestId, () => {
          if (this.state.isEnding) return ok;
          this.state.isEnding = true;
          all.remove(number);
          for (const subscriber of subscribers.values()) subscriber.endAfter(plan.notice);
          this.facets.steps.tidy();
          return ok;
        });
      },
    },
    inside: {
      start(): void {
        this.facets.steps.arm();
      },
      number(): bigint {
        return this.state.number;
      },
      public(): Facet<Subscribable> {
        return this.facets.public;
      },
      producer(): Facet<PlanProducer> {
        return this.facets.producer;
      },
      plan(): Plan {
        return this.state.plan;
      },
      producerName(): string {
        return this.state.maker.name();
      },
      next(): { readonly period: bigint; readonly delivery: string; readonly orderUntil: string } {
        const { plan, upcoming: period } = this.state;
        return {
          period,
          delivery: minuteOf(deliveryOf(plan, period)),
          orderUntil: minuteOf(cutOffOf(plan, period)),
        };
      },
      item(): SubscriptionDeskView['plans'][number] {
        const { what, producer, price, nextDelivery } = this.facets.public.view();
        return { what, producer, price, nextDelivery, plan: this.facets.public };
      },
      producedItem(): SubscriptionDeskView['produced'][number] {
        const { what, phase, subscribers } = this.facets.public.view();
        return { what, phase, subscribers, act: this.facets.producer };
      },
      subscribe(
        member: Facet<MemberInside>,
        quantity: bigint,
        periods: bigint,
        delivery: string,
      ): Subscribed {
        const { plan, market, maker, all, subscribers, byMember, isEnding } = this.state;
        if (isEnding || !market.isOpen()) return refuse('closed');
        if (member === maker) return refuse('unsupported');
        if (byMember.has(member.number())) return refuse('conflict');
        if (quantity < plan.least || quantity > plan.most) return refuse('invalid');
        if (subscribers.size() >= maxSubscribers) return refuse('quota');
        const desk = all.deskNumbered(member.number());
        if (desk === undefined) return refuse('unsupported');
        const number = market.nextNumber();
        const subscriber = makeSubscriber(
          ...([number, this.facets.inside, member, desk] as const),
          ...([commit(plan, quantity, periods), delivery] as const),
        );
        subscribers.set(number, subscriber);
        byMember.set(member.number(), number);
        desk.subscribed(number, subscriber);
        this.facets.inside.touch();
        return { ok: true, subscription: subscriber.subscription() };
      },
      tidy(): void {
        this.facets.steps.tidy();
      },
      close(): void {
        const { all, number, subscribers, upcoming } = this.state;
        this.state.isEnding = true;
        all.remove(number);
        for (const subscriber of [...subscribers.values()]) {
          subscriber.note(upcoming, 'closed');
          subscriber.quit('refused');
        }
        this.facets.steps.tidy();
      },
      touch(): void {
        const { all, maker, market } = this.state;
        this.state.news += 1n;
        all.deskNumbered(maker.number())?.touch();
        market.touch();
      },
    },
    steps: {
      /** Sets the alarm for the next cut-off that is still to come. */
      arm(): void {
        const { plan, market, upcoming } = this.state;
        const period = nextPeriod(plan, market.now(), upcoming);
        this.state.upcoming = period;
        market.wakeAt(cutOffOf(plan, period), this.facets.steps, { period });
      },
      due({ period }: { readonly period: bigint }): void {
        const { plan, market, upcoming, subscribers, number } = this.state;
        if (period !== upcoming) return;
        if (!market.isOpen()) this.facets.steps.closeDown(period);
        else if (market.now() >= deliveryOf(plan, period)) {
          // The market slept through it. Nobody's commitment is used up by that.
          for (const subscriber of subscribers.values())
            if (step(subscriber.commitment(), period).due === 'order')
              subscriber.note(period, 'away');
        } else this.facets.steps.order(period);
        market.record('subscription.period', { plan: number, period }, 'P1');
        this.state.upcoming = period + 1n;
        this.facets.steps.tidy();
        if (!this.state.isEnding || subscribers.size() > 0) this.facets.steps.arm();
        this.facets.inside.touch();
      },
      /** The market winds down: nothing new is ordered, and all commitments are over. */
      closeDown(period: bigint): void {
        const { all, number, subscribers } = this.state;
        this.state.isEnding = true;
        all.remove(number);
        for (const subscriber of subscribers.values()) {
          subscriber.note(period, 'closed');
          subscriber.endAfter(0n);
        }
      },
      /** Takes every subscriber one step on, and orders for those whose turn it is. */
      order(period: bigint): void {
        const { plan, subscribers, ordered } = this.state;
        for (const code of [...ordered.keys()]) ordered.delete(code);
        this.state.orderedFor = period;
        const dues: Due[] = [];
        for (const subscriber of [...subscribers.values()]) {
          const { due, after } = step(subscriber.commitment(), period);
          subscriber.carryOn(after);
          if (due !== 'order') {
            if (due !== 'over') subscriber.note(period, due);
            continue;
          }
          const decider = this.facets.steps.setAside(subscriber);
          if (decider === undefined) subscriber.note(period, 'missed');
          else dues.push({ subscriber, decider });
        }
        if (BigInt(dues.length) >= plan.minimumSubscribers) {
          for (const due of dues) this.facets.steps.place(period, due);
          return;
        }
        for (const { subscriber, decider } of dues) {
          if (!decider.release().ok) throw new Error('Cannot release: it was decided elsewhere');
          subscriber.note(period, 'tooFew');
        }
      },
      setAside(subscriber: Facet<SubscriberInside>): Facet<Decider> | undefined {
        const { market, maker } = this.state;
        const { quantity, price } = subscriber.commitment();
        const member = subscriber.member();
        // Nobody outside can know this id, so nobody can have made another hold under it before.
        const requestId = market.derive(`subscription hold ${market.nextNumber()}`);
        const terms = { divisible: true };
        const held = member.account().hold(maker.payee(), quantity * price, terms, requestId);
        return held.ok ? held.decider : undefined;
      },
      place(period: bigint, { subscriber, decider }: Due): void {
        const { plan, market, maker, ordered } = this.state;
        const { quantity, price } = subscriber.commitment();
        const code = this.facets.steps.codeFor(period, subscriber.number());
        const details = subscriber.delivery();
        const made = makeOrder(market, {
          terms: { what: plan.what, description: plan.description, version: 1n },
          ...{ quantity, seller: maker, buyer: subscriber.member() },
          legs: [{ kind: 'near', decider, value: quantity * price }],
          delivery: details === '' ? code : `${code} · ${details}`,
          due: deliveryOf(plan, period) + plan.period,
          onEnd: makePeriodWatcher(subscriber, period),
        });
        if (!made.ok) return subscriber.note(period, 'missed');
        subscriber.ordered(made.inside);
        ordered.set(code, { code, quantity, delivery: details, price });
        subscriber.note(period, 'ordered', code);
      },
      /** Different in each period, so that who always fetches the same code is not known by it. */
      codeFor(period: bigint, subscriber: bigint): string {
        const { market, number, ordered } = this.state;
        for (let attempt = 0; ; attempt += 1) {
          const text = market.derive(`pickup ${number} ${period} ${subscriber} ${attempt}`);
          // Without what is mistaken for something else when it is read aloud or from a bag.
          const code = text.replace(/[^A-HJ-NP-Z2-9]/g, '').slice(0, 5);
          if (code.length === 5 && !ordered.has(code)) return code;
        }
      },
      /** Lets those go whose commitment is over. */
      tidy(): void {
        const { subscribers, byMember, all, maker, number, isEnding } = this.state;
        for (const [key, subscriber] of [...subscribers.entries()]) {
          if (subscriber.commitment().left > 0n) continue;
          const member = subscriber.member().number();
          subscribers.delete(key);
          byMember.delete(member);
          all.deskNumbered(member)?.ended(key);
        }
        if (isEnding && subscribers.size() === 0)
          all.deskNumbered(maker.number())?.producedEnded(number);
        this.facets.inside.touch();
      },
    },
  },
  readOnly: ['public.changes', 'producer.changes'],
});

export const makePlan = (
  number: bigint,
  plan: Plan,
  market: Facet<MarketInside>,
  all: Facet<PlansInside>,
  maker: Facet<MemberInside>,
): Facet<PlanInside> => makePlanKit(number, plan, market, all, maker).inside;
