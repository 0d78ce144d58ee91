/**
 * The exchange desk of one ledger, in that ledger's vat: its parts in exchanges, and what it answers other
 * ledgers. What an exchange was refused with is remembered for as long as its terms could be prepared.
 */
import { M } from '@endo/patterns';
import type { DurableMap, DurableSet, Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, makeDurableSet, sha256, typed } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import { refuse } from '@pocas/vat-runtime/actors';
import type { Account, Held, OpenedAccount, Payment } from '../value/types.ts';
import { ExchangeDeskI, passable } from './guards.ts';
import { maxTerm, timeKey } from './patience.ts';
import type { SidePhase, Status } from './rules.ts';
import type { SideInside } from './side.ts';
import { makeSide } from './side.ts';
import { sameTerms } from './terms.ts';
import type {
  ExchangeDesk,
  ExchangeInside,
  ExchangeQuestion,
  ExchangeSummary,
  ExchangeTerms,
  ExchangeTime,
  ExchangeWatcher,
  SideView,
} from './types.ts';

/** How many refused exchanges one ledger remembers, and how many it has under way. */
const maxRefused = 10_000;
const maxOpen = 1_000;

export type ExchangeParts = {
  readonly name: string;
  readonly unit: string;
  /** A pool account of the ledger, which nobody else has: through it go payments for people without an account. */
  readonly pool: Pick<OpenedAccount, 'account' | 'payee'>;
  readonly time: ExchangeTime;
  /** At random, and told to nobody: nobody can guess under which request a hold is made. */
  readonly secret: string;
};

const makeDesk = defineActor({
  name: 'ExchangeDesk',
  state: {
    name: M.string(),
    unit: M.string(),
    pool: typed<ExchangeParts['pool']>(M.record()),
    time: typed<ExchangeTime>(M.remotable('time')),
    secret: M.string(),
    sides: typed<DurableMap<string, Facet<SideInside>>>(M.any()),
    open: typed<DurableSet<string>>(M.any()),
    /** By id: until when its terms could be prepared. */
    refused: typed<DurableMap<string, bigint>>(M.any()),
    /** What may be forgotten, by when: refused ids, and exchanges that are over. */
    old: typed<DurableSet<string>>(M.any()),
    requests: M.nat(),
  },
  init: ({ name, unit, pool, time, secret }: ExchangeParts) => ({
    name,
    unit,
    pool,
    time,
    secret,
    sides: makeDurableMap<string, Facet<SideInside>>(),
    open: makeDurableSet<string>(),
    refused: makeDurableMap<string, bigint>(),
    old: makeDurableSet<string>(),
    requests: 0n,
  }),
  guards: {
    desk: ExchangeDeskI,
    inside: passable('ExchangeInside'),
    forSides: passable('ExchangeForSides'),
  },
  facets: {
    desk: {
      view(): ReturnType<ExchangeDesk['view']> {
        const { name, unit } = this.state;
        return { name, unit };
      },
      ask(question: ExchangeQuestion, isFinal: boolean): Status {
        const { id, deadline } = question;
        const { inside } = this.facets;
        const side = this.state.sides.get(id);
        if (side !== undefined) return side.status(question);
        if (isFinal) inside.refuse(id, deadline);
        return inside.unprepared(id, deadline);
      },
      stands(summary: ExchangeSummary): Status {
        const { id, deadline } = summary;
        const side = this.state.sides.get(id);
        return side === undefined
          ? this.facets.inside.unprepared(id, deadline)
          : side.stands(summary);
      },
      hint(id: string): void {
        this.state.sides.get(id)?.hinted();
      },
      deliver(id: string, payment: Facet<Payment>): void {
        this.state.sides.get(id)?.deliver(payment);
      },
      paidOut(id: string, payment: Facet<Payment>): boolean {
        return this.state.sides.get(id)?.paidOut(payment) ?? false;
      },
    },
    inside: {
      desk(): Facet<ExchangeDesk> {
        return this.facets.desk;
      },
      prepare(
        account: Facet<Account>,
        terms: ExchangeTerms,
        watcher: Facet<ExchangeWatcher>,
      ): { readonly ok: true } | Refusal {
        const { state } = this;
        const { sides, refused, open, pool, time } = state;
        const { inside, forSides, desk } = this.facets;
        const { id, legs, deadline } = terms;
        if (refused.has(id)) return refuse('closed');
        const before = sides.get(id);
        if (before !== undefined)
          return sameTerms(before.terms(), terms) ? { ok: true } : refuse('conflict');
        const now = time.now();
        const which = legs[0].desk === desk ? 0 : 1;
        const isOurs = legs[which].desk === desk && legs[which === 0 ? 1 : 0].desk !== desk;
        if (!isOurs || deadline > now + maxTerm) return refuse('invalid');
        if (deadline <= now) return refuse('expired');
        if (open.size() >= maxOpen) return refuse('quota');
        const { value, to = pool.payee } = legs[which];
        let held: Held | Refusal;
        try {
          held = account.hold(to, value, {}, inside.request());
        } catch {
          // Such as a payee of another ledger.
          return refuse('invalid');
        }
        if (!held.ok) return held;
        const { decider } = held;
        const side = makeSide({ terms, which, decider, desk: forSides, time, watcher });
        sides.set(id, side);
        open.add(id);
        side.start();
        return { ok: true };
      },
      /** What to say of an exchange in which nothing was held here. */
      unprepared(id: string, deadline: bigint): Status {
        const { refused, time } = this.state;
        // Past their deadline terms are not prepared any more, so that is as good as written down.
        const isRefused = refused.has(id) || deadline <= time.now();
        return { phase: isRefused ? 'refused' : 'unknown', isFrozen: false };
      },
      refuse(id: string, deadline: bigint): void {
        const { sides, refused, old, time } = this.state;
        if (sides.has(id) || refused.has(id)) return;
        this.facets.inside.forget();
        const now = time.now();
        // Terms that are over cannot be prepared any more, so there is nothing to remember.
        const until = deadline > now + maxTerm ? now + maxTerm : deadline;
        if (until <= now || refused.size() >= maxRefused) return;
        refused.set(id, until);
        old.add(`${timeKey(until)} ${id}`);
      },
      freeze(id: string): ReturnType<ExchangeInside['freeze']> {
        const side = this.state.sides.get(id);
        return side === undefined ? refuse('invalid') : { ok: true, phase: side.freeze() };
      },
      askAgain(id: string): ReturnType<ExchangeInside['askAgain']> {
        const side = this.state.sides.get(id);
        if (side === undefined) return refuse('invalid');
        const { deadline } = side.terms();
        side.look(deadline <= this.state.time.now());
        return { ok: true, phase: side.view().phase };
      },
      view(id: string): SideView | undefined {
        return this.state.sides.get(id)?.view();
      },
      /** A name for a request that nobody else can have used before. */
      request(): string {
        const { state } = this;
        state.requests += 1n;
        return sha256(`pocas exchange request\n${state.requests}\n${state.secret}`);
      },
      forget(): void {
        const { old, refused, sides, time } = this.state;
        for (const key of [...old.values({ to: timeKey(time.now()), limit: 2 })]) {
          old.delete(key);
          const id = key.slice(21);
          refused.delete(id);
          sides.delete(id);
        }
      },
    },
    forSides: {
      over(id: string, phase: SidePhase): void {
        const { open, old, time } = this.state;
        open.delete(id);
        // What was released may be forgotten: past its deadline it is as refused. What was settled never,
        // since the other ledger may have been away for however long, and has to hear it.
        if (phase !== 'settled') old.add(`${timeKey(time.now() + 2n * maxTerm)} ${id}`);
        this.facets.inside.forget();
      },
      payOut(value: bigint): Facet<Payment> {
        const paid = this.state.pool.account.withdraw(value, this.facets.inside.request());
        if (!paid.ok) throw Error('Cannot pay out an exchange: the desk’s account refused');
        return paid.payment;
      },
    },
  },
});

/** Opens the exchange desk of a ledger, in the ledger's vat. */
export const makeExchangeDesk = (parts: ExchangeParts): Facet<ExchangeInside> =>
  makeDesk(parts).inside;
