/**
 * A clearing round (SPEC C12, 7.3): who has a seat, what was lodged, and how far it is.
 *
 *   lodging ─► freezing ─► clearing ─► reporting ─► settled | nothing | cancelled
 *
 * Convening gives no authority over results: what is matched follows from what both ends lodged, what
 * is cleared from a certificate, and what is decided from the votes of those whom it concerns.
 */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { Clock, DurableMap, Facet, Grantor, Timer, Timestamp } from '@pocas/vat-runtime';
import {
  changed,
  defineActor,
  identityOf,
  makeDurableMap,
  send,
  sha256,
  typed,
} from '@pocas/vat-runtime';
import type {
  JournalKeeper,
  JournalReader,
  JournalWriter,
  Refusal,
} from '@pocas/vat-runtime/actors';
import { makeJournal, once, refuse } from '@pocas/vat-runtime/actors';
import { makeComponent } from './component.ts';
import { makeDesk } from './desk.ts';
import { tellAll } from './reporter.ts';
import type { NetEdge } from './matching.ts';
import { seatsOf } from './components.ts';
import type {
  ComponentEntry,
  Convenor,
  ConvenorView,
  RoundParams,
  RoundPhase,
  RoundPowers,
  RoundPublic,
  RoundTotals,
  RoundView,
  SeatEntry,
  SolverDesk,
} from './facets.ts';
import { ConvenorI, RoundPublicI } from './guards.ts';
import { RoundInsideI, RoundStepsI, SleeperI } from './inside-guards.ts';
import type { ComponentInside, RoundParts, SeatInside } from './inside.ts';
import {
  maxLines,
  maxSeats,
  maxWaits,
  mayHaveBeenAway,
  pageLength,
  rowsPerTurn,
  seatsPerTurn,
} from './limits.ts';
import { match } from './matching.ts';
import {
  packFrozen,
  packLodged,
  packNetwork,
  unpackFrozen,
  unpackLodged,
  unpackNetwork,
} from './network-text.ts';
import type { NextPass } from './passes.ts';
import { nextPass } from './passes.ts';
import { sumsOf } from './proposals.ts';
import { makeSeat } from './seat.ts';
import { termsOf } from './terms.ts';
import type { Edge, FrozenEdge, Lodged, Report, RoundTerms, Seat, Solver } from './types.ts';

/** The end of a wait: of which phase, and the how-manieth it is. */
type Wait = { readonly phase: 'lodging' | 'freezing'; readonly wait: number };

const done = { ok: true } as const;
const shownSeats = 100;
const isOver = (phase: RoundPhase): boolean =>
  phase === 'settled' || phase === 'nothing' || phase === 'cancelled';

const makeRoundKit = defineActor({
  name: 'ClearingRound',
  state: {
    terms: typed<RoundTerms>(M.record()),
    clock: typed<Clock>(M.remotable('clock')),
    timer: typed<Timer>(M.remotable('timer')),
    solvers: typed<readonly Facet<Solver>[]>(M.arrayOf(M.remotable('solver'))),
    grantor: typed<Facet<Grantor> | undefined>(M.opt(M.remotable('grantor'))),
    writer: typed<Facet<JournalWriter>>(M.remotable('writer')),
    keeper: typed<Facet<JournalKeeper>>(M.remotable('keeper')),
    phase: typed<RoundPhase>(M.string()),
    /** When lodging ends. */
    until: M.bigint(),
    /** How it ends, once that is known: nothing is settled after a cancellation. */
    isCancelled: M.boolean(),
    requests: typed<DurableMap<string, unknown>>(M.remotable('map')),
    seats: typed<DurableMap<bigint, Facet<SeatInside>>>(M.remotable('map')),
    /** The seat of each agent, by its identity. */
    agents: typed<DurableMap<string, bigint>>(M.remotable('map')),
    /** What each seat lodged, until it is frozen. */
    lodgings: typed<DurableMap<bigint, string>>(M.remotable('map')),
    lines: M.nat(),
    /** What seats are to lock that were not asked yet. */
    toFreeze: typed<DurableMap<bigint, string>>(M.remotable('map')),
    /** What each seat does not lock, or that it said nothing. */
    refusals: typed<DurableMap<bigint, readonly Edge[] | 'silent'>>(M.remotable('map')),
    awaited: M.nat(),
    /** All edges of the round: `matched`, and `frozen` those which both ends locked. */
    networks: typed<DurableMap<string, string>>(M.remotable('map')),
    components: typed<DurableMap<bigint, Facet<ComponentInside>>>(M.remotable('map')),
    open: M.nat(),
    /** Components that are settled, or that others may have settled. */
    decided: M.nat(),
    /** How often a participant said that something else was decided than here. */
    contradictions: M.nat(),
    totals: typed<RoundTotals>(M.record()),
  },
  init: (powers: RoundPowers, params: RoundParams) => {
    const { clock, timer, solvers, grantor } = powers;
    const terms = termsOf(params, solvers.length);
    const secret = sha256(`pocas clearing journal\n${params.seed}`);
    const { writer, keeper } = makeJournal({ actorTag: terms.tag, clock, secret });
    const totals = { participants: 0n, edges: 0n, lodged: 0n, cleared: 0n, satOut: 0n };
    return {
      terms,
      clock,
      timer,
      solvers: [...solvers],
      grantor,
      writer,
      keeper,
      phase: 'lodging' as const,
      until: clock.now() + terms.lodging,
      isCancelled: false,
      requests: makeDurableMap<string, unknown>(),
      seats: makeDurableMap<bigint, Facet<SeatInside>>(),
      agents: makeDurableMap<string, bigint>(),
      lodgings: makeDurableMap<bigint, string>(),
      lines: 0n,
      toFreeze: makeDurableMap<bigint, string>(),
      refusals: makeDurableMap<bigint, readonly Edge[] | 'silent'>(),
      awaited: 0n,
      networks: makeDurableMap<string, string>(),
      components: makeDurableMap<bigint, Facet<ComponentInside>>(),
      open: 0n,
      decided: 0n,
      contradictions: 0n,
      totals,
    };
  },
  guards: {
    convenor: ConvenorI,
    public: RoundPublicI,
    inside: RoundInsideI,
    steps: RoundStepsI,
    sleeper: SleeperI,
  },
  facets: {
    convenor: {
      view(): ConvenorView {
        const { seats } = this.state;
        const shown = [...seats.values({ limit: shownSeats })].map((seat) => seat.entry());
        return { ...this.facets.public.view(), seats: shown, public: this.facets.public };
      },
      changes(since?: string): Promise<string> {
        const { seats, lodgings } = this.state;
        return changed(since, this.facets.convenor, seats, lodgings);
      },
      invite(label: string, requestId: string): Facet<Seat> | Refusal {
        const { requests, seats, phase } = this.state;
        return once(requests, 'invite', requestId, (): Facet<Seat> | Refusal => {
          if (phase !== 'lodging') return refuse('closed');
          const number = seats.size() + 1;
          if (BigInt(number) > maxSeats) return refuse('quota');
          const { seat, inside } = makeSeat(this.facets.inside, number, label);
          seats.set(BigInt(number), inside);
          return seat;
        });
      },
      inviteLink(label: string, requestId: string): Promise<{ secret: string }> | Refusal {
        const { grantor } = this.state;
        if (grantor === undefined) return refuse('unsupported');
        const seat = this.facets.convenor.invite(label, requestId);
        if ('code' in seat) return seat;
        const asked = E(grantor).sturdy(seat, { label: 'seat in a clearing round' });
        return E.when(asked, (secret) => ({ secret }));
      },
      closeLodging(): typeof done | Refusal {
        if (this.state.phase !== 'lodging') return refuse('closed');
        this.facets.steps.match();
        return done;
      },
      cancel(): typeof done | Refusal {
        const { state } = this;
        const { phase, decided, components, seats } = state;
        if (state.isCancelled) return done;
        if (isOver(phase) || phase === 'reporting' || decided > 0n) return refuse('closed');
        state.isCancelled = true;
        for (const component of components.values()) component.cancel();
        for (const seat of seats.values()) seat.sitOut(false);
        // The last component may have begun the reports.
        if (state.phase === phase) this.facets.steps.beginReports();
        return done;
      },
      public(): Facet<RoundPublic> {
        return this.facets.public;
      },
      desk(): Facet<SolverDesk> {
        return makeDesk(this.facets.inside);
      },
      reader(): Facet<JournalReader> {
        return this.state.keeper.reader('P1');
      },
      seats(from: bigint): readonly SeatEntry[] {
        const { seats } = this.state;
        return [...seats.values({ from, limit: pageLength })].map((seat) => seat.entry());
      },
      components(from: bigint): readonly ComponentEntry[] {
        const { components } = this.state;
        return [...components.values({ from, limit: pageLength })].map((one) => one.entry());
      },
    },
    public: {
      view(): RoundView {
        const { terms, phase, seats, lodgings, open, contradictions, totals } = this.state;
        const { title, unit } = terms;
        const lodged = phase === 'lodging' ? BigInt(lodgings.size()) : totals.participants;
        const invited = BigInt(seats.size());
        return {
          title,
          unit,
          phase,
          invited,
          lodged,
          open,
          ...(contradictions > 0n ? { contradictions } : {}),
          ...(isOver(phase) ? { totals, cleared: totals.cleared } : {}),
        };
      },
      changes(since?: string): Promise<string> {
        const { seats, lodgings } = this.state;
        return changed(since, this.facets.public, seats, lodgings);
      },
      terms(): RoundTerms {
        return this.state.terms;
      },
    },
    inside: {
      parts(): RoundParts {
        const { terms, clock, timer, solvers } = this.state;
        return { terms, clock, timer, solvers };
      },
      phase(): RoundPhase {
        return this.state.phase;
      },
      mayLodge(): boolean {
        const { phase, clock, until } = this.state;
        return phase === 'lodging' && clock.now() < until;
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
      froze(seat: number, refused: readonly Edge[] | undefined): void {
        const { state } = this;
        if (state.phase !== 'freezing') return;
        if (refused === undefined) state.refusals.set(BigInt(seat), 'silent');
        else if (refused.length > 0) state.refusals.set(BigInt(seat), refused);
        state.awaited -= 1n;
        if (state.awaited === 0n) this.facets.steps.clear();
      },
      seat(number: number): Facet<SeatInside> {
        return this.state.seats.get(BigInt(number))!;
      },
      seatsFrom(number: bigint, limit: number): readonly (readonly [bigint, Facet<SeatInside>])[] {
        return [...this.state.seats.entries({ from: number, limit })];
      },
      component(number: number): Facet<ComponentInside> | undefined {
        if (!Number.isSafeInteger(number) || number < 1) return undefined;
        return this.state.components.get(BigInt(number));
      },
      frozen(): readonly NetEdge[] {
        const text = this.state.networks.get('frozen');
        return text === undefined ? [] : unpackNetwork(text);
      },
      ended(outcome: Report['outcome'], totals: RoundTotals): void {
        this.state.totals = totals;
        this.state.phase = outcome;
        this.facets.inside.note('finished', { outcome, ...totals });
      },
      over(component: number, next?: Pick<NextPass, 'components' | 'struck'>): void {
        const { state } = this;
        const { pass, phase } = this.facets.inside.component(component)!.entry();
        if (phase === 'settled' || phase === 'left') state.decided += 1n;
        if (next !== undefined) this.facets.steps.start(next, pass + 1);
        state.open -= 1n;
        if (state.open === 0n) this.facets.steps.beginReports();
      },
      note(kind: string, facts: object): void {
        if (kind === 'contradiction') this.state.contradictions += 1n;
        this.state.writer.record(kind, facts, 'P1');
      },
    },
    steps: {
      begin(): void {
        const { timer, until } = this.state;
        timer.wakeAt<Wait>(until, this.facets.sleeper, { phase: 'lodging', wait: 1 });
      },
      /** Lodging is over: what both ends lodged is matched, and each is asked to lock it. */
      match(): void {
        const { state } = this;
        const { lodgings, networks, toFreeze } = state;
        const lodgements = [...lodgings.entries()].map(([seat, text]) => ({
          seat: Number(seat),
          lodged: unpackLodged(text),
        }));
        const matched = match(lodgements);
        for (const { seat } of lodgements) lodgings.delete(BigInt(seat));
        networks.set('matched', packNetwork(matched));
        const { lodged } = sumsOf(matched, []);
        const participants = BigInt(lodgements.length);
        const edges = BigInt(matched.length);
        const satOut = BigInt(seatsOf(matched).length);
        state.totals = { ...state.totals, participants, edges, lodged, satOut };
        const frozen = new Map<number, FrozenEdge[]>(lodgements.map(({ seat }) => [seat, []]));
        for (const { edge, origin, isLine, version, cap: max, from, to } of matched) {
          const one = { edge, origin, kind: isLine ? 'line' : 'obligation', version, max } as const;
          frozen.get(from)!.push({ ...one, end: 'from' });
          frozen.get(to)!.push({ ...one, end: 'to' });
        }
        for (const [seat, own] of frozen) {
          if (own.length > 0) toFreeze.set(BigInt(seat), packFrozen(own));
        }
        state.awaited = BigInt(toFreeze.size());
        state.phase = 'freezing';
        this.facets.inside.note('frozen', { participants, edges, lodged });
        if (state.awaited === 0n) this.facets.steps.clear();
        else this.facets.steps.freeze();
      },
      /** Asks some seats to lock, and goes on with others in the next turn. */
      freeze(): void {
        const { phase, toFreeze, seats, clock, timer, terms } = this.state;
        if (phase !== 'freezing') return;
        let rows = 0;
        for (const [seat, text] of toFreeze.entries({ limit: seatsPerTurn })) {
          if (rows >= rowsPerTurn) break;
          const own = unpackFrozen(text);
          seats.get(seat)!.freeze(own);
          toFreeze.delete(seat);
          rows += own.length;
        }
        if (toFreeze.size() > 0) {
          send(this.facets.steps, 'freeze', []);
          return;
        }
        const wait: Wait = { phase: 'freezing', wait: 1 };
        timer.wakeAt(clock.now() + terms.patience, this.facets.sleeper, wait);
      },
      /** What is locked at both ends falls into components, and each goes its own way. */
      clear(): void {
        const { state } = this;
        const { seats, refusals, networks } = state;
        const refused = new Set<Edge>();
        const silent = new Set<number>();
        for (const [seat, what] of refusals.entries()) {
          if (what === 'silent') silent.add(Number(seat));
          else for (const edge of what) refused.add(edge);
        }
        const matched = unpackNetwork(networks.get('matched')!);
        for (const number of seatsOf(matched)) {
          if (seats.get(BigInt(number))!.isLate()) silent.add(number);
        }
        const frozen = matched.filter(
          ({ edge, from, to }) => !refused.has(edge) && !silent.has(from) && !silent.has(to),
        );
        networks.set('frozen', packNetwork(frozen));
        for (const number of silent) seats.get(BigInt(number))!.sitOut(true);
        const none = new Set<number>();
        const { components } = nextPass(frozen, { refused: none, silent: none, struck: none });
        const kept = new Map<number, Edge[]>(seatsOf(matched).map((seat) => [seat, []]));
        for (const { edge, from, to } of components.flat()) {
          kept.get(from)!.push(edge);
          kept.get(to)!.push(edge);
        }
        for (const [number, edges] of kept) {
          const seat = seats.get(BigInt(number))!;
          if (edges.length > 0) seat.keep(edges);
          else seat.sitOut(false);
        }
        state.phase = 'clearing';
        if (components.length === 0) this.facets.steps.beginReports();
        else this.facets.steps.start({ components, struck: [] }, 1);
      },
      start({ components, struck }: Pick<NextPass, 'components' | 'struck'>, pass: number): void {
        const { state } = this;
        const begun: Facet<ComponentInside>[] = [];
        for (const edges of components) {
          const number = state.components.size() + 1;
          const component = makeComponent(this.facets.inside, number, pass);
          state.components.set(BigInt(number), component);
          state.open += 1n;
          component.begin(edges, struck);
          begun.push(component);
        }
        for (const component of begun) {
          try {
            component.solve();
          } catch {
            // One that solvers cannot take holds up no other.
            component.giveUp();
          }
        }
      },
      /** All is decided; now it is told. */
      beginReports(): void {
        const { state } = this;
        const { isCancelled, decided, totals } = state;
        const outcome = isCancelled ? 'cancelled' : decided > 0n ? 'settled' : 'nothing';
        state.phase = 'reporting';
        tellAll(this.facets.inside, outcome, totals);
      },
    },
    sleeper: {
      wake({ phase, wait }: Wait, at: Timestamp): void {
        const { state } = this;
        const { clock, timer, terms } = state;
        const now = clock.now();
        if (state.phase !== phase) return;
        if (wait <= maxWaits && mayHaveBeenAway(now, at, terms.patience)) {
          const until = now + terms.patience;
          if (phase === 'lodging') state.until = until;
          timer.wakeAt<Wait>(until, this.facets.sleeper, { phase, wait: wait + 1 });
        } else if (phase === 'lodging') this.facets.steps.match();
        else this.facets.steps.clear();
      },
    },
  },
  readOnly: ['convenor.changes', 'public.changes'],
});

/** Announces a round: lodging begins. */
export const makeRound = (powers: RoundPowers, params: RoundParams): Facet<Convenor> => {
  const { convenor, steps } = makeRoundKit(powers, params);
  steps.begin();
  return convenor;
};
