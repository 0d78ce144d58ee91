/** What is common to all orders of a market: who helps with disputes, and who complained how often. */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { drawOne } from '@pocas/vat-runtime/actors';
import type { MarketInside, MemberInside } from '../inside/types.ts';
import type { Methods } from '../inside/shapes.ts';
import type { OrderBook, SaleFacts } from './inside.ts';
import { epochOfHidden } from './number.ts';

type Willing = {
  readonly member: Facet<MemberInside>;
  /** A number of the market's counter, and the epoch: what an order that is later has more of. */
  readonly since: bigint;
  readonly epoch: bigint;
};
/** A sale to a buyer whom nobody knows, and the epoch in which it was accepted. */
type HiddenSale = SaleFacts & { readonly epoch: bigint };
/** Epochs in which disputes of one person ended by the rule, the latest ones. */
type Claims = readonly bigint[];
/** More within a window say nothing more. */
const maxClaims = 8;
/** Hidden sales that are written down at the end of one epoch. More wait for the next one. */
const writtenAtOnce = 1000;

const OrderBookI: Methods<
  'setWilling' | 'isWilling' | 'draw' | 'noteHiddenSale' | 'endEpoch' | 'countClaim'
> = M.interface('OrderBook', {
  setWilling: M.call(M.remotable('member'), M.boolean()).returns(),
  isWilling: M.call(M.nat()).returns(M.boolean()),
  draw: M.call(M.nat(), M.arrayOf(M.nat())).returns(M.or(M.remotable('member'), M.undefined())),
  noteHiddenSale: M.call(M.nat(), M.record()).returns(),
  endEpoch: M.call(M.nat()).returns(),
  countClaim: M.call(M.nat()).returns(M.nat()),
});

const makeBookKit = defineActor({
  name: 'OrderBook',
  state: {
    market: typed<Facet<MarketInside>>(M.remotable('market')),
    willing: typed<DurableMap<bigint, Willing>>(M.any()),
    claims: typed<DurableMap<bigint, Claims>>(M.any()),
    /** By the numbers of their orders, which say the epoch and nothing finer. */
    hiddenSales: typed<DurableMap<bigint, HiddenSale>>(M.any()),
  },
  init: (market: Facet<MarketInside>) => ({
    market,
    willing: makeDurableMap<bigint, Willing>(),
    claims: makeDurableMap<bigint, Claims>(),
    hiddenSales: makeDurableMap<bigint, HiddenSale>(),
  }),
  guards: { book: OrderBookI },
  facets: {
    book: {
      setWilling(member: Facet<MemberInside>, isWilling: boolean): void {
        const { willing, market } = this.state;
        const number = member.number();
        if (!isWilling) willing.delete(number);
        else if (!willing.has(number))
          willing.set(number, { member, since: market.nextNumber(), epoch: market.epoch() });
      },
      isWilling(member: bigint): boolean {
        return this.state.willing.has(member);
      },
      draw(order: bigint, parties: readonly bigint[]): Facet<MemberInside> | undefined {
        const { willing, market } = this.state;
        // Whoever offers to help when the quarrel is in sight may be a friend of one side.
        // Of a hidden order only the epoch is known, so whoever offers to help counts from the next one on.
        const placed = epochOfHidden(order);
        const eligible = [...willing.entries()].filter(
          ([number, { since, epoch }]) =>
            (placed === undefined ? since < order : epoch < placed) && !parties.includes(number),
        );
        if (eligible.length === 0) return undefined;
        const seed = market.derive(`facilitator of order ${order}`);
        const [, { member }] = eligible[Number(drawOne(seed, BigInt(eligible.length)))]!;
        return member;
      },
      noteHiddenSale(order: bigint, facts: SaleFacts): void {
        const { hiddenSales, market } = this.state;
        hiddenSales.set(order, { ...facts, epoch: market.epoch() });
      },
      endEpoch(epoch: bigint): void {
        const { hiddenSales, market } = this.state;
        const over = [...hiddenSales.entries()].filter(([, sale]) => sale.epoch <= epoch);
        for (const [order, { epoch: soldIn, ...facts }] of over.slice(0, writtenAtOnce)) {
          hiddenSales.delete(order);
          market.record('sale', { ...facts, soldIn }, 'P1');
        }
      },
      countClaim(member: bigint): bigint {
        const { claims, market } = this.state;
        const now = market.epoch();
        const from = now - market.charter('window');
        const recent = (claims.get(member) ?? []).filter((epoch) => epoch > from);
        claims.set(member, [...recent, now].slice(-maxClaims));
        return BigInt(recent.length);
      },
    },
  },
});

export const makeOrderBook = (market: Facet<MarketInside>): Facet<OrderBook> =>
  makeBookKit(market).book;
