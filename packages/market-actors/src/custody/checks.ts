/** What a custodian believes of what a vault says: nothing that it cannot check. Pure. */
import { M, matches } from '@endo/patterns';
import { schnorr } from '@pocas/vat-runtime';
import {
  type HiddenEntry,
  type JournalEntry,
  equivocation,
  textOf,
  verifyEntries,
} from '@pocas/vat-runtime/verify';
import { isChange, makingFault, newcomers } from '../vault/key-rules.ts';
import { hasteText, headText, tagOf } from '../vault/texts.ts';
import type {
  HastyFacts,
  Making,
  Member,
  RequestFacts,
  SignedHead,
  KeyTerms,
} from '../vault/types.ts';
import type { Held } from './state.ts';

export const isSigned = (vault: string, { head, signature }: SignedHead): boolean =>
  head.actorTag === tagOf(vault) && schnorr.verify(vault, headText(head), signature);

/** Whether both are of this vault, and cannot both be true. */
export const isProof = (vault: string, a: SignedHead, b: SignedHead): boolean =>
  isSigned(vault, a) && isSigned(vault, b) && equivocation(a.head, b.head);

const isFull = (entry: JournalEntry | HiddenEntry): entry is JournalEntry => 'prevHash' in entry;

/**
 * The entries, where all are shown in full, each follows the one before, the first follows `before`, and the head
 * that the vault signed is that of the last.
 */
export const chained = (
  vault: string,
  entries: readonly (JournalEntry | HiddenEntry)[],
  head: SignedHead,
  before: string,
): readonly JournalEntry[] | undefined => {
  if (!entries.every(isFull) || !isSigned(vault, head)) return undefined;
  if (!verifyEntries(entries, head.head).ok) return undefined;
  return entries[0]?.prevHash === before ? entries : undefined;
};

const Text = M.string({ stringLengthLimit: 500 });
const RequestFactsShape = M.splitRecord({
  ...{ request: M.nat(), by: Text, reason: Text, present: M.nat(), holders: M.nat() },
  viewers: M.arrayOf(M.splitRecord({ name: Text, key: Text }, {}, {}), { arrayLengthLimit: 3 }),
  segments: M.arrayOf(M.splitRecord({ segment: Text, digest: Text }, {}, {}), {
    arrayLengthLimit: 10,
  }),
});
export const requestOf = ({ facts }: JournalEntry): RequestFacts | undefined =>
  // The cast says what the pattern has found.
  matches(facts as never, RequestFactsShape) ? (facts as RequestFacts) : undefined;

/** Whether two care-takers of the key that holds have each signed that this request cannot wait. */
export const isHastened = (
  vault: string,
  members: readonly Member[],
  request: bigint,
  hash: string,
  { signatures }: HastyFacts,
): boolean => {
  const text = hasteText(vault, request, hash);
  const signed = signatures.filter(
    ({ key, signature }) =>
      members.some((member) => member.key === key && member.isCare) &&
      schnorr.verify(key, text, signature),
  );
  return new Set(signed.map(({ key }) => key)).size >= 2;
};

/** What the log says of a making, in one text: all members go by the same. */
export const makingText = ({
  version,
  threshold,
  members,
}: Pick<Making, 'version' | 'threshold' | 'members'>): string =>
  textOf([version, threshold, members]);

/**
 * Why a making is not to be taken part in: `invalid` in itself, `conflict` with the key that this custodian
 * keeps; undefined where nothing speaks against it.
 */
export const faultOf = (
  making: Making,
  own: string,
  held: Held | undefined,
): 'invalid' | 'conflict' | 'stale' | undefined => {
  const { from, members, threshold, version } = making;
  if (makingFault(making) !== undefined) return 'invalid';
  const isIn = (list: readonly Member[]) => list.some(({ key }) => key === own);
  if (held === undefined) {
    // It deals what it does not have: a copy of it was restored from before.
    if (from !== undefined && isIn(from.members)) return 'stale';
    return isIn(members) ? undefined : 'invalid';
  }
  if (version <= held.version) return 'stale';
  if (from === undefined || from.version !== held.version) return 'conflict';
  if (textOf([from.key, from.members]) !== textOf([held.key, held.members])) return 'conflict';
  // So many new people at once could open without anybody who is known.
  if (BigInt(newcomers(from.members, members).length) >= threshold) return 'invalid';
  return undefined;
};

/** How long the holder has to look at it. */
export const waitOf = (making: Making, terms: KeyTerms | undefined): bigint =>
  terms !== undefined && isChange(making, terms) ? terms.waiting : 0n;
