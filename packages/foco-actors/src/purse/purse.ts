/**
 * A purse: value of one kind, in an account that the FoCo has in some ledger, near or on another node (F1).
 *
 * Value comes in by `deposit` and goes out by `pay`, each sent once under an identifier of its own, and what
 * stands here changes in the turn in which the ledger's answer arrives. Until then it stands under way. So
 * all that stands here sums to the balance after every turn, whatever breaks in between.
 */
import { M, matches } from '@endo/patterns';
import type { Account, AccountView, Payee, Payment } from '@pocas/clearing/value';
import { BalanceShape, ValueShape } from '@pocas/clearing/value';
import type { DurableMap, Facet, SendFailure } from '@pocas/vat-runtime';
import { defineActor, describe, makeDurableMap, send, typed } from '@pocas/vat-runtime';
import { divide, mixedWeights } from '../fund/divide.ts';
import {
  type Envelope,
  type Taken,
  addSurplus,
  contribute,
  emptyEnvelope,
  putBack,
  take,
  valueOf,
} from '../fund/envelope.ts';
import { ViewGuard, view, words } from '../inside/shapes.ts';
import type {
  Bucket,
  Card,
  FocoInside,
  Moved,
  PayListener,
  PurseFacts,
  PurseInside,
  Totals,
} from '../inside/types.ts';

/** What is said of a purse. */
export type PurseWords = { readonly label: string; readonly unit: string; readonly step: bigint };

/** Something that was sent to the ledger, until it has answered. */
type Move =
  | {
      readonly kind: 'pay';
      readonly payee: Facet<Payee>;
      readonly value: bigint;
      readonly from: Bucket;
      readonly listener: Facet<PayListener>;
      readonly key: bigint;
      readonly tries: bigint;
    }
  | {
      readonly kind: 'deposit';
      readonly who: bigint;
      readonly payment: Facet<Payment>;
      readonly returnable: boolean;
      readonly tries: bigint;
    };

/** What another FoCo has announced to pay, and whether it says that it has. */
type Expected = { readonly parts: readonly Moved[]; readonly isPaid: boolean };

/** After an answer from which nobody can tell whether it was done, it is asked again under the same identifier. */
const retryAfter = 6n * 60n * 60n * 1000n;
/** Ledgers keep outcomes for 30 days: past that a repetition would be another payment. */
const maxTries = 110n;
/** Of those who get a part of what is divided, so many in one row. */
const perPage = 100n;
/** Rows of envelopes that are credited in one turn. */
const pagesPerTurn = 3;

const nothing: Totals = {
  ...{ envelopes: 0n, pending: 0n, pools: 0n, savings: 0n },
  ...{ loans: 0n, undivided: 0n, dues: 0n, outgoing: 0n },
};

const PaidShape = M.splitRecord({ ok: true, value: ValueShape });
const RefusedShape = M.splitRecord({ ok: false, code: M.string({ stringLengthLimit: 20 }) });
const AccountViewShape = M.splitRecord({ balance: BalanceShape });

const padded = (number: bigint): string => String(number).padStart(9, '0');
const inside = M.interface('PurseInside', {}, { defaultGuards: 'passable' });

const CardI = describe(
  M.interface('Purse', { view: ViewGuard, number: M.call().returns(M.nat()) }),
  {
    label: words('A kind of value', 'Un tipo de valor'),
    title: 'name',
    view: 'view',
    fields: { name: { label: words('Value', 'Valor') } },
    methods: {
      view,
      number: { label: words('Number', 'Número'), args: [], hidden: true },
    },
  },
);

const makePurseKit = defineActor({
  name: 'FocoPurse',
  state: {
    number: M.nat(),
    foco: typed<Facet<FocoInside>>(M.remotable('foco')),
    account: typed<Facet<Account> | undefined>(M.opt(M.remotable('account'))),
    is: typed<PurseWords>(M.record()),
    isFailed: M.boolean(),
    balance: ValueShape,
    totals: typed<Totals>(M.record()),
    missing: ValueShape,
    envelopes: typed<DurableMap<bigint, Envelope>>(M.any()),
    moves: typed<DurableMap<bigint, Move>>(M.any()),
    /** By page and division: what is due to each of that page. */
    dues: typed<DurableMap<string, readonly bigint[]>>(M.any()),
    expected: typed<DurableMap<string, Expected>>(M.any()),
  },
  init: (number: bigint, foco: Facet<FocoInside>, is: PurseWords) => ({
    ...{ number, foco, is, isFailed: false },
    account: undefined as Facet<Account> | undefined,
    ...{ balance: 0n, totals: nothing, missing: 0n },
    envelopes: makeDurableMap<bigint, Envelope>(),
    moves: makeDurableMap<bigint, Move>(),
    dues: makeDurableMap<string, readonly bigint[]>(),
    expected: makeDurableMap<string, Expected>(),
  }),
  guards: {
    card: CardI,
    inside,
    steps: M.interface('PurseSteps', {}, { defaultGuards: 'passable' }),
    answers: M.interface('PurseAnswers', {
      fulfilled: M.call(M.any(), M.nat()).returns(),
      rejected: M.call(M.any(), M.nat()).returns(),
    }),
    looked: M.interface('PurseLooked', {
      fulfilled: M.call(M.any(), M.any()).returns(),
      rejected: M.call(M.any(), M.any()).returns(),
    }),
    retry: M.interface('PurseRetry', { wake: M.call(M.nat(), M.bigint()).returns() }),
  },
  facets: {
    card: {
      view(): { readonly name: string } {
        return { name: this.state.is.label };
      },
      number(): bigint {
        return this.state.number;
      },
    },
    inside: {
      number(): bigint {
        return this.state.number;
      },
      card(): Facet<Card> {
        return this.facets.card;
      },
      facts(): PurseFacts {
        const { is, balance, totals, missing, account, isFailed } = this.state;
        const phase = isFailed ? 'failed' : account === undefined ? 'opening' : 'open';
        return { ...is, balance, totals, missing, phase };
      },
      envelope(who: bigint): Envelope {
        return this.state.envelopes.get(who) ?? emptyEnvelope;
      },
      take(who: bigint, value: bigint, into: Bucket): Taken | undefined {
        const { envelopes, is } = this.state;
        if (value % is.step !== 0n) return undefined;
        const drawn = take(envelopes.get(who) ?? emptyEnvelope, value);
        if (drawn === undefined) return undefined;
        envelopes.set(who, drawn.left);
        this.facets.inside.shift(value, 'envelopes', into);
        return drawn.taken;
      },
      putBack(who: bigint, taken: Taken, from: Bucket): void {
        const { envelopes } = this.state;
        envelopes.set(who, putBack(envelopes.get(who) ?? emptyEnvelope, taken));
        this.facets.inside.shift(valueOf(taken), from, 'envelopes');
      },
      credit(who: bigint, value: bigint, from: Bucket): void {
        const { envelopes } = this.state;
        envelopes.set(who, addSurplus(envelopes.get(who) ?? emptyEnvelope, value));
        this.facets.inside.shift(value, from, 'envelopes');
      },
      shift(value: bigint, from: Bucket, to: Bucket): void {
        const { totals } = this.state;
        if (totals[from] < value)
          throw new Error(`Cannot move value: there is less of it in "${from}"`);
        const less = { ...totals, [from]: totals[from] - value };
        this.state.totals = { ...less, [to]: less[to] + value };
      },
      deposit(who: bigint, payment: Facet<Payment>, returnable: boolean): void {
        this.facets.steps.begin({ kind: 'deposit', who, payment, returnable, tries: 0n });
      },
      pay(
        payee: Facet<Payee>,
        value: bigint,
        from: Bucket,
        listener: Facet<PayListener>,
        key: bigint,
      ): void {
        this.facets.inside.shift(value, from, 'outgoing');
        this.facets.steps.begin({ kind: 'pay', payee, value, from, listener, key, tries: 0n });
      },
      divide(): void {
        this.facets.steps.look();
      },
      settleDues(who: bigint): void {
        const page = padded((who - 1n) / perPage);
        for (const key of [...this.state.dues.keys({ from: `${page} `, to: `${page}~` })])
          this.facets.steps.creditPage(key);
      },
      expect(key: string, parts: readonly Moved[]): void {
        this.state.expected.set(key, { parts, isPaid: false });
      },
      confirm(key: string, isPaid: boolean): void {
        const { expected } = this.state;
        const one = expected.get(key);
        if (one === undefined) return;
        if (isPaid) expected.set(key, { ...one, isPaid });
        else expected.delete(key);
        this.facets.steps.look();
      },
      recount(from: bigint, count: number): { readonly sum: bigint; readonly next: bigint } {
        let sum = 0n;
        let next = 0n;
        for (const [who, envelope] of this.state.envelopes.entries({ from, limit: count })) {
          sum += valueOf(envelope);
          next = who + 1n;
        }
        return { sum, next };
      },
    },
    steps: {
      /** The account is known now: what was put into it before is for all, unless it was announced. */
      opened(account: Facet<Account>, is: PurseWords): void {
        const { state } = this;
        state.account = account;
        state.is = is;
        state.isFailed = false;
        const id = state.foco.derive(`purse ${state.number} overflow`);
        // A ceiling would leave a part of what comes in waiting for somebody's word.
        send(account, 'setOverflow', ['accept', id]);
        state.foco.touch();
      },
      failed(): void {
        this.state.isFailed = this.state.account === undefined;
        this.state.foco.touch();
      },
      account(): Facet<Account> | undefined {
        return this.state.account;
      },
      begin(move: Move): void {
        const number = this.state.foco.nextNumber();
        this.state.moves.set(number, move);
        this.facets.steps.send(number, move);
      },
      send(number: bigint, move: Move): void {
        const { account, foco, number: purse } = this.state;
        if (account === undefined) throw new Error('Cannot move value: the purse is not open yet');
        const id = foco.derive(`purse ${purse} move ${number}`);
        const options = { then: this.facets.answers, ctx: number };
        if (move.kind === 'pay') send(account, 'pay', [move.payee, move.value, id], options);
        else send(account, 'deposit', [move.payment, id], options);
      },
      /** Nobody knows whether it was done. It stays under way, and is asked again. */
      unclear(number: bigint): void {
        const { moves, foco } = this.state;
        const move = moves.get(number);
        if (move === undefined || move.tries >= maxTries) return;
        moves.set(number, { ...move, tries: move.tries + 1n });
        foco.wakeAt(foco.now() + retryAfter, this.facets.retry, number);
      },
      done(number: bigint, value: bigint, asked: bigint): void {
        const { state } = this;
        const { moves, totals } = state;
        const move = moves.get(number);
        if (move === undefined) return;
        moves.delete(number);
        if (move.kind === 'pay') {
          state.balance -= move.value;
          state.totals = { ...totals, outgoing: totals.outgoing - move.value };
          told(() => move.listener.paid(move.key, asked));
        } else {
          this.facets.steps.arrived(move.who, value - asked, move.returnable);
        }
        state.foco.touch();
      },
      refused(number: bigint, code: string): void {
        const { moves, foco } = this.state;
        const move = moves.get(number);
        if (move === undefined) return;
        moves.delete(number);
        if (move.kind === 'pay') {
          this.facets.inside.shift(move.value, 'outgoing', move.from);
          told(() => move.listener.unpaid(move.key, code));
        } else {
          const share = foco.share(move.who);
          share?.arrived();
          share?.heard({
            what: 'contribution',
            name: this.state.is.label,
            value: 0n,
            how: 'refused',
          });
        }
        foco.touch();
      },
      arrived(who: bigint, value: bigint, returnable: boolean): void {
        const { state } = this;
        const { foco, envelopes, totals } = state;
        state.balance += value;
        const share = foco.share(who);
        share?.arrived();
        // For all; so is what comes for somebody who has left meanwhile.
        if (share === undefined || !share.isHere()) {
          state.totals = { ...totals, undivided: totals.undivided + value };
          return;
        }
        const before = envelopes.get(who) ?? emptyEnvelope;
        envelopes.set(who, contribute(before, foco.nextNumber(), value, returnable));
        state.totals = { ...totals, envelopes: totals.envelopes + value };
        // What one can take back is not given, so it buys no part of what others give.
        if (!returnable) foco.roll().count('contribution', who, value);
        share.heard({ what: 'contribution', name: state.is.label, value, how: 'arrived' });
      },
      look(): void {
        const { account } = this.state;
        if (account === undefined) return;
        send(account, 'view', [], { then: this.facets.looked });
      },
      /**
       * Answers come in the order in which the ledger did what was sent. So at this turn all that it did
       * before it looked stands here, and nothing of what it did after.
       */
      saw(balance: bigint): void {
        const { state } = this;
        const { totals } = state;
        // While nobody knows whether something was done, nobody knows either what else came in.
        if ([...state.moves.values()].some(({ tries }) => tries > 0n)) {
          this.facets.steps.divideAll();
          return;
        }
        const excess = balance - state.balance;
        state.missing = excess < 0n ? -excess : 0n;
        if (excess > 0n) {
          state.balance = balance;
          state.totals = { ...totals, undivided: totals.undivided + excess };
        }
        this.facets.steps.creditExpected();
        this.facets.steps.divideAll();
        state.foco.touch();
      },
      creditExpected(): void {
        const { expected } = this.state;
        for (const [key, { parts, isPaid }] of [...expected.entries()]) {
          // Nothing is believed that the ledger does not say.
          if (!isPaid || movedValue(parts) > this.state.totals.undivided) continue;
          expected.delete(key);
          for (const { who, taken } of parts) this.facets.inside.putBack(who, taken, 'undivided');
        }
      },
      divideAll(): void {
        const { foco, totals, is, dues, expected } = this.state;
        const owed = [...expected.values()].reduce((sum, { parts }) => sum + movedValue(parts), 0n);
        const free = totals.undivided - owed;
        const value = free - (free % is.step);
        if (value <= 0n) return;
        const weights = mixedWeights(foco.rule(), foco.roll().counted());
        if (weights === undefined) return;
        const parts = divide(value, weights, is.step);
        const division = padded(foco.nextNumber());
        this.facets.inside.shift(value, 'undivided', 'dues');
        for (let page = 0; page * Number(perPage) < parts.length; page += 1) {
          const some = parts.slice(page * Number(perPage), (page + 1) * Number(perPage));
          if (some.some((part) => part > 0n)) dues.set(`${padded(BigInt(page))} ${division}`, some);
        }
        foco.record('divided', { unit: is.unit, value, rule: foco.rule() }, 'P1');
        send(this.facets.steps, 'creditNext', []);
      },
      creditNext(): void {
        const { dues } = this.state;
        for (const key of [...dues.keys({ limit: pagesPerTurn })])
          this.facets.steps.creditPage(key);
        if (dues.size() > 0) send(this.facets.steps, 'creditNext', []);
        else this.state.foco.touch();
      },
      creditPage(key: string): void {
        const { dues } = this.state;
        const parts = dues.get(key);
        if (parts === undefined) return;
        dues.delete(key);
        const first = BigInt(key.split(' ', 1)[0]!) * perPage + 1n;
        parts.forEach((part, index) => {
          if (part > 0n) this.facets.inside.credit(first + BigInt(index), part, 'dues');
        });
      },
    },
    answers: {
      fulfilled(answer: unknown, number: bigint): void {
        const { steps } = this.facets;
        const move = this.state.moves.get(number);
        if (move === undefined) return;
        if (matches(answer, RefusedShape)) {
          const { code } = answer as { readonly code: string };
          // This very code says that nothing can be told yet. And whoever is shut out now may have been let in the
          // first time, of which nobody knows what came.
          const isUnclear = code === 'unknown' || (move.tries > 0n && code === 'revoked');
          return isUnclear ? steps.unclear(number) : steps.refused(number, code);
        }
        if (!matches(answer, PaidShape)) return steps.unclear(number);
        const { value, asked = 0n } = answer as { readonly value: bigint; readonly asked?: bigint };
        const isSound = typeof asked === 'bigint' && asked >= 0n && asked <= value;
        if (!isSound || (move.kind === 'pay' && value !== move.value)) return steps.unclear(number);
        return steps.done(number, value, asked);
      },
      rejected({ code }: SendFailure, number: bigint): void {
        const tries = this.state.moves.get(number)?.tries ?? 0n;
        // That a repetition failed says nothing of the first time.
        if (code === 'unknown' || tries > 0n) this.facets.steps.unclear(number);
        else this.facets.steps.refused(number, code);
      },
    },
    looked: {
      fulfilled(answer: unknown): void {
        if (matches(answer, AccountViewShape))
          this.facets.steps.saw((answer as AccountView).balance);
      },
      rejected(): void {},
    },
    retry: {
      wake(number: bigint): void {
        const move = this.state.moves.get(number);
        if (move !== undefined) this.facets.steps.send(number, move);
      },
    },
  },
});

const movedValue = (parts: readonly Moved[]): bigint =>
  parts.reduce((sum, { taken }) => sum + valueOf(taken), 0n);

/** A listener that fails must not take the ledger's answer with it: the call is undone, and nothing else. */
const told = (tell: () => void): void => {
  try {
    tell();
  } catch {
    // What it would have changed stays where the sums have it.
  }
};

export type PurseKit = {
  readonly inside: Facet<PurseInside>;
  readonly steps: Facet<{
    opened(account: Facet<Account>, is: PurseWords): void;
    failed(): void;
    account(): Facet<Account> | undefined;
  }>;
};

/** An empty purse, whose account is not there yet. */
export const makePurse = (number: bigint, foco: Facet<FocoInside>, is: PurseWords): PurseKit => {
  const { inside: purse, steps } = makePurseKit(number, foco, is);
  return { inside: purse, steps };
};
