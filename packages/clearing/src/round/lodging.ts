/**
 * The first part of a round: what is lodged, until all of it is locked or left out.
 *
 *   lodging ─► freezing ─► over
 *
 * Each wait ends by a timer of its own; whoever has not answered by then is silent.
 */
import { M } from '@endo/patterns';
import type { DurableMap, Facet, Timestamp } from '@pocas/vat-runtime';
import { defineActor, identityOf, makeDurableMap, send, typed } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import { refuse } from '@pocas/vat-runtime/actors';
import { seatsOf } from './components.ts';
import { LodgingI, LodgingStepsI, SleeperI } from './inside-guards.ts';
import type { LodgingInside, RoundInside } from './inside.ts';
import { maxLines, maxWaits, mayHaveBeenAway, rowsPerTurn, seatsPerTurn } from './limits.ts';
import { frozenBySeat, match } from './matching.ts';
import {
  packFrozen,
  packLodged,
  packNetwork,
  unpackFrozen,
  unpackLodged,
  unpackNetwork,
} from './network-text.ts';
import { sumsOf } from './proposals.ts';
import type { Edge, Lodged } from './types.ts';

/** `over`: it was handed on, or cancelled. */
type Phase = 'lodging' | 'freezing' | 'over';
/** The end of a wait: of which phase, and the how-manieth it is. */
type Wait = { readonly phase: Phase; readonly wait: number };

const makeLodgingKit = defineActor({
  name: 'RoundLodging',
  state: {
    round: typed<Facet<RoundInside>>(M.remotable('round')),
    phase: typed<Phase>(M.string()),
    /** When lodging ends. */
    until: M.bigint(),
    /** The seat of each agent, by its identity. */
    agents: typed<DurableMap<string, bigint>>(M.remotable('map')),
    /** What each seat lodged, until it is matched. */
    lodgings: typed<DurableMap<bigint, string>>(M.remotable('map')),
    lines: M.nat(),
    /** All edges, from when they are matched: `matched`. Large, so not among what changes often. */
    texts: typed<DurableMap<'matched', string>>(M.remotable('map')),
    /** What seats are to lock that were not asked yet. */
    toFreeze: typed<DurableMap<bigint, string>>(M.remotable('map')),
    /** What each seat does not lock, or that it said nothing. */
    refusals: typed<DurableMap<bigint, readonly Edge[] | 'silent'>>(M.remotable('map')),
    awaited: M.nat(),
  },
  init: (round: Facet<RoundInside>) => {
    const { clock, terms } = round.parts();
    return {
      round,
      phase: 'lodging' as const,
      until: clock.now() + terms.lodging,
      agents: makeDurableMap<string, bigint>(),
      lodgings: makeDurableMap<bigint, string>(),
      lines: 0n,
      texts: makeDurableMap<'matched', string>(),
      toFreeze: makeDurableMap<bigint, string>(),
      refusals: makeDurableMap<bigint, readonly Edge[] | 'silent'>(),
      awaited: 0n,
    };
  },
  guards: { inside: LodgingI, steps: LodgingStepsI, sleeper: SleeperI },
  facets: {
    inside: {
      isOpen(): boolean {
        const { phase, round, until } = this.state;
        return phase === 'lodging' && round.parts().clock.now() < until;
      },
      until(): bigint {
        return this.state.until;
      },
      count(): bigint {
        return BigInt(this.state.lodgings.size());
      },
      lodge(seat: number, agent: object, lodged: readonly Lodged[]): Refusal | undefined {
        const { state } = this;
        const { agents, lodgings } = state;
        const number = BigInt(seat);
        const identity = identityOf(agent);
        const other = agents.get(identity);
        if (other !== undefined && other !== number) return refuse('conflict');
        const before = lodgings.get(number);
        const had = before === undefined ? 0 : unpackLodged(before).length;
        const lines = state.lines + BigInt(lodged.length - had);
        if (lines > maxLines) return refuse('quota');
        agents.set(identity, number);
        lodgings.set(number, packLodged(lodged));
        state.lines = lines;
        return undefined;
      },
      leave(seat: number, agent: object): void {
        const { state } = this;
        const { agents, lodgings } = state;
        const before = lodgings.get(BigInt(seat));
        if (before === undefined) return;
        state.lines -= BigInt(unpackLodged(before).length);
        lodgings.delete(BigInt(seat));
        agents.delete(identityOf(agent));
      },
      close(): boolean {
        if (this.state.phase !== 'lodging') return false;
        this.facets.steps.match();
        return true;
      },
      froze(seat: number, refused: readonly Edge[] | undefined): void {
        const { state } = this;
        if (state.phase !== 'freezing') return;
        if (refused === undefined) state.refusals.set(BigInt(seat), 'silent');
        else if (refused.length > 0) state.refusals.set(BigInt(seat), refused);
        state.awaited -= 1n;
        if (state.awaited === 0n) this.facets.steps.handOn();
      },
      cancel(): void {
        this.state.phase = 'over';
      },
    },
    steps: {
      begin(): void {
        const { round, until } = this.state;
        round.parts().timer.wakeAt<Wait>(until, this.facets.sleeper, { phase: 'lodging', wait: 1 });
      },
      /** Lodging is over: what both ends lodged is matched, and each is asked to lock it. */
      match(): void {
        const { state } = this;
        const { round, lodgings, toFreeze } = state;
        const lodgements = [...lodgings.entries()].map(([seat, text]) => ({
          seat: Number(seat),
          lodged: unpackLodged(text),
        }));
        const matched = match(lodgements);
        for (const { seat } of lodgements) lodgings.delete(BigInt(seat));
        for (const [seat, own] of frozenBySeat(matched)) {
          toFreeze.set(BigInt(seat), packFrozen(own));
        }
        state.texts.set('matched', packNetwork(matched));
        state.awaited = BigInt(toFreeze.size());
        state.phase = 'freezing';
        round.matched({
          participants: BigInt(lodgements.length),
          edges: BigInt(matched.length),
          lodged: sumsOf(matched, []).lodged,
          cleared: 0n,
          satOut: state.awaited,
        });
        if (state.awaited === 0n) this.facets.steps.handOn();
        else this.facets.steps.freeze();
      },
      /** Asks some seats to lock, and goes on with others in the next turn. */
      freeze(): void {
        const { phase, round, toFreeze } = this.state;
        if (phase !== 'freezing') return;
        let rows = 0;
        for (const [seat, text] of toFreeze.entries({ limit: seatsPerTurn })) {
          if (rows >= rowsPerTurn) break;
          const own = unpackFrozen(text);
          round.seat(Number(seat)).freeze(own);
          toFreeze.delete(seat);
          rows += own.length;
        }
        if (toFreeze.size() > 0) {
          send(this.facets.steps, 'freeze', []);
          return;
        }
        const { clock, timer, terms } = round.parts();
        const wait: Wait = { phase: 'freezing', wait: 1 };
        timer.wakeAt(clock.now() + terms.patience, this.facets.sleeper, wait);
      },
      /** Whoever locks nothing, or said nothing, sits out; the rest is cleared. */
      handOn(): void {
        const { state } = this;
        const { round, refusals } = state;
        const refused = new Set<Edge>();
        const silent = new Set<number>();
        for (const [seat, what] of refusals.entries()) {
          if (what === 'silent') silent.add(Number(seat));
          else for (const edge of what) refused.add(edge);
        }
        const matched = unpackNetwork(state.texts.get('matched')!);
        const seats = seatsOf(matched);
        for (const seat of seats) if (round.seat(seat).isLate()) silent.add(seat);
        for (const seat of silent) round.seat(seat).sitOut(true);
        state.phase = 'over';
        const frozen = matched.filter(
          ({ edge, from, to }) => !refused.has(edge) && !silent.has(from) && !silent.has(to),
        );
        round.clear(seats, frozen);
      },
    },
    sleeper: {
      wake({ phase, wait }: Wait, at: Timestamp): void {
        const { state } = this;
        const { clock, timer, terms } = state.round.parts();
        const now = clock.now();
        if (state.phase !== phase) return;
        if (wait <= maxWaits && mayHaveBeenAway(now, at, terms.patience)) {
          const until = now + terms.patience;
          if (phase === 'lodging') state.until = until;
          timer.wakeAt<Wait>(until, this.facets.sleeper, { phase, wait: wait + 1 });
        } else if (phase === 'lodging') this.facets.steps.match();
        else this.facets.steps.handOn();
      },
    },
  },
});

/** Opens lodging, for as long as the terms of the round say. */
export const openLodging = (round: Facet<RoundInside>): Facet<LodgingInside> => {
  const { inside, steps } = makeLodgingKit(round);
  steps.begin();
  return inside;
};
