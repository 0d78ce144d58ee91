/**
 * One ledger's part in one exchange: the hold, and what is known of the other ledger and the coordinator.
 * What each step does stands in `rules.ts`; here it is stored and carried out, in the same turn.
 */
import { M, matches } from '@endo/patterns';
import type { Facet, SendFailure } from '@pocas/vat-runtime';
import { defineActor, send, typed } from '@pocas/vat-runtime';
import { ValueShape } from '../amount/amount.ts';
import type { Decider, Payment } from '../value/types.ts';
import { DecidedShape, StatusShape, passable } from './guards.ts';
import { nextWait } from './patience.ts';
import type { Decision, Side, SidePhase, SideStep, Status } from './rules.ts';
import { freeze, hearDecision, hearStatus, newSide, statusOf } from './rules.ts';
import { questionOf, sameQuestion, sameSummary, summaryOf } from './terms.ts';
import type {
  ExchangeLeg,
  ExchangeQuestion,
  ExchangeSummary,
  ExchangeTerms,
  ExchangeTime,
  ExchangeWatcher,
  SideView,
} from './types.ts';

/** What its desk does for it. */
export type DeskInside = {
  /** It has ended here. */
  over(id: string, phase: SidePhase): void;
  /** What the settled hold brought to the desk's own account, as a payment for the receiver. */
  payOut(value: bigint): Facet<Payment>;
};

export type SideInside = {
  start(): void;
  terms(): ExchangeTerms;
  view(): SideView;
  status(question: ExchangeQuestion): Status;
  stands(summary: ExchangeSummary): Status;
  /** Asks the other ledger and the coordinator, where it has not ended. */
  look(isFinal: boolean): void;
  /** Something is new at the other ledger, or somebody says so. */
  hinted(): void;
  freeze(): SidePhase;
  deliver(payment: Facet<Payment>): void;
  paidOut(payment: Facet<Payment>): boolean;
};

export type SideParts = {
  readonly terms: ExchangeTerms;
  /** Which leg is this ledger's. */
  readonly which: 0 | 1;
  readonly decider: Facet<Decider>;
  readonly desk: Facet<DeskInside>;
  readonly time: ExchangeTime;
  readonly watcher: Facet<ExchangeWatcher>;
};

const makeSideKit = defineActor({
  name: 'ExchangeSide',
  state: {
    terms: typed<ExchangeTerms>(M.record()),
    which: typed<0 | 1>(M.number()),
    side: typed<Side>(M.record()),
    value: ValueShape,
    decider: typed<Facet<Decider>>(M.remotable('decider')),
    desk: typed<Facet<DeskInside>>(M.remotable('desk')),
    time: typed<ExchangeTime>(M.remotable('time')),
    watcher: typed<Facet<ExchangeWatcher>>(M.remotable('watcher')),
    /** What was paid out here for the receiver, who has no account. */
    paid: typed<Facet<Payment> | undefined>(M.opt(M.remotable('payment'))),
    /** What came from the other ledger for the one here. */
    received: typed<Facet<Payment> | undefined>(M.opt(M.remotable('payment'))),
    wait: M.nat(),
    timer: typed<bigint | undefined>(M.opt(M.bigint())),
  },
  init: ({ terms, which, decider, desk, time, watcher }: SideParts) => ({
    terms,
    which,
    side: newSide(which === 0).side,
    value: terms.legs[which].value,
    decider,
    desk,
    time,
    watcher,
    paid: undefined,
    received: undefined,
    wait: nextWait(0n),
    timer: undefined,
  }),
  guards: {
    inside: passable('ExchangeSideInside'),
    steps: passable('ExchangeSideSteps'),
    answers: passable('ExchangeSideAnswers'),
    decisions: passable('ExchangeSideDecisions'),
    deliveries: passable('ExchangeSideDeliveries'),
    task: passable('ExchangeSideTask'),
  },
  facets: {
    inside: {
      start(): void {
        const { state } = this;
        const { steps, task } = this.facets;
        state.timer = state.time.wakeAt(state.terms.deadline, task, {});
        steps.take(newSide(state.which === 0));
      },
      terms(): ExchangeTerms {
        return this.state.terms;
      },
      view(): SideView {
        const { terms, side, value } = this.state;
        const { phase, peerHeld, isFrozen } = side;
        return { id: terms.id, deadline: terms.deadline, phase, value, peerHeld, isFrozen };
      },
      status(question: ExchangeQuestion): Status {
        return statusOf(this.state.side, sameQuestion(this.state.terms, question));
      },
      stands(summary: ExchangeSummary): Status {
        const { side, terms } = this.state;
        return statusOf(side, sameSummary(summaryOf(terms), summary));
      },
      look(isFinal: boolean): void {
        const { side, terms } = this.state;
        const { steps, decisions } = this.facets;
        if (side.phase !== 'held') return steps.askForPayment();
        steps.ask(isFinal);
        if (side.heard === undefined && !side.isFrozen)
          send(terms.coordinator, 'decisionOf', [summaryOf(terms)], { then: decisions });
      },
      hinted(): void {
        const { paid, terms } = this.state;
        const { inside, steps } = this.facets;
        // Said again, to the only one who can use it: the first message may have been lost with a history.
        if (paid !== undefined) send(steps.other().desk, 'deliver', [terms.id, paid]);
        if (this.state.side.phase === 'held') inside.look(false);
      },
      freeze(): SidePhase {
        this.facets.steps.take(freeze(this.state.side));
        return this.state.side.phase;
      },
      deliver(payment: Facet<Payment>): void {
        const { received, terms } = this.state;
        const { steps, deliveries } = this.facets;
        // Anybody may say so; the other ledger knows.
        if (received !== undefined) return;
        const { desk } = steps.other();
        send(desk, 'paidOut', [terms.id, payment], { then: deliveries, ctx: { payment } });
      },
      paidOut(payment: Facet<Payment>): boolean {
        return this.state.paid !== undefined && this.state.paid === payment;
      },
    },
    steps: {
      other(): ExchangeLeg {
        return this.state.terms.legs[this.state.which === 0 ? 1 : 0];
      },
      ask(isFinal: boolean): void {
        const { desk } = this.facets.steps.other();
        const question = questionOf(this.state.terms);
        send(desk, 'ask', [question, isFinal], { then: this.facets.answers });
      },
      /** Where the payment for the one here has not come yet. */
      askForPayment(): void {
        const { side, received, terms } = this.state;
        const { desk, to } = this.facets.steps.other();
        if (side.phase === 'settled' && to === undefined && received === undefined)
          send(desk, 'hint', [terms.id]);
      },
      /** Stores a step and carries it out. */
      take({ side, ask, hint }: SideStep): void {
        const { state } = this;
        const { steps } = this.facets;
        const { id, coordinator } = state.terms;
        const before = state.side.phase;
        state.side = side;
        if (side.phase !== before) steps.end(side.phase);
        if (ask) steps.ask(false);
        if (!hint) return;
        send(steps.other().desk, 'hint', [id]);
        send(coordinator, 'hint', [id]);
      },
      end(phase: SidePhase): void {
        const { state } = this;
        const { terms, which, value, decider, desk, time, timer, watcher } = state;
        const { id } = terms;
        const decided = phase === 'settled' ? decider.settle() : decider.release();
        // Nobody else has this decider, so this is a defect: the throw undoes the whole step.
        if (!decided.ok) throw Error('Cannot end the exchange: its hold was decided elsewhere');
        if (phase === 'settled' && terms.legs[which].to === undefined) {
          const payment = desk.payOut(value);
          state.paid = payment;
          send(this.facets.steps.other().desk, 'deliver', [id, payment]);
        }
        if (timer !== undefined) time.cancelWake(timer);
        state.timer = undefined;
        desk.over(id, phase);
        watcher.ended(id, phase);
      },
    },
    /** Hears what the other ledger says, in answer to this side's terms. */
    answers: {
      fulfilled(answer: unknown): void {
        // The pattern says what of it is an answer; anything else is none.
        if (!matches(answer, StatusShape)) return;
        this.facets.steps.take(hearStatus(this.state.side, answer as Status));
      },
      // The timer asks again.
      rejected(_failure: SendFailure): void {},
    },
    decisions: {
      fulfilled(answer: unknown): void {
        if (!matches(answer, DecidedShape)) return;
        const { decision } = answer as { decision?: Decision };
        if (decision !== undefined) this.facets.steps.take(hearDecision(this.state.side, decision));
      },
      rejected(_failure: SendFailure): void {},
    },
    deliveries: {
      fulfilled(answer: unknown, { payment }: { payment: Facet<Payment> }): void {
        const { state } = this;
        if (answer !== true || state.received !== undefined) return;
        state.received = payment;
        state.watcher.paid(state.terms.id, payment);
      },
      rejected(_failure: SendFailure): void {},
    },
    task: {
      due(): void {
        const { state } = this;
        const { inside, task } = this.facets;
        if (state.side.phase !== 'held') return;
        // Past the deadline: whoever has not prepared by now shall not do so any more.
        inside.look(true);
        state.timer = state.time.wakeAt(state.time.now() + state.wait, task, {});
        state.wait = nextWait(state.wait);
      },
    },
  },
});

export const makeSide = (parts: SideParts): Facet<SideInside> => makeSideKit(parts).inside;
