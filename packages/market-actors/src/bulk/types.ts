/** What the facets of a bulk-buy do (SPEC M7): many buy together what is sold by the case, for one price. */
import type { Facet } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import type { Desk } from '../inside/types.ts';

/**
 * `open`: pledges come and go until the deadline. `closing`: they can only grow, so that a case that is begun
 * is filled; then it is allotted. `allotted`: what to buy is fixed, and the organiser buys. `bought`: the
 * evidence is there. `received`: the goods are there and the supplier is paid. `distributed`: what was not
 * fetched is offered on. `released`: nothing was bought, everybody has all of their value back.
 */
export type BulkPhase =
  'open' | 'closing' | 'allotted' | 'bought' | 'received' | 'distributed' | 'released';

/** Stands for whoever supplies: only what is paid by a buy reaches them by it. */
export type SupplierCard = { view(): { readonly name: string }; number(): bigint };

export type BulkView = {
  readonly what: string;
  readonly description?: string;
  readonly phase: BulkPhase;
  readonly organiser: string;
  readonly supplier: string;
  /** One on each line, such as `50: 12`, from so many units on one costs so much. */
  readonly tiers: string;
  readonly minimum: bigint;
  readonly caseSize: bigint;
  readonly delivery: string;
  /** When this phase ends by itself, in words (UTC). Absent at an end. */
  readonly until?: string;
  readonly pledges: bigint;
  /** Of all pledges together. */
  readonly least: bigint;
  readonly most: bigint;
  /** What is bought, or would be if it closed now. 0: too little. */
  readonly total: bigint;
  readonly price: bigint;
  /** Units that would fill the case that is begun, and nobody has to take. */
  readonly wanted: bigint;
  /** Units that were paid for and not fetched, for whoever would like them. */
  readonly left: bigint;
  /** What was paid in all. */
  readonly cost: bigint;
  /** Receipts and delivery notes in words, and the SHA-256 of each. */
  readonly evidence?: string;
};
export type Bulk = {
  view(): BulkView;
  changes(since?: string): Promise<string>;
  number(): bigint;
};

export type PledgeView = BulkView & {
  /** One's own range, what one gets, and what was set aside or paid for it. */
  readonly min: bigint;
  readonly max: bigint;
  readonly units: bigint;
  readonly paid: bigint;
  readonly isCollected: boolean;
};
/** Of one who pledged. */
export type BulkPledge = {
  view(): PledgeView;
  changes(since?: string): Promise<string>;
  /** Until the deadline freely, afterwards only more. `limit`, `closed`, `invalid`, `quota`. */
  change(min: bigint, max: bigint, requestId: string): { readonly ok: true } | Refusal;
  /** Until the deadline. `closed`. */
  withdraw(requestId: string): { readonly ok: true } | Refusal;
  /** One has fetched what is one's own. `notYet`, `closed`. */
  collect(requestId: string): { readonly ok: true } | Refusal;
};

/** Of whoever organises it, who at no time has any of the value. */
export type BulkOrganiser = {
  view(): BulkView & {
    readonly people: readonly {
      readonly name: string;
      readonly units: bigint;
      readonly isCollected: boolean;
    }[];
    readonly buy: Facet<Bulk>;
  };
  changes(since?: string): Promise<string>;
  /** Nothing is bought after all: until it is, and from then on only where it does not come. */
  cancel(requestId: string): { readonly ok: true } | Refusal;
  /** @param digest - SHA-256 of the receipt, 64 hexadecimal digits. `notYet`, `closed`, `invalid` */
  bought(evidence: string, digest: string, requestId: string): { readonly ok: true } | Refusal;
  /**
   * The goods are there: pays the supplier what the invoice says, and gives back the rest, pro rata.
   * `insufficient` where more came than was bought, `limit` where it costs more than was agreed.
   */
  received(
    units: bigint,
    cost: bigint,
    evidence: string,
    digest: string,
    requestId: string,
  ): { readonly ok: true } | Refusal;
  /** All was given out; what was not fetched is offered on. */
  distributed(requestId: string): { readonly ok: true } | Refusal;
};

export type BulkItem = {
  readonly what: string;
  readonly buy: Facet<Bulk>;
  readonly phase: BulkPhase;
  readonly organiser: string;
  readonly supplier: string;
  readonly total: bigint;
  readonly price: bigint;
  readonly wanted: bigint;
  readonly left: bigint;
};
export type BulkDeskView = {
  /** To join, or with something left over. The newest first. */
  readonly buys: readonly BulkItem[];
  readonly pledges: readonly {
    readonly what: string;
    readonly phase: BulkPhase;
    readonly min: bigint;
    readonly max: bigint;
    readonly units: bigint;
    readonly price: bigint;
    readonly paid: bigint;
    readonly act: Facet<BulkPledge>;
  }[];
  readonly organised: readonly {
    readonly what: string;
    readonly phase: BulkPhase;
    readonly act: Facet<BulkOrganiser>;
  }[];
  readonly suppliers: readonly { readonly name: string; readonly supplier: Facet<SupplierCard> }[];
};
export type Pledged = { readonly ok: true; readonly pledge: Facet<BulkPledge> };
export type BulkDesk = Desk & {
  view(): BulkDeskView;
  /**
   * Times are hours: until the deadline, then for filling the last case, for buying, for the goods to come.
   * `invalid` (tiers), `unsupported` (oneself as supplier), `quota`, `closed`.
   */
  organise(
    ...args: readonly [
      supplier: Facet<SupplierCard>,
      what: string,
      description: string,
      tiers: string,
      minimum: bigint,
      caseSize: bigint,
      delivery: string,
      hours: bigint,
      closingHours: bigint,
      buyHours: bigint,
      deliverHours: bigint,
      requestId: string,
    ]
  ):
    | { readonly ok: true; readonly buy: Facet<Bulk>; readonly organiser: Facet<BulkOrganiser> }
    | Refusal;
  /** Sets aside what the most would cost at the highest price. `limit`, `closed`, `stale`, `conflict` (pledged already), `quota`, `invalid`. */
  pledge(buy: Facet<Bulk>, min: bigint, max: bigint, requestId: string): Pledged | Refusal;
  /** Pays whoever did not fetch them. `insufficient`, `notYet`, `stale`. */
  takeLeft(
    buy: Facet<Bulk>,
    units: bigint,
    requestId: string,
  ): { readonly ok: true; readonly units: bigint; readonly paid: bigint } | Refusal;
  /** Lets organisers find one as a supplier. */
  beSupplier(requestId: string): { readonly ok: true };
  notBeSupplier(requestId: string): { readonly ok: true };
};
