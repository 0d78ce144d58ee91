/** What a holder of blind credits keeps. Plain data, for a vat's state or a program's file. */
import type { BlindPayment, Purpose, Tag, TokenKind } from './types.ts';

/**
 * `account`: asked for in a session that knows whose it is. `till`: asked for where nobody may know. They
 * are numbered apart, so that a restored wallet can ask for each where it asked before.
 */
export type Series = 'account' | 'till';

/** From which seed and blind derive, with the purse's key. */
export type Origin = {
  readonly series: Series;
  readonly act: bigint;
  readonly index: bigint;
};

export type HeldToken = Tag & {
  readonly origin: Origin;
  /** Whoever knows it and the seed can spend the token. */
  readonly output: string;
};

/** Something that was asked for and whose answer did not come yet: it can be asked again, word for word. */
export type OpenAct = {
  readonly series: Series;
  readonly act: bigint;
  readonly requestId: string;
  readonly kind: TokenKind;
  /** Of the elements, by their index. */
  readonly denoms: readonly bigint[];
  /** Tokens that are spent by it, and for what. None for a withdrawal. */
  readonly tokens: readonly HeldToken[];
  readonly purpose?: Purpose;
  readonly context?: string;
};

export type SeenKey = { readonly epoch: bigint; readonly publicKey: string };

export type Purse = {
  readonly market: string;
  /** The next act of each series. Never counted back: a seed that is used again is a token lost. */
  readonly next: { readonly account: bigint; readonly till: bigint };
  readonly tokens: readonly HeldToken[];
  /** Restored, and perhaps spent by the copy that was lost: to be swapped, each by itself. */
  readonly unsure: readonly HeldToken[];
  readonly open: readonly OpenAct[];
  /** Keys of the journal head, as this holder learnt them. Nothing is believed that was made with another. */
  readonly seen: readonly SeenKey[];
};

export type Payment = {
  readonly purse: Purse;
  readonly act: OpenAct;
  readonly requestId: string;
  readonly payment: BlindPayment;
};
