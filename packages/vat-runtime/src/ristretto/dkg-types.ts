/**
 * How holders make a key together, and hand it to other holders, without anybody ever having it (SPEC 7.5).
 *
 * One round: every dealer writes a dealing, in the open; every member looks at all of them. This is
 * SimplPedPoP (Chu, Gerhart, Ruffing, Schröder 2023: Pedersen's key generation with proofs of possession and
 * one final comparison) with the shares sealed, and the redistribution of Desmedt and Jajodia (1997) with
 * the checks of Wong, Wang and Wing (2002). Nothing secret has to be kept from step to step but each
 * holder's own key.
 */
import type { GroupKey, KeyShare } from './types.ts';

/** A holder and its key: of `schnorr`, for what it deals, and of `sealedTo`, for what is dealt to it. */
export type Holder = { readonly index: bigint; readonly key: string };

/** What all agree on before. Another run is another `id`; nothing of one is worth anything in another. */
export type Run = {
  /** At most 256 characters, never used before. */
  readonly id: string;
  /** How many of the members will open together: 2 to all. */
  readonly threshold: bigint;
  /** Who will hold shares, by index, in ascending order; at most 64. */
  readonly members: readonly Holder[];
  /** For handing on a key that there is, to the same or other holders: the key stays, its shares change. */
  readonly from?: {
    readonly key: GroupKey;
    /** Who deals, by the indices of `key`, in ascending order. Without `from` all members deal. */
    readonly dealers: readonly Holder[];
  };
};

/** What one dealer writes, for everybody to see. */
export type Dealing = {
  readonly dealer: bigint;
  /** To the coefficients of its polynomial, as many as the threshold. */
  readonly commitments: readonly string[];
  /** That it knows the constant term. */
  readonly proof: string;
  /** One share for each member, in the order of the run, sealed to that member. */
  readonly sealed: readonly string[];
  /** Of all of it, with the dealer's key. */
  readonly signature: string;
};

export type Received =
  | { readonly ok: true; readonly share: string }
  /** For everybody: shows this one share, or that it was not well sealed. Empty where that needs no showing. */
  | { readonly ok: false; readonly complaint: string };

export type Dkg = {
  /**
   * @param own - the dealer's secret key, and its share where a key is handed on
   * @param random - 64 bytes, used once
   * @throws Error where the share is not that of the dealer in `run.from.key`
   */
  deal(
    run: Run,
    dealer: bigint,
    own: { readonly secretKey: string; readonly share?: KeyShare },
    random: string,
  ): Dealing;
  /** Whether a dealing is what it must be, as far as everybody can see. One that is not counts nothing. */
  isSound(run: Run, dealing: Dealing): boolean;
  /** A member's part of a sound dealing. @throws Error for one that is not sound */
  receive(run: Run, me: bigint, secretKey: string, dealing: Dealing, random: string): Received;
  /** Who lied, if one complains: the dealer (true), or whoever complains (false). */
  isGuilty(run: Run, dealing: Dealing, complainer: bigint, complaint: string): boolean;
  /**
   * The key, from the dealings that count: all sound ones of whose dealers none was guilty. Whoever did
   * not deal is left out. @throws Error where they are fewer than the threshold (of the old key, where one is
   * handed on), or one of them is not sound
   */
  keyOf(run: Run, dealings: readonly Dealing[]): GroupKey;
  /**
   * The member's share, from its parts of the dealings that count.
   * @param key - what `keyOf` gives for them @throws Error where the share is not that of the key
   */
  shareOf(
    run: Run,
    me: bigint,
    key: GroupKey,
    parts: readonly { readonly dealer: bigint; readonly share: string }[],
  ): KeyShare;
  /**
   * The member's word that it has its share of the key of exactly these dealings. Where a board shows
   * different dealings to different members, their words are not of the same.
   * @throws Error where `keyOf` does
   */
  confirm(
    run: Run,
    dealings: readonly Dealing[],
    me: bigint,
    secretKey: string,
    random: string,
  ): string;
  /** Whose words hold. A key is fit for use when these are all its members. */
  confirmedBy(
    run: Run,
    dealings: readonly Dealing[],
    confirmations: readonly { readonly index: bigint; readonly confirmation: string }[],
  ): readonly bigint[];
};
