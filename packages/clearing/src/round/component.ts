/**
 * One component of a round in one pass: it is solved, proposed, voted on, and decided once.
 *
 *   solving ─► voting ─┬► settled    all have voted, and nobody refused anything
 *                      ├► again      somebody refused, or said nothing: what is left is solved anew
 *                      └► released   that was the last pass
 *
 * Solvers are asked by `E`, which may be lost; a timer asks again. Who finds the solution does not
 * matter: what is proposed is the first one whose certificate holds.
 */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import { refuse } from '@pocas/vat-runtime/actors';
import { packProblem } from '../setoff/packed.ts';
import { seatsOf } from './components.ts';
import type { ComponentEntry, ComponentPhase } from './facets.ts';
import { ComponentInsideI, ComponentStepsI, SleeperI } from './inside-guards.ts';
import type { ComponentInside, ComponentResult, RoundInside } from './inside.ts';
import { solverWait } from './limits.ts';
import type { NetEdge } from './matching.ts';
import { packAmounts, packNetwork, unpackAmounts, unpackNetwork } from './network-text.ts';
import { nextPass } from './passes.ts';
import { problemOf, solutionOf } from './problem.ts';
import { proposalsOf, sumsOf } from './proposals.ts';
import type { Edge } from './types.ts';

/** What a seat said: the edges that it refuses, none of them if it is ready; or nothing, to the end. */
type Said = readonly Edge[] | 'silent';

/**
 * Questions that solvers have not answered, by component and solver. Not kept: after a restart there
 * are none, so all are asked again.
 */
const asked = new Set<string>();

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);

const makeComponentKit = defineActor({
  name: 'ClearingComponent',
  state: {
    round: typed<Facet<RoundInside>>(M.remotable('round')),
    number: M.number(),
    pass: M.number(),
    phase: typed<ComponentPhase>(M.string()),
    participants: M.nat(),
    edges: M.nat(),
    /** Large and seldom read: the network, and what is cleared of it. */
    texts: typed<DurableMap<string, string>>(M.remotable('map')),
    /** What each seat said of the proposal. */
    said: typed<DurableMap<bigint, Said>>(M.remotable('map')),
    missing: M.nat(),
    /** The solver that is asked next, and how many failed in a row. */
    next: M.number(),
    failed: M.number(),
    /** When solving ends. */
    until: M.bigint(),
  },
  init: (round: Facet<RoundInside>, number: number, pass: number) => ({
    round,
    number,
    pass,
    phase: 'solving' as const,
    participants: 0n,
    edges: 0n,
    texts: makeDurableMap<string, string>(),
    said: makeDurableMap<bigint, Said>(),
    missing: 0n,
    next: 0,
    failed: 0,
    until: 0n,
  }),
  guards: {
    inside: ComponentInsideI,
    steps: ComponentStepsI,
    solverSleeper: SleeperI,
    voteSleeper: SleeperI,
  },
  facets: {
    inside: {
      entry(): ComponentEntry {
        const { number, pass, phase, participants, edges, missing } = this.state;
        return { component: number, pass, phase, participants, edges, missing };
      },
      phase(): ComponentPhase {
        return this.state.phase;
      },
      result(): ComponentResult {
        const { phase, texts } = this.state;
        const network = unpackNetwork(texts.get('network')!);
        const cleared =
          phase === 'settled' ? unpackAmounts(texts.get('cleared')!) : network.map(() => 0n);
        return { phase, network, cleared };
      },
      begin(edges: readonly NetEdge[]): void {
        const { state } = this;
        const { clock, terms } = state.round.parts();
        state.texts.set('network', packNetwork(edges));
        state.edges = BigInt(edges.length);
        state.participants = BigInt(seatsOf(edges).length);
        state.until = clock.now() + terms.patience;
        this.facets.steps.ask();
        this.facets.steps.waitForSolver();
      },
      problem(): string | undefined {
        const { phase, texts } = this.state;
        if (phase !== 'solving') return undefined;
        return packProblem(problemOf(unpackNetwork(texts.get('network')!)));
      },
      offer(packed: unknown): boolean {
        const { state } = this;
        const { round, number, pass, texts } = state;
        if (state.phase !== 'solving') return false;
        const network = unpackNetwork(texts.get('network')!);
        const problem = problemOf(network);
        const found = solutionOf(problem, packed);
        if ('fault' in found) return false;
        const { solution } = found;
        const { cleared } = sumsOf(network, solution.cleared);
        if (cleared === 0n) {
          this.facets.steps.end('released', []);
          return true;
        }
        texts.set('cleared', packAmounts(solution.cleared));
        state.phase = 'voting';
        state.missing = state.participants;
        const { clock, timer, terms } = round.parts();
        for (const [seat, proposal] of proposalsOf(number, pass, network, problem, solution)) {
          round.seat(seat).propose(this.facets.inside, proposal);
        }
        timer.wakeAt(clock.now() + terms.patience, this.facets.voteSleeper);
        round.note('proposed', {
          component: BigInt(number),
          pass: BigInt(pass),
          participants: state.participants,
          cleared,
        });
        return true;
      },
      vote(seat: number, refused: readonly Edge[]): Refusal | undefined {
        const { phase } = this.state;
        if (phase !== 'voting') return refuse(phase === 'again' ? 'stale' : 'closed');
        return this.facets.steps.hear(seat, refused) ? undefined : refuse('conflict');
      },
      silent(seat: number): void {
        if (this.state.phase === 'voting') this.facets.steps.hear(seat, 'silent');
      },
      cancel(): void {
        const { state } = this;
        if (state.phase !== 'solving' && state.phase !== 'voting') return;
        state.phase = 'released';
        for (const seat of seatsOf(unpackNetwork(state.texts.get('network')!))) {
          state.round.seat(seat).sitOut(false);
        }
      },
    },
    steps: {
      /** Asks the next solver that is not at work on it. */
      ask(): void {
        const { state } = this;
        const { round, number } = state;
        const { solvers } = round.parts();
        const { steps, inside } = this.facets;
        for (let tries = 0; tries < solvers.length; tries += 1) {
          const index = state.next;
          state.next = (index + 1) % solvers.length;
          const key = `${number} ${index}`;
          if (asked.has(key)) continue;
          asked.add(key);
          // The cast says that an answer is not believed to be anything.
          const answer = E(solvers[index]!).solve(inside.problem()!) as Promise<unknown>;
          const heard = E.when(
            answer,
            (solution) => {
              asked.delete(key);
              steps.answered(index, solution);
            },
            () => {
              asked.delete(key);
              steps.answered(index, undefined);
            },
          );
          // What goes wrong here is made good by the timer.
          heard.catch(() => {});
          return;
        }
      },
      answered(solver: number, solution: unknown): void {
        const { state } = this;
        const { round, number, pass } = state;
        if (state.phase !== 'solving' || this.facets.inside.offer(solution)) return;
        round.note('unsolved', {
          component: BigInt(number),
          pass: BigInt(pass),
          solver: BigInt(solver),
          why: solution === undefined ? 'failed' : 'certificate',
        });
        state.failed += 1;
        // When all have failed, they are asked again by the timer.
        if (state.failed % round.parts().solvers.length !== 0) this.facets.steps.ask();
      },
      waitForSolver(): void {
        const { round, until } = this.state;
        const { clock, timer, terms } = round.parts();
        const now = clock.now();
        const wait = smaller(terms.patience / 4n + 1n, solverWait);
        timer.wakeAt(smaller(until, now + wait), this.facets.solverSleeper);
      },
      /** @returns whether it counts: the first that a seat says does */
      hear(seat: number, what: Said): boolean {
        const { state } = this;
        if (state.said.has(BigInt(seat))) return false;
        state.said.set(BigInt(seat), what);
        state.missing -= 1n;
        if (state.missing === 0n) this.facets.steps.decide();
        return true;
      },
      /** All have spoken, or their time is over. */
      decide(): void {
        const { state } = this;
        const { round, pass, said, texts } = state;
        const network = unpackNetwork(texts.get('network')!);
        const refused = new Set<Edge>();
        const silent = new Set<number>();
        for (const seat of seatsOf(network)) {
          const what = said.get(BigInt(seat)) ?? 'silent';
          if (what === 'silent') silent.add(seat);
          else for (const edge of what) refused.add(edge);
        }
        if (refused.size === 0 && silent.size === 0) {
          state.phase = 'settled';
          for (const seat of seatsOf(network)) round.seat(seat).settle();
          this.facets.steps.end('settled', []);
          return;
        }
        const isLast = pass >= round.parts().terms.maxPasses;
        const { components, out } = nextPass(network, refused, silent);
        const leaving = isLast ? seatsOf(network) : out;
        for (const seat of leaving) round.seat(seat).sitOut(silent.has(seat));
        this.facets.steps.end(
          isLast || components.length === 0 ? 'released' : 'again',
          isLast ? [] : components,
        );
      },
      end(phase: ComponentPhase, parts: readonly (readonly NetEdge[])[]): void {
        const { state } = this;
        const { round, number, pass, texts } = state;
        const wasSolving = state.phase === 'solving';
        state.phase = phase;
        state.missing = 0n;
        if (wasSolving) {
          for (const seat of seatsOf(unpackNetwork(texts.get('network')!))) {
            round.seat(seat).sitOut(false);
          }
        }
        round.note(phase, { component: BigInt(number), pass: BigInt(pass) });
        round.over(number, parts);
      },
    },
    solverSleeper: {
      wake(): void {
        const { state } = this;
        if (state.phase !== 'solving') return;
        if (state.round.parts().clock.now() >= state.until) {
          this.facets.steps.end('released', []);
          return;
        }
        this.facets.steps.ask();
        this.facets.steps.waitForSolver();
      },
    },
    voteSleeper: {
      wake(): void {
        if (this.state.phase === 'voting') this.facets.steps.decide();
      },
    },
  },
});

/** Makes one component of a round, to be begun. */
export const makeComponent = (
  round: Facet<RoundInside>,
  number: number,
  pass: number,
): Facet<ComponentInside> => makeComponentKit(round, number, pass).inside;
