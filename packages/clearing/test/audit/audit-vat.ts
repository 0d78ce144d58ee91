/** A vat with a ledger and its audits, which does at once what a test says. */
import { M } from '@endo/patterns';
import { type Audits, auditBooksOf, makeAudits } from '@pocas/clearing/audit';
import { type LedgerPowers, makeLedger } from '@pocas/clearing/credit';
import type { Ledger, OpenedAccount } from '@pocas/clearing/value';
import type { Facet } from '@pocas/vat-runtime';
import { defineActor, typed } from '@pocas/vat-runtime';

export type Bench = {
  ledger(): Facet<Ledger>;
  audits(): Facet<Audits>;
  /** Opens so many accounts, of which each pays some to the one before. @returns their numbers */
  openMany(count: number): readonly bigint[];
  begin(epoch: bigint): void;
};

const makeBench = defineActor({
  name: 'Bench',
  state: {
    ledger: typed<Facet<Ledger>>(M.remotable()),
    audits: typed<Facet<Audits>>(M.remotable()),
  },
  init: (powers: LedgerPowers, secret: string) => ({
    ledger: makeLedger({ name: 'prueba', kind: 'mutual', unit: 'créditos' }, powers),
    audits: makeAudits({ secret, market: 'a market', time: powers.clock }),
  }),
  guards: { bench: M.interface('Bench', {}, { defaultGuards: 'passable' }) },
  facets: {
    bench: {
      ledger(): Facet<Ledger> {
        return this.state.ledger;
      },
      audits(): Facet<Audits> {
        return this.state.audits;
      },
      openMany(count: number): readonly bigint[] {
        const { ledger } = this.state;
        let before: OpenedAccount | undefined;
        return Array.from({ length: count }, (_, at) => {
          const opened = ledger.openAccount('member', { debitLimit: 100n, ceiling: 100n });
          if (before !== undefined) opened.account.pay(before.payee, BigInt(at % 50), `open ${at}`);
          before = opened;
          return opened.payee.number();
        });
      },
      begin(epoch: bigint): void {
        const { ledger, audits } = this.state;
        const issued = { issued: 9n, redeemed: 2n, members: 3n };
        const tokens = [{ kind: 'credit', denom: 1n, epoch, ...issued } as const];
        audits.begin(epoch, auditBooksOf(ledger.books(), tokens));
      },
    },
  },
});

export const make = (powers: LedgerPowers, { secret }: { secret: string }): Facet<Bench> =>
  makeBench(powers, secret).bench;
