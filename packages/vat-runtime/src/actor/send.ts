/** The words for messages that must happen exactly once. Types only: see `vat/sends.ts`. */
import type { ERef } from '@endo/eventual-send';

/** Why a `send` came to nothing. */
export type SendFailure = {
  /**
   * `thrown`: the method refused or failed, and its turn was undone.
   * `expired`: it arrived after `notAfter`. `gone`: its target exists no more.
   * `unsupported`: the target is not in a vat, or not to be had at another node, or answered with a promise that did not settle at once.
   * `unknown`: whether it was carried out is not known, since the histories of two nodes parted.
   * `stopped`: carrying it out took too long or too much memory, each time it was tried; nothing of it was done.
   */
  readonly code: 'thrown' | 'expired' | 'gone' | 'unsupported' | 'stopped' | 'unknown';
  readonly message: string;
};

/** A facet that hears of the outcome of a `send`, in a later turn. One of the two is called, once. */
export type Continuation<Answer = any, Ctx = any> = {
  fulfilled(answer: Answer, ctx: Ctx): unknown;
  rejected(failure: SendFailure, ctx: Ctx): unknown;
};

export type SendOptions<Answer = any, Ctx = any> = {
  /** A facet of the sending vat. Without it the answer is not kept. */
  readonly then?: Continuation<Answer, Ctx>;
  /** Durable data for `then`. It stays in the sender's vat. */
  readonly ctx?: Ctx;
  /** The receiver does not carry it out after this time, in milliseconds since 1970. */
  readonly notAfter?: bigint;
};

type MethodOf<T, M> = M extends keyof T
  ? T[M] extends (...args: infer Args) => infer Answer
    ? { args: Args; answer: Awaited<Answer> }
    : never
  : never;

/**
 * Sends a message that happens exactly once, if the current turn is committed: in a later turn of
 * the target's vat, however often either is restarted in between. Messages from one vat to another
 * are carried out in the order in which they were sent.
 *
 * Use it for what must not happen twice or half: value, claims, votes. Use `E` to ask now.
 *
 * @param target - a durable reference: a facet of this vat, or of a vat of this node or another
 * @param args - durable data
 * @throws outside a turn, and where target or arguments do not last
 *
 * @example
 * send(payee, 'take', [5n], { then: this.facets.receipts, ctx: { order: 7n } });
 */
export type Send = <T, const M extends keyof T & string, Ctx = undefined>(
  target: T | ERef<T>,
  method: M,
  args: MethodOf<T, M>['args'],
  options?: SendOptions<MethodOf<T, M>['answer'], Ctx>,
) => void;
