/** Spending alone, in sight of the others (SPEC F1). Amounts and reasons are P1: for participants. */
import type { Facet } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import type { Card, DestinationItem } from '../inside/types.ts';

type Done = { readonly ok: true } | Refusal;

/** `announced`: it pays when its time has come. `refused`: the ledger did not pay, and all have theirs back. */
export type SpendPhase = 'announced' | 'paying' | 'paid' | 'withdrawn' | 'refused';

/** What all participants see of a spend. */
export type Spend = {
  view(): SpendView;
  changes(since?: string): Promise<string>;
  number(): bigint;
};
export type SpendView = {
  readonly by: string;
  readonly whom: string;
  readonly reason: string;
  readonly value: bigint;
  readonly unit: string;
  readonly phase: SpendPhase;
  /** When it pays, as a date and time in UTC. */
  readonly due: string;
  /** Of the same unit, how often and how much was paid to this very account before. */
  readonly timesBefore: bigint;
  readonly valueBefore: bigint;
  /** Present where somebody made use of the objection pause. */
  readonly pausedBy?: string;
  readonly joined: readonly { readonly name: string; readonly value: bigint }[];
  readonly said: readonly Said[];
};
export type Said = {
  readonly name: string;
  readonly kind: 'comment' | 'talk' | 'objection';
  readonly words: string;
};

/** One participant's spending. */
export type SpendDesk = {
  view(): SpendDeskView;
  changes(since?: string): Promise<string>;
  /**
   * Announces a spend out of one's own envelope. It pays after the charter's notice window; at once where the
   * small sums of this participant in this epoch, with this one, stay within the charter's.
   * Refusals: `insufficient`, `invalid` for a destination that is none, `quota` with 20 open.
   */
  announce(
    to: Facet<Card>,
    value: bigint,
    reason: string,
    requestId: string,
  ): { readonly ok: true; readonly spend: Facet<Spend> } | Refusal;
  /** Of the spender alone. `closed` once it pays. */
  withdraw(spend: Facet<Spend>, requestId: string): Done;
  /**
   * Spends for the same out of one's own envelope: a spend of one's own, with the same reason and a notice of its
   * own, so that nobody puts much into a small one at the last moment. `conflict` a second time.
   */
  join(
    spend: Facet<Spend>,
    value: bigint,
    requestId: string,
  ): { readonly ok: true; readonly spend: Facet<Spend> } | Refusal;
  comment(spend: Facet<Spend>, words: string, requestId: string): Done;
  /** Asks for a conversation. It holds nothing up. */
  askToTalk(spend: Facet<Spend>, words: string, requestId: string): Done;
  /** Uses the one objection pause of a spend. `unsupported` where the charter has none, `closed` where it was used. */
  object(spend: Facet<Spend>, words: string, requestId: string): Done;
};
export type SpendItem = {
  readonly reason: string;
  readonly by: string;
  readonly whom: string;
  readonly value: bigint;
  readonly unit: string;
  readonly phase: SpendPhase;
  readonly due: string;
  readonly spend: Facet<Spend>;
};
export type SpendDeskView = {
  /** Where can be paid. */
  readonly destinations: readonly DestinationItem[];
  readonly open: readonly SpendItem[];
  readonly done: readonly SpendItem[];
};

/** One spend, for its desk alone. */
export type SpendInside = {
  number(): bigint;
  public(): Facet<Spend>;
  item(): SpendItem;
  isOpen(): boolean;
  start(who: bigint, value: bigint, due: bigint): Done;
  join(who: bigint, value: bigint): { readonly ok: true; readonly spend: Facet<Spend> } | Refusal;
  withdraw(who: bigint): Done;
  say(who: bigint, kind: Said['kind'], words: string): Done;
};
/** All spends of a FoCo. */
export type SpendBoard = {
  announce(
    who: bigint,
    to: Facet<Card>,
    value: bigint,
    reason: string,
  ): { readonly ok: true; readonly spend: Facet<Spend> } | Refusal;
  find(spend: Facet<Spend>): Facet<SpendInside> | undefined;
  lists(): SpendDeskView;
  ended(number: bigint, who: bigint): void;
};
