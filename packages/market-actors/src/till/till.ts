/**
 * The till (SPEC C5, 7.2). It is the same for everybody, and neither its state nor that of an order says
 * who bought: no account, no session, and no number that depends on it.
 */
import { M } from '@endo/patterns';
import type {
  Batch,
  BlindPayment,
  Found,
  Issued,
  MintKeys,
  Token,
  TokenCount,
} from '@pocas/clearing/blind';
import { validity } from '@pocas/clearing/blind';
import type { DurableMap, DurableSet, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, makeDurableSet, typed } from '@pocas/vat-runtime';
import { type Refusal, type RefusalCode, refuse } from '@pocas/vat-runtime/actors';
import type { MarketInside } from '../inside/types.ts';
import { hiddenNumber } from '../order/number.ts';
import { makeOrder } from '../order/order.ts';
import { makeBlindOrder } from './blind-order.ts';
import { saleContext } from './context.ts';
import { TillI } from './guards.ts';
import { type BlindOrderInside, type TillInside, TillInsideI } from './inside.ts';
import type {
  BlindOrder,
  Bought,
  ForSale,
  OffersForTill,
  Purchase,
  Quote,
  Till,
  TillView,
} from './types.ts';

/** Orders that are looked at for refunds past their time, at an epoch's end. More wait for the next one. */
const lapsedAtOnce = 500;

const epochRow = (epoch: bigint): string => `${epoch}`.padStart(12, '0');

/** A refusal that undoes what was done so far: it is thrown, and caught by who answers it. */
const refused = (code: RefusalCode): Error => Error(`Cannot sell: refused as ${code}`);
const codeOf = (error: unknown): RefusalCode | undefined =>
  error instanceof Error
    ? // The cast holds: only `refused` writes such words.
      (/^Cannot sell: refused as (\w+)$/.exec(error.message)?.[1] as RefusalCode | undefined)
    : undefined;

const makeTillKit = defineActor({
  name: 'Till',
  state: {
    market: typed<Facet<MarketInside>>(M.remotable('market')),
    /** By request. Whoever knows the request is the buyer. */
    orders: typed<DurableMap<string, Facet<BlindOrderInside>>>(M.remotable('map')),
    /** By the epoch after whose validity they are looked at, and request. */
    byEpoch: typed<DurableSet<string>>(M.remotable('set')),
  },
  init: (market: Facet<MarketInside>) => ({
    market,
    orders: makeDurableMap<string, Facet<BlindOrderInside>>(),
    byEpoch: makeDurableSet<string>(),
  }),
  // Whoever comes here is nobody's business (SPEC 7.2): no cause, sender or time of it is kept.
  unlinked: ['till'],
  guards: { till: TillI, inside: TillInsideI },
  facets: {
    till: {
      view(): TillView {
        const { market } = this.state;
        return {
          name: market.name(),
          unit: market.unit(),
          offers: offersOf(market).forStrangers(),
        };
      },
      changes(since?: string): Promise<string> {
        const { market } = this.state;
        return changed(since, this.facets.till, offersOf(market));
      },
      more(before: bigint): readonly ForSale[] {
        return offersOf(this.state.market).forStrangers(before);
      },
      keys(): MintKeys {
        return this.state.market.mint().keys();
      },
      counts(): readonly TokenCount[] {
        return this.state.market.mint().counts();
      },
      pay(
        purchase: Purchase,
        tokens: readonly Token[],
        change: readonly Batch[],
        requestId: string,
      ): Bought | Refusal {
        const { market, orders } = this.state;
        const { offer, number, alternative, quantity, price } = purchase;
        const payment: BlindPayment = { tokens, change, context: saleContext(purchase) };
        const before = orders.get(requestId);
        if (before !== undefined) {
          // The mint knows whether this is the same payment, and what was issued for it, as long as its
          // tokens were good. After that it would take another payment for a new one.
          if (before.placedIn() + validity < market.epoch()) return refuse('expired');
          const again = paid(market, payment, price, undefined, requestId);
          if (!again.ok) return again;
          // No more than the first time: the mint's answer has what decides the money of the order.
          const { epoch, issued } = again;
          return { ok: true, epoch, issued, order: before.order() };
        }
        if (numberOf(offer) !== number) return refuse('stale');
        const quote = offersOf(market).quote(offer, quantity, alternative);
        if (!quote.ok) return quote;
        if (quote.brands.length > 0 || quote.outside !== '') return refuse('unsupported');
        if (quote.price !== price) return refuse('stale');
        try {
          return this.facets.inside.sell(purchase, quote, payment, requestId);
        } catch (error) {
          const code = codeOf(error);
          if (code === undefined) throw error;
          return refuse(code);
        }
      },
      order(requestId: string): { readonly ok: true; readonly order: Facet<BlindOrder> } | Refusal {
        const order = this.state.orders.get(requestId);
        return order === undefined ? refuse('invalid') : { ok: true, order: order.order() };
      },
      review(offer: Facet<object>, text: string, token: Token): { readonly ok: true } | Refusal {
        const { market } = this.state;
        if (numberOf(offer) === undefined) return refuse('stale');
        const subject = offersOf(market).subjectOf(offer);
        if (subject === undefined) return refuse('stale');
        return (market.part('review') as Facet<ReviewsForTill>).post(subject, text, token);
      },
      swap(
        tokens: readonly Token[],
        change: readonly Batch[],
        requestId: string,
      ): Issued | Refusal {
        return this.state.market.mint().swap({ tokens, change, context: '' }, requestId);
      },
      again(blinded: readonly string[]): readonly Found[] {
        return this.state.market.mint().again(blinded);
      },
    },
    inside: {
      till(): Facet<Till> {
        return this.facets.till;
      },
      sell(purchase: Purchase, quote: Quote, payment: BlindPayment, requestId: string): Bought {
        const { market, orders, byEpoch } = this.state;
        const { parts, payee, price, subject } = quote;
        const answer = paid(market, payment, price, payee, requestId);
        if (!answer.ok) throw refused(answer.code);
        const { decider, epoch, issued } = answer;
        const { watcher, inside } = makeBlindOrder(market, parts.seller, epoch, subject);
        const { note } = purchase;
        const delivery = [parts.delivery ?? '', note].filter((text) => text !== '').join(' · ');
        const kit = makeOrder(market, {
          ...parts,
          ...dueIn(market, parts),
          delivery,
          legs: [{ kind: 'near', decider, value: price }],
          onEnd: watcher,
          number: hiddenNumber(market.epoch(), market.derive(`hidden order ${requestId}`)),
        });
        if (!kit.ok) throw refused(kit.code);
        inside.opened(kit);
        orders.set(requestId, inside);
        byEpoch.add(`${epochRow(epoch)}|${requestId}`);
        return { ok: true, epoch, issued, order: inside.order() };
      },
      endEpoch(epoch: bigint): void {
        const { orders, byEpoch } = this.state;
        if (epoch <= validity) return;
        const range = { to: epochRow(epoch - validity), limit: lapsedAtOnce };
        for (const row of [...byEpoch.values(range)]) {
          const requestId = row.slice(row.indexOf('|') + 1);
          byEpoch.delete(row);
          if (orders.get(requestId)!.lapse(epoch)) orders.delete(requestId);
          else byEpoch.add(`${epochRow(epoch)}|${requestId}`);
        }
      },
    },
  },
  readOnly: ['till.changes'],
});

/**
 * Here the clock says the end of the epoch, so an order whose time is over within this epoch would be late
 * at once, and its buyer could cancel it. It is due when the epoch ends.
 */
const dueIn = (market: Facet<MarketInside>, { due, expiry }: Quote['parts']) => {
  const end = market.now() + 1n;
  const later = (at: bigint) => (at > end ? at : end);
  return {
    ...(due === undefined ? {} : { due: later(due) }),
    ...(expiry === undefined ? {} : { expiry: later(expiry) }),
  };
};

/** Undefined for what is no offer, or one of another vat. */
const numberOf = (offer: Facet<object>): bigint | undefined => {
  const { number } = offer as { number?: unknown };
  return typeof number === 'function' ? (offer as Facet<{ number(): bigint }>).number() : undefined;
};

/** What the room of reviews gives: `market.part('review')`. */
type ReviewsForTill = {
  post(offer: bigint, text: string, token: Token): { readonly ok: true } | Refusal;
};

const offersOf = (market: Facet<MarketInside>): Facet<OffersForTill> =>
  market.part('offer') as Facet<OffersForTill>;

/** The price, held for the seller. A repetition needs no payee: the hold is that of the first time. */
const paid = (
  market: Facet<MarketInside>,
  payment: BlindPayment,
  price: bigint,
  payee: Quote['payee'] | undefined,
  requestId: string,
) => {
  const to = payee ?? market.ledger().commons();
  return market.mint().hold(payment, price, to, { divisible: true }, requestId);
};

/** Makes the till of a market. */
export const makeTill = (market: Facet<MarketInside>): Facet<TillInside> =>
  makeTillKit(market).inside;
