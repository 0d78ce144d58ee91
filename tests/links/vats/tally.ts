/** What nodes of these tests call at each other: a count that says how often it was really added to. */
import { M } from '@endo/patterns';
import { defineActor } from '@pocas/vat-runtime';

export type Tally = {
  add(n: bigint): bigint;
  get(): bigint;
  echo(text: string): string;
};

const makeTally = defineActor({
  name: 'Tally',
  state: { count: M.bigint() },
  init: () => ({ count: 0n }),
  guards: {
    tally: M.interface('Tally', {
      add: M.call(M.bigint()).returns(M.bigint()),
      get: M.call().returns(M.bigint()),
      echo: M.call(M.string()).returns(M.string()),
    }),
  },
  facets: {
    tally: {
      add(n: bigint) {
        this.state.count += n;
        return this.state.count;
      },
      get() {
        return this.state.count;
      },
      echo(text: string) {
        return text;
      },
    },
  },
});

export const make = () => makeTally().tally;
