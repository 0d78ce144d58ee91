/**
 * Leads exchanges (SPEC 7.7, step 3): asks both ledgers whether they have prepared, writes one decision,
 * and lets them know until both have said how it ended. It holds no value and no account.
 */
import { M, matches } from '@endo/patterns';
import type { DurableMap, DurableSet, Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, makeDurableSet, send, typed } from '@pocas/vat-runtime';
import { refuse } from '@pocas/vat-runtime/actors';
import { CoordinatorI, StatusShape, passable } from './guards.ts';
import type { Coordination, Status } from './rules.ts';
import { giveUp, hearPrepared, newCoordination } from './rules.ts';
import { maxTerm, nextWait, timeKey } from './patience.ts';
import { sameSummary, sameTerms, summaryOf } from './terms.ts';
import type {
  CoordinationView,
  Coordinator,
  ExchangeSummary,
  ExchangeTerms,
  ExchangeTime,
  Leader,
} from './types.ts';

/** How many exchanges one coordinator leads at a time. */
const maxOpen = 1_000;

type Phase = Status['phase'];
const isOver = (phase: Phase): boolean =>
  phase === 'settled' || phase === 'released' || phase === 'refused' || phase === 'differs';

type Registry = { over(id: string): void };
type CoordinationInside = {
  start(): void;
  terms(): ExchangeTerms;
  view(): CoordinationView;
  look(): void;
};

const makeCoordination = defineActor({
  name: 'Coordination',
  state: {
    terms: typed<ExchangeTerms>(M.record()),
    at: typed<Coordination>(M.record()),
    said: typed<readonly [Phase, Phase]>(M.array()),
    time: typed<ExchangeTime>(M.remotable('time')),
    registry: typed<Facet<Registry>>(M.remotable('registry')),
    /** How long it waits before it looks again, once the deadline is over. */
    wait: M.nat(),
    timer: typed<bigint | undefined>(M.opt(M.bigint())),
  },
  init: (terms: ExchangeTerms, time: ExchangeTime, registry: Facet<Registry>) => ({
    terms,
    at: newCoordination,
    said: ['unknown', 'unknown'] as const,
    time,
    registry,
    wait: nextWait(0n),
    timer: undefined,
  }),
  guards: {
    inside: passable('CoordinationInside'),
    answers: passable('CoordinationAnswers'),
    task: passable('CoordinationTask'),
  },
  facets: {
    inside: {
      start(): void {
        const { state } = this;
        state.timer = state.time.wakeAt(state.terms.deadline, this.facets.task, {});
        this.facets.inside.look();
      },
      terms(): ExchangeTerms {
        return this.state.terms;
      },
      view(): CoordinationView {
        return { decision: this.state.at.decision, said: this.state.said };
      },
      /** Asks the ledgers that have not ended. */
      look(): void {
        const { terms, said } = this.state;
        for (const which of [0, 1] as const) {
          if (isOver(said[which])) continue;
          const { desk } = terms.legs[which];
          send(desk, 'stands', [summaryOf(terms)], { then: this.facets.answers, ctx: { which } });
        }
      },
      tell(): void {
        const { terms, said } = this.state;
        for (const which of [0, 1] as const)
          if (!isOver(said[which])) send(terms.legs[which].desk, 'hint', [terms.id]);
      },
      decide(at: Coordination): void {
        const { state } = this;
        const isNew = state.at.decision === undefined && at.decision !== undefined;
        state.at = at;
        if (isNew) this.facets.inside.tell();
      },
    },
    answers: {
      fulfilled(answer: unknown, { which }: { which: 0 | 1 }): void {
        const { state } = this;
        const { inside } = this.facets;
        const { said, terms, time } = state;
        // A ledger may be anybody's: the pattern says what of its answer is one.
        if (!matches(answer, StatusShape) || isOver(said[which])) return;
        const { phase } = answer as Status;
        state.said = which === 0 ? [phase, said[1]] : [said[0], phase];
        if (phase === 'held')
          inside.decide(hearPrepared(state.at, which, time.now(), terms.deadline));
        else if (isOver(phase)) inside.decide(giveUp(state.at));
        if (!state.said.every(isOver)) return;
        if (state.timer !== undefined) time.cancelWake(state.timer);
        state.timer = undefined;
        state.registry.over(terms.id);
      },
      rejected(): void {},
    },
    task: {
      due(): void {
        const { state } = this;
        const { inside, task } = this.facets;
        inside.decide(giveUp(state.at));
        if (state.said.every(isOver)) return;
        inside.tell();
        inside.look();
        state.timer = state.time.wakeAt(state.time.now() + state.wait, task, {});
        state.wait = nextWait(state.wait);
      },
    },
  },
});

const makeRegistry = defineActor({
  name: 'Coordinator',
  state: {
    time: typed<ExchangeTime>(M.remotable('time')),
    known: typed<DurableMap<string, Facet<CoordinationInside>>>(M.any()),
    open: typed<DurableSet<string>>(M.any()),
    /** Those that are over, by when they may be forgotten. */
    done: typed<DurableSet<string>>(M.any()),
  },
  init: (time: ExchangeTime) => ({
    time,
    known: makeDurableMap<string, Facet<CoordinationInside>>(),
    open: makeDurableSet<string>(),
    done: makeDurableSet<string>(),
  }),
  guards: { coordinator: CoordinatorI, leader: passable('Leader'), registry: passable('Registry') },
  facets: {
    coordinator: {
      decisionOf(summary: ExchangeSummary): ReturnType<Coordinator['decisionOf']> {
        const led = this.state.known.get(summary.id);
        if (led === undefined || !sameSummary(summaryOf(led.terms()), summary)) return {};
        return { decision: led.view().decision };
      },
      hint(id: string): void {
        if (this.state.open.has(id)) this.state.known.get(id)!.look();
      },
    },
    leader: {
      coordinator(): Facet<Coordinator> {
        return this.facets.coordinator;
      },
      lead(terms: ExchangeTerms): ReturnType<Leader['lead']> {
        const { time, known, open } = this.state;
        const before = known.get(terms.id);
        if (before !== undefined)
          return sameTerms(before.terms(), terms) ? { ok: true } : refuse('conflict');
        const now = time.now();
        if (terms.deadline <= now) return refuse('expired');
        if (terms.deadline > now + maxTerm) return refuse('invalid');
        if (open.size() >= maxOpen) return refuse('quota');
        const { inside } = makeCoordination(terms, time, this.facets.registry);
        known.set(terms.id, inside);
        open.add(terms.id);
        inside.start();
        return { ok: true };
      },
      view(id: string): CoordinationView | undefined {
        return this.state.known.get(id)?.view();
      },
    },
    registry: {
      over(id: string): void {
        const { time, known, open, done } = this.state;
        if (!open.delete(id)) return;
        done.add(`${timeKey(time.now() + maxTerm)} ${id}`);
        for (const old of [...done.values({ to: timeKey(time.now()), limit: 2 })]) {
          done.delete(old);
          known.delete(old.slice(21));
        }
      },
    },
  },
});

/** Makes a coordinator in this vat. */
export const makeCoordinator = (time: ExchangeTime): Facet<Leader> => makeRegistry(time).leader;
