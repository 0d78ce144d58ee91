/** All promises of a market. */
import { M } from '@endo/patterns';
import type { LedgerPowers } from '@pocas/clearing/credit';
import type { Issuance, VoucherSeries, VoucherTerms } from '@pocas/clearing/voucher';
import { makeVoucherSeries } from '@pocas/clearing/voucher';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, refuse } from '@pocas/vat-runtime/actors';
import type { MarketInside, MemberInside } from '../inside/types.ts';
import { VoucherBoardI } from './guards.ts';
import { makeRedeemer } from './redeemer.ts';
import { makeVoucherTime } from './time.ts';
import type { Entry, Priceable, VoucherBoard } from './types.ts';

/** How many promises a market has at a time. */
export const maxPromises = 500;
const shown = 30;

const makeBoardKit = defineActor({
  name: 'VoucherBoard',
  state: {
    market: typed<Facet<MarketInside>>(M.remotable('market')),
    powers: typed<LedgerPowers>(M.record()),
    entries: typed<DurableMap<bigint, Entry>>(M.any()),
    news: M.nat(),
  },
  init: (market: Facet<MarketInside>) => ({
    market,
    powers: makeVoucherTime(market),
    entries: makeDurableMap<bigint, Entry>(),
    news: 0n,
  }),
  guards: { board: VoucherBoardI },
  facets: {
    board: {
      make(
        issuer: Facet<MemberInside>,
        issuance: Facet<Issuance>,
        terms: VoucherTerms,
        isSold: boolean,
      ): { ok: true; entry: Entry } | Refusal {
        const { market, powers, entries } = this.state;
        if (!market.isOpen()) return refuse('closed');
        if (entries.size() >= maxPromises) this.facets.board.tidy();
        if (entries.size() >= maxPromises) return refuse('quota');
        const number = market.nextNumber();
        const redeemer = makeRedeemer(market, issuer);
        const secret = market.derive(`voucher ${number}`);
        const issuedBy = issuer.name();
        const made = makeVoucherSeries({ terms, issuedBy, issuance, redeemer, powers, secret });
        if (!made.ok) return made;
        const { series, maker, inside } = made;
        const entry = { number, issuer, series, maker, inside, isSold };
        entries.set(number, entry);
        this.facets.board.touch();
        return { ok: true, entry };
      },
      find(series: Facet<VoucherSeries>): Entry | undefined {
        for (const entry of this.state.entries.values()) if (entry.series === series) return entry;
        return undefined;
      },
      sold(member: bigint): readonly Entry[] {
        const found: Entry[] = [];
        for (const entry of this.state.entries.values({ reverse: true })) {
          if (found.length >= shown) break;
          const isOpen = entry.series.view().status === 'open';
          if (entry.isSold && isOpen && entry.issuer.number() !== member) found.push(entry);
        }
        return found;
      },
      priceable(voucher: object): Priceable | undefined {
        const entry = this.facets.board.find(voucher as Facet<VoucherSeries>);
        return entry === undefined ? undefined : priceableOf(entry);
      },
      priceables(): readonly Priceable[] {
        const found: Priceable[] = [];
        for (const entry of this.state.entries.values({ reverse: true })) {
          if (found.length >= shown) break;
          const one = entry.isSold ? priceableOf(entry) : undefined;
          if (one !== undefined) found.push(one);
        }
        return found;
      },
      tidy(): void {
        const { entries } = this.state;
        for (const [number, { inside }] of [...entries.entries()]) {
          inside.tidy();
          if (inside.isOver()) entries.delete(number);
        }
      },
      touch(): void {
        this.state.news += 1n;
      },
    },
  },
});

const priceableOf = ({ series }: Entry): Priceable | undefined => {
  const { what, unit, size, isDivisible, isTransferable, status, issuedBy } = series.view();
  if (!isTransferable || status === 'expired') return undefined;
  const step = isDivisible ? 1n : size;
  return {
    ...{ voucher: series, issuer: series.issuer(), unit: `${unit} (${what})`.slice(0, 100) },
    ...{ step, size, what, issuedBy },
  };
};

export const makeVoucherBoard = (market: Facet<MarketInside>): Facet<VoucherBoard> =>
  makeBoardKit(market).board;
