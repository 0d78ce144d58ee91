/** All loans of a FoCo. */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, refuse } from '@pocas/vat-runtime/actors';
import { day, shown } from '../inside/shapes.ts';
import { type Card, type FocoInside, find } from '../inside/types.ts';
import { makeLoan } from './loan.ts';
import type { Loan, LoanBoard, LoanDeskView, LoanInside, LoanTerms, LoanView } from './types.ts';

/** So many loans of one borrower are open at a time. */
const maxOpen = 3;
const longest = 366n * day;

const makeBoardKit = defineActor({
  name: 'FocoLoans',
  state: {
    foco: typed<Facet<FocoInside>>(M.remotable('foco')),
    open: typed<DurableMap<bigint, Facet<LoanInside>>>(M.any()),
    done: typed<DurableMap<bigint, Facet<LoanInside>>>(M.any()),
  },
  init: (foco: Facet<FocoInside>) => ({
    foco,
    open: makeDurableMap<bigint, Facet<LoanInside>>(),
    done: makeDurableMap<bigint, Facet<LoanInside>>(),
  }),
  guards: { board: M.interface('FocoLoans', {}, { defaultGuards: 'passable' }) },
  facets: {
    board: {
      ask(
        who: bigint,
        card: Facet<Card>,
        terms: LoanTerms,
      ): { readonly ok: true; readonly loan: Facet<Loan> } | Refusal {
        const { foco, open } = this.state;
        const to = foco.destinations().find(card);
        const now = foco.now();
        if (to === undefined || terms.principal % to.purse().facts().step !== 0n)
          return refuse('invalid');
        if (terms.until <= now || terms.until > now + longest || terms.every < day)
          return refuse('invalid');
        const own = [...open.values()].filter((one) => one.borrower() === who);
        if (own.length >= maxOpen) return refuse('quota');
        const number = foco.nextNumber();
        const loan = makeLoan(number, foco, this.facets.board, { ...terms, borrower: who, to });
        open.set(number, loan);
        loan.start();
        return { ok: true, loan: loan.public() };
      },
      find(loan: Facet<Loan>): Facet<LoanInside> | undefined {
        const { open, done } = this.state;
        return find(
          loan,
          (number) => open.get(number) ?? done.get(number),
          (one) => one.public(),
        );
      },
      lists(): LoanDeskView {
        const { open, done, foco } = this.state;
        const newest = (all: DurableMap<bigint, Facet<LoanInside>>) =>
          [...all.values({ reverse: true, limit: shown })].map((one) => one.item());
        return {
          open: newest(open),
          done: newest(done),
          destinations: foco.destinations().items(),
        };
      },
      before(borrower: bigint, loan: Facet<LoanInside>): LoanView['before'] {
        const { open, done } = this.state;
        const found: LoanView['before'][number][] = [];
        for (const all of [open, done])
          for (const one of all.values({ reverse: true, limit: 300 })) {
            if (one === loan || one.borrower() !== borrower) continue;
            const { what: name, phase } = one.item();
            if (found.length < shown) found.push({ name, phase, value: one.principal() });
          }
        return found;
      },
      ended(number: bigint): void {
        const { open, done, foco } = this.state;
        const loan = open.get(number);
        foco.touch();
        if (loan === undefined) return;
        open.delete(number);
        done.set(number, loan);
      },
    },
  },
});

export const makeLoanBoard = (foco: Facet<FocoInside>): Facet<LoanBoard> =>
  makeBoardKit(foco).board;
