/** A vat that gives seats of a round, and says to those who take them whatever it is told to say. */
import { M } from '@endo/patterns';
import {
  type DurableMap,
  type Facet,
  defineActor,
  makeDurableMap,
  send,
  typed,
} from '@pocas/vat-runtime';
import type { Agent, Lodged, RoundTerms } from '#src/round/types.js';

// `any`: what a hostile coordinator says is of no type.
type Any = any;
export type SaidVote = {
  readonly seat: bigint;
  readonly component: number;
  readonly pass: number;
  readonly refused: readonly number[];
};

const loose = (name: string) => M.interface(name, {}, { defaultGuards: 'passable' });

const makeCoordinator = defineActor({
  name: 'HostileCoordinator',
  state: {
    terms: typed<RoundTerms>(M.record()),
    seats: M.nat(),
    agents: typed<DurableMap<bigint, Facet<Agent>>>(M.any()),
    lodged: typed<DurableMap<bigint, readonly Lodged[]>>(M.any()),
    votes: typed<DurableMap<bigint, SaidVote>>(M.any()),
  },
  init: (terms: RoundTerms) => ({
    terms,
    seats: 0n,
    agents: makeDurableMap<bigint, Facet<Agent>>(),
    lodged: makeDurableMap<bigint, readonly Lodged[]>(),
    votes: makeDurableMap<bigint, SaidVote>(),
  }),
  guards: { hand: loose('Hand') },
  facets: {
    hand: {
      seat(): unknown {
        this.state.seats += 1n;
        return makeSeat(this.state.terms, this.facets.hand, this.state.seats).seat;
      },
      took(seat: bigint, agent: Facet<Agent>, lodged: readonly Lodged[]): void {
        this.state.agents.set(seat, agent);
        this.state.lodged.set(seat, lodged);
      },
      voted(vote: SaidVote): void {
        this.state.votes.set(BigInt(this.state.votes.size()), vote);
      },
      lodgements(): readonly (readonly [bigint, readonly Lodged[]])[] {
        return [...this.state.lodged.entries()];
      },
      votes(): readonly SaidVote[] {
        return [...this.state.votes.values()];
      },
      /** By `send`, so in the order in which it was told. */
      say(seat: bigint, method: string, args: readonly unknown[]): void {
        send(this.state.agents.get(seat) as Any, method as never, args as never);
      },
    },
  },
});

const makeSeat = defineActor({
  name: 'HostileSeat',
  state: {
    terms: typed<RoundTerms>(M.record()),
    hand: typed<Any>(M.any()) as unknown as ReturnType<
      typeof typed<{
        took(...args: Any[]): void;
        voted(vote: Any): void;
      }>
    >,
    number: M.nat(),
  },
  init: (terms: RoundTerms, hand: Any, number: bigint) => ({ terms, hand, number }),
  guards: { seat: loose('Seat') },
  facets: {
    seat: {
      terms(): RoundTerms {
        return this.state.terms;
      },
      lodge(agent: Facet<Agent>, lodged: readonly Lodged[]): Any {
        this.state.hand.took(this.state.number, agent, lodged);
        return { ok: true };
      },
      leave(): Any {
        return { ok: true };
      },
      vote(component: number, pass: number, refused: readonly number[]): Any {
        this.state.hand.voted({ seat: this.state.number, component, pass, refused });
        return { ok: true };
      },
      succeeded(): Any {
        return { ok: true };
      },
    },
  },
});

export const make = (_powers: unknown, { terms }: { terms: RoundTerms }): unknown =>
  makeCoordinator(terms).hand;
