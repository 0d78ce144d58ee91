/** What the parts of the room say to each other. None of these facets leaves the vat of the book. */
import type { InterfaceGuard, MethodGuard } from '@endo/patterns';
import { M } from '@endo/patterns';
import type { Clock, Facet } from '@pocas/vat-runtime';
import type { JournalWriter, Receipt, Refusal, RefusalCode } from '@pocas/vat-runtime/actors';
import type { ObligationLimits } from './limits.ts';
import type { AnyDeal } from './messages.ts';
import type {
  CounterpartyInside,
  CounterpartyKeeper,
  CounterpartyPhase,
  Done,
  End,
  Kind,
  LineKeeper,
  LodgeableInside,
  ObligationKeeper,
  SharedState,
  Terms,
} from './types.ts';

/**
 * A guard for facets that nobody outside gets: it looks at no argument, since what comes from outside
 * was looked at by the facet that it came to.
 */
export const insideGuard = (name: string): InterfaceGuard<Record<never, MethodGuard>> =>
  M.interface(name, {}, { defaultGuards: 'passable' });

/** Where something stands among others of its counterparty: with consent still open, in force, or over. */
export type Group = 'asked' | 'proposed' | 'open' | 'over';

/** What a counterparty keeps account of. */
export type Standing = { readonly group: Group; readonly amount: bigint };

/** An obligation or a line, as its counterparty holds it. */
export type DealInside = {
  key(): bigint;
  kind(): Kind;
  /** What the other side says of it. */
  heard(deal: AnyDeal): Done | Refusal;
  /** The other side did not take what was said from here. */
  refused(act: string, number: bigint, code: RefusalCode): void;
  shared(): SharedState;
  /** For a list on a page. */
  item(): object;
  /** Of an obligation: takes the smaller of both amounts; nothing where the other side has none. */
  mend(there: { readonly version: bigint; readonly amount: bigint } | undefined): Done | Refusal;
  lodgeable(): Facet<LodgeableInside>;
};

export type ObligationInside = DealInside & {
  /** The other side made it in the same round. */
  meet(value: bigint): Done | Refusal;
  applySetoff(tag: string, value: bigint): Receipt | Refusal;
  releaseSetoff(tag: string): void;
};

/** What debt under a line tells it. */
export type LineInside = DealInside & {
  /** Whether the lender has room for a draw, which is made if so. */
  drawn(amount: bigint, due: bigint, unit: string): Done | Refusal;
  drawEnded(amount: bigint, made: boolean): void;
  fell(value: bigint): void;
  applySetoff(tag: string, value: bigint): Receipt | Refusal;
  releaseSetoff(tag: string): void;
};

/** A counterparty, as its obligations and lines see it. */
export type PairInside = {
  label(): string;
  limits(): ObligationLimits;
  inside(): Facet<CounterpartyInside>;
  say(deal: AnyDeal): void;
  /** Writes down an act in the journal, in its turn. */
  record(kind: string, facts: object): Receipt;
  /** Says how something stands now. */
  moved(change: {
    readonly key: bigint;
    readonly origin: string;
    readonly kind: Kind;
    readonly end: End;
    readonly unit: string;
    readonly before: Standing | undefined;
    readonly after: Standing;
  }): void;
  has(origin: string): boolean;
  /** The other side says that a round made this at its side too. */
  meet(origin: string, value: bigint): Done | Refusal;
  /** The borrower's draw. */
  draw(
    line: Facet<LineInside>,
    terms: Omit<Terms, 'origin'>,
    lineOrigin: string,
    requestId: string,
  ): { readonly ok: true; readonly obligation: Facet<ObligationKeeper> } | Refusal;
  /** What a round makes under a line. */
  make(line: Facet<LineInside>, end: End, terms: Terms, met: boolean): void;
};

/** What belongs to all counterparties together. */
export type RegistryInside = {
  parts(): {
    readonly clock: Clock;
    readonly journal: Facet<JournalWriter>;
    readonly limits: ObligationLimits;
  };
  nextKey(): bigint;
  /** Something new that has an origin. @returns whether nothing else has it */
  enter(origin: string, lodgeable: Facet<LodgeableInside>): boolean;
  opened(
    key: bigint,
    entry: {
      readonly unit: string;
      readonly kind: Kind;
      readonly lodgeable: Facet<LodgeableInside>;
      readonly keeper: Facet<ObligationKeeper> | Facet<LineKeeper>;
    },
  ): void;
  over(key: bigint): void;
  shift(unit: string, end: End, by: bigint): void;
  isOwnDesk(desk: unknown): boolean;
  touch(): void;
};

export type MemberEntry = {
  readonly keeper: Facet<CounterpartyKeeper>;
  readonly inside: Facet<CounterpartyInside>;
  /** What lists say of it: `keeper.view` has it too, with two hundred items. */
  readonly meeting: Facet<{ phase(): CounterpartyPhase; waiting(): bigint }>;
};
