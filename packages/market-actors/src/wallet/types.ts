/** The facets of a member's wallet. */
import type { Payee } from '@pocas/clearing/value';
import type { Clock, Enlivener, Facet, Grantor } from '@pocas/vat-runtime';
import type {
  JournalReader,
  PlaceInvitation,
  PlaceShare,
  Refusal,
} from '@pocas/vat-runtime/actors';
import type { CountedMaker, CountedMakers } from '../founding/types.ts';
import type { Cared, Place, WalletJoined } from './place-types.ts';
import type { WalletApps } from './app-types.ts';
import type { WalletCredits } from './credits-types.ts';
import type { WalletDevices } from './devices.ts';
import type { WalletGuarding } from './guard-types.ts';
import type { WalletGuardians } from './guardians.ts';
import type { WalletAttestations } from './holder.ts';
import type { WalletThings } from './inbox.ts';
import type { WalletRecovery } from './recovery-types.ts';

export type { Cared, Place, WalletJoined } from './place-types.ts';

export type WalletParams = {
  /** What the member is called where they join. */
  readonly name: string;
  /** 32 random bytes in base64url, drawn by the node. All keys of the wallet follow from it. */
  readonly secret: string;
  /** By which the member founds places, by the word for the kind. */
  readonly makers?: CountedMakers;
  /** The same as `makers.market`: what receptions gave before there were other kinds. */
  readonly marketMaker?: Facet<CountedMaker>;
};

export type WalletPowers = {
  readonly clock: Clock;
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
  /** The pages that the view leads to, by their names: for programs. */
  pages(): WalletPages;
  /**
   * Renews the share in every place: whoever obtained something through the old ones is shut out.
   * @returns how many places have not answered; said again, they are asked again
   */
  renewPlaces(requestId: string): Promise<{ readonly ok: true; readonly waiting: bigint }>;
  /** Lets whoever has the payee facet pay into the account at one place. @param place - its number, from 0 */
  showPayee(place: bigint): Promise<{ readonly ok: true } | Refusal> | Refusal;
  /** A new way in, as of another device: the member's key. It is not kept, so it is shown this once. `quota` past 30. */
  keyLink(): Promise<{ readonly secret: string }> | Refusal;
  /** The facet that others may have. */
  payee(): Facet<WalletPayee>;
};
export type WalletPages = {
  readonly credits: Facet<WalletCredits>;
  readonly attestations: Facet<WalletAttestations>;
  readonly things: Facet<WalletThings>;
  readonly apps: Facet<WalletApps>;
  readonly devices: Facet<WalletDevices>;
  readonly guardians: Facet<WalletGuardians>;
  readonly guarding: Facet<WalletGuarding>;
  readonly recovery: Facet<WalletRecovery>;
  readonly receipts: Facet<JournalReader>;
};
export type WalletView = {
  readonly name: string;
  /** Notices in the inbox, and what apps want to do. */
  readonly notices: bigint;
  readonly questions: bigint;
  /** The member's share in each place, in the order of joining. */
  readonly places: readonly Facet<PlaceShare>[];
  /** Places that somebody else has renewed, by their names; absent where there is none. */
  readonly lost?: string;
  readonly pages: readonly Facet<object>[];
  /** What the member cares for in the places that they founded; absent where there is none. */
  readonly cares?: readonly Cared[];
  /** What can be founded. */
  readonly kinds: readonly { readonly kind: string; readonly maker: Facet<CountedMaker> }[];
};
/** Receives only: safe to post. */
export type WalletPayee = {
  view(): WalletPayeeView;
};
export type WalletPayeeView = {
  readonly name: string;
  /** Where this person takes payments, as far as they show it. */
  readonly accepts: readonly { readonly place: string; readonly payee: Facet<Payee> }[];
};
