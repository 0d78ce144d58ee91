/** Asking facets in processes that are killed, frozen and cut off, until they have answered. */
import assert from 'node:assert/strict';
import type { ClearingNode, Named } from '../clearing/node.ts';
import { until } from '../support/until.ts';

// `any`: answers of facets in other processes.
type Any = any;

let count = 0;
/** Another request for each intended act. */
export const next = () => `a request that nobody guesses ${(count += 1)}`;

/** Whether it failed because somebody was away; what was kept by nobody went with its process. */
const isAway = (error: unknown): boolean =>
  /delivered: (no|unknown)|is down|ended|was kept by nobody/.test(String(error));

/** Goes on until nobody who is needed is away. */
export const retried = <T>(what: string, act: () => Promise<T>): Promise<T> =>
  until(what, async () => {
    try {
      return { answer: await act() };
    } catch (error) {
      if (isAway(error)) return undefined;
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
): Promise<T> => retried(`${method} on ${node.name}`, () => node.call<T>(ref, method, ...args));

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
  retried(as, async () => node.keep(as, await get()));
