/**
 * How one comes to have a share in a place, whatever it is: a market, a shelf, a FoCo, a body of decision, a vault.
 *
 * Types only. Every vat whose root somebody founds answers them, and a wallet knows nothing else of places.
 */
import type { Facet } from '@pocas/vat-runtime';
import type { Refusal } from './refusal.ts';

/** A share in a place was given. */
export type Joined = {
  readonly ok: true;
  /** What the place is called, for people. At most 200 characters. */
  readonly place: string;
  /** Carries this person's share: described for pages, behind a fence of the place (`fence.ts`). */
  readonly participant: Facet<PlaceShare>;
  /** The same facet, where a page is to go on with it. */
  readonly goto?: Facet<PlaceShare>;
};

/** What the share in any place can do, beside what belongs to the place. */
export type PlaceShare = {
  view(): unknown;
  changes(since?: string): Promise<string>;
  /**
   * A new facet for the same share; this one, and all that was obtained through it, answers `revoked` from then on.
   * For whoever has restored a wallet, or lost a device.
   */
  renew(requestId: string): Joined | Refusal;
  /**
   * A text that opens this share, for its holder's backup: it ends with the share, when that is renewed. A place
   * that has no such method, or refuses, cannot be restored from a backup: its holder is let in anew.
   */
  link?(): Promise<{ readonly secret: string }> | Refusal;
};

/** Lets one person in, once. With the same `requestId` it answers the same again. */
export type PlaceInvitation = {
  view(): unknown;
  join(name: string, requestId: string): Promise<Joined | Refusal> | Joined | Refusal;
};

/** What the founder has to care for, by a word that the place chooses (`steward`, `convener`, `recorder` …). */
export type Claimed = Joined & { readonly cares: { readonly [word: string]: Facet<object> } };

/** The root of a vat that somebody founds. It is claimed once; whoever comes with another `requestId` is refused with `claimed`. */
export type Founding = {
  claim(name: string, requestId: string): Promise<Claimed | Refusal> | Claimed | Refusal;
};
