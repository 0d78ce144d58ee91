/**
 * Vats that are not run: because of what they did to their hosts, or because they cannot be loaded.
 *
 *   strikes/<vat>     when its host had to be ended because of it: times of the node's clock
 *   suspended/<vat>   why it is not run any more, until the operator resumes it
 */
import harden from '@endo/harden';
import type { Committer } from '../store/committer.ts';
import { arrayOf, isDigits, parseRow } from '../store/stored-json.ts';
import type { NodeClock } from './node-clock.ts';

/** So many strikes within a day suspend a vat. */
export const maxStrikes = 3;
const countedFor = 24n * 60n * 60n * 1000n;

const TOO_MANY_STRIKES =
  'its host had to be ended because of it three times within a day: a turn took too long, or too much memory';

export type Suspensions = {
  /** Its host was ended because of it. @returns whether that suspended it, as of the current batch */
  strike(vat: string): boolean;
  /** It cannot be loaded: its rows or its module are not in order. Forgotten at the end of the node. */
  fault(vat: string, reason: string): void;
  /** Why a vat is suspended, in words for the operator; undefined for any other. */
  why(vat: string): string | undefined;
  /** Strikes that count now. */
  strikesOf(vat: string): number;
  /** @returns false where it was not suspended */
  lift(vat: string): boolean;
  count(): number;
};

const areTimes = arrayOf(isDigits);

export const openSuspensions = async (store: Committer, clock: NodeClock): Promise<Suspensions> => {
  const reasons = new Map<string, string>();
  for (const [key, reason] of await store.list('suspended/')) {
    reasons.set(key.slice('suspended/'.length), reason);
  }
  const timesOf = (vat: string): string[] => {
    const key = `strikes/${vat}`;
    const times = parseRow<string[]>(key, store.get(key) ?? '[]', areTimes);
    const since = clock.now() - countedFor;
    return times.filter((time) => BigInt(time) > since);
  };
  return harden({
    strike(vat) {
      const times = [...timesOf(vat), String(clock.now())];
      store.stage([[`strikes/${vat}`, JSON.stringify(times)]]);
      if (times.length < maxStrikes) return false;
      store.stage([[`suspended/${vat}`, TOO_MANY_STRIKES]]);
      reasons.set(vat, TOO_MANY_STRIKES);
      return true;
    },
    fault: (vat, reason) => void reasons.set(vat, reason),
    why: (vat) => reasons.get(vat),
    strikesOf: (vat) => timesOf(vat).length,
    lift(vat) {
      if (!reasons.delete(vat)) return false;
      store.stage([
        [`strikes/${vat}`, undefined],
        [`suspended/${vat}`, undefined],
      ]);
      return true;
    },
    count: () => reasons.size,
  }) as Suspensions;
};
