/** A vat of a fund that writes down what it is told. */
import { M } from '@endo/patterns';
import { defineActor, typed } from '@pocas/vat-runtime';
import type { RecallNotice } from '#src/book/types.js';

const makeFund = defineActor({
  name: 'Fund',
  state: { notices: typed<readonly RecallNotice[]>(M.array()) },
  init: () => ({ notices: [] as readonly RecallNotice[] }),
  guards: {
    fund: M.interface('Fund', {
      recalled: M.call(M.record()).returns(),
      notices: M.call().returns(M.array()),
    }),
  },
  facets: {
    fund: {
      recalled(notice: RecallNotice): void {
        this.state.notices = [...this.state.notices, notice];
      },
      notices(): readonly RecallNotice[] {
        return this.state.notices;
      },
    },
  },
});

export type TestFund = ReturnType<typeof makeFund>['fund'];

export const make = (): TestFund => makeFund().fund;
