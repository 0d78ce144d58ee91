/** All plans of one market that are open. */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import type { Methods } from '../inside/shapes.ts';
import type { PlanInside, PlansInside, SubscriptionDeskInside } from './inside.ts';
import type { Subscribable, SubscriptionDeskView } from './types.ts';

/** How many a page lists, the newest first. */
const shown = 30;

const PlansInsideI: Methods<'add' | 'remove' | 'planOf' | 'items' | 'join' | 'deskNumbered'> =
  M.interface('PlansInside', {
    add: M.call(M.nat(), M.remotable('plan')).returns(),
    remove: M.call(M.nat()).returns(),
    planOf: M.call(M.remotable('plan')).returns(M.opt(M.remotable('plan'))),
    items: M.call().returns(M.array()),
    join: M.call(M.nat(), M.remotable('desk')).returns(),
    deskNumbered: M.call(M.nat()).returns(M.opt(M.remotable('desk'))),
  });

const makePlansKit = defineActor({
  name: 'Plans',
  state: {
    plans: typed<DurableMap<bigint, Facet<PlanInside>>>(M.any()),
    desks: typed<DurableMap<bigint, Facet<SubscriptionDeskInside>>>(M.any()),
  },
  init: () => ({
    plans: makeDurableMap<bigint, Facet<PlanInside>>(),
    desks: makeDurableMap<bigint, Facet<SubscriptionDeskInside>>(),
  }),
  guards: { inside: PlansInsideI },
  facets: {
    inside: {
      add(number: bigint, plan: Facet<PlanInside>): void {
        this.state.plans.set(number, plan);
      },
      remove(number: bigint): void {
        this.state.plans.delete(number);
      },
      planOf(allegedPlan: Facet<Subscribable>): Facet<PlanInside> | undefined {
        // The number says where to look; only the identity of what is found there is believed.
        if (typeof allegedPlan.number !== 'function') return undefined;
        const plan = this.state.plans.get(allegedPlan.number());
        return plan?.public() === allegedPlan ? plan : undefined;
      },
      items(): SubscriptionDeskView['plans'] {
        return [...this.state.plans.values({ reverse: true, limit: shown })].map((plan) =>
          plan.item(),
        );
      },
      join(member: bigint, desk: Facet<SubscriptionDeskInside>): void {
        this.state.desks.set(member, desk);
      },
      deskNumbered(member: bigint): Facet<SubscriptionDeskInside> | undefined {
        return this.state.desks.get(member);
      },
    },
  },
});

export const makePlans = (): Facet<PlansInside> => makePlansKit().inside;
