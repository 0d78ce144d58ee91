/**
 * The account as a member holds it: all of it, but for holds without an end.
 *
 * Such holds are for the market's own parts, which have timers of their own. In anybody's hands one would
 * keep the account of whoever it is for from coming to rest, and the market from ever closing.
 */
import { M } from '@endo/patterns';
import type {
  Account,
  AccountView,
  Held,
  HoldTerms,
  Moved,
  Movement,
  Overflow,
  Paid,
  Payee,
  Payment,
  Question,
} from '@pocas/clearing/value';
import { AccountI } from '@pocas/clearing/value';
import type { Facet } from '@pocas/vat-runtime';
import { defineActor, typed } from '@pocas/vat-runtime';
import { type Refusal, refuse } from '@pocas/vat-runtime/actors';
import type { MarketHub } from './inside.ts';

/** How far ahead a member's hold may end: 90 days, in milliseconds. */
export const longestHold: bigint = 90n * 24n * 60n * 60n * 1000n;

const makeMemberAccountKit = defineActor({
  name: 'MemberAccount',
  state: {
    hub: typed<Facet<MarketHub>>(M.remotable('market')),
    account: typed<Facet<Account>>(M.remotable('account')),
    member: M.nat(),
  },
  init: (hub: Facet<MarketHub>, account: Facet<Account>, member: bigint) => ({
    ...{ hub, account, member },
  }),
  guards: { account: AccountI },
  facets: {
    account: {
      view(): AccountView {
        return this.state.account.view();
      },
      changes(since?: string): Promise<string> {
        return this.state.account.changes(since);
      },
      payee(): Facet<Payee> {
        return this.state.account.payee();
      },
      pay(payee: Facet<Payee>, value: bigint, requestId: string): Paid | Refusal {
        return this.state.account.pay(payee, value, requestId);
      },
      withdraw(
        value: bigint,
        requestId: string,
      ): { readonly ok: true; readonly payment: Facet<Payment> } | Refusal {
        return this.state.account.withdraw(value, requestId);
      },
      deposit(payment: Facet<Payment>, requestId: string): Paid | Refusal {
        return this.state.account.deposit(payment, requestId);
      },
      recover(requestId: string): Moved {
        return this.state.account.recover(requestId);
      },
      hold(
        payee: Facet<Payee>,
        value: bigint,
        terms: HoldTerms,
        requestId: string,
      ): Held | Refusal {
        const { account, hub } = this.state;
        const { expires } = terms;
        if (expires === undefined || expires > hub.inside().now() + longestHold)
          return refuse('invalid');
        return account.hold(payee, value, terms, requestId);
      },
      questions(): readonly Question[] {
        return this.state.account.questions();
      },
      answer(number: bigint, choice: Exclude<Overflow, 'ask'>, requestId: string): Moved | Refusal {
        const { account, hub, member } = this.state;
        const { asked } = account.view();
        const answer = account.answer(number, choice, requestId);
        const gone = asked - account.view().asked;
        if (choice === 'decline' && gone > 0n) hub.activity().unsold(member, gone);
        return answer;
      },
      setOverflow(overflow: Overflow, requestId: string): { readonly ok: true } {
        return this.state.account.setOverflow(overflow, requestId);
      },
      history(before?: bigint): readonly Movement[] {
        return this.state.account.history(before);
      },
    },
  },
});

/** @param member - whose: by its number */
export const makeMemberAccount = (
  hub: Facet<MarketHub>,
  account: Facet<Account>,
  member: bigint,
): Facet<Account> => makeMemberAccountKit(hub, account, member).account;
