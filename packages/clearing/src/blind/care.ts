/** What a wallet should know of its tokens in time. Pure. */
import type { HeldToken, Purse } from './purse-types.ts';
import { fewMembers, validity } from './tags.ts';
import type { TokenCount } from './types.ts';

/** Tokens that are good for at most so many epochs after this one: to be swapped now. */
export const lapsing = (
  { tokens }: Purse,
  epoch: bigint,
  ahead: bigint = 1n,
): readonly HeldToken[] =>
  tokens.filter((one) => one.kind === 'credit' && one.epoch + validity <= epoch + ahead);

/** A denomination of an epoch that so few withdrew that a buyer is one of `members`. */
export type Warning = {
  readonly denom: bigint;
  readonly epoch: bigint;
  readonly members: bigint;
};

/** Where these tokens would hide their holder among fewer than five (SPEC 7.2, honest limits). */
export const warnings = (
  tokens: readonly HeldToken[],
  counts: readonly TokenCount[],
): readonly Warning[] => {
  const found = new Map<string, Warning>();
  for (const { kind, denom, epoch } of tokens) {
    const count = counts.find(
      (one) => one.kind === kind && one.denom === denom && one.epoch === epoch,
    );
    const members = count?.members ?? 0n;
    if (kind === 'credit' && members < fewMembers)
      found.set(`${denom} ${epoch}`, { denom, epoch, members });
  }
  return [...found.values()];
};
