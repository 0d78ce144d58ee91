/**
 * Tells everybody how a round ended: totals, their own loops, and what to pay.
 *
 * It goes by messages to itself, a component or some seats in each turn, so that a round of any size
 * stays within what one turn may do.
 */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, send, typed } from '@pocas/vat-runtime';
import { packProblem } from '../setoff/packed.ts';
import type { RoundTotals } from './facets.ts';
import { AskerI, ReporterI } from './inside-guards.ts';
import type { RoundInside } from './inside.ts';
import { rowsPerTurn, seatsPerTurn } from './limits.ts';
import { packNetwork, unpackNetwork } from './network-text.ts';
import type { PaymentPlan } from './payments.ts';
import { paymentsBySeat, planFor, remainsOf } from './payments.ts';
import { sumsOf } from './proposals.ts';
import { ask } from './question.ts';
import { loopsBySeat, packLoops, unpackLoops } from './report.ts';
import type { Edge, Report } from './types.ts';

type Outcome = Report['outcome'];

const makeReporter = defineActor({
  name: 'RoundReporter',
  state: {
    round: typed<Facet<RoundInside>>(M.remotable('round')),
    outcome: typed<Outcome>(M.string()),
    totals: typed<RoundTotals>(M.record()),
    loops: typed<DurableMap<bigint, string>>(M.remotable('map')),
    payments: typed<DurableMap<bigint, Report['payments']>>(M.remotable('map')),
    /** What is still owed, while payments are planned. */
    remaining: typed<string | undefined>(M.opt(M.string())),
  },
  init: (round: Facet<RoundInside>, outcome: Outcome, totals: RoundTotals) => ({
    round,
    outcome,
    totals,
    loops: makeDurableMap<bigint, string>(),
    payments: makeDurableMap<bigint, Report['payments']>(),
    remaining: undefined as string | undefined,
  }),
  guards: { steps: ReporterI, plan: AskerI },
  facets: {
    steps: {
      /** Adds one component to the totals, and keeps the loops of its participants. */
      addUp(number: number): void {
        const { state } = this;
        const component = state.round.component(number);
        if (component === undefined) {
          this.facets.steps.planPayments();
          return;
        }
        const { phase, network, cleared } = component.result();
        if (phase === 'settled') {
          const own = loopsBySeat(network, cleared);
          state.totals = {
            ...state.totals,
            cleared: state.totals.cleared + sumsOf(network, cleared).cleared,
            satOut: state.totals.satOut - BigInt(own.size),
          };
          for (const [seat, some] of own) state.loops.set(BigInt(seat), packLoops(some));
        }
        send(this.facets.steps, 'addUp', [number + 1]);
      },
      planPayments(): void {
        const { state } = this;
        const { round, outcome } = state;
        const cleared = new Map<Edge, bigint>();
        for (let number = 1; ; number += 1) {
          const result = round.component(number)?.result();
          if (result === undefined) break;
          if (result.phase !== 'settled') continue;
          result.network.forEach(({ edge }, i) => cleared.set(edge, result.cleared[i]!));
        }
        state.remaining = packNetwork(remainsOf(round.frozen(), cleared));
        try {
          if (outcome !== 'cancelled' && this.facets.steps.plan() !== undefined) {
            ask(round, 'payments', this.facets.plan);
            return;
          }
        } catch {
          // What solvers cannot take is not planned, and nobody is left without a report.
        }
        this.facets.plan.giveUp();
      },
      plan(): PaymentPlan | undefined {
        const { round, remaining } = this.state;
        return planFor(unpackNetwork(remaining!), (seat) => round.seat(seat).wishes());
      },
      report(from: bigint): void {
        const { round, outcome, totals, payments } = this.state;
        let next = from;
        let rows = 0;
        for (const [number, seat] of round.seatsFrom(from, seatsPerTurn)) {
          if (rows >= rowsPerTurn) break;
          next = number + 1n;
          // Who did not lodge has no agent.
          if (seat.wishes() === undefined) continue;
          const text = this.state.loops.get(number);
          const own = {
            loops: text === undefined ? [] : unpackLoops(text),
            payments: payments.get(number) ?? [],
          };
          seat.finish({ outcome, totals, ...own });
          rows += own.loops.length + own.payments.length;
        }
        if (next === from) round.ended(outcome, totals);
        else send(this.facets.steps, 'report', [next]);
      },
    },
    /** Asks for a plan of payments. Without one the round ends as well. */
    plan: {
      problem(): string | undefined {
        if (this.state.remaining === undefined) return undefined;
        return packProblem(this.facets.steps.plan()!.problem);
      },
      offer(packed: unknown): boolean {
        const { state } = this;
        if (state.remaining === undefined) return false;
        const remaining = unpackNetwork(state.remaining);
        const payments = paymentsBySeat(remaining, this.facets.steps.plan()!, packed);
        if (payments === undefined) return false;
        for (const [seat, own] of payments) state.payments.set(BigInt(seat), own);
        this.facets.plan.giveUp();
        return true;
      },
      giveUp(): void {
        this.state.remaining = undefined;
        send(this.facets.steps, 'report', [1n]);
      },
    },
  },
});

/** Begins to tell. @param totals - without what was cleared; `satOut` counts all who had an edge */
export const tellAll = (round: Facet<RoundInside>, outcome: Outcome, totals: RoundTotals): void => {
  send(makeReporter(round, outcome, totals).steps, 'addUp', [1]);
};
