/** A vat that makes ledgers, for tests. */
import { M } from '@endo/patterns';
import type { Ledger } from '@pocas/clearing';
import { type LedgerPowers, type LedgerTerms, makeLedger } from '@pocas/clearing/credit';
import type { Facet } from '@pocas/vat-runtime';
import { defineActor, typed } from '@pocas/vat-runtime';

export type Bench = { makeLedger(terms: LedgerTerms): Facet<Ledger> };

const makeBench = defineActor({
  name: 'Bench',
  state: { powers: typed<LedgerPowers>(M.record()) },
  init: ({ clock, timer }: LedgerPowers) => ({ powers: { clock, timer } }),
  guards: {
    bench: M.interface('Bench', { makeLedger: M.call(M.record()).returns(M.remotable()) }),
  },
  facets: {
    bench: {
      makeLedger(terms: LedgerTerms): Facet<Ledger> {
        return makeLedger(terms, this.state.powers);
      },
    },
  },
});

export const make = (powers: LedgerPowers): Facet<Bench> => makeBench(powers).bench;
