/**
 * The home of a thing (SPEC M4, 7.6): its stock, and the claim facets of the markets in which it is
 * listed. It is an actor for any vat: a market keeps its members' stock in homes of its own, and
 * somebody's things stand in a vat of their own (`vat.ts`).
 */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { DurableMap, DurableSet, Facet, Grantor } from '@pocas/vat-runtime';
import {
  changed,
  defineActor,
  makeDurableMap,
  makeDurableSet,
  sha256,
  typed,
} from '@pocas/vat-runtime';
import type {
  JournalKeeper,
  JournalReader,
  JournalWriter,
  Refusal,
} from '@pocas/vat-runtime/actors';
import { once, refuse } from '@pocas/vat-runtime/actors';
import type { SeatKit } from './claim.ts';
import { makeClaim } from './claim.ts';
import { HomeInsideI, ItemOwnerI, ItemTaskI } from './guards.ts';
import type { ItemLimits } from './rules.ts';
import { left, newStock, take, usualLimits } from './rules.ts';
import type { Claim, ItemOwner, ItemTime, ItemView, Stock } from './types.ts';

/** In how many markets one thing is listed at most. */
export const maxMarkets = 30;
/** How much one sweep ends at most; what is left is ended by the next. */
const sweepSize = 100;
const hour = 60n * 60n * 1000n;

type Journal = { readonly writer: Facet<JournalWriter>; readonly keeper: Facet<JournalKeeper> };

export type ItemParts = {
  readonly what: string;
  readonly units: bigint;
  readonly time: ItemTime;
  /** Without it the home keeps no journal: in a market's own vat nobody else depends on what it says. */
  readonly journal?: Journal;
  readonly grantor?: Facet<Grantor>;
  readonly limits?: ItemLimits;
};

const timeKey = (time: bigint): string => String(time).padStart(20, '0');
const dueKey = (at: bigint, number: bigint, orderId: string): string =>
  `${timeKey(at)} ${number} ${orderId}`;

const makeHome = defineActor({
  name: 'ItemHome',
  state: {
    what: M.string(),
    stock: typed<Stock>(M.record()),
    time: typed<ItemTime>(M.remotable('time')),
    limits: typed<ItemLimits>(M.record()),
    journal: typed<Journal | undefined>(M.opt(M.record())),
    grantor: typed<Facet<Grantor> | undefined>(M.opt(M.remotable('grantor'))),
    /** The number and hash of the newest entry. */
    head: M.string(),
    seats: typed<DurableMap<bigint, SeatKit>>(M.any()),
    numbers: typed<DurableMap<string, bigint>>(M.any()),
    /** What ends by itself, by its time. */
    due: typed<DurableSet<string>>(M.any()),
    alarm: typed<{ readonly at: bigint; readonly timer: bigint } | undefined>(M.opt(M.record())),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: ({ what, units, time, journal, grantor, limits = usualLimits }: ItemParts) => ({
    what,
    stock: newStock(units),
    time,
    limits,
    journal,
    grantor,
    head: '',
    seats: makeDurableMap<bigint, SeatKit>(),
    numbers: makeDurableMap<string, bigint>(),
    due: makeDurableSet<string>(),
    alarm: undefined,
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { owner: ItemOwnerI, inside: HomeInsideI, task: ItemTaskI },
  facets: {
    owner: {
      view(): ItemView {
        const { what, stock, seats } = this.state;
        const markets = [...seats.values()].map(({ inside }) => inside.item());
        return { what, ...stock, markets };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.owner);
      },
      claimFor(label: string, requestId: string): ReturnType<ItemOwner['claimFor']> {
        const { outcomes, numbers } = this.state;
        return once<ReturnType<ItemOwner['claimFor']>>(outcomes, 'claimFor', requestId, () => {
          if (numbers.has(label)) return refuse('conflict');
          if (numbers.size() >= maxMarkets) return refuse('quota');
          return { ok: true, claim: this.facets.inside.addSeat(label) };
        });
      },
      claimLink(label: string, requestId: string): ReturnType<ItemOwner['claimLink']> {
        const { grantor } = this.state;
        if (grantor === undefined) return refuse('unsupported');
        const made = this.facets.owner.claimFor(label, requestId);
        if (!made.ok) return made;
        const text = E(grantor).sturdy(made.claim, { label: `${this.state.what}: ${label}` });
        return E.when(text, (secret) => ({ secret, toPaste: true as const }));
      },
      revoke(label: string, requestId: string): { readonly ok: true } | Refusal {
        const { outcomes, numbers, seats, due } = this.state;
        const { inside } = this.facets;
        return once<{ readonly ok: true } | Refusal>(outcomes, 'revoke', requestId, () => {
          inside.sweep();
          const number = numbers.get(label);
          if (number === undefined) return refuse('invalid');
          const seat = seats.get(number)!.inside;
          // Units of a lease may have been sold already; the market must be able to say so.
          if (seat.lease() !== undefined) return refuse('notYet');
          const outstanding = [...due.values()]
            .map((key) => key.split(' '))
            .filter(([, seatNumber]) => seatNumber === String(number))
            .map(([, , ...orderId]) => orderId.join(' '));
          seat.revoke(outstanding);
          inside.record('revoked', '', 0n, label);
          inside.touch();
          return { ok: true };
        });
      },
      take(units: bigint, requestId: string): ReturnType<ItemOwner['take']> {
        const { outcomes } = this.state;
        const { inside } = this.facets;
        return once<ReturnType<ItemOwner['take']>>(outcomes, 'take', requestId, () => {
          inside.sweep();
          const after = take(this.state.stock, units);
          if (after === undefined) return refuse('insufficient');
          inside.keep(after);
          inside.record('taken', '', units, '');
          return { ok: true, left: after.free };
        });
      },
      addStock(units: bigint, requestId: string): ReturnType<ItemOwner['addStock']> {
        const { state } = this;
        const { inside } = this.facets;
        return once<ReturnType<ItemOwner['addStock']>>(
          state.outcomes,
          'addStock',
          requestId,
          () => {
            inside.sweep();
            const free = state.stock.free + units;
            inside.keep({ ...state.stock, free });
            inside.record('added', '', units, '');
            return { ok: true, left: free };
          },
        );
      },
      leaseOffline(
        label: string,
        units: bigint,
        until: bigint,
        requestId: string,
      ): { readonly ok: true } | Refusal {
        const { outcomes, numbers, seats } = this.state;
        const { inside } = this.facets;
        const lease = (): { readonly ok: true } | Refusal => {
          inside.sweep();
          const number = numbers.get(label);
          if (number === undefined) return refuse('invalid');
          const { inside: seat } = seats.get(number)!;
          if (seat.item().isRevoked) return refuse('closed');
          if (until <= inside.now()) return refuse('expired');
          if (seat.lease() !== undefined) return refuse('conflict');
          if (!seat.leaseTo(units, until)) return refuse('insufficient');
          inside.record('leased', '', units, label);
          return { ok: true };
        };
        return once(outcomes, 'leaseOffline', requestId, lease);
      },
      sellOffline(
        label: string,
        units: bigint,
        hours: bigint,
        requestId: string,
      ): { readonly ok: true } | Refusal {
        const { outcomes } = this.state;
        const { inside, owner } = this.facets;
        // The same time when it is asked again, however late.
        const until = once(outcomes, 'until', requestId, () => inside.now() + hours * hour);
        return owner.leaseOffline(label, units, until, requestId);
      },
      journal(): Facet<JournalReader> | undefined {
        return this.state.journal?.keeper.reader('P3');
      },
    },
    inside: {
      now(): bigint {
        return this.state.time.now();
      },
      limits(): ItemLimits {
        return this.state.limits;
      },
      sight(): { readonly what: string; readonly stock: Stock } {
        const { what, stock } = this.state;
        return { what, stock };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.inside);
      },
      addSeat(label: string): Facet<Claim> {
        const { numbers, seats } = this.state;
        const number = BigInt(numbers.size()) + 1n;
        const kit = makeClaim(this.facets.inside, number, label);
        numbers.set(label, number);
        seats.set(number, kit);
        this.facets.inside.touch();
        return kit.claim;
      },
      sweep(): void {
        const { time, due, seats } = this.state;
        const now = time.now();
        for (const key of due.values({ to: timeKey(now + 1n), limit: sweepSize })) {
          due.delete(key);
          const [, number, ...orderId] = key.split(' ');
          seats.get(BigInt(number!))!.inside.lapse(orderId.join(' '));
        }
      },
      keep(stock: Stock): void {
        const { state } = this;
        const before = left(state.stock);
        // A step that changed nothing is not written.
        if (stock === state.stock) return;
        state.stock = stock;
        const after = left(stock);
        if (before === 0n && after > 0n) this.facets.inside.tell('available');
        if (before > 0n && after === 0n) this.facets.inside.tell('soldOut');
      },
      tell(what: 'soldOut' | 'available'): void {
        const { seats, stock } = this.state;
        for (const { inside } of seats.values()) inside.tell(what, stock);
      },
      expect(at: bigint, number: bigint, orderId: string): void {
        this.state.due.add(dueKey(at, number, orderId));
        this.facets.inside.setAlarm();
      },
      forget(at: bigint, number: bigint, orderId: string): void {
        this.state.due.delete(dueKey(at, number, orderId));
        this.facets.inside.setAlarm();
      },
      /** One timer at a time, for what ends first. */
      setAlarm(): void {
        const { state } = this;
        const { due, alarm, time } = state;
        const [first] = due.values({ limit: 1 });
        const at = first === undefined ? undefined : BigInt(first.slice(0, 20));
        if (alarm?.at === at) return;
        if (alarm !== undefined) time.cancelWake(alarm.timer);
        state.alarm =
          at === undefined ? undefined : { at, timer: time.wakeAt(at, this.facets.task, {}) };
      },
      record(kind: string, orderId: string, units: bigint, label: string): void {
        const { state } = this;
        const { journal, stock } = state;
        if (journal === undefined) return;
        // The hash of an order's id is known to its market, and tells others nothing.
        const order = orderId === '' ? '' : sha256(`pocas item order\n${orderId}`);
        const facts = { order, units, market: label, stock };
        const { number, hash } = journal.writer.record(kind, facts, 'P2');
        state.head = `${number} ${hash}`;
      },
      journalHead(): string {
        return this.state.head;
      },
      touch(): void {
        // Whoever follows the owner's page is told of what changed in a seat.
        this.state.stock = { ...this.state.stock };
      },
    },
    task: {
      due(): void {
        const { inside } = this.facets;
        this.state.alarm = undefined;
        inside.sweep();
        inside.setAlarm();
      },
    },
  },
  readOnly: ['owner.changes', 'inside.changes'],
});

/**
 * Makes the home of a thing in this vat.
 *
 * @returns `claim`: the facet of the market in whose vat it is, under the label `here`
 */
export const makeItemHome = (
  parts: ItemParts,
): { readonly owner: Facet<ItemOwner>; readonly claim: Facet<Claim> } => {
  const { owner, inside } = makeHome(parts);
  return { owner, claim: inside.addSeat('here') };
};
