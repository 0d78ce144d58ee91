/** Asking facets in processes that are killed, frozen and cut off, until they have answered. */
import assert from 'node:assert/strict';
import type { ClearingNode, Named } from '../clearing/node.ts';
import { until } from '../support/until.ts';

// `any`: answers of facets in other processes.
type Any = any;

let count = 0;
/** Another request for each intended act. */
export const next = () => `a request that nobody guesses ${(count += 1)}`;

const away = /delivered: (no|unknown)|is down|ended/;
/** What was kept by nobody went with its process, and has to be asked for again. */
const awayOrGone = /delivered: (no|unknown)|is down|ended|was kept by nobody/;

/** Goes on until nobody who is needed is away. */
const retried = <T>(what: string, isAway: RegExp, act: () => Promise<T>): Promise<T> =>
  until(what, async () => {
    try {
      return { answer: await act() };
    } catch (error) {
      if (isAway.test(String(error))) return undefined;
      throw error;
    }
  }).then(({ answer }) => answer);

/**
 * Asks until the answer comes: links break and nodes are away, and every act can be repeated.
 * Whether it was carried out and only the answer was lost nobody knows here.
 */
export const ask = <T = Any>(
  node: ClearingNode,
  ref: Named,
  method: string,
  ...args: unknown[]
): Promise<T> =>
  retried(`${method} on ${node.name}`, away, () => node.call<T>(ref, method, ...args));

/** The same, where a refusal is a fault. */
export const must = async <T = Any>(
  node: ClearingNode,
  ref: Named,
  method: string,
  ...args: unknown[]
): Promise<T> => {
  const answer = await ask(node, ref, method, ...args);
  assert.notEqual(answer.ok, false, `${method}: ${String(answer.code)}`);
  return answer;
};

/** A reference under a name that lasts, which is asked for again where its process died with it. */
export const kept = (node: ClearingNode, as: string, get: () => Promise<Named>): Promise<Named> =>
  retried(as, awayOrGone, async () => node.keep(as, await get()));
