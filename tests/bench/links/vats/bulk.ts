/** Sends as many as it is told in one turn, and counts those that come. */
import { M } from '@endo/patterns';
import { defineActor, send } from '@pocas/vat-runtime';

type Sink = { take(n: bigint): void };

const makeBulk = defineActor({
  name: 'Bulk',
  state: { count: M.nat() },
  init: () => ({ count: 0n }),
  guards: {
    owner: M.interface('Owner', {
      sink: M.call().returns(M.remotable()),
      burst: M.call(M.remotable(), M.nat()).returns(),
      count: M.call().returns(M.nat()),
    }),
    sink: M.interface('Sink', { take: M.call(M.nat()).returns() }),
  },
  facets: {
    owner: {
      sink() {
        return this.facets.sink;
      },
      burst(sink: Sink, many: bigint) {
        for (let i = 0n; i < many; i += 1n) send(sink, 'take', [1n]);
      },
      count() {
        return this.state.count;
      },
    },
    sink: {
      take(n: bigint) {
        this.state.count += n;
      },
    },
  },
});

export const make = () => makeBulk().owner;
