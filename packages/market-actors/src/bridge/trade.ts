/**
 * One exchange of one participant: what was offered to another market, or taken from there. Whoever made
 * an offer agreed to it by offering: it is signed off when somebody takes it, if its numbers are the same.
 */
import { E } from '@endo/far';
import { M, matches } from '@endo/patterns';
import type { ExchangeTerms } from '@pocas/clearing/bridge';
import type { Payee, Payment } from '@pocas/clearing/value';
import type { Enlivener, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, send, typed } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import { refuse } from '@pocas/vat-runtime/actors';
import { openFor } from '../inside/opening.ts';
import type { MemberInside } from '../inside/types.ts';
import { TakerI, TradePageI, passable } from './guards.ts';
import type {
  BridgeInside,
  Done,
  PartnerInside,
  SidePhase,
  Taker,
  TradeInside,
  TradePage,
  TradePhase,
  TradeView,
} from './types.ts';

const hour = 3_600_000n;
/** How long both sides have to prepare. */
const patience = 6n * hour;
const ok: Done = { ok: true };

export type TradeParts = {
  readonly book: Facet<BridgeInside>;
  readonly member: Facet<MemberInside>;
  readonly partner: Facet<PartnerInside>;
  readonly number: bigint;
  readonly gives: bigint;
  readonly gets: bigint;
  /** Where the other market's credits go, there. */
  readonly to?: Facet<Payee> | undefined;
  /** Of an offer: until when it stands. */
  readonly until: bigint;
  readonly phase: 'offered' | 'agreed';
  readonly enlivener?: Facet<Enlivener> | undefined;
};

const makeTradeKit = defineActor({
  name: 'BridgeTrade',
  state: {
    parts: typed<TradeParts>(M.record()),
    phase: typed<TradePhase>(
      M.or('offered', 'agreed', 'settled', 'released', 'refused', 'withdrawn'),
    ),
    payment: typed<Facet<Payment> | undefined>(M.opt(M.remotable('payment'))),
  },
  init: (parts: TradeParts) => ({ parts, phase: parts.phase as TradePhase, payment: undefined }),
  guards: {
    page: TradePageI,
    taker: TakerI,
    inside: passable('BridgeTradeInside'),
    watcher: passable('BridgeTradeWatcher'),
    posting: passable('BridgeTradePosting'),
    taking: passable('BridgeTradeTaking'),
    deposit: passable('BridgeTradeDeposit'),
  },
  facets: {
    page: {
      view(): ReturnType<TradePage['view']> {
        const { payment } = this.state;
        return { ...this.facets.inside.view(), ...(payment && { payment }) };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.page);
      },
      withdraw(): Done | Refusal {
        const { state } = this;
        const { partner, number } = state.parts;
        if (state.phase === 'withdrawn') return ok;
        if (state.phase !== 'offered') return refuse('closed');
        this.facets.inside.become('withdrawn');
        send(partner.theirs()!, 'unpost', [number]);
        return ok;
      },
      passOn(account: string, requestId: string): ReturnType<TradePage['passOn']> {
        const { payment, parts } = this.state;
        const { inside } = this.facets;
        if (payment === undefined) return refuse('notYet');
        const put = openFor(parts.member, parts.enlivener, account, (payee: Facet<Payee>) =>
          inside.putInto(payee, requestId),
        );
        return E.when(
          put,
          (done) => done,
          () => refuse('invalid'),
        );
      },
    },
    taker: {
      take(terms: ExchangeTerms): Done | Refusal {
        const { parts, phase } = this.state;
        const { book, member, partner, gives, gets, to, until } = parts;
        const { legs, deadline, id } = terms;
        const now = book.now();
        // What is signed off is what was offered, to the last number and the last account.
        const isOffered =
          legs[0].desk === partner.desk() &&
          legs[0].value === gets &&
          legs[0].to === to &&
          legs[1].value === gives &&
          deadline <= now + patience + hour;
        if (!isOffered) return refuse('invalid');
        const given = (): Done | Refusal => {
          if (phase !== 'offered' || !book.isOpen()) return refuse('closed');
          if (until <= now) return refuse('expired');
          return book.exchange().prepare(member.account(), terms, this.facets.watcher);
        };
        const prepared = given();
        if (!prepared.ok) {
          // So that the other market need not wait for the deadline.
          if (book.exchange().view(id) === undefined) book.exchange().refuse(id, deadline);
          // It stands over there no more.
          if (phase === 'offered') this.facets.inside.become('released');
          return prepared;
        }
        book.follow(id);
        this.facets.inside.become('agreed');
        return ok;
      },
    },
    inside: {
      view(): TradeView {
        const { parts, phase } = this.state;
        const { partner, gives, gets, until, book } = parts;
        // Nobody can take it any more.
        const isOver = phase === 'offered' && until <= book.now();
        return { with: partner.label(), gives, gets, phase: isOver ? 'withdrawn' : phase };
      },
      page(): Facet<TradePage> {
        return this.facets.page;
      },
      become(phase: TradePhase): void {
        this.state.phase = phase;
        this.state.parts.member.touch();
        this.state.parts.book.touch();
      },
      /** Offers it in the other market. */
      post(toHere: Facet<Payee> | undefined): void {
        const { partner, number, gives, gets, until } = this.state.parts;
        const bid = { gives, wants: gets, until, ...(toHere && { to: toHere }) };
        const { taker, posting } = this.facets;
        send(partner.theirs()!, 'post', [number, bid, taker], { then: posting });
      },
      /** Takes what stands here: signs off, and has its maker do the same. */
      take(taker: Facet<Taker>, theirTo: Facet<Payee> | undefined): Done | Refusal {
        const { book, member, partner, gives, gets, to } = this.state.parts;
        const { watcher, taking } = this.facets;
        const leader = book.leader();
        const terms: ExchangeTerms = {
          id: book.secret(),
          legs: [
            { desk: book.exchange().desk(), value: gives, ...(theirTo && { to: theirTo }) },
            { desk: partner.desk()!, value: gets, ...(to && { to }) },
          ],
          coordinator: leader.coordinator(),
          deadline: book.now() + patience,
        };
        const prepared = book.exchange().prepare(member.account(), terms, watcher);
        if (!prepared.ok) return prepared;
        const led = leader.lead(terms);
        // Without anybody to lead it, nothing shall be held either.
        if (!led.ok) throw Error(`Cannot lead an exchange: ${led.code}`);
        book.follow(terms.id);
        send(taker, 'take', [terms], { then: taking });
        return ok;
      },
      putInto(payee: Facet<Payee>, requestId: string): Done | Refusal {
        const { payment } = this.state;
        if (payment === undefined) return refuse('notYet');
        send(payee, 'deposit', [payment, requestId], { then: this.facets.deposit });
        return ok;
      },
    },
    watcher: {
      ended(_id: string, phase: SidePhase): void {
        const { partner, gives, gets, book } = this.state.parts;
        if (phase === 'held') return;
        this.facets.inside.become(phase);
        if (phase === 'settled') book.record({ with: partner.label(), gives, gets });
      },
      paid(_id: string, payment: Facet<Payment>): void {
        this.state.payment = payment;
        this.state.parts.member.touch();
      },
    },
    posting: {
      fulfilled(answer: unknown): void {
        if (matches(answer, M.splitRecord({ ok: true }))) return;
        if (this.state.phase === 'offered') this.facets.inside.become('refused');
      },
      rejected(): void {
        if (this.state.phase === 'offered') this.facets.inside.become('refused');
      },
    },
    // Whatever its maker answers: the two ledgers find out how it ends.
    taking: { fulfilled(): void {}, rejected(): void {} },
    deposit: {
      fulfilled(answer: unknown): void {
        if (matches(answer, M.splitRecord({ ok: true }))) this.state.payment = undefined;
      },
      rejected(): void {},
    },
  },
  readOnly: ['page.changes'],
});

export type TradeKit = Facet<
  TradeInside & {
    post(toHere: Facet<Payee> | undefined): void;
    take(taker: Facet<Taker>, theirTo: Facet<Payee> | undefined): Done | Refusal;
  }
>;
export const makeTrade = (parts: TradeParts): TradeKit =>
  makeTradeKit(parts).inside as unknown as TradeKit;
