/** A vat with one issuer of vouchers and a market's hook that makes the smallest order that there can be. */
import { M } from '@endo/patterns';
import type { LedgerPowers } from '@pocas/clearing/credit';
import type {
  Issuance,
  IssuancePolicy,
  RedeemRequest,
  Redeemed,
  Redeemer,
  VoucherInside,
  VoucherTerms,
} from '@pocas/clearing/voucher';
import { makeIssuance, makeVoucherSeries } from '@pocas/clearing/voucher';
import type { Facet } from '@pocas/vat-runtime';
import { defineActor, typed } from '@pocas/vat-runtime';

export type Order = { end(phase: string, settles: boolean): unknown };
export type Bench = IssuancePolicy &
  Redeemer & {
    issuance(): Facet<Issuance>;
    make(terms: VoucherTerms): ReturnType<typeof makeVoucherSeries>;
    close(isClosed: boolean): void;
    setCap(cap: bigint): void;
    /** A holder of that series. */
    holderOf(inside: Facet<VoucherInside>): ReturnType<VoucherInside['holderFor']>;
  };

const makeOrder = defineActor({
  name: 'TestOrder',
  state: { request: typed<RedeemRequest>(M.record()) },
  init: (request: RedeemRequest) => ({ request }),
  guards: {
    order: M.interface('TestOrder', { end: M.call(M.string(), M.boolean()).returns(M.any()) }),
  },
  facets: {
    order: {
      end(phase: string, settles: boolean): unknown {
        const { decider, watcher } = this.state.request;
        const decided = settles ? decider.settle() : decider.release();
        watcher.ended(phase, 0n, 0n);
        return decided;
      },
    },
  },
});

const makeBench = defineActor({
  name: 'Bench',
  state: {
    powers: typed<LedgerPowers>(M.record()),
    issuance: typed<Facet<Issuance> | undefined>(M.opt(M.remotable())),
    cap: M.nat(),
    isClosed: M.boolean(),
  },
  init: (powers: LedgerPowers) => ({ powers, issuance: undefined, cap: 100n, isClosed: false }),
  guards: { bench: M.interface('Bench', {}, { defaultGuards: 'passable' }) },
  facets: {
    bench: {
      charter(_name: 'voucherCap'): bigint {
        return this.state.cap;
      },
      epoch(): bigint {
        return this.state.powers.clock.epoch();
      },
      redeem(request: RedeemRequest): Redeemed | { ok: false; code: 'closed' } {
        if (this.state.isClosed) return { ok: false, code: 'closed' };
        return { ok: true, order: makeOrder(request).order };
      },
      issuance(): Facet<Issuance> {
        this.state.issuance ??= makeIssuance(this.facets.bench);
        return this.state.issuance;
      },
      make(terms: VoucherTerms): ReturnType<typeof makeVoucherSeries> {
        return makeVoucherSeries({
          terms,
          issuedBy: 'La panadería',
          issuance: this.facets.bench.issuance(),
          redeemer: this.facets.bench,
          powers: this.state.powers,
          secret: 'nobody guesses this',
        });
      },
      close(isClosed: boolean): void {
        this.state.isClosed = isClosed;
      },
      setCap(cap: bigint): void {
        this.state.cap = cap;
      },
      holderOf(inside: Facet<VoucherInside>): ReturnType<VoucherInside['holderFor']> {
        return inside.holderFor(this.facets.bench);
      },
    },
  },
});

export const make = (powers: LedgerPowers): Facet<Bench> => makeBench(powers).bench;
