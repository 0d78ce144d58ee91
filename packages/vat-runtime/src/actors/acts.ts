/**
 * What people can agree upon, and the one-use authority to do it (SPEC F15, C16).
 *
 * Types only. Whoever holds `Acts` can bring about each of these acts and nothing else, so a place hands its own
 * to its body of decision alone. A place may offer several: of its charter, of its steward, of its purse.
 */
import type { Facet, Text } from '@pocas/vat-runtime';
import type { Refusal } from './refusal.ts';

/** What is wished: the act by its word, and the data that it needs. Copied data only, never a reference. */
export type Wish = {
  readonly act: string;
  readonly name?: string;
  readonly value?: bigint;
  readonly words?: readonly string[];
};

/** One act that can be wished, for forms: which of `name`, `value`, `words` it takes. */
export type ActOption = {
  readonly act: string;
  readonly name?: string;
  readonly label: Text;
  /** Of words: those that it has now. */
  readonly words?: readonly string[];
  readonly takes: 'value' | 'words' | 'nothing';
  /** Of a value: what it is counted in, what it is now, and the bounds. */
  readonly unit?: Text;
  readonly now?: bigint;
  readonly least?: bigint;
  readonly most?: bigint;
};

export type Acts = {
  view(): { readonly about: Text; readonly options: readonly ActOption[] };
  changes(since?: string): Promise<string>;
  /** What a wish would do, in words; nothing happens. `invalid` outside its bounds, `unsupported` for no act of these. */
  draft(wish: Wish): Drafted | Refusal;
  /**
   * The authority to do exactly this, once. `notBefore` and `expires` are milliseconds since 1970 by the clock of
   * the vat that answers, which adds its own notice. With the same `requestId` it answers the same mandate.
   */
  mandate(wish: Wish, terms: MandateTerms, requestId: string): Granted | Refusal;
};
export type Drafted = { readonly ok: true; readonly words: Text };
export type MandateTerms = { readonly notBefore: bigint; readonly expires: bigint };
export type Granted = { readonly ok: true; readonly mandate: Facet<Mandate> };

/** Does one thing that was decided together, once. */
export type Mandate = {
  view(): MandateView;
  changes(since?: string): Promise<string>;
  /**
   * `notYet` before its time, `expired` after it, `closed` once it was carried out. A refusal of the act itself
   * uses nothing up. A repetition with the same `requestId` answers the first outcome.
   */
  carryOut(
    requestId: string,
  ): Promise<{ readonly ok: true } | Refusal> | { readonly ok: true } | Refusal;
};
export type MandateView = {
  readonly words: Text;
  readonly notBefore: bigint;
  readonly expires: bigint;
  /** The same two as minutes for people, UTC. */
  readonly from: string;
  readonly until: string;
  readonly used: boolean;
};
