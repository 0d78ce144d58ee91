/** The facets of a member's wallet. */
import type { Enlivener, Facet, Grantor } from '@pocas/vat-runtime';
import type { PlaceInvitation, PlaceShare, Refusal } from '@pocas/vat-runtime/actors';
import type { CountedMaker, CountedMakers } from '../founding/types.ts';

export type WalletParams = {
  /** What the member is called where they join. */
  readonly name: string;
  /** By which the member founds places, by the word for the kind. */
  readonly makers?: CountedMakers;
  /** The same as `makers.market`: what receptions gave before there were other kinds. */
  readonly marketMaker?: Facet<CountedMaker>;
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
  /** Where the member has a share, with the names, in the order of joining. */
  places(): readonly Place[];
  /**
   * Joins a place by an invitation in text form, on this node or another.
   * Repeat it with the same `requestId` after a lost answer: it goes on where it stopped, and
   * never makes a second participant.
   * Refusals: `invalid` for what is no sturdy ref; `quota` past 50 places; those of the invitation, such as `claimed`.
   * Rejects when the sturdy ref opens nothing, or the other node does not answer.
   */
  join(
    invitation: string,
    requestId: string,
  ): Promise<WalletJoined | Refusal> | WalletJoined | Refusal;
  /** The same with an invitation that is held already. */
  joinWith(
    invitation: Facet<PlaceInvitation>,
    requestId: string,
  ): Promise<WalletJoined | Refusal> | WalletJoined | Refusal;
  /**
   * Founds a place as a vat of its own: the member gets a share in it, and all that is to be cared for.
   * Repeat it with the same `requestId` after a lost answer.
   *
   * @param kind - one of `kinds` of the view
   * @param wish - what that kind asks for, such as `MarketWish`; checked by the place
   * Refusals: `unsupported` where the wallet was given nothing to make that kind by; `quota`.
   */
  found(
    kind: string,
    wish: unknown,
    requestId: string,
  ): Promise<WalletJoined | Refusal> | WalletJoined | Refusal;
  /** A market, for a page. @param unit - what people call one unit; one that is called a minute makes a market of time (C6) */
  foundMarket(
    name: string,
    unit: string,
    requestId: string,
  ): Promise<WalletJoined | Refusal> | WalletJoined | Refusal;
  /** Any kind, for a page: with this name, and what its kind does where nothing else is said. `unsupported` for none of `kinds`. */
  foundOf(
    maker: Facet<CountedMaker>,
    name: string,
    requestId: string,
  ): Promise<WalletJoined | Refusal> | WalletJoined | Refusal;
  /** A new sturdy ref to this facet: the member's key. It is not kept, so it is shown this once. */
  keyLink(): Promise<{ readonly secret: string }>;
  /** The facet that others may have. */
  payee(): Facet<WalletPayee>;
};
export type WalletView = {
  readonly name: string;
  /** The member's share in each place, in the order of joining. */
  readonly places: readonly Facet<PlaceShare>[];
  /** What the member cares for in the places that they founded; absent where there is none. */
  readonly cares?: readonly Cared[];
  /** What can be founded. */
  readonly kinds: readonly { readonly kind: string; readonly maker: Facet<CountedMaker> }[];
};
export type Place = { readonly place: string; readonly participant: Facet<PlaceShare> };
/** @param word - the place's own, such as `steward` */
export type Cared = { readonly place: string; readonly word: string; readonly care: Facet<object> };
export type WalletJoined = { readonly ok: true; readonly place: string };

/** Tells the member's name and takes nothing out: safe to post. What can be paid into comes later. */
export type WalletPayee = {
  view(): { readonly name: string };
};
