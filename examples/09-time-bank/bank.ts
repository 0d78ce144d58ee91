// examples/09-time-bank/bank.ts: a vat with one ledger. A market has such a ledger, and much around it.
import { M } from '@endo/patterns';
import type { Ledger } from '@pocas/clearing';
import { type LedgerPowers, makeLedger } from '@pocas/clearing/credit';
import { type Facet, defineActor, typed } from '@pocas/vat-runtime';

const makeBank = defineActor({
  name: 'TimeBank',
  state: { ledger: typed<Facet<Ledger>>(M.remotable('ledger')) },
  // A quarter of an hour is the least that is counted, and what the commons may owe is two hours.
  init: (powers: LedgerPowers) => {
    const terms = { name: 'Banco del barrio', kind: 'time', unit: 'minutos' } as const;
    return { ledger: makeLedger({ ...terms, step: 15n, commonsFloor: 120n }, powers) };
  },
  guards: { bank: M.interface('TimeBank', { ledger: M.call().returns(M.remotable('ledger')) }) },
  facets: {
    bank: {
      ledger() {
        return this.state.ledger;
      },
    },
  },
});

export const make = (powers: LedgerPowers) => makeBank(powers).bank;
