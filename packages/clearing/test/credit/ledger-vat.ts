/** A vat that makes ledgers, for tests. */
import { M } from '@endo/patterns';
import type { Ledger, Payee } from '@pocas/clearing';
import { type LedgerPowers, type LedgerTerms, makeLedger } from '@pocas/clearing/credit';
import type { Facet } from '@pocas/vat-runtime';
import { defineActor, typed } from '@pocas/vat-runtime';

export type Bench = {
  makeLedger(terms: LedgerTerms): Facet<Ledger>;
  /** An object of the ledger's own vat that answers `number` as another does: by asking it. */
  forge(original: Facet<Payee>): Facet<Forgery>;
};
export type Forgery = { number(): bigint };

const makeForgery = defineActor({
  name: 'Forgery',
  state: { original: typed<Facet<Payee>>(M.remotable()) },
  init: (original: Facet<Payee>) => ({ original }),
  guards: { forgery: M.interface('Forgery', { number: M.call().returns(M.nat()) }) },
  facets: {
    forgery: {
      number(): bigint {
        return this.state.original.number();
      },
    },
  },
});

const makeBench = defineActor({
  name: 'Bench',
  state: { powers: typed<LedgerPowers>(M.record()) },
  init: ({ clock, timer }: LedgerPowers) => ({ powers: { clock, timer } }),
  guards: {
    bench: M.interface('Bench', {
      makeLedger: M.call(M.record()).returns(M.remotable()),
      forge: M.call(M.remotable()).returns(M.remotable()),
    }),
  },
  facets: {
    bench: {
      makeLedger(terms: LedgerTerms): Facet<Ledger> {
        return makeLedger(terms, this.state.powers);
      },
      forge(original: Facet<Payee>): Facet<Forgery> {
        return makeForgery(original).forgery;
      },
    },
  },
});

export const make = (powers: LedgerPowers): Facet<Bench> => makeBench(powers).bench;
