/**
 * A body of decision (SPEC F15): who has a ballot, what can be decided, and the decisions.
 *
 * It holds the `Acts` that the convening place handed to it, and its own, by which its rules change. Whoever convenes
 * gives out ballots and takes them back for what is opened later; it has none, and a decision that is open keeps the
 * electorate that it was opened with.
 */
import { M, matches } from '@endo/patterns';
import type { Clock, DurableMap, Facet, SendFailure, Text, Timer } from '@pocas/vat-runtime';
import {
  defineActor,
  hmac,
  identityOf,
  makeDurableMap,
  makeDurableSet,
  send,
  sha256,
  typed,
} from '@pocas/vat-runtime';
import type { DurableSet } from '@pocas/vat-runtime';
import {
  type Acts,
  type Admitted,
  type CharterInside,
  type Convener,
  type JournalWriter,
  type PrivacyLabel,
  type Refusal,
  TextShape,
  once,
  refuse,
} from '@pocas/vat-runtime/actors';
import { BodyAnswersI, BodyHubI, ConvenerI } from './body-guards.ts';
import type { BodyRule } from './charter.ts';
import { makeDecision, makeElector } from './decision.ts';
import type { BallotKit, BodyHub, DecisionKit, ElectorRow, ProposedKit } from './inside.ts';
import { waitFor } from './later.ts';
import { methods } from './methods/recount.ts';
import type { Rules } from './methods/types.ts';
import { makeBallot } from './seat.ts';
import { placeOf } from './shown.ts';
import type { Ballot, Done, Opened, Proposal } from './types.ts';

/** So that a decision opens in one turn, and its electorate can be read. */
export const maxElectors = 500;

type Member = ElectorRow & { readonly kit: BallotKit; readonly isRemoved: boolean };
export type BodyPowers = { readonly clock: Clock; readonly timer: Timer };

const makeBodyKit = defineActor({
  name: 'DecisionBody',
  state: {
    name: M.string(),
    secret: M.string(),
    clock: typed<Clock>(M.remotable('clock')),
    timer: typed<Timer>(M.remotable('timer')),
    journal: typed<Facet<JournalWriter>>(M.remotable('journal')),
    charter: typed<Facet<CharterInside<BodyRule | 'notice', never>>>(M.remotable('charter')),
    acts: typed<readonly Facet<Acts>[]>(M.arrayOf(M.remotable('acts'))),
    members: typed<DurableMap<bigint, Member>>(M.any()),
    /** By identity of a ballot: its number. */
    numbers: typed<DurableMap<string, bigint>>(M.any()),
    decisions: typed<DurableMap<bigint, DecisionKit>>(M.any()),
    /** Of decisions: who proposed them, of those that are open; and those that are over. */
    open: typed<DurableMap<bigint, bigint>>(M.any()),
    ended: typed<DurableSet<bigint>>(M.any()),
    abouts: typed<DurableMap<bigint, Text>>(M.any()),
    last: M.nat(),
    news: M.nat(),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (
    name: string,
    secret: string,
    { clock, timer }: BodyPowers,
    journal: Facet<JournalWriter>,
    charter: Facet<CharterInside<BodyRule | 'notice', never>>,
    acts: readonly Facet<Acts>[],
  ) => ({
    name,
    secret,
    clock,
    timer,
    journal,
    charter,
    acts,
    members: makeDurableMap<bigint, Member>(),
    numbers: makeDurableMap<string, bigint>(),
    decisions: makeDurableMap<bigint, DecisionKit>(),
    open: makeDurableMap<bigint, bigint>(),
    ended: makeDurableSet<bigint>(),
    abouts: makeDurableMap<bigint, Text>(),
    last: 0n,
    news: 0n,
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { hub: BodyHubI, convener: ConvenerI, answers: BodyAnswersI },
  facets: {
    convener: {
      admit(name: string, constituency: string, requestId: string): Admitted | Refusal {
        const { state } = this;
        return once<Admitted | Refusal>(state.outcomes, 'admit', requestId, () => {
          const left = [...state.members.values()].filter(({ isRemoved }) => !isRemoved);
          if (left.length >= maxElectors) return refuse('quota');
          const number = BigInt(state.members.size()) + 1n;
          const kit = makeBallot(this.facets.hub as unknown as Facet<BodyHub>, number);
          const elector = makeElector(name);
          state.members.set(number, { name, constituency, elector, kit, isRemoved: false });
          state.numbers.set(identityOf(kit.ballot), number);
          state.journal.record('admitted', { number, constituency }, 'P1');
          state.news += 1n;
          return { ok: true, ballot: kit.ballot };
        });
      },
      renew(ballot: Facet<Ballot>, requestId: string): Admitted | Refusal {
        const { state } = this;
        return once<Admitted | Refusal>(state.outcomes, 'renew', requestId, () => {
          const number = state.numbers.get(identityOf(ballot));
          if (number === undefined) return refuse('invalid');
          const member = state.members.get(number)!;
          if (member.kit.ballot !== ballot) return refuse('revoked');
          member.kit.seat.end();
          const kit = makeBallot(this.facets.hub as unknown as Facet<BodyHub>, number);
          state.members.set(number, { ...member, kit });
          state.numbers.set(identityOf(kit.ballot), number);
          state.news += 1n;
          return { ok: true, ballot: kit.ballot };
        });
      },
      remove(ballot: Facet<Ballot>, requestId: string): Done | Refusal {
        const { state } = this;
        return once<Done | Refusal>(state.outcomes, 'remove', requestId, () => {
          const number = state.numbers.get(identityOf(ballot));
          if (number === undefined) return refuse('invalid');
          const member = state.members.get(number)!;
          state.members.set(number, { ...member, isRemoved: true });
          state.journal.record('removed', { number }, 'P1');
          state.news += 1n;
          return { ok: true };
        });
      },
    },
    hub: {
      name(): string {
        return this.state.name;
      },
      clock(): Clock {
        return this.state.clock;
      },
      timer(): Timer {
        return this.state.timer;
      },
      derive(purpose: string): string {
        return sha256(hmac(this.state.secret, `pocas decision body\n${purpose}`));
      },
      derive64(purpose: string): string {
        return hmac(this.state.secret, `pocas decision body, 64\n${purpose}`);
      },
      tag(): string {
        return this.facets.hub.derive('tag').slice(0, 22);
      },
      acts(number: bigint): Facet<Acts> | undefined {
        return this.state.acts[Number(number)];
      },
      actsCount(): bigint {
        return BigInt(this.state.acts.length);
      },
      aboutOf(number: bigint): Text {
        return this.state.abouts.get(number) ?? unnamed(number);
      },
      /** Asks each place what its acts are about, for the page that leads to the forms. */
      learn(): void {
        this.state.acts.forEach((acts, at) => {
          const ctx = { number: BigInt(at) };
          const { answers } = this.facets;
          if (typeof acts.view === 'function') answers.fulfilled(acts.view(), ctx);
          else send(acts, 'view', [], { then: answers, ctx });
        });
      },
      rules(): Rules {
        const { charter } = this.state;
        return {
          quorum: charter.value('quorum'),
          majority: charter.value('majority'),
          scribes: charter.value('scribes'),
          dots: charter.value('dots'),
        };
      },
      times(): ReturnType<BodyHub['times']> {
        const { charter } = this.state;
        return {
          open: charter.value('open'),
          wait: charter.value('wait'),
          good: charter.value('good'),
        };
      },
      record(kind: string, facts: unknown, label: PrivacyLabel): void {
        this.state.journal.record(kind, facts, label);
      },
      propose(by: bigint, proposal: Proposal, replaces: bigint = 0n): ProposedKit | Refusal {
        const { state } = this;
        const hub = this.facets.hub as unknown as Facet<BodyHub>;
        if (state.members.get(by)?.isRemoved !== false) return refuse('revoked');
        const mine = [...state.open.values()].filter((proposer) => proposer === by).length;
        if (BigInt(mine) >= state.charter.value('proposals')) return refuse('quota');
        const refusal = refusalOf(proposal, hub);
        if (refusal !== undefined) return refusal;
        const number = state.last + 1n;
        state.last = number;
        const kit = makeDecision(number, hub, by, proposal, replaces);
        state.decisions.set(number, kit);
        state.open.set(number, by);
        kit.inside.begin();
        return { ok: true, kit };
      },
      outcomeOf(number: bigint): Promise<Opened | Refusal> | Opened | Refusal {
        const { inside } = this.state.decisions.get(number)!;
        const hub = this.facets.hub as unknown as Facet<BodyHub>;
        return inside.opening() ?? waitFor<Opened | Refusal>(placeOf(hub, number));
      },
      electors(): ReturnType<BodyHub['electors']> {
        return [...this.state.members.entries()]
          .filter(([, { isRemoved }]) => !isRemoved)
          .map(([number, { name, constituency, elector }]) => [
            number,
            { name, constituency, elector },
          ]);
      },
      nameOf(number: bigint): string {
        return this.state.members.get(number)?.name ?? '';
      },
      opened(number: bigint): void {
        for (const { kit } of this.state.members.values()) kit.seat.opened(number);
        this.facets.hub.touch();
      },
      ended(number: bigint): void {
        const { open, ended, decisions } = this.state;
        open.delete(number);
        // What was never opened is nobody's news but its proposer's.
        const before = decisions.get(number)!.inside.opening();
        if (before?.ok === true) ended.add(number);
        this.facets.hub.touch();
      },
      decision(number: bigint): DecisionKit | undefined {
        return this.state.decisions.get(number);
      },
      openDecisions(): readonly bigint[] {
        return [...this.state.open.keys({ reverse: true, limit: 100 })];
      },
      endedDecisions(): readonly bigint[] {
        return [...this.state.ended.values({ reverse: true, limit: 30 })];
      },
      openOf(proposer: bigint): readonly bigint[] {
        return [...this.state.open.entries({ reverse: true })]
          .filter(([, by]) => by === proposer)
          .map(([number]) => number);
      },
      touch(): void {
        this.state.news += 1n;
      },
    },
    answers: {
      fulfilled(view: unknown, { number }: { number: bigint }): void {
        if (!matches(view, AboutShape)) return;
        this.state.abouts.set(number, (view as { about: Text }).about);
        this.facets.hub.touch();
      },
      /** It stays without a name; its form says it when somebody looks. */
      rejected(_failure: SendFailure, _ctx: { number: bigint }): void {},
    },
  },
});

const AboutShape = M.splitRecord({ about: TextShape });
const unnamed = (number: bigint): Text => ({
  en: `Place number ${number}`,
  es: `Lugar número ${number}`,
});

/** Why a proposal cannot be made, before any place is asked. */
const refusalOf = (proposal: Proposal, hub: Facet<BodyHub>): Refusal | undefined => {
  const { method, alternatives, isBlind = false, seats } = proposal;
  const { alternatives: range, canBeBlind } = methods[method];
  const count = BigInt(alternatives.length);
  if (count < range.least || count > range.most) return refuse('invalid');
  if (isBlind && !canBeBlind) return refuse('unsupported');
  const electors = BigInt(hub.electors().length);
  if (method === 'sortition') {
    if (seats === undefined || seats < 1n || seats > electors || electors < 2n)
      return refuse('invalid');
  } else if (seats !== undefined) return refuse('invalid');
  // Subsidiarity: what the body does not hold it cannot decide.
  const isHeld = alternatives.every(
    ({ wish }) => wish === undefined || hub.acts(wish.acts) !== undefined,
  );
  return isHeld ? undefined : refuse('unsupported');
};

export type Body = { readonly convener: Facet<Convener>; readonly hub: Facet<BodyHub> };

export const makeBody = (
  name: string,
  secret: string,
  powers: BodyPowers,
  journal: Facet<JournalWriter>,
  charter: Facet<CharterInside<BodyRule | 'notice', never>>,
  acts: readonly Facet<Acts>[],
): Body => {
  const { convener, hub } = makeBodyKit(name, secret, powers, journal, charter, acts);
  hub.learn();
  return { convener, hub } as unknown as Body;
};
