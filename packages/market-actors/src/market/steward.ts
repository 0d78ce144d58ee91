/** Day-to-day care of a market (SPEC M1): lets people in and, when its time has come, the market end. */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { LedgerAuditor } from '@pocas/clearing/value';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type JournalReader, type Refusal, dayOf, once, refuse } from '@pocas/vat-runtime/actors';
import type { MarketHub, MemberKit } from './inside.ts';
import { makeInvitation } from './invitation.ts';
import { StewardI } from './steward-guards.ts';
import type {
  Done,
  Invitation,
  MarketPublic,
  MemberCard,
  PlanItem,
  Steward,
  StewardItem,
  StewardView,
} from './types.ts';

const day = 24n * 60n * 60n * 1000n;
/** Nothing is frozen for longer without somebody looking again (F20). */
const maxDays = 60n;

const makeStewardKit = defineActor({
  name: 'Steward',
  state: {
    hub: typed<Facet<MarketHub>>(M.remotable('market')),
    marketPublic: typed<Facet<MarketPublic>>(M.remotable('public')),
    journal: typed<Facet<JournalReader>>(M.remotable('journal')),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (hub: Facet<MarketHub>, marketPublic: Facet<MarketPublic>) => ({
    hub,
    marketPublic,
    journal: hub.journal('P1'),
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { steward: StewardI },
  facets: {
    steward: {
      view(): StewardView {
        const { hub } = this.state;
        const inside = hub.inside();
        const newest = hub.members();
        const paused = newest.filter(({ care }) => care.isFrozen());
        const plans = hub.plans();
        return {
          name: inside.name(),
          unit: inside.unit(),
          phase: hub.phase(),
          participants: hub.memberCount(),
          everyone: this.state.marketPublic,
          pages: hub.stewardPages(),
          ...(paused.length === 0 ? {} : { paused: paused.map(itemOf) }),
          ...(plans.length === 0 ? {} : { plans: plans.map(planOf) }),
          members: newest.filter(({ care }) => !care.isFrozen()).map(itemOf),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.steward, this.state.hub);
      },
      invite(uses: bigint = 1n, requestId?: string): Facet<Invitation> {
        const { hub, outcomes } = this.state;
        const make = () => makeInvitation(hub, uses, { kind: 'invited' });
        return requestId === undefined ? make() : once(outcomes, 'invite', requestId, make);
      },
      publicLink(): Promise<{ secret: string }> | Refusal {
        const grantor = this.state.hub.grantor();
        if (grantor === undefined) return refuse('unsupported');
        const text = E(grantor).sturdy(this.state.marketPublic, {
          label: 'public page of the market',
        });
        return E.when(text, (secret) => ({ secret }));
      },
      inviteLink(
        uses: bigint,
        requestId: string,
      ): Promise<{ secret: string; toPaste: true }> | Refusal {
        const grantor = this.state.hub.grantor();
        if (grantor === undefined) return refuse('unsupported');
        if (this.state.hub.phase() !== 'open') return refuse('closed');
        const invitation = this.facets.steward.invite(uses, requestId);
        // The link itself may be followed any number of times: the invitation counts those who join,
        // and someone whose connection failed half way comes back by the same link.
        return E.when(
          E(grantor).sturdy(invitation, { label: 'invitation to the market' }),
          (secret) => ({ secret, toPaste: true as const }),
        );
      },
      freeze(
        card: Facet<MemberCard>,
        days: bigint,
        reason: string,
        requestId: string,
      ): Done | Refusal {
        const { hub, outcomes } = this.state;
        return once<Done | Refusal>(outcomes, 'freeze', requestId, () => {
          const kit = hub.memberOf(card);
          if (kit === undefined) return refuse('closed');
          if (days < 1n || days > maxDays) return refuse('invalid');
          const inside = hub.inside();
          const until = inside.now() + days * day;
          kit.care.freeze(until);
          // The case leaves no public record; its parties may read why.
          inside.record('frozen', { member: kit.inside.number(), until, reason }, 'P2');
          inside.touch();
          return { ok: true };
        });
      },
      thaw(card: Facet<MemberCard>, requestId: string): Done | Refusal {
        const { hub, outcomes } = this.state;
        return once<Done | Refusal>(outcomes, 'thaw', requestId, () => {
          const kit = hub.memberOf(card);
          if (kit === undefined || !kit.care.isFrozen()) return refuse('closed');
          kit.care.thaw();
          hub.inside().record('thawed', { member: kit.inside.number() }, 'P2');
          hub.inside().touch();
          return { ok: true };
        });
      },
      windDown(requestId: string): Done | Refusal {
        const { hub, outcomes } = this.state;
        return once<Done | Refusal>(outcomes, 'windDown', requestId, () => hub.windDown());
      },
      close(requestId: string): Done | Refusal {
        const { hub, outcomes } = this.state;
        return once<Done | Refusal>(outcomes, 'close', requestId, () => hub.close());
      },
      marketPublic(): Facet<MarketPublic> {
        return this.state.marketPublic;
      },
      auditor(): Facet<LedgerAuditor> {
        return this.state.hub.auditor();
      },
      journal(): Facet<JournalReader> {
        return this.state.journal;
      },
    },
  },
  readOnly: ['steward.changes'],
});

const planOf = ({ inside, care, card }: MemberKit): PlanItem => {
  // The list has those with whom there is one.
  const { phase, until } = care.agreed()!;
  return { name: inside.name(), phase, until: dayOf(until), member: card };
};
const itemOf = ({ inside, care, card }: MemberKit): StewardItem => ({
  name: inside.name(),
  status: care.status(),
  member: card,
});

export const makeSteward = (
  hub: Facet<MarketHub>,
  marketPublic: Facet<MarketPublic>,
): Facet<Steward> => makeStewardKit(hub, marketPublic).steward;
