/** What a node does while it is crashed, and how one sees afterwards whether all is there. */
import type { Random } from './random.ts';
import type { Log } from './transfers.ts';

export type Vat = { readonly label: string; readonly module: string };

export type Workload = {
  readonly name: string;
  /** The vats to make when the node is founded. */
  readonly vats: readonly Vat[];
  /**
   * Moves value between the vats until the link is lost, or until `transfers` were made.
   *
   * @param roots - what the vats' `make` answered, in the order of `vats`, over a link
   * @throws where a call fails for any other reason than the loss of the link
   */
  drive(roots: readonly unknown[], log: Log, random: Random, transfers?: number): Promise<void>;
  /**
   * Compares the vats with the log, before anything else is asked of the node since its start;
   * brings what was not acknowledged to an end, and compares again.
   *
   * @returns what is wrong: an empty list, where all is well
   */
  check(roots: readonly unknown[], log: Log): Promise<readonly string[]>;
};
