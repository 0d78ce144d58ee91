/** Payments (SPEC C1): a bearer's value, which the first deposit uses up. */
import { M } from '@endo/patterns';
import type { Facet } from '@pocas/vat-runtime';
import { changed, defineActor, typed } from '@pocas/vat-runtime';
import { PaymentI } from '../value/guards.ts';
import type { PaymentView } from '../value/types.ts';
import type { AccountInside, LedgerInside, MadePayment, PaymentFacts } from './inside.ts';
import { PaymentInsideI } from './inside.ts';
import { note } from './proof.ts';

/** One record, so that the row of a payment that was used stays small. */
type Is = {
  readonly number: bigint;
  readonly value: bigint;
  /** While it is live: afterwards nobody needs to know whose it was. */
  readonly from?: Facet<AccountInside>;
  readonly ledger: Facet<LedgerInside>;
};

const makePaymentKit = defineActor({
  name: 'CreditPayment',
  state: { is: typed<Is>(M.record()) },
  init: (is: Is) => ({ is }),
  phases: { live: [], deposited: [], recovered: [] },
  guards: { payment: PaymentI, inside: PaymentInsideI },
  facets: {
    payment: {
      view(): PaymentView {
        return { value: this.state.is.value, phase: this.phase };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.payment);
      },
      number(): bigint {
        const { number, ledger } = this.state.is;
        note('payment', this.facets.payment, ledger, this.facets.inside);
        return number;
      },
    },
    inside: {
      number(): bigint {
        return this.state.is.number;
      },
      facts(): PaymentFacts & { from: Facet<AccountInside> } {
        const { number, value, from } = this.state.is;
        return { number, account: from!.number(), value, from: from! };
      },
      isLive(): boolean {
        return this.phase === 'live';
      },
      end(phase: 'deposited' | 'recovered'): void {
        const { from, ...is } = this.state.is;
        this.become(phase);
        this.state.is = is;
        from!.used(is.number, is.value);
        is.ledger.paymentUsed(is.value);
      },
    },
  },
  readOnly: ['payment.changes'],
});

/** Makes a payment of value that has left its account in this turn. */
export const makePayment = (is: Is): MadePayment => {
  const { payment, inside } = makePaymentKit(is);
  return { payment, inside };
};
