/**
 * The facets of a custodian (SPEC 7.5): it keeps one share of a vault's key, for its holder and nobody else.
 *
 * It goes by its own clock and its own copy of the vault's log. It answers by itself, unless its holder declines.
 */
import type { Clock, Enlivener, Facet } from '@pocas/vat-runtime';
import type { Joined, Refusal } from '@pocas/vat-runtime/actors';
import type { Custodian, SignedHead, VaultShare } from '../vault/types.ts';

type Done = { readonly ok: true } | Refusal;

export type CustodyPowers = {
  readonly clock: Clock;
  /** For an invitation that comes as a text. */
  readonly enlivener?: Facet<Enlivener>;
};
export type CustodyParams = {
  /** What the holder calls it. */
  readonly name: string;
  /** 32 random bytes in base64url, from the node. */
  readonly secret: string;
};

/** For the holder. */
export type CustodyKeeper = {
  view(): CustodyView;
  changes(since?: string): Promise<string>;
  /** Keeps the share of whoever holds this share in a vault, once its key is made or shared anew. Once. */
  keepFor(share: Facet<VaultShare>, requestId: string): Done;
  /**
   * Joins a vault by an invitation in text form, and keeps the share of who joined.
   * `unsupported` where it was given nothing to open texts by; refusals of the invitation, such as `claimed`.
   */
  joinVault(invitation: string, requestId: string): Promise<Done> | Done;
  /** As for the share in any place; `unsupported` where nobody founded it (`place.ts`). */
  renew(requestId: string): Joined | Refusal;
  /** Takes no part in the sharing that it waits for. */
  declineSharing(requestId: string): Done;
  /** The requests that it knows, the newest first, at most 30. */
  requests(before?: bigint): readonly HeardItem[];
  /** Compares what the vault has shown to somebody else. `conflict` where one of the two is false: `proof` has it. */
  compare(head: SignedHead): Done;
  /** Two heads that the vault signed and that cannot both be true. Anybody who knows its key can check them. */
  proof(): Proof | undefined;
  custodian(): Facet<Custodian>;
};
export type Proof = { readonly mine: SignedHead; readonly theirs: SignedHead };
export type CustodyView = {
  readonly name: string;
  readonly phase: CustodyPhase;
  /** The share in the vault of whoever keeps this. */
  readonly share?: Facet<VaultShare>;
  /** To be compared with what others see; empty while there is no key. */
  readonly print: string;
  readonly threshold: bigint;
  readonly holders: bigint;
  /** Hours from when it hears of a request until it gives its part. */
  readonly waiting: bigint;
  /** Who would be able to open with the others after the sharing that it waits for. */
  readonly newcomers: string;
  readonly requests: readonly HeardItem[];
};
export type CustodyPhase = 'empty' | 'asked' | 'waiting' | 'keeping' | 'disputed';
export type HeardPhase = 'waiting' | 'agreed' | 'declined' | 'over';
export type HeardItem = {
  readonly number: bigint;
  readonly by: string;
  readonly reason: string;
  readonly segments: string;
  readonly viewers: string;
  readonly present: bigint;
  readonly holders: bigint;
  readonly phase: HeardPhase;
  /** From when on it answers, by its own clock. */
  readonly answers: bigint;
  readonly act: Facet<HeardRequest>;
};
/** One request, as the holder decides about it. */
export type HeardRequest = {
  view(): Omit<HeardItem, 'act'>;
  changes(since?: string): Promise<string>;
  /** Gives no part. `closed` where it was given. */
  decline(requestId: string): Done;
  /** As a care-taker: it cannot wait. */
  hasten(requestId: string): Done;
};
