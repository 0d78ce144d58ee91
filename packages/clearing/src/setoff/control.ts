/** What whoever runs a solver may do meanwhile. */

export type Control = {
  /** Told how much is done, from 0 to 1, at most some hundred times. */
  readonly progress?: (done: number) => void;
  /** Asked often. When it answers true, the solver throws a `CancelledError`. */
  readonly isCancelled?: () => boolean;
};

/** The caller asked the solver to stop. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';
  constructor() {
    super('Set-off stopped: it was cancelled');
  }
}
