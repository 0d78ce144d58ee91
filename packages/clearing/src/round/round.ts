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
import type { Clock, DurableMap, Facet, Grantor, Timer } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, sha256, typed } from '@pocas/vat-runtime';
import { minuteOf } from '@pocas/vat-runtime/verify';
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
import { componentsOf, edgesBySeat } from './components.ts';
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
import { RoundInsideI, RoundStepsI } from './inside-guards.ts';
import type { ComponentInside, LodgingInside, RoundParts, SeatInside } from './inside.ts';
import { maxSeats, pageLength } from './limits.ts';
import { openLodging } from './lodging.ts';
import { packNetwork, unpackNetwork } from './network-text.ts';
import type { NextPass } from './passes.ts';
import { makeSeat } from './seat.ts';
import { termsOf } from './terms.ts';
import type { Report, RoundTerms, Seat, Solver } from './types.ts';

const done = { ok: true } as const;
const shownSeats = 100;
const minutesOf = (length: bigint): bigint => (length + 59_999n) / 60_000n;
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
    lodging: typed<Facet<LodgingInside> | undefined>(M.opt(M.remotable('lodging'))),
    /** How it ends, once that is known: nothing is settled after a cancellation. */
    isCancelled: M.boolean(),
    requests: typed<DurableMap<string, unknown>>(M.remotable('map')),
    seats: typed<DurableMap<bigint, Facet<SeatInside>>>(M.remotable('map')),
    /** All edges that both ends locked: `frozen`. Large, so not among what changes often. */
    texts: typed<DurableMap<'frozen', string>>(M.remotable('map')),
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
      lodging: undefined as Facet<LodgingInside> | undefined,
      isCancelled: false,
      requests: makeDurableMap<string, unknown>(),
      seats: makeDurableMap<bigint, Facet<SeatInside>>(),
      texts: makeDurableMap<'frozen', string>(),
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
  },
  facets: {
    convenor: {
      view(): ConvenorView {
        const { seats } = this.state;
        const shown = [...seats.values({ limit: shownSeats })].map((seat) => seat.entry());
        return { ...this.facets.public.view(), seats: shown, public: this.facets.public };
      },
      changes(since?: string): Promise<string> {
        const { seats, lodging } = this.state;
        return changed(since, this.facets.convenor, seats, lodging!);
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
      inviteLink(
        label: string,
        requestId: string,
      ): Promise<{ secret: string; toPaste: true }> | Refusal {
        const { grantor } = this.state;
        if (grantor === undefined) return refuse('unsupported');
        const seat = this.facets.convenor.invite(label, requestId);
        if ('code' in seat) return seat;
        const asked = E(grantor).sturdy(seat, { label: 'seat in a clearing round' });
        return E.when(asked, (secret) => ({ secret, toPaste: true as const }));
      },
      closeLodging(): typeof done | Refusal {
        return this.state.lodging!.close() ? done : refuse('closed');
      },
      cancel(): typeof done | Refusal {
        const { state } = this;
        const { phase, decided, components, seats } = state;
        if (state.isCancelled) return done;
        if (isOver(phase) || phase === 'reporting' || decided > 0n) return refuse('closed');
        state.isCancelled = true;
        state.lodging!.cancel();
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
        const { terms, phase, seats, lodging, open, contradictions, totals } = this.state;
        const { title, unit } = terms;
        const lodged = phase === 'lodging' ? lodging!.count() : totals.participants;
        const invited = BigInt(seats.size());
        return {
          title,
          unit,
          phase,
          invited,
          lodged,
          open,
          patience: minutesOf(terms.patience),
          ...(phase === 'lodging' ? { until: minuteOf(lodging!.until()) } : {}),
          ...(contradictions > 0n ? { contradictions } : {}),
          ...(isOver(phase) ? { totals, cleared: totals.cleared } : {}),
        };
      },
      changes(since?: string): Promise<string> {
        const { seats, lodging } = this.state;
        return changed(since, this.facets.public, seats, lodging!);
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
      lodging(): Facet<LodgingInside> {
        return this.state.lodging!;
      },
      matched(totals: RoundTotals): void {
        this.state.totals = totals;
        this.state.phase = 'freezing';
        const { participants, edges, lodged } = totals;
        this.facets.inside.note('frozen', { participants, edges, lodged });
      },
      clear(seats: readonly number[], frozen: readonly NetEdge[]): void {
        const { state } = this;
        const components = componentsOf(frozen);
        const kept = edgesBySeat(components.flat());
        for (const number of seats) {
          const seat = this.facets.inside.seat(number);
          const edges = kept.get(number);
          if (edges === undefined) seat.sitOut(false);
          else seat.keep(edges);
        }
        state.texts.set('frozen', packNetwork(frozen));
        state.phase = 'clearing';
        if (components.length === 0) this.facets.steps.beginReports();
        else this.facets.steps.start({ components, struck: [] }, 1);
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
        return unpackNetwork(this.state.texts.get('frozen') ?? '[]');
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
      open(): void {
        this.state.lodging = openLodging(this.facets.inside);
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
  },
  readOnly: ['convenor.changes', 'public.changes'],
});

/** Announces a round: lodging begins. */
export const makeRound = (powers: RoundPowers, params: RoundParams): Facet<Convenor> => {
  const { convenor, steps } = makeRoundKit(powers, params);
  steps.open();
  return convenor;
};
