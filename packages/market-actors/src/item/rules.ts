/**
 * Who gets a thing (SPEC 7.6): every change of a home's stock, as pure functions. The actors store what
 * these answer and decide nothing, so what is true of any order of these steps is true of them.
 *
 * - All units that were ever added are in one of five places (`Stock`), and move one way at a time.
 * - The first final answer for an order stands: what was refused, restored or told `expired` never sells.
 * - A claim that lapsed can still be confirmed while its units are free. So a link that was down for
 *   longer than a claim lasts costs the buyer nothing unless somebody else came.
 * - A market that claims and does not confirm waits: as long as its claim stood, and twice as long each
 *   time in a row. So whoever claims and sits holds a thing back half of the time at most, and ever less.
 */
import type { RefusalCode } from '@pocas/vat-runtime/actors';
import type { Stock } from './types.ts';

/** The holder of a claim facet. */
export type Seat = {
  readonly claimed: bigint;
  /** How many claims wait to be confirmed. */
  readonly outstanding: bigint;
  readonly fulfilled: bigint;
  readonly unused: bigint;
  /** Unused claims in a row. */
  readonly strikes: bigint;
  /** Until then it may claim nothing. */
  readonly quietUntil: bigint;
  readonly isRevoked: boolean;
  /** What it may sell without asking. */
  readonly lease?: { readonly units: bigint; readonly until: bigint } | undefined;
};

/** What one order of a market has claimed. */
export type Claiming = {
  /** `lapsed`: its units went back, and it may still be confirmed. `ended`: it never will be. */
  readonly phase: 'claimed' | 'lapsed' | 'confirmed' | 'ended';
  readonly units: bigint;
  /** How many of them are out of the seat's lease. */
  readonly leased: bigint;
  readonly since: bigint;
  readonly expires: bigint;
  /** What it was told when it ended. */
  readonly code?: RefusalCode | undefined;
};

export type ItemLimits = {
  /** The longest that a claim stands without being confirmed, in milliseconds. */
  readonly maxTtl: bigint;
  /** How many claims of one market may wait to be confirmed. */
  readonly maxOutstanding: bigint;
  /** The longest that a market which does not confirm has to wait, in milliseconds. */
  readonly maxQuiet: bigint;
};

const minute = 60_000n;
export const usualLimits: ItemLimits = {
  maxTtl: 60n * minute,
  maxOutstanding: 30n,
  maxQuiet: 24n * 60n * minute,
};

/** Everything that a step reads, and what comes of it. */
export type Place = {
  readonly stock: Stock;
  readonly seat: Seat;
  readonly claiming?: Claiming | undefined;
};
export type Step = Place & {
  readonly answer:
    { readonly ok: true; readonly expires: bigint } | { ok: false; readonly code: RefusalCode };
};

export const newStock = (units: bigint): Stock => ({
  free: units,
  claimed: 0n,
  leased: 0n,
  fulfilled: 0n,
  taken: 0n,
});
export const newSeat: Seat = {
  claimed: 0n,
  outstanding: 0n,
  fulfilled: 0n,
  unused: 0n,
  strikes: 0n,
  quietUntil: 0n,
  isRevoked: false,
};

/** What may still be sold to somebody. */
export const left = ({ free, claimed, leased }: Stock): bigint => free + claimed + leased;

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const fine = (place: Place): Step => ({
  ...place,
  answer: { ok: true, expires: place.claiming?.expires ?? 0n },
});
const refused = (place: Place, code: RefusalCode): Step => ({
  ...place,
  answer: { ok: false, code },
});

/** Ends the claim for good with an answer that stays. */
const end = (place: Place, code: RefusalCode): Step => {
  const blank = { units: 0n, leased: 0n, since: 0n, expires: 0n };
  const claiming: Claiming = { ...(place.claiming ?? blank), phase: 'ended', code };
  return refused({ ...place, claiming }, code);
};

/** Takes units for a claim, out of the seat's lease first; undefined where there are too few. */
const draw = (
  { stock, seat }: Place,
  units: bigint,
): { readonly stock: Stock; readonly seat: Seat; readonly leased: bigint } | undefined => {
  const { lease } = seat;
  const leased = min(units, lease?.units ?? 0n);
  if (units - leased > stock.free) return undefined;
  return {
    stock: {
      ...stock,
      free: stock.free - (units - leased),
      leased: stock.leased - leased,
      claimed: stock.claimed + units,
    },
    seat: {
      ...seat,
      claimed: seat.claimed + units,
      outstanding: seat.outstanding + 1n,
      lease: lease === undefined ? undefined : { ...lease, units: lease.units - leased },
    },
    leased,
  };
};

/** Puts back what a claim took; units of a lease that still runs are the seat's again. */
const putBack = (
  { stock, seat }: Place,
  { units, leased }: Claiming,
  from: 'claimed' | 'fulfilled',
): { readonly stock: Stock; readonly seat: Seat } => {
  const { lease } = seat;
  const toLease = lease === undefined ? 0n : leased;
  return {
    stock: {
      ...stock,
      [from]: stock[from] - units,
      free: stock.free + units - toLease,
      leased: stock.leased + toLease,
    },
    seat: {
      ...seat,
      [from]: seat[from] - units,
      outstanding: from === 'claimed' ? seat.outstanding - 1n : seat.outstanding,
      lease: lease === undefined ? undefined : { ...lease, units: lease.units + toLease },
    },
  };
};

/** A claim that went back unconfirmed: its market waits before the next. */
const unused = (seat: Seat, { since }: Claiming, now: bigint, limits: ItemLimits): Seat => {
  // Claims that were open together count once: one outage of a link is one fault, not thirty.
  const strikes = since >= seat.quietUntil ? seat.strikes + 1n : seat.strikes;
  // Past ten in a row it is a thousand times as long, and the bound below holds long before.
  const times = 1n << min(strikes - 1n, 10n);
  const quiet = min((now - since) * times, limits.maxQuiet);
  const until = now + quiet;
  return {
    ...seat,
    unused: seat.unused + 1n,
    strikes,
    quietUntil: until > seat.quietUntil ? until : seat.quietUntil,
  };
};

/** A market asks for units for one order. */
export const tryClaim = (
  place: Place,
  units: bigint,
  ttl: bigint,
  now: bigint,
  limits: ItemLimits,
): Step => {
  const { stock, seat, claiming } = place;
  // The same order, the same answer: a copy of the message must not take twice.
  if (claiming?.phase === 'ended') return refused(place, claiming.code!);
  if (claiming !== undefined) return fine(place);
  if (seat.isRevoked) return end(place, 'closed');
  if (now < seat.quietUntil || seat.outstanding >= limits.maxOutstanding)
    return end(place, 'quota');
  const drawn = draw(place, units);
  if (drawn === undefined) {
    const own = seat.lease?.units ?? 0n;
    if (stock.free + own > 0n) return end(place, 'insufficient');
    return end(place, left(stock) > 0n ? 'claimed' : 'closed');
  }
  const { leased, ...rest } = drawn;
  const expires = now + min(ttl, limits.maxTtl);
  return fine({ ...rest, claiming: { phase: 'claimed', units, leased, since: now, expires } });
};

/** The time of a claim is over: its units go back. */
export const lapse = (place: Place, now: bigint, limits: ItemLimits): Place => {
  const { claiming } = place;
  if (claiming?.phase !== 'claimed' || now < claiming.expires) return place;
  const { stock, seat } = putBack(place, claiming, 'claimed');
  return {
    stock,
    seat: unused(seat, claiming, claiming.expires, limits),
    claiming: { ...claiming, phase: 'lapsed', leased: 0n },
  };
};

/** The market has the payment, and the order stands. */
export const confirm = (place: Place): Step => {
  const { claiming } = place;
  // Nothing to record: a market claims first, and never hears of success before it did.
  if (claiming === undefined) return refused(place, 'expired');
  if (claiming.phase === 'confirmed') return fine(place);
  if (claiming.phase === 'ended') return refused(place, claiming.code!);
  if (claiming.phase === 'lapsed') {
    // The answer is the last word: the market refunds on it, so a later copy must not sell.
    if (place.seat.isRevoked) return end(place, 'closed');
    const drawn = draw(place, claiming.units);
    if (drawn === undefined) return end(place, 'expired');
    const { leased, ...rest } = drawn;
    return confirm({ ...rest, claiming: { ...claiming, phase: 'claimed', leased } });
  }
  const { stock, seat } = place;
  const { units } = claiming;
  return fine({
    stock: { ...stock, claimed: stock.claimed - units, fulfilled: stock.fulfilled + units },
    seat: {
      ...seat,
      claimed: seat.claimed - units,
      outstanding: seat.outstanding - 1n,
      fulfilled: seat.fulfilled + units,
      strikes: 0n,
    },
    claiming: { ...claiming, phase: 'confirmed' },
  });
};

/** The order came to nothing, before or after it was confirmed. Also before the home has heard of it. */
export const restore = (place: Place, now: bigint, limits: ItemLimits): Place => {
  const { claiming } = place;
  const over = (at: Place): Place => {
    const { stock, seat, claiming: ended } = end(at, 'closed');
    return { stock, seat, claiming: ended };
  };
  if (claiming?.phase === 'ended') return place;
  if (claiming?.phase === 'claimed') {
    const { stock, seat } = putBack(place, claiming, 'claimed');
    return over({ stock, seat: unused(seat, claiming, now, limits), claiming });
  }
  if (claiming?.phase === 'confirmed')
    return over({ ...putBack(place, claiming, 'fulfilled'), claiming });
  return over(place);
};

/** The owner has taken the market's facet back: what was not confirmed ends. */
export const withdrawn = (place: Place): Place => {
  const { claiming } = place;
  if (claiming?.phase !== 'claimed') return place;
  const { stock, seat } = putBack(place, claiming, 'claimed');
  const { claiming: ended } = end(place, 'closed');
  return { stock, seat, claiming: ended };
};

/** Sold or used by hand; undefined where too few are free. */
export const take = (stock: Stock, units: bigint): Stock | undefined =>
  units > stock.free
    ? undefined
    : { ...stock, free: stock.free - units, taken: stock.taken + units };

/** Sets units aside for one seat; undefined where too few are free. */
export const leaseTo = ({ stock, seat }: Place, units: bigint, until: bigint): Place | undefined =>
  units > stock.free
    ? undefined
    : {
        stock: { ...stock, free: stock.free - units, leased: stock.leased + units },
        seat: { ...seat, lease: { units, until } },
      };

/** The lease is over: what was not reported as sold is everybody's again. */
export const endLease = ({ stock, seat }: Place, now: bigint): Place => {
  const { lease } = seat;
  if (lease === undefined || now < lease.until) return { stock, seat };
  return {
    stock: { ...stock, free: stock.free + lease.units, leased: stock.leased - lease.units },
    seat: { ...seat, lease: undefined },
  };
};

/** Whether two answers of one home cannot both be true: one number, two hashes. @see Claimed */
export const equivocates = (a: string, b: string): boolean => {
  const [numberA] = a.split(' ');
  const [numberB] = b.split(' ');
  return a !== '' && b !== '' && numberA === numberB && a !== b;
};
