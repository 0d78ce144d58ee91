/**
 * Blind credits (SPEC C5, 7.2). Bytes are base64url.
 *
 * The mint belongs to a market's vat and uses a pool of its ledger as float. The purse belongs to whoever
 * holds tokens: a wallet's vat, or a program; it is pure but for where it keeps its state.
 */
import type { Facet } from '@pocas/vat-runtime';
import type { Evaluation } from '@pocas/vat-runtime/ristretto';
import type { Refusal } from '@pocas/vat-runtime/actors';
import type { Account, Held, HoldTerms, Payee } from '../value/types.ts';

/** What a token is good for. One key of the epoch serves all of them; the tag keeps them apart. */
export type TokenKind = 'credit' | 'appreciation' | 'review' | 'ballot';

/** `market | kind | denomination | epoch`, the public tag (`info`) of the evaluation. */
export type Tag = { readonly kind: TokenKind; readonly denom: bigint; readonly epoch: bigint };

/** Blinded elements of one denomination, each denomination at most once: evaluated with one proof. */
export type Batch = { readonly denom: bigint; readonly blinded: readonly string[] };
export type EvaluatedBatch = { readonly denom: bigint; readonly evaluation: Evaluation };

/** What is shown to be used up. `mac` is keyed by the token's output over `contextOf` what it is for. */
export type Token = {
  readonly denom: bigint;
  readonly epoch: bigint;
  readonly seed: string;
  readonly mac: string;
};

/** The market's tag and the keys that are good now. It stands in the journal head of each epoch. */
export type MintKeys = {
  /** Tells apart markets whose operator is the same; random, made when the market is founded. */
  readonly market: string;
  readonly epoch: bigint;
  readonly keys: readonly { readonly epoch: bigint; readonly publicKey: string }[];
  readonly denominations: readonly bigint[];
  /**
   * What a withdrawal may consist of: one or several of these, each the denominations of its tokens. Few
   * and alike, so that what somebody withdraws says little of what will be bought.
   */
  readonly packs: readonly (readonly bigint[])[];
};

/**
 * What is found again of elements that were evaluated before: those of one tag, with one proof for all.
 */
export type Found = Tag & {
  readonly blinded: readonly string[];
  readonly evaluation: Evaluation;
};

/** What a token is used for: a token that is shown for one of them is good for no other. */
export type Purpose = 'hold' | 'swap' | 'deposit' | Exclude<TokenKind, 'credit'>;

/** In the market's vat. */
export type Mint = {
  keys(): MintKeys;
  /**
   * Debits the account within its limit (`limit`), moves the value to the float, and evaluates. `invalid`
   * where the batches are no packs or an element was evaluated before.
   */
  withdraw(account: Facet<Account>, batches: readonly Batch[], requestId: string): Issued | Refusal;
  /**
   * Checks and spends all tokens or none: `claimed` (one was used), `expired`, `invalid` (mac, encoding or
   * denomination), `insufficient` (value less change is not `value`), `conflict` (the request was another
   * one). Its value is held for `payee`.
   */
  hold(
    payment: BlindPayment,
    value: bigint,
    payee: Facet<Payee>,
    terms: HoldTerms,
    requestId: string,
  ): (Held & Issued) | Refusal;
  /**
   * Gives value that is back in the float to fresh elements: a refund. `insufficient` where the batches are
   * not worth `value`. The caller sees to it that each value is given once.
   */
  reissue(value: bigint, batches: readonly Batch[], requestId: string): Issued | Refusal;
  /** Old tokens for new ones (rotation), of the same value. */
  swap(payment: BlindPayment, requestId: string): Issued | Refusal;
  /** Tokens to an account. */
  deposit(
    payment: BlindPayment,
    payee: Facet<Payee>,
    requestId: string,
  ): { readonly ok: true; readonly value: bigint } | Refusal;
  /** Gives value that nobody fetched to the commons: a refund whose time is over. */
  forfeit(value: bigint): void;
  /**
   * Tokens that are worth nothing and count once. Those of appreciation are good in their epoch only.
   *
   * @param subject - of reviews: what they are about, in the place of the denomination, so that a token for one
   *   thing is none for another; everything else is of denomination 1
   */
  grant(
    kind: Exclude<TokenKind, 'credit'>,
    blinded: readonly string[],
    requestId: string,
    subject?: bigint,
  ): Issued | Refusal;
  spend(
    kind: Exclude<TokenKind, 'credit'>,
    tokens: readonly Token[],
    context: string,
  ): { readonly ok: true } | Refusal;
  /** What was evaluated for these elements before, with a new proof: for a wallet that was restored. */
  again(blinded: readonly string[]): readonly Found[];
  /** Of each denomination and epoch: issued, redeemed, and so still out; reviews of all subjects together. Public. */
  counts(): readonly TokenCount[];
  /** At an epoch's end: a new key; tokens past their validity go to the commons. */
  turnEpoch(epoch: bigint): void;
};
export type BlindPayment = {
  readonly tokens: readonly Token[];
  /** Public text that the macs are over, beside the change: what is bought, and for how much. */
  readonly context: string;
  readonly change: readonly Batch[];
};
export type Issued = {
  readonly ok: true;
  readonly epoch: bigint;
  readonly issued: readonly EvaluatedBatch[];
};
/**
 * `members`: how many accounts withdrew such tokens in that epoch. Whoever spends one is one of them, or
 * somebody who was given it as change: so it is the least number of people among whom a buyer is hidden.
 */
export type TokenCount = Tag & {
  readonly issued: bigint;
  readonly redeemed: bigint;
  readonly members: bigint;
};
