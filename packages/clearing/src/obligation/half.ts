/**
 * One side's half of an obligation: every way in which it changes. Pure functions.
 *
 * Messages of a pair come once and in order; those of the two sides may cross. Both halves end the
 * same whatever crosses, because
 *
 * - each reduction is one event that both halves hear of, lowers the amount and adds 1 to the version,
 *   so their order does not matter;
 * - all reductions together never pass what there was: the creditor has a say in each (it forgives, it
 *   states what it received, it locks), and never gives away what it has reserved for another;
 * - a statement that something was paid is answered by a statement of the other side, or denied by it, or
 *   taken back by asking it, so that the other side decides which came first.
 *
 * Statements of both sides that cross are answers to each other; what both state is reduced: the smaller.
 */
import type { RefusalCode } from '@pocas/vat-runtime/actors';
import type { ConsentAct, ConsentMessage } from './consent.ts';
import { consent, hearConsent } from './consent.ts';
import type { End, ObligationPhase } from './types.ts';

/** That something was paid outside, as one side says. At most one of both sides at a time. */
export type Statement = {
  readonly by: 'us' | 'them';
  /** Counted by whoever says it. */
  readonly number: bigint;
  readonly value: bigint;
  /** Ours: whether the other side was asked to forget it. */
  readonly retracting: boolean;
};

/** Reserves `max` for a round. */
export type Lock = { readonly tag: string; readonly version: bigint; readonly max: bigint };

export type Half = {
  /** This side's. The debtor's is `from`. */
  readonly end: End;
  /** Whether it was proposed from here. */
  readonly ours: boolean;
  readonly phase: ObligationPhase;
  /** What was agreed to. */
  readonly agreed: bigint;
  readonly amount: bigint;
  /** 1 and the number of reductions. */
  readonly version: bigint;
  readonly stated?: Statement | undefined;
  readonly lock?: Lock | undefined;
  /** Forgiven by the other side while a round holds it: how much, and how often. */
  readonly waiting: { readonly value: bigint; readonly times: bigint };
  /** Of statements from here: the last one's number. */
  readonly statements: bigint;
  /** How many acts each side has begun. */
  readonly begun: bigint;
  readonly begunThere: bigint;
  /** Of an obligation that a round made: whether the other side has said that it made it too. */
  readonly met: boolean;
};

export type HalfMessage =
  | { readonly act: ConsentMessage }
  | { readonly act: 'stated'; readonly number: bigint; readonly value: bigint }
  | { readonly act: 'retract' | 'retracted' | 'denied'; readonly number: bigint }
  | { readonly act: 'forgiven'; readonly value: bigint }
  | { readonly act: 'mend'; readonly amount: bigint; readonly version: bigint };

/** What stands in the journal. */
export type Note = {
  readonly kind:
    | 'accepted'
    | 'declined'
    | 'withdrawn'
    | 'stated'
    | 'retracted'
    | 'denied'
    | 'paid'
    | 'forgiven'
    | 'setoff'
    | 'mended';
  readonly value?: bigint;
  readonly by?: 'us' | 'them';
};

export type HalfStep =
  | {
      readonly ok: true;
      readonly half: Half;
      readonly say?: HalfMessage;
      readonly notes: readonly Note[];
    }
  | { readonly ok: false; readonly code: RefusalCode };

export type HalfAct =
  | { readonly act: ConsentAct }
  | { readonly act: 'state' | 'forgive'; readonly value: bigint }
  | { readonly act: 'retract' | 'deny' | 'drop' }
  | { readonly act: 'mend'; readonly amount: bigint; readonly version: bigint };

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const none = { value: 0n, times: 0n };
const refused = (code: RefusalCode): HalfStep => ({ ok: false, code });
const done = (half: Half, notes: readonly Note[] = [], say?: HalfMessage): HalfStep =>
  say === undefined ? { ok: true, half, notes } : { ok: true, half, notes, say };

/** A new half, before anybody has answered, or open at once. */
export const newHalf = (
  end: End,
  ours: boolean,
  phase: 'proposed' | 'asked' | 'open',
  agreed: bigint,
  met = true,
): Half => ({
  end,
  ours,
  phase,
  agreed,
  amount: agreed,
  version: 1n,
  waiting: none,
  statements: 0n,
  begun: 0n,
  begunThere: 0n,
  met,
});

/** What of the amount a statement keeps. */
const reserved = ({ stated, amount }: Half): bigint =>
  stated === undefined ? 0n : min(stated.value, amount);

/** What may be lodged: what is left, without what is being paid. */
export const lodgeable = (half: Half): bigint =>
  half.phase === 'open' ? half.amount - reserved(half) : 0n;

/** Lowers the amount, never below zero. At zero the obligation is cleared. */
const reduce = (half: Half, value: bigint, times = 1n): Half => {
  const amount = half.amount - min(value, half.amount);
  const lower = { ...half, amount, version: half.version + times };
  return amount > 0n ? lower : { ...lower, phase: 'cleared', stated: undefined, lock: undefined };
};

/** Ends the lock, and does what waited for that. */
const unlock = (half: Half): { readonly half: Half; readonly notes: readonly Note[] } => {
  const { waiting } = half;
  const free = { ...half, lock: undefined, waiting: none };
  if (waiting.times === 0n) return { half: free, notes: [] };
  return {
    half: reduce(free, waiting.value, waiting.times),
    notes: [{ kind: 'forgiven', value: min(waiting.value, free.amount), by: 'them' }],
  };
};

/** Why nothing can be begun from here, if so. */
const obstacle = ({ phase, lock, met }: Half): RefusalCode | undefined => {
  if (phase === 'proposed' || phase === 'asked' || phase === 'withdrawing') return 'notYet';
  if (phase !== 'open') return 'closed';
  if (lock !== undefined) return 'conflict';
  return met ? undefined : 'notYet';
};

const stateHere = (half: Half, value: bigint, acts: bigint): HalfStep => {
  const against = obstacle(half);
  if (against !== undefined) return refused(against);
  if (value < 1n || value > half.amount) return refused('limit');
  const { stated } = half;
  if (stated?.by === 'us') return refused('conflict');
  if (half.begun >= acts) return refused('quota');
  const number = half.statements + 1n;
  const begun = { ...half, statements: number, begun: half.begun + 1n };
  const say: HalfMessage = { act: 'stated', number, value };
  if (stated === undefined) {
    const own: Statement = { by: 'us', number, value, retracting: false };
    return done({ ...begun, stated: own }, [{ kind: 'stated', value, by: 'us' }], say);
  }
  const both = min(value, stated.value);
  const paid = reduce({ ...begun, stated: undefined }, both);
  return done(paid, [{ kind: 'paid', value: both, by: 'us' }], say);
};

const forgiveHere = (half: Half, value: bigint, acts: bigint): HalfStep => {
  const against = obstacle(half);
  if (against !== undefined) return refused(against);
  if (half.end !== 'to') return refused('unsupported');
  // What we said that we received is as good as gone; what the other side says that it paid is not.
  const rest = half.amount - (half.stated?.by === 'us' ? reserved(half) : 0n);
  if (value < 1n || value > rest) return refused('limit');
  if (half.begun >= acts && value !== half.amount) return refused('quota');
  const less = reduce({ ...half, begun: half.begun + 1n }, value);
  return done(less, [{ kind: 'forgiven', value, by: 'us' }], { act: 'forgiven', value });
};

/** The creditor takes the smaller of what both halves say, as the last word on a difference. */
const mendHere = (
  half: Half,
  there: { readonly amount: bigint; readonly version: bigint },
  acts: bigint,
): HalfStep => {
  const { phase, end, lock, stated } = half;
  if (end !== 'to') return refused('unsupported');
  if (phase !== 'open' && phase !== 'cleared') return refused('closed');
  if (lock !== undefined || stated?.by === 'us') return refused('conflict');
  if (half.begun > acts) return refused('quota');
  const amount = min(half.amount, there.amount);
  const version = (half.version > there.version ? half.version : there.version) + 1n;
  const less = reduce({ ...half, begun: half.begun + 1n }, half.amount - amount);
  return done({ ...less, version }, [{ kind: 'mended', value: amount, by: 'us' }], {
    act: 'mend',
    amount,
    version,
  });
};

/** The other side has no such thing: nothing is the smaller of both, for the debtor too. */
const drop = (half: Half): HalfStep => {
  const { phase, lock, stated } = half;
  if (phase !== 'open') return refused('closed');
  if (lock !== undefined || stated?.by === 'us') return refused('conflict');
  return done(reduce(half, half.amount), [{ kind: 'mended', value: 0n, by: 'us' }]);
};

/**
 * What somebody here does.
 *
 * @param acts - how many acts may be begun from here for one obligation; then only the rest can be forgiven
 */
export const act = (half: Half, what: HalfAct, acts: bigint): HalfStep => {
  const { stated } = half;
  switch (what.act) {
    case 'accept':
    case 'decline':
    case 'withdraw': {
      const step = consent(half.ours, half.phase, what.act);
      if (!step.ok) return step;
      const { phase, say } = step;
      if (say === undefined) return done(half);
      const notes: Note[] =
        say === 'accepted' || say === 'declined' ? [{ kind: say, by: 'us' }] : [];
      return done({ ...half, phase }, notes, { act: say });
    }
    case 'state':
      return stateHere(half, what.value, acts);
    case 'forgive':
      return forgiveHere(half, what.value, acts);
    case 'retract': {
      if (stated?.by !== 'us') return refused('closed');
      if (stated.retracting) return done(half);
      const { number } = stated;
      return done({ ...half, stated: { ...stated, retracting: true } }, [], {
        act: 'retract',
        number,
      });
    }
    case 'deny': {
      if (stated?.by !== 'them') return refused('closed');
      const { number, value } = stated;
      return done({ ...half, stated: undefined }, [{ kind: 'denied', value, by: 'us' }], {
        act: 'denied',
        number,
      });
    }
    case 'mend':
      return mendHere(half, what, acts);
    case 'drop':
      return drop(half);
  }
};

const hearStated = (half: Half, number: bigint, value: bigint, acts: bigint): HalfStep => {
  const { phase, stated } = half;
  // It crossed the reduction that left nothing.
  if (phase === 'cleared') return done(half);
  if (phase !== 'open') return refused('invalid');
  if (!half.met) return refused('notYet');
  if (value < 1n || value > half.agreed) return refused('invalid');
  if (stated?.by === 'them') return refused('conflict');
  if (half.begunThere >= acts) return refused('quota');
  const heard = { ...half, begunThere: half.begunThere + 1n };
  if (stated === undefined) {
    const theirs: Statement = { by: 'them', number, value, retracting: false };
    return done({ ...heard, stated: theirs }, [{ kind: 'stated', value, by: 'them' }]);
  }
  const both = min(value, stated.value);
  // A lock leaves room for it: it was reserved before.
  return done(reduce({ ...heard, stated: undefined }, both), [
    { kind: 'paid', value: both, by: 'them' },
  ]);
};

const hearForgiven = (half: Half, value: bigint, acts: bigint): HalfStep => {
  const { phase, end, lock, waiting } = half;
  if (end !== 'from' || value < 1n || value > half.agreed) return refused('invalid');
  // More than once past the bound: only the rest is forgiven then, and that is once.
  if (half.begunThere > acts) return refused('quota');
  const heard = { ...half, begunThere: half.begunThere + 1n };
  if (phase === 'cleared') return done(half);
  if (phase !== 'open') return refused('invalid');
  if (!half.met) return refused('notYet');
  if (lock !== undefined) {
    const later = { value: waiting.value + value, times: waiting.times + 1n };
    return done({ ...heard, waiting: later });
  }
  const note: Note = { kind: 'forgiven', value: min(value, half.amount), by: 'them' };
  return done(reduce(heard, value), [note]);
};

const hearMend = (half: Half, amount: bigint, version: bigint, acts: bigint): HalfStep => {
  const { phase, end, lock } = half;
  if (end !== 'from' || (phase !== 'open' && phase !== 'cleared')) return refused('invalid');
  if (lock !== undefined) return refused('conflict');
  if (amount > half.amount || version <= half.version) return refused('invalid');
  if (half.begunThere > acts) return refused('quota');
  const less = reduce({ ...half, begunThere: half.begunThere + 1n }, half.amount - amount);
  return done({ ...less, version }, [{ kind: 'mended', value: amount, by: 'them' }]);
};

/**
 * What the other side says. Refusals leave the half as it is: `invalid` it was not theirs to say,
 * `closed` it was decided before, `conflict` it stands against something said before, `quota`.
 */
export const hear = (half: Half, said: HalfMessage, acts: bigint): HalfStep => {
  const { stated } = half;
  switch (said.act) {
    case 'withdraw':
    case 'accepted':
    case 'declined':
    case 'withdrawn': {
      const step = hearConsent(half.ours, half.phase, said.act);
      if (!step.ok) return step;
      if (step.phase === undefined) return done(half);
      const { phase, say } = step;
      const kind = said.act === 'withdraw' ? 'withdrawn' : said.act;
      return done({ ...half, phase }, [{ kind, by: 'them' }], say && { act: say });
    }
    case 'stated':
      return hearStated(half, said.number, said.value, acts);
    case 'forgiven':
      return hearForgiven(half, said.value, acts);
    case 'mend':
      return hearMend(half, said.amount, said.version, acts);
    case 'retract': {
      const { number } = said;
      const matches = stated?.by === 'them' && stated.number === number;
      const notes: Note[] = matches ? [{ kind: 'retracted', value: stated.value, by: 'them' }] : [];
      // Also where it was answered before: that answer comes first and makes this one mean nothing.
      const after = matches ? { ...half, stated: undefined } : half;
      return done(after, notes, { act: 'retracted', number });
    }
    case 'retracted':
    case 'denied': {
      if (stated?.by !== 'us' || stated.number !== said.number) return done(half);
      if (said.act === 'retracted' && !stated.retracting) return refused('invalid');
      const note: Note = { kind: said.act, value: stated.value, by: 'them' };
      return done({ ...half, stated: undefined }, [note]);
    }
  }
};

/** Why it cannot be lodged or locked with a tag, if so. */
export const unlodgeable = (half: Half): RefusalCode | undefined => {
  if (half.phase !== 'open') return 'closed';
  if (half.lock !== undefined) return 'conflict';
  return lodgeable(half) > 0n ? undefined : 'closed';
};

/** Reserves `max` for the round with a tag. */
export const lock = (half: Half, tag: string, version: bigint, max: bigint): HalfStep => {
  const against = unlodgeable(half);
  if (against !== undefined) return refused(against);
  if (version !== half.version) return refused('stale');
  if (max < 1n || max > lodgeable(half)) return refused('limit');
  return done({ ...half, lock: { tag, version, max } });
};

/** Sets off `value` of what the lock reserves, and ends it. */
export const apply = (half: Half, value: bigint): HalfStep => {
  if (half.lock === undefined) return refused('closed');
  if (value < 0n || value > half.lock.max) return refused('limit');
  const less = value === 0n ? half : reduce({ ...half, lock: undefined }, value);
  const { half: free, notes } = unlock(less);
  return done(free, [{ kind: 'setoff', value }, ...notes]);
};

/** Ends the lock, with nothing set off. */
export const release = (half: Half): HalfStep => {
  if (half.lock === undefined) return done(half);
  const { half: free, notes } = unlock(half);
  return done(free, notes);
};
