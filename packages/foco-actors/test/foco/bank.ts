/** A market as a FoCo sees one: it lets people in, and each has an account on its ledger. For tests. */
import { M } from '@endo/patterns';
import { makeLedger } from '@pocas/clearing/credit';
import type { Account, Ledger, LedgerStatement, Payee, Payment } from '@pocas/clearing/value';
import type { Clock, DurableMap, Facet, Timer } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';

const open = (name: string) => M.interface(name, {}, { defaultGuards: 'passable' });

/** What a ledger that is far away, or broken, makes of the next thing that it is asked. */
export type Mood =
  | 'well'
  | 'refuses'
  | 'throws'
  /** It does it, and nobody can tell from the answer. */
  | 'mumbles'
  /** It does nothing, and nobody can tell from the answer. */
  | 'sleeps';

/** An account whose answers may be anything, in the moods that are set, one after another. */
const makeMoody = defineActor({
  name: 'MoodyAccount',
  state: {
    account: typed<Facet<Account>>(M.remotable('account')),
    moods: typed<readonly Mood[]>(M.arrayOf(M.string())),
  },
  init: (account: Facet<Account>) => ({ account, moods: [] as readonly Mood[] }),
  guards: { account: open('MoodyAccount'), moods: open('Moods'), inside: open('MoodyInside') },
  facets: {
    account: {
      view(): unknown {
        return this.state.account.view();
      },
      payee(): unknown {
        return this.state.account.payee();
      },
      setOverflow(overflow: 'accept', requestId: string): unknown {
        return this.state.account.setOverflow(overflow, requestId);
      },
      pay(payee: Facet<Payee>, value: bigint, requestId: string): unknown {
        const mood = this.facets.inside.next();
        if (mood === 'sleeps') return 'zzz';
        if (mood === 'refuses') return { ok: false, code: 'limit', whose: 'payee' };
        const answer = this.state.account.pay(payee, value, requestId);
        return mood === 'mumbles' ? 'hm' : answer;
      },
      deposit(payment: Facet<Payment>, requestId: string): unknown {
        const mood = this.facets.inside.next();
        if (mood === 'sleeps') return { ok: false, code: 'unknown' };
        if (mood === 'refuses') return { ok: false, code: 'closed' };
        const answer = this.state.account.deposit(payment, requestId);
        return mood === 'mumbles' ? { ok: true } : answer;
      },
    },
    moods: {
      set(moods: readonly Mood[]): void {
        this.state.moods = moods;
      },
    },
    inside: {
      next(): Mood {
        const [mood = 'well', ...rest] = this.state.moods;
        this.state.moods = rest;
        if (mood === 'throws') throw new Error('not today');
        return mood;
      },
    },
  },
});

const makeShare = defineActor({
  name: 'BankShare',
  state: {
    account: typed<Facet<Account>>(M.remotable('account')),
    step: M.nat(),
    bank: typed<Facet<{ invitation(): unknown }>>(M.remotable('bank')),
  },
  init: (account: Facet<Account>, step: bigint, bank: Facet<{ invitation(): unknown }>) => ({
    ...{ account, step, bank },
  }),
  guards: { share: open('BankShare') },
  facets: {
    share: {
      account(): Facet<Account> {
        return this.state.account;
      },
      rules(): object {
        return { unit: 'créditos', step: this.state.step };
      },
      desk(_name: string): object {
        return this.facets.share;
      },
      introduce(_lends: bigint, _requestId: string): unknown {
        return this.state.bank.invitation();
      },
    },
  },
});

const makeInvitation = defineActor({
  name: 'BankInvitation',
  state: {
    bank: typed<Facet<BankInside>>(M.remotable('bank')),
    joined: typed<object | undefined>(M.opt(M.record())),
  },
  init: (bank: Facet<BankInside>) => ({ bank, joined: undefined as object | undefined }),
  guards: { invitation: open('BankInvitation') },
  facets: {
    invitation: {
      join(_name: string, _requestId: string): object {
        this.state.joined ??= this.state.bank.joined();
        return this.state.joined;
      },
    },
  },
});
type BankInside = { joined(): object; invitation(): unknown };

const makeBank = defineActor({
  name: 'Bank',
  state: {
    ledger: typed<Facet<Ledger>>(M.remotable('ledger')),
    step: M.nat(),
    accounts: typed<DurableMap<string, Facet<Account>>>(M.any()),
    moody: typed<readonly { set(moods: readonly Mood[]): void }[]>(M.array()),
    focos: typed<readonly Facet<Account>[]>(M.array()),
  },
  init: (ledger: Facet<Ledger>, step: bigint) => ({
    ...{ ledger, step, moody: [], focos: [] },
    accounts: makeDurableMap<string, Facet<Account>>(),
  }),
  guards: { bank: open('Bank'), inside: open('BankInside') },
  facets: {
    bank: {
      /** Somebody who may owe a million. */
      account(name: string): Facet<Account> {
        const { accounts, ledger } = this.state;
        const known = accounts.get(name);
        if (known !== undefined) return known;
        const limits = { debitLimit: 1_000_000_000n, ceiling: 1_000_000_000n };
        const { account } = ledger.openAccount('member', limits);
        accounts.set(name, account);
        return account;
      },
      invitation(): unknown {
        return this.facets.inside.invitation();
      },
      /** For all FoCos' accounts: what they make of what comes next. */
      setMoods(moods: readonly Mood[]): void {
        for (const one of this.state.moody) one.set(moods);
      },
      /** What the ledger says that the FoCos have, in the order of their coming. */
      focos(): readonly bigint[] {
        return this.state.focos.map((account) => account.view().balance);
      },
      statement(): LedgerStatement {
        this.state.ledger.assertSound();
        return this.state.ledger.auditor().statement();
      },
    },
    inside: {
      invitation(): unknown {
        return makeInvitation(this.facets.inside).invitation;
      },
      joined(): object {
        const { ledger, step } = this.state;
        const limits = { debitLimit: 0n, ceiling: 50n };
        const { account: sober } = ledger.openAccount('member', limits);
        const { account, moods } = makeMoody(sober);
        this.state.moody = [...this.state.moody, moods];
        this.state.focos = [...this.state.focos, sober];
        const participant = makeShare(
          account as unknown as Facet<Account>,
          step,
          this.facets.bank,
        ).share;
        return { ok: true, place: 'Tianguis', participant };
      },
    },
  },
});

export type Bank = {
  account(name: string): Facet<Account>;
  invitation(): Facet<{ join(name: string, requestId: string): unknown }>;
  statement(): LedgerStatement;
  setMoods(moods: readonly Mood[]): void;
  focos(): readonly bigint[];
};

export const make = (
  powers: { readonly clock: Clock; readonly timer: Timer },
  { step = 1n }: { readonly step?: bigint },
): Facet<Bank> => {
  const terms = { name: 'Tianguis', kind: 'mutual' as const, unit: 'créditos', step };
  // The cast says what the open guard lets through.
  return makeBank(makeLedger(terms, powers), step).bank as unknown as Facet<Bank>;
};
