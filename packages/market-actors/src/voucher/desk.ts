/** A participant's page of vouchers. */
import { M } from '@endo/patterns';
import type { Decider, Payee } from '@pocas/clearing/value';
import type { Issuance, VoucherHolder, VoucherSeries, VoucherTerms } from '@pocas/clearing/voucher';
import { makeIssuance } from '@pocas/clearing/voucher';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, onceLately, refuse } from '@pocas/vat-runtime/actors';
import type { MarketInside, MemberInside } from '../inside/types.ts';
import { VoucherDeskI, VoucherPurseI, VoucherStepsI } from './guards.ts';
import type {
  Entry,
  HeldItem,
  OwnVoucherItem,
  Promised,
  VoucherBoard,
  VoucherDesk,
  VoucherDeskView,
  VoucherPurse,
} from './types.ts';

/** How many promises of others one person may have an account of. */
const maxHeld = 100;
const shown = 30;
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
  guards: { desk: VoucherDeskI, purse: VoucherPurseI, steps: VoucherStepsI },
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
      holderOf(voucher: Facet<VoucherSeries>): Bought | Refusal {
        const entry = boardOf(this.state.market).find(voucher);
        return entry === undefined ? refuse('stale') : this.facets.steps.open(entry);
      },
    },
    /** For offers: see `VoucherPurse`. */
    purse: {
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
): { readonly desk: Facet<VoucherDesk>; readonly part: Facet<VoucherPurse> } => {
  const { desk, purse } = makeDeskKit(market, member);
  return { desk, part: purse };
};
