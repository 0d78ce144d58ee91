/** A participant's page for exchanges with other markets. */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { Payee } from '@pocas/clearing/value';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import { onceLately, refuse } from '@pocas/vat-runtime/actors';
import { openFor } from '../inside/opening.ts';
import type { MarketInside, MemberInside } from '../inside/types.ts';
import type { Book } from './book.ts';
import { BridgeDeskI, passable } from './guards.ts';
import type { TradeKit } from './trade.ts';
import { makeTrade } from './trade.ts';
import type { BridgeDesk, BridgeView, Done, OfferCard, PartnerCard } from './types.ts';

const hour = 3_600_000n;
const shown = 30;

/** Acts at once, or when the text for an account elsewhere has been opened. */
const withAccount = (
  market: Facet<MarketInside>,
  member: Facet<MemberInside>,
  account: string,
  act: (to: Facet<Payee> | undefined) => Done | Refusal,
): Promise<Done | Refusal> | Done | Refusal => {
  if (account === '') return act(undefined);
  const acted = openFor(member, market.enlivener(), account, act);
  return E.when(
    acted,
    (done) => done,
    () => refuse('invalid'),
  );
};

const makeDeskKit = defineActor({
  name: 'BridgeDesk',
  state: {
    market: typed<Facet<MarketInside>>(M.remotable('market')),
    member: typed<Facet<MemberInside>>(M.remotable('member')),
    trades: typed<DurableMap<bigint, TradeKit>>(M.any()),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
    moves: M.nat(),
  },
  init: (market: Facet<MarketInside>, member: Facet<MemberInside>) => ({
    market,
    member,
    trades: makeDurableMap<bigint, TradeKit>(),
    outcomes: makeDurableMap<string, unknown>(),
    moves: 0n,
  }),
  guards: { desk: BridgeDeskI, steps: passable('BridgeDeskSteps') },
  facets: {
    desk: {
      view(): BridgeView {
        const { market, trades } = this.state;
        const book = this.facets.steps.book();
        return {
          unit: market.unit(),
          offers: book.offers().map((post) => post.item()),
          partners: book
            .partners()
            .filter((partner) => partner.phase() === 'met')
            .map((partner) => ({ label: partner.label(), partner: partner.card() })),
          trades: [...trades.values({ reverse: true, limit: shown })].map((trade) => ({
            ...trade.view(),
            page: trade.page(),
          })),
        };
      },
      async changes(since?: string): Promise<string> {
        // Offers of other markets and one's own exchanges are the book's to tell.
        return this.facets.steps.book().changes(since);
      },
      propose(
        partner: Facet<PartnerCard>,
        gives: bigint,
        wants: bigint,
        hours: bigint,
        account: string,
        requestId: string,
      ): ReturnType<BridgeDesk['propose']> {
        const { steps } = this.facets;
        return withAccount(this.state.market, this.state.member, account, (to) =>
          steps.propose(partner, gives, wants, hours, to, requestId),
        );
      },
      take(
        offer: Facet<OfferCard>,
        account: string,
        requestId: string,
      ): ReturnType<BridgeDesk['take']> {
        const { steps } = this.facets;
        return withAccount(this.state.market, this.state.member, account, (to) =>
          steps.take(offer, to, requestId),
        );
      },
      accountLink(): ReturnType<BridgeDesk['accountLink']> {
        const { market, member } = this.state;
        const grantor = market.grantor();
        if (grantor === undefined) return refuse('unsupported');
        const text = E(grantor).sturdy(member.payee(), { label: 'account' });
        return E.when(text, (secret) => ({ secret, toPaste: true as const }));
      },
    },
    steps: {
      book(): Book {
        return this.state.market.part('bridge') as Book;
      },
      propose(
        card: Facet<PartnerCard>,
        gives: bigint,
        wants: bigint,
        hours: bigint,
        to: Facet<Payee> | undefined,
        requestId: string,
      ): Done | Refusal {
        const { market, outcomes } = this.state;
        const { steps } = this.facets;
        return onceLately<Done | Refusal>(outcomes, market.now(), 'propose', requestId, () => {
          const book = steps.book();
          const partner = book.partnerOf(card);
          if (partner === undefined || partner.phase() !== 'met') return refuse('stale');
          if (!market.isOpen()) return refuse('closed');
          const allowed = steps.mayOpen();
          if (!allowed.ok) return allowed;
          const until = book.now() + hours * hour;
          const trade = steps.add(partner, { gives, gets: wants, to, until, phase: 'offered' });
          trade.post(to);
          return { ok: true };
        });
      },
      take(
        card: Facet<OfferCard>,
        to: Facet<Payee> | undefined,
        requestId: string,
      ): Done | Refusal {
        const { market, outcomes } = this.state;
        const { steps } = this.facets;
        return onceLately<Done | Refusal>(outcomes, market.now(), 'take', requestId, () => {
          if (!market.isOpen()) return refuse('closed');
          const book = steps.book();
          const post = book.posted(card);
          if (post === undefined) return refuse('stale');
          const { number, inside } = post;
          const { gives, wants, until, to: theirs } = inside.bid();
          const partner = inside.partner();
          const parts = { gives: wants, gets: gives, to, until, phase: 'agreed' as const };
          const trade = steps.add(partner, parts);
          const taken = trade.take(inside.taker(), theirs);
          if (!taken.ok) {
            steps.drop();
            return taken;
          }
          book.unpost(number);
          return { ok: true };
        });
      },
      mayOpen(): Done | Refusal {
        const { trades, member } = this.state;
        const latest = [...trades.values({ reverse: true, limit: 100 })];
        const open = latest.filter((trade) => trade.view().phase === 'offered').length;
        return member.mayOpen('offer', BigInt(open));
      },
      add(
        partner: Parameters<typeof makeTrade>[0]['partner'],
        parts: Pick<Parameters<typeof makeTrade>[0], 'gives' | 'gets' | 'to' | 'until' | 'phase'>,
      ): TradeKit {
        const { market, member, trades } = this.state;
        const number = market.nextNumber();
        const book = this.facets.steps.book();
        const enlivener = market.enlivener();
        const trade = makeTrade({ book, member, partner, number, ...parts, enlivener });
        trades.set(number, trade);
        this.state.moves += 1n;
        return trade;
      },
      drop(): void {
        const { trades } = this.state;
        for (const number of trades.keys({ reverse: true, limit: 1 })) trades.delete(number);
      },
    },
  },
  readOnly: ['desk.changes', 'desk.propose', 'desk.take'],
});

export const makeBridgeDesk = (
  market: Facet<MarketInside>,
  member: Facet<MemberInside>,
): { readonly desk: Facet<BridgeDesk> } => ({
  desk: makeDeskKit(market, member).desk as Facet<BridgeDesk>,
});
