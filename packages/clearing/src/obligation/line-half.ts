/**
 * One side's half of a credit line: every way in which it changes. Pure functions.
 *
 * Debt under a line begins at the lender's half: it decides whether a draw has room, in the order in
 * which it hears of draws, lowers the limit and locks. The borrower's half keeps room for what it asked
 * for. What a round may use is reserved at both halves, and stays reserved however the limit falls.
 */
import type { RefusalCode } from '@pocas/vat-runtime/actors';
import type { ConsentAct, ConsentMessage } from './consent.ts';
import { consent, hearConsent } from './consent.ts';
import type { Lock, Note } from './half.ts';
import type { End, LinePhase } from './types.ts';

export type LineHalf = {
  /** This side's. The lender's is `from`. */
  readonly end: End;
  readonly ours: boolean;
  readonly phase: LinePhase;
  readonly agreed: bigint;
  readonly limit: bigint;
  /** 1, and how often debt was made under it or the limit was lowered. */
  readonly version: bigint;
  /** What is left of all debt under it. */
  readonly owed: bigint;
  /** Of draws from here that the lender has not answered. */
  readonly drawing: bigint;
  readonly lock?: Lock | undefined;
  /** What the other side says that the round made which holds this half. */
  readonly noted?: { readonly tag: string; readonly value: bigint } | undefined;
  readonly begun: bigint;
  readonly begunThere: bigint;
};

export type LineMessage =
  | { readonly act: ConsentMessage }
  | { readonly act: 'lowered'; readonly value: bigint }
  | { readonly act: 'ended' };

export type LineNote = {
  readonly kind: Note['kind'] | 'lowered' | 'ended';
  readonly value?: bigint;
  readonly by?: 'us' | 'them';
};

export type LineStep =
  | {
      readonly ok: true;
      readonly half: LineHalf;
      readonly say?: LineMessage;
      readonly notes: readonly LineNote[];
    }
  | { readonly ok: false; readonly code: RefusalCode };

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const refused = (code: RefusalCode): LineStep => ({ ok: false, code });
const done = (half: LineHalf, notes: readonly LineNote[] = [], say?: LineMessage): LineStep =>
  say === undefined ? { ok: true, half, notes } : { ok: true, half, notes, say };

export const newLineHalf = (end: End, ours: boolean, agreed: bigint): LineHalf => ({
  end,
  ours,
  phase: ours ? 'proposed' : 'asked',
  agreed,
  limit: agreed,
  version: 1n,
  owed: 0n,
  drawing: 0n,
  begun: 0n,
  begunThere: 0n,
});

/** What may still come to be owed, a round's share of it too. */
export const headroom = ({ phase, limit, owed, drawing }: LineHalf): bigint => {
  const rest = limit - owed - drawing;
  return phase === 'open' && rest > 0n ? rest : 0n;
};

/** The same without what a round holds. */
const free = (half: LineHalf): bigint => headroom(half) - (half.lock?.max ?? 0n);

export const lineAct = (
  half: LineHalf,
  what:
    | { readonly act: ConsentAct }
    | { readonly act: 'lower'; readonly limit: bigint }
    | { readonly act: 'end' },
  acts: bigint,
): LineStep => {
  const { phase, end, limit } = half;
  switch (what.act) {
    case 'accept':
    case 'decline':
    case 'withdraw': {
      const step = consent(half.ours, phase, what.act);
      if (!step.ok) return step;
      const { say } = step;
      if (say === undefined) return done(half);
      const notes: LineNote[] =
        say === 'accepted' || say === 'declined' ? [{ kind: say, by: 'us' }] : [];
      return done({ ...half, phase: step.phase }, notes, { act: say });
    }
    case 'lower': {
      if (end !== 'from') return refused('unsupported');
      if (phase !== 'open') return refused(phase === 'ended' ? 'closed' : 'notYet');
      if (what.limit >= limit) return refused('limit');
      if (half.begun >= acts) return refused('quota');
      const { limit: value } = what;
      const lower = { ...half, limit: value, version: half.version + 1n, begun: half.begun + 1n };
      return done(lower, [{ kind: 'lowered', value, by: 'us' }], { act: 'lowered', value });
    }
    case 'end': {
      if (phase === 'ended') return done(half);
      if (phase !== 'open') return refused('closed');
      return done({ ...half, phase: 'ended' }, [{ kind: 'ended', by: 'us' }], { act: 'ended' });
    }
  }
};

export const hearLine = (half: LineHalf, said: LineMessage, acts: bigint): LineStep => {
  const { phase, end } = half;
  switch (said.act) {
    case 'withdraw':
    case 'accepted':
    case 'declined':
    case 'withdrawn': {
      const step = hearConsent(half.ours, phase, said.act);
      if (!step.ok) return step;
      if (step.phase === undefined) return done(half);
      const kind = said.act === 'withdraw' ? 'withdrawn' : said.act;
      return done(
        { ...half, phase: step.phase },
        [{ kind, by: 'them' }],
        step.say && { act: step.say },
      );
    }
    case 'lowered': {
      const { value } = said;
      if (end !== 'to' || value >= half.limit) return refused('invalid');
      if (phase !== 'open' && phase !== 'ended') return refused('invalid');
      if (half.begunThere >= acts) return refused('quota');
      const lower = { ...half, limit: value, version: half.version + 1n };
      return done({ ...lower, begunThere: half.begunThere + 1n }, [
        { kind: 'lowered', value, by: 'them' },
      ]);
    }
    case 'ended': {
      if (phase === 'ended') return done(half);
      if (phase !== 'open') return refused('invalid');
      return done({ ...half, phase: 'ended' }, [{ kind: 'ended', by: 'them' }]);
    }
  }
};

/** The borrower asks for new debt: room is kept until the lender answers. */
export const draw = (half: LineHalf, amount: bigint): LineStep => {
  if (half.end !== 'to') return refused('unsupported');
  if (half.phase !== 'open') return refused(half.phase === 'ended' ? 'closed' : 'notYet');
  if (amount > headroom(half)) return refused('limit');
  if (amount > free(half)) return refused('conflict');
  return done({ ...half, drawing: half.drawing + amount });
};

/** The lender hears of a draw, and it is made where there is room for it. */
export const hearDraw = (half: LineHalf, amount: bigint): LineStep => {
  if (half.end !== 'from') return refused('invalid');
  if (half.phase !== 'open') return refused('closed');
  if (amount > headroom(half)) return refused('limit');
  if (amount > free(half)) return refused('conflict');
  return done({ ...half, owed: half.owed + amount, version: half.version + 1n });
};

/** The borrower hears what became of its draw. */
export const drawEnded = (half: LineHalf, amount: bigint, made: boolean): LineHalf => {
  const drawing = half.drawing - amount;
  if (!made) return { ...half, drawing };
  return { ...half, drawing, owed: half.owed + amount, version: half.version + 1n };
};

/** Debt under it fell by `value`. */
export const fell = (half: LineHalf, value: bigint): LineHalf => ({
  ...half,
  owed: half.owed - min(value, half.owed),
});

export const lineUnlodgeable = (half: LineHalf): RefusalCode | undefined => {
  if (half.phase !== 'open') return 'closed';
  if (half.lock !== undefined) return 'conflict';
  return headroom(half) > 0n ? undefined : 'closed';
};

export const lockLine = (half: LineHalf, tag: string, version: bigint, max: bigint): LineStep => {
  const against = lineUnlodgeable(half);
  if (against !== undefined) return refused(against);
  if (version !== half.version) return refused('stale');
  if (max < 1n || max > headroom(half)) return refused('limit');
  return done({ ...half, lock: { tag, version, max } });
};

/** Makes room for new debt of `value` out of what the lock reserves, and ends the lock. */
export const applyLine = (half: LineHalf, value: bigint): LineStep => {
  const { lock } = half;
  if (lock === undefined) return refused('closed');
  if (value < 0n || value > lock.max) return refused('limit');
  const after = { ...half, lock: undefined, noted: undefined };
  if (value === 0n) return done(after, [{ kind: 'setoff', value }]);
  return done({ ...after, owed: half.owed + value, version: half.version + 1n }, [
    { kind: 'setoff', value },
  ]);
};

export const releaseLine = (half: LineHalf): LineStep =>
  done({ ...half, lock: undefined, noted: undefined });

/**
 * Hears what a round made under the line at the other side, before it was made here.
 * Refusal: `invalid` where that round does not hold this half, so that it can make nothing here.
 */
export const noteDrawn = (half: LineHalf, tag: string, value: bigint): LineStep => {
  const { lock, noted } = half;
  if (lock?.tag !== tag || noted !== undefined || value < 1n) return refused('invalid');
  return done({ ...half, noted: { tag, value } });
};
