/** Checking tokens and using them up (SPEC 7.2, pay): all of them or none. */
import { hmac, poprf } from '@pocas/vat-runtime';
import type { RefusalCode } from '@pocas/vat-runtime/actors';
import type { MintState } from './mint-state.ts';
import { firstGood, tagKey } from './mint-state.ts';
import type { Use } from './tags.ts';
import { contextOf, denominationsOf, infoOf, maxTokens, valueOf } from './tags.ts';
import { isBytes32, isBytes64, isSameText } from './texts.ts';
import type { Token, TokenKind } from './types.ts';

const rowOf = (kind: TokenKind, { epoch, denom, seed }: Token): string =>
  `${tagKey(epoch, kind, denom)}|${seed}`;

/** What is cheap to see. The denomination is no more than said until the mac was checked. */
const faultInForm = (
  { epoch, step, spent, keys }: MintState,
  kind: TokenKind,
  tokens: readonly Token[],
): RefusalCode | undefined => {
  if (tokens.length === 0 || tokens.length > maxTokens) return 'invalid';
  const denominations = kind === 'credit' ? denominationsOf(step) : [1n];
  // A review is about something, which stands in the place of the denomination.
  const isKnown = (denom: bigint): boolean =>
    kind === 'review' ? denom >= 1n : denominations.includes(denom);
  // Appreciation counts towards the limits of one epoch: kept, it would pass what each may give.
  const first = kind === 'appreciation' ? epoch : firstGood(epoch);
  const rows = new Set<string>();
  for (const token of tokens) {
    if (!isBytes32(token.seed) || !isBytes64(token.mac)) return 'invalid';
    if (!isKnown(token.denom)) return 'invalid';
    if (token.epoch < first) return 'expired';
    if (!keys.has(token.epoch)) return 'invalid';
    const row = rowOf(kind, token);
    if (rows.has(row) || spent.has(row)) return 'claimed';
    rows.add(row);
  }
  return undefined;
};

/**
 * Whether all tokens are this market's, unused, and shown for this use.
 * Stops at the first that is not, so that whoever sends rubbish costs one check and not 64.
 *
 * @returns `claimed`, `expired` or `invalid`, and undefined where all is well
 */
export const faultOf = (
  state: MintState,
  kind: TokenKind,
  tokens: readonly Token[],
  use: Omit<Use, 'market' | 'tokens'>,
): RefusalCode | undefined => {
  const fault = faultInForm(state, kind, tokens);
  if (fault !== undefined) return fault;
  const { market, keys } = state;
  const context = contextOf({ ...use, market, tokens });
  for (const { denom, epoch, seed, mac } of tokens) {
    const { secretKey } = keys.get(epoch)!;
    const output = poprf.output(secretKey, infoOf(market, { kind, denom, epoch }), seed);
    if (!isSameText(hmac(output, context), mac)) return 'invalid';
  }
  return undefined;
};

/** Uses up tokens that were checked in this turn. @throws where more would be redeemed than were issued */
export const useUp = (state: MintState, kind: TokenKind, tokens: readonly Token[]): void => {
  const { counts, spent } = state;
  for (const token of tokens) {
    const key = tagKey(token.epoch, kind, token.denom);
    const count = counts.get(key);
    if (count === undefined || count.redeemed >= count.issued)
      throw Error('Cannot use token: more would be redeemed than were issued');
    counts.set(key, { ...count, redeemed: count.redeemed + 1n });
    spent.add(rowOf(kind, token));
  }
  if (kind === 'credit') state.outstanding -= valueOf(tokens);
};
