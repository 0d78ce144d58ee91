/** The page by which somebody leaves a market, or says that they are still there (SPEC C16). */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, once, refuse } from '@pocas/vat-runtime/actors';
import type { MarketHub, MemberKit } from './inside.ts';
import { LeavingDeskI } from './leaving-guards.ts';
import { leaveMarket } from './leaving.ts';
import type { Done, LeavingDesk, LeavingDeskView } from './types.ts';

const makeDeskKit = defineActor({
  name: 'LeavingDesk',
  state: {
    hub: typed<Facet<MarketHub>>(M.remotable('market')),
    member: typed<MemberKit>(M.record()),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
    news: M.nat(),
  },
  init: (hub: Facet<MarketHub>, member: MemberKit) => ({
    hub,
    member,
    outcomes: makeDurableMap<string, unknown>(),
    news: 0n,
  }),
  guards: { desk: LeavingDeskI },
  facets: {
    desk: {
      view(): LeavingDeskView {
        const { hub, member } = this.state;
        const { care, inside } = member;
        return {
          status: care.status(),
          balance: inside.account().view().balance,
          unit: hub.inside().unit(),
          // What goes without saying is not on the page.
          ...(care.plan() === '' ? {} : { plan: care.plan() }),
          ...(care.isAway() ? { isThoughtAway: true as const } : {}),
        };
      },
      changes(since?: string): Promise<string> {
        const { member } = this.state;
        return changed(since, this.facets.desk, member.inside, member.inside.account());
      },
      leave(requestId: string): Done | Refusal {
        const { hub, member, outcomes } = this.state;
        return once<Done | Refusal>(outcomes, 'leave', requestId, () => {
          const { balance } = member.inside.account().view();
          if (member.care.status() === 'left') return refuse('closed');
          if (balance < 0n) return refuse('limit');
          return balance > 0n ? refuse('notYet') : leaveMarket(hub, member);
        });
      },
      leaveGiving(requestId: string): Done | Refusal {
        const { hub, member, outcomes } = this.state;
        return once<Done | Refusal>(outcomes, 'leaveGiving', requestId, () => {
          if (member.care.status() === 'left') return refuse('closed');
          if (member.inside.account().view().balance < 0n) return refuse('limit');
          return leaveMarket(hub, member);
        });
      },
      plan(plan: string, requestId: string): Done | Refusal {
        const { hub, member, outcomes } = this.state;
        return once<Done | Refusal>(outcomes, 'plan', requestId, () => {
          if (member.care.status() === 'left') return refuse('closed');
          if (member.inside.account().view().balance >= 0n) return refuse('unsupported');
          member.care.leaving(plan);
          hub.inside().record('plan', { member: member.inside.number(), plan }, 'P2');
          this.state.news += 1n;
          return { ok: true };
        });
      },
      stay(requestId: string): Done | Refusal {
        const { member, outcomes } = this.state;
        return once<Done | Refusal>(outcomes, 'stay', requestId, () => {
          if (member.care.status() === 'left') return refuse('closed');
          member.care.stay();
          this.state.news += 1n;
          return { ok: true };
        });
      },
    },
  },
  readOnly: ['desk.changes'],
});

export const makeLeavingDesk = (hub: Facet<MarketHub>, member: MemberKit): Facet<LeavingDesk> =>
  makeDeskKit(hub, member).desk;
