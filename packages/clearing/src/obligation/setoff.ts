/** The one object by which a round can reduce an obligation, or make debt under a line. Once. */
import { M } from '@endo/patterns';
import type { Facet } from '@pocas/vat-runtime';
import { defineActor, typed } from '@pocas/vat-runtime';
import type { Receipt, Refusal } from '@pocas/vat-runtime/actors';
import { refuse } from '@pocas/vat-runtime/actors';
import { ValueShape } from '../amount/amount.ts';
import type { Setoff } from './types.ts';

/** What holds the lock, as this object sees it. */
type Held = {
  applySetoff(tag: string, value: bigint): Receipt | Refusal;
  releaseSetoff(tag: string): void;
};

const SetoffI = M.interface('Setoff', {
  apply: M.call(ValueShape).returns(M.record()),
  release: M.call().returns(),
});

const makeSetoffKit = defineActor({
  name: 'Setoff',
  state: {
    held: typed<Facet<Held>>(M.remotable('held')),
    tag: M.string(),
    phase: typed<'held' | 'applied' | 'released'>(M.or('held', 'applied', 'released')),
    applied: typed<{ readonly value: bigint; readonly receipt: Receipt } | undefined>(
      M.opt(M.record()),
    ),
  },
  init: (held: Facet<Held>, tag: string) => ({
    held,
    tag,
    phase: 'held' as const,
    applied: undefined,
  }),
  guards: { setoff: SetoffI },
  facets: {
    setoff: {
      apply(value: bigint): Receipt | Refusal {
        const { state } = this;
        const { applied, phase, held, tag } = state;
        if (applied !== undefined) {
          return applied.value === value ? applied.receipt : refuse('conflict');
        }
        if (phase === 'released') return refuse('closed');
        const receipt = held.applySetoff(tag, value);
        if ('ok' in receipt) return receipt;
        state.phase = 'applied';
        state.applied = { value, receipt };
        return receipt;
      },
      release(): void {
        const { state } = this;
        if (state.phase !== 'held') return;
        state.phase = 'released';
        state.held.releaseSetoff(state.tag);
      },
    },
  },
});

/** @param held - of the same vat; its lock has this tag, and bounds what can be applied */
export const makeSetoff = (held: Facet<Held>, tag: string): { readonly setoff: Facet<Setoff> } =>
  makeSetoffKit(held, tag);
