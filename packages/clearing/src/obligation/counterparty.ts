/**
 * Another poca, as this one knows it: what both owe each other, and the desk by which they speak.
 *
 * Two pocas meet once: one's introduction is answered by the other's desk, and each then holds the desk
 * of the other. Nobody else does, so what comes to a desk is said by the other side, and can touch
 * nothing but what is shared with it.
 */
import { M, matches } from '@endo/patterns';
import type { DurableMap, Facet, SendFailure } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, send, typed } from '@pocas/vat-runtime';
import type { Receipt, Refusal, RefusalCode } from '@pocas/vat-runtime/actors';
import { once, receipt, refuse } from '@pocas/vat-runtime/actors';
import type { Comparison } from './comparison.ts';
import { makeComparison } from './comparison.ts';
import { CounterpartyI, DeskI, IntroductionI } from './counterparty-guards.ts';
import type { LineInside, ObligationInside, PairInside, RegistryInside } from './inside.ts';
import { insideGuard } from './inside.ts';
import type { ObligationLimits } from './limits.ts';
import { day } from './limits.ts';
import type { AnyDeal } from './messages.ts';
import { dealOf } from './messages.ts';
import type { DrawnOn, Proposal, Proposals } from './proposals.ts';
import { makeProposals } from './proposals.ts';
import type { Standings } from './standings.ts';
import { makeStandings } from './standings.ts';
import { HashShape, isHash, pairOf } from './terms.ts';
import type { Topics } from './topics.ts';
import { makeTopics } from './topics.ts';
import type {
  CounterpartyInside,
  CounterpartyKeeper,
  CounterpartyPhase,
  CounterpartyView,
  Deal,
  Desk,
  Done,
  End,
  Introduction,
  LineKeeper,
  ObligationKeeper,
  SharedState,
  Terms,
} from './types.ts';

const ok: Done = { ok: true };
type Met = { readonly desk: Facet<Desk>; readonly nonce: string; readonly pair: string };

const MetShape = M.splitRecord({
  ok: true,
  desk: M.remotable('desk'),
  nonce: HashShape,
  pair: HashShape,
});

export type CounterpartyOptions = {
  readonly number: bigint;
  readonly label: string;
  readonly nonce: string;
  readonly phase: 'introduced' | 'meeting';
  readonly registry: Facet<RegistryInside>;
};

const makeKit = defineActor({
  name: 'Counterparty',
  state: {
    number: M.nat(),
    label: M.string(),
    /** What this side adds to the name of the pair. */
    nonce: M.string(),
    phase: typed<CounterpartyPhase>(M.or('introduced', 'meeting', 'met', 'failed')),
    met: typed<Met | undefined>(M.opt(M.record())),
    paused: M.boolean(),
    trouble: M.boolean(),
    registry: typed<Facet<RegistryInside>>(M.remotable('registry')),
    standings: typed<Facet<Standings>>(M.remotable('standings')),
    comparison: typed<Facet<Comparison>>(M.remotable('comparison')),
    inside: typed<Facet<CounterpartyInside>>(M.remotable('inside')),
    topics: typed<Facet<Topics>>(M.remotable('topics')),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
    /** Once they have met. */
    proposals: typed<Facet<Proposals> | undefined>(M.opt(M.remotable('proposals'))),
    /** How often something of it changed. It lets a page wait for the next time. */
    moves: M.nat(),
  },
  init: ({ number, label, nonce, phase, registry }: CounterpartyOptions) => {
    const standings = makeStandings(registry);
    return {
      ...{ number, label, nonce, phase: phase as CounterpartyPhase, registry, standings },
      ...makeTopics(number, label, registry.parts().limits),
      comparison: makeComparison(standings),
      met: undefined,
      paused: false,
      trouble: false,
      outcomes: makeDurableMap<string, unknown>(),
      proposals: undefined,
      moves: 0n,
    };
  },
  guards: {
    keeper: CounterpartyI,
    introduction: IntroductionI,
    desk: DeskI,
    pair: insideGuard('PairInside'),
    meeting: insideGuard('Meeting'),
    replies: insideGuard('Replies'),
    steps: insideGuard('CounterpartySteps'),
  },
  facets: {
    keeper: {
      view(): CounterpartyView {
        const { label, phase, met, paused, trouble, standings, comparison } = this.state;
        const { phase: compared, differences } = comparison.view();
        return {
          ...{ label, phase, paused, trouble, compared },
          code: met?.pair.slice(0, 20) ?? '',
          ...standings.lists(),
          differences: differences.map(({ origin, what, kind, here, there }) => ({
            ...{ origin, what, kind },
            here: here?.amount ?? 0n,
            there: there?.amount ?? 0n,
          })),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.keeper, this.state.comparison);
      },
      introduction(): Facet<Introduction> | undefined {
        return this.state.phase === 'introduced' ? this.facets.introduction : undefined;
      },
      cancel(requestId: string): Done | Refusal {
        const { state } = this;
        return once<Done | Refusal>(state.outcomes, 'cancel', requestId, () => {
          if (state.phase !== 'introduced') return refuse('closed');
          state.phase = 'failed';
          state.registry.touch();
          return ok;
        });
      },
      propose(
        end: End,
        amount: bigint,
        unit: string,
        due: bigint,
        what: string,
        requestId: string,
      ): ReturnType<CounterpartyKeeper['propose']> {
        const proposal: Proposal = { kind: 'obligation', end, unit, amount, due, what };
        const made = this.facets.steps.propose(proposal, requestId);
        // A proposal of this kind makes one of this kind.
        return made.ok ? { ok: true, obligation: made.keeper as Facet<ObligationKeeper> } : made;
      },
      weOwe(
        amount: bigint,
        unit: string,
        days: bigint,
        what: string,
        requestId: string,
      ): Done | Refusal {
        const { keeper, steps } = this.facets;
        const made = keeper.propose(
          'from',
          amount,
          unit,
          steps.dueIn(days, requestId),
          what,
          requestId,
        );
        return made.ok ? ok : made;
      },
      theyOwe(
        amount: bigint,
        unit: string,
        days: bigint,
        what: string,
        requestId: string,
      ): Done | Refusal {
        const { keeper, steps } = this.facets;
        const made = keeper.propose(
          'to',
          amount,
          unit,
          steps.dueIn(days, requestId),
          what,
          requestId,
        );
        return made.ok ? ok : made;
      },
      offerLine(
        limit: bigint,
        unit: string,
        due: bigint,
        what: string,
        requestId: string,
      ): ReturnType<CounterpartyKeeper['offerLine']> {
        const proposal: Proposal = { kind: 'line', end: 'from', unit, amount: limit, due, what };
        const made = this.facets.steps.propose(proposal, requestId);
        return made.ok ? { ok: true, line: made.keeper as Facet<LineKeeper> } : made;
      },
      lend(
        limit: bigint,
        unit: string,
        days: bigint,
        what: string,
        requestId: string,
      ): Done | Refusal {
        const { keeper, steps } = this.facets;
        const made = keeper.offerLine(limit, unit, steps.dueIn(days, requestId), what, requestId);
        return made.ok ? ok : made;
      },
      compare(requestId: string): Done | Refusal {
        const { outcomes, met, comparison } = this.state;
        return once<Done | Refusal>(outcomes, 'compare', requestId, () => {
          if (met === undefined) return refuse('notYet');
          comparison.start(met.desk);
          return ok;
        });
      },
      differences(): ReturnType<CounterpartyKeeper['differences']> {
        return this.state.comparison.view();
      },
      mend(origin: string, requestId: string): Done | Refusal {
        const { outcomes, comparison } = this.state;
        return once<Done | Refusal>(outcomes, 'mend', requestId, () => comparison.mend(origin));
      },
      pause(requestId: string): Done | Refusal {
        const { state } = this;
        return once<Done>(state.outcomes, 'pause', requestId, () => {
          state.paused = true;
          return ok;
        });
      },
      resume(requestId: string): Done | Refusal {
        const { state } = this;
        return once<Done>(state.outcomes, 'resume', requestId, () => {
          state.paused = false;
          return ok;
        });
      },
    },
    introduction: {
      answer(desk: Facet<Desk>, theirs: string): ReturnType<Introduction['answer']> {
        const { state } = this;
        const { phase, met, nonce, registry } = state;
        const answer = (pair: string) => ({
          ok: true as const,
          desk: this.facets.desk,
          nonce,
          pair,
        });
        if (met !== undefined) return met.desk === desk ? answer(met.pair) : refuse('claimed');
        if (phase !== 'introduced' || !isHash(theirs)) return refuse('invalid');
        if (registry.isOwnDesk(desk)) return refuse('unsupported');
        const pair = pairOf(nonce, theirs);
        this.facets.steps.metBy({ desk, nonce: theirs, pair });
        return answer(pair);
      },
    },
    /** Hears what came of answering an introduction. */
    meeting: {
      fulfilled(answer: unknown): void {
        const { state } = this;
        if (state.phase !== 'meeting') return;
        const { nonce, registry } = state;
        // The pattern says what is there; what it holds is compared.
        const met = matches(answer, MetShape) ? (answer as Met) : undefined;
        const isSound =
          met !== undefined &&
          met.pair === pairOf(met.nonce, nonce) &&
          !registry.isOwnDesk(met.desk);
        if (isSound) this.facets.steps.metBy({ desk: met.desk, nonce: met.nonce, pair: met.pair });
        else state.phase = 'failed';
        registry.touch();
      },
      rejected(): void {
        if (this.state.phase === 'meeting') this.state.phase = 'failed';
        this.state.registry.touch();
      },
    },
    desk: {
      deal(deal: Deal): Done | Refusal {
        const { state } = this;
        const known = dealOf(deal);
        if (known === undefined || !isHash(known.origin)) return refuse('invalid');
        if (state.proposals === undefined) return refuse('notYet');
        if (known.act === 'propose') {
          return state.paused ? refuse('closed') : state.proposals.there(known);
        }
        const entry = state.standings.get(known.origin);
        return entry === undefined ? refuse('invalid') : entry.inside.heard(known);
      },
      say(topic: string, said: unknown): unknown {
        return this.state.topics.heard(topic, said);
      },
      compare(after: string, question: bigint): Done | Refusal {
        const { met, registry, comparison } = this.state;
        const { clock, limits } = registry.parts();
        if (met === undefined) return refuse('notYet');
        return comparison.asked({ after, question }, met.desk, clock, limits.proposalsPerDay);
      },
      states(page: readonly SharedState[], more: boolean, question: bigint): Done | Refusal {
        const { state } = this;
        const { met, comparison } = state;
        if (met === undefined) return refuse('closed');
        const taken = comparison.came({ page, more, question }, met.desk);
        // What there is to know of what went wrong is known.
        if (taken.ok && comparison.view().phase === 'done') state.trouble = false;
        return taken;
      },
    },
    /** Hears which messages the other side did not take. */
    replies: {
      fulfilled(answer: unknown, ctx: { origin: string; act: string; number: bigint }): void {
        if (matches(answer, M.splitRecord({ ok: true }))) return;
        const coded = matches(answer, M.splitRecord({ code: M.string({ stringLengthLimit: 20 }) }));
        const code = coded ? (answer as { code: RefusalCode }).code : 'invalid';
        this.facets.steps.refused(ctx, code);
      },
      rejected({ code }: SendFailure, ctx: { origin: string; act: string; number: bigint }): void {
        // It may have been carried out; a comparison says.
        if (code === 'unknown') this.state.trouble = true;
        else this.facets.steps.refused(ctx, 'closed');
      },
    },
    pair: {
      label(): string {
        return this.state.label;
      },
      limits(): ObligationLimits {
        return this.state.registry.parts().limits;
      },
      inside(): Facet<CounterpartyInside> {
        return this.state.inside;
      },
      say(deal: AnyDeal): void {
        const { met, comparison } = this.state;
        if (met === undefined) {
          throw Error('Cannot speak to a counterparty: it has not been met yet');
        }
        const { origin, act } = deal;
        comparison.spoke(origin);
        const number = 'number' in deal ? deal.number : 0n;
        const ctx = { origin, act, number };
        send(met.desk, 'deal', [deal as Deal], { then: this.facets.replies, ctx });
      },
      record(kind: string, facts: object): Receipt {
        const { registry, label, number } = this.state;
        const { journal } = registry.parts();
        return receipt(journal.record(kind, { ...facts, with: label, counterparty: number }, 'P2'));
      },
      moved(change: Parameters<PairInside['moved']>[0]): void {
        this.state.standings.moved(change);
        this.facets.steps.touch();
      },
      has(origin: string): boolean {
        return this.state.standings.has(origin);
      },
      meet(origin: string, value: bigint): Done | Refusal {
        const inside = this.state.standings.get(origin)?.inside;
        // What a round made is an obligation.
        return inside === undefined
          ? refuse('invalid')
          : (inside as Facet<ObligationInside>).meet(value);
      },
      draw(
        line: Facet<LineInside>,
        terms: Omit<Terms, 'origin'>,
        lineOrigin: string,
        requestId: string,
      ): ReturnType<PairInside['draw']> {
        const proposal: Proposal = { ...terms, kind: 'obligation', end: 'from' };
        const made = this.facets.steps.propose(proposal, requestId, { line, origin: lineOrigin });
        return made.ok ? { ok: true, obligation: made.keeper as Facet<ObligationKeeper> } : made;
      },
      make(line: Facet<LineInside>, end: End, terms: Terms, met: boolean): void {
        this.state.proposals!.make(line, end, terms, met);
      },
    },
    steps: {
      phase(): CounterpartyPhase {
        return this.state.phase;
      },
      waiting(): bigint {
        return this.state.standings.counts().asked;
      },
      touch(): void {
        // Whoever follows this page, or that of all counterparties, is told.
        this.state.moves += 1n;
        this.state.registry.touch();
      },
      /** Speaks to whoever introduced itself. */
      answer(introduction: Facet<Introduction>): void {
        const { desk, meeting } = this.facets;
        send(introduction, 'answer', [desk, this.state.nonce], { then: meeting });
      },
      dueIn(days: bigint, requestId: string): bigint {
        const { outcomes, registry } = this.state;
        // The same when it is asked again, however late.
        return once(outcomes, 'due', requestId, () => registry.parts().clock.now() + days * day);
      },
      propose(proposal: Proposal, requestId: string, on?: DrawnOn): ReturnType<Proposals['here']> {
        const { proposals } = this.state;
        return proposals === undefined ? refuse('notYet') : proposals.here(proposal, requestId, on);
      },
      metBy(met: Met): void {
        const { state } = this;
        state.met = met;
        state.phase = 'met';
        state.topics.metBy(met.desk);
        const { standings, registry, outcomes } = state;
        const { pair } = this.facets;
        state.proposals = makeProposals({ name: met.pair, pair, standings, registry, outcomes });
        pair.record('counterparty.met', { pair: met.pair });
        registry.touch();
      },
      refused(
        { origin, act, number }: { origin: string; act: string; number: bigint },
        code: RefusalCode,
      ): void {
        const { state } = this;
        // A proposal came to nothing, and so did what was said of it after.
        if (act !== 'propose' && act !== 'withdraw') state.trouble = true;
        state.standings.get(origin)?.inside.refused(act, number, code);
      },
    },
  },
  readOnly: ['keeper.changes'],
});

export type CounterpartyKit = {
  readonly keeper: Facet<CounterpartyKeeper>;
  readonly inside: Facet<CounterpartyInside>;
  readonly introduction: Facet<Introduction>;
  readonly desk: Facet<Desk>;
  readonly steps: Facet<{
    answer(introduction: Facet<Introduction>): void;
    phase(): CounterpartyPhase;
    waiting(): bigint;
  }>;
};

/** Makes a counterparty that has not been met. */
export const makeCounterparty = (options: CounterpartyOptions): CounterpartyKit => {
  const { keeper, introduction, desk, steps, pair } = makeKit(options);
  return { keeper, inside: pair.inside(), introduction, desk, steps };
};
