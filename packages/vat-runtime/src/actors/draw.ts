/**
 * A draw by commit and reveal (SPEC V6): each participant promises a secret by its hash, then all show
 * theirs, and the result is a hash of all of them. As long as one secret is random, so is the result.
 *
 * Whoever does not promise in time is left out. Whoever does not reveal in time is dropped, without any
 * penalty, and a fresh round starts without them. So whoever reveals last can undo a result they do
 * not like, once, at the price of their own part; therefore nobody sees a secret before the round is over,
 * except the node on which the draw runs. With fewer than two left there is no result, since one alone
 * could choose it.
 */
import { M } from '@endo/patterns';
import type { Clock, DurableMap, Facet, Timer, Timestamp } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { DrawInsideI, DrawParticipantI, DrawPublicI, DrawSleeperI } from './draw-guards.ts';
import type { DrawEntry, DrawExplanation, Seat } from './randomness.ts';
import { commitmentOf, drawIdOf, isHash, isSecret, resultOf } from './randomness.ts';
import type { Refusal } from './refusal.ts';
import { refuse } from './refusal.ts';
import { LabelShape } from './words.ts';

export type DrawPhase = 'commit' | 'reveal' | 'done' | 'closed';

export type DrawView = {
  /** What the draw is known by in the texts that are hashed. */
  readonly draw: string;
  readonly purpose: string;
  readonly phase: DrawPhase;
  readonly round: bigint;
  /** When this phase ends; undefined after the last one. */
  readonly until: Timestamp | undefined;
  readonly participants: bigint;
  readonly committed: bigint;
  readonly revealed: bigint;
  readonly result: string | undefined;
};

export type Drawn = { readonly ok: true; readonly result: string; readonly round: bigint };
export type Accepted = { readonly ok: true; readonly round: bigint };

export type DrawPublic = {
  view(): DrawView;
  changes(since?: string): Promise<string>;
  /** Refusals: `notYet`, `closed` where it ended without one. */
  result(): Drawn | Refusal;
  /**
   * All that a round was computed from, by default the newest; `verifyDraw` checks it.
   * Secrets are in it when the round is over. Refusal: `notYet` for a round to come.
   */
  explain(round?: bigint): DrawExplanation | Refusal;
};

export type DrawParticipant = {
  view(): DrawView;
  changes(since?: string): Promise<string>;
  /** What stands in this participant's commitment in the newest round. */
  seat(): Seat;
  /**
   * Promises a secret for a round. Said again, it is accepted again.
   *
   * @param hash - `commitmentOf(seat, secret)`
   * Refusals: `invalid` (no hash), `conflict` (another one was given), `stale` and `notYet` (not this
   * round), `expired` (too late, or dropped), `closed`.
   */
  commit(round: bigint, hash: string): Accepted | Refusal;
  /**
   * Shows the secret, when all have promised theirs. Said again, it is accepted again.
   * Refusals: `invalid` (not the one that was promised), and those of `commit`.
   */
  reveal(round: bigint, secret: string): Accepted | Refusal;
};

export type DrawOptions = {
  /** Their names, as they stand in the hashed texts. */
  readonly participants: readonly string[];
  /** How long there is to promise, and to reveal, in each round, in milliseconds. */
  readonly commitWindow: bigint;
  readonly revealWindow: bigint;
  readonly clock: Clock;
  readonly timer: Timer;
  /** What it is for. People read it. */
  readonly purpose: string;
};

/** So that a round can be read in one message. */
export const maxDrawParticipants = 500;

type Inside = {
  name(number: bigint): string;
  id(): { readonly draw: string; readonly round: bigint };
  commit(number: bigint, round: bigint, hash: string): Accepted | Refusal;
  reveal(number: bigint, round: bigint, secret: string): Accepted | Refusal;
  /** Starts the next round with these. */
  begin(numbers: readonly bigint[]): void;
};

type Wait = { readonly round: bigint; readonly phase: DrawPhase };
type Round = { readonly entries: readonly DrawEntry[]; readonly result: string | undefined };

const makeSeat = defineActor({
  name: 'DrawSeat',
  state: {
    number: M.nat(),
    open: typed<Facet<DrawPublic>>(M.remotable('public')),
    inside: typed<Facet<Inside>>(M.remotable('inside')),
  },
  init: (number: bigint, open: Facet<DrawPublic>, inside: Facet<Inside>) => ({
    number,
    open,
    inside,
  }),
  guards: { participant: DrawParticipantI },
  facets: {
    participant: {
      view(): DrawView {
        return this.state.open.view();
      },
      changes(since?: string): Promise<string> {
        return this.state.open.changes(since);
      },
      seat(): Seat {
        const { number, inside } = this.state;
        return { ...inside.id(), name: inside.name(number), number };
      },
      commit(round: bigint, hash: string): Accepted | Refusal {
        return this.state.inside.commit(this.state.number, round, hash);
      },
      reveal(round: bigint, secret: string): Accepted | Refusal {
        return this.state.inside.reveal(this.state.number, round, secret);
      },
    },
  },
  readOnly: ['participant.changes'],
});

const makeDrawKit = defineActor({
  name: 'Draw',
  state: {
    purpose: LabelShape,
    names: typed<readonly string[]>(M.arrayOf(LabelShape)),
    startedAt: M.nat(),
    commitWindow: typed<bigint>(M.gt(0n)),
    revealWindow: typed<bigint>(M.gt(0n)),
    clock: typed<Clock>(M.remotable('clock')),
    timer: typed<Timer>(M.remotable('timer')),
    phase: typed<DrawPhase>(M.or('commit', 'reveal', 'done', 'closed')),
    round: M.nat(),
    until: typed<Timestamp | undefined>(M.or(M.nat(), M.undefined())),
    /** The newest round's. */
    entries: typed<DurableMap<bigint, DrawEntry>>(M.any()),
    committed: M.nat(),
    revealed: M.nat(),
    /** The rounds that are over. */
    rounds: typed<DurableMap<bigint, Round>>(M.any()),
    result: typed<string | undefined>(M.or(M.string(), M.undefined())),
  },
  init: ({ participants, commitWindow, revealWindow, clock, timer, purpose }: DrawOptions) => ({
    purpose,
    names: [...participants],
    startedAt: clock.now(),
    commitWindow,
    revealWindow,
    clock,
    timer,
    phase: 'commit' as DrawPhase,
    round: 0n,
    until: undefined,
    entries: makeDurableMap<bigint, DrawEntry>(),
    committed: 0n,
    revealed: 0n,
    rounds: makeDurableMap<bigint, Round>(),
    result: undefined,
  }),
  guards: {
    public: DrawPublicI,
    inside: DrawInsideI,
    sleeper: DrawSleeperI,
  },
  facets: {
    public: {
      view(): DrawView {
        const { purpose, names, startedAt, phase, round, until, entries } = this.state;
        const { committed, revealed, result } = this.state;
        return {
          draw: drawIdOf(purpose, startedAt, names),
          purpose,
          phase,
          round,
          until,
          participants: BigInt(entries.size()),
          committed,
          revealed,
          result,
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.public);
      },
      result(): Drawn | Refusal {
        const { phase, result, round } = this.state;
        if (result !== undefined) return { ok: true, result, round };
        return refuse(phase === 'closed' ? 'closed' : 'notYet');
      },
      explain(asked?: bigint): DrawExplanation | Refusal {
        const { purpose, names, startedAt, entries, rounds, round: newest } = this.state;
        const round = asked ?? newest;
        const past = rounds.get(round);
        if (past === undefined && round !== newest) return refuse('notYet');
        const { entries: shown, result } = past ?? {
          // Whoever has not revealed yet must not learn what the others did.
          entries: [...entries.values()].map((entry) => ({ ...entry, secret: undefined })),
          result: undefined,
        };
        const draw = drawIdOf(purpose, startedAt, names);
        return { draw, purpose, startedAt, names, round, entries: shown, result };
      },
    },
    inside: {
      name(number: bigint): string {
        return this.state.names[Number(number) - 1]!;
      },
      id(): { readonly draw: string; readonly round: bigint } {
        const { purpose, startedAt, names, round } = this.state;
        return { draw: drawIdOf(purpose, startedAt, names), round };
      },
      commit(number: bigint, round: bigint, hash: string): Accepted | Refusal {
        const { state, facets } = this;
        pass(state, facets.inside, facets.sleeper);
        const { phase, entries } = state;
        const entry = entries.get(number);
        const refusal = notNow(state, entry, round);
        if (refusal !== undefined) return refusal;
        if (!isHash(hash)) return refuse('invalid');
        if (entry!.commitment === hash) return { ok: true, round };
        if (entry!.commitment !== undefined) return refuse('conflict');
        if (phase !== 'commit') return refuse('expired');
        entries.set(number, { ...entry!, commitment: hash });
        state.committed += 1n;
        if (state.committed === BigInt(entries.size())) endCommit(state, facets.sleeper);
        return { ok: true, round };
      },
      reveal(number: bigint, round: bigint, secret: string): Accepted | Refusal {
        const { state, facets } = this;
        pass(state, facets.inside, facets.sleeper);
        const { phase, entries } = state;
        const entry = entries.get(number);
        if (entry?.secret === secret && round === state.round) return { ok: true, round };
        const refusal = notNow(state, entry, round);
        if (refusal !== undefined) return refusal;
        if (phase === 'commit') return refuse('notYet');
        const { name, commitment } = entry!;
        if (commitment === undefined) return refuse('expired');
        const seat = { ...facets.inside.id(), name, number };
        if (!isSecret(secret) || commitmentOf(seat, secret) !== commitment) {
          return refuse('invalid');
        }
        entries.set(number, { ...entry!, secret });
        state.revealed += 1n;
        if (state.revealed === state.committed) endReveal(state, facets.inside);
        return { ok: true, round };
      },
      begin(numbers: readonly bigint[]): void {
        const { state, facets } = this;
        const { names } = state;
        const entries = makeDurableMap<bigint, DrawEntry>();
        for (const number of numbers) {
          const name = names[Number(number) - 1]!;
          entries.set(number, { number, name, commitment: undefined, secret: undefined });
        }
        state.entries = entries;
        state.round += 1n;
        state.committed = 0n;
        state.revealed = 0n;
        enter(state, 'commit', state.commitWindow, facets.sleeper);
      },
    },
    sleeper: {
      wake({ round, phase }: Wait, _at: Timestamp): void {
        const { state, facets } = this;
        // A phase that ended early left its timer behind.
        if (round !== state.round || phase !== state.phase) return;
        pass(state, facets.inside, facets.sleeper);
      },
    },
  },
  readOnly: ['public.changes'],
});

type DrawState = {
  readonly purpose: string;
  readonly names: readonly string[];
  readonly startedAt: bigint;
  readonly revealWindow: bigint;
  readonly clock: Clock;
  readonly timer: Timer;
  phase: DrawPhase;
  readonly round: bigint;
  until: Timestamp | undefined;
  readonly entries: DurableMap<bigint, DrawEntry>;
  readonly committed: bigint;
  readonly revealed: bigint;
  readonly rounds: DurableMap<bigint, Round>;
  result: string | undefined;
};
type Sleeper = { wake(wait: Wait, at: Timestamp): void };

/** Why a participant may say nothing for this round now. */
const notNow = (
  { phase, round }: DrawState,
  entry: DrawEntry | undefined,
  said: bigint,
): Refusal | undefined => {
  if (entry === undefined) return refuse('expired');
  if (phase === 'done' || phase === 'closed') return refuse('closed');
  if (said !== round) return refuse(said < round ? 'stale' : 'notYet');
  return undefined;
};

const enter = (
  state: DrawState,
  phase: 'commit' | 'reveal',
  window: bigint,
  sleeper: Sleeper,
): void => {
  const until = state.clock.now() + window;
  state.phase = phase;
  state.until = until;
  state.timer.wakeAt<Wait>(until, sleeper, { round: state.round, phase });
};

/** Ends the phase whose time is over; the timer may come later than a participant. */
const pass = (state: DrawState, inside: Facet<Inside>, sleeper: Sleeper): void => {
  if (state.until === undefined || state.clock.now() < state.until) return;
  if (state.phase === 'commit') endCommit(state, sleeper);
  else endReveal(state, inside);
};

const endCommit = (state: DrawState, sleeper: Sleeper): void => {
  if (state.committed < 2n) return endWithout(state);
  enter(state, 'reveal', state.revealWindow, sleeper);
};

/** Puts the round on record, from where everybody may read its secrets. */
const endRound = (state: DrawState, result: string | undefined): readonly DrawEntry[] => {
  const entries = [...state.entries.values()];
  state.rounds.set(state.round, { entries, result });
  state.until = undefined;
  return entries;
};

const endWithout = (state: DrawState): void => {
  endRound(state, undefined);
  state.phase = 'closed';
};

const endReveal = (state: DrawState, inside: Facet<Inside>): void => {
  const { committed, revealed, round } = state;
  if (revealed < committed) {
    if (revealed < 2n) return endWithout(state);
    const entries = endRound(state, undefined);
    return inside.begin(
      entries.filter(({ secret }) => secret !== undefined).map(({ number }) => number),
    );
  }
  const secrets = [...state.entries.values()].flatMap(({ secret }) => secret ?? []);
  const result = resultOf(inside.id().draw, round, secrets);
  endRound(state, result);
  state.result = result;
  state.phase = 'done';
};

/**
 * Makes a draw and starts its first round.
 *
 * @returns the facet that anybody may see, and one for each participant, in the order of their names
 */
export const makeDraw = (
  options: DrawOptions,
): {
  readonly public: Facet<DrawPublic>;
  readonly participants: readonly Facet<DrawParticipant>[];
} => {
  const { participants } = options;
  if (participants.length < 2 || participants.length > maxDrawParticipants) {
    throw RangeError(
      `Cannot draw among ${participants.length}: take 2 to ${maxDrawParticipants} participants`,
    );
  }
  // Lines divide the parts of a hashed text.
  if (participants.some((name) => /[\n\r]/.test(name))) {
    throw TypeError('Cannot draw: a name has more than one line');
  }
  const { public: open, inside } = makeDrawKit(options);
  const numbers = participants.map((_name, index) => BigInt(index) + 1n);
  inside.begin(numbers);
  return {
    public: open,
    participants: numbers.map((number) => makeSeat(number, open, inside).participant),
  };
};
