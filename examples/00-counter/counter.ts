// examples/00-counter/counter.ts: a vat. It has no powers: it counts when it is asked to.
import { M } from '@endo/patterns';
import { defineActor } from '@pocas/vat-runtime';

const makeCounter = defineActor({
  name: 'Counter',
  state: { count: M.nat() },
  init: () => ({ count: 0n }),
  guards: { counter: M.interface('Counter', { add: M.call(M.nat()).returns(M.nat()) }) },
  facets: {
    counter: {
      add(n: bigint) {
        return (this.state.count += n);
      },
    },
  },
});

export const make = () => makeCounter().counter;
