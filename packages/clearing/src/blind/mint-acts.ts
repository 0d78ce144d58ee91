/**
 * Idempotence of acts whose author nobody knows: the first outcome of a request is its only one, and a
 * request that is said to be the same and is not is refused.
 */
import { hmac } from '@pocas/vat-runtime';
import { type Refusal, refuse } from '@pocas/vat-runtime/actors';
import type { Act, MintState, Outcome } from './mint-state.ts';
import { epochKey, goodEpochs, prune } from './mint-state.ts';
import { first32 } from './texts.ts';
import type { Batch, BlindPayment } from './types.ts';

/** What an act is about, of which a repetition must have the same. */
export type Contents = readonly unknown[];

/** In one order, in which their properties do not come. */
export const batchesIn = (batches: readonly Batch[]): Contents =>
  batches.map(({ denom, blinded }) => [denom, ...blinded]);
export const paymentIn = ({ tokens, context, change }: BlindPayment): Contents => [
  context,
  batchesIn(change),
  tokens.map(({ denom, epoch, seed, mac }) => [denom, epoch, seed, mac]),
];

const digestOf = ({ secret }: MintState, contents: Contents): string => {
  const text = JSON.stringify(contents, (_key, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value,
  );
  return first32(hmac(secret, `blind credits, contents of an act ${text}`));
};

/** The act that this request was, `conflict` where it was another one, or undefined where it is new. */
export const recall = (
  state: MintState,
  requestId: string,
  contents: Contents,
): Act | Refusal | undefined => {
  for (const epoch of goodEpochs(state)) {
    const act = state.acts.get(`${epochKey(epoch)}|${requestId}`);
    if (act !== undefined)
      return act.digest === digestOf(state, contents) ? act : refuse('conflict');
  }
  return undefined;
};

/**
 * Records the outcome. Only of those who have shown something that counts, such as good tokens: else
 * anybody could fill the market's store with refusals.
 */
export const record = <Out extends Outcome>(
  state: MintState,
  requestId: string,
  contents: Contents,
  outcome: Out,
): Out => {
  const { epoch, acts } = state;
  acts.set(`${epochKey(epoch)}|${requestId}`, {
    digest: digestOf(state, contents),
    epoch,
    outcome,
  });
  prune(state);
  return outcome;
};

/**
 * The request to the ledger that belongs to one of ours. Nobody outside can say it first: a request that
 * its caller made up may have been used at the ledger already, which would answer that it was paid.
 */
export const innerRequest = ({ secret }: MintState, method: string, requestId: string): string =>
  first32(
    hmac(secret, JSON.stringify(['blind credits, request to the ledger', method, requestId])),
  );
