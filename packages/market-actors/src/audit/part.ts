/** Has an audit made when an epoch has ended, some accounts in each turn, and writes its mark into the journal. */
import type { InterfaceGuard, MethodGuard } from '@endo/patterns';
import { M } from '@endo/patterns';
import { ValueShape } from '@pocas/clearing/value';
import { type Audits, auditBooksOf, makeAudits } from '@pocas/clearing/audit';
import type { Facet } from '@pocas/vat-runtime';
import { defineActor, typed } from '@pocas/vat-runtime';
import type { MarketInside } from '../inside/types.ts';
import type { AuditPart } from './types.ts';

const AuditPartI: InterfaceGuard<{ [name in keyof AuditPart]: MethodGuard }> = M.interface(
  'MarketAudit',
  {
    audits: M.call().returns(M.remotable('audits')),
    noteSale: M.call(M.string(), ValueShape).returns(),
    begin: M.call(M.nat()).returns(),
  },
);

const makeKit = defineActor({
  name: 'MarketAudit',
  state: {
    market: typed<Facet<MarketInside>>(M.remotable('market')),
    audits: typed<Facet<Audits>>(M.remotable('audits')),
  },
  init: (market: Facet<MarketInside>, audits: Facet<Audits>) => ({ market, audits }),
  guards: {
    part: AuditPartI,
    task: M.interface('AuditTask', { due: M.call(M.nat()).returns() }),
  },
  facets: {
    part: {
      audits(): Facet<Audits> {
        return this.state.audits;
      },
      noteSale(what: string, price: bigint): void {
        this.state.audits.noteSale(what, price);
      },
      begin(epoch: bigint): void {
        const { market, audits } = this.state;
        audits.begin(epoch, auditBooksOf(market.ledger().books(), market.mint().counts()));
        market.wakeAt(market.now(), this.facets.task, epoch);
      },
    },
    task: {
      due(epoch: bigint): void {
        const { market, audits } = this.state;
        if (!audits.step()) {
          market.wakeAt(market.now(), this.facets.task, epoch);
          return;
        }
        const found = audits.public().header(epoch);
        if (!found.ok) return;
        // Who was shown another audit finds another mark here, or nobody else has the same journal.
        const { digest, count } = found.header;
        market.record('audit', { epoch, accounts: count, digest }, 'P0');
        market.touch();
      },
    },
  },
});

export const makeAuditPart = (
  market: Facet<MarketInside>,
): { part: Facet<AuditPart>; audits: Facet<Audits> } => {
  const secret = market.derive('audit');
  const audits = makeAudits({ secret, market: market.derive('audit tag'), time: market });
  return { part: makeKit(market, audits).part, audits };
};
