/** What the wallet asks of a market for its purse: the same words each time, so an answer that was lost costs nothing. */
import { E } from '@endo/far';
import { M, matches } from '@endo/patterns';
import type { EvaluatedBatch } from '@pocas/clearing/blind';
import * as purses from '@pocas/clearing/purse';
import type { OpenAct, Purse } from '@pocas/clearing/purse';
import type { Facet } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import type { BlindDesk, BlindOrder, Purchase, Till } from '../till/types.ts';

/** One act of a purse that has no answer yet, and whose it is. */
export type Job = {
  /** The number of the place. */
  readonly number: bigint;
  readonly act: OpenAct;
  /** The owner's, by which the outcome is found again. Absent for what the wallet does by itself. */
  readonly requestId?: string;
} & (
  | { readonly kind: 'withdraw' | 'deposit' | 'swap' }
  | { readonly kind: 'pay'; readonly purchase: Purchase; readonly what: string }
  | { readonly kind: 'refund'; readonly order: Facet<BlindOrder> }
);

/** What comes of a job, as far as it has the right form. */
export type Answer =
  | { readonly ok: false; readonly code: Refusal['code'] }
  | {
      readonly ok: true;
      readonly epoch: bigint;
      readonly issued: readonly EvaluatedBatch[];
      readonly order?: Facet<BlindOrder>;
    }
  | { readonly ok: true; readonly value: bigint };

const EvaluatedShape = M.splitRecord({
  denom: M.nat(),
  evaluation: M.splitRecord({ evaluated: M.arrayOf(M.string()), proof: M.string() }),
});
const AnswerShape = M.or(
  M.splitRecord({ ok: false, code: M.string({ stringLengthLimit: 100 }) }),
  M.splitRecord(
    { ok: true, epoch: M.nat(), issued: M.arrayOf(EvaluatedShape, { arrayLengthLimit: 64 }) },
    { order: M.remotable('order') },
  ),
  M.splitRecord({ ok: true, value: M.nat() }),
);
/** @throws for what is none: nothing is known of the act then, and it stays open */
export const answerOf = (answer: unknown): Answer => {
  if (!matches(answer as never, AnswerShape))
    throw new TypeError('Cannot take in answer: the market answers something else');
  return answer as Answer;
};

/** Asks, in a session that is that of the wallet's node: at the till it names nobody. */
export const ask = (
  job: Job,
  purse: Purse,
  key: string,
  { desk, till }: { readonly desk: Facet<BlindDesk>; readonly till: Facet<Till> },
): Promise<unknown> => {
  const { act } = job;
  const { requestId } = act;
  switch (job.kind) {
    case 'withdraw':
      return E(desk).withdraw(purses.batchesOf(purse, key, act), requestId);
    case 'refund':
      return E(job.order).refund(purses.batchesOf(purse, key, act), requestId);
    case 'deposit':
      return E(desk).deposit(purses.paymentOf(purse, key, act).tokens, requestId);
    case 'swap': {
      const { tokens, change } = purses.paymentOf(purse, key, act);
      return E(till).swap(tokens, change, requestId);
    }
    case 'pay': {
      const { tokens, change } = purses.paymentOf(purse, key, act);
      return E(till).pay(job.purchase, tokens, change, requestId);
    }
  }
};

/** A purse whose act was refused, and what is lost by it. */
export const afterRefusal = (
  purse: Purse,
  { kind, act }: Job,
  code: Refusal['code'],
): { readonly purse: Purse; readonly lost: bigint } => {
  const value = act.tokens.reduce((sum, { denom }) => sum + denom, 0n);
  const isOver = code === 'claimed' || code === 'expired';
  if (!isOver) return { purse: purses.giveUp(purse, act), lost: 0n };
  // One of several was used: each is swapped by itself, to see which.
  if (act.tokens.length > 1 || kind !== 'swap') {
    const rest = purses.writeOff(purse, act);
    return { purse: { ...rest, unsure: [...rest.unsure, ...act.tokens] }, lost: 0n };
  }
  return { purse: purses.writeOff(purse, act), lost: value };
};

/** All that was issued to a key: read only, so it can be said again after a break. */
export const restoreTokens = (
  purse: Purse,
  key: string,
  till: Facet<Till>,
): Promise<{ readonly ok: true; readonly purse: Purse } | Refusal> =>
  purses.restoreAll(purse, key, (elements) => E(till).again(elements));
