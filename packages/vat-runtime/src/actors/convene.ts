/**
 * How a place lets its people decide together (SPEC F15), without knowing how they do it. Types only.
 *
 * The place's founding is handed the root of a body of decision (`Assembly`), convenes it with its own `Acts`, which
 * it hands to nobody else, and from then on admits each of its people. Near or far: with `send`.
 */
import type { Facet } from '@pocas/vat-runtime';
import type { Acts } from './acts.ts';
import type { Refusal } from './refusal.ts';

/** The root of a body of decision. It is convened once; with another `requestId` it refuses as `claimed`. */
export type Assembly = {
  convene(wish: Convening, requestId: string): Convened | Refusal;
};
export type Convening = {
  /** What the body decides about, for people. At most 100 characters. */
  readonly name: string;
  /** What it can decide, beside its own rules. At most 16. */
  readonly acts: readonly Facet<Acts>[];
};
export type Convened = { readonly ok: true; readonly convener: Facet<Convener> };

/** Of the place. It gives out ballots, and has none; it sees no more of a decision than everybody. */
export type Convener = {
  /**
   * A ballot for one person: a page of their own. With the same `requestId` it answers the same.
   * It takes part in what is opened from then on, and not in what is open already.
   * @param constituency - of whom there may be several, each of which has to agree; '' where there is one
   */
  admit(name: string, constituency: string, requestId: string): Admitted | Refusal;
  /**
   * A new ballot for the same person; the old one, what was delegated by it and its open pages answer `revoked`. For
   * whoever has restored a wallet, or lost a device. What was said stays. `invalid` for what is no ballot here.
   */
  renew(ballot: Facet<object>, requestId: string): Admitted | Refusal;
  /** For whoever has left: the ballot takes part in nothing that is opened later. What is open already keeps it. */
  remove(ballot: Facet<object>, requestId: string): { readonly ok: true } | Refusal;
};
export type Admitted = { readonly ok: true; readonly ballot: Facet<BallotShare> };
/** What a place knows of a ballot that it hands on: that it is a page. */
export type BallotShare = { view(): unknown; changes(since?: string): Promise<string> };
