/** Somebody's vouchers of one series, and how they are redeemed (SPEC C7). */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { minuteOf } from '@pocas/vat-runtime/verify';
import type { Refusal } from '@pocas/vat-runtime/actors';
import { once, refuse } from '@pocas/vat-runtime/actors';
import { ValueShape } from '../amount/amount.ts';
import type { Account, Payee, Payment } from '../value/types.ts';
import { VoucherHolderI } from './guards.ts';
import { WatcherI } from './inside-guards.ts';
import type { Holding, Place } from './place.ts';
import type { Redeemed, VoucherHolder, VoucherHolderView, VoucherTerms } from './types.ts';

export type { Holding, Place } from './place.ts';

const makeHolderKit = defineActor({
  name: 'VoucherHolder',
  state: {
    place: typed<Facet<Place>>(M.remotable('place')),
    holding: typed<Holding>(M.record()),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (place: Facet<Place>, holding: Holding) => ({
    place,
    holding,
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { holder: VoucherHolderI },
  facets: {
    holder: {
      view(): VoucherHolderView {
        const { place, holding } = this.state;
        const terms = place.terms();
        const { balance, held } = holding.account.view();
        return {
          what: terms.what,
          where: terms.where,
          until: untilText(terms),
          issuedBy: place.issuedBy(),
          status: place.status(),
          balance,
          held,
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.state.holding.account, this.state.place);
      },
      payee(): Facet<Payee> {
        return this.state.holding.payee;
      },
      account(): { ok: true; account: Facet<Account> } | Refusal {
        const { place, holding } = this.state;
        if (!place.terms().isTransferable) return refuse('unsupported');
        return { ok: true, account: holding.account };
      },
      redeem(value: bigint, requestId: string): Redeemed | Refusal {
        const { place, holding, outcomes } = this.state;
        return once(outcomes, 'redeem', requestId, () => redeem(place, holding, value));
      },
      redeemPayment(payment: Facet<Payment>, requestId: string): Redeemed | Refusal {
        const { place, holding, outcomes } = this.state;
        return once(outcomes, 'redeemPayment', requestId, (): Redeemed | Refusal => {
          if (place.status() === 'expired') return refuse('expired');
          const put = holding.account.deposit(payment, place.fresh());
          return put.ok ? redeem(place, holding, put.value) : put;
        });
      },
      giveBack(value: bigint, requestId: string): { ok: true; value: bigint } | Refusal {
        const { place, holding, outcomes } = this.state;
        return once(outcomes, 'giveBack', requestId, (): { ok: true; value: bigint } | Refusal => {
          const given = holding.account.pay(place.payee(), value, place.fresh());
          if (!given.ok) return given;
          place.cameBack(value);
          return { ok: true, value };
        });
      },
    },
  },
  readOnly: ['holder.changes'],
});

const redeem = (place: Facet<Place>, holding: Holding, value: bigint): Redeemed | Refusal => {
  if (place.status() === 'expired') return refuse('expired');
  const held = holding.account.hold(place.payee(), value, { divisible: true }, place.fresh());
  if (!held.ok) return held;
  const { holder } = holding;
  const { watcher } = makeRedemption(place, value);
  const ordered = place.order({ value, holder, decider: held.decider, watcher });
  // Where there is no order, nothing is left of the attempt.
  if (!ordered.ok) held.decider.release();
  return ordered;
};

/** Hears how an order of a redemption ended. */
const makeRedemption = defineActor({
  name: 'VoucherRedemption',
  state: { place: typed<Facet<Place>>(M.remotable('place')), value: ValueShape, over: M.boolean() },
  init: (place: Facet<Place>, value: bigint) => ({ place, value, over: false }),
  guards: { watcher: WatcherI },
  facets: {
    watcher: {
      ended(phase: string, _paid: bigint, _returned: bigint): void {
        if (this.state.over) return;
        this.state.over = true;
        this.state.place.ended(phase, this.state.value);
      },
    },
  },
});

/** When a series ends, for people. */
export const untilText = ({ until }: VoucherTerms): string =>
  until === undefined ? '' : minuteOf(until);

/** Makes the facet of whoever has this account. */
export const makeHolder = (place: Facet<Place>, holding: Holding): Facet<VoucherHolder> =>
  makeHolderKit(place, holding).holder;
