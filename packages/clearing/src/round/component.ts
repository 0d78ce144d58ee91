/**
 * One component of a round in one pass: it is solved, proposed, voted on, and decided once.
 *
 *   solving ─► voting ─┬► settled    all have voted, and nobody refused anything
 *                      ├► again      somebody refused, or said nothing: what is left is solved anew
 *                      ├► released   that was the last pass, or nobody solved it, or nothing can clear
 *                      └► left       what was said of it may be lost: its participants decide
 */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, send, typed } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import { refuse } from '@pocas/vat-runtime/actors';
import { withoutExchanges } from '../setoff/exchange.ts';
import { packProblem } from '../setoff/packed.ts';
import { seatsOf } from './components.ts';
import type { ComponentEntry, ComponentPhase } from './facets.ts';
import { ComponentInsideI, ComponentStepsI, SleeperI } from './inside-guards.ts';
import type { ComponentInside, ComponentResult, RoundInside } from './inside.ts';
import { maxWaits, mayHaveBeenAway, rowsPerTurn, seatsPerTurn } from './limits.ts';
import type { NetEdge } from './matching.ts';
import {
  packAmounts,
  packNetwork,
  packProposal,
  unpackAmounts,
  unpackNetwork,
  unpackProposal,
} from './network-text.ts';
import { nextPass } from './passes.ts';
import { problemOf, solutionOf } from './problem.ts';
import { proposalsOf, sumsOf } from './proposals.ts';
import { ask } from './question.ts';
import type { Edge } from './types.ts';

/** What a seat said: the edges that it refuses, none of them if it is ready; or nothing, to the end. */
type Word = readonly Edge[] | 'silent';

const makeComponentKit = defineActor({
  name: 'ClearingComponent',
  state: {
    round: typed<Facet<RoundInside>>(M.remotable('round')),
    number: M.number(),
    pass: M.number(),
    phase: typed<ComponentPhase>(M.string()),
    participants: M.nat(),
    edges: M.nat(),
    struck: typed<readonly number[]>(M.arrayOf(M.number())),
    /** Large and seldom read: the network, and what is cleared of it. */
    texts: typed<DurableMap<string, string>>(M.remotable('map')),
    /** Proposals that are not made yet, by seat. */
    proposals: typed<DurableMap<bigint, string>>(M.remotable('map')),
    /** What each seat said of the proposal. */
    said: typed<DurableMap<bigint, Word>>(M.remotable('map')),
    missing: M.nat(),
  },
  init: (round: Facet<RoundInside>, number: number, pass: number) => ({
    round,
    number,
    pass,
    phase: 'solving' as const,
    participants: 0n,
    edges: 0n,
    struck: [] as readonly number[],
    texts: makeDurableMap<string, string>(),
    proposals: makeDurableMap<bigint, string>(),
    said: makeDurableMap<bigint, Word>(),
    missing: 0n,
  }),
  guards: { inside: ComponentInsideI, steps: ComponentStepsI, sleeper: SleeperI },
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
      begin(edges: readonly NetEdge[], struck: readonly number[]): void {
        const { state } = this;
        state.texts.set('network', packNetwork(edges));
        state.edges = BigInt(edges.length);
        state.participants = BigInt(seatsOf(edges).length);
        state.struck = struck;
      },
      solve(): void {
        ask(this.state.round, `${this.state.number}`, this.facets.inside);
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
        // What is told is the solution that its prices prove; what is carried out of it, and counted, is this.
        const kept = withoutExchanges(network, solution.cleared);
        const { cleared } = sumsOf(network, kept);
        if (cleared === 0n) {
          this.facets.inside.giveUp();
          return true;
        }
        texts.set('cleared', packAmounts(kept));
        state.phase = 'voting';
        state.missing = state.participants;
        for (const [seat, proposal] of proposalsOf(number, pass, network, problem, solution)) {
          state.proposals.set(BigInt(seat), packProposal(proposal));
        }
        this.facets.steps.propose();
        const { participants } = state;
        round.note('proposed', {
          component: BigInt(number),
          pass: BigInt(pass),
          participants,
          cleared,
        });
        return true;
      },
      /** Nobody solved it, or nothing of it can clear. */
      giveUp(): void {
        this.facets.steps.end('released');
      },
      vote(seat: number, refused: readonly Edge[]): Refusal | undefined {
        const { phase } = this.state;
        if (phase !== 'voting') return refuse(phase === 'again' ? 'stale' : 'closed');
        return this.facets.steps.hear(seat, refused) ? undefined : refuse('conflict');
      },
      silent(seat: number): void {
        if (this.state.phase === 'voting') this.facets.steps.hear(seat, 'silent');
      },
      withdraw(seat: number): void {
        const { phase, said } = this.state;
        if (phase !== 'voting') return;
        if (said.has(BigInt(seat))) said.set(BigInt(seat), 'silent');
        else this.facets.steps.hear(seat, 'silent');
      },
      cancel(): void {
        const { phase } = this.state;
        if (phase === 'solving' || phase === 'voting') this.facets.steps.end('released');
      },
      leave(): void {
        const { state } = this;
        if (state.phase !== 'voting') return;
        state.phase = 'left';
        state.missing = 0n;
        state.round.over(state.number);
      },
    },
    steps: {
      /** Tells some seats what is proposed, and goes on with others in the next turn. */
      propose(): void {
        const { phase, round, proposals } = this.state;
        if (phase !== 'voting') return;
        let rows = 0;
        for (const [seat, text] of proposals.entries({ limit: seatsPerTurn })) {
          if (rows >= rowsPerTurn) break;
          const proposal = unpackProposal(text);
          round.seat(Number(seat)).propose(this.facets.inside, proposal);
          proposals.delete(seat);
          rows += proposal.rows.length;
        }
        if (proposals.size() > 0) {
          send(this.facets.steps, 'propose', []);
          return;
        }
        const { clock, timer, terms } = round.parts();
        timer.wakeAt(clock.now() + terms.patience, this.facets.sleeper, 1);
      },
      /** @returns whether it counts: the first that a seat says does */
      hear(seat: number, word: Word): boolean {
        const { state } = this;
        if (state.said.has(BigInt(seat))) return false;
        state.said.set(BigInt(seat), word);
        state.missing -= 1n;
        if (state.missing === 0n) this.facets.steps.decide();
        return true;
      },
      /** All have spoken, or their time is over. This is the only place that settles anything. */
      decide(): void {
        const { said, texts, round } = this.state;
        const network = unpackNetwork(texts.get('network')!);
        const refused = new Set<Edge>();
        const silent = new Set<number>();
        for (const seat of seatsOf(network)) {
          const word = said.get(BigInt(seat)) ?? 'silent';
          if (word === 'silent') silent.add(seat);
          else for (const edge of word) refused.add(edge);
        }
        if (refused.size > 0 || silent.size > 0) {
          this.facets.steps.again(network, refused, silent);
          return;
        }
        for (const seat of seatsOf(network)) round.seat(seat).settle();
        this.facets.steps.end('settled');
      },
      again(
        network: readonly NetEdge[],
        refused: ReadonlySet<Edge>,
        silent: ReadonlySet<number>,
      ): void {
        const { state } = this;
        const { round, number, pass } = state;
        for (const seat of silent) round.seat(seat).sitOut(true);
        const next = nextPass(network, { refused, silent, struck: new Set(state.struck) });
        if (pass >= round.parts().terms.maxPasses || next.components.length === 0) {
          this.facets.steps.end('released');
          return;
        }
        for (const seat of next.out) round.seat(seat).sitOut(false);
        state.phase = 'again';
        state.missing = 0n;
        round.over(number, next);
      },
      /** Nothing is solved again. Whoever was not told to settle sits out. */
      end(phase: 'settled' | 'released'): void {
        const { state } = this;
        const { round, number, pass, texts } = state;
        state.phase = phase;
        state.missing = 0n;
        for (const seat of seatsOf(unpackNetwork(texts.get('network')!))) {
          round.seat(seat).sitOut(false);
        }
        round.note(phase, { component: BigInt(number), pass: BigInt(pass) });
        round.over(number);
      },
    },
    sleeper: {
      wake(wait: number, at: bigint): void {
        const { state } = this;
        if (state.phase !== 'voting') return;
        const { clock, timer, terms } = state.round.parts();
        const now = clock.now();
        if (wait <= maxWaits && mayHaveBeenAway(now, at, terms.patience)) {
          timer.wakeAt(now + terms.patience, this.facets.sleeper, wait + 1);
        } else this.facets.steps.decide();
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
