/** What the owner gives to one module, person or kiosk, and no more (SPEC C14, U4). Values in units of the place. */
import type { Facet } from '@pocas/vat-runtime';
import type { Payee } from '@pocas/clearing/value';
import type { Refusal } from '@pocas/vat-runtime/actors';
import type { Purchase } from '../till/types.ts';
import type { Entry } from './entry.ts';

export type AppTerms = {
  /** For the owner. */
  readonly label: string;
  /** The one place whose account or purse it spends from: its number, from 0. */
  readonly place: bigint;
  readonly from: 'account' | 'purse';
  /** The most that it spends in one epoch. */
  readonly most: bigint;
  /** Above this, each act waits for the owner's word. 0 asks each time. */
  readonly confirmAbove: bigint;
  /** From this time on it does nothing. Milliseconds since 1970. */
  readonly expires?: bigint;
};

/** For a module. It exports no secret, and leads to no place, account or purse. */
export type WalletApp = {
  view(): WalletAppView;
  changes(since?: string): Promise<string>;
  /**
   * Pays from the account. Repeat it with the same `requestId` after a lost answer.
   * Refusals: `limit` past what it may spend in this epoch, `notYet` while the owner was asked and has not answered
   * or nobody knows whether it was paid (say it again),
   * `revoked`, `expired`, `unsupported` where it spends from a purse, and those of the account.
   */
  pay(payee: Facet<Payee>, value: bigint, requestId: string): Promise<AppDone | Refusal> | Refusal;
  /** Buys at the till of the place from the purse. What was bought is the owner's, and is not answered here. */
  buy(purchase: Purchase, requestId: string): Promise<AppDone | Refusal> | Refusal;
  /**
   * The same for whoever holds the offer in another session, such as a kiosk: by the number that the till shows. The
   * wallet finds it at its own till, so nothing else can be slipped in. `stale` where it is not there.
   */
  order(sale: Sale, requestId: string): Promise<AppDone | Refusal> | Refusal;
};
export type Sale = Omit<Purchase, 'offer'>;
export type AppDone = { readonly ok: true };
export type WalletAppView = {
  readonly label: string;
  readonly place: string;
  /** What it can still spend in this epoch. */
  readonly left: bigint;
  readonly isOver: boolean;
};

/** The owner's page. */
export type WalletApps = {
  view(): WalletAppsView;
  changes(since?: string): Promise<string>;
  /** `invalid` where there is no such place; `quota` past 30 that are not over. */
  give(terms: AppTerms, requestId: string): Facet<WalletApp> | Refusal;
  /**
   * A text that opens a pass for a short time: for a kiosk, or somebody else's telephone. It is used once, buys
   * from the purse at one place, and is over by itself.
   *
   * @param minutes - at most 60
   */
  pass(
    place: bigint,
    most: bigint,
    minutes: bigint,
    requestId: string,
  ): Promise<{ readonly secret: string }> | Refusal;
  revoke(app: Facet<Entry>): AppDone | Refusal;
  /** The owner's word on what an app wants to do: it is done now, or not at all. */
  allow(question: Facet<Entry>): Promise<AppDone | Refusal> | Refusal;
  deny(question: Facet<Entry>): AppDone | Refusal;
};
export type WalletAppsView = {
  readonly questions: readonly {
    readonly app: string;
    readonly place: string;
    readonly value: bigint;
    readonly entry: Facet<Entry>;
  }[];
  readonly apps: readonly {
    readonly label: string;
    readonly place: string;
    readonly left: bigint;
    readonly most: bigint;
    readonly entry: Facet<Entry>;
  }[];
};
