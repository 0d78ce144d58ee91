/** Which terms of a round a book agrees to, before it lodges anything. */
import { matches } from '@endo/patterns';
import type { RoundTerms } from '../round/types.ts';
import { TermsShape } from './attendance-guards.ts';

const minute = 60_000n;
const day = 24n * 60n * minute;

/** A SHA-256, in hex or as base64url: long enough that two coordinators do not meet in one. */
const tag = /^[0-9A-Za-z_-]{43,64}$/;

const within = (value: bigint, least: bigint, most: bigint): boolean =>
  value >= least && value <= most;

/**
 * Whether these are terms at all, from a coordinator of whom nothing is known: what is lodged may be
 * locked for as long as they say, so no longer than a month.
 */
export const mayAttend = (terms: unknown): terms is RoundTerms => {
  if (!matches(terms, TermsShape)) return false;
  const { lodging, patience, lock, maxPasses } = terms;
  return (
    tag.test(terms.tag) &&
    within(lodging, 1n, 90n * day) &&
    within(patience, 1_000n, 7n * day) &&
    within(lock, patience, 31n * day) &&
    Number.isInteger(maxPasses) &&
    within(BigInt(maxPasses), 1n, 10n)
  );
};

/** The terms and nothing else of what was announced, which is read whenever the round goes on. */
export const termsOf = (announced: unknown): RoundTerms | undefined => {
  if (!mayAttend(announced)) return undefined;
  const { tag, title, unit, lodging, patience, lock, maxPasses } = announced;
  return { tag, title, unit, lodging, patience, lock, maxPasses };
};
