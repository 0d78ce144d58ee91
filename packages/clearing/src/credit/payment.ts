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
type State = {
  readonly number: bigint;
  readonly account: bigint;
  readonly value: bigint;
  readonly from: Facet<AccountInside>;
  readonly ledger: Facet<LedgerInside>;
};

const makePaymentKit = defineActor({
  name: 'CreditPayment',
  state: { is: typed<State>(M.record()) },
  init: (is: State) => ({ is }),
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
      facts(): PaymentFacts & { from: Facet<AccountInside> } {
        const { number, account, value, from } = this.state.is;
        return { number, account, value, from };
      },
      isLive(): boolean {
        return this.phase === 'live';
      },
      end(phase: 'deposited' | 'recovered'): void {
        const { number, value, from, ledger } = this.state.is;
        this.become(phase);
        from.used(number, value);
        ledger.paymentUsed(value);
      },
    },
  },
  readOnly: ['payment.changes'],
});

/** Makes a payment of value that has left its account in this turn. */
export const makePayment = (is: State): MadePayment => {
  const { payment, inside } = makePaymentKit(is);
  return { payment, inside };
};
