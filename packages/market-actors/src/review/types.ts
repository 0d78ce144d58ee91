/**
 * What buyers say of what they bought (SPEC M5, M8). Who writes is nobody's business: a review costs a token that
 * is given to the buyer of a blind order at its end, is good once and for that offer, and leads to no order.
 */
import type { Token } from '@pocas/clearing/blind';
import type { Refusal } from '@pocas/vat-runtime/actors';

export type ReviewItem = {
  readonly text: string;
  /** In which it was written, and nothing finer. */
  readonly epoch: bigint;
};

/** `market.part('review')`. */
export type ReviewBook = {
  /**
   * Keeps a review of the offer with this number. The token's mac is over `reviewContext`.
   * Refusals: `invalid` for a token that is none, or is for another offer; `claimed`, `expired`.
   */
  post(offer: bigint, text: string, token: Token): { readonly ok: true } | Refusal;
  /** The newest epochs first, at most 10. */
  of(offer: bigint): readonly ReviewItem[];
  /** The offer has ended. */
  forget(offer: bigint): void;
};
