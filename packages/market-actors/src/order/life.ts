/**
 * The life of an order (SPEC M5): every way in which it goes on. Pure functions.
 *
 * `step` answers the next life and what must be done in the same turn. An order ends by one step only, and
 * nothing leads out of an end: so it has one final state, and its value goes one way.
 *
 * What was handed over is paid by silence, what was not is given back by silence. An order that asked a
 * home for units lapses only before it has said `confirm` there (SPEC 7.6); later the units go back by `restore`.
 */
import type { RefusalCode } from '@pocas/vat-runtime/actors';
import type { Quarrel, QuarrelAct, Side } from './quarrel.ts';
import { newQuarrel, outcomeOf, quarrelStep } from './quarrel.ts';
import type { EndPhase, OrderPhase } from './types.ts';

export type Life = {
  readonly phase: OrderPhase;
  /** Legs in other ledgers that were not confirmed yet. */
  readonly unconfirmed: bigint;
  /** How far the home is: `none` where there is no stock. */
  readonly home: 'none' | 'unasked' | 'asked' | 'confirming' | 'confirmed' | 'restored';
  /** When the present phase began. */
  readonly since: bigint;
  readonly expiry: bigint;
  readonly due: bigint;
  readonly silence: bigint;
  /** Whether a part of the price is outside money; who said that it went over. */
  readonly outside: boolean;
  readonly saidPaid: boolean;
  readonly saidReceived: boolean;
  readonly handedOver: boolean;
  /** The time by which it should have been handed over is past, as the market's clock said. */
  readonly late: boolean;
  readonly quarrel?: Quarrel | undefined;
};

export type Event =
  /** A leg elsewhere was taken over; or one of them cannot be. */
  | { readonly kind: 'legHeld' }
  | { readonly kind: 'legFailed' }
  /** What the home said. */
  | { readonly kind: 'claimed' }
  | { readonly kind: 'confirmed' }
  /** `unsure`: the home may have claimed them all the same. */
  | { readonly kind: 'unclaimed'; readonly how: 'refused' | 'expired'; readonly unsure?: boolean }
  /** What the two sides do. */
  | { readonly kind: 'cancel' | 'accept' | 'ready' | 'handOver' | 'refuse' | 'received' }
  | { readonly kind: 'dispute'; readonly by: Side; readonly statement: string }
  | { readonly kind: 'quarrel'; readonly act: QuarrelAct }
  /** Ends what was not handed over, for the mechanism that made it. */
  | { readonly kind: 'callOff'; readonly how: 'cancelled' | 'refused' }
  | { readonly kind: 'time' };

export type Effect =
  | { readonly kind: 'tryClaim' | 'confirm' | 'restore' | 'draw' }
  /** Pays the seller so much of the price, per cent, and gives back the rest. Once in a life. */
  | { readonly kind: 'end'; readonly phase: EndPhase; readonly share: bigint };

export type Next =
  | { readonly ok: true; readonly life: Life; readonly effects: readonly Effect[] }
  | { readonly ok: false; readonly code: RefusalCode };

const ends: readonly OrderPhase[] = [
  'accepted',
  'refused',
  'expired',
  'cancelled',
  'settled',
  'refunded',
  'split',
];
export const hasEnded = (phase: OrderPhase): boolean => ends.includes(phase);

/** How far a phase is on the straight way. */
const progress: { readonly [phase in OrderPhase]?: number } = {
  placed: 0,
  escrowed: 1,
  claimed: 2,
  ready: 3,
  handedOver: 4,
  accepted: 5,
};

const refused = (code: RefusalCode): Next => ({ ok: false, code });
const same = (life: Life): Next => ({ ok: true, life, effects: [] });

export const newLife = (
  first: Pick<Life, 'unconfirmed' | 'expiry' | 'due' | 'silence' | 'outside'> & {
    readonly hasStock: boolean;
  },
  now: bigint,
): Life => {
  const { hasStock, ...rest } = first;
  return {
    ...rest,
    phase: 'placed',
    home: hasStock ? 'unasked' : 'none',
    since: now,
    saidPaid: false,
    saidReceived: false,
    handedOver: false,
    late: false,
  };
};

/** What is left of a life that has ended. */
export const endedLife = (phase: EndPhase, since: bigint): Life => ({
  ...newLife(
    { unconfirmed: 0n, expiry: 0n, due: 0n, silence: 0n, outside: false, hasStock: false },
    since,
  ),
  phase,
});

/** When time alone brings it on. Undefined: never, it has ended. */
export const wakeOf = (life: Life): bigint | undefined => {
  const { phase, home, since, expiry, due, late, silence } = life;
  if (hasEnded(phase)) return undefined;
  if (phase === 'handedOver' || phase === 'disputed') return since + silence;
  const mayLapse = home !== 'confirming' && (phase === 'placed' || phase === 'escrowed');
  if (mayLapse) return expiry;
  if (!late) return due;
  // Being late comes after having waited, however the two were chosen.
  return (due > since ? due : since) + silence;
};

const end = (life: Life, phase: EndPhase, share: bigint, now: bigint): Next => {
  const isOut = life.home === 'asked' || life.home === 'confirming' || life.home === 'confirmed';
  // What was handed over is not at its home: who gets it back adds it to the stock.
  const restores = isOut && share === 0n && !life.handedOver;
  return {
    ok: true,
    life: { ...life, phase, since: now, home: restores ? 'restored' : life.home },
    effects: [...(restores ? [{ kind: 'restore' } as const] : []), { kind: 'end', phase, share }],
  };
};

/** Goes on as far as it can without anybody's word. */
const proceed = (life: Life, now: bigint): Next => {
  if (life.unconfirmed > 0n) return same(life);
  const escrowed: Life = { ...life, phase: 'escrowed', since: now };
  if (life.home === 'none') return same({ ...escrowed, phase: 'claimed' });
  return {
    ok: true,
    life: { ...escrowed, home: 'asked' },
    effects: [{ kind: 'tryClaim' }],
  };
};
/** The first step of each life. */
export const begin = (life: Life, now: bigint): Next => proceed(life, now);

/** A dispute has come to its end, if it has. */
const conclude = (life: Life, now: bigint): Next => {
  const share = life.quarrel === undefined ? undefined : outcomeOf(life.quarrel);
  if (share === undefined) return same(life);
  return end(life, share === 100n ? 'settled' : share === 0n ? 'refunded' : 'split', share, now);
};

const byTime = (life: Life, now: bigint, defaultShare: bigint): Next => {
  const at = wakeOf(life);
  if (at === undefined || now < at) return same(life);
  if (life.phase === 'handedOver') return end(life, 'accepted', 100n, now);
  if (life.phase !== 'disputed') {
    const mayLapse =
      life.phase === 'placed' || (life.phase === 'escrowed' && life.home !== 'confirming');
    if (!mayLapse && !life.late) return same({ ...life, late: true });
    return end(life, 'expired', 0n, now);
  }
  return conclude({ ...life, quarrel: { ...life.quarrel!, byDefault: defaultShare } }, now);
};

/**
 * @param now - by the vat's clock
 * @param defaultShare - what the market gives the seller where a dispute ends without agreement, per cent
 */
export const step = (life: Life, event: Event, now: bigint, defaultShare: bigint): Next => {
  const { phase, home } = life;
  const over = hasEnded(phase);
  /** Asked again, a step that was taken answers as it did; else it is too early or too late. */
  const asked = (taken: OrderPhase, from: readonly OrderPhase[]): Next | undefined => {
    if (from.includes(phase)) return undefined;
    if (phase === taken) return same(life);
    const [here, there] = [progress[phase], progress[taken]];
    if (here !== undefined && there !== undefined && taken !== 'accepted' && here > there)
      return same(life);
    const early = here !== undefined && from.every((start) => here < (progress[start] ?? 0));
    return refused(early ? 'notYet' : 'closed');
  };
  switch (event.kind) {
    case 'legHeld':
      if (phase !== 'placed') return same(life);
      return proceed({ ...life, unconfirmed: life.unconfirmed - 1n }, now);
    case 'legFailed':
      return phase === 'placed' ? end(life, 'refused', 0n, now) : same(life);
    case 'claimed':
      if (over || home !== 'asked') return same(life);
      return {
        ok: true,
        life: { ...life, home: 'confirming', since: now },
        effects: [{ kind: 'confirm' }],
      };
    case 'confirmed':
      if (over || home !== 'confirming') return same(life);
      return same({ ...life, home: 'confirmed', phase: 'claimed', since: now });
    case 'unclaimed':
      if (over || (home !== 'asked' && home !== 'confirming')) return same(life);
      // Where the home says that it has nothing of ours, there is nothing to give back.
      return end(event.unsure === true ? life : { ...life, home: 'none' }, event.how, 0n, now);
    case 'cancel': {
      const from = ['placed', 'escrowed', 'claimed'] as const;
      // Whether it is late is the clock's word alone: a hidden buyer's turn does not know the time of day.
      if (phase === 'ready' && life.late) return end(life, 'cancelled', 0n, now);
      return asked('cancelled', from) ?? end(life, 'cancelled', 0n, now);
    }
    case 'refuse':
      return (
        asked('refused', ['placed', 'escrowed', 'claimed', 'ready']) ??
        end(life, 'refused', 0n, now)
      );
    case 'callOff':
      if (phase === event.how) return same(life);
      if (over || life.handedOver || phase === 'disputed') return refused('closed');
      return end(life, event.how, 0n, now);
    case 'ready':
      return asked('ready', ['claimed']) ?? same({ ...life, phase: 'ready', since: now });
    case 'handOver':
      return (
        asked('handedOver', ['claimed', 'ready']) ??
        same({ ...life, phase: 'handedOver', handedOver: true, since: now })
      );
    case 'accept': {
      const no = asked('accepted', ['handedOver']);
      if (no !== undefined) return no;
      if (life.outside && !life.saidReceived) return same({ ...life, saidPaid: true });
      return end({ ...life, saidPaid: true }, 'accepted', 100n, now);
    }
    case 'received': {
      if (!life.outside) return refused('unsupported');
      if (life.saidReceived) return same(life);
      const no = asked('accepted', ['claimed', 'ready', 'handedOver']);
      if (no !== undefined) return no;
      const received = { ...life, saidReceived: true };
      if (!life.saidPaid) return same(received);
      return end(received, 'accepted', 100n, now);
    }
    case 'dispute': {
      const { by, statement } = event;
      if (phase === 'disputed') {
        // Of the one who began it: asked again. Of the other one: the other side of it.
        if (life.quarrel!.statements[by] !== undefined) return same(life);
        return same({
          ...life,
          quarrel: quarrelStep(life.quarrel!, { kind: 'state', by, statement }),
        });
      }
      const from: readonly OrderPhase[] = by === 'buyer' ? ['ready', 'handedOver'] : ['handedOver'];
      const no = asked('disputed', from);
      if (no !== undefined) return no;
      const quarrel = newQuarrel(by, statement);
      return {
        ok: true,
        life: { ...life, phase: 'disputed', since: now, quarrel },
        effects: [{ kind: 'draw' }],
      };
    }
    case 'quarrel': {
      if (phase !== 'disputed') return refused(over ? 'closed' : 'notYet');
      return conclude({ ...life, quarrel: quarrelStep(life.quarrel!, event.act) }, now);
    }
    case 'time':
      return byTime(life, now, defaultShare);
  }
};
