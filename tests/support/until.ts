/** Waiting for what happens elsewhere. No test says how fast anything is; this only says when to give up. */
import { setTimeout as sleep } from 'node:timers/promises';

export const patienceMillis = 30_000;

/**
 * Asks until the answer is neither undefined nor false, and returns it.
 *
 * @param what - for the error: what did not come
 */
export const until = async <T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> => {
  const end = performance.now() + patienceMillis;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > end) throw Error(`Cannot wait any longer: ${what} did not come`);
    await sleep(50);
  }
};
