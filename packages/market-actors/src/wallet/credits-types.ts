/** The owner's page of blind credits. Values are whole numbers of the market's unit. */
import type { Warning } from '@pocas/clearing/purse';
import type { Facet } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import type { BlindOrder, Purchase } from '../till/types.ts';
import type { Entry } from './entry.ts';

/** `worth`: what the purse can spend now. */
export type CreditsDone = {
  readonly ok: true;
  readonly worth: bigint;
  readonly order?: Facet<BlindOrder>;
};

export type WalletCredits = {
  view(): CreditsView;
  changes(since?: string): Promise<string>;
  /**
   * A purse for one of the owner's places. @param place - its number in the order of joining, from 0
   * `unsupported` where it is no market, `conflict` where the till and the desk show different keys.
   */
  openPurse(place: bigint): Promise<CreditsDone | Refusal>;
  /**
   * Takes one pack out of the account: always the same, so that it says little of what will be bought.
   * Refusals: `limit` of the account, `conflict` as above.
   */
  topUp(purse: Facet<Entry>, requestId: string): Promise<CreditsDone | Refusal> | Refusal;
  /** Puts what is in the purse back into the account, 64 tokens at a time. */
  giveBack(purse: Facet<Entry>, requestId: string): Promise<CreditsDone | Refusal> | Refusal;
  /** Sends again what has no answer, and swaps what would lapse. Safe to say at any time. */
  settle(purse: Facet<Entry>): Promise<CreditsDone | Refusal> | Refusal;
  /**
   * Buys at the till, where nobody sees who buys. Repeat it with the same `requestId` after a lost answer.
   * Refusals: `insufficient` where the purse is worth less, and those of the till.
   */
  buy(
    purse: Facet<Entry>,
    purchase: Purchase,
    requestId: string,
  ): Promise<CreditsDone | Refusal> | Refusal;
  /** What was bought by a request. */
  order(requestId: string): Facet<BlindOrder> | Refusal;
  /** Fetches what came back of an order. @param requestId - that of the purchase */
  refund(requestId: string): Promise<CreditsDone | Refusal> | Refusal;
  /** Where the credits would hide their holder among fewer than five. */
  warnings(purse: Facet<Entry>): Promise<readonly Warning[]> | Refusal;
};
export type CreditsView = {
  readonly purses: readonly {
    readonly place: string;
    readonly worth: bigint;
    /** Acts without an answer. */
    readonly waiting: bigint;
    /** What another copy of this wallet had spent, or that lapsed. */
    readonly lost: bigint;
    readonly entry: Facet<Entry>;
  }[];
  readonly orders: readonly { readonly what: string; readonly order: Facet<BlindOrder> }[];
};
