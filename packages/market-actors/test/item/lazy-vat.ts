/** A home whose timer never comes, and whose time a test sets. */
import { M } from '@endo/patterns';
import { defineActor, typed } from '@pocas/vat-runtime';
import { makeItemHome } from '#src/item/home.js';

// `any`: the test knows what it made.
type Any = any;
const loose = (name: string) => M.interface(name, {}, { defaultGuards: 'passable' });

const makeBench = defineActor({
  name: 'LazyBench',
  state: { at: M.bigint(), home: typed<Any>(M.any()) },
  init: () => ({ at: 0n, home: undefined as Any }),
  guards: { bench: loose('LazyBench'), time: loose('LazyTime') },
  facets: {
    bench: {
      open(units: bigint): Any {
        this.state.home ??= makeItemHome({ what: 'chair', units, time: this.facets.time as Any });
        return this.state.home;
      },
      setTime(at: bigint): void {
        this.state.at = at;
      },
    },
    time: {
      now(): bigint {
        return this.state.at;
      },
      wakeAt: (): bigint => 1n,
      cancelWake(): void {},
    },
  },
});

export const make = (): unknown => makeBench().bench;
