/**
 * What a mint keeps. All rows of an epoch begin with its number, so those of an epoch that is over are
 * found and deleted without reading the others.
 */
import type { DurableMap, DurableSet, Facet } from '@pocas/vat-runtime';
import type { Account, Decider, Hold, Payee } from '../value/types.ts';
import type { Refusal } from '@pocas/vat-runtime/actors';
import { validity } from './tags.ts';
import type { TokenKind } from './types.ts';

export type EpochKey = { readonly secretKey: string; readonly publicKey: string };
export type Count = {
  readonly issued: bigint;
  readonly redeemed: bigint;
  readonly members: bigint;
};

/** What became of a request, without what can be computed again. */
export type Outcome =
  | Refusal
  | { readonly ok: true; readonly value: bigint }
  | { readonly ok: true; readonly hold: Facet<Hold>; readonly decider: Facet<Decider> };
export type Act = { readonly digest: string; readonly epoch: bigint; readonly outcome: Outcome };

export type MintState = {
  readonly market: string;
  readonly step: bigint;
  /** Of which all that must be unguessable follows. */
  readonly secret: string;
  /** The float, and who pays into it. */
  readonly account: Facet<Account>;
  readonly payee: Facet<Payee>;
  readonly commons: Facet<Payee>;
  epoch: bigint;
  /** What tokens that were not redeemed are worth. What the float has beyond it are refunds that nobody fetched yet. */
  outstanding: bigint;
  /** How often value went to the commons. */
  forfeits: bigint;
  /** Of the epochs whose tokens are good. */
  readonly keys: DurableMap<bigint, EpochKey>;
  /** By `tagKey`. */
  readonly counts: DurableMap<string, Count>;
  /** What was evaluated, by epoch and element: its kind and denomination. */
  readonly elements: DurableMap<string, string>;
  /** What was used up, by `tagKey` and seed. */
  readonly spent: DurableSet<string>;
  /** By epoch and request. Nothing in it says whose it was. */
  readonly acts: DurableMap<string, Act>;
  /** By epoch, denomination and account: who withdrew what, which the ledger knows too. */
  readonly holders: DurableSet<string>;
};

/** So that texts are in the order of the numbers. */
export const epochKey = (epoch: bigint): string => `${epoch}`.padStart(12, '0');

export const tagKey = (epoch: bigint, kind: TokenKind, denom: bigint): string =>
  `${epochKey(epoch)}|${kind}|${denom}`;

export const kindAndDenom = (key: string): { kind: TokenKind; denom: bigint } => {
  const [kind, denom] = key.split('|');
  // The cast holds: only `tagKey` and `register` write such texts.
  return { kind: kind as TokenKind, denom: BigInt(denom!) };
};

/** The oldest epoch whose tokens are good in this one. */
export const firstGood = (epoch: bigint): bigint => (epoch > validity ? epoch - validity : 0n);

/** The epochs whose tokens are good, the newest first. */
export const goodEpochs = ({ epoch }: MintState): readonly bigint[] => {
  const epochs: bigint[] = [];
  for (let one = epoch; one >= firstGood(epoch); one -= 1n) epochs.push(one);
  return epochs;
};

/** So much of each collection goes with each act: more than an act adds, and never a turn that takes long. */
const prunedAtOnce = 200;

/** Deletes some of what belongs to epochs that are over. */
export const prune = ({ epoch, elements, spent, acts, holders }: MintState): void => {
  const to = epochKey(firstGood(epoch));
  const range = { to, limit: prunedAtOnce };
  for (const map of [elements, acts]) {
    for (const key of [...map.keys(range)]) map.delete(key);
  }
  for (const set of [spent, holders]) {
    for (const key of [...set.values(range)]) set.delete(key);
  }
};
