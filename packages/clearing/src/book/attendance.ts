/**
 * A poca's part in one clearing round (SPEC C12; docs/decisions/0014-clearing.md).
 *
 * It believes nobody: not the coordinator, which holds its `agent`, nor a neighbour. Nothing is
 * reduced that was not lodged, locked, checked and compared here first; and nothing is locked for
 * longer than the terms say, unless this poca has voted ready and the decision is under way.
 */
import { M, matches } from '@endo/patterns';
import type { Clock, Facet, SendFailure, Timer } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, send, typed } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import { refuse } from '@pocas/vat-runtime/actors';
import type { CounterpartyInside } from '../obligation/types.ts';
import { type Outcome, begin, heard, isBound, newMember, told } from '../round/succession.ts';
import type {
  Edge,
  FrozenEdge,
  Proposal,
  Report,
  RoundTerms,
  Seat,
  Wishes,
} from '../round/types.ts';
import { AgentI, AttendanceInsideI, HearsI, SleeperI, TalkShape } from './attendance-guards.ts';
import {
  type Alarm,
  type AttendanceState,
  type Self,
  boundEdges,
  endIfDone,
  free,
  isCount,
  keep,
  keepSucceeded,
  keyOf,
  lockedOf,
  note,
  partsOf,
  roundTopic,
  voidPart,
  vote,
} from './attendance-steps.ts';
import type {
  AttendanceInside,
  AttendanceOptions,
  AttendanceOwner,
  AttendancePhase,
  Entry,
  Explained,
  Held,
  Oddity,
  Part,
  Summary,
} from './attendance-types.ts';
import { explained } from './explained.ts';
import type { SaidRows } from './proposal.ts';
import { sayings } from './proposal.ts';

type Done = { readonly ok: true };
type Powers = {
  readonly clock: Clock;
  readonly timer: Timer;
  readonly owner: Facet<AttendanceOwner>;
};

const done: Done = { ok: true };

/**
 * Proposals of one round that are kept, each of up to 500 rows: all of them are read whenever
 * something happens, and when the locks end. An honest coordinator makes one for each pass.
 */
const maxParts = 30;

/** What of a proposal touches one that came before. */
const standsBefore = (self: Self, proposal: Proposal): Part[] => {
  const edges = new Set(proposal.rows.map(({ edge }) => edge));
  return partsOf(self).filter(
    (part) =>
      part.proposal.component === proposal.component ||
      part.proposal.rows.some(({ edge }) => edges.has(edge)),
  );
};

const isFinal = ({ member: { stage } }: Part): boolean =>
  stage === 'settled' || stage === 'released';

/** Where this poca stands in a component: whom it has to do with there. */
const placeIn = (self: Self, { rows, parent, children }: Proposal) => {
  const locked = lockedOf(self);
  const neighbourAt = (edge: Edge) => locked(edge)?.neighbour;
  const known = (edges: readonly Edge[]): bigint[] => [
    ...new Set(edges.map(neighbourAt).filter((neighbour) => neighbour !== undefined)),
  ];
  return {
    neighbours: known(rows.map(({ edge }) => edge)),
    parent: parent === undefined ? undefined : neighbourAt(parent),
    children: known(children),
  };
};

/** Locks one edge, if it is one that was lodged and is still as it was. @returns whether it did */
const lockEdge = ({ state }: Self, frozen: FrozenEdge, origins: Set<string>): boolean => {
  const { edge, origin, kind, end, version, max } = frozen;
  const entry = state.entries.get(origin);
  if (entry === undefined || origins.has(origin) || state.edges.has(BigInt(edge))) return false;
  const { lodged, lodgeable } = entry;
  const isAsLodged =
    kind === lodged.kind && end === lodged.end && version === lodged.version && max <= lodged.max;
  if (!isAsLodged || max === 0n) return false;
  const lock = lodgeable.lock(state.terms.tag, version, max);
  if (!lock.ok) return false;
  origins.add(origin);
  const counterparty = lodgeable.counterparty();
  const neighbour = counterparty.number();
  state.neighbours.set(neighbour, counterparty);
  state.edges.set(BigInt(edge), {
    frozen: { edge, origin, kind, end, version, max },
    neighbour,
    setoff: lock.setoff,
    cleared: 0n,
    why: 'locked',
  });
  return true;
};

const makeAttendanceKit = defineActor({
  name: 'Attendance',
  state: {
    number: M.nat(),
    terms: typed<RoundTerms>(M.record()),
    seat: typed<Facet<Seat>>(M.remotable('seat')),
    wishes: typed<Wishes>(M.record()),
    doubt: M.nat(),
    owner: typed<Facet<AttendanceOwner>>(M.remotable('book')),
    clock: typed<Clock>(M.remotable('clock')),
    timer: typed<Timer>(M.remotable('timer')),
    entries: typed<AttendanceState['entries']>(M.remotable('entries')),
    edges: typed<AttendanceState['edges']>(M.remotable('edges')),
    neighbours: typed<AttendanceState['neighbours']>(M.remotable('neighbours')),
    parts: typed<AttendanceState['parts']>(M.remotable('parts')),
    heard: typed<AttendanceState['heard']>(M.remotable('heard')),
    phase: typed<AttendancePhase>(M.or('lodged', 'refused', 'frozen', 'over')),
    expires: M.nat(),
    report: typed<Report | undefined>(M.opt(M.record())),
    cleared: M.nat(),
    oddities: typed<readonly Oddity[]>(M.array()),
  },
  init: (
    { clock, timer, owner }: Powers,
    { number, terms, seat, wishes, doubt, entries: chosen }: AttendanceOptions,
  ) => {
    const entries = makeDurableMap<string, Entry>();
    for (const entry of chosen) entries.set(entry.lodged.origin, entry);
    return {
      number,
      terms,
      seat,
      wishes,
      doubt,
      owner,
      clock,
      timer,
      entries,
      edges: makeDurableMap<bigint, Held>(),
      neighbours: makeDurableMap<bigint, Facet<CounterpartyInside>>(),
      parts: makeDurableMap<string, Part>(),
      heard: makeDurableMap<bigint, SaidRows>(),
      phase: 'lodged' as AttendancePhase,
      expires: 0n,
      report: undefined as Report | undefined,
      cleared: 0n,
      oddities: [] as readonly Oddity[],
    };
  },
  guards: {
    agent: AgentI,
    votes: HearsI,
    lodging: HearsI,
    sleeper: SleeperI,
    inside: AttendanceInsideI,
  },
  facets: {
    agent: {
      freeze(
        frozen: readonly FrozenEdge[],
        lock: bigint,
      ): (Done & { readonly refused: readonly Edge[] }) | Refusal {
        const { state } = this;
        if (state.phase !== 'lodged') return refuse('closed');
        const { terms, clock, timer } = state;
        state.phase = 'frozen';
        state.expires = clock.now() + (lock < terms.lock ? lock : terms.lock);
        const refused: Edge[] = [];
        const origins = new Set<string>();
        for (const one of frozen) {
          if (!isCount(one.edge) || !lockEdge(this, one, origins)) refused.push(one.edge);
        }
        timer.wakeAt(state.expires, this.facets.sleeper, { kind: 'lock' } satisfies Alarm);
        endIfDone(this);
        return { ok: true, refused };
      },
      propose(proposal: Proposal): Done | Refusal {
        const { state, facets } = this;
        const { component, pass, rows, depth } = proposal;
        if (state.phase !== 'frozen') return refuse('closed');
        const before = standsBefore(this, proposal).filter((part) => {
          return !isFinal(part) || part.proposal.component === component;
        });
        if (before.some((part) => part.proposal.pass >= pass)) return refuse('stale');
        if (before.some((part) => isFinal(part) || part.member.stage === 'promised')) {
          return refuse('closed');
        }
        const isOne = isCount(component) && isCount(depth) && isCount(pass) && pass > 0;
        const locked = lockedOf(this);
        if (!isOne || pass > state.terms.maxPasses || !rows.some(({ edge }) => locked(edge))) {
          note(this, 'noProposal');
          return refuse('invalid');
        }
        if (state.parts.size() >= maxParts) return refuse('quota');
        for (const part of before) voidPart(this, part);
        const now = state.clock.now();
        if (now >= state.expires) {
          endIfDone(this);
          return refuse('expired');
        }
        for (const [neighbour, said] of sayings(proposal, locked)) {
          const talk = { tag: state.terms.tag, kind: 'rows' as const, rows: said };
          state.neighbours.get(neighbour)!.tell(roundTopic, talk);
        }
        const place = placeIn(this, proposal);
        const part: Part = { proposal, place, member: newMember, refused: [] };
        state.parts.set(keyOf(component, pass), part);
        const alarm: Alarm = { kind: 'compare', component, pass };
        state.timer.wakeAt(now + state.terms.patience / 2n, facets.sleeper, alarm);
        vote(this, part, false);
        return done;
      },
      drop(edges: readonly Edge[]): Done | Refusal {
        const bound = boundEdges(this);
        if (edges.some((edge) => bound.has(edge))) {
          note(this, 'dropBound');
          return refuse('conflict');
        }
        for (const part of partsOf(this)) {
          const isHit = part.proposal.rows.some(({ edge }) => edges.includes(edge));
          if (part.member.stage === 'open' && isHit) voidPart(this, part);
        }
        for (const edge of edges) if (isCount(edge)) free(this, edge, 'dropped');
        endIfDone(this);
        return done;
      },
      settle(component: number, pass: number): Done | Refusal {
        const part = this.state.parts.get(keyOf(component, pass));
        if (part === undefined) {
          note(this, 'settleUnknown');
          return refuse('notYet');
        }
        const step = told(part.place, part.member, 'settle');
        keep(this, part, step);
        endIfDone(this);
        if (step.answer === 'ok') return done;
        if (step.answer === 'notYet') {
          note(this, 'settleUnagreed');
        } else if (step.answer === 'conflict') {
          note(this, 'settleReleased');
        }
        return refuse(step.answer);
      },
      release(component: number, pass: number): Done | Refusal {
        // The newest that was proposed here: the coordinator may be a pass ahead.
        const part = partsOf(this)
          .filter((one) => one.proposal.component === component && one.proposal.pass <= pass)
          .sort((a, b) => b.proposal.pass - a.proposal.pass)[0];
        if (part === undefined) return done;
        const step = told(part.place, part.member, 'release');
        keep(this, part, step);
        endIfDone(this);
        if (step.answer === 'ok') return done;
        if (step.answer === 'conflict') {
          note(this, 'releaseSettled');
        }
        return refuse(step.answer);
      },
      finish(report: Report): Done | Refusal {
        const { state } = this;
        if (state.report !== undefined) return refuse('closed');
        state.report = report;
        const { phase } = state;
        if (phase === 'frozen') endIfDone(this);
        else if (phase === 'lodged') state.phase = 'over';
        // Where it ended just now, its owner has been told already, with the report there.
        const isTold = phase === 'frozen' && this.state.phase !== 'frozen';
        if (!isTold) state.owner.ended(state.number);
        return done;
      },
    },
    votes: {
      fulfilled(_answer: unknown, _ctx: unknown): void {
        // A refused vote alone unbinds nobody: what comes of it is told.
      },
      rejected({ code }: SendFailure, { component, pass }: { component: number; pass: number }) {
        // Perhaps it was counted, so its decision may be under way.
        if (code === 'unknown') return;
        const part = this.state.parts.get(keyOf(component, pass));
        if (part?.member.stage !== 'ready') return;
        voidPart(this, part);
        endIfDone(this);
      },
    },
    lodging: {
      fulfilled(answer: unknown): void {
        const { state } = this;
        if (state.phase !== 'lodged' || matches(answer, M.splitRecord({ ok: true }))) return;
        note(this, 'notAdmitted');
        state.phase = 'refused';
        state.owner.ended(state.number);
      },
      rejected(_failure: SendFailure): void {
        const { state } = this;
        if (state.phase !== 'lodged') return;
        note(this, 'unreachable');
        state.phase = 'refused';
        state.owner.ended(state.number);
      },
    },
    sleeper: {
      wake(alarm: Alarm, at: bigint): void {
        const { state, facets } = this;
        const { patience } = state.terms;
        const now = state.clock.now();
        if (alarm.kind === 'lodging') {
          if (state.phase !== 'lodged') return;
          note(this, 'unheard');
          state.phase = 'over';
          return state.owner.ended(state.number);
        }
        if (alarm.kind === 'lock') return endIfDone(this);
        const part = state.parts.get(keyOf(alarm.component, alarm.pass));
        if (part === undefined) return;
        if (alarm.kind === 'doubt') {
          if (isBound(part.member)) note(this, 'noDecision');
          return keepSucceeded(this, part, begin(part.place, part.member));
        }
        // Where this node slept over it, what others said may still wait behind this.
        if (alarm.again !== true && now > at + patience / 4n) {
          state.timer.wakeAt(now + patience / 2n, facets.sleeper, { ...alarm, again: true });
          return;
        }
        vote(this, part, true);
      },
    },
    inside: {
      lodge(): void {
        const { state, facets } = this;
        const { terms, clock, timer, seat, wishes, entries } = state;
        const lodged = [...entries.values()].map((entry) => entry.lodged);
        send(seat, 'lodge', [facets.agent, lodged, wishes], { then: facets.lodging, ctx: 0n });
        const alarm: Alarm = { kind: 'lodging' };
        timer.wakeAt(clock.now() + terms.lodging + terms.lock, facets.sleeper, alarm);
      },
      heard(said: unknown, from: bigint): unknown {
        const { state } = this;
        if (!matches(said, TalkShape)) return refuse('invalid');
        if (!state.neighbours.has(from)) return refuse('closed');
        if (said.kind === 'rows') {
          const { rows } = said;
          if (!isCount(rows.pass) || rows.pass > state.terms.maxPasses) return refuse('invalid');
          const last = state.heard.get(from);
          if (last !== undefined && last.pass > rows.pass) return refuse('stale');
          state.heard.set(from, rows);
          const part = state.parts.get(keyOf(rows.component, rows.pass));
          if (part !== undefined) vote(this, part, false);
          return done;
        }
        const part = state.parts.get(keyOf(said.component, said.pass));
        if (part === undefined || !part.place.neighbours.includes(from)) return refuse('closed');
        keepSucceeded(this, part, heard(part.place, part.member, from, said.said));
        return done;
      },
      explain(): Explained {
        return explained(this.state);
      },
      summary(): Summary {
        const { terms, phase, cleared } = this.state;
        return { title: terms.title, unit: terms.unit, phase, cleared };
      },
      phase(): AttendancePhase {
        return this.state.phase;
      },
      inDoubt(): boolean {
        return partsOf(this).some(({ member }) => isBound(member));
      },
      isGone(): boolean {
        const { phase, edges, report } = this.state;
        // Nothing was locked, and what a coordinator says from now on is refused.
        const isOver = phase === 'over' && edges.size() === 0 && report === undefined;
        return isOver || phase === 'refused';
      },
      succeed(): void {
        for (const part of partsOf(this)) {
          keepSucceeded(this, part, begin(part.place, part.member));
        }
      },
      leave(): void {
        const { state } = this;
        if (state.phase !== 'lodged') return;
        send(state.seat, 'leave', []);
        state.phase = 'over';
        state.owner.ended(state.number);
      },
      endByHand(outcome: Outcome): void {
        for (const part of partsOf(this)) {
          if (!isBound(part.member)) continue;
          note(this, 'byHand');
          const stage = outcome === 'settle' ? 'settled' : 'released';
          keep(this, part, { member: { ...part.member, stage }, say: [], decided: outcome });
        }
        endIfDone(this);
      },
    },
  },
});

/**
 * Lodges, and takes part from then on.
 *
 * @param options - with terms that the book has looked at: how long they lock is agreed to by this
 */
export const makeAttendance = (
  powers: Powers,
  options: AttendanceOptions,
): Facet<AttendanceInside> => {
  const { inside } = makeAttendanceKit(powers, options);
  inside.lodge();
  return inside;
};
