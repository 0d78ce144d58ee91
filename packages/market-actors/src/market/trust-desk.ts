/** Introducing people, and lending them a part of one's own limit (SPEC 7.1, "trust"). */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { LimitChange, Vouch } from '@pocas/clearing/limits';
import type { Moved } from '@pocas/clearing/value';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, once, refuse } from '@pocas/vat-runtime/actors';
import type { MarketHub, MemberKit } from './inside.ts';
import { makeInvitation } from './invitation.ts';
import { TrustDeskI } from './trust-guards.ts';
import type { Invitation, MemberCard, TrustDesk, TrustDeskView, TrustItem } from './types.ts';

/** How many people one participant may introduce in an epoch. */
const maxIntroduced = 20n;
const shown = 30;

type Lent = { readonly ok: true; readonly value: bigint; readonly changes: readonly LimitChange[] };

const makeDeskKit = defineActor({
  name: 'TrustDesk',
  state: {
    hub: typed<Facet<MarketHub>>(M.remotable('market')),
    member: typed<MemberKit>(M.record()),
    introduced: typed<{ readonly epoch: bigint; readonly count: bigint }>(M.record()),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
    news: M.nat(),
  },
  init: (hub: Facet<MarketHub>, member: MemberKit) => ({
    hub,
    member,
    introduced: { epoch: 0n, count: 0n },
    outcomes: makeDurableMap<string, unknown>(),
    news: 0n,
  }),
  guards: {
    desk: TrustDeskI,
    steps: M.interface('TrustSteps', { apply: M.call(M.record()).returns(M.record()) }),
  },
  facets: {
    desk: {
      view(): TrustDeskView {
        const { hub, member } = this.state;
        const { given, taken } = hub.activity().vouches(member.inside.number());
        return {
          unit: hub.inside().unit(),
          given: itemsOf(hub, given),
          taken: itemsOf(hub, taken),
        };
      },
      changes(since?: string): Promise<string> {
        const { hub, member } = this.state;
        return changed(since, this.facets.desk, hub.activity(), member.inside.account());
      },
      introduce(lends: bigint, requestId: string): Facet<Invitation> | Refusal {
        const { hub, member, outcomes } = this.state;
        return once<Facet<Invitation> | Refusal>(outcomes, 'introduce', requestId, () => {
          member.care.act();
          if (hub.phase() !== 'open' || member.care.status() === 'left') return refuse('closed');
          const epoch = hub.inside().epoch();
          const before = this.state.introduced;
          const count = before.epoch === epoch ? before.count : 0n;
          if (count >= maxIntroduced) return refuse('quota');
          this.state.introduced = { epoch, count: count + 1n };
          const by = member.inside.number();
          return makeInvitation(hub, 1n, { kind: 'introduced', by, lends });
        });
      },
      introduceLink(
        lends: bigint,
        requestId: string,
      ): Promise<{ readonly secret: string; readonly toPaste: true }> | Refusal {
        const grantor = this.state.hub.grantor();
        if (grantor === undefined) return refuse('unsupported');
        const made = this.facets.desk.introduce(lends, requestId);
        if ('ok' in made) return made;
        return E.when(E(grantor).sturdy(made, { label: 'introduction' }), (secret) => ({
          secret,
          toPaste: true as const,
        }));
      },
      lend(card: Facet<MemberCard>, value: bigint, requestId: string): Moved | Refusal {
        const { hub, member, outcomes } = this.state;
        return once<Moved | Refusal>(outcomes, 'lend', requestId, () => {
          const other = hub.memberOf(card);
          if (other === undefined) return refuse('closed');
          const [from, to] = [member.inside.number(), other.inside.number()];
          const lent = hub.activity().vouch(from, to, value, usedOf(member));
          return lent.ok ? this.facets.steps.apply({ ...lent, value }) : lent;
        });
      },
      recall(card: Facet<MemberCard>, value: bigint, requestId: string): Moved | Refusal {
        const { hub, member, outcomes } = this.state;
        return once<Moved | Refusal>(outcomes, 'recall', requestId, () => {
          const other = hub.memberOf(card);
          if (other === undefined) return refuse('closed');
          const [from, to] = [member.inside.number(), other.inside.number()];
          const back = hub.activity().recall(from, to, value, usedOf(other));
          return back.ok ? this.facets.steps.apply(back) : back;
        });
      },
    },
    steps: {
      apply({ value, changes }: Lent): Moved {
        this.state.hub.applyLimits(changes);
        this.state.member.care.act();
        this.state.news += 1n;
        return { ok: true, value };
      },
    },
  },
  readOnly: ['desk.changes'],
});

/** How far below zero an account is, with all that it has in holds and payments. */
const usedOf = ({ inside }: MemberKit): bigint => {
  const { balance } = inside.account().view();
  return balance < 0n ? -balance : 0n;
};

const itemsOf = (hub: Facet<MarketHub>, vouches: readonly Vouch[]): readonly TrustItem[] =>
  vouches.slice(0, shown).flatMap(({ member, value }) => {
    const kit = hub.member(member);
    return kit === undefined ? [] : [{ name: kit.inside.name(), value, member: kit.card }];
  });

export const makeTrustDesk = (hub: Facet<MarketHub>, member: MemberKit): Facet<TrustDesk> =>
  makeDeskKit(hub, member).desk;
