/** A participant's own account: what there is, what its limits follow from, and what waits for a word (C2, C3). */
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { Explained } from '@pocas/clearing/limits';
import type { Account, Moved, Movement, Overflow, Payment } from '@pocas/clearing/value';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, once, refuse } from '@pocas/vat-runtime/actors';
import { AccountDeskI, QuestionSlipI } from './account-guards.ts';
import type { MarketHub, MemberKit } from './inside.ts';
import type { AccountDesk, AccountDeskView, Done, QuestionSlip } from './types.ts';

const shown = 10;
type Taken = { readonly ok: true; readonly payment: Facet<Payment> } | Refusal;

/** One question, so that a page has its buttons beside it. */
const makeSlip = defineActor({
  name: 'QuestionSlip',
  state: { account: typed<Facet<Account>>(M.remotable('account')), number: M.nat() },
  init: (account: Facet<Account>, number: bigint) => ({ account, number }),
  guards: { slip: QuestionSlipI },
  facets: {
    slip: {
      accept(requestId: string): Moved | Refusal {
        return this.state.account.answer(this.state.number, 'accept', requestId);
      },
      decline(requestId: string): Moved | Refusal {
        return this.state.account.answer(this.state.number, 'decline', requestId);
      },
      toCommons(requestId: string): Moved | Refusal {
        return this.state.account.answer(this.state.number, 'commons', requestId);
      },
    },
  },
});

const makeDeskKit = defineActor({
  name: 'AccountDesk',
  state: {
    hub: typed<Facet<MarketHub>>(M.remotable('market')),
    member: typed<MemberKit>(M.record()),
    slips: typed<DurableMap<bigint, Facet<QuestionSlip>>>(M.any()),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (hub: Facet<MarketHub>, member: MemberKit) => ({
    hub,
    member,
    slips: makeDurableMap<bigint, Facet<QuestionSlip>>(),
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { desk: AccountDeskI },
  facets: {
    desk: {
      view(): AccountDeskView {
        const { hub, member, slips } = this.state;
        // As the member holds it: a question that is answered there is counted.
        const account = member.participant.account();
        const { balance, available, held, incoming, withdrawn, ...rest } = account.view();
        const { debitLimit, ceiling, status } = rest;
        const slipOf = (number: bigint): Facet<QuestionSlip> => {
          const known = slips.get(number);
          if (known !== undefined) return known;
          const { slip } = makeSlip(account, number);
          slips.set(number, slip);
          return slip;
        };
        const explained = hub.activity().explain(member.inside.number());
        const latest = account.history().slice(0, shown);
        return {
          unit: hub.inside().unit(),
          balance,
          available,
          held,
          incoming,
          withdrawn,
          debitLimit,
          ceiling,
          status,
          questions: account
            .questions()
            .map(({ number, value }) => ({ value, question: slipOf(number) })),
          ...termsOf(explained),
          latest: latest.map(({ kind, value, balance: after }) => ({
            kind,
            value,
            balance: after,
          })),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.state.member.inside.account());
      },
      setOverflow(overflow: Overflow, requestId: string): Done | Refusal {
        return this.state.member.inside.account().setOverflow(overflow, requestId);
      },
      give(value: bigint, requestId: string): Moved | Refusal {
        const { hub, member, outcomes } = this.state;
        return once<Moved | Refusal>(outcomes, 'give', requestId, () => {
          const inside = hub.inside();
          member.care.act();
          // The inner request is new each time: nobody can have used it on the account before.
          const inner = inside.derive(`gift ${inside.nextNumber()}`);
          const paid = member.inside.account().pay(hub.commons(), value, inner);
          return paid.ok ? { ok: true, value: paid.value } : paid;
        });
      },
      takeOut(
        value: bigint,
        requestId: string,
      ): Promise<{ readonly secret: string; readonly toPaste: true }> | Refusal {
        const { hub, member, outcomes } = this.state;
        const grantor = hub.grantor();
        if (grantor === undefined) return refuse('unsupported');
        const taken = once<Taken>(outcomes, 'takeOut', requestId, () => {
          const inside = hub.inside();
          const inner = inside.derive(`cash ${inside.nextNumber()}`);
          return member.inside.account().withdraw(value, inner);
        });
        if (!taken.ok) return taken;
        const text = E(grantor).sturdy(taken.payment, { label: 'value taken out' });
        return E.when(text, (secret) => ({ secret, toPaste: true as const }));
      },
      recover(requestId: string): Moved | Refusal {
        const { hub, member, outcomes } = this.state;
        return once<Moved>(outcomes, 'recover', requestId, () => {
          const inside = hub.inside();
          const inner = inside.derive(`cash back ${inside.nextNumber()}`);
          return member.inside.account().recover(inner);
        });
      },
      payeeLink(): Promise<{ readonly secret: string; readonly toPaste: true }> | Refusal {
        const { hub, member } = this.state;
        const grantor = hub.grantor();
        if (grantor === undefined) return refuse('unsupported');
        const text = E(grantor).sturdy(member.inside.payee(), { label: 'where to pay' });
        return E.when(text, (secret) => ({ secret, toPaste: true as const }));
      },
      history(before?: bigint): readonly Movement[] {
        return this.state.member.inside.account().history(before);
      },
      explain(): Explained | Refusal {
        const { hub, member } = this.state;
        return hub.activity().explain(member.inside.number());
      },
    },
  },
  readOnly: ['desk.changes'],
});

/** What of the explanation a page shows. */
const termsOf = (
  explained: Explained | Refusal,
): Pick<AccountDeskView, 'earned' | 'lentToYou' | 'lentByYou' | 'reliability' | 'counted'> => {
  if (!explained.ok)
    return { earned: 0n, lentToYou: 0n, lentByYou: 0n, reliability: 0n, counted: [] };
  const { published: earned, vouchedIn: lentToYou, vouchedOut: lentByYou } = explained;
  const { reliability, counted } = explained;
  return { earned, lentToYou, lentByYou, reliability, counted: counted.slice(0, 30) };
};

export const makeAccountDesk = (hub: Facet<MarketHub>, member: MemberKit): Facet<AccountDesk> =>
  makeDeskKit(hub, member).desk;
