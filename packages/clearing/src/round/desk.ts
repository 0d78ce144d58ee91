/** Where whoever was handed it may solve, and be believed as far as a certificate goes. */
import { M } from '@endo/patterns';
import type { Facet } from '@pocas/vat-runtime';
import { defineActor, typed } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import { refuse } from '@pocas/vat-runtime/actors';
import type { ComponentEntry, SolverDesk } from './facets.ts';
import { SolverDeskI } from './guards.ts';
import type { RoundInside } from './inside.ts';
import { pageLength } from './limits.ts';

const makeDeskKit = defineActor({
  name: 'SolverDesk',
  state: { round: typed<Facet<RoundInside>>(M.remotable('round')) },
  init: (round: Facet<RoundInside>) => ({ round }),
  guards: { desk: SolverDeskI },
  facets: {
    desk: {
      open(from: bigint): readonly ComponentEntry[] {
        const { round } = this.state;
        const open: ComponentEntry[] = [];
        let number = from < 1n ? 1 : Number(from);
        for (;;) {
          const component = round.component(number);
          if (component === undefined || open.length === pageLength) return open;
          if (component.phase() === 'solving') open.push(component.entry());
          number += 1;
        }
      },
      problem(component: number): { readonly ok: true; readonly problem: string } | Refusal {
        const problem = this.state.round.component(component)?.problem();
        return problem === undefined ? refuse('closed') : { ok: true, problem };
      },
      propose(component: number, solution: string): { readonly ok: true } | Refusal {
        const asking = this.state.round.component(component);
        if (asking?.phase() !== 'solving') return refuse('closed');
        return asking.offer(solution) ? { ok: true } : refuse('invalid');
      },
    },
  },
});

export const makeDesk = (round: Facet<RoundInside>): Facet<SolverDesk> => makeDeskKit(round).desk;
