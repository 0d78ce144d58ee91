/** The places in which a member has a share, as the parts of the wallet see them. */
import type { Facet } from '@pocas/vat-runtime';
import type { PlaceInvitation, PlaceShare, Refusal } from '@pocas/vat-runtime/actors';
import type { CountedMakers } from '../founding/types.ts';

export type Place = {
  readonly place: string;
  readonly participant: Facet<PlaceShare>;
  /** By which a renewal was asked for that has no answer yet. */
  readonly renewing?: string;
  /** Somebody else has renewed the share: what the wallet holds of it opens nothing. */
  readonly isLost?: true;
};
/** @param word - the place's own, such as `steward` */
export type Cared = { readonly place: string; readonly word: string; readonly care: Facet<object> };
export type WalletJoined = { readonly ok: true; readonly place: string };

export type PlacesKeeper = {
  /** In the order of joining. */
  all(): readonly Place[];
  /** By its number, from 0 in the order of joining. */
  at(number: bigint): Place | undefined;
  cares(): readonly Cared[];
  kinds(): CountedMakers;
  join(
    sturdyRef: string,
    requestId: string,
  ): Promise<WalletJoined | Refusal> | WalletJoined | Refusal;
  joinWith(
    invitation: Facet<PlaceInvitation>,
    requestId: string,
  ): Promise<WalletJoined | Refusal> | WalletJoined | Refusal;
  found(
    kind: string,
    wish: unknown,
    requestId: string,
  ): Promise<WalletJoined | Refusal> | WalletJoined | Refusal;
  /** Renews every share, so that what others may have obtained through the old ones is revoked. @param nonce - not to be guessed */
  renewAll(nonce: string): void;
  /** Asks again for the renewals that have no answer. @returns how many still have none */
  settle(): Promise<bigint>;
  /** Texts for a backup. Absent where a place gives none. */
  links(): Promise<readonly PlaceLink[]>;
  /**
   * Opens a share by the text of a backup, and renews it: the copy of the wallet that had it is shut out.
   * `revoked` where somebody else has done so. Rejects where the place does not answer.
   */
  restore(
    link: string,
    requestId: string,
  ): Promise<{ readonly ok: true; readonly number: bigint } | Refusal>;
};
export type PlaceLink = {
  readonly number: bigint;
  readonly place: string;
  readonly link?: string;
};
