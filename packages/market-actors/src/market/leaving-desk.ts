/** The page by which somebody leaves a market, or says that they are still there (SPEC C16). */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, dayOf, once, refuse } from '@pocas/vat-runtime/actors';
import type { MarketHub, MemberKit } from './inside.ts';
import { LeavingDeskI } from './leaving-guards.ts';
import { leavingRefusal, promisesOf } from './leaving.ts';
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
        const promises = promisesOf(hub.inside(), inside);
        const agreed = care.agreed();
        return {
          status: care.status(),
          balance: inside.account().view().balance,
          unit: hub.inside().unit(),
          // What goes without saying is not on the page.
          ...(care.plan() === '' ? {} : { plan: care.plan() }),
          ...(promises === undefined ? {} : { promised: promises.words, worth: promises.worth }),
          ...(agreed === undefined
            ? {}
            : { planUntil: dayOf(agreed.until), planPhase: agreed.phase }),
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
          if (member.care.status() === 'left') return refuse('closed');
          return gone(hub, member, false);
        });
      },
      leaveGiving(requestId: string): Done | Refusal {
        const { hub, member, outcomes } = this.state;
        return once<Done | Refusal>(outcomes, 'leaveGiving', requestId, () => {
          if (member.care.status() === 'left') return refuse('closed');
          return gone(hub, member, true);
        });
      },
      plan(plan: string, requestId: string): Done | Refusal {
        const { hub, member, outcomes } = this.state;
        return once<Done | Refusal>(outcomes, 'plan', requestId, () => {
          if (member.care.status() === 'left') return refuse('closed');
          const promises = promisesOf(hub.inside(), member.inside);
          const { balance } = member.inside.account().view();
          if (balance >= 0n && promises === undefined) return refuse('unsupported');
          member.care.leaving(plan);
          const promised = promises?.words ?? '';
          hub.inside().record('plan', { member: member.inside.number(), plan, promised }, 'P2');
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

/** Takes them out, or nothing of the attempt stays. */
const gone = (hub: Facet<MarketHub>, member: MemberKit, isGiving: boolean): Done | Refusal => {
  try {
    hub.depart(member.inside.number(), isGiving);
    return { ok: true };
  } catch (error) {
    const code = leavingRefusal(error);
    if (code === undefined) throw error;
    return refuse(code);
  }
};

export const makeLeavingDesk = (hub: Facet<MarketHub>, member: MemberKit): Facet<LeavingDesk> =>
  makeDeskKit(hub, member).desk;
