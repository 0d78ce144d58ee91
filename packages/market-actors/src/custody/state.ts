/** What a custodian keeps. */
import type { GroupKey, KeyShare } from '@pocas/vat-runtime';
import type { Making, Member, RequestFacts, KeyTerms } from '../vault/types.ts';
import type { HeardPhase } from './types.ts';

/** The share that holds. There is one; the one before is erased. */
export type Held = {
  readonly version: bigint;
  readonly key: GroupKey;
  readonly members: readonly Member[];
  readonly terms: KeyTerms;
  readonly share: KeyShare;
};
/** A making that it takes part in. */
export type Next = {
  readonly making: Making;
  readonly heardAt: bigint;
  readonly isDeclined: boolean;
  /** Whose dealings count, once it has confirmed: it confirms no others for this making. */
  readonly dealers?: readonly bigint[];
  readonly key?: GroupKey;
  readonly share?: KeyShare;
};
/** A request as it stands in the log. */
export type Heard = {
  readonly facts: RequestFacts;
  readonly hash: string;
  /** By its own clock. */
  readonly heardAt: bigint;
  readonly isHastened: boolean;
  readonly phase: HeardPhase;
};
