/**
 * What the facets of a free store do (SPEC M9): people put in what they do not need and take what they do,
 * and nobody asks who they are. No method here takes a participant, a name or a request's id.
 */
import type { Facet, Grantor } from '@pocas/vat-runtime';
import type { Clock, Timer } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import type { Desk } from '../inside/types.ts';

/** What of a tag matters to a shelf. The tags of `label/` have this and more; they may be far away. */
export type ShelfTag = {
  view(): { readonly name: string; readonly expires?: bigint; readonly isExpired: boolean };
};

export type ThingView = {
  readonly what: string;
  /** About how many: counts what people say, and nobody has to say anything. */
  readonly units: bigint;
  /** In words; empty where it does not spoil. */
  readonly goodUntil: string;
};
/** One kind of thing on the shelf. */
export type FreeThing = {
  view(): ThingView;
  changes(since?: string): Promise<string>;
  /** `insufficient`, `expired` (it is past its date: leave it), `closed` where nothing is left. */
  take(units: bigint): { readonly ok: true } | Refusal;
  /** `quota` where there is no space. */
  add(units: bigint): { readonly ok: true } | Refusal;
};
export type ThingItem = ThingView & { readonly act: Facet<FreeThing> };
export type ShelfItem = ThingView & {
  readonly isPast: boolean;
  readonly thing: Facet<FreeThing>;
};
export type FreeStore = Desk & {
  view(): {
    readonly name: string;
    readonly room: bigint;
    /** The newest 30. */
    readonly things: readonly ThingItem[];
  };
  /** Older ones. @param before - how many to leave out */
  more(before: bigint): readonly ThingItem[];
  /** What does not spoil. `quota`. */
  putIn(what: string, units: bigint): { readonly ok: true } | Refusal;
  /** Food, with its days. `quota`, `invalid` (longer than food may stay here). */
  putInFood(what: string, units: bigint, goodForDays: bigint): { readonly ok: true } | Refusal;
  /** One thing, by its tag. `quota`, `expired`, `invalid` (the tag carries no label). */
  putTagged(tag: Facet<ShelfTag>): Promise<{ readonly ok: true } | Refusal>;
  /** `closed` where it is not noted to be here. */
  takeTagged(tag: Facet<ShelfTag>): { readonly ok: true } | Refusal;
};
/** Of those who look after the shelf. They see what is there, and not who was. */
export type FreeStoreCare = Desk & {
  view(): {
    readonly name: string;
    readonly space: bigint;
    readonly used: bigint;
    readonly foodDays: bigint;
    /** What is past its date first, then the newest; 30. */
    readonly things: readonly ShelfItem[];
    readonly store: Facet<FreeStore>;
  };
  store(): Facet<FreeStore>;
  /** The text for a poster at the shelf. */
  poster(): Promise<{ readonly secret: string }> | Refusal;
  /** How many units there is space for (M13 says how many that is). */
  setSpace(units: bigint, requestId: string): { readonly ok: true };
  /** How many days food may be said to be good for. */
  setFoodDays(days: bigint, requestId: string): { readonly ok: true };
  /** One has looked: so many there are. */
  recount(
    thing: Facet<FreeThing>,
    units: bigint,
    requestId: string,
  ): { readonly ok: true } | Refusal;
};
export type FreeStorePowers = {
  readonly clock: Clock;
  readonly timer: Timer;
  readonly grantor?: Facet<Grantor>;
};
export type FreeStoreParams = {
  readonly name: string;
  readonly space?: bigint;
  readonly foodDays?: bigint;
};
