/** What the facets of subscriptions do (SPEC M6): somebody produces regularly, others commit to taking it. */
import type { Facet } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import type { Desk } from '../inside/types.ts';

/** What came of a period for one subscriber. */
export type PeriodOutcome =
  | 'ordered'
  | 'skipped'
  | 'paused'
  /** The value could not be set aside: nothing was ordered, and nothing is owed for it. */
  | 'missed'
  /** Too few ordered for it to be produced. */
  | 'tooFew'
  /** The market was away when it was time. It does not count as one of those committed to. */
  | 'away'
  /** The market is winding down: there are no new orders. */
  | 'closed'
  /** The order was paid, or came to nothing. */
  | 'paid'
  | 'returned';

export type PlanView = {
  readonly what: string;
  readonly description: string;
  readonly producer: string;
  readonly price: bigint;
  readonly least: bigint;
  readonly most: bigint;
  readonly periodDays: bigint;
  /** In words (UTC): the next delivery that can still be ordered, and until when. */
  readonly nextDelivery: string;
  readonly orderUntil: string;
  readonly minimumSubscribers: bigint;
  readonly subscribers: bigint;
  readonly skips: bigint;
  readonly pauses: bigint;
  readonly notice: bigint;
  readonly phase: 'open' | 'ending';
};
export type Subscribable = {
  view(): PlanView;
  changes(since?: string): Promise<string>;
  number(): bigint;
};

export type SignalItem = {
  readonly when: string;
  readonly subscribers: bigint;
  readonly quantity: bigint;
  readonly income: bigint;
};
export type InputItem = { readonly what: string; readonly amount: bigint };
export type DeliveryItem = {
  /** Stands on the bag. It says nothing of whose it is. */
  readonly code: string;
  readonly quantity: bigint;
  /** What the subscriber chose to say. */
  readonly delivery: string;
};
/** Of whoever produces. */
export type PlanProducer = {
  view(): PlanView & {
    /** What is ordered for the delivery that is next, and what it needs. Sure: the value is set aside. */
    readonly ordered: bigint;
    readonly sureIncome: bigint;
    readonly inputs: readonly InputItem[];
    readonly deliveries: readonly DeliveryItem[];
    /** The coming deliveries as people are committed now. */
    readonly outlook: readonly SignalItem[];
    readonly plan: Facet<Subscribable>;
  };
  changes(since?: string): Promise<string>;
  /** All deliveries, 30 on each page, from 0. */
  deliveries(page: bigint): readonly DeliveryItem[];
  /** For whoever commits from now on. */
  reprice(price: bigint, requestId: string): { readonly ok: true } | Refusal;
  /** Takes no more commitments, and those there are end after the notice. */
  end(requestId: string): { readonly ok: true } | Refusal;
};

export type SubscriptionView = {
  readonly what: string;
  readonly producer: string;
  readonly quantity: bigint;
  readonly price: bigint;
  readonly left: bigint;
  readonly skipsLeft: bigint;
  readonly pausesLeft: bigint;
  readonly phase: 'running' | 'paused' | 'leaving' | 'ended';
  readonly nextDelivery: string;
  readonly orderUntil: string;
  readonly isNextSkipped: boolean;
  /** For fetching what was ordered last; empty where nothing was. */
  readonly code: string;
  readonly delivery: string;
  readonly past: readonly { readonly when: string; readonly outcome: PeriodOutcome }[];
};
/** Of one subscriber. Everything can be said until the next delivery's orders are made. */
export type Subscription = {
  view(): SubscriptionView;
  changes(since?: string): Promise<string>;
  /** Not the next one. `quota` where no skips are left, `closed`, `conflict` (skipped already). */
  skip(requestId: string): { readonly ok: true } | Refusal;
  /** `quota` where no pause is left, `closed`. */
  pause(requestId: string): { readonly ok: true } | Refusal;
  resume(requestId: string): { readonly ok: true } | Refusal;
  /** Ends after the notice. */
  leave(requestId: string): { readonly ok: true } | Refusal;
  /** Where to, or who comes for it, in words for the producer. */
  deliverTo(delivery: string, requestId: string): { readonly ok: true };
};

export type SubscriptionDeskView = {
  readonly plans: readonly {
    readonly what: string;
    readonly producer: string;
    readonly price: bigint;
    readonly nextDelivery: string;
    readonly plan: Facet<Subscribable>;
  }[];
  readonly subscriptions: readonly {
    readonly what: string;
    readonly phase: SubscriptionView['phase'];
    readonly quantity: bigint;
    readonly left: bigint;
    readonly nextDelivery: string;
    readonly code: string;
    readonly act: Facet<Subscription>;
  }[];
  readonly produced: readonly {
    readonly what: string;
    readonly phase: PlanView['phase'];
    readonly subscribers: bigint;
    readonly act: Facet<PlanProducer>;
  }[];
  /** What did not come, and why, until one has seen it. */
  readonly notices: readonly {
    readonly what: string;
    readonly when: string;
    readonly outcome: PeriodOutcome;
  }[];
};
export type Subscribed =
  { readonly ok: true; readonly subscription: Facet<Subscription> } | Refusal;
export type Planned =
  | {
      readonly ok: true;
      readonly plan: Facet<Subscribable>;
      readonly producer: Facet<PlanProducer>;
    }
  | Refusal;
export type SubscriptionDesk = Desk & {
  view(): SubscriptionDeskView;
  /** `invalid` (inputs, or a cut-off that is longer than the period), `quota`, `closed`. */
  produce(
    ...args: readonly [
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
      inputs: string,
      requestId: string,
    ]
  ): Planned;
  /** `invalid` (quantity outside of what is stated), `conflict` (subscribed already), `unsupported` (one's own), `closed`, `quota`, `stale`. */
  subscribe(
    plan: Facet<Subscribable>,
    quantity: bigint,
    periods: bigint,
    delivery: string,
    requestId: string,
  ): Subscribed;
  /** One has read the notices. */
  seen(requestId: string): { readonly ok: true };
};
