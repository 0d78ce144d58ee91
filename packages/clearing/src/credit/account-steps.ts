/** The steps of what holders of accounts do: each checks, or changes everything that belongs together. */
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import { onceLately, refuse } from '@pocas/vat-runtime/actors';
import { sum } from '../amount/amount.ts';
import type { AccountView, Overflow, Paid } from '../value/types.ts';
import type { AccountInside, HoldInside, LedgerInside, PaymentInside } from './inside.ts';

const payerLimit: Refusal = { ok: false, code: 'limit', whose: 'payer' };
const payeeLimit: Refusal = { ok: false, code: 'limit', whose: 'payee' };

/** What these steps read and change of an account. */
export type Account = {
  readonly status: AccountView['status'];
  readonly balance: bigint;
  readonly debitLimit: bigint;
  readonly ledger: Facet<LedgerInside>;
  readonly outcomes: DurableMap<string, unknown>;
  readonly payments: DurableMap<bigint, Facet<PaymentInside>>;
  readonly questions: DurableMap<bigint, Facet<HoldInside>>;
  asked: bigint;
};

export const late = <Outcome>(
  { outcomes, ledger }: Account,
  method: string,
  requestId: string,
  act: () => Outcome,
): Outcome => onceLately(outcomes, ledger.now(), method, requestId, act);

export const refusalToGive = (state: Account, value: bigint): Refusal | undefined => {
  if (state.status !== 'open') return refuse('closed');
  if (!state.ledger.isInSteps(value)) return refuse('invalid');
  return state.balance - value < -state.debitLimit ? payerLimit : undefined;
};

export const refusalToTake = (
  from: Facet<AccountInside>,
  to: Facet<AccountInside>,
  value: bigint,
): Refusal | undefined => {
  if (to.isClosed()) return refuse('closed');
  if (to === from) return undefined;
  const { excess, choice, isFull } = to.overflow(value);
  return excess > 0n && (choice === 'decline' || isFull) ? payeeLimit : undefined;
};

// A payment is deposited at most once, so what came of it is told apart from what became of others.
export const methodFor = (payment: Facet<PaymentInside>): string => `deposit ${payment.number()}`;

export const refusalToDeposit = (
  to: Facet<AccountInside>,
  payment: Facet<PaymentInside>,
): Refusal | undefined => {
  if (!payment.isLive()) return refuse('closed');
  const { from, value } = payment.facts();
  return refusalToTake(from, to, value);
};

export const depositTo = (
  { ledger }: Account,
  to: Facet<AccountInside>,
  payment: Facet<PaymentInside>,
): Paid | Refusal => {
  const refusal = refusalToDeposit(to, payment);
  if (refusal !== undefined) return refusal;
  const { from, value } = payment.facts();
  payment.end('deposited');
  return { ok: true, value, asked: ledger.deliver(from, to, value, 'deposited').asked };
};

/** @returns how much came back */
export const recoverAll = ({ payments }: Account, account: Facet<AccountInside>): bigint => {
  const live = [...payments.values()];
  const value = sum(live.map((payment) => payment.facts().value));
  for (const payment of live) payment.end('recovered');
  account.move(value, 'recovered');
  return value;
};

/** @returns its value */
export const answerOne = (
  state: Account,
  number: bigint,
  question: Facet<HoldInside>,
  choice: Exclude<Overflow, 'ask'>,
): bigint => {
  const { value } = question.entry();
  state.questions.delete(number);
  state.asked -= value;
  question.answer(choice);
  return value;
};
