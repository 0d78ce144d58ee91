/** What the parts of subscriptions are to each other. These facets never leave the vat. */
import type { Facet } from '@pocas/vat-runtime';
import type { MemberInside } from '../inside/types.ts';
import type { OrderInside } from '../order/types.ts';
import type { Commitment, Plan } from './rules.ts';
import type {
  PeriodOutcome,
  PlanProducer,
  Subscribable,
  Subscribed,
  Subscription,
  SubscriptionDeskView,
} from './types.ts';

/** Once for the whole market. */
export type PlansInside = {
  add(number: bigint, plan: Facet<PlanInside>): void;
  remove(number: bigint): void;
  planOf(plan: Facet<Subscribable>): Facet<PlanInside> | undefined;
  items(): SubscriptionDeskView['plans'];
  join(member: bigint, desk: Facet<SubscriptionDeskInside>): void;
  deskNumbered(member: bigint): Facet<SubscriptionDeskInside> | undefined;
};
export type PlanInside = {
  start(): void;
  number(): bigint;
  public(): Facet<Subscribable>;
  producer(): Facet<PlanProducer>;
  plan(): Plan;
  producerName(): string;
  /** The next period that can still be ordered, in words too. */
  next(): { readonly period: bigint; readonly delivery: string; readonly orderUntil: string };
  item(): SubscriptionDeskView['plans'][number];
  producedItem(): SubscriptionDeskView['produced'][number];
  subscribe(
    member: Facet<MemberInside>,
    quantity: bigint,
    periods: bigint,
    delivery: string,
  ): Subscribed;
  touch(): void;
  /** Lets those go whose commitment is over. */
  tidy(): void;
  /** Its producer leaves: all commitments end, and what was not handed over is given back. */
  close(): void;
};
export type SubscriberInside = {
  number(): bigint;
  member(): Facet<MemberInside>;
  subscription(): Facet<Subscription>;
  commitment(): Commitment;
  delivery(): string;
  code(): string;
  item(): SubscriptionDeskView['subscriptions'][number];
  carryOn(commitment: Commitment): void;
  /** What came of a period, with the code under which it is fetched where it was ordered. */
  note(period: bigint, outcome: PeriodOutcome, code?: string): void;
  /** The producer takes no more: it ends after the notice. */
  endAfter(notice: bigint): void;
  /** What was ordered last. */
  ordered(order: Facet<OrderInside>): void;
  /** One of the two sides leaves the market: it ends now, and what was not handed over is given back. */
  quit(how: 'cancelled' | 'refused'): void;
};
export type SubscriptionDeskInside = {
  subscribed(number: bigint, subscriber: Facet<SubscriberInside>): void;
  ended(number: bigint): void;
  producedEnded(number: bigint): void;
  notice(what: string, when: string, outcome: PeriodOutcome): void;
  /** Its participant leaves. */
  quit(): void;
  touch(): void;
};
