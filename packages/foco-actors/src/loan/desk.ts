/** One participant's part in loans: all that moves comes out of this participant's envelope. */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, onceLately, refuse } from '@pocas/vat-runtime/actors';
import { day } from '../inside/shapes.ts';
import type { Card, FocoInside, ShareInside } from '../inside/types.ts';
import { LoanDeskI } from './guards.ts';
import type { Loan, LoanBoard, LoanDesk, LoanDeskView, LoanInside, LoanTerms } from './types.ts';

type Done = { readonly ok: true } | Refusal;
type Asked = { readonly ok: true; readonly loan: Facet<Loan> } | Refusal;

const makeDeskKit = defineActor({
  name: 'FocoLoanDesk',
  state: {
    foco: typed<Facet<FocoInside>>(M.remotable('foco')),
    board: typed<Facet<LoanBoard>>(M.remotable('board')),
    share: typed<Facet<ShareInside>>(M.remotable('share')),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (foco: Facet<FocoInside>, board: Facet<LoanBoard>, share: Facet<ShareInside>) => ({
    ...{ foco, board, share },
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { desk: LoanDeskI },
  facets: {
    desk: {
      view(): LoanDeskView {
        return this.state.board.lists();
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.state.board, this.state.foco);
      },
      ask(to: Facet<Card>, terms: LoanTerms, requestId: string): Asked {
        const { foco, board, share, outcomes } = this.state;
        return onceLately<Asked>(outcomes, foco.now(), 'ask', requestId, () =>
          share.isHere() ? board.ask(share.number(), to, terms) : refuse('closed'),
        );
      },
      askSimple(
        to: Facet<Card>,
        what: string,
        item: string,
        principal: bigint,
        instalments: bigint,
        everyDays: bigint,
        vouchers: bigint,
        requestId: string,
      ): Asked {
        const until = this.state.foco.now() + 30n * day;
        const every = everyDays * day;
        const terms = { what, item, principal, instalments, every, until, vouchers };
        return this.facets.desk.ask(to, terms, requestId);
      },
      lend(loan: Facet<Loan>, value: bigint, requestId: string): Done {
        return act(this.state, 'lend', loan, requestId, (found, who) => found.lend(who, value));
      },
      vouch(loan: Facet<Loan>, value: bigint, requestId: string): Done {
        return act(this.state, 'vouch', loan, requestId, (found, who) => found.vouch(who, value));
      },
      withdraw(loan: Facet<Loan>, requestId: string): Done {
        return act(this.state, 'withdraw', loan, requestId, (found, who) => found.withdraw(who));
      },
      begin(loan: Facet<Loan>, requestId: string): Done {
        return act(this.state, 'begin', loan, requestId, (found, who) => found.begin(who));
      },
      repay(loan: Facet<Loan>, value: bigint, requestId: string): Done {
        return act(this.state, 'repay', loan, requestId, (found, who) => found.repay(who, value));
      },
      say(loan: Facet<Loan>, words: string, requestId: string): Done {
        return act(this.state, 'say', loan, requestId, (found, who) => found.say(who, words));
      },
      propose(loan: Facet<Loan>, instalments: bigint, everyDays: bigint, requestId: string): Done {
        return act(this.state, 'propose', loan, requestId, (found, who) =>
          found.propose(who, instalments, everyDays * day),
        );
      },
      answer(loan: Facet<Loan>, yes: bigint, requestId: string): Done {
        return act(this.state, 'answer', loan, requestId, (found, who) =>
          found.answer(who, yes > 0n),
        );
      },
      forgive(loan: Facet<Loan>, value: bigint, requestId: string): Done {
        return act(this.state, 'forgive', loan, requestId, (found, who) =>
          found.forgive(who, value),
        );
      },
      absorb(loan: Facet<Loan>, words: string, requestId: string): Done {
        return act(this.state, 'absorb', loan, requestId, (found, who) => found.absorb(who, words));
      },
    },
  },
  readOnly: ['desk.changes'],
});

type State = {
  readonly foco: Facet<FocoInside>;
  readonly board: Facet<LoanBoard>;
  readonly share: Facet<ShareInside>;
  readonly outcomes: DurableMap<string, unknown>;
};

const act = (
  { foco, board, share, outcomes }: State,
  what: string,
  loan: Facet<Loan>,
  requestId: string,
  carryOut: (found: Facet<LoanInside>, who: bigint) => Done,
): Done =>
  onceLately<Done>(outcomes, foco.now(), what, requestId, () => {
    const found = board.find(loan);
    if (found === undefined) return refuse('invalid');
    return share.isHere() ? carryOut(found, share.number()) : refuse('closed');
  });

export const makeLoanDesk = (
  foco: Facet<FocoInside>,
  board: Facet<LoanBoard>,
  share: Facet<ShareInside>,
): Facet<LoanDesk> => makeDeskKit(foco, board, share).desk;
