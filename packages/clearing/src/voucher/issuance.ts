/** What one issuer may promise in a market, over all of its series (SPEC C7, "per-issuer cap"). */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import { refuse } from '@pocas/vat-runtime/actors';
import { ValueShape, sum } from '../amount/amount.ts';
import { capOf } from './cap.ts';
import { IssuanceI } from './inside-guards.ts';
import type { Issuance, IssuancePolicy, IssuanceView, VoucherInside } from './types.ts';

/** How many series of one issuer may be under way. */
export const maxSeries = 20;

const makeIssuanceKit = defineActor({
  name: 'VoucherIssuance',
  state: {
    policy: typed<Facet<IssuancePolicy>>(M.remotable('policy')),
    series: typed<DurableMap<bigint, Facet<VoucherInside>>>(M.any()),
    next: M.nat(),
    kept: ValueShape,
    broken: ValueShape,
    /** In which epoch it was counted last, and how much of that epoch. */
    epoch: M.nat(),
    keptInEpoch: ValueShape,
  },
  init: (policy: Facet<IssuancePolicy>) => ({
    policy,
    series: makeDurableMap<bigint, Facet<VoucherInside>>(),
    next: 1n,
    kept: 0n,
    broken: 0n,
    epoch: policy.epoch(),
    keptInEpoch: 0n,
  }),
  guards: { issuance: IssuanceI },
  facets: {
    issuance: {
      view(): IssuanceView {
        const { policy, series, kept, broken } = this.state;
        return {
          cap: capOf(policy.charter('voucherCap'), kept, broken),
          outstanding: sum([...series.values()].map((one) => one.outstandingWorth())),
          kept,
          broken,
        };
      },
      add(added: Facet<VoucherInside>): { ok: true } | Refusal {
        const { series, next } = this.state;
        for (const [number, one] of [...series.entries()]) if (one.isOver()) series.delete(number);
        if (series.size() >= maxSeries) return refuse('quota');
        series.set(next, added);
        this.state.next = next + 1n;
        return { ok: true };
      },
      mayIssue(worth: bigint): { ok: true } | Refusal {
        const { cap, outstanding } = this.facets.issuance.view();
        return outstanding + worth > cap ? refuse('limit') : { ok: true };
      },
      kept(worth: bigint): void {
        const { policy, epoch, keptInEpoch } = this.state;
        const now = policy.epoch();
        const before = now === epoch ? keptInEpoch : 0n;
        const room = policy.charter('voucherCap') - before;
        const counts = worth < room ? worth : room;
        if (counts <= 0n) return;
        this.state.epoch = now;
        this.state.keptInEpoch = before + counts;
        this.state.kept += counts;
      },
      broke(worth: bigint): void {
        this.state.broken += worth;
      },
    },
  },
});

/** Makes the count of one issuer, with nothing promised. */
export const makeIssuance = (policy: Facet<IssuancePolicy>): Facet<Issuance> =>
  makeIssuanceKit(policy).issuance;
