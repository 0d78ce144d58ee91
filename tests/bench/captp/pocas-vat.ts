/** The module of the vat that is called. */
import { M } from '@endo/patterns';
import { defineActor } from '@pocas/vat-runtime';

export type Target = {
  echo(text: string): string;
  next(): unknown;
  count(): bigint;
};

const makeTarget = defineActor({
  name: 'Target',
  state: { count: M.nat() },
  init: () => ({ count: 0n }),
  guards: {
    target: M.interface('Target', {
      echo: M.call(M.string()).returns(M.string()),
      next: M.call().returns(M.remotable()),
      count: M.call().returns(M.nat()),
    }),
  },
  facets: {
    target: {
      echo(text: string) {
        return text;
      },
      next(): unknown {
        return this.facets.target;
      },
      count() {
        this.state.count += 1n;
        return this.state.count;
      },
    },
  },
});

export const make = () => makeTarget().target;
