/** The clock and the timer of a market's vat, as a ledger of vouchers needs them, over the market's own. */
import { M } from '@endo/patterns';
import type { LedgerPowers } from '@pocas/clearing/credit';
import type { Facet } from '@pocas/vat-runtime';
import { defineActor, typed } from '@pocas/vat-runtime';
import type { MarketInside } from '../inside/types.ts';

type Sleeper = { wake(ctx: unknown, at: bigint): unknown };
type Asleep = { readonly sleeper: Facet<Sleeper>; readonly at: bigint; readonly ctx: unknown };

const makeTimeKit = defineActor({
  name: 'VoucherTime',
  state: { market: typed<Facet<MarketInside>>(M.remotable('market')) },
  init: (market: Facet<MarketInside>) => ({ market }),
  guards: {
    clock: M.interface('VoucherClock', {
      now: M.call().returns(M.bigint()),
      epoch: M.call().returns(M.bigint()),
      startOf: M.call(M.bigint()).returns(M.bigint()),
    }),
    timer: M.interface('VoucherTimer', {
      wakeAt: M.call(M.bigint(), M.remotable('sleeper')).optional(M.any()).returns(M.bigint()),
      cancel: M.call(M.bigint()).returns(M.boolean()),
    }),
    task: M.interface('VoucherTask', { due: M.call(M.any()).returns() }),
  },
  facets: {
    clock: {
      now(): bigint {
        return this.state.market.now();
      },
      epoch(): bigint {
        return this.state.market.epoch();
      },
      startOf(_epoch: bigint): bigint {
        throw new Error('Cannot tell when an epoch starts: no ledger asks for it');
      },
    },
    timer: {
      wakeAt(at: bigint, sleeper: object, ctx?: unknown): bigint {
        return this.state.market.wakeAt(at, this.facets.task, { sleeper, at, ctx });
      },
      cancel(timer: bigint): boolean {
        this.state.market.cancelWake(timer);
        return true;
      },
    },
    task: {
      due(asleep: unknown): void {
        // The cast holds because `wakeAt` alone makes such a context.
        const { sleeper, at, ctx } = asleep as Asleep;
        sleeper.wake(ctx, at);
      },
    },
  },
});

export const makeVoucherTime = (market: Facet<MarketInside>): LedgerPowers => {
  const { clock, timer } = makeTimeKit(market);
  // The cast holds because a ledger passes facets of its own.
  return { clock, timer: timer as unknown as LedgerPowers['timer'] };
};
