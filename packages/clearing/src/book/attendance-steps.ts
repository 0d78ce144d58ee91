/** What happens within an attendance, whoever set it off. Each function is a part of one turn. */
import type { Clock, Continuation, DurableMap, Facet, Timer } from '@pocas/vat-runtime';
import { send } from '@pocas/vat-runtime';
import type { CounterpartyInside } from '../obligation/types.ts';
import type { Outcome, Step } from '../round/succession.ts';
import { isBound, voided, voted } from '../round/succession.ts';
import type { Agent, Edge, Report, RoundTerms, Seat, Wishes } from '../round/types.ts';
import { withoutExchanges } from '../setoff/exchange.ts';
import type {
  AttendanceOwner,
  AttendancePhase,
  Entry,
  Held,
  Oddity,
  OddityCode,
  Part,
  Why,
} from './attendance-types.ts';
import { type Locked, type SaidRows, disagreements, refusedAlone, sayings } from './proposal.ts';

/** Neighbours speak of rounds on this topic. */
export const roundTopic = 'round';

export type AttendanceState = {
  readonly number: bigint;
  readonly terms: RoundTerms;
  readonly seat: Facet<Seat>;
  readonly wishes: Wishes;
  readonly doubt: bigint;
  readonly owner: Facet<AttendanceOwner>;
  readonly clock: Clock;
  readonly timer: Timer;
  /** By origin. */
  readonly entries: DurableMap<string, Entry>;
  readonly edges: DurableMap<bigint, Held>;
  readonly neighbours: DurableMap<bigint, Facet<CounterpartyInside>>;
  readonly parts: DurableMap<string, Part>;
  /** The newest rows of each neighbour. */
  readonly heard: DurableMap<bigint, SaidRows>;
  phase: AttendancePhase;
  /** When the locks end to which it is not bound. */
  expires: bigint;
  report: Report | undefined;
  /** Of this poca's own debts: the sum of what is in `edges`. */
  cleared: bigint;
  oddities: readonly Oddity[];
};

/** What a timer is about. */
export type Alarm =
  | { readonly kind: 'lodging' }
  | { readonly kind: 'lock' }
  | {
      readonly kind: 'compare' | 'doubt';
      readonly component: number;
      readonly pass: number;
      /** It was set again, since it went off much too late. */
      readonly again?: boolean;
    };

/** Which vote an answer is about. */
export type VoteOf = { readonly component: number; readonly pass: number };

/** An attendance, as its steps see it. */
export type Self = {
  readonly state: AttendanceState;
  readonly facets: {
    readonly agent: Facet<Agent>;
    readonly votes: Facet<Continuation<unknown, VoteOf>>;
    readonly sleeper: Facet<{ wake(ctx: Alarm, at: bigint): void }>;
  };
};

export const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

export const keyOf = (component: number, pass: number): string => `${component}/${pass}`;

const maxOddities = 50;

export const note = ({ state }: Self, what: OddityCode): void => {
  if (state.oddities.length >= maxOddities) return;
  state.oddities = [...state.oddities, { at: state.clock.now(), what }];
};

/** The edges that are locked now. */
export const lockedOf =
  ({ state }: Self) =>
  (edge: Edge): Locked | undefined => {
    const held = isCount(edge) ? state.edges.get(BigInt(edge)) : undefined;
    return held?.setoff === undefined ? undefined : held;
  };

export const partsOf = ({ state }: Self): readonly Part[] => [...state.parts.values()];

const edgesOf = (part: Part): readonly Edge[] => part.proposal.rows.map(({ edge }) => edge);

/** Which edges wait for a decision to which this poca is bound. */
export const boundEdges = (self: Self): ReadonlySet<Edge> =>
  new Set(
    partsOf(self)
      .filter(({ member }) => isBound(member))
      .flatMap(edgesOf),
  );

/** Ends a lock. What is known already of why stays. */
export const free = ({ state }: Self, edge: Edge, why: Why): void => {
  const held = state.edges.get(BigInt(edge));
  if (held?.setoff === undefined) return;
  held.setoff.release();
  const reason = held.why === 'locked' ? why : held.why;
  state.edges.set(BigInt(edge), { ...held, setoff: undefined, why: reason });
};

/** Ends all locks to which this poca is not bound. */
const freeUnbound = (self: Self, why: Why): void => {
  for (const part of partsOf(self)) {
    if (part.member.stage === 'open') keep(self, part, voted(part.place, part.member, false));
  }
  const bound = boundEdges(self);
  for (const edge of self.state.edges.keys()) {
    if (!bound.has(Number(edge))) free(self, Number(edge), why);
  }
};

/** Ends what time has ended, and the whole once nothing is locked. */
export const endIfDone = (self: Self): void => {
  const { state } = self;
  if (state.phase !== 'frozen') return;
  if (state.report !== undefined) freeUnbound(self, 'dropped');
  else if (state.clock.now() >= state.expires) freeUnbound(self, 'expired');
  for (const held of state.edges.values()) if (held.setoff !== undefined) return;
  state.phase = 'over';
  state.owner.ended(state.number);
};

/** The rows that are still locked, in the order of their origins, and what of each is carried out. */
const carriedOut = ({ state }: Self, { proposal }: Part) => {
  const rows = proposal.rows.flatMap(({ edge, cleared }) => {
    const held = state.edges.get(BigInt(edge));
    return held?.setoff === undefined ? [] : [{ edge, cleared, held, setoff: held.setoff }];
  });
  rows.sort((a, b) => (a.held.frozen.origin < b.held.frozen.origin ? -1 : 1));
  // Neighbours have numbers from 1 on.
  const between = rows.map(({ held: { frozen, neighbour } }) => ({
    from: frozen.end === 'from' ? 0 : Number(neighbour),
    to: frozen.end === 'from' ? Number(neighbour) : 0,
    isLine: frozen.kind === 'line',
  }));
  const kept = withoutExchanges(
    between,
    rows.map(({ cleared }) => cleared),
  );
  return rows.map(({ edge, held, setoff }, i) => ({ edge, held, setoff, cleared: kept[i]! }));
};

const settle = (self: Self, part: Part): void => {
  const { state } = self;
  const { edges } = state;
  for (const { edge, held, setoff, cleared } of carriedOut(self, part)) {
    if (cleared === 0n) {
      free(self, edge, 'left');
      continue;
    }
    const answer = setoff.apply(cleared);
    // A lock keeps what it may need, so this says that a half is not as the book believes.
    const isRefused = 'code' in answer;
    if (isRefused) note(self, 'notApplied');
    const { kind, end } = held.frozen;
    if (!isRefused && kind === 'obligation' && end === 'from') state.cleared += cleared;
    const done = isRefused ? {} : { cleared, why: 'cleared' as const };
    edges.set(BigInt(edge), { ...held, ...done, setoff: undefined });
  }
};

const carryOut = (self: Self, part: Part, outcome: Outcome): void => {
  if (outcome === 'settle') return settle(self, part);
  // An edge may have gone on into a later pass since.
  const later = new Set(
    partsOf(self)
      .filter(({ member, proposal }) => {
        const isOther = proposal !== part.proposal;
        return isOther && (isBound(member) || member.stage === 'open');
      })
      .flatMap(edgesOf),
  );
  for (const edge of edgesOf(part)) if (!later.has(edge)) free(self, edge, 'satOut');
};

/** Keeps what came of an event for a component: what is to be said, and what is to be done. */
export const keep = (self: Self, part: Part, { member, say, decided }: Step): void => {
  const { state } = self;
  const { component, pass } = part.proposal;
  const { tag } = state.terms;
  state.parts.set(keyOf(component, pass), { ...part, member });
  for (const { to, said } of say) {
    const talk = { tag, kind: 'succession' as const, component, pass, said };
    state.neighbours.get(to)?.tell(roundTopic, talk);
  }
  if (decided !== undefined) carryOut(self, part, decided);
};

/** The same, where the participants decide themselves. */
export const keepSucceeded = (self: Self, part: Part, step: Step): void => {
  const { component, pass } = part.proposal;
  keep(self, part, step);
  if (step.decided === undefined) return;
  send(self.state.seat, 'succeeded', [component, pass, step.decided]);
  endIfDone(self);
};

/** A later pass begins, or one that cannot be settled any more ends. */
export const voidPart = (self: Self, part: Part): void =>
  keep(self, part, voided(part.place, part.member));

/** Which edges are refused, and why; undefined while neighbours are waited for. */
const verdictOn = (self: Self, part: Part, isLate: boolean): Map<Edge, Why> | undefined => {
  const { proposal } = part;
  const { heard } = self.state;
  const locked = lockedOf(self);
  const refused = new Map<Edge, Why>();
  for (const [neighbour, mine] of sayings(proposal, locked)) {
    const said = heard.get(neighbour);
    const hasSaid = said?.component === proposal.component && said.pass === proposal.pass;
    if (!hasSaid && !isLate) return undefined;
    const origins = new Set(
      hasSaid ? disagreements(mine, said) : mine.rows.map(({ origin }) => origin),
    );
    for (const { edge } of proposal.rows) {
      const origin = locked(edge)?.frozen.origin;
      if (origin !== undefined && origins.has(origin)) {
        refused.set(edge, hasSaid ? 'differs' : 'silent');
      }
    }
  }
  for (const edge of refusedAlone(proposal, locked)) refused.set(edge, 'wrong');
  return refused;
};

/** Votes, if all neighbours have spoken or are not waited for any longer. */
export const vote = (self: Self, part: Part, isLate: boolean): void => {
  const { state, facets } = self;
  if (part.member.stage !== 'open') return;
  const verdict = verdictOn(self, part, isLate);
  if (verdict === undefined) return;
  const { component, pass } = part.proposal;
  for (const [edge, why] of verdict) {
    const held = isCount(edge) ? state.edges.get(BigInt(edge)) : undefined;
    if (held !== undefined) state.edges.set(BigInt(edge), { ...held, why });
  }
  const refused = [...verdict.keys()].sort((a, b) => a - b);
  const isReady = refused.length === 0;
  keep(self, { ...part, refused }, voted(part.place, part.member, isReady));
  send(state.seat, 'vote', [component, pass, refused], {
    then: facets.votes,
    ctx: { component, pass },
  });
  if (!isReady) return;
  const alarm: Alarm = { kind: 'doubt', component, pass };
  state.timer.wakeAt(state.clock.now() + state.doubt, facets.sleeper, alarm);
};
