/** A participant's page of needs: what others look for, what they look for themselves, and what they answered. */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, identityOf, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, onceLately, refuse } from '@pocas/vat-runtime/actors';
import type { MarketInside, MemberInside } from '../inside/types.ts';
import { DeskInsideI, NeedDeskI, NeedStepsI } from './guards.ts';
import { maxGiven, shown } from './rules.ts';
import type {
  AnswerInside,
  Brought,
  Done,
  KindItem,
  Need,
  NeedBoard,
  NeedDesk,
  NeedDeskView,
  NeedInside,
  NeedTerms,
  OffersForNeeds,
  Posted,
} from './types.ts';

/** Those that ended stay on the page until so many others have. */
const keptEnded = 10n;

type Outcomes = DurableMap<string, unknown>;
type Given = { readonly need: Facet<NeedInside>; readonly answer: Facet<AnswerInside> };

const makeDeskKit = defineActor({
  name: 'NeedDesk',
  state: {
    market: typed<Facet<MarketInside>>(M.remotable('market')),
    board: typed<Facet<NeedBoard>>(M.remotable('board')),
    member: typed<Facet<MemberInside>>(M.remotable('member')),
    own: typed<DurableMap<bigint, Facet<NeedInside>>>(M.any()),
    /** In the order in which they ended. */
    ended: typed<DurableMap<bigint, Facet<NeedInside>>>(M.any()),
    endedCount: M.nat(),
    given: typed<DurableMap<bigint, Given>>(M.any()),
    givenCount: M.nat(),
    waiting: M.nat(),
    outcomes: typed<Outcomes>(M.any()),
    news: M.nat(),
  },
  init: (market: Facet<MarketInside>, member: Facet<MemberInside>) => ({
    market,
    // The cast holds because the mechanism founds a board under its own name.
    board: market.part('need') as Facet<NeedBoard>,
    member,
    own: makeDurableMap<bigint, Facet<NeedInside>>(),
    ended: makeDurableMap<bigint, Facet<NeedInside>>(),
    endedCount: 0n,
    given: makeDurableMap<bigint, Given>(),
    givenCount: 0n,
    waiting: 0n,
    outcomes: makeDurableMap<string, unknown>(),
    news: 0n,
  }),
  guards: { desk: NeedDeskI, steps: NeedStepsI, inside: DeskInsideI },
  facets: {
    desk: {
      view(): NeedDeskView {
        const { board, member, own, ended, given } = this.state;
        const mine = [...own.values({ reverse: true, limit: shown })];
        const past = [...ended.values({ reverse: true, limit: shown - mine.length })];
        return {
          needs: board.shown(member.number()),
          kinds: board.kinds(),
          ownNeeds: [...mine, ...past].map((need) => need.ownItem()),
          given: [...given.values({ reverse: true, limit: shown })].map(({ answer }) =>
            answer.given(),
          ),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.desk, this.state.board);
      },
      post(
        kind: string,
        what: string,
        description: string,
        howMuch: string,
        inReturn: string,
        days: bigint,
        requestId: string,
      ): Posted | Refusal {
        const { steps } = this.facets;
        const terms = { kind, what, description, howMuch, inReturn, days };
        return late(this.state, 'post', requestId, () => steps.post(terms, true));
      },
      postUnnamed(
        kind: string,
        what: string,
        description: string,
        howMuch: string,
        inReturn: string,
        days: bigint,
        requestId: string,
      ): Posted | Refusal {
        const { steps } = this.facets;
        const terms = { kind, what, description, howMuch, inReturn, days };
        return late(this.state, 'postUnnamed', requestId, () => steps.post(terms, false));
      },
      peopleOf(kind: string): KindItem {
        return this.state.board.peopleOf(kind);
      },
      signal(need: Facet<Need>, requestId: string): Done | Refusal {
        const { board, member } = this.state;
        return late<Done | Refusal>(this.state, 'signal', requestId, () => {
          const found = board.find(need);
          return found === undefined ? refuse('stale') : found.signal(member, false);
        });
      },
      signalWithName(need: Facet<Need>, requestId: string): Done | Refusal {
        const { board, member } = this.state;
        return late<Done | Refusal>(this.state, 'signalWithName', requestId, () => {
          const found = board.find(need);
          return found === undefined ? refuse('stale') : found.signal(member, true);
        });
      },
      answer(need: Facet<Need>, message: string, requestId: string): Done | Refusal {
        const { steps } = this.facets;
        return late(this.state, 'answer', requestId, () => steps.answer(need, message));
      },
      answerWith(
        need: Facet<Need>,
        message: string,
        offer: object,
        requestId: string,
      ): Done | Refusal {
        const { steps } = this.facets;
        return late<Done | Refusal>(this.state, 'answerWith', requestId, () => {
          const brought = broughtBy(this.state.market, offer);
          return brought === undefined
            ? refuse('unsupported')
            : steps.answer(need, message, brought);
        });
      },
    },
    steps: {
      post(terms: NeedTerms, isNamed: boolean): Posted | Refusal {
        const { board, member, own } = this.state;
        const may = member.mayOpen('need', BigInt(own.size()));
        if (!may.ok) return may;
        const posted = board.post(member, terms, isNamed, this.facets.inside);
        if (!posted.ok) return posted;
        own.set(posted.need.number(), posted.need);
        this.facets.inside.touch();
        return { ok: true, need: posted.need.own(), status: posted.need.status() };
      },
      answer(need: Facet<Need>, message: string, brought: Brought = {}): Done | Refusal {
        const { board, member, given, givenCount } = this.state;
        const found = board.find(need);
        if (found === undefined) return refuse('stale');
        // Answers to what is over need no room any more.
        for (const [number, one] of [...given.entries()])
          if (given.size() >= maxGiven && one.need.status() !== 'open') given.delete(number);
        if (given.size() >= maxGiven) return refuse('quota');
        const answered = found.answer(member, message, brought, this.facets.inside);
        if (!answered.ok) return answered;
        given.set(givenCount, { need: found, answer: answered.answer });
        this.state.givenCount = givenCount + 1n;
        this.facets.inside.touch();
        return { ok: true };
      },
    },
    inside: {
      waiting(by: bigint): void {
        const { member } = this.state;
        this.state.waiting += by;
        member.setWaiting('need', this.state.waiting);
        this.facets.inside.touch();
      },
      ended(number: bigint): void {
        const { own, ended, endedCount } = this.state;
        const need = own.get(number);
        if (need === undefined) return;
        own.delete(number);
        ended.set(endedCount, need);
        this.state.endedCount = endedCount + 1n;
        if (endedCount >= keptEnded) ended.delete(endedCount - keptEnded);
        this.facets.inside.touch();
      },
      touch(): void {
        this.state.news += 1n;
        this.state.member.touch();
      },
    },
  },
  readOnly: ['desk.changes'],
});

/**
 * What somebody answers with, as it is shown to whoever asks: an offer of this market, which the book knows; or
 * what is of another vat, of which nobody here can say what it is. Undefined for anything else of this market.
 */
const broughtBy = (market: Facet<MarketInside>, offer: object): Brought | undefined => {
  if ((market.part('offer') as Facet<OffersForNeeds>).isOffered(offer))
    return { offer, place: 'here' };
  return isOfThisVat(offer) ? undefined : { offer, place: 'elsewhere' };
};

/** Whose identity begins with a sign is of another vat, or of a program. */
const isOfThisVat = (facet: object): boolean => !identityOf(facet).startsWith('-');

const late = <Outcome>(
  { outcomes, market }: { readonly outcomes: Outcomes; readonly market: Facet<MarketInside> },
  method: string,
  requestId: string,
  act: () => Outcome,
): Outcome => onceLately(outcomes, market.now(), method, requestId, act);

/** Makes the page of one participant. `part` is what a stranger's first step goes through. */
export const makeNeedDesk = (
  market: Facet<MarketInside>,
  member: Facet<MemberInside>,
): { readonly desk: Facet<NeedDesk>; readonly part: Facet<NeedDesk> } => {
  const { desk } = makeDeskKit(market, member);
  return { desk, part: desk };
};
