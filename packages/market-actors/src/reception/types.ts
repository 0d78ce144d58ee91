/** The facets of a poca's reception. */
import type { Refusal } from '@pocas/clearing';
import type { Facet, Grantor, VatMaker } from '@pocas/vat-runtime';
import type { PlaceMaker } from '../founding/types.ts';
import type { Steward } from '../market/types.ts';
import type { WalletOwner } from '../wallet/types.ts';

export type ReceptionParams = {
  /** The poca's name. */
  readonly name: string;
  /** Of the market that everyone who enters joins. Without it they only get a wallet. */
  readonly steward?: Facet<Steward>;
};

export type ReceptionPowers = {
  readonly walletMaker: Facet<VatMaker<Facet<WalletOwner>>>;
  /** Lets the operator make welcomes that can be sent as a text. */
  readonly grantor?: Facet<Grantor>;
  /** Lets each person who enters found places of these kinds, a few of each. */
  readonly makers?: { readonly [kind: string]: Facet<PlaceMaker> };
};

/** Of whoever opens the poca's door. It holds nobody's wallet. */
export type ReceptionOperator = {
  view(): ReceptionView;
  changes(since?: string): Promise<string>;
  /** Everyone who enters from now on joins this market. */
  setMarket(steward: Facet<Steward>): void;
  /** A new welcome, for one person. */
  invite(requestId?: string): Facet<Welcome>;
  /** The same as a text that can be sent. Refusal: `unsupported` without a grantor. */
  inviteLink(requestId: string): Promise<{ readonly secret: string }> | Refusal;
};
export type ReceptionView = {
  readonly name: string;
  /** How many people came in. */
  readonly came: bigint;
  /** How many welcomes nobody has used yet. */
  readonly waiting: bigint;
};

/** Lets one person in. */
export type Welcome = {
  view(): WelcomeView;
  changes(since?: string): Promise<string>;
  /**
   * Makes the person's wallet, which joins the market, and answers it.
   * Repeat it with the same `requestId` after a lost answer: it goes on where it stopped, and
   * answers the same wallet.
   * Refusal: `claimed` when someone else has entered by it.
   */
  enter(name: string, requestId: string): Promise<Entered | Refusal> | Entered | Refusal;
};
/** `used` is there once somebody has entered. */
export type WelcomeView = { readonly poca: string; readonly used?: true };
export type Entered = {
  readonly ok: true;
  /** The wallet, for a page to go to and to begin at from now on. */
  readonly goto: Facet<WalletOwner>;
  readonly home: true;
};
