/**
 * The claim facet of one market (SPEC 7.6): its orders, what they claimed, and what they were told.
 * What each step does stands in `rules.ts`; here it is stored, and the home told of it.
 */
import { M } from '@endo/patterns';
import type { DurableMap, DurableSet, Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, makeDurableSet, send, typed } from '@pocas/vat-runtime';
import { ClaimI, SeatInsideI } from './guards.ts';
import type { HomeInside, SeatInside } from './inside.ts';
import type { Claiming, Place, Seat } from './rules.ts';
import {
  confirm,
  endLease,
  lapse,
  leaseTo,
  newSeat,
  restore,
  tryClaim,
  withdrawn,
} from './rules.ts';
import type {
  Claim,
  ClaimListener,
  ClaimRefusal,
  Claimed,
  Confirmed,
  MarketItem,
  Stock,
} from './types.ts';

/** How long an order that came to nothing is remembered: 30 days (SPEC 0.1, convention 5). */
const remembered = 30n * 24n * 60n * 60n * 1000n;
/** Of one market: how many orders that came to nothing are remembered at a time. */
const maxEnded = 1_000;
/** Of one market: how many listings are told when nothing is left. */
const maxListings = 10;

/** Times as keys of one length, so that they stand in order. */
const timeKey = (time: bigint): string => String(time).padStart(20, '0');

const makeSeat = defineActor({
  name: 'ItemClaim',
  state: {
    number: M.nat(),
    label: M.string(),
    seat: typed<Seat>(M.record()),
    home: typed<Facet<HomeInside>>(M.remotable('home')),
    orders: typed<DurableMap<string, Claiming>>(M.any()),
    /** Orders that came to nothing, by when they may be forgotten. */
    ended: typed<DurableSet<string>>(M.any()),
    listings: typed<DurableMap<bigint, Facet<ClaimListener>>>(M.any()),
    nextListing: M.nat(),
  },
  init: (home: Facet<HomeInside>, number: bigint, label: string) => ({
    number,
    label,
    seat: newSeat,
    home,
    orders: makeDurableMap<string, Claiming>(),
    ended: makeDurableSet<string>(),
    listings: makeDurableMap<bigint, Facet<ClaimListener>>(),
    nextListing: 1n,
  }),
  guards: { claim: ClaimI, inside: SeatInsideI },
  facets: {
    claim: {
      view(): ReturnType<Claim['view']> {
        const { home, seat } = this.state;
        const { what, stock } = home.sight();
        const own = seat.lease?.units ?? 0n;
        return { what, free: seat.isRevoked ? 0n : stock.free + own };
      },
      changes(since?: string): Promise<string> {
        return this.state.home.changes(since);
      },
      tryClaim(orderId: string, units: bigint, ttl: bigint): Claimed | ClaimRefusal {
        const { home, orders } = this.state;
        const { inside } = this.facets;
        home.sweep();
        const known = orders.has(orderId);
        if (!known) inside.makeRoom();
        const place = inside.place(orderId);
        const { answer, ...after } = tryClaim(place, units, ttl, home.now(), home.limits());
        if (!known) inside.keep(orderId, after);
        if (!known && answer.ok) home.record('claimed', orderId, units, this.state.label);
        return { ...answer, journal: home.journalHead() };
      },
      confirm(orderId: string): Confirmed | ClaimRefusal {
        const { home } = this.state;
        const { inside } = this.facets;
        home.sweep();
        const place = inside.place(orderId);
        const { answer, ...after } = confirm(place);
        inside.keep(orderId, after);
        if (!answer.ok) return { ...answer, journal: home.journalHead() };
        if (place.claiming?.phase !== 'confirmed')
          home.record('confirmed', orderId, after.claiming!.units, this.state.label);
        return { ok: true, journal: home.journalHead() };
      },
      restore(orderId: string): Confirmed {
        const { home, orders } = this.state;
        const { inside } = this.facets;
        home.sweep();
        if (!orders.has(orderId)) inside.makeRoom();
        const place = inside.place(orderId);
        const after = restore(place, home.now(), home.limits());
        inside.keep(orderId, after);
        const before = place.claiming?.phase;
        if (before === 'claimed' || before === 'confirmed')
          home.record('restored', orderId, place.claiming!.units, this.state.label);
        return { ok: true, journal: home.journalHead() };
      },
      follow(listing: Facet<ClaimListener>): { readonly free: bigint } {
        const { state } = this;
        const { listings } = state;
        for (const known of listings.values())
          if (known === listing) return { free: this.facets.claim.view().free };
        listings.set(state.nextListing, listing);
        state.nextListing += 1n;
        const [oldest] = listings.keys({ limit: 1 });
        if (listings.size() > maxListings) listings.delete(oldest!);
        return { free: this.facets.claim.view().free };
      },
    },
    inside: {
      item(): MarketItem {
        const { label, seat } = this.state;
        const { claimed, fulfilled, unused, lease, isRevoked } = seat;
        return { label, claimed, fulfilled, unused, leased: lease?.units ?? 0n, isRevoked };
      },
      place(orderId: string): Place {
        const { home, seat, orders } = this.state;
        const claiming = orders.get(orderId);
        const { stock } = home.sight();
        return claiming === undefined ? { stock, seat } : { stock, seat, claiming };
      },
      /** Stores what came of a step. */
      keep(orderId: string, { stock, seat, claiming }: Place): void {
        const { state } = this;
        const { home, orders, ended, number } = state;
        const before = orders.get(orderId);
        if (seat !== state.seat) state.seat = seat;
        if (claiming !== undefined && claiming !== before) orders.set(orderId, claiming);
        const wasDue = before?.phase === 'claimed';
        const isDue = claiming?.phase === 'claimed';
        if (wasDue && !isDue) home.forget(before.expires, number, orderId);
        if (isDue && !wasDue) home.expect(claiming.expires, number, orderId);
        if (claiming?.phase === 'ended' && before?.phase !== 'ended')
          ended.add(`${timeKey(home.now() + remembered)} ${orderId}`);
        home.keep(stock);
      },
      /**
       * Forgets two orders whose time is over; where too many came to nothing, the oldest, so that nobody can
       * keep others from a thing by ordering and cancelling. A late claim for one of those would lapse by itself.
       */
      makeRoom(): void {
        const { home, orders, ended } = this.state;
        const over = [...ended.values({ to: timeKey(home.now()), limit: 2 })];
        const oldest = ended.size() < maxEnded ? [] : ended.values({ limit: 1 });
        for (const key of new Set([...over, ...oldest])) {
          ended.delete(key);
          orders.delete(key.slice(21));
        }
      },
      lapse(orderId: string): void {
        const { home } = this.state;
        const { inside } = this.facets;
        if (orderId === '') {
          const { stock, seat } = endLease(inside.place(''), home.now());
          this.state.seat = seat;
          home.keep(stock);
        } else {
          inside.keep(orderId, lapse(inside.place(orderId), home.now(), home.limits()));
        }
      },
      leaseTo(units: bigint, until: bigint): boolean {
        const { state } = this;
        const after = leaseTo(this.facets.inside.place(''), units, until);
        if (after === undefined) return false;
        state.seat = after.seat;
        state.home.keep(after.stock);
        state.home.expect(until, state.number, '');
        return true;
      },
      lease(): Seat['lease'] {
        return this.state.seat.lease;
      },
      revoke(outstanding: readonly string[]): void {
        const { state } = this;
        const { inside } = this.facets;
        state.seat = { ...state.seat, isRevoked: true };
        for (const orderId of outstanding) inside.keep(orderId, withdrawn(inside.place(orderId)));
        inside.tell('soldOut');
      },
      tell(what: 'soldOut' | 'available', stock?: Stock): void {
        const { listings, seat } = this.state;
        if (what === 'available' && seat.isRevoked) return;
        for (const listing of listings.values()) {
          if (what === 'soldOut') send(listing, 'soldOut', []);
          else send(listing, 'available', [stock?.free ?? 0n]);
        }
      },
    },
  },
  readOnly: ['claim.changes'],
});

export type SeatKit = { readonly claim: Facet<Claim>; readonly inside: Facet<SeatInside> };

export const makeClaim = (home: Facet<HomeInside>, number: bigint, label: string): SeatKit => {
  const { claim, inside } = makeSeat(home, number, label);
  return { claim, inside };
};
