/**
 * What one or several people run, and their seats in it. Which version runs is theirs to say: of whoever uses it
 * alone, and otherwise of their body of decision, which holds the only `Acts` there are over it (SPEC F16, F15).
 *
 * A vat keeps the module that it was made with, so a version that was adopted runs beside the one before, whose
 * facets stay what they were.
 */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { DurableMap, Facet, Text } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import {
  type Acts,
  ActsI,
  type Assembly,
  type Drafted,
  type Electorate,
  type ElectorateHost,
  type Granted,
  type MandateAct,
  MandateActI,
  type MandateTerms,
  type Refusal,
  type Wish,
  areTerms,
  makeElectorate,
  makeMandate,
  once,
  refuse,
} from '@pocas/vat-runtime/actors';
import { powers } from './content.ts';
import { SeatI, UseInvitationI } from './guards.ts';
import {
  type Hub,
  type InvitationInside,
  type PlanInside,
  type UseInside,
  inner,
} from './inside.ts';
import type { InstalledUse, Ok, Plan, Seat, UseInvitation } from './types.ts';

const maxUsers = 100;
const maxOffers = 30;
type Ran = { readonly hash: string; readonly root: Facet<object> };

type SeatState = {
  readonly outcomes: DurableMap<string, unknown>;
  readonly use: Facet<UseCore>;
  readonly member: bigint;
};
/** An act of somebody who uses it, once. */
const act = <Outcome>(
  { outcomes, use, member }: SeatState,
  method: string,
  requestId: string,
  done: () => Outcome | Refusal,
): Outcome | Refusal =>
  once<Outcome | Refusal>(outcomes, method, requestId, () =>
    use.shown().users.includes(member) ? done() : refuse('closed'),
  );

const makeSeatKit = defineActor({
  name: 'ProtocolitoSeat',
  state: {
    hub: typed<Facet<Hub>>(M.remotable('hub')),
    use: typed<Facet<UseCore>>(M.remotable('use')),
    member: M.nat(),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (hub: Facet<Hub>, use: Facet<UseCore>, member: bigint) => ({
    ...{ hub, use, member },
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { seat: SeatI },
  facets: {
    seat: {
      view(): ReturnType<Seat['view']> {
        const { use, hub, member } = this.state;
        const { name, hash, root, next, earlier, users } = use.shown();
        const ballot = use.electorate()?.ballotOf(member);
        return {
          ...{ name, hash, root, earlier },
          users: users.map((one) => ({ who: hub.nameOf(one) })),
          ...(ballot === undefined ? {} : { ballot }),
          ...(next === undefined ? {} : { next }),
          plans: hub.openPlansOf(member),
          offered: use
            .offers()
            .map(({ title, hash: number, plan }) => ({ title, hash: number, plan: plan.plan() })),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.seat, this.state.use, this.state.hub);
      },
      invite(
        requestId: string,
      ): { readonly ok: true; readonly invitation: Facet<UseInvitation> } | Refusal {
        return act<ReturnType<Seat['invite']>>(this.state, 'invite', requestId, () => ({
          ok: true,
          invitation: makeUseInvitation(this.state.hub, this.state.use),
        }));
      },
      inviteLink(requestId: string): ReturnType<Seat['inviteLink']> {
        const grantor = this.state.hub.grantor();
        if (grantor === undefined) return refuse('unsupported');
        const made = this.facets.seat.invite(requestId);
        if (!made.ok) return made;
        return E.when(
          E(grantor).sturdy(made.invitation, { label: 'invitation to use a protocolito' }),
          (secret) => ({ ok: true as const, secret }),
        );
      },
      offer(plan: Facet<Plan>, requestId: string): Ok | Refusal {
        return act<Ok | Refusal>(this.state, 'offer', requestId, () => {
          const found = this.state.hub.planOf(plan);
          // Of one's own plans: nobody takes what another was about to install.
          if (found === undefined || found.member() !== this.state.member) return refuse('invalid');
          return this.state.use.offer(found);
        });
      },
      adopt(hash: string, requestId: string): Ok | Refusal {
        return act<Ok | Refusal>(this.state, 'adopt', requestId, () => {
          const { use } = this.state;
          return use.shown().users.length > 1 ? refuse('unsupported') : use.adopt(hash);
        });
      },
      run(_requestId: string): Promise<InstalledUse | Refusal> | InstalledUse | Refusal {
        const { use, member } = this.state;
        if (!use.shown().users.includes(member)) return refuse('closed');
        const answer = use.run();
        if ('ok' in answer && answer.ok === false) return answer;
        const seat = this.facets.seat as Facet<Seat>;
        // Where it goes on is this person's own seat, whoever planned it.
        return E.when(answer, (done: InstalledUse | Refusal) =>
          done.ok ? { ...done, use: seat, goto: seat } : done,
        ) as Promise<InstalledUse | Refusal>;
      },
      leave(requestId: string): Ok | Refusal {
        return act<Ok | Refusal>(this.state, 'leave', requestId, () => {
          const { use, hub, member } = this.state;
          use.stand(member);
          hub.standUp(member, use as unknown as Facet<UseInside>);
          return { ok: true };
        });
      },
    },
  },
  readOnly: ['seat.changes'],
});

const makeUseInvitationKit = defineActor({
  name: 'ProtocolitoInvitation',
  state: {
    use: typed<Facet<UseCore>>(M.remotable('use')),
    by: typed<{ readonly member: bigint; readonly requestId: string } | undefined>(
      M.opt(M.record()),
    ),
  },
  init: (use: Facet<UseCore>) => ({ use, by: undefined }),
  guards: {
    invitation: UseInvitationI,
    inside: inner<keyof InvitationInside>('ProtocolitoInvitationInside'),
  },
  facets: {
    invitation: {
      view(): ReturnType<UseInvitation['view']> {
        return { name: this.state.use.shown().name, used: this.state.by !== undefined };
      },
    },
    inside: {
      accept(member: bigint, requestId: string): Facet<Seat> | Refusal {
        const { use, by } = this.state;
        if (by !== undefined) {
          if (by.member !== member || by.requestId !== requestId) return refuse('claimed');
          return use.seatOf(member);
        }
        if (use.shown().users.length >= maxUsers) return refuse('quota');
        this.state.by = { member, requestId };
        return use.sit(member);
      },
    },
  },
});

const makeUseInvitation = (hub: Facet<Hub>, use: Facet<UseCore>): Facet<UseInvitation> => {
  const { invitation, inside } = makeUseInvitationKit(use);
  // The casts say what the guards hold them to.
  const made = invitation as Facet<UseInvitation>;
  hub.keepInvitation(made, inside as unknown as Facet<InvitationInside>);
  return made;
};

type UseCore = UseInside & {
  shown(): {
    readonly name: string;
    readonly hash: string;
    readonly root: Facet<object>;
    readonly users: readonly bigint[];
    readonly next?: string;
    readonly earlier: readonly Ran[];
  };
  offer(plan: Facet<PlanInside>): Ok | Refusal;
  run(): Promise<InstalledUse | Refusal> | InstalledUse | Refusal;
  stand(member: bigint): void;
};

const makeAdoption = defineActor({
  name: 'ProtocolitoAdoption',
  state: { use: typed<Facet<UseCore>>(M.remotable('use')), hash: M.string() },
  init: (use: Facet<UseCore>, hash: string) => ({ use, hash }),
  guards: { adoption: MandateActI },
  facets: {
    adoption: {
      carryOut(_requestId: string): Ok | Refusal {
        return this.state.use.adopt(this.state.hash);
      },
    },
  },
});

/** With what it is given: who decides sees the same as who installs. */
const wordsFor = (title: string, hash: string, names: readonly string[], name: string): Text => {
  const lets = (language: 'en' | 'es', nothing: string) =>
    names.length === 0
      ? nothing
      : names.map((one) => powers[one as keyof typeof powers][language]).join('; ');
  return {
    en: `Change “${name}” to “${title}” (${hash}). It can: ${lets('en', 'nothing of this machine')}`,
    es: `Cambiar «${name}» a «${title}» (${hash}). Podrá: ${lets('es', 'nada de esta máquina')}`,
  };
};

const makeUseKit = defineActor({
  name: 'ProtocolitoUse',
  state: {
    hub: typed<Facet<Hub>>(M.remotable('hub')),
    name: M.string(),
    now: typed<Ran>(M.record()),
    earlier: typed<readonly Ran[]>(M.array()),
    next: typed<Facet<PlanInside> | undefined>(M.opt(M.remotable('plan'))),
    seats: typed<DurableMap<bigint, Facet<Seat>>>(M.any()),
    users: typed<readonly bigint[]>(M.array()),
    laid: typed<readonly Facet<PlanInside>[]>(M.array()),
    electorate: typed<Facet<Electorate> | undefined>(M.opt(M.remotable('electorate'))),
    granted: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (hub: Facet<Hub>, name: string, now: Ran) => ({
    ...{ hub, name, now },
    earlier: [] as readonly Ran[],
    next: undefined as Facet<PlanInside> | undefined,
    seats: makeDurableMap<bigint, Facet<Seat>>(),
    users: [] as readonly bigint[],
    laid: [] as readonly Facet<PlanInside>[],
    electorate: undefined as Facet<Electorate> | undefined,
    granted: makeDurableMap<string, unknown>(),
  }),
  guards: {
    core: inner<keyof UseCore>('ProtocolitoUse'),
    host: inner<keyof ElectorateHost>('ProtocolitoHost'),
    acts: ActsI,
    steps: inner<'convene' | 'convened' | 'laidOf'>('ProtocolitoUseSteps'),
  },
  facets: {
    core: {
      shown(): ReturnType<UseCore['shown']> {
        const { name, now, users, next, earlier } = this.state;
        return {
          name,
          ...now,
          users,
          earlier,
          ...(next === undefined ? {} : { next: next.hash() }),
        };
      },
      name(): string {
        return this.state.name;
      },
      root(): Facet<object> {
        return this.state.now.root;
      },
      electorate(): Facet<Electorate> | undefined {
        return this.state.electorate;
      },
      seatOf(member: bigint): Facet<Seat> {
        return this.state.seats.get(member)!;
      },
      sit(member: bigint): Facet<Seat> {
        const { hub, seats, users } = this.state;
        const core = this.facets.core as unknown as Facet<UseCore>;
        let seat = seats.get(member);
        if (seat === undefined) {
          seat = makeSeatKit(hub, core, member).seat as Facet<Seat>;
          seats.set(member, seat);
        }
        if (!users.includes(member)) {
          this.state.users = [...users, member];
          this.state.electorate?.admit(member, hub.nameOf(member));
          hub.sitDown(member, core, seat);
          this.facets.steps.convene();
        }
        return seat;
      },
      stand(member: bigint): void {
        this.state.users = this.state.users.filter((one) => one !== member);
        this.state.electorate?.remove(member);
      },
      offers(): ReturnType<UseInside['offers']> {
        return this.state.laid.map((plan) => ({
          ...{ title: plan.content().title, hash: plan.hash(), plan },
        }));
      },
      offer(plan: Facet<PlanInside>): Ok | Refusal {
        const { laid } = this.state;
        this.facets.steps.convene();
        if (laid.length >= maxOffers) return refuse('quota');
        if (this.facets.steps.laidOf(plan.hash()) !== undefined) return refuse('conflict');
        const done = plan.lay(this.facets.core as unknown as Facet<UseInside>);
        if (done.ok) this.state.laid = [...laid, plan];
        return done;
      },
      adopt(hash: string): Ok | Refusal {
        const { next, hub } = this.state;
        const plan = this.facets.steps.laidOf(hash);
        if (plan === undefined) return refuse('invalid');
        // What was adopted before runs first, so that none is passed over in silence.
        if (next !== undefined && next !== plan) return refuse('conflict');
        this.state.next = plan;
        hub.record('adopted', { hash });
        return { ok: true };
      },
      run(): Promise<InstalledUse | Refusal> | InstalledUse | Refusal {
        const { next, name } = this.state;
        const core = this.facets.core as unknown as Facet<UseInside>;
        return next === undefined ? refuse('notYet') : next.run(core, name);
      },
      runs(hash: string, root: Facet<object>): void {
        const { now, earlier, laid, next } = this.state;
        this.state.earlier = [now, ...earlier].slice(0, maxOffers);
        this.state.now = { hash, root };
        this.state.laid = laid.filter((one) => one !== next);
        this.state.next = undefined;
      },
    },
    host: {
      name(): string {
        return this.state.name.slice(0, 100);
      },
      derive(purpose: string): string {
        return this.state.hub.derive(`use ${this.state.now.hash} ${purpose}`);
      },
      record(kind: string, facts: unknown): void {
        this.state.hub.record(kind, facts);
      },
      touch(): void {
        this.state.hub.touch();
      },
    },
    acts: {
      view(): ReturnType<Acts['view']> {
        const { name } = this.state;
        return {
          about: { en: `Which version of “${name}” runs`, es: `Qué versión de «${name}» corre` },
          options: this.facets.core
            .offers()
            .map(({ title, hash }: { readonly title: string; readonly hash: string }) => ({
              ...{ act: 'adopt', name: hash, takes: 'nothing' as const },
              label: { en: `Change to “${title}”`, es: `Cambiar a «${title}»` },
            })),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.acts);
      },
      draft({ act, name = '' }: Wish): Drafted | Refusal {
        if (act !== 'adopt') return refuse('unsupported');
        const plan = this.facets.steps.laidOf(name);
        if (plan === undefined) return refuse('invalid');
        const { title, powers: names } = plan.content();
        return { ok: true, words: wordsFor(title, name, names, this.state.name) };
      },
      mandate(wish: Wish, terms: MandateTerms, requestId: string): Granted | Refusal {
        const { granted, hub } = this.state;
        return once<Granted | Refusal>(granted, 'mandate', requestId, () => {
          const drafted = this.facets.acts.draft(wish);
          if (!drafted.ok) return drafted;
          const clock = hub.clock();
          if (!areTerms(terms, clock.now())) return refuse('invalid');
          const core = this.facets.core as unknown as Facet<UseCore>;
          const act = makeAdoption(core, wish.name!).adoption as Facet<MandateAct>;
          return { ok: true, mandate: makeMandate(drafted.words, terms, clock, act) };
        });
      },
    },
    steps: {
      laidOf(hash: string): Facet<PlanInside> | undefined {
        return this.state.laid.find((one) => one.hash() === hash);
      },
      /** Once there are two of them. Where the node died before it answered, the next who does something asks again. */
      convene(): void {
        const { hub, electorate, users } = this.state;
        const assemblies = hub.assemblies();
        if (users.length < 2 || electorate?.isThere() === true || assemblies === undefined) return;
        if (electorate === undefined) {
          const made = makeElectorate(this.facets.host as unknown as Facet<ElectorateHost>);
          for (const member of users) made.admit(member, hub.nameOf(member));
          this.state.electorate = made;
        }
        void E.when(
          E(assemblies).make(),
          (assembly) => this.facets.steps.convened(assembly),
          () => undefined,
        );
      },
      convened(assembly: Facet<Assembly>): void {
        const { electorate } = this.state;
        if (electorate === undefined || electorate.isThere()) return;
        electorate.begin(assembly, [this.facets.acts as Facet<Acts>]);
      },
    },
  },
  readOnly: ['acts.changes'],
});

export const makeUse = (
  hub: Facet<Hub>,
  name: string,
  hash: string,
  root: Facet<object>,
): Facet<UseInside> => makeUseKit(hub, name, { hash, root }).core as unknown as Facet<UseInside>;
