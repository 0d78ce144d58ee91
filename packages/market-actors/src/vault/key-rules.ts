/** What a key may be made among: pure, the same for the vault and for each custodian (SPEC 7.5). */
import type { Run } from '@pocas/vat-runtime';
import { makingDigest } from './texts.ts';
import type { Making, Member, KeyTerms } from './types.ts';

/** With fewer holders a vault does not open for recording. */
export const leastHolders = 3;
/** All their dealings go into one call. */
export const mostHolders = 40;
/** ⌈n/3⌉, and at least 3. */
export const thirdOf = (holders: number): bigint => BigInt(Math.max(3, Math.ceil(holders / 3)));

/** A making in the words of the group's cryptography. */
export const runOf = (making: Making): Run => {
  const { threshold, members, from } = making;
  const keyed = (list: readonly Member[]) => list.map(({ index, key }) => ({ index, key }));
  return {
    ...{ id: makingDigest(making), threshold, members: keyed(members) },
    ...(from === undefined ? {} : { from: { key: from.key, dealers: keyed(from.members) } }),
  };
};

/** What is wrong with a making, whoever asks for it; undefined where nothing is. */
export const makingFault = (making: Making): string | undefined => {
  const { members, threshold, terms } = making;
  if (members.length < leastHolders || members.length > mostHolders) return 'too few or too many';
  if (threshold < 3n || threshold > BigInt(members.length)) return 'too few would open';
  if (members.some(({ index }, at) => index !== BigInt(at + 1))) return 'out of order';
  if (new Set(members.map(({ key }) => key)).size !== members.length) return 'one counts twice';
  if (terms.waiting < 0n || terms.hastened < 0n) return 'no waiting time';
  return undefined;
};

/** Whose keys are in one and not in the other. */
export const newcomers = (before: readonly Member[], now: readonly Member[]): readonly Member[] =>
  now.filter(({ key }) => before.every((one) => one.key !== key));

/**
 * Whether a holder should have time to look at a making, since others would be able to open, or fewer, or sooner.
 * What only renews the shares of the same people needs none.
 */
export const isChange = (making: Making, terms: KeyTerms): boolean => {
  const { from, members, threshold } = making;
  if (from === undefined) return false;
  return (
    newcomers(from.members, members).length > 0 ||
    newcomers(members, from.members).length > 0 ||
    members.some(
      ({ key, isCare }) => isCare && !from.members.some((one) => one.key === key && one.isCare),
    ) ||
    threshold < from.key.threshold ||
    making.terms.waiting < terms.waiting ||
    making.terms.hastened < terms.hastened
  );
};
