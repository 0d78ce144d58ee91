/**
 * Shares a thread among links: a few messages of each at a time, in turn, and after so many
 * of all, whatever else is to be done.
 */
import harden from '@endo/harden';

/** Takes one message. @returns whether there is another to take now */
export type Step = () => boolean;

export type Turnstile = {
  /** A link has messages: the first are taken at once where it is nobody's turn. */
  enter(step: Step): void;
  /** A link may go on: its messages are taken after the current task. */
  enterLater(step: Step): void;
};

/** Messages of one link in a row. */
const inARow = 8;
/** Messages of all links before other work has its turn: 1 ms of calls to vats, 8 of those to the node itself. */
const atOnce = 16;

/** @param later - runs a task after the current one, its reactions, and what came in meanwhile */
export const makeTurnstile = (later: (task: () => void) => void): Turnstile => {
  const waiting = new Set<Step>();
  let left = atOnce;
  let isScheduled = false;
  let isBusy = false;

  const schedule = () => {
    if (isScheduled) return;
    isScheduled = true;
    later(() => {
      isScheduled = false;
      left = atOnce;
      go();
    });
  };
  const go = () => {
    isBusy = true;
    try {
      for (const step of waiting) {
        if (left <= 0) break;
        waiting.delete(step);
        let hasMore = true;
        for (let i = 0; hasMore && i < inARow; i += 1) {
          left -= 1;
          hasMore = step();
        }
        if (hasMore) waiting.add(step);
      }
    } finally {
      isBusy = false;
      if (left < atOnce) schedule();
    }
  };
  return harden({
    enter(step: Step) {
      waiting.add(step);
      if (isBusy) return;
      if (left > 0) go();
      else schedule();
    },
    enterLater(step: Step) {
      waiting.add(step);
      if (!isBusy) schedule();
    },
  });
};
harden(makeTurnstile);
