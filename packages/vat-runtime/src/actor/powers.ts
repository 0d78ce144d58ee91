/** The node's powers as a vat that was given one sees it: each is a reference to the node itself. */
import type { ERef } from '@endo/eventual-send';

/** Turns sturdy refs into references. */
export type Enlivener = {
  /**
   * @param sturdyRef - a URI, `ocapn://<designator>.<transport>/s/<swiss number>?<hints>`
   * @returns the object it designates, on this node or another
   * Unknown, expired, used and revoked give one and the same error.
   */
  enliven(sturdyRef: string): unknown;
};

/** Turns references into sturdy refs of this node. */
export type Grantor = {
  /**
   * @param target - an object of a vat of this node
   * @param options - `uses`: how often it may be enlivened (default: any number of times)
   * @returns the URI; whoever knows it can obtain `target`
   */
  sturdy(target: ERef<unknown>, options?: { uses?: bigint }): string;
};

/** Makes vats that run one given module. */
export type VatMaker<Root = unknown> = {
  /** @returns what the module's `make(powers, params)` answered */
  make(params: unknown): Root;
};
