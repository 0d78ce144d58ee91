/** The rules of mutual credit once more, on plain numbers and without a vat: an oracle for the ledger. */
export type Kind = 'member' | 'pool' | 'commons';
export type Choice = 'ask' | 'accept' | 'decline' | 'commons';
type Account = {
  readonly kind: Kind;
  status: 'open' | 'frozen' | 'closed';
  balance: bigint;
  limit: bigint;
  ceiling: bigint;
  choice: Choice;
};
type Hold = {
  readonly payer: number;
  readonly payee: number;
  readonly value: bigint;
  readonly divisible: boolean;
  readonly expires: number | undefined;
  readonly isQuestion: boolean;
  phase: 'open' | 'settled' | 'released';
};
type Payment = { readonly from: number; readonly value: bigint; phase: string };

/** What an act answers, without references. */
export type Answer = {
  readonly ok: boolean;
  readonly code?: string;
  readonly whose?: string;
  readonly value?: bigint;
  readonly asked?: bigint;
  readonly phase?: string;
};
const no = (code: string, whose?: string): Answer => ({
  ok: false,
  code,
  ...(whose === undefined ? {} : { whose }),
});
const size = (n: bigint) => (n < 0n ? -n : n);

export class Model {
  now = 0;
  readonly holds: Hold[] = [];
  readonly payments: Payment[] = [];
  readonly accounts: Account[];
  /** The number of the commons. */
  readonly commons: number;

  constructor(accounts: readonly { kind: Kind; limit: bigint; ceiling: bigint }[]) {
    this.accounts = accounts.map((one) => ({
      ...one,
      status: 'open',
      balance: 0n,
      choice: 'ask',
    }));
    this.commons = accounts.findIndex(({ kind }) => kind === 'commons');
  }

  private excess(to: number, value: bigint): bigint {
    const { kind, balance, ceiling } = this.accounts[to]!;
    if (kind !== 'member' || size(balance + value) < size(balance)) return 0n;
    const above = balance + value - ceiling;
    return above <= 0n ? 0n : above < value ? above : value;
  }

  private cannotGive(from: number, value: bigint): Answer | undefined {
    const { status, balance, limit } = this.accounts[from]!;
    if (status !== 'open') return no('closed');
    return balance + limit < value ? no('limit', 'payer') : undefined;
  }

  private cannotTake(from: number, to: number, value: bigint): Answer | undefined {
    const { status, choice } = this.accounts[to]!;
    if (status === 'closed') return no('closed');
    const isDeclined = from !== to && choice === 'decline' && this.excess(to, value) > 0n;
    return isDeclined ? no('limit', 'payee') : undefined;
  }

  private add(to: number, value: bigint): void {
    const at = this.accounts[to]!.status === 'closed' ? this.commons : to;
    this.accounts[at]!.balance += value;
  }

  /** @returns what waits for a word */
  private give(from: number, to: number, value: bigint): bigint {
    const { status, choice } = this.accounts[to]!;
    const excess = from === to || status === 'closed' ? 0n : this.excess(to, value);
    if (excess === 0n || choice === 'accept') {
      this.add(to, value);
      return 0n;
    }
    this.add(to, value - excess);
    if (choice === 'commons') this.add(this.commons, excess);
    else if (choice === 'decline') this.add(this.backTo(from), excess);
    else this.keep(from, to, excess, { isQuestion: true });
    return choice === 'ask' ? excess : 0n;
  }

  /** Who gets what a receiver declines. */
  private backTo(from: number): number {
    return this.accounts[from]!.kind === 'pool' ? this.commons : from;
  }

  private keep(payer: number, payee: number, value: bigint, rest: Partial<Hold>): void {
    const usual = { divisible: false, expires: undefined, isQuestion: false };
    this.holds.push({ payer, payee, value, phase: 'open', ...usual, ...rest });
  }

  pay(from: number, to: number, value: bigint): Answer {
    const refusal = this.cannotGive(from, value) ?? this.cannotTake(from, to, value);
    if (refusal !== undefined) return refusal;
    this.accounts[from]!.balance -= value;
    return { ok: true, value, asked: this.give(from, to, value) };
  }

  hold(from: number, to: number, value: bigint, divisible: boolean, expires?: number): Answer {
    const refusal = this.cannotGive(from, value);
    if (refusal !== undefined) return refusal;
    if (this.accounts[to]!.status === 'closed') return no('closed');
    if (expires !== undefined && expires <= this.now) return no('expired');
    this.accounts[from]!.balance -= value;
    this.keep(from, to, value, { divisible, expires });
    return { ok: true };
  }

  /** Holds that people made, in the order in which they were made. */
  made(): Hold[] {
    return this.holds.filter(({ isQuestion }) => !isQuestion);
  }

  decide(hold: Hold, phase: 'settled' | 'released', shares?: [number, bigint][]): Answer {
    if (hold.phase === phase) return { ok: true, phase };
    if (hold.phase !== 'open') return no('closed');
    const { payer, payee, value, divisible } = hold;
    if (phase === 'settled') {
      if (shares !== undefined && !divisible) return no('unsupported');
      const parts = shares ?? [[payee, value] as [number, bigint]];
      const given = parts.reduce((total, [, part]) => total + part, 0n);
      if (given > value) return no('insufficient');
      hold.phase = phase;
      for (const [to, part] of parts) this.give(payer, to, part);
      this.add(payer, value - given);
    } else {
      hold.phase = phase;
      this.add(payer, value);
    }
    return { ok: true, phase };
  }

  withdraw(from: number, value: bigint): Answer {
    const refusal = value === 0n ? no('invalid') : this.cannotGive(from, value);
    if (refusal !== undefined) return refusal;
    this.accounts[from]!.balance -= value;
    this.payments.push({ from, value, phase: 'live' });
    return { ok: true };
  }

  deposit(to: number, payment: Payment): Answer {
    const { from, value, phase } = payment;
    if (phase !== 'live') return no('closed');
    const refusal = this.cannotTake(from, to, value);
    if (refusal !== undefined) return refusal;
    payment.phase = 'deposited';
    return { ok: true, value, asked: this.give(from, to, value) };
  }

  recover(from: number): Answer {
    let value = 0n;
    for (const payment of this.payments) {
      if (payment.from !== from || payment.phase !== 'live') continue;
      payment.phase = 'recovered';
      value += payment.value;
    }
    this.add(from, value);
    return { ok: true, value };
  }

  questions(to: number): Hold[] {
    return this.holds.filter(
      ({ isQuestion, payee, phase }) => isQuestion && payee === to && phase === 'open',
    );
  }

  answer(to: number, index: number, choice: Exclude<Choice, 'ask'>): Answer {
    const question = this.questions(to)[index];
    if (question === undefined) return no('closed');
    const { value, payer } = question;
    question.phase = choice === 'decline' ? 'released' : 'settled';
    const receiver = { accept: to, decline: this.backTo(payer), commons: this.commons }[choice];
    this.add(receiver, value);
    return { ok: true, value };
  }

  close(who: number, absorb: boolean): Answer {
    const account = this.accounts[who]!;
    if (account.kind !== 'member') return no('unsupported');
    if (account.status === 'closed') return no('closed');
    const { held, withdrawn } = this.entry(who);
    if (!absorb && held + withdrawn > 0n) return no('notYet');
    if (!absorb && account.balance < 0n) return no('insufficient');
    const common = this.accounts[this.commons]!;
    const rest = account.balance + withdrawn;
    if (rest < 0n && common.balance + rest + common.limit < 0n) return no('limit');
    this.recover(who);
    while (this.questions(who).length > 0) this.answer(who, 0, 'decline');
    common.balance += account.balance;
    account.balance = 0n;
    account.status = 'closed';
    return { ok: true };
  }

  pass(milliseconds: number): void {
    this.now += milliseconds;
    for (const hold of this.holds) {
      if (hold.expires !== undefined && hold.expires <= this.now && hold.phase === 'open')
        this.decide(hold, 'released');
    }
  }

  /** As the books should have it, without its number. */
  entry(who: number) {
    const { kind, status, balance, limit, ceiling } = this.accounts[who]!;
    const open = this.holds.filter(({ phase }) => phase === 'open');
    const add = (values: { value: bigint }[]) => values.reduce((sum, one) => sum + one.value, 0n);
    return {
      kind,
      status,
      balance,
      held: add(open.filter(({ payer }) => payer === who)),
      incoming: add(open.filter(({ payee }) => payee === who)),
      withdrawn: add(this.payments.filter(({ from, phase }) => from === who && phase === 'live')),
      debitLimit: limit,
      ceiling,
    };
  }
}
