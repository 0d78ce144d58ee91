/** A vat with one activity and a policy that tests can change. */
import { M } from '@endo/patterns';
import type { LimitName, LimitPolicy, Activity } from '@pocas/clearing/limits';
import { defaultLimitParams, makeActivity } from '@pocas/clearing/limits';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';

export type Bench = LimitPolicy & {
  activity(): Facet<Activity>;
  set(name: LimitName, value: bigint): void;
  /** Trades in which everybody buys from and sells to many, and the end of the epoch. @returns how many limits changed */
  busyEpoch(epoch: bigint, members: bigint): bigint;
};

const makeBench = defineActor({
  name: 'Bench',
  state: {
    charter: typed<DurableMap<LimitName, bigint>>(M.remotable()),
    activity: typed<Facet<Activity> | undefined>(M.opt(M.remotable())),
  },
  init: () => ({ charter: makeDurableMap<LimitName, bigint>(), activity: undefined }),
  guards: {
    bench: M.interface('Bench', {
      activity: M.call().returns(M.remotable()),
      charter: M.call(M.string()).returns(M.nat()),
      set: M.call(M.string(), M.nat()).returns(),
      busyEpoch: M.call(M.nat(), M.nat()).returns(M.nat()),
    }),
  },
  facets: {
    bench: {
      activity(): Facet<Activity> {
        this.state.activity ??= makeActivity(this.facets.bench, 1n);
        return this.state.activity;
      },
      charter(name: LimitName): bigint {
        return this.state.charter.get(name) ?? defaultLimitParams[name];
      },
      set(name: LimitName, value: bigint): void {
        this.state.charter.set(name, value);
      },
      busyEpoch(epoch: bigint, members: bigint): bigint {
        const activity = this.facets.bench.activity();
        const standings = [];
        for (let member = 1n; member <= members; member += 1n) {
          if (epoch === 1n) activity.admit(member, false);
          activity.sold(member, undefined, 20n + (member % 9n), true);
          activity.spent(member, 20n);
          standings.push({ member, balance: 0n });
        }
        return BigInt(activity.closeEpoch(epoch, standings).length);
      },
    },
  },
});

export const make = (): Facet<Bench> => makeBench().bench;
