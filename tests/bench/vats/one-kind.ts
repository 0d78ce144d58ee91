/** About the smallest vat: one kind, one object, one method. */
import { M } from '@endo/patterns';
import { defineActor } from '@pocas/vat-runtime';

const makeOne = defineActor({
  name: 'One',
  state: { count: M.nat() },
  init: () => ({ count: 0n }),
  guards: { one: M.interface('One', { count: M.call().returns(M.nat()) }) },
  facets: {
    one: {
      count() {
        this.state.count += 1n;
        return this.state.count;
      },
    },
  },
});

export const make = () => makeOne().one;
