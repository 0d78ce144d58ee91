/** A participant's page of vouchers. */
import { M } from '@endo/patterns';
import type { Decider, Payee } from '@pocas/clearing/value';
import type { Issuance, VoucherHolder, VoucherSeries, VoucherTerms } from '@pocas/clearing/voucher';
import { makeIssuance } from '@pocas/clearing/voucher';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, type RefusalCode, onceLately, refuse } from '@pocas/vat-runtime/actors';
import type { MarketInside, MemberInside, Promises } from '../inside/types.ts';
import { VoucherDeskI, VoucherPartI, VoucherStepsI } from './guards.ts';
import type {
  Entry,
  HeldItem,
  OwnVoucherItem,
  Promised,
  VoucherBoard,
  VoucherDesk,
  VoucherDeskView,
  VoucherPart,
} from './types.ts';

/** How many promises of others one person may have an account of. */
const maxHeld = 100;
const shown = 30;
/** Promises that are named to those who decide what becomes of them; of the others how many there are. */
const shownDebts = 5;
/** Holders who are paid back in one turn. */
const maxPaidBack = 300;
const cannotPayBack = 'Cannot pay back: that is more than can be paid';
const tooManyHolders = 'Cannot pay back: there are too many holders';
const payBackRefusal = (error: unknown): RefusalCode | undefined => {
  const { message } = error instanceof Error ? error : { message: '' };
  return message === cannotPayBack ? 'limit' : message === tooManyHolders ? 'quota' : undefined;
};
const day = 24n * 60n * 60n * 1000n;

type Bought = { readonly ok: true; readonly holder: Facet<VoucherHolder> };
type Holding = { readonly entry: Entry; readonly holder: Facet<VoucherHolder> };

const makeDeskKit = defineActor({
  name: 'VoucherDesk',
  state: {
    market: typed<Facet<MarketInside>>(M.remotable('market')),
    member: typed<Facet<MemberInside>>(M.remotable('member')),
    issuance: typed<Facet<Issuance>>(M.remotable('issuance')),
    /** By the number of the promise. */
    own: typed<DurableMap<bigint, Entry>>(M.any()),
    held: typed<DurableMap<bigint, Holding>>(M.any()),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
    news: M.nat(),
  },
  init: (market: Facet<MarketInside>, member: Facet<MemberInside>) => ({
    market,
    member,
    issuance: makeIssuance(market),
    own: makeDurableMap<bigint, Entry>(),
    held: makeDurableMap<bigint, Holding>(),
    outcomes: makeDurableMap<string, unknown>(),
    news: 0n,
  }),
  guards: { desk: VoucherDeskI, part: VoucherPartI, steps: VoucherStepsI },
  facets: {
    desk: {
      view(): VoucherDeskView {
        const { market, member, issuance, own, held } = this.state;
        const { cap, outstanding } = issuance.view();
        const promises = boardOf(market).sold(member.number());
        return {
          promises: promises.map(({ series }) => {
            const { what, description, where, until, issuedBy, worth } = series.view();
            return { what, description, where, until, issuedBy, price: worth, voucher: series };
          }),
          held: [...held.values({ reverse: true, limit: shown })].map(heldItem),
          own: [...own.values({ reverse: true, limit: shown })].map(ownItem),
          cap,
          outstanding,
        };
      },
      changes(since?: string): Promise<string> {
        const { market, member } = this.state;
        return changed(since, this.facets.desk, boardOf(market), member.account());
      },
      promise(
        what: string,
        description: string,
        where: string,
        days: bigint,
        price: bigint,
        requestId: string,
      ): Promised | Refusal {
        const { market, outcomes } = this.state;
        const { steps } = this.facets;
        const now = market.now();
        return onceLately<Promised | Refusal>(outcomes, now, 'promise', requestId, () => {
          const terms = {
            what,
            description,
            where,
            unit: 'vale',
            size: 1n,
            isDivisible: false,
            isTransferable: true,
            worth: price,
            ...(days === 0n ? {} : { until: now + days * day }),
          };
          return steps.make(terms, true);
        });
      },
      promiseWith(terms: VoucherTerms, requestId: string): Promised | Refusal {
        const { market, outcomes } = this.state;
        const { steps } = this.facets;
        return onceLately(outcomes, market.now(), 'promiseWith', requestId, () =>
          steps.make(terms, false),
        );
      },
      buy(voucher: Facet<VoucherSeries>, quantity: bigint, requestId: string): Bought | Refusal {
        const { market, outcomes } = this.state;
        const { steps } = this.facets;
        return onceLately(outcomes, market.now(), 'buy', requestId, () =>
          steps.buy(voucher, quantity),
        );
      },
      payBack(requestId: string): { readonly ok: true } | Refusal {
        const { market, outcomes } = this.state;
        const { part } = this.facets;
        const done = (): { readonly ok: true } | Refusal => {
          try {
            part.payBack();
            return { ok: true };
          } catch (error) {
            // The call was a savepoint, so nothing of it stays.
            const code = payBackRefusal(error);
            if (code === undefined) throw error;
            return refuse(code);
          }
        };
        return onceLately(outcomes, market.now(), 'payBack', requestId, done);
      },
      holderOf(voucher: Facet<VoucherSeries>): Bought | Refusal {
        const entry = boardOf(this.state.market).find(voucher);
        return entry === undefined ? refuse('stale') : this.facets.steps.open(entry);
      },
    },
    /** For offers, and for leaving: see `VoucherPart`. */
    part: {
      payeeOf(voucher: Facet<VoucherSeries>): { ok: true; payee: Facet<Payee> } | Refusal {
        const { market, member } = this.state;
        const entry = boardOf(market).find(voucher);
        if (entry === undefined) return refuse('stale');
        // What comes back to whoever promised it is kept by that.
        if (entry.issuer === member) return { ok: true, payee: entry.inside.payee() };
        const opened = this.facets.steps.open(entry);
        return opened.ok ? { ok: true, payee: opened.holder.payee() } : opened;
      },
      hold(
        voucher: Facet<VoucherSeries>,
        payee: Facet<Payee>,
        value: bigint,
      ): { ok: true; decider: Facet<Decider> } | Refusal {
        const { market, held } = this.state;
        const entry = boardOf(market).find(voucher);
        if (entry === undefined) return refuse('stale');
        const own = held.get(entry.number)?.holder.account();
        if (own === undefined) return refuse('insufficient');
        if (!own.ok) return own;
        const requestId = market.derive(`voucher paid ${market.nextNumber()}`);
        const kept = own.account.hold(payee, value, { divisible: true }, requestId);
        if (!kept.ok) return refuse(kept.code === 'limit' ? 'insufficient' : kept.code);
        this.state.news += 1n;
        return { ok: true, decider: kept.decider };
      },
      promises(): Promises | undefined {
        const out = [...this.state.own.values()].filter(({ inside }) => inside.outstanding() > 0n);
        if (out.length === 0) return undefined;
        const words = out.slice(0, shownDebts).map(({ series }) => {
          const { what, size, outstanding } = series.view();
          return `${outstanding / size} × ${what}`;
        });
        const more = out.length > shownDebts ? [`… ${out.length - shownDebts}`] : [];
        return {
          words: [...words, ...more].join(', '),
          // What was given away was not paid for.
          worth: out.reduce(
            (sum, { inside, isSold }) => (isSold ? sum + inside.outstandingWorth() : sum),
            0n,
          ),
        };
      },
      isOut(): boolean {
        return [...this.state.own.values()].some(({ inside }) => inside.outstanding() > 0n);
      },
      payBack(): void {
        const { market, member, own } = this.state;
        let left = maxPaidBack;
        for (const { inside, series, maker, isSold } of own.values()) {
          if (!isSold) {
            // For those the issuer was paid in another way, or not at all: they stay promised.
            maker.stop(market.derive(`vouchers stopped ${market.nextNumber()}`));
            continue;
          }
          const had = inside.recall(left);
          if (had === undefined) throw new Error(tooManyHolders);
          left -= had.length;
          const { worth, size } = series.view();
          const step = market.charter('step');
          for (const { holder, value } of had) {
            const exact = (worth * value) / size;
            const paid = exact - (exact % step);
            // The cast holds because the desk alone opens holders, with a participant for each.
            const to = holder as Facet<MemberInside>;
            if (paid === 0n) continue;
            const requestId = market.derive(`vouchers paid back ${market.nextNumber()}`);
            // By a hold, which nobody's ceiling keeps from being settled.
            const held = member.account().hold(to.payee(), paid, {}, requestId);
            if (!held.ok) throw new Error(cannotPayBack);
            held.decider.settle();
            to.countSpending(-paid);
            member.countGivenBack(paid);
          }
        }
        this.state.news += 1n;
        boardOf(market).touch();
      },
    },
    steps: {
      make(terms: VoucherTerms, isSold: boolean): Promised | Refusal {
        const { market, member, issuance, own } = this.state;
        for (const [number, { inside }] of [...own.entries()])
          if (inside.isOver()) own.delete(number);
        const made = boardOf(market).make(member, issuance, terms, isSold);
        if (!made.ok) return made;
        const { number, series, maker } = made.entry;
        own.set(number, made.entry);
        this.state.news += 1n;
        return { ok: true, voucher: series, maker };
      },
      open(entry: Entry): Bought | Refusal {
        const { member, held } = this.state;
        const known = held.get(entry.number);
        if (known !== undefined) return { ok: true, holder: known.holder };
        if (held.size() >= maxHeld)
          for (const [number, one] of [...held.entries()])
            if (one.entry.inside.isOver()) held.delete(number);
        if (held.size() >= maxHeld) return refuse('quota');
        const holder = entry.inside.holderFor(member);
        held.set(entry.number, { entry, holder });
        this.state.news += 1n;
        return { ok: true, holder };
      },
      buy(voucher: Facet<VoucherSeries>, quantity: bigint): Bought | Refusal {
        const { market, member } = this.state;
        const entry = boardOf(market).find(voucher);
        if (entry === undefined || !entry.isSold) return refuse('stale');
        const { issuer, maker, series } = entry;
        if (issuer === member) return refuse('unsupported');
        if (!market.isOpen()) return refuse('closed');
        const opened = this.facets.steps.open(entry);
        if (!opened.ok) return opened;
        const { worth, size } = series.view();
        const cost = worth * quantity;
        // Names that nobody can have used on that account before: see `once`.
        const fresh = () => market.derive(`voucher sale ${market.nextNumber()}`);
        const paid = member.account().hold(issuer.payee(), cost, {}, fresh());
        if (!paid.ok) return paid;
        const issued = maker.issueTo(opened.holder.payee(), quantity * size, fresh());
        if (!issued.ok) {
          paid.decider.release();
          return issued;
        }
        paid.decider.settle();
        member.countSpending(cost);
        market.countSale(issuer, member, cost);
        market.noteSale(series.view().what, cost);
        boardOf(market).touch();
        return opened;
      },
    },
  },
  readOnly: ['desk.changes'],
});

// The cast holds because the mechanism founds a board under its own name.
const boardOf = (market: Facet<MarketInside>): Facet<VoucherBoard> =>
  market.part('voucher') as Facet<VoucherBoard>;

const heldItem = ({ holder }: Holding): HeldItem => ({ ...holder.view(), holder, act: holder });

const ownItem = ({ maker }: Entry): OwnVoucherItem => {
  const { what, where, until, status, ...rest } = maker.view();
  const { issued, outstanding, redeemed, expired, returned } = rest;
  const counts = { issued, outstanding, redeemed, expired, returned };
  return { what, where, until, status, ...counts, maker, act: maker };
};

export const makeVoucherDesk = (
  market: Facet<MarketInside>,
  member: Facet<MemberInside>,
): { readonly desk: Facet<VoucherDesk>; readonly part: Facet<VoucherPart> } => {
  const { desk, part } = makeDeskKit(market, member);
  return { desk, part };
};
