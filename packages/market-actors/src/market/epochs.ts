/**
 * What a market does when an epoch has ended: new limits, then what each mechanism does.
 *
 * Each step is a turn of its own, and the timer's row says which comes next, so a node that is killed goes
 * on where it was. After a long sleep the epochs that were missed follow one by one. A step that fails
 * is told in the journal and skipped: the market goes on.
 */
import { M } from '@endo/patterns';
import type { Clock, Facet, Timer } from '@pocas/vat-runtime';
import { defineActor, typed } from '@pocas/vat-runtime';
import { mechanisms } from './desks.ts';
import type { MarketHub } from './inside.ts';
import { EpochStepsI, EpochsI } from './market-guards.ts';

type Due = { readonly epoch: bigint; readonly step: bigint };
/** Limits, keys, and one for each mechanism. */
const ownSteps = 2n;
const steps = ownSteps + BigInt(mechanisms.length);

const makeEpochsKit = defineActor({
  name: 'MarketEpochs',
  state: {
    hub: typed<Facet<MarketHub>>(M.remotable('market')),
    clock: typed<Clock>(M.remotable('clock')),
    timer: typed<Timer>(M.remotable('timer')),
    /** What is to be done next. */
    epoch: M.nat(),
    step: M.nat(),
  },
  init: (hub: Facet<MarketHub>, clock: Clock, timer: Timer) => ({
    hub,
    clock,
    timer,
    epoch: clock.epoch(),
    step: 0n,
  }),
  guards: { epochs: EpochsI, inner: EpochStepsI },
  facets: {
    epochs: {
      wake({ epoch, step }: Due): void {
        const { state } = this;
        const { inner } = this.facets;
        if (epoch !== state.epoch || step !== state.step) return;
        try {
          inner.run(epoch, step);
        } catch {
          state.hub.inside().record('epoch step failed', { epoch, step }, 'P0');
        }
        const isLast = step + 1n >= steps;
        state.epoch = isLast ? epoch + 1n : epoch;
        state.step = isLast ? 0n : step + 1n;
        inner.begin();
      },
    },
    inner: {
      /** A call of its own, so that nothing of a step that fails stays. */
      run(epoch: bigint, step: bigint): void {
        const { hub } = this.state;
        const inside = hub.inside();
        if (step === 0n) endOfLimits(hub, epoch);
        else if (step === 1n) {
          const mint = inside.mint();
          mint.turnEpoch(epoch + 1n);
          // The key is public before anybody withdraws by it, so nobody can be shown one of their own.
          inside.record('mint keys', mint.keys(), 'P0');
        } else mechanisms[Number(step - ownSteps)]?.endEpoch?.(inside, epoch);
      },
      begin(): void {
        const { hub, clock, timer, epoch, step } = this.state;
        if (hub.phase() === 'closed') return;
        const end = clock.startOf(epoch + 1n);
        const now = clock.now();
        timer.wakeAt(end > now ? end : now, this.facets.epochs, { epoch, step });
      },
    },
  },
});

/** New limits for all, and a notice for who is away. The commons may owe what the charter now says. */
const endOfLimits = (hub: Facet<MarketHub>, epoch: bigint): void => {
  const inside = hub.inside();
  const everybody = hub.everybody();
  const standings = everybody.map(({ care }) => care.standing());
  hub.applyLimits(hub.activity().closeEpoch(epoch, standings));
  for (const { care } of everybody) care.endEpoch();
  const debitLimit = inside.charter('commonsFloor');
  inside.ledger().openAccount('commons', { debitLimit, ceiling: 0n });
  inside.record('epoch', { epoch, members: BigInt(everybody.length) }, 'P0');
  inside.touch();
};

/** Lets the epochs of a market take their course. */
export const startEpochs = (hub: Facet<MarketHub>, clock: Clock, timer: Timer): void =>
  makeEpochsKit(hub, clock, timer).inner.begin();
