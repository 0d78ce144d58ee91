/** What the parts of bulk-buys are to each other. These facets never leave the vat. */
import type { Facet } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import type { MemberInside } from '../inside/types.ts';
import type { Range, Tier } from './allot.ts';
import type {
  Bulk,
  BulkDeskView,
  BulkItem,
  BulkPledge,
  BulkView,
  Pledged,
  SupplierCard,
} from './types.ts';

export type BulkTerms = {
  readonly what: string;
  readonly description: string;
  readonly tiers: readonly Tier[];
  readonly minimum: bigint;
  readonly caseSize: bigint;
  readonly delivery: string;
  /** Milliseconds. */
  readonly deadline: bigint;
  readonly closing: bigint;
  readonly buying: bigint;
  readonly delivering: bigint;
};

/** Once for the whole market. */
export type BulksInside = {
  add(number: bigint, buy: Facet<BulkInside>): void;
  /** Has ended and nothing is left of it. */
  remove(number: bigint): void;
  buyOf(buy: Facet<Bulk>): Facet<BulkInside> | undefined;
  items(): readonly BulkItem[];
  /** All that are not over. */
  buys(): readonly Facet<BulkInside>[];
  join(member: bigint, desk: Facet<BulkDeskInside>): void;
  deskNumbered(member: bigint): Facet<BulkDeskInside> | undefined;
  deskOf(supplier: Facet<SupplierCard>): Facet<BulkDeskInside> | undefined;
  post(member: bigint): void;
  unpost(member: bigint): void;
  suppliers(): BulkDeskView['suppliers'];
};
export type BulkInside = {
  /** The deadline runs from now. */
  start(): void;
  number(): bigint;
  public(): Facet<Bulk>;
  view(): BulkView;
  item(): BulkItem;
  organisedItem(): BulkDeskView['organised'][number];
  pledge(member: Facet<MemberInside>, range: Range): Pledged | Refusal;
  change(member: bigint, range: Range): { readonly ok: true } | Refusal;
  withdraw(member: bigint): { readonly ok: true } | Refusal;
  /**
   * Somebody leaves the market: a pledge goes back as long as nothing was allotted, and a buy ends whose
   * organiser or supplier goes, as long as nothing was bought. @returns whether the others wait for them still
   */
  quit(member: Facet<MemberInside>): boolean;
  collect(member: bigint): { readonly ok: true } | Refusal;
  takeLeft(
    taker: Facet<MemberInside>,
    units: bigint,
  ): { readonly ok: true; readonly units: bigint; readonly paid: bigint } | Refusal;
};
export type PledgeInside = {
  member(): Facet<MemberInside>;
  pledge(): Facet<BulkPledge>;
  range(): Range;
  units(): bigint;
  paid(): bigint;
  isCollected(): boolean;
  item(): BulkDeskView['pledges'][number];
  /** Sets value aside for a range, in place of what was before. Throws, and so changes nothing, where it cannot. */
  cover(range: Range, value: bigint): void;
  allot(units: bigint): void;
  /** All of its value goes back, and it gets nothing. */
  release(): void;
  /** All of its value goes back; what it gets stays. */
  forgive(): void;
  /** @returns what the supplier took of it, who may be at the ceiling */
  settle(value: bigint): bigint;
  collect(): void;
  /** Somebody else has them, and paid so much to whoever had not fetched them. */
  handOn(units: bigint, paid: bigint): void;
};
export type BulkDeskInside = {
  member(): Facet<MemberInside>;
  card(): Facet<SupplierCard>;
  pledged(number: bigint, pledge: Facet<PledgeInside>): void;
  ended(number: bigint): void;
  organisedEnded(number: bigint): void;
  phaseChanged(): void;
};
