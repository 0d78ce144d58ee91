/** A market as a FoCo sees one: it lets people in, and each has an account on its ledger. For tests. */
import { M } from '@endo/patterns';
import { makeLedger } from '@pocas/clearing/credit';
import type { Account, Ledger, LedgerStatement } from '@pocas/clearing/value';
import type { Clock, DurableMap, Facet, Timer } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';

const open = (name: string) => M.interface(name, {}, { defaultGuards: 'passable' });

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
  },
  init: (ledger: Facet<Ledger>, step: bigint) => ({
    ...{ ledger, step },
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
        const { account } = ledger.openAccount('member', limits);
        const participant = makeShare(account, step, this.facets.bank).share;
        return { ok: true, place: 'Tianguis', participant };
      },
    },
  },
});

export type Bank = {
  account(name: string): Facet<Account>;
  invitation(): Facet<{ join(name: string, requestId: string): unknown }>;
  statement(): LedgerStatement;
};

export const make = (
  powers: { readonly clock: Clock; readonly timer: Timer },
  { step = 1n }: { readonly step?: bigint },
): Facet<Bank> => {
  const terms = { name: 'Tianguis', kind: 'mutual' as const, unit: 'créditos', step };
  // The cast says what the open guard lets through.
  return makeBank(makeLedger(terms, powers), step).bank as unknown as Facet<Bank>;
};
