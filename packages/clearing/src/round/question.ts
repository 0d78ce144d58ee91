/**
 * A problem on its way to somebody who solves it.
 *
 * Solvers are asked by `E`, which may be lost, and may lie, be slow, or be gone: so one after the other
 * is asked, by a timer all of them again, until an answer is accepted or the time is over. Whose
 * answer it is does not matter.
 */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { Facet } from '@pocas/vat-runtime';
import { defineActor, typed } from '@pocas/vat-runtime';
import { QuestionI, SleeperI } from './inside-guards.ts';
import type { Asker, RoundInside } from './inside.ts';
import { mayHaveBeenAway, solverWait } from './limits.ts';

/**
 * Questions that solvers have not answered, by question and solver. Not kept: after a restart there
 * are none, so all are asked again.
 */
const asked = new Set<string>();

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);

const makeQuestion = defineActor({
  name: 'ClearingQuestion',
  state: {
    round: typed<Facet<RoundInside>>(M.remotable('round')),
    /** Names the question in this vat. */
    name: M.string(),
    asker: typed<Facet<Asker>>(M.remotable('asker')),
    /** The solver that is asked next. */
    next: M.number(),
    failed: M.number(),
    until: M.bigint(),
  },
  init: (round: Facet<RoundInside>, name: string, asker: Facet<Asker>, until: bigint) => ({
    round,
    name,
    asker,
    next: 0,
    failed: 0,
    until,
  }),
  guards: { question: QuestionI, sleeper: SleeperI },
  facets: {
    question: {
      /** Asks the next solver that is not at work on it. */
      ask(): void {
        const { state } = this;
        const { round, name, asker } = state;
        const { solvers } = round.parts();
        const { question } = this.facets;
        const problem = asker.problem();
        if (problem === undefined) return;
        for (let tries = 0; tries < solvers.length; tries += 1) {
          const index = state.next;
          const key = `${name} ${index}`;
          state.next = (index + 1) % solvers.length;
          if (asked.has(key)) continue;
          asked.add(key);
          // An answer may be anything; the cast keeps it from being believed.
          const answer = E(solvers[index]!).solve(problem) as Promise<unknown>;
          const hear = (solution: unknown): void => {
            asked.delete(key);
            question.answered(index, solution);
          };
          // What goes wrong in hearing is made good by the timer.
          E.when(answer, hear, () => hear(undefined)).catch(() => {});
          return;
        }
      },
      answered(solver: number, solution: unknown): void {
        const { state } = this;
        const { round, name, asker } = state;
        if (asker.problem() === undefined || asker.offer(solution)) return;
        const { length } = round.parts().solvers;
        const why = solution === undefined ? 'failed' : 'rejected';
        // Of the first time that each was asked: what is more would only fill the journal.
        if (state.failed < length) {
          round.note('unsolved', { question: name, solver: BigInt(solver), why });
        }
        state.failed += 1;
        // When all have failed, they are asked again by the timer, so that nothing turns in a ring.
        if (state.failed % length !== 0) this.facets.question.ask();
      },
      wait(): void {
        const { round, until } = this.state;
        const { clock, timer, terms } = round.parts();
        const next = clock.now() + smaller(terms.patience / 4n + 1n, solverWait);
        timer.wakeAt(smaller(until, next), this.facets.sleeper);
      },
    },
    sleeper: {
      wake(_ctx: unknown, at: bigint): void {
        const { state } = this;
        const { asker, round } = state;
        if (asker.problem() === undefined) return;
        const { clock, terms } = round.parts();
        const now = clock.now();
        // While we were away, nobody could answer.
        if (mayHaveBeenAway(now, at, terms.patience)) state.until += now - at;
        if (now >= state.until) {
          asker.giveUp();
          return;
        }
        this.facets.question.ask();
        this.facets.question.wait();
      },
    },
  },
});

/**
 * Asks the round's solvers, in turn, for at most the round's patience.
 *
 * @param name - of the question; no other in this vat has it
 */
export const ask = (round: Facet<RoundInside>, name: string, asker: Facet<Asker>): void => {
  const { clock, terms } = round.parts();
  const { question } = makeQuestion(round, name, asker, clock.now() + terms.patience);
  question.ask();
  question.wait();
};
