/**
 * The public audit of a ledger (SPEC C5, 7.2), once for each epoch: everybody sees that all balances together
 * are what they must be, and each sees that their own is among them; nobody sees the balance of another.
 */
import type { Facet } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import type { TokenCount } from '../blind/types.ts';

/** A balance that nobody can read, `balance·G + blinding·H`, under the label that its owner chose. */
export type AuditEntry = { readonly label: string; readonly commitment: string };

/** All value of the ledger that lies in no one's account, in the clear. */
export type AuditTotals = {
  /** Behind the blind credits that are out. */
  readonly float: bigint;
  /** Other pools of the market. */
  readonly pools: bigint;
  readonly commons: bigint;
  /** In open holds, escrow of orders among them. */
  readonly held: bigint;
  /** Withdrawn as payments that nobody deposited. */
  readonly payments: bigint;
};

/** What was sold in the epoch, and how often at this price. Not when, nor by whom it was bought. */
export type AuditSale = { readonly what: string; readonly price: bigint; readonly times: bigint };

export type AuditHeader = {
  /** Tells apart markets; the same in all audits of one. */
  readonly market: string;
  /** The epoch that has ended. */
  readonly epoch: bigint;
  readonly count: bigint;
  readonly totals: AuditTotals;
  /** Of tokens that are good still. */
  readonly tokens: readonly TokenCount[];
  /** In the order of their words, which is nobody's. */
  readonly sales: readonly AuditSale[];
  /** That all entries and totals together are of zero. */
  readonly proof: string;
  /** Of all of it but the proof. It stands in the market's journal. */
  readonly digest: string;
};
export type Audit = AuditHeader & {
  /** In the order of their labels. */
  readonly entries: readonly AuditEntry[];
};

/** What an account's owner alone is told, and can hold against the audit. */
export type Opening = {
  readonly epoch: bigint;
  readonly label: string;
  readonly balance: bigint;
  readonly blinding: string;
};

export type AuditAccount = {
  readonly number: bigint;
  readonly label: string;
  readonly balance: bigint;
};

export type AuditParts = {
  /** 32 bytes. All blinding follows from it. */
  readonly secret: string;
  readonly market: string;
  readonly epoch: bigint;
  readonly accounts: readonly AuditAccount[];
  readonly totals: AuditTotals;
  readonly tokens: readonly TokenCount[];
  readonly sales: readonly AuditSale[];
};

/** What somebody knows of all audits, beside what they say. */
export type Known = {
  /** As it stands in the journal of the market, or in that of a friend's wallet. */
  readonly digest?: string;
  readonly epoch?: bigint;
  /** How many accounts the assembly of members knows of. More are somebody's who does not exist. */
  readonly accounts?: bigint;
};

/** What somebody knows of their own account. */
export type Own = {
  /** That they chose. */
  readonly label: string;
  readonly opening?: Opening;
  /** By their own account, at the end of the epoch. */
  readonly balance?: bigint;
  /** How many tokens they withdrew, and used up. */
  readonly tokens?: readonly {
    readonly kind: TokenCount['kind'];
    readonly denom: bigint;
    readonly epoch: bigint;
    readonly withdrawn: bigint;
    readonly used: bigint;
  }[];
  /** What they sold in the epoch. */
  readonly sales?: readonly AuditSale[];
};

export type FaultCode =
  | 'form'
  | 'digest'
  | 'epoch'
  | 'proof'
  | 'redeemed'
  | 'float'
  | 'accounts'
  | 'missing'
  | 'opening'
  | 'balance'
  | 'issued'
  | 'sales'
  | 'history';
/** Something in an audit that is not as it must be: who is wrong does not follow from it. */
export type Fault = {
  readonly code: FaultCode;
  readonly text: { readonly en: string; readonly es: string };
};

/** For the market that has the ledger, in its vat. */
export type Audits = {
  /** A sale of the epoch that runs. Who bought is not said; the order of sales is not kept. */
  noteSale(what: string, price: bigint): void;
  /**
   * Takes down all balances as they are, in this turn. What is to be reckoned for each follows in turns of their own.
   * An epoch of which there is an audit has no other.
   */
  begin(epoch: bigint, books: AuditBooks): void;
  /** Goes on with it. @returns whether it is done now */
  step(): boolean;
  /** For one account's owner. */
  share(account: bigint): Facet<AuditShare>;
  public(): Facet<PublicAudit>;
};
/** From the ledger and the mint, as of one turn. */
export type AuditBooks = {
  readonly accounts: readonly { readonly number: bigint; readonly balance: bigint }[];
  readonly totals: AuditTotals;
  readonly tokens: readonly TokenCount[];
};

/** What anybody sees. */
export type PublicAudit = {
  view(): AuditView;
  changes(since?: string): Promise<string>;
  /** The newest audit, or that of an epoch of the last few. */
  header(epoch?: bigint): { readonly ok: true; readonly header: AuditHeader } | Refusal;
  /** Its entries from one on, at most 200. */
  entries(
    epoch: bigint,
    from: bigint,
  ): { readonly ok: true; readonly entries: readonly AuditEntry[] } | Refusal;
};
export type AuditView = {
  readonly status: 'none' | 'done' | 'under way';
  /** Tells apart markets. */
  readonly market: string;
  readonly epoch?: bigint;
  readonly accounts?: bigint;
  readonly float?: bigint;
  readonly held?: bigint;
  readonly payments?: bigint;
  readonly pools?: bigint;
  readonly commons?: bigint;
  readonly digest?: string;
  /** At most 30; all are in the header. */
  readonly tokens: readonly {
    readonly what: string;
    readonly epoch: bigint;
    readonly issued: bigint;
    readonly redeemed: bigint;
    readonly members: bigint;
  }[];
  readonly sales: readonly AuditSale[];
};

/** What an account's owner sees and says. */
export type AuditShare = {
  view(): ShareView;
  changes(since?: string): Promise<string>;
  /**
   * Under which this account's balance is published from the next audit on: 8 to 64 letters, digits, `-` and `_`.
   * A wallet draws it at random. `claimed`: it is somebody else's.
   */
  chooseLabel(label: string, requestId: string): { readonly ok: true } | Refusal;
  /** `notYet`: this account is in no audit yet. */
  opening(): { readonly ok: true; readonly opening: Opening } | Refusal;
  audit(): Facet<PublicAudit>;
};
export type ShareView = {
  readonly label?: string;
  readonly isChosen: 'yes' | 'no';
  readonly epoch?: bigint;
  readonly balance?: bigint;
  readonly audit: Facet<PublicAudit>;
};
