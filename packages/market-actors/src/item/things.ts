/** Somebody's things at one place: many homes, and one page that leads to them. */
import { M } from '@endo/patterns';
import type { Clock, DurableMap, Facet, Grantor, Timer } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import { makeJournal, once, refuse } from '@pocas/vat-runtime/actors';
import { makeItemHome } from './home.ts';
import { ThingsI, ThingsTimeI } from './things-guards.ts';
import type { ItemOwner, ItemTime, Stock } from './types.ts';

export type ThingsKeeper = {
  view(): ThingsView;
  changes(since?: string): Promise<string>;
  /** `quota` for more than `maxThings`. */
  add(
    what: string,
    units: bigint,
    requestId: string,
  ): { readonly ok: true; readonly thing: Facet<ItemOwner> } | Refusal;
  /** Those with numbers below `before`, the newest first, at most 30. */
  things(before: bigint): readonly ThingItem[];
};
export type ThingItem = Stock & {
  readonly number: bigint;
  readonly what: string;
  readonly thing: Facet<ItemOwner>;
};
export type ThingsView = { readonly name: string; readonly things: readonly ThingItem[] };

export type ThingsParams = {
  readonly name: string;
  /** At random, and told to nobody: the salt of journals. */
  readonly secret?: string;
};
export type ThingsPowers = {
  readonly clock: Clock;
  readonly timer: Timer;
  /** Lets the owner make texts that markets elsewhere accept. */
  readonly grantor?: Facet<Grantor>;
};

/** How many things one place has. */
export const maxThings = 10_000n;
const pageSize = 30;

const makeTime = defineActor({
  name: 'ThingsTime',
  state: {
    clock: typed<Clock>(M.remotable('clock')),
    timer: typed<Timer>(M.remotable('timer')),
  },
  init: (clock: Clock, timer: Timer) => ({ clock, timer }),
  guards: { time: ThingsTimeI, sleeper: ThingsTimeI },
  facets: {
    time: {
      now(): bigint {
        return this.state.clock.now();
      },
      wakeAt(at: bigint, task: Facet<{ due(ctx: unknown): void }>, ctx: unknown): bigint {
        return this.state.timer.wakeAt(at, this.facets.sleeper, { task, ctx });
      },
      cancelWake(timer: bigint): void {
        this.state.timer.cancel(timer);
      },
    },
    sleeper: {
      wake({ task, ctx }: { task: Facet<{ due(ctx: unknown): void }>; ctx: unknown }): void {
        task.due(ctx);
      },
    },
  },
});

const makeKeeper = defineActor({
  name: 'Things',
  state: {
    name: M.string(),
    secret: M.string(),
    clock: typed<Clock>(M.remotable('clock')),
    time: typed<Facet<ItemTime>>(M.remotable('time')),
    grantor: typed<Facet<Grantor> | undefined>(M.opt(M.remotable('grantor'))),
    homes: typed<DurableMap<bigint, Facet<ItemOwner>>>(M.any()),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: ({ clock, timer, grantor }: ThingsPowers, { name, secret = '' }: ThingsParams) => ({
    name,
    secret,
    clock,
    time: makeTime(clock, timer).time,
    grantor,
    homes: makeDurableMap<bigint, Facet<ItemOwner>>(),
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { keeper: ThingsI },
  facets: {
    keeper: {
      view(): ThingsView {
        const { name, homes } = this.state;
        const things = this.facets.keeper.things(BigInt(homes.size()) + 1n);
        return { name, things };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.state.homes);
      },
      add(what: string, units: bigint, requestId: string): ReturnType<ThingsKeeper['add']> {
        const { state } = this;
        const { outcomes, homes, clock, time, grantor, secret } = state;
        return once<ReturnType<ThingsKeeper['add']>>(outcomes, 'add', requestId, () => {
          const number = BigInt(homes.size()) + 1n;
          if (number > maxThings) return refuse('quota');
          const actorTag = `item ${number}`;
          const journal = makeJournal({ actorTag, clock, secret });
          const parts = { what, units, time, journal, ...(grantor && { grantor }) };
          const { owner: thing } = makeItemHome(parts);
          homes.set(number, thing);
          return { ok: true, thing };
        });
      },
      things(before: bigint): readonly ThingItem[] {
        const page = { to: before, reverse: true, limit: pageSize };
        return [...this.state.homes.entries(page)].map(([number, thing]) => {
          const { markets, ...rest } = thing.view();
          return { number, ...rest, thing };
        });
      },
    },
  },
  readOnly: ['keeper.changes'],
});

/** Opens a place for somebody's things. */
export const makeThings = (powers: ThingsPowers, params: ThingsParams): Facet<ThingsKeeper> =>
  makeKeeper(powers, params).keeper;
