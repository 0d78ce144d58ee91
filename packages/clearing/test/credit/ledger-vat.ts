/** A vat that hands out everything about one ledger, for tests. */
import { M } from '@endo/patterns';
import type { Ledger, LedgerAuditor } from '@pocas/clearing';
import { type LedgerPowers, makeLedger } from '@pocas/clearing/credit';
import type { Facet } from '@pocas/vat-runtime';
import { defineActor, typed } from '@pocas/vat-runtime';

export type Bench = {
  ledger(): Facet<Ledger>;
  auditor(): Facet<LedgerAuditor>;
  /** A second ledger in the same vat. */
  other(): Facet<Ledger>;
};

const makeBench = defineActor({
  name: 'Bench',
  state: {
    ledger: typed<Facet<Ledger>>(M.remotable()),
    auditor: typed<Facet<LedgerAuditor>>(M.remotable()),
    other: typed<Facet<Ledger>>(M.remotable()),
  },
  init: (powers: LedgerPowers) => {
    const make = () => makeLedger({ name: 'prueba', kind: 'mutual', unit: 'créditos' }, powers);
    const ledger = make();
    return { ledger, auditor: ledger.auditor(), other: make() };
  },
  guards: {
    bench: M.interface('Bench', {
      ledger: M.call().returns(M.remotable()),
      auditor: M.call().returns(M.remotable()),
      other: M.call().returns(M.remotable()),
    }),
  },
  facets: {
    bench: {
      ledger(): Facet<Ledger> {
        return this.state.ledger;
      },
      auditor(): Facet<LedgerAuditor> {
        return this.state.auditor;
      },
      other(): Facet<Ledger> {
        return this.state.other;
      },
    },
  },
});

export const make = (powers: LedgerPowers): Facet<Bench> => makeBench(powers).bench;
