/** A vat that hands out everything about one ledger, for tests. */
import { M } from '@endo/patterns';
import type { Auditor, Ledger } from '@pocas/clearing';
import { makeLedger } from '@pocas/clearing/credit';
import type { Facet } from '@pocas/vat-runtime';
import { defineActor, typed } from '@pocas/vat-runtime';

export type Bench = {
  ledger(): Facet<Ledger>;
  auditor(): Facet<Auditor>;
  /** A second ledger in the same vat. */
  other(): Facet<Ledger>;
};

const makeBench = defineActor({
  name: 'Bench',
  state: {
    ledger: typed<Facet<Ledger>>(M.remotable()),
    auditor: typed<Facet<Auditor>>(M.remotable()),
    other: typed<Facet<Ledger>>(M.remotable()),
  },
  init: () => ({ ...makeLedger('créditos'), other: makeLedger('créditos').ledger }),
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
      auditor(): Facet<Auditor> {
        return this.state.auditor;
      },
      other(): Facet<Ledger> {
        return this.state.other;
      },
    },
  },
});

export const make = (): Facet<Bench> => makeBench().bench;
