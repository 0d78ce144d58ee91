/** The public texts of blind credits: what a token is good for, and what it is used for. Pure. */
import type { Batch, Purpose, Tag, Token } from './types.ts';

/** A token is good in its epoch and in so many after it (SPEC 7.2, rotation). */
export const validity = 8n;

/** Tokens of one payment, and elements of one act: a second of work at most. */
export const maxTokens = 64;
export const maxElements = 64;

/** Below so many members who hold the same, a buyer is warned (SPEC 7.2, honest limits). */
export const fewMembers = 5n;

/** Powers of two, as counts of the market's smallest step. */
const sizes: readonly bigint[] = [1n, 2n, 4n, 8n, 16n, 32n, 64n, 128n, 256n];
/** Worth 8, 32, 128 and 512 steps: each with what is needed to pay any price up to all of it. */
const packSizes: readonly (readonly bigint[])[] = [
  [1n, 1n, 2n, 4n],
  [1n, 1n, 2n, 4n, 8n, 16n],
  [1n, 1n, 2n, 4n, 8n, 16n, 32n, 64n],
  [1n, 1n, 2n, 4n, 8n, 16n, 32n, 64n, 128n, 256n],
];

export const denominationsOf = (step: bigint): readonly bigint[] => sizes.map((one) => one * step);
export const packsOf = (step: bigint): readonly (readonly bigint[])[] =>
  packSizes.map((pack) => pack.map((one) => one * step));

/** The `info` of RFC 9497: bound to each output, so that no token can be shown as another (SPEC 7.2, keys). */
export const infoOf = (market: string, { kind, denom, epoch }: Tag): string =>
  `${market}|${kind}|${denom}|${epoch}`;

export const valueOf = (parts: readonly { readonly denom: bigint }[]): bigint =>
  parts.reduce((sum, { denom }) => sum + denom, 0n);

export const batchesValue = (batches: readonly Batch[]): bigint =>
  batches.reduce((sum, { denom, blinded }) => sum + denom * BigInt(blinded.length), 0n);

/** What tokens are used for: whoever carries them cannot use them for anything else. */
export type Use = {
  readonly market: string;
  readonly purpose: Purpose;
  /** Of the act: so it cannot be repeated as another one. */
  readonly requestId: string;
  /** What is bought, and for how much; or the number of the account that is paid. */
  readonly context: string;
  readonly change: readonly Batch[];
  readonly tokens: readonly Omit<Token, 'mac'>[];
};

/**
 * The text that macs are over. All tokens stand in it, so none can be taken out, and all elements of the
 * change. JSON keeps the parts apart, whatever is in them.
 */
export const contextOf = ({ market, purpose, requestId, context, change, tokens }: Use): string =>
  JSON.stringify([
    market,
    purpose,
    requestId,
    context,
    change.map(({ denom, blinded }) => [`${denom}`, ...blinded]),
    tokens.map(({ denom, epoch, seed }) => [`${denom}`, `${epoch}`, seed]),
  ]);
