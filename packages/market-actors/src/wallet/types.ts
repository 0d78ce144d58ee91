/** The facets of a member's wallet. */
import type { Refusal } from '@pocas/clearing';
import type { Enlivener, Facet, Grantor } from '@pocas/vat-runtime';
import type { Acts } from '@pocas/vat-runtime/actors';
import type { MarketMakerCounted, MarketWish } from '../founding/types.ts';
import type { CommonsKeeper, Invitation, Participant, Steward } from '../market/types.ts';

export type WalletParams = {
  /** What the member is called where they join. */
  readonly name: string;
  /** By which the member founds markets. */
  readonly marketMaker?: Facet<MarketMakerCounted>;
};

export type WalletPowers = {
  /** For invitations that come as a text. */
  readonly enlivener: Facet<Enlivener>;
  /** For the member's own way back. */
  readonly grantor: Facet<Grantor>;
};

/** Everything the member holds. Whoever has this facet is the member. */
export type WalletOwner = {
  view(): WalletView;
  changes(since?: string): Promise<string>;
  /**
   * Joins a market by an invitation in text form, on this node or another.
   * Repeat it with the same `requestId` after a lost answer: it goes on where it stopped, and
   * never makes a second participant.
   * Refusals: `invalid` for what is no sturdy ref; `quota` past 50 markets; those of the invitation, such as `claimed`.
   * Rejects when the sturdy ref opens nothing, or the other node does not answer.
   */
  join(
    invitation: string,
    requestId: string,
  ): Promise<WalletJoined | Refusal> | WalletJoined | Refusal;
  /** The same with an invitation that is held already. */
  joinWith(
    invitation: Facet<Invitation>,
    requestId: string,
  ): Promise<WalletJoined | Refusal> | WalletJoined | Refusal;
  /**
   * Founds a market as a vat of its own: the member gets a share in it, and all that is to be cared for.
   * Repeat it with the same `requestId` after a lost answer.
   * Refusals: `unsupported` where the wallet was given nothing to make markets by; `quota`.
   */
  found(
    wish: MarketWish,
    requestId: string,
  ): Promise<WalletJoined | Refusal> | WalletJoined | Refusal;
  /** The same for a page. @param unit - what people call one unit; one that is called a minute makes a market of time (C6) */
  foundMarket(
    name: string,
    unit: string,
    requestId: string,
  ): Promise<WalletJoined | Refusal> | WalletJoined | Refusal;
  /** A new sturdy ref to this facet: the member's key. It is not kept, so it is shown this once. */
  keyLink(): Promise<{ readonly secret: string }>;
  /** The facet that others may have. */
  payee(): Facet<WalletPayee>;
};
export type WalletView = {
  readonly name: string;
  /** The member's place in each market, in the order of joining. */
  readonly markets: Facet<Participant>[];
  /** What the member cares for in the markets that they founded; absent where there is none. */
  readonly cares?: readonly Cared[];
};
export type Cared = {
  readonly market: string;
  readonly steward: Facet<Steward>;
  readonly charter: Facet<Acts>;
  readonly commons: Facet<CommonsKeeper>;
};
export type WalletJoined = { readonly ok: true; readonly market: string };

/** Tells the member's name and takes nothing out: safe to post. What can be paid into comes later. */
export type WalletPayee = {
  view(): { readonly name: string };
};
