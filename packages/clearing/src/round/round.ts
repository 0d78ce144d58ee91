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
import { packProblem } from '../setoff/packed.ts';
import { makeComponent } from './component.ts';
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
import { ConvenorI, RoundPublicI, SolverDeskI } from './guards.ts';
import { AskerI, RoundInsideI, RoundStepsI, SleeperI } from './inside-guards.ts';
import type { ComponentInside, RoundParts, SeatInside } from './inside.ts';
import { maxLines, maxSeats, maxWaits, mayHaveBeenAway, reportsPerTurn } from './limits.ts';
import { match } from './matching.ts';
import { packLodged, packNetwork, unpackLodged, unpackNetwork } from './network-text.ts';
import type { NextPass } from './passes.ts';
import { nextPass } from './passes.ts';
import type { PaymentPlan } from './payments.ts';
import { paymentsBySeat, planFor, remainsOf } from './payments.ts';
import { sumsOf } from './proposals.ts';
import { ask } from './question.ts';
import { loopsBySeat, packLoops, unpackLoops } from './report.ts';
import { makeSeat } from './seat.ts';
import { termsOf } from './terms.ts';
import type { Edge, FrozenEdge, Lodged, Report, RoundTerms, Seat, Solver } from './types.ts';

/** The end of a wait: of which phase, and the how-manieth it is. */
type Wait = { readonly phase: 'lodging' | 'freezing'; readonly wait: number };

const done = { ok: true } as const;
const pageLength = 200;
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
    /** What each seat does not lock, or that it said nothing. */
    refusals: typed<DurableMap<bigint, readonly Edge[] | 'silent'>>(M.remotable('map')),
    awaited: M.nat(),
    /** All edges of the round: `matched`, `frozen` those which both ends locked, `remaining` what is owed after it. */
    networks: typed<DurableMap<string, string>>(M.remotable('map')),
    components: typed<DurableMap<bigint, Facet<ComponentInside>>>(M.remotable('map')),
    open: M.nat(),
    /** Components that are settled, or that others may have settled. */
    decided: M.nat(),
    /** The loops of each seat, for its report. */
    loops: typed<DurableMap<bigint, string>>(M.remotable('map')),
    isPlanning: M.boolean(),
    payments: typed<DurableMap<bigint, Report['payments']>>(M.remotable('map')),
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
      refusals: makeDurableMap<bigint, readonly Edge[] | 'silent'>(),
      awaited: 0n,
      networks: makeDurableMap<string, string>(),
      components: makeDurableMap<bigint, Facet<ComponentInside>>(),
      open: 0n,
      decided: 0n,
      loops: makeDurableMap<bigint, string>(),
      isPlanning: false,
      payments: makeDurableMap<bigint, Report['payments']>(),
      totals,
    };
  },
  guards: {
    convenor: ConvenorI,
    public: RoundPublicI,
    desk: SolverDeskI,
    inside: RoundInsideI,
    steps: RoundStepsI,
    plan: AskerI,
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
        this.facets.steps.freeze();
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
        return this.facets.desk;
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
        const { terms, phase, seats, lodgings, open, totals } = this.state;
        const { title, unit } = terms;
        const lodged = phase === 'lodging' ? BigInt(lodgings.size()) : totals.participants;
        const invited = BigInt(seats.size());
        const view = { title, unit, phase, invited, lodged, open };
        return isOver(phase) ? { ...view, totals } : view;
      },
      changes(since?: string): Promise<string> {
        const { seats, lodgings } = this.state;
        return changed(since, this.facets.public, seats, lodgings);
      },
      terms(): RoundTerms {
        return this.state.terms;
      },
    },
    desk: {
      open(from: bigint): readonly ComponentEntry[] {
        const { components } = this.state;
        const open: ComponentEntry[] = [];
        for (const component of components.values({ from })) {
          if (component.phase() === 'solving') open.push(component.entry());
          if (open.length === pageLength) break;
        }
        return open;
      },
      problem(component: number): { readonly ok: true; readonly problem: string } | Refusal {
        const problem = this.facets.steps.component(component)?.problem();
        return problem === undefined ? refuse('closed') : { ok: true, problem };
      },
      propose(component: number, solution: string): typeof done | Refusal {
        const asking = this.facets.steps.component(component);
        if (asking?.phase() !== 'solving') return refuse('closed');
        return asking.offer(solution) ? done : refuse('invalid');
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
      over(component: number, next?: Pick<NextPass, 'components' | 'struck'>): void {
        const { state } = this;
        const ended = this.facets.steps.component(component)!;
        const { pass, phase } = ended.entry();
        if (phase === 'settled' || phase === 'left') state.decided += 1n;
        if (next !== undefined) this.facets.steps.start(next, pass + 1);
        state.open -= 1n;
        if (state.open === 0n) this.facets.steps.beginReports();
      },
      note(kind: string, facts: object): void {
        this.state.writer.record(kind, facts, 'P1');
      },
    },
    steps: {
      begin(): void {
        const { timer, until } = this.state;
        timer.wakeAt<Wait>(until, this.facets.sleeper, { phase: 'lodging', wait: 1 });
      },
      component(number: number): Facet<ComponentInside> | undefined {
        if (!Number.isSafeInteger(number) || number < 1) return undefined;
        return this.state.components.get(BigInt(number));
      },
      /** Lodging is over: what both ends lodged is matched, and each is asked to lock it. */
      freeze(): void {
        const { state } = this;
        const { lodgings, seats, networks, clock, timer, terms } = state;
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
          if (own.length === 0) continue;
          seats.get(BigInt(seat))!.freeze(own);
          state.awaited += 1n;
        }
        state.phase = 'freezing';
        this.facets.inside.note('frozen', { participants, edges, lodged });
        if (state.awaited === 0n) {
          this.facets.steps.clear();
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
        for (const edges of components) {
          const number = state.components.size() + 1;
          const component = makeComponent(this.facets.inside, number, pass);
          state.components.set(BigInt(number), component);
          state.open += 1n;
          component.begin(edges, struck);
        }
      },
      /** All is decided. What is told of it takes a turn for each component, and one for some seats each. */
      beginReports(): void {
        const { state } = this;
        state.phase = 'reporting';
        send(this.facets.steps, 'addUp', [1n]);
      },
      addUp(number: bigint): void {
        const { state } = this;
        const { components, loops } = state;
        const component = components.get(number);
        if (component === undefined) {
          this.facets.steps.planPayments();
          return;
        }
        const { phase, network, cleared } = component.result();
        if (phase === 'settled') {
          const { totals } = state;
          const own = loopsBySeat(network, cleared);
          state.totals = {
            ...totals,
            cleared: totals.cleared + sumsOf(network, cleared).cleared,
            satOut: totals.satOut - BigInt(own.size),
          };
          for (const [seat, some] of own) loops.set(BigInt(seat), packLoops(some));
        }
        send(this.facets.steps, 'addUp', [number + 1n]);
      },
      planPayments(): void {
        const { state } = this;
        const { networks, components, isCancelled } = state;
        if (!isCancelled && networks.has('frozen')) {
          const cleared = new Map<Edge, bigint>();
          for (const component of components.values()) {
            const result = component.result();
            result.network.forEach(({ edge }, i) => {
              if (result.phase === 'settled') cleared.set(edge, result.cleared[i]!);
            });
          }
          const frozen = unpackNetwork(networks.get('frozen')!);
          networks.set('remaining', packNetwork(remainsOf(frozen, cleared)));
          state.isPlanning = this.facets.steps.plan() !== undefined;
        }
        if (state.isPlanning) ask(this.facets.inside, 'payments', this.facets.plan);
        else send(this.facets.steps, 'report', [1n]);
      },
      plan(): PaymentPlan | undefined {
        const { networks, seats } = this.state;
        const remaining = unpackNetwork(networks.get('remaining')!);
        return planFor(remaining, (seat) => seats.get(BigInt(seat))!.wishes());
      },
      report(from: bigint): void {
        const { state } = this;
        const { seats, loops, payments, totals, isCancelled, decided } = state;
        const outcome = isCancelled ? 'cancelled' : decided > 0n ? 'settled' : 'nothing';
        let next = from;
        for (const [number, seat] of seats.entries({ from, limit: reportsPerTurn })) {
          next = number + 1n;
          if (seat.wishes() === undefined) continue;
          const own = loops.get(number);
          const report: Report = {
            outcome,
            totals,
            loops: own === undefined ? [] : unpackLoops(own),
            payments: payments.get(number) ?? [],
          };
          seat.finish(report);
        }
        if (seats.has(next)) {
          send(this.facets.steps, 'report', [next]);
          return;
        }
        state.phase = outcome;
        this.facets.inside.note('finished', { outcome, ...totals });
      },
    },
    /** Asks for a plan of payments. Without one the round ends as well. */
    plan: {
      problem(): string | undefined {
        if (!this.state.isPlanning) return undefined;
        return packProblem(this.facets.steps.plan()!.problem);
      },
      offer(packed: unknown): boolean {
        const { state } = this;
        if (!state.isPlanning) return false;
        const remaining = unpackNetwork(state.networks.get('remaining')!);
        const payments = paymentsBySeat(remaining, this.facets.steps.plan()!, packed);
        if (payments === undefined) return false;
        for (const [seat, own] of payments) state.payments.set(BigInt(seat), own);
        this.facets.plan.giveUp();
        return true;
      },
      giveUp(): void {
        this.state.isPlanning = false;
        send(this.facets.steps, 'report', [1n]);
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
        } else if (phase === 'lodging') this.facets.steps.freeze();
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
