/** The vat of somebody who only wants to be served: a counter, read and counted on. */
import { M } from '@endo/patterns';
import { defineActor } from '@pocas/vat-runtime';

const makeBenign = defineActor({
  name: 'Benign',
  state: { count: M.bigint() },
  init: () => ({ count: 0n }),
  guards: {
    counter: M.interface('Counter', {
      add: M.call(M.bigint()).returns(M.bigint()),
      get: M.call().returns(M.bigint()),
    }),
  },
  facets: {
    counter: {
      add(n: bigint) {
        this.state.count += n;
        return this.state.count;
      },
      get() {
        return this.state.count;
      },
    },
  },
});

export const make = (): unknown => makeBenign().counter;
