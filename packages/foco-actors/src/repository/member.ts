/** One person's share in a repository, behind a fence, and the invitation by which one comes in. */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, identityOf, makeDurableMap, typed } from '@pocas/vat-runtime';
import {
  type Fence,
  type Fences,
  type Joined,
  type PlaceInvitation,
  type Refusal,
  once,
  refuse,
} from '@pocas/vat-runtime/actors';
import { isContent } from './content.ts';
import { InvitationI, ParticipantI } from './guards.ts';
import { type Hub, type PlanInside, type UseInside, inner } from './inside.ts';
import { makePlan } from './plan.ts';
import type {
  Draft,
  Listed,
  Plan,
  Planned,
  RepositoryJoined,
  RepositoryParticipant,
  Seat,
  UseInvitation,
  Version,
} from './types.ts';
import { makeDraft } from './version.ts';

const maxDrafts = 100;
/** Each may become a vat of the node. */
const maxPlans = 100n;
const shown = 30;

export type ShareCare = {
  enclose(fences: Facet<Fences>): void;
  joined(): RepositoryJoined;
  sitDown(use: Facet<UseInside>, seat: Facet<Seat>): void;
  standUp(use: Facet<UseInside>): void;
  keepPlan(plan: Facet<PlanInside>): void;
  openPlans(): { readonly title: string; readonly plan: Facet<Plan> }[];
};
type DraftRow = { readonly title: string; readonly draft: Facet<Draft> };
type UseRow = { readonly use: Facet<UseInside>; readonly seat: Facet<Seat> };
type Secret = { readonly ok: true; readonly secret: string };

const makeShareKit = defineActor({
  name: 'RepositoryShare',
  state: {
    hub: typed<Facet<Hub>>(M.remotable('hub')),
    number: M.nat(),
    drafts: typed<DurableMap<bigint, DraftRow>>(M.any()),
    uses: typed<DurableMap<string, UseRow>>(M.any()),
    plans: M.nat(),
    kept: typed<DurableMap<bigint, Facet<PlanInside>>>(M.any()),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
    fence: typed<Facet<Fence> | undefined>(M.opt(M.remotable('fence'))),
  },
  init: (hub: Facet<Hub>, number: bigint) => ({
    ...{ hub, number, plans: 0n },
    drafts: makeDurableMap<bigint, DraftRow>(),
    uses: makeDurableMap<string, UseRow>(),
    kept: makeDurableMap<bigint, Facet<PlanInside>>(),
    outcomes: makeDurableMap<string, unknown>(),
    fence: undefined as Facet<Fence> | undefined,
  }),
  guards: {
    participant: ParticipantI,
    care: inner<keyof ShareCare>('RepositoryShareCare'),
    steps: inner<'planned'>('RepositoryShareSteps'),
  },
  facets: {
    participant: {
      view(): ReturnType<RepositoryParticipant['view']> {
        const { hub, number, drafts, uses } = this.state;
        const open = [...drafts.values()].filter(({ draft }) => !draft.view().isPublished);
        return {
          repository: hub.name(),
          name: hub.nameOf(number),
          uses: [...uses.values()]
            .slice(-shown)
            .map(({ use, seat }) => ({ name: use.name(), use: seat })),
          drafts: open.slice(-shown),
          versions: hub.listed(0n),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.participant, this.state.hub);
      },
      earlier(before: bigint): readonly Listed[] {
        return this.state.hub.listed(before);
      },
      find(hash: string): { readonly ok: true; readonly version: Facet<Version> } | Refusal {
        const version = this.state.hub.find(hash);
        return version === undefined ? refuse('closed') : { ok: true, version };
      },
      draft(
        title: string,
        language: string,
        works: string,
        contribute: string,
        changers: string,
        requestId: string,
      ): ReturnType<RepositoryParticipant['draft']> {
        const { hub, number, drafts, outcomes } = this.state;
        return once<ReturnType<RepositoryParticipant['draft']>>(
          outcomes,
          'draft',
          requestId,
          () => {
            if (drafts.size() >= maxDrafts) return refuse('quota');
            const draft = makeDraft(hub, number, { title, language, works, contribute, changers });
            drafts.set(BigInt(drafts.size()), { title, draft });
            return { ok: true, draft, goto: draft };
          },
        );
      },
      plan(
        version: Facet<Version>,
        requestId: string,
      ): Promise<Planned | Refusal> | Planned | Refusal {
        const before = this.state.outcomes.get(`plan ${requestId}`);
        // The cast holds because only `planned` writes there.
        if (before !== undefined) return before as Planned | Refusal;
        return E.when(E(version).content(), (content: unknown) =>
          this.facets.steps.planned(version, content, requestId),
        ) as Promise<Planned | Refusal>;
      },
      planLink(link: string, requestId: string): Promise<Planned | Refusal> | Planned | Refusal {
        const enlivener = this.state.hub.enlivener();
        if (enlivener === undefined) return refuse('unsupported');
        const text = link.trim();
        if (!text.startsWith('ocapn://')) return refuse('invalid');
        // The cast says what it ought to be; what it answers is checked.
        return E.when(E(enlivener).enliven(text), (found) =>
          this.facets.participant.plan(found as Facet<Version>, requestId),
        ) as Promise<Planned | Refusal>;
      },
      share(version: Facet<Version>, _requestId: string): Promise<Secret> | Refusal {
        const { hub } = this.state;
        const grantor = hub.grantor();
        if (grantor === undefined) return refuse('unsupported');
        // Only what is of this repository: nobody makes lasting links here to what is of others.
        if (!hub.listedHas(version)) return refuse('invalid');
        return E.when(E(grantor).sturdy(version, { label: 'a protocolito' }), (secret) => ({
          ...{ ok: true as const, secret },
        }));
      },
      accept(
        invitation: Facet<UseInvitation>,
        requestId: string,
      ): ReturnType<RepositoryParticipant['accept']> {
        const { hub, number, outcomes } = this.state;
        return once<ReturnType<RepositoryParticipant['accept']>>(
          outcomes,
          'accept',
          requestId,
          () => {
            const found = hub.invitationOf(invitation);
            if (found === undefined) return refuse('invalid');
            const seat = found.accept(number, requestId);
            if ('ok' in seat) return seat as Refusal;
            // The cast says that it is no refusal.
            const use = seat as Facet<Seat>;
            return { ok: true, use, goto: use };
          },
        );
      },
      acceptLink(
        link: string,
        requestId: string,
      ): Promise<ReturnType<RepositoryParticipant['accept']>> | Refusal {
        const enlivener = this.state.hub.enlivener();
        if (enlivener === undefined) return refuse('unsupported');
        const text = link.trim();
        if (!text.startsWith('ocapn://')) return refuse('invalid');
        // The cast says what it ought to be: `accept` knows those of this repository.
        return E.when(E(enlivener).enliven(text), (found) =>
          this.facets.participant.accept(found as Facet<UseInvitation>, requestId),
        ) as Promise<ReturnType<RepositoryParticipant['accept']>>;
      },
      invite(
        requestId: string,
      ): { readonly ok: true; readonly invitation: Facet<PlaceInvitation> } | Refusal {
        const { hub, outcomes } = this.state;
        return once(outcomes, 'invite', requestId, () => ({
          ...{ ok: true as const, invitation: hub.invite() },
        }));
      },
      inviteLink(requestId: string): Promise<Secret> | Refusal {
        const grantor = this.state.hub.grantor();
        if (grantor === undefined) return refuse('unsupported');
        const made = this.facets.participant.invite(requestId);
        if (!made.ok) return made;
        return E.when(
          E(grantor).sturdy(made.invitation, { label: 'invitation to a repository' }),
          (secret) => ({ ok: true as const, secret }),
        );
      },
      // The fence keeps what was answered for each request, so this runs once for each.
      renew(_requestId: string): Joined {
        this.state.fence = this.state.fence!.renew();
        this.state.hub.record('renewed', { member: this.state.number });
        return this.facets.care.joined() as unknown as Joined;
      },
      link(): Promise<{ readonly secret: string }> | Refusal {
        const { hub, fence } = this.state;
        const grantor = hub.grantor();
        if (grantor === undefined) return refuse('unsupported');
        return E.when(E(grantor).sturdy(fence!.outside(), { label: 'backup' }), (secret) => ({
          secret,
        }));
      },
    },
    care: {
      enclose(fences: Facet<Fences>): void {
        this.state.fence = fences.around(this.facets.participant);
      },
      joined(): RepositoryJoined {
        // The cast says what stands behind the fence.
        const participant =
          this.state.fence!.outside() as unknown as RepositoryJoined['participant'];
        return { ok: true, place: this.state.hub.name(), participant, goto: participant };
      },
      sitDown(use: Facet<UseInside>, seat: Facet<Seat>): void {
        this.state.uses.set(identityOf(use), { use, seat });
      },
      standUp(use: Facet<UseInside>): void {
        this.state.uses.delete(identityOf(use));
      },
      keepPlan(plan: Facet<PlanInside>): void {
        this.state.kept.set(BigInt(this.state.kept.size()), plan);
      },
      openPlans(): { readonly title: string; readonly plan: Facet<Plan> }[] {
        return [...this.state.kept.values()]
          .filter((one) => one.isOpen())
          .slice(-shown)
          .map((one) => ({ title: one.content().title, plan: one.plan() }));
      },
    },
    steps: {
      planned(version: Facet<Version>, content: unknown, requestId: string): Planned | Refusal {
        const { hub, number, outcomes, plans } = this.state;
        return once<Planned | Refusal>(outcomes, 'plan', requestId, () => {
          if (!isContent(content)) return refuse('invalid');
          if (plans >= maxPlans) return refuse('quota');
          this.state.plans = plans + 1n;
          const plan = makePlan(hub, number, version, content);
          return { ok: true, plan, goto: plan };
        });
      },
    },
  },
  readOnly: ['participant.changes'],
});

export const makeShare = (
  hub: Facet<Hub>,
  number: bigint,
  fences: Facet<Fences>,
): Facet<ShareCare> => {
  const { care } = makeShareKit(hub, number);
  care.enclose(fences);
  return care as unknown as Facet<ShareCare>;
};

const makeInvitationKit = defineActor({
  name: 'RepositoryInvitation',
  state: {
    hub: typed<Facet<Hub>>(M.remotable('hub')),
    joined: typed<{ readonly requestId: string; readonly answer: RepositoryJoined } | undefined>(
      M.opt(M.record()),
    ),
  },
  init: (hub: Facet<Hub>) => ({ hub, joined: undefined }),
  guards: { invitation: InvitationI },
  facets: {
    invitation: {
      view(): { readonly place: string; readonly used: boolean } {
        return { place: this.state.hub.name(), used: this.state.joined !== undefined };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.invitation);
      },
      join(name: string, requestId: string): RepositoryJoined | Refusal {
        const { hub, joined } = this.state;
        if (joined !== undefined)
          return joined.requestId === requestId ? joined.answer : refuse('claimed');
        const answer = hub.enrol(name);
        this.state.joined = { requestId, answer };
        return answer;
      },
    },
  },
  readOnly: ['invitation.changes'],
});

export const makeInvitation = (hub: Facet<Hub>): Facet<PlaceInvitation> =>
  makeInvitationKit(hub).invitation as unknown as Facet<PlaceInvitation>;
