/**
 * Accounts of a mutual credit ledger (SPEC C1, C2, C16): what their holders can do.
 *
 * Each change of a balance here has its opposite in the same turn: in another balance, in a hold or in a payment.
 */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import { isKnownLately, refuse } from '@pocas/vat-runtime/actors';
import { BalanceShape, ValueShape } from '../amount/amount.ts';
import { excessOf } from '../value/conservation.ts';
import { AccountCareI, AccountI, PayeeI } from '../value/guards.ts';
import type {
  Account,
  AccountCare,
  AccountEntry,
  AccountKind,
  AccountView,
  Held,
  HoldTerms,
  Limits,
  Moved,
  Movement,
  Overflow,
  Paid,
  Payee,
  Payment,
  Question,
} from '../value/types.ts';
import {
  answerOne,
  depositTo,
  late,
  methodFor,
  recoverAll,
  refusalToDeposit,
  refusalToGive,
  refusalToTake,
} from './account-steps.ts';
import { movementsIn, movementsInPage, unpack, withMovement } from './history.ts';
import type {
  AccountInside,
  HoldInside,
  LedgerInside,
  MovementKind,
  PaymentFacts,
  PaymentInside,
} from './inside.ts';
import { AccountInsideI } from './inside.ts';
import { note, prove } from './proof.ts';

/** So many payments of an account may be out, and so many questions may wait for its holder. */
export const maxPayments = 100;
export const maxQuestions = 100;
/** So many holds of a member may be open: each may have a timer, of which the vat has only so many. */
export const maxHolds = 500n;
/** Of a list in one answer. */
const shown = 30;

type Status = AccountView['status'];
type Outcomes = DurableMap<string, unknown>;

const makeAccountKit = defineActor({
  name: 'CreditAccount',
  state: {
    number: M.nat(),
    kind: typed<AccountKind>(M.or('member', 'pool', 'commons')),
    label: typed<string | undefined>(M.opt(M.string({ stringLengthLimit: 100 }))),
    status: typed<Status>(M.or('open', 'frozen', 'closed')),
    balance: BalanceShape,
    held: ValueShape,
    /** Questions too. */
    incoming: ValueShape,
    asked: ValueShape,
    withdrawn: ValueShape,
    /** How many are open with this payer, questions to others too. */
    holds: M.nat(),
    debitLimit: ValueShape,
    ceiling: ValueShape,
    onOverflow: typed<Overflow>(M.or('ask', 'accept', 'decline', 'commons')),
    ledger: typed<Facet<LedgerInside>>(M.remotable('ledger')),
    outcomes: typed<Outcomes>(M.any()),
    /** Those that are out. */
    payments: typed<DurableMap<bigint, Facet<PaymentInside>>>(M.any()),
    questions: typed<DurableMap<bigint, Facet<HoldInside>>>(M.any()),
    /** The page of history that is not full yet, how many were before it, and those (`history.ts`). */
    page: M.string(),
    fullPages: M.nat(),
    pages: typed<DurableMap<bigint, string>>(M.any()),
  },
  init: (
    ledger: Facet<LedgerInside>,
    number: bigint,
    kind: AccountKind,
    { debitLimit, ceiling }: Limits,
    label: string | undefined,
  ) => ({
    number,
    kind,
    label,
    status: 'open' as Status,
    balance: 0n,
    held: 0n,
    incoming: 0n,
    asked: 0n,
    withdrawn: 0n,
    holds: 0n,
    debitLimit,
    ceiling,
    onOverflow: 'ask' as Overflow,
    ledger,
    outcomes: makeDurableMap<string, unknown>(),
    payments: makeDurableMap<bigint, Facet<PaymentInside>>(),
    questions: makeDurableMap<bigint, Facet<HoldInside>>(),
    page: '',
    fullPages: 0n,
    pages: makeDurableMap<bigint, string>(),
  }),
  guards: { account: AccountI, payee: PayeeI, care: AccountCareI, inside: AccountInsideI },
  facets: {
    account: {
      view(): AccountView {
        const { balance, held, incoming, withdrawn, asked, debitLimit, ceiling, status } =
          this.state;
        const room = status === 'open' ? balance + debitLimit : 0n;
        return {
          balance,
          held,
          incoming: incoming - asked,
          withdrawn,
          asked,
          available: room > 0n ? room : 0n,
          debitLimit,
          ceiling,
          status,
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.account);
      },
      payee(): Facet<Payee> {
        return this.facets.payee;
      },
      pay(payee: Facet<Payee>, value: bigint, requestId: string): Paid | Refusal {
        const { inside: from } = this.facets;
        return late(this.state, 'pay', requestId, (): Paid | Refusal => {
          const { ledger } = this.state;
          const to = ledger.accountOf(payee);
          const refusal = refusalToGive(this.state, value) ?? refusalToTake(from, to, value);
          if (refusal !== undefined) return refusal;
          from.move(-value, 'paid');
          return { ok: true, value, asked: ledger.deliver(from, to, value, 'received').asked };
        });
      },
      withdraw(value: bigint, requestId: string): { ok: true; payment: Facet<Payment> } | Refusal {
        const { inside: from } = this.facets;
        return late(this.state, 'withdraw', requestId, () => {
          const { ledger, payments } = this.state;
          const refusal = value === 0n ? refuse('invalid') : refusalToGive(this.state, value);
          if (refusal !== undefined) return refusal;
          if (payments.size() >= maxPayments) return refuse('quota');
          from.move(-value, 'withdrawn');
          this.state.withdrawn += value;
          const { payment, inside } = ledger.makePayment(from, value);
          payments.set(inside.number(), inside);
          return { ok: true, payment };
        });
      },
      deposit(payment: Facet<Payment>, requestId: string): Paid | Refusal {
        const inside = prove('payment', this.state.ledger, payment);
        if (inside === undefined) return refuse('invalid');
        return late(this.state, methodFor(inside), requestId, () =>
          depositTo(this.state, this.facets.inside, inside),
        );
      },
      recover(requestId: string): Moved {
        return late(this.state, 'recover', requestId, () => ({
          ok: true,
          value: recoverAll(this.state, this.facets.inside),
        }));
      },
      hold(
        payee: Facet<Payee>,
        value: bigint,
        terms: HoldTerms,
        requestId: string,
      ): Held | Refusal {
        const { inside: from } = this.facets;
        return late(this.state, 'hold', requestId, (): Held | Refusal => {
          const { ledger } = this.state;
          const to = ledger.accountOf(payee);
          const refusal = refusalToGive(this.state, value);
          if (refusal !== undefined) return refusal;
          if (to.isClosed()) return refuse('closed');
          const { kind, holds } = this.state;
          if (kind === 'member' && holds >= maxHolds) return refuse('quota');
          if (terms.expires !== undefined && terms.expires <= ledger.now())
            return refuse('expired');
          from.move(-value, 'held');
          return ledger.keep(from, to, value, terms);
        });
      },
      questions(): readonly Question[] {
        return [...this.state.questions.values({ limit: shown })].map((question) => {
          const { number, value } = question.entry();
          return { number, value };
        });
      },
      answer(number: bigint, choice: Exclude<Overflow, 'ask'>, requestId: string): Moved | Refusal {
        return late(this.state, 'answer', requestId, (): Moved | Refusal => {
          const question = this.state.questions.get(number);
          return question === undefined
            ? refuse('closed')
            : { ok: true, value: answerOne(this.state, number, question, choice) };
        });
      },
      setOverflow(overflow: Overflow, requestId: string): { ok: true } {
        return late(this.state, 'setOverflow', requestId, () => {
          this.state.onOverflow = overflow;
          return { ok: true };
        });
      },
      history(before?: bigint): readonly Movement[] {
        const { page, fullPages, pages } = this.state;
        const movements: Movement[] = [];
        for (let at = fullPages; at >= 0n && movements.length < shown; at -= 1n) {
          const text = at === fullPages ? page : pages.get(at)!;
          const older = unpack(text, at).filter(
            ({ number }) => before === undefined || number < before,
          );
          movements.push(...older.reverse());
        }
        return movements.slice(0, shown);
      },
    },
    payee: {
      number(): bigint {
        note('account', this.facets.payee, this.state.ledger, this.facets.inside);
        return this.state.number;
      },
      deposit(payment: Facet<Payment>, requestId: string): Moved | Refusal {
        const { state } = this;
        const inside = prove('payment', state.ledger, payment);
        if (inside === undefined) return refuse('invalid');
        // Anybody may call this, so what is refused is not recorded: it would cost the holder rows.
        const method = methodFor(inside);
        if (!isKnownLately(state.outcomes, state.ledger.now(), method, requestId)) {
          const refusal = refusalToDeposit(this.facets.inside, inside);
          if (refusal !== undefined) return refusal;
        }
        const deposited = late(state, method, requestId, () =>
          depositTo(state, this.facets.inside, inside),
        );
        return deposited.ok ? { ok: true, value: deposited.value } : deposited;
      },
    },
    care: {
      setLimits({ debitLimit, ceiling }: Limits): void {
        if (this.state.kind === 'pool')
          throw TypeError('Cannot set limits: a pool never owes, and has no ceiling');
        this.state.debitLimit = debitLimit;
        this.state.ceiling = ceiling;
      },
      freeze(isFrozen: boolean): void {
        if (this.state.status !== 'closed') this.state.status = isFrozen ? 'frozen' : 'open';
      },
      close(absorb: boolean, requestId: string): { ok: true } | Refusal {
        const { inside } = this.facets;
        return late(this.state, 'close', requestId, (): { ok: true } | Refusal => {
          const { kind, status, balance, held, withdrawn, ledger } = this.state;
          if (kind !== 'member') return refuse('unsupported');
          if (status === 'closed') return refuse('closed');
          // What others hold for it does not count: anybody could keep it from closing by a hold. It goes to the commons.
          if (!absorb && held + withdrawn > 0n) return refuse('notYet');
          if (!absorb && balance < 0n) return refuse('insufficient');
          const commons = ledger.commons();
          const { balance: common, debitLimit: floor } = commons.entry();
          const left = balance + withdrawn;
          if (left < 0n && common + left < -floor) return refuse('limit');
          recoverAll(this.state, inside);
          for (const [number, question] of [...this.state.questions.entries()])
            answerOne(this.state, number, question, 'decline');
          const rest = this.state.balance;
          inside.move(-rest, 'redirected');
          commons.move(rest, rest < 0n ? 'redirected' : 'received');
          this.state.status = 'closed';
          ledger.closed();
          return { ok: true };
        });
      },
    },
    inside: {
      number(): bigint {
        return this.state.number;
      },
      entry(): AccountEntry {
        const { number, kind, label, status, balance, held, incoming, withdrawn } = this.state;
        const { debitLimit, ceiling } = this.state;
        const named = label === undefined ? { number, kind } : { number, kind, label };
        return { ...named, status, balance, held, incoming, withdrawn, debitLimit, ceiling };
      },
      payments(): readonly PaymentFacts[] {
        return [...this.state.payments.values()].map((payment) => {
          const { number, account, value } = payment.facts();
          return { number, account, value };
        });
      },
      payee(): Facet<Payee> {
        return this.facets.payee;
      },
      isClosed(): boolean {
        return this.state.status === 'closed';
      },
      move(by: bigint, kind: MovementKind): void {
        if (by === 0n) return;
        const { ledger, balance: before, page, fullPages, pages } = this.state;
        const balance = before + by;
        this.state.balance = balance;
        ledger.moved(this.state.kind, before, balance);
        const next = withMovement(page, { epoch: ledger.epoch(), kind, value: by, balance });
        if (movementsIn(next) < movementsInPage) {
          this.state.page = next;
        } else {
          pages.set(fullPages, next);
          this.state.fullPages = fullPages + 1n;
          this.state.page = '';
        }
      },
      pays(value: bigint, holds: bigint): void {
        this.state.held += value;
        this.state.holds += holds;
      },
      awaits(value: bigint): void {
        this.state.incoming += value;
      },
      overflow(value: bigint): { excess: bigint; choice: Overflow; isFull: boolean } {
        const { balance, ceiling, kind, onOverflow, questions, ledger } = this.state;
        const excess = excessOf({ balance, ceiling, kind }, value, ledger.step());
        const isFull = onOverflow === 'ask' && questions.size() >= maxQuestions;
        return { excess, choice: onOverflow, isFull };
      },
      ask(question: Facet<HoldInside>, number: bigint, value: bigint): void {
        this.state.questions.set(number, question);
        this.state.asked += value;
      },
      used(payment: bigint, value: bigint): void {
        this.state.payments.delete(payment);
        this.state.withdrawn -= value;
      },
    },
  },
  readOnly: ['account.changes'],
});

/** An account at zero, as the ledger has it. */
export type AccountKit = {
  readonly account: Facet<Account>;
  readonly payee: Facet<Payee>;
  readonly care: Facet<AccountCare>;
  readonly inside: Facet<AccountInside>;
};

export const makeAccount = (
  ledger: Facet<LedgerInside>,
  number: bigint,
  kind: AccountKind,
  limits: Limits,
  label?: string,
): AccountKit => {
  const { account, payee, care, inside } = makeAccountKit(ledger, number, kind, limits, label);
  return { account, payee, care, inside };
};
