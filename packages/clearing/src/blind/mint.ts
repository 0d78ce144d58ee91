/**
 * The mint of a market's blind credits (SPEC C5, 7.2), over a pool account of its ledger: what tokens are
 * worth lies there, so the ledger's sum says that the mint made nothing.
 *
 * Every act checks all first and changes all afterwards, in one turn. Nothing that it keeps of a payment
 * leads to an account but the payee's.
 */
import { M } from '@endo/patterns';
import type { Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, makeDurableSet, typed } from '@pocas/vat-runtime';
import { type Refusal, refuse } from '@pocas/vat-runtime/actors';
import { ValueShape } from '../amount/amount.ts';
import type { Account, Held, HoldTerms, Payee } from '../value/types.ts';
import { arePacks, isWellFormed } from './batches.ts';
import { MintI } from './guards.ts';
import { type Contents, batchesIn, innerRequest, paymentIn, recall, record } from './mint-acts.ts';
import {
  areFresh,
  countHolder,
  evaluate,
  evaluateTag,
  keyOf,
  lookUp,
  register,
  tryEvaluate,
} from './mint-issue.ts';
import type { Act, Count, EpochKey, MintState } from './mint-state.ts';
import { epochKey, firstGood, kindAndDenom, prune } from './mint-state.ts';
import { faultOf, useUp } from './mint-tokens.ts';
import { batchesValue, denominationsOf, packsOf, valueOf } from './tags.ts';
import type {
  Batch,
  BlindPayment,
  Found,
  Issued,
  Mint,
  MintKeys,
  Purpose,
  TokenCount,
  TokenKind,
} from './types.ts';

export type MintParts = {
  /** @see MintKeys.market */
  readonly market: string;
  /** The smallest difference of two prices (C6). */
  readonly step: bigint;
  /** 32 bytes in base64url. Whoever knows it can make tokens. */
  readonly secret: string;
  /** A pool, of which nobody else has the account. */
  readonly float: { readonly account: Facet<Account>; readonly payee: Facet<Payee> };
  readonly commons: Facet<Payee>;
  readonly epoch: bigint;
};

/** What was issued by an act, as often as it is asked for. */
const issuedBy = (
  state: MintState,
  kind: TokenKind,
  epoch: bigint,
  batches: readonly Batch[],
): Issued => ({ ok: true, epoch, issued: evaluate(state, kind, epoch, batches) });

/** One count for the reviews of an epoch, however many things they are about. */
const withReviewsTogether = (counts: readonly TokenCount[]): readonly TokenCount[] => {
  const reviews = new Map<bigint, TokenCount>();
  for (const one of counts) {
    if (one.kind !== 'review') continue;
    const { epoch } = one;
    const before = reviews.get(epoch) ?? { ...one, denom: 1n, issued: 0n, redeemed: 0n };
    const issued = before.issued + one.issued;
    reviews.set(epoch, { ...before, issued, redeemed: before.redeemed + one.redeemed });
  }
  return [...counts.filter(({ kind }) => kind !== 'review'), ...reviews.values()];
};

/** Of batches that are to be issued now: what is evaluated, or undefined where they may not be. */
const issuable = (state: MintState, kind: TokenKind, batches: readonly Batch[]) => {
  const known = kind === 'credit' ? denominationsOf(state.step) : [1n];
  // What a review is about is said by the market, which alone calls for one.
  const denominations = kind === 'review' ? batches.map(({ denom }) => denom) : known;
  if (!isWellFormed(batches, denominations) || !areFresh(state, batches)) return undefined;
  return tryEvaluate(state, kind, batches);
};

/** What a payment leaves after its change, if all of it is in order. */
const checked = (
  state: MintState,
  purpose: Purpose,
  { tokens, context, change }: BlindPayment,
  requestId: string,
  value: bigint,
): { readonly ok: true; readonly issued: Issued['issued'] } | Refusal => {
  if (valueOf(tokens) - batchesValue(change) !== value) return refuse('insufficient');
  const fault = faultOf(state, 'credit', tokens, { purpose, requestId, context, change });
  if (fault !== undefined) return refuse(fault);
  const issued = issuable(state, 'credit', change);
  return issued === undefined ? refuse('invalid') : { ok: true, issued };
};

const use = (state: MintState, { tokens, change }: BlindPayment): void => {
  useUp(state, 'credit', tokens);
  register(state, 'credit', change);
};

/** The answer to a repetition of an act that issued credits. */
const again = (state: MintState, act: Act | Refusal, batches: readonly Batch[]) => {
  if (!('digest' in act)) return act;
  const { outcome, epoch } = act;
  if (!outcome.ok) return outcome;
  const issued = issuedBy(state, 'credit', epoch, batches);
  return 'hold' in outcome ? { ...outcome, ...issued } : issued;
};

const makeMintKit = defineActor({
  name: 'Mint',
  state: {
    market: M.string(),
    step: ValueShape,
    secret: M.string(),
    account: typed<Facet<Account>>(M.remotable('account')),
    payee: typed<Facet<Payee>>(M.remotable('payee')),
    commons: typed<Facet<Payee>>(M.remotable('payee')),
    epoch: ValueShape,
    outstanding: ValueShape,
    forfeits: ValueShape,
    keys: typed<MintState['keys']>(M.remotable('map')),
    counts: typed<MintState['counts']>(M.remotable('map')),
    elements: typed<MintState['elements']>(M.remotable('map')),
    spent: typed<MintState['spent']>(M.remotable('set')),
    acts: typed<MintState['acts']>(M.remotable('map')),
    holders: typed<MintState['holders']>(M.remotable('set')),
  },
  init: ({ market, step, secret, float, commons, epoch }: MintParts) => {
    const keys = makeDurableMap<bigint, EpochKey>();
    keys.set(epoch, keyOf(secret, market, epoch));
    return {
      market,
      step,
      secret,
      account: float.account,
      payee: float.payee,
      commons,
      epoch,
      outstanding: 0n,
      forfeits: 0n,
      keys,
      counts: makeDurableMap<string, Count>(),
      elements: makeDurableMap<string, string>(),
      spent: makeDurableSet<string>(),
      acts: makeDurableMap<string, Act>(),
      holders: makeDurableSet<string>(),
    };
  },
  guards: { mint: MintI },
  facets: {
    mint: {
      keys(): MintKeys {
        const { market, epoch, step, keys } = this.state;
        return {
          market,
          epoch,
          keys: [...keys.entries()].map(([of, { publicKey }]) => ({ epoch: of, publicKey })),
          denominations: denominationsOf(step),
          packs: packsOf(step),
        };
      },
      withdraw(
        from: Facet<Account>,
        batches: readonly Batch[],
        requestId: string,
      ): Issued | Refusal {
        const { state } = this;
        const { account, payee, step, epoch } = state;
        // Whose account it is stands in no act: whoever has the same elements asks for the same.
        const contents: Contents = ['withdraw', batchesIn(batches)];
        const before = recall(state, requestId, contents);
        if (before !== undefined) return again(state, before, batches) as Issued | Refusal;
        if (!arePacks(batches, packsOf(step))) return refuse('invalid');
        const issued = issuable(state, 'credit', batches);
        if (issued === undefined) return refuse('invalid');
        const value = batchesValue(batches);
        const balance = account.view().balance;
        const paid = from.pay(payee, value, innerRequest(state, 'withdraw', requestId));
        if (!paid.ok) return record(state, requestId, contents, paid);
        if (account.view().balance !== balance + value)
          throw TypeError('Cannot withdraw: the account is not of this ledger');
        register(state, 'credit', batches);
        countHolder(state, batches, from.payee().number());
        record(state, requestId, contents, { ok: true, value });
        return { ok: true, epoch, issued };
      },
      hold(
        payment: BlindPayment,
        value: bigint,
        payee: Facet<Payee>,
        terms: HoldTerms,
        requestId: string,
      ): (Held & Issued) | Refusal {
        const { state } = this;
        const contents: Contents = ['hold', paymentIn(payment), value];
        const before = recall(state, requestId, contents);
        if (before !== undefined)
          return again(state, before, payment.change) as (Held & Issued) | Refusal;
        const check = checked(state, 'hold', payment, requestId, value);
        if (!check.ok) return check;
        const inner = innerRequest(state, 'hold', requestId);
        const held = state.account.hold(payee, value, terms, inner);
        if (!held.ok) return record(state, requestId, contents, held);
        use(state, payment);
        const { hold, decider } = held;
        record(state, requestId, contents, { ok: true, hold, decider });
        return { ok: true, hold, decider, epoch: state.epoch, issued: check.issued };
      },
      reissue(value: bigint, batches: readonly Batch[], requestId: string): Issued | Refusal {
        const { state } = this;
        const { epoch, outstanding, account } = state;
        const contents: Contents = ['reissue', value, batchesIn(batches)];
        const before = recall(state, requestId, contents);
        if (before !== undefined) return again(state, before, batches) as Issued | Refusal;
        if (batchesValue(batches) !== value) return refuse('insufficient');
        const issued = issuable(state, 'credit', batches);
        if (issued === undefined) return refuse('invalid');
        if (account.view().balance - outstanding < value)
          throw Error('Cannot issue: the float has not so much that is nobody’s');
        register(state, 'credit', batches);
        record(state, requestId, contents, { ok: true, value });
        return { ok: true, epoch, issued };
      },
      forfeit(value: bigint): void {
        const { account, commons, outstanding } = this.state;
        const { balance } = account.view();
        if (balance - outstanding < value)
          throw Error('Cannot give to the commons: the float has not so much that is nobody’s');
        this.state.forfeits += 1n;
        const inner = innerRequest(this.state, 'forfeit', `${this.state.forfeits}`);
        const paid = account.pay(commons, value, inner);
        if (!paid.ok || account.view().balance !== balance - value)
          throw Error('Cannot give to the commons: the ledger did not move it');
      },
      swap(payment: BlindPayment, requestId: string): Issued | Refusal {
        const { state } = this;
        const contents: Contents = ['swap', paymentIn(payment)];
        const before = recall(state, requestId, contents);
        if (before !== undefined) return again(state, before, payment.change) as Issued | Refusal;
        const check = checked(state, 'swap', payment, requestId, 0n);
        if (!check.ok) return check;
        use(state, payment);
        record(state, requestId, contents, { ok: true, value: 0n });
        return { ok: true, epoch: state.epoch, issued: check.issued };
      },
      deposit(
        payment: BlindPayment,
        payee: Facet<Payee>,
        requestId: string,
      ): { readonly ok: true; readonly value: bigint } | Refusal {
        const { state } = this;
        const { account } = state;
        const { tokens, change } = payment;
        const contents: Contents = ['deposit', paymentIn(payment)];
        const before = recall(state, requestId, contents);
        if (before !== undefined)
          return 'digest' in before
            ? (before.outcome as { readonly ok: true; readonly value: bigint } | Refusal)
            : before;
        // Change would be lost with the answer of a deposit, and what is paid to oneself needs none.
        const value = valueOf(tokens);
        if (change.length > 0 || payment.context !== `${payee.number()}`) return refuse('invalid');
        const check = checked(state, 'deposit', payment, requestId, value);
        if (!check.ok) return check;
        const { balance } = account.view();
        const paid = account.pay(payee, value, innerRequest(state, 'deposit', requestId));
        if (!paid.ok) return record(state, requestId, contents, paid);
        if (account.view().balance !== balance - value)
          throw Error('Cannot deposit: the ledger did not move it');
        use(state, payment);
        return record(state, requestId, contents, { ok: true, value });
      },
      grant(
        kind: Exclude<TokenKind, 'credit'>,
        blinded: readonly string[],
        requestId: string,
        subject: bigint = 1n,
      ): Issued | Refusal {
        const { state } = this;
        const batches: readonly Batch[] = [{ denom: subject, blinded }];
        const contents: Contents = ['grant', kind, batchesIn(batches)];
        const before = recall(state, requestId, contents);
        if (before !== undefined)
          return 'digest' in before ? issuedBy(state, kind, before.epoch, batches) : before;
        const issued = issuable(state, kind, batches);
        if (issued === undefined) return refuse('invalid');
        register(state, kind, batches);
        record(state, requestId, contents, { ok: true, value: 0n });
        return { ok: true, epoch: state.epoch, issued };
      },
      spend(
        kind: Exclude<TokenKind, 'credit'>,
        tokens: BlindPayment['tokens'],
        context: string,
      ): { readonly ok: true } | Refusal {
        const { state } = this;
        const about = { purpose: kind, requestId: '', context, change: [] };
        const fault = faultOf(state, kind, tokens, about);
        if (fault !== undefined) return refuse(fault);
        useUp(state, kind, tokens);
        prune(state);
        return { ok: true };
      },
      again(blinded: readonly string[]): readonly Found[] {
        const { state } = this;
        const tags = new Map<string, { epoch: bigint; what: string; of: string[] }>();
        for (const one of new Set(blinded)) {
          const found = lookUp(state, one);
          if (found === undefined) continue;
          const key = `${found.epoch}|${found.what}`;
          const { of } = tags.get(key) ?? { of: [] };
          tags.set(key, { ...found, of: [...of, one] });
        }
        return [...tags.values()].map(({ epoch, what, of }) => {
          const tag = { ...kindAndDenom(what), epoch };
          return { ...tag, blinded: of, evaluation: evaluateTag(state, tag, of) };
        });
      },
      counts(): readonly TokenCount[] {
        const all = [...this.state.counts.entries()].map(([key, count]): TokenCount => {
          const [epoch, ...what] = key.split('|');
          return { ...kindAndDenom(what.join('|')), epoch: BigInt(epoch!), ...count };
        });
        return withReviewsTogether(all);
      },
      turnEpoch(epoch: bigint): void {
        const { state } = this;
        const { market, secret, keys, counts } = state;
        if (epoch <= state.epoch) return;
        state.epoch = epoch;
        keys.set(epoch, keyOf(secret, market, epoch));
        const first = firstGood(epoch);
        let lapsed = 0n;
        for (const [key, { issued, redeemed }] of [...counts.entries({ to: epochKey(first) })]) {
          const { kind, denom } = kindAndDenom(key.slice(key.indexOf('|') + 1));
          if (kind === 'credit') lapsed += denom * (issued - redeemed);
          counts.delete(key);
        }
        for (const of of [...keys.keys({ to: first })]) keys.delete(of);
        state.outstanding -= lapsed;
        if (lapsed > 0n) this.facets.mint.forfeit(lapsed);
        prune(state);
      },
    },
  },
});

/** Makes the mint of a market, in the market's vat. */
export const makeMint = (parts: MintParts): Facet<Mint> => makeMintKit(parts).mint;
