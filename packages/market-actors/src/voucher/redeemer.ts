/** Makes an order of a redemption, so that vouchers end as everything else that is bought. */
import { M } from '@endo/patterns';
import type { RedeemRequest, Redeemed, Redeemer } from '@pocas/clearing/voucher';
import type { Facet } from '@pocas/vat-runtime';
import { defineActor, typed } from '@pocas/vat-runtime';
import { type Refusal, refuse } from '@pocas/vat-runtime/actors';
import type { MarketInside, MemberInside } from '../inside/types.ts';
import { deskOf } from '../order/inside.ts';
import { makeOrder } from '../order/order.ts';

const makeRedeemerKit = defineActor({
  name: 'VoucherRedeemer',
  state: {
    market: typed<Facet<MarketInside>>(M.remotable('market')),
    issuer: typed<Facet<MemberInside>>(M.remotable('issuer')),
  },
  init: (market: Facet<MarketInside>, issuer: Facet<MemberInside>) => ({ market, issuer }),
  guards: {
    redeemer: M.interface('VoucherRedeemer', { redeem: M.call(M.record()).returns(M.record()) }),
  },
  facets: {
    redeemer: {
      redeem({ terms, value, holder, decider, payee, watcher }: RedeemRequest): Redeemed | Refusal {
        const { market, issuer } = this.state;
        // The cast holds because the desk alone opens holders, with a participant for each.
        const buyer = holder as Facet<MemberInside>;
        if (buyer === issuer) return refuse('unsupported');
        const may = buyer.mayOpen('order', deskOf(buyer).openPurchases());
        if (!may.ok) return may;
        const { what, description, where, unit, size, isDivisible } = terms;
        const isWhole = value % size === 0n;
        const made = makeOrder(market, {
          terms: { what, description, version: 1n },
          quantity: isWhole ? value / size : 1n,
          seller: issuer,
          buyer,
          legs: [{ kind: 'near', decider, value, unit, payee, step: isDivisible ? 1n : size }],
          delivery: where,
          onEnd: watcher,
        });
        return made.ok ? { ok: true, order: made.buyer } : made;
      },
    },
  },
});

export const makeRedeemer = (
  market: Facet<MarketInside>,
  issuer: Facet<MemberInside>,
): Facet<Redeemer> => makeRedeemerKit(market, issuer).redeemer;
