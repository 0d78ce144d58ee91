/**
 * Promises that were rejected and that nobody listens to. They end nothing: a line says so, in the
 * console of the vat whose delivery it was, or else of the process.
 */
type Taker = (reason: unknown) => boolean;

const takers = new Set<Taker>();

/**
 * @param taker - answers whether the rejection is its own to tell of
 * @returns takes the taker away again
 */
export const addRejectionTaker = (taker: Taker): (() => void) => {
  takers.add(taker);
  return () => void takers.delete(taker);
};

/** How long somebody may take to begin to listen, in milliseconds. */
const patience = 1000;

/** @param tell - is called for what nobody took and nobody listened to in time */
export const watchRejections = (tell: (reason: unknown) => void): void => {
  const waiting = new Map<Promise<unknown>, unknown>();
  const take = (promise: Promise<unknown>) => {
    if (!waiting.has(promise)) return;
    const reason = waiting.get(promise);
    waiting.delete(promise);
    tell(reason);
  };
  process.on('unhandledRejection', (reason, promise) => {
    for (const taker of takers) if (taker(reason)) return;
    waiting.set(promise, reason);
    setTimeout(take, patience, promise).unref();
  });
  process.on('rejectionHandled', (promise) => void waiting.delete(promise));
  process.on('exit', () => {
    for (const promise of [...waiting.keys()]) take(promise);
  });
};
