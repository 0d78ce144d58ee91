/** Calls of facets, each with an end in sight. */
import { E } from '@endo/far';
import harden from '@endo/harden';

/** What became of a call. */
export type Outcome =
  | { readonly kind: 'answered'; readonly value: unknown }
  /** The facet, or the guard before it, threw: it did not act. */
  | { readonly kind: 'refused' }
  /** Whether it acted is not known: no answer in time, or the link broke. */
  | { readonly kind: 'unknown' };

/** Settles when the time is over. One deadline is shared by all calls that make one page. */
export type Deadline = { readonly over: Promise<Outcome>; cancel(): void };

export const makeDeadline = (milliseconds: number): Deadline => {
  let cancel = () => {};
  const over = new Promise<Outcome>((resolve) => {
    const timer = setTimeout(() => resolve({ kind: 'unknown' }), milliseconds);
    cancel = () => {
      clearTimeout(timer);
      // Settled also when not needed, so that nothing waits on it for ever.
      resolve({ kind: 'unknown' });
    };
  });
  return { over, cancel: () => cancel() };
};
harden(makeDeadline);

const asOutcome = async (ask: () => unknown): Promise<Outcome> => {
  try {
    // `E` throws at once where a method is named like a property of functions, such as `name`.
    return { kind: 'answered', value: await ask() };
  } catch (error) {
    // Of an error from another vat only a built-in class survives (see STYLE, "Errors"):
    // a wrong shape or value is a TypeError or RangeError, thrown before anything was done.
    const definite = error instanceof TypeError || error instanceof RangeError;
    return { kind: definite ? 'refused' : 'unknown' };
  }
};

/** Calls `method` of a presence. Never rejects, and settles by the deadline at the latest. */
export const callFacet = (
  facet: object,
  method: string,
  args: readonly unknown[],
  deadline: Deadline,
): Promise<Outcome> => {
  // Every property of a presence is a method that may be asked for; its host decides.
  const target = E(facet as Record<string, (...args: unknown[]) => unknown>);
  return Promise.race([asOutcome(() => target[method]!(...args)), deadline.over]);
};
harden(callFacet);
