/**
 * Sturdy refs as the node that granted them keeps them: one row for each, found by a keyed hash.
 *
 * Whoever reads the store learns no swiss number, and without the key cannot even test a guess.
 * The functions are pure. The caller reads the row, redeems it and writes what is left of it
 * in one step, with no await between, so that a last use is used once.
 */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import harden from '@endo/harden';
import { toBase64Url } from './base-encoding.ts';
import type { SwissNumber } from './sturdy-ref.ts';

/** The row of one sturdy ref. Plain data. */
export type Grant = {
  /** The object: a party of the switchboard and a slot of that party's. */
  readonly target: readonly [party: string, slot: string];
  /** How often it may still be enlivened, at least 1; absent: any number of times. */
  readonly usesLeft?: number;
};

/** What redeeming gives: the object, and the row to write back, or undefined to delete the row. */
export type Redemption = { readonly target: Grant['target']; readonly rest: Grant | undefined };

const minKeyBytes = 32;
/** More is not a count any more: leave it out. */
const maxUses = 1_000_000n;

/**
 * The key under which the store keeps a grant.
 *
 * @param key - a secret of the node, made for this and used for nothing else
 */
export const hashSwiss = (key: Uint8Array, swiss: SwissNumber): string => {
  if (key.length < minKeyBytes) {
    throw new RangeError('Cannot hash swiss number: the key has less than 32 bytes');
  }
  return toBase64Url(hmac(sha256, key, utf8ToBytes(`pocas swiss 1\n${swiss}`)));
};
harden(hashSwiss);

/** @param uses - how often it may be enlivened; absent: any number of times */
export const makeGrant = (target: Grant['target'], uses?: bigint): Grant => {
  const [party, slot] = target;
  if (uses === undefined) return harden({ target: [party, slot] });
  if (uses < 1n || uses > maxUses) {
    throw new RangeError(`Cannot grant: the number of uses is not between 1 and ${maxUses}`);
  }
  return harden({ target: [party, slot], usesLeft: Number(uses) });
};
harden(makeGrant);

/** Whether a row names an object. What it says of uses is looked at where one is used. */
const isGrant = (row: unknown): row is Grant => {
  const { target } = Object(row) as Partial<Record<keyof Grant, unknown>>;
  return (
    Array.isArray(target) && target.length === 2 && target.every((part) => typeof part === 'string')
  );
};

/**
 * Uses a grant once.
 *
 * @param grant - the row, or undefined where there is none; one that no `makeGrant` made gives nothing
 * @returns undefined for an unknown and for a used-up grant alike: nobody is told which
 */
export const redeem = (grant: Grant | undefined): Redemption | undefined => {
  if (grant === undefined || !isGrant(grant)) return undefined;
  const { target, usesLeft } = grant;
  if (usesLeft === undefined) return harden({ target, rest: grant });
  // A count that no grant of ours has is as good as none left.
  if (!Number.isSafeInteger(usesLeft) || usesLeft < 1) return undefined;
  return harden({
    target,
    rest: usesLeft === 1 ? undefined : { ...grant, usesLeft: usesLeft - 1 },
  });
};
harden(redeem);
