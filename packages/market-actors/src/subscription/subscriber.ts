/** One subscriber's commitment to a plan: what is left of it, and what came of each period. */
import { M } from '@endo/patterns';
import { minuteOf } from '@pocas/clearing/halves';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, once, refuse } from '@pocas/vat-runtime/actors';
import type { MemberInside } from '../inside/types.ts';
import type { OrderInside } from '../order/types.ts';
import type { PlanInside, SubscriberInside, SubscriptionDeskInside } from './inside.ts';
import { type Commitment, deliveryOf } from './rules.ts';
import { SubscriberInsideI, SubscriptionI } from './subscriber-guards.ts';
import type {
  PeriodOutcome,
  Subscription,
  SubscriptionDeskView,
  SubscriptionView,
} from './types.ts';

type Done = { readonly ok: true } | Refusal;
type Past = { readonly period: bigint; readonly outcome: PeriodOutcome };
const ok: { readonly ok: true } = { ok: true };
const shownPast = 12;
/** What did not come although it was expected: its subscriber is told. */
const told: readonly PeriodOutcome[] = ['missed', 'tooFew', 'away', 'closed', 'returned'];

const makeSubscriberKit = defineActor({
  name: 'Subscription',
  state: {
    number: M.nat(),
    plan: typed<Facet<PlanInside>>(M.remotable('plan')),
    member: typed<Facet<MemberInside>>(M.remotable('member')),
    desk: typed<Facet<SubscriptionDeskInside>>(M.remotable('desk')),
    commitment: typed<Commitment>(M.record()),
    delivery: M.string(),
    code: M.string(),
    order: typed<Facet<OrderInside> | undefined>(M.opt(M.remotable('order'))),
    /** The newest last. */
    past: typed<readonly Past[]>(M.array()),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (
    number: bigint,
    plan: Facet<PlanInside>,
    member: Facet<MemberInside>,
    desk: Facet<SubscriptionDeskInside>,
    commitment: Commitment,
    delivery: string,
  ) => ({
    ...{ number, plan, member, desk, commitment, delivery, code: '' },
    order: undefined as Facet<OrderInside> | undefined,
    past: [] as readonly Past[],
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { subscription: SubscriptionI, inside: SubscriberInsideI },
  facets: {
    subscription: {
      view(): SubscriptionView {
        const { plan, commitment, code, delivery, past } = this.state;
        const { quantity, price, left, skipsLeft, pausesLeft, skipping } = commitment;
        const { period, delivery: nextDelivery, orderUntil } = plan.next();
        const isOver = left === 0n;
        return {
          what: plan.plan().what,
          producer: plan.producerName(),
          ...{ quantity, price, left, skipsLeft, pausesLeft, code, delivery },
          phase: phaseOf(commitment),
          nextDelivery: isOver ? '' : nextDelivery,
          orderUntil: isOver ? '' : orderUntil,
          isNextSkipped: skipping.includes(period),
          past: past.map(({ period: number, outcome }) => ({
            when: minuteOf(deliveryOf(plan.plan(), number)),
            outcome,
          })),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.subscription, this.state.plan);
      },
      skip(requestId: string): Done {
        const { outcomes, commitment, plan } = this.state;
        return once<Done>(outcomes, 'skip', requestId, () => {
          const { period } = plan.next();
          const { left, skipsLeft, skipping } = commitment;
          if (left === 0n) return refuse('closed');
          if (skipping.includes(period)) return refuse('conflict');
          if (skipsLeft === 0n) return refuse('quota');
          this.facets.inside.change({
            ...commitment,
            skipsLeft: skipsLeft - 1n,
            skipping: [...skipping, period],
          });
          return ok;
        });
      },
      pause(requestId: string): Done {
        const { outcomes, commitment } = this.state;
        return once<Done>(outcomes, 'pause', requestId, () => {
          if (commitment.left === 0n || commitment.isLeaving) return refuse('closed');
          if (commitment.pausesLeft === 0n) return refuse('quota');
          this.facets.inside.change({ ...commitment, isPaused: true });
          return ok;
        });
      },
      resume(requestId: string): Done {
        const { outcomes, commitment } = this.state;
        return once<Done>(outcomes, 'resume', requestId, () => {
          if (commitment.left === 0n) return refuse('closed');
          this.facets.inside.change({ ...commitment, isPaused: false });
          return ok;
        });
      },
      leave(requestId: string): Done {
        const { outcomes, commitment, plan } = this.state;
        return once<Done>(outcomes, 'leave', requestId, () => {
          if (commitment.left === 0n) return refuse('closed');
          if (!commitment.isLeaving) this.facets.inside.endAfter(plan.plan().notice);
          return ok;
        });
      },
      deliverTo(delivery: string, requestId: string): { readonly ok: true } {
        return once<{ readonly ok: true }>(this.state.outcomes, 'deliverTo', requestId, () => {
          this.state.delivery = delivery;
          this.state.plan.touch();
          return ok;
        });
      },
    },
    inside: {
      number(): bigint {
        return this.state.number;
      },
      member(): Facet<MemberInside> {
        return this.state.member;
      },
      subscription(): Facet<Subscription> {
        return this.facets.subscription;
      },
      commitment(): Commitment {
        return this.state.commitment;
      },
      delivery(): string {
        return this.state.delivery;
      },
      code(): string {
        return this.state.code;
      },
      item(): SubscriptionDeskView['subscriptions'][number] {
        const { what, phase, quantity, left, nextDelivery, code } = this.facets.subscription.view();
        return { what, phase, quantity, left, nextDelivery, code, act: this.facets.subscription };
      },
      carryOn(commitment: Commitment): void {
        this.state.commitment = commitment;
      },
      change(commitment: Commitment): void {
        this.state.commitment = commitment;
        this.state.plan.touch();
        this.state.desk.touch();
      },
      note(period: bigint, outcome: PeriodOutcome, code: string = ''): void {
        const { past, plan, desk } = this.state;
        // What was ordered is told again by its end, which takes its place.
        const earlier = past.filter((one) => one.period !== period);
        this.state.past = [...earlier, { period, outcome }].slice(-shownPast);
        if (outcome === 'ordered') this.state.code = code;
        const when = minuteOf(deliveryOf(plan.plan(), period));
        if (told.includes(outcome)) desk.notice(plan.plan().what, when, outcome);
        else desk.touch();
      },
      ordered(order: Facet<OrderInside>): void {
        this.state.order = order;
      },
      quit(how: 'cancelled' | 'refused'): void {
        const { order, plan } = this.state;
        // What was handed over, or is disputed, goes its own way to its end.
        order?.callOff(how);
        this.facets.inside.endAfter(0n);
        plan.tidy();
      },
      endAfter(notice: bigint): void {
        const { commitment } = this.state;
        const { left } = commitment;
        this.facets.inside.change({
          ...commitment,
          left: left < notice ? left : notice,
          // Whoever leaves stays for the notice: a pause would only put it off.
          ...{ isLeaving: true, isPaused: false },
        });
      },
    },
  },
  readOnly: ['subscription.changes'],
});

const phaseOf = ({ left, isPaused, isLeaving }: Commitment): SubscriptionView['phase'] => {
  if (left === 0n) return 'ended';
  if (isLeaving) return 'leaving';
  return isPaused ? 'paused' : 'running';
};

export const makeSubscriber = (
  number: bigint,
  plan: Facet<PlanInside>,
  member: Facet<MemberInside>,
  desk: Facet<SubscriptionDeskInside>,
  commitment: Commitment,
  delivery: string,
): Facet<SubscriberInside> =>
  makeSubscriberKit(number, plan, member, desk, commitment, delivery).inside;
