/** Saving (SPEC F3): a part of an envelope with a goal or a date, alone or together. */
import type { Facet } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import type { Card } from '../inside/types.ts';

type Done = { readonly ok: true } | Refusal;

export type Saving = {
  view(): SavingView;
  changes(since?: string): Promise<string>;
  number(): bigint;
};
export type SavingView = {
  readonly words: string;
  readonly by: string;
  readonly unit: string;
  readonly saved: bigint;
  /** 0 where there is none. */
  readonly goal: bigint;
  /** Absent where there is no date. */
  readonly until?: string;
  readonly isJoint: boolean;
  /** Goal or date is there: each takes theirs without notice. */
  readonly isReached: boolean;
  readonly people: bigint;
};
export type SavingItem = Omit<SavingView, 'people'> & {
  readonly yours: bigint;
  /** Announced to be taken back. */
  readonly leaving: bigint;
  readonly saving: Facet<Saving>;
};

/** One participant's savings. */
export type SavingDesk = {
  view(): SavingDeskView;
  changes(since?: string): Promise<string>;
  /**
   * @param goal - 0 for none; otherwise it is reached when so much is saved
   * @param days - 0 for no date
   * Refusals: `invalid` with neither, `insufficient`, `quota` with 20 of one's own.
   */
  save(
    purse: Facet<Card>,
    words: string,
    value: bigint,
    goal: bigint,
    days: bigint,
    isJoint: boolean,
    requestId: string,
  ): { readonly ok: true; readonly saving: Facet<Saving> } | Refusal;
  /** The same for a page. @param together - 1: others may join */
  saveSimple(
    purse: Facet<Card>,
    words: string,
    value: bigint,
    goal: bigint,
    days: bigint,
    together: bigint,
    requestId: string,
  ): { readonly ok: true; readonly saving: Facet<Saving> } | Refusal;
  /** Puts in more. `unsupported` in somebody else's that is not joint. */
  put(saving: Facet<Saving>, value: bigint, requestId: string): Done;
  /** Takes one's own back after the charter's notice; at once where goal or date is reached. */
  withdraw(saving: Facet<Saving>, value: bigint, requestId: string): Done;
};
export type SavingDeskView = {
  readonly purses: readonly { readonly name: string; readonly purse: Facet<Card> }[];
  readonly savings: readonly SavingItem[];
};

export type SavingInside = {
  public(): Facet<Saving>;
  item(who: bigint): SavingItem;
  by(): bigint;
  concerns(who: bigint): boolean;
  put(who: bigint, value: bigint): Done;
  withdraw(who: bigint, value: bigint): Done;
};
export type SavingTerms = {
  readonly by: bigint;
  readonly words: string;
  readonly goal: bigint;
  /** Milliseconds since 1970; 0: none. */
  readonly until: bigint;
  readonly isJoint: boolean;
};
export type SavingBoard = {
  open(
    purse: Facet<Card>,
    terms: SavingTerms,
    value: bigint,
  ): { readonly ok: true; readonly saving: Facet<Saving> } | Refusal;
  find(saving: Facet<Saving>): Facet<SavingInside> | undefined;
  list(who: bigint): readonly SavingItem[];
};
