/** What one counterparty's account holds: each obligation and line by its origin, in lists, and the sums. */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import type { DealInside, PairInside, RegistryInside } from './inside.ts';
import { insideGuard } from './inside.ts';
import type { LineKeeper, ObligationKeeper, SharedState } from './types.ts';

/** Of each list on a page: four lists, and each entry names two objects; one message carries 256. */
const shown = 30;
const shownBalances = 50;

export type Entry = {
  readonly inside: Facet<DealInside>;
  readonly keeper: Facet<ObligationKeeper> | Facet<LineKeeper>;
};
type Balance = { readonly weOwe: bigint; readonly theyOwe: bigint };
type List = DurableMap<bigint, Facet<DealInside>>;
type Change = Parameters<PairInside['moved']>[0];

export type Standings = {
  enter(origin: string, entry: Entry): void;
  has(origin: string): boolean;
  get(origin: string): Entry | undefined;
  moved(change: Change): void;
  counts(): { readonly asked: bigint; readonly proposed: bigint; readonly open: bigint };
  /** As pages show it. */
  lists(): {
    readonly balances: readonly ({ readonly unit: string; readonly net: bigint } & Balance)[];
    readonly asked: readonly object[];
    readonly proposed: readonly object[];
    readonly open: readonly object[];
    readonly lines: readonly object[];
  };
  /** Up to `size` states in the order of their origins, after one of them, and whether there are more. */
  page(
    after: string,
    size: bigint,
  ): { readonly states: readonly SharedState[]; readonly more: boolean };
};

const makeStandingsKit = defineActor({
  name: 'CounterpartyStandings',
  state: {
    registry: typed<Facet<RegistryInside>>(M.remotable('registry')),
    deals: typed<DurableMap<string, Entry>>(M.any()),
    asked: typed<List>(M.any()),
    proposed: typed<List>(M.any()),
    open: typed<List>(M.any()),
    lines: typed<List>(M.any()),
    balances: typed<DurableMap<string, Balance>>(M.any()),
  },
  init: (registry: Facet<RegistryInside>) => ({
    registry,
    deals: makeDurableMap<string, Entry>(),
    asked: makeDurableMap<bigint, Facet<DealInside>>(),
    proposed: makeDurableMap<bigint, Facet<DealInside>>(),
    open: makeDurableMap<bigint, Facet<DealInside>>(),
    lines: makeDurableMap<bigint, Facet<DealInside>>(),
    balances: makeDurableMap<string, Balance>(),
  }),
  guards: { standings: insideGuard('CounterpartyStandings') },
  facets: {
    standings: {
      enter(origin: string, entry: Entry): void {
        const { registry, deals } = this.state;
        if (!registry.enter(origin, entry.inside.lodgeable())) {
          throw Error('Cannot enter an obligation: something has its origin');
        }
        deals.set(origin, entry);
      },
      has(origin: string): boolean {
        return this.state.deals.has(origin);
      },
      get(origin: string): Entry | undefined {
        return this.state.deals.get(origin);
      },
      moved({ key, origin, kind, end, unit, before, after }: Change): void {
        const { registry, deals, asked, proposed, lines, open, balances } = this.state;
        if (before?.group !== after.group) {
          const lists = { asked, proposed, open: kind === 'line' ? lines : open, over: undefined };
          // It was entered before anything was said of it.
          const { inside, keeper } = deals.get(origin)!;
          if (before !== undefined) lists[before.group]?.delete(key);
          lists[after.group]?.set(key, inside);
          if (before?.group === 'open') registry.over(key);
          if (after.group === 'open') {
            registry.opened(key, { unit, kind, lodgeable: inside.lodgeable(), keeper });
          }
        }
        const left = (standing: Change['before']): bigint =>
          standing?.group === 'open' ? standing.amount : 0n;
        const by = left(after) - left(before);
        if (by === 0n) return;
        const { weOwe, theyOwe } = balances.get(unit) ?? { weOwe: 0n, theyOwe: 0n };
        const both =
          end === 'from' ? { weOwe: weOwe + by, theyOwe } : { weOwe, theyOwe: theyOwe + by };
        if (both.weOwe === 0n && both.theyOwe === 0n) balances.delete(unit);
        else balances.set(unit, both);
        registry.shift(unit, end, by);
      },
      counts(): ReturnType<Standings['counts']> {
        const { asked, proposed, open, lines } = this.state;
        return {
          asked: BigInt(asked.size()),
          proposed: BigInt(proposed.size()),
          open: BigInt(open.size() + lines.size()),
        };
      },
      lists(): ReturnType<Standings['lists']> {
        const { asked, proposed, open, lines, balances } = this.state;
        const items = (list: List): object[] =>
          [...list.values({ reverse: true, limit: shown })].map((one) => one.item());
        const sums = [...balances.entries({ limit: shownBalances })];
        return {
          balances: sums.map(([unit, both]) => {
            return { unit, net: both.theyOwe - both.weOwe, ...both };
          }),
          asked: items(asked),
          proposed: items(proposed),
          open: items(open),
          lines: items(lines),
        };
      },
      page(after: string, size: bigint): ReturnType<Standings['page']> {
        const states: SharedState[] = [];
        for (const [origin, { inside }] of this.state.deals.entries({ from: after })) {
          if (origin === after) continue;
          if (BigInt(states.length) === size) return { states, more: true };
          states.push(inside.shared());
        }
        return { states, more: false };
      },
    },
  },
});

export const makeStandings = (registry: Facet<RegistryInside>): Facet<Standings> =>
  makeStandingsKit(registry).standings;
