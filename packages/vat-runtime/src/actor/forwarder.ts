/** The words for facets that take any message. Types only: see `vat/forwarding.ts`. */
import type { RemotableBrand } from '@endo/eventual-send';
import type { RemotableObject } from '@endo/pass-style';
import type { SendFailure } from './send.ts';

/** A facet that takes any message. Also in its own vat only `E` and `send` reach it. */
export type Forwarder = RemotableObject & RemotableBrand<{}, any>;

export type PassOptions = {
  /**
   * A facet of this vat; its method `fulfilled(answer, ctx)` says what the answer becomes on its way back.
   * It is called in the same turn where the answer is there at once, and else in a turn of its own.
   */
  readonly through?: {
    fulfilled(answer: any, ctx: any): unknown;
    /**
     * What is answered in the place of the failure of a message that was passed on by `send`;
     * undefined, or no such method: the failure itself goes back.
     */
    rejected?(failure: SendFailure, ctx: any): unknown;
  };
  /** Durable data for `through`. */
  readonly ctx?: unknown;
  /** For a target in this vat: a throw, where carrying it out would change or send anything in its turn. */
  readonly unchanged?: boolean;
};

/** A message that a forwarder took, while the turn lasts. */
export type Message = {
  /**
   * Passes a message on, this one or another in its place; its answer is what the forwarder answers.
   *
   * To an object of this vat: carried out now, as a part of this turn. To one elsewhere: by `E` where
   * the message came by `E`; where it came by `send`, exactly once, and its answer, or failure,
   * goes to whoever sent it here.
   *
   * @returns what the forwarder is to return
   */
  pass(target: unknown, method: string, args: readonly unknown[], options?: PassOptions): unknown;
};
