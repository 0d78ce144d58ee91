/**
 * What two pocas owe each other: a half in each one's vat (SPEC C11, docs/decisions/0014-clearing.md).
 * Facets whose names end in `Inside` never leave the vat of the book.
 */
import type { Facet } from '@pocas/vat-runtime';
import type { Receipt, Refusal } from '@pocas/vat-runtime/actors';

/** `from`: the debtor of an obligation, the lender of a line. `to`: its creditor, its borrower. */
export type End = 'from' | 'to';

/** What both sides agree to. */
export type Terms = {
  /** SHA-256 in hex over the proposer's request id and all of these, so nobody chooses it freely. */
  readonly origin: string;
  readonly unit: string;
  readonly amount: bigint;
  /** Milliseconds since 1970. */
  readonly due: bigint;
  /** What it is for. For people. */
  readonly what: string;
};

export type ObligationPhase = 'proposed' | 'asked' | 'open' | 'cleared' | 'declined' | 'withdrawn';

/** The one object by which a round reduces an obligation, or draws on a line. Answered by `lock`. */
export type Setoff = {
  /** Clears this much and ends the lock. Again with the same value: the same receipt; with another: refused (`conflict`). */
  apply(value: bigint): Receipt | Refusal;
  /** Ends the lock, and with it what this facet can do. */
  release(): void;
};

/** An obligation or a line, as a round's participant in the same vat sees it. */
export type LodgeableInside = {
  /** As it can be lodged now. Refusal `conflict`: locked by a round; `closed`: nothing is left of it, or the other side has not accepted it. */
  offer():
    | {
        readonly origin: string;
        readonly kind: 'obligation' | 'line';
        readonly end: End;
        readonly version: bigint;
        /** What is left of it, without what is being paid; of a line what may still be drawn. */
        readonly max: bigint;
        readonly due: bigint;
      }
    | Refusal;
  /** Refusals: `stale` another version, `conflict` locked by another round, `limit` more than `max` above. Again with the same tag and version: the same facet. */
  lock(
    tag: string,
    version: bigint,
    max: bigint,
  ): { readonly ok: true; readonly setoff: Facet<Setoff> } | Refusal;
  /** Whose the other end is. */
  counterparty(): Facet<CounterpartyInside>;
};

/** What a poca knows of another one, for its own book. */
export type CounterpartyInside = {
  number(): bigint;
  label(): string;
  /** Says something to the other side's listener on a topic, by `send`. `then` hears of the answer. */
  tell(topic: string, said: unknown, then?: Facet<object>, ctx?: unknown): void;
  /** Who hears what the other side says on a topic, from now on. Without a listener, what is said is refused as `closed`. */
  listen(topic: string, listener: Facet<Listener>): void;
  unlisten(topic: string): void;
};

/** Hears what the other side says. `from` is the counterparty's `number`. */
export type Listener = { heard(topic: string, said: unknown, from: bigint): unknown };
