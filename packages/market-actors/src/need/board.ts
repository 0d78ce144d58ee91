/** All needs of a market, and how many people look for what (SPEC M3, "aggregation"). */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, refuse } from '@pocas/vat-runtime/actors';
import type { MarketInside, MemberInside } from '../inside/types.ts';
import { NeedBoardI, NeedBoardPageI } from './guards.ts';
import { makeNeed } from './need.ts';
import { countPeople, fewPeople, isUnwanted, kindOf, maxNeeds, shown } from './rules.ts';
import type {
  DeskInside,
  KindItem,
  Need,
  NeedBoard,
  NeedBoardPage,
  NeedInside,
  NeedItem,
  NeedTerms,
} from './types.ts';

const day = 24n * 60n * 60n * 1000n;

const makeBoardKit = defineActor({
  name: 'NeedBoard',
  state: {
    market: typed<Facet<MarketInside>>(M.remotable('market')),
    /** Drafts and open ones, by number. */
    needs: typed<DurableMap<bigint, Facet<NeedInside>>>(M.any()),
    /** The numbers of the open ones of each kind, and how many people want them. */
    kinds: typed<DurableMap<string, { readonly open: readonly bigint[]; readonly people: bigint }>>(
      M.any(),
    ),
    next: M.nat(),
    news: M.nat(),
  },
  init: (market: Facet<MarketInside>) => ({
    market,
    needs: makeDurableMap<bigint, Facet<NeedInside>>(),
    kinds: makeDurableMap<string, { readonly open: readonly bigint[]; readonly people: bigint }>(),
    next: 1n,
    news: 0n,
  }),
  guards: { board: NeedBoardI, page: NeedBoardPageI },
  facets: {
    page: {
      view(): { needs: readonly NeedItem[]; kinds: readonly KindItem[] } {
        const { board } = this.facets;
        return { needs: board.shown(undefined), kinds: board.kinds() };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.page);
      },
    },
    board: {
      post(
        member: Facet<MemberInside>,
        terms: NeedTerms,
        isNamed: boolean,
        desk: Facet<DeskInside>,
      ): { ok: true; need: Facet<NeedInside> } | Refusal {
        const { market, needs } = this.state;
        const kind = kindOf(terms.kind);
        const known = market.charterList('categories').map(kindOf);
        if (kind === '' || (known.length > 0 && !known.includes(kind))) return refuse('invalid');
        const { what, description, inReturn } = terms;
        if (isUnwanted(market.charterList('refused'), kind, what, description, inReturn))
          return refuse('conflict');
        if (needs.size() >= maxNeeds) return refuse('quota');
        // A number of this board and not of the market, whose order tells what else was done before and after.
        const { next: number } = this.state;
        this.state.next = number + 1n;
        const until = market.now() + terms.days * day;
        const { board } = this.facets;
        const parts = { number, terms: { ...terms, kind }, until, isNamed, asker: member };
        const { inside, publish, task } = makeNeed({ ...parts, board, desk });
        needs.set(number, inside);
        market.wakeAt(until, task, undefined);
        if (isNamed || board.peopleWith(kind, member.number()) >= fewPeople) publish();
        return { ok: true, need: inside };
      },
      find(need: Facet<Need>): Facet<NeedInside> | undefined {
        // The number says where to look; only the identity of what is found there is believed.
        const number = typeof need.number === 'function' ? need.number() : 0n;
        const found = typeof number === 'bigint' ? this.state.needs.get(number) : undefined;
        return found?.facet() === need && found.status() === 'open' ? found : undefined;
      },
      shown(member: bigint | undefined): readonly NeedItem[] {
        const items: NeedItem[] = [];
        for (const need of this.state.needs.values({ reverse: true })) {
          if (items.length >= shown) break;
          const isSeen = member === undefined ? need.isPublic() : need.asker() !== member;
          if (need.status() === 'open' && isSeen) items.push(need.item());
        }
        return items;
      },
      kinds(): readonly KindItem[] {
        return [...this.state.kinds.entries()]
          .map(([kind, { open, people }]) => ({ kind, needs: BigInt(open.length), people }))
          .sort((a, b) => Number(b.people - a.people))
          .slice(0, shown);
      },
      peopleOf(kind: string): KindItem {
        const { open, people } = this.state.kinds.get(kindOf(kind)) ?? { open: [], people: 0n };
        return { kind: kindOf(kind), needs: BigInt(open.length), people };
      },
      peopleWith(kind: string, member: bigint): bigint {
        const { kinds, needs } = this.state;
        const { open } = kinds.get(kindOf(kind)) ?? { open: [] };
        return countPeople([[member], ...open.map((number) => needs.get(number)!.people())]);
      },
      counted(number: bigint): void {
        const { needs, kinds, market } = this.state;
        const need = needs.get(number);
        if (need === undefined) return;
        const kind = need.kind();
        const others = (kinds.get(kind)?.open ?? []).filter((one) => one !== number);
        const open = need.status() === 'open' ? [...others, number] : others;
        if (need.status() !== 'open' && need.status() !== 'draft') needs.delete(number);
        if (open.length === 0) kinds.delete(kind);
        else {
          const people = countPeople(open.map((one) => needs.get(one)!.people()));
          kinds.set(kind, { open, people });
        }
        this.state.news += 1n;
        market.touch();
      },
    },
  },
  readOnly: ['page.changes'],
});

/** Makes the board of a market. */
export const makeNeedBoard = (
  market: Facet<MarketInside>,
): { readonly board: Facet<NeedBoard>; readonly page: Facet<NeedBoardPage> } => {
  const { board, page } = makeBoardKit(market);
  return { board, page };
};
