/** The node's powers as a vat that was given one sees it: each is a reference to the node itself. */
import type { ERef } from '@endo/eventual-send';

/** Turns sturdy refs into references. */
export type Enlivener = {
  /**
   * @param sturdyRef - a URI, `ocapn://<designator>.<transport>/s/<swiss number>?<hints>`
   * @returns the object it designates, on this node or another
   * Unknown, expired, used, revoked and somebody else's give one and the same error.
   */
  enliven(sturdyRef: string): unknown;
};

/** What a sturdy ref is good for. Each of these narrows it. */
export type SturdyRefTerms = {
  /** How often it may be enlivened. Default: any number of times. */
  readonly uses?: bigint | undefined;
  /**
   * When it is over, in milliseconds since 1970 by the clock of the node, which never goes back. Default: never.
   */
  readonly expires?: bigint | undefined;
  /**
   * Who alone may enliven it: the node or client with a designator, or, by `first use`, whoever does
   * so first. All vats of a node are that node to others; a client without a keyring is another one
   * each time it connects. Default: anybody.
   */
  readonly bind?: string | undefined;
  /** For people, in lists. At most 100 characters. Not a secret. */
  readonly label?: string | undefined;
};

/** A sturdy ref in the list of whoever granted it. Nobody can use it by what stands here. */
export type SturdyRefInfo = {
  /** What to say to revoke it: its number among all that this grantor gave. */
  readonly id: bigint;
  /** Milliseconds since 1970, as `expires`. */
  readonly madeAt: bigint;
  readonly label?: string;
  readonly expires?: bigint;
  /** How many uses are left. */
  readonly uses?: bigint;
  /** Whom it is bound to: a designator, `a web session`, `a vat of the node`, `the node`, or `first use`. */
  readonly boundTo?: string;
  /** The `id` of the one that it was derived from, where that was granted by the same grantor. */
  readonly from?: bigint;
};

/** By pages. */
export type SturdyRefPage = {
  readonly refs: readonly SturdyRefInfo[];
  /** What to say to get the page after; absent on the last one. */
  readonly next?: string;
};

/**
 * Turns references into sturdy refs of this node. Each vat that is given one has its own: it lists and
 * revokes what was granted through it, and nothing else.
 */
export type Grantor = {
  /**
   * @param target - an object of a vat of this node
   * @returns the URI; whoever knows it can obtain `target`
   */
  sturdy(target: ERef<unknown>, terms?: SturdyRefTerms): string;
  /**
   * A narrower sturdy ref to the same object, to hand on. Each use of it is also a use of the one
   * that it comes from, so all that narrows that one holds for it as well, and it ends with that one.
   *
   * @param sturdyRef - of this node, which the vat itself may enliven now. It is not used by this
   */
  derive(sturdyRef: string, terms?: SturdyRefTerms): string;
  /** Those that still hold, the oldest first. @param after - what the page before said */
  list(after?: string): Promise<SturdyRefPage>;
  /**
   * Ends a sturdy ref that was granted here, and with it all that was derived from it: nobody
   * enlivens one of them any more. What was already enlivened stays; to take that back, hand out a
   * caretaker.
   *
   * @param sturdyRef - its `id`, or the text itself
   * @returns whether there was such a one
   */
  revoke(sturdyRef: bigint | string): boolean;
};

/** Makes vats that run one given module. */
export type VatMaker<Root = unknown> = {
  /** @returns what the module's `make(powers, params)` answered */
  make(params: unknown): Root;
};
