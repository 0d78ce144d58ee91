/** Guardians (SPEC C14): they help to recover a wallet together, and can neither read nor spend. */
import type { Facet, KeyShare, PartialOpening } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import type { Sealed, Setup } from './backup.ts';
import type { Entry } from './entry.ts';

export type Done = { readonly ok: true };

// ---- in the guarded wallet ----------------------------------------------------------------------

/** For somebody who is asked to guard. Once: `claimed`. */
export type GuardianOffer = {
  view(): { readonly of: string; readonly isTaken: boolean };
  changes(since?: string): Promise<string>;
  accept(
    name: string,
    seat: Facet<GuardianSeat>,
    requestId: string,
  ): { readonly ok: true; readonly of: string; readonly guardian: Facet<Guardian> } | Refusal;
};
/** What a guardian holds of the guarded wallet: a voice, and nothing to read. */
export type Guardian = {
  view(): { readonly of: string; readonly needed: bigint; readonly devices: bigint };
  /**
   * Says that a device is lost. When as many say so within a week as are needed, the device opens nothing any more,
   * and the wallet renews its places.
   *
   * @param device - its number, as the owner tells it, from 1; 0 for all of them
   */
  lockOut(
    device: bigint,
    requestId: string,
  ): { readonly ok: true; readonly isDone: boolean } | Refusal;
};

// ---- in a guardian's wallet ---------------------------------------------------------------------

/** What the guarded wallet holds of a guardian's: it puts in, and gets nothing out. */
export type GuardianSeat = {
  /** A share of a new dealing. It answers at once, and keeps the one before it too. */
  hold(setup: Setup, share: KeyShare): Done | Refusal;
  /** The newest backup. `invalid` where the guarded wallet has not signed it, `stale` for an older one. */
  keep(generation: bigint, sealed: Sealed): Done | Refusal;
};
export type WalletGuarding = {
  view(): {
    readonly guarding: readonly {
      readonly of: string;
      readonly hasShare: boolean;
      readonly entry: Facet<Entry>;
    }[];
  };
  changes(since?: string): Promise<string>;
  accept(offer: Facet<GuardianOffer>, requestId: string): Promise<Done | Refusal>;
  /** The same with what they gave as a text. */
  acceptLink(link: string, requestId: string): Promise<Done | Refusal> | Refusal;
  /** Helps somebody who has lost their wallet: make sure that it is them. */
  help(
    guarding: Facet<Entry>,
    recovery: Facet<Recovery>,
    requestId: string,
  ): Promise<Done | Refusal> | Refusal;
  /** The same with what they gave as a text. */
  helpLink(guarding: Facet<Entry>, link: string): Promise<Done | Refusal> | Refusal;
  /** Says that a device of theirs is lost. */
  lockOut(
    guarding: Facet<Entry>,
    device: bigint,
    requestId: string,
  ): Promise<{ readonly ok: true; readonly isDone: boolean } | Refusal> | Refusal;
};

// ---- in the wallet that is restored -------------------------------------------------------------

export type Help = {
  readonly setup: Setup;
  readonly partial: PartialOpening;
  readonly sealed: Sealed;
};
/** Given to guardians, who help by it. */
export type Recovery = {
  /** What a help is bound to. */
  session(): string;
  /** `invalid` for what is not what was dealt, `closed` when it is over, `quota` past 64. */
  help(help: Help): Done | Refusal;
};
