/** The page by which a lost wallet is got back. */
import type { Facet } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import type { Done, Recovery } from './guard-types.ts';

export type RecoveryPhase = 'none' | 'asking' | 'places' | 'value' | 'done';
export type WalletRecovery = {
  view(): RecoveryView;
  changes(since?: string): Promise<string>;
  /**
   * A facet for one guardian, who helps by it. Each needs one of their own.
   *
   * @param needed - how many are needed, as the lost wallet's owner remembers it: the same each time (`conflict`)
   */
  ask(name: string, needed: bigint, requestId: string): Facet<Recovery> | Refusal;
  /** The same as a text. */
  askLink(
    name: string,
    needed: bigint,
    requestId: string,
  ): Promise<{ readonly secret: string; readonly toPaste: true }> | Refusal;
  /**
   * Goes on, as far as it can. Safe to say at any time, also after a break. `notYet` while too few have helped.
   * `waiting`: places that did not answer; `elsewhere`: those that somebody else has renewed.
   */
  proceed():
    | Promise<
        | {
            readonly ok: true;
            readonly phase: RecoveryPhase;
            readonly waiting: bigint;
            readonly back: bigint;
            readonly elsewhere: bigint;
          }
        | Refusal
      >
    | {
        readonly ok: true;
        readonly phase: RecoveryPhase;
        readonly waiting: bigint;
        readonly back: bigint;
        readonly elsewhere: bigint;
      }
    | Refusal;
  /** Goes on without a place that does not answer. The old copy may still act there. */
  leave(place: string): Done | Refusal;
};
export type RecoveryView = {
  readonly phase: RecoveryPhase;
  readonly needed: bigint;
  readonly helpers: readonly {
    readonly name: string;
    readonly state: 'asked' | 'helped' | 'false';
  }[];
  readonly places: readonly {
    readonly place: string;
    readonly state: 'waiting' | 'back' | 'elsewhere' | 'left';
  }[];
};
