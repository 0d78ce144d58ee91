/** `changed`: promises that wait for the next turn that touches certain objects. */
import type { Changed } from '../actor/actor.ts';
import type { Context, Heap } from './objects.ts';

export type Watch = {
  readonly changed: Changed;
  /** To be called when a turn that touched these objects was committed. */
  tell(touched: ReadonlySet<Context>): void;
};

/**
 * So many may wait for one object: each is a promise that is kept, and whoever gave it up has no way to
 * say so. Past it the one that waited longest is answered: an answer too many, never one too few.
 */
export const maxWaiting = 1024;

/** @param incarnation - differs for each load of the vat, so that versions of an earlier one are not mistaken */
export const makeWatch = (heap: Heap, incarnation: string): Watch => {
  const waiting = new Map<Context, Set<() => void>>();

  const changed: Changed = (since, ...objects) => {
    const contexts = objects.map((object) => heap.contextOf(object));
    const version = () =>
      `${incarnation}.${Math.max(...contexts.map(({ changedAt }) => changedAt))}`;
    if (since !== version()) return Promise.resolve(version());
    return new Promise((resolve) => {
      const wake = () => {
        for (const context of contexts) {
          const set = waiting.get(context);
          set?.delete(wake);
          if (set?.size === 0) waiting.delete(context);
        }
        resolve(version());
      };
      for (const context of contexts) {
        const set = waiting.get(context) ?? new Set();
        waiting.set(context, set.add(wake));
        const [oldest] = set;
        if (set.size > maxWaiting) oldest!();
      }
    });
  };

  return {
    changed,
    // The newest stamp among some objects differs from an older answer when one of them was touched
    // since, or came back into memory: an answer too many, never one too few.
    tell(touched) {
      heap.stamp(touched);
      const woken = new Set<() => void>();
      for (const context of touched) {
        for (const wake of waiting.get(context) ?? []) woken.add(wake);
      }
      for (const wake of woken) wake();
    },
  };
};
