/** A vat with a ledger and its mint, which hands out both, for tests. */
import { M } from '@endo/patterns';
import type { Mint } from '@pocas/clearing/blind';
import { makeMint } from '@pocas/clearing/blind';
import { makeLedger } from '@pocas/clearing/credit';
import type { Account, Decider, Hold, Ledger, Payee } from '@pocas/clearing/value';
import type { Clock, Facet, Timer } from '@pocas/vat-runtime';
import { defineActor, typed } from '@pocas/vat-runtime';

export type Bench = {
  ledger(): Facet<Ledger>;
  mint(): Facet<Mint>;
  commons(): Facet<Payee>;
  open(debitLimit: bigint): { readonly account: Facet<Account>; readonly payee: Facet<Payee> };
};
export type Held = { readonly hold: Facet<Hold>; readonly decider: Facet<Decider> };
type Powers = { readonly clock: Clock; readonly timer: Timer };
type Params = { readonly market: string; readonly secret: string; readonly step: bigint };

const makeBench = defineActor({
  name: 'Bench',
  state: {
    ledger: typed<Facet<Ledger>>(M.remotable()),
    mint: typed<Facet<Mint>>(M.remotable()),
  },
  init: (powers: Powers, { market, secret, step }: Params) => {
    const ledger = makeLedger({ name: 'Tianguis', kind: 'mutual', unit: 'créditos' }, powers);
    const limits = { debitLimit: 0n, ceiling: 0n };
    const float = ledger.openAccount('pool', limits, 'float');
    const commons = ledger.commons();
    return { ledger, mint: makeMint({ market, secret, step, float, commons, epoch: 1n }) };
  },
  guards: {
    bench: M.interface('Bench', {
      ledger: M.call().returns(M.remotable()),
      mint: M.call().returns(M.remotable()),
      commons: M.call().returns(M.remotable()),
      open: M.call(M.nat()).returns(M.record()),
    }),
  },
  facets: {
    bench: {
      ledger(): Facet<Ledger> {
        return this.state.ledger;
      },
      mint(): Facet<Mint> {
        return this.state.mint;
      },
      commons(): Facet<Payee> {
        return this.state.ledger.commons();
      },
      open(debitLimit: bigint) {
        const { account, payee } = this.state.ledger.openAccount('member', {
          debitLimit,
          ceiling: 1_000n,
        });
        return { account, payee };
      },
    },
  },
});

export const make = (powers: Powers, params: Params): Facet<Bench> =>
  makeBench(powers, params).bench;
