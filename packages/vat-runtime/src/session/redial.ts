/**
 * When a node is dialled: at once for who calls, later and later by itself.
 *
 * - After a failure it is dialled again after a random wait of 0.25 to 30 s, which may be up to three
 *   times the one before ("decorrelated jitter": M. Brooker, Exponential Backoff And Jitter, AWS
 *   Architecture Blog, 2015). So a hundred nodes that lost each other do not all dial at one moment.
 * - Only a session that lasted ends the back-off: whoever accepts and ends at once is no nearer.
 * - A call need not wait for that, but a flood of calls dials no more than once a second.
 * - No call waits for longer than a bound, whatever the dialling does meanwhile.
 */
import harden from '@endo/harden';

export const shortestWait = 250;
export const longestWait = 30_000;
/** From one dial to the next that a call may cause. */
export const betweenDials = 1000;
/** A session that lasted so long was one. */
export const steadyAfter = 10_000;
/** A call that waits for a link is refused after so long at the latest. */
export const longestHold = 20_000;

export type RedialPowers = {
  readonly random: (byteLength: number) => Uint8Array;
  /** @returns a function that cancels it */
  readonly after: (milliseconds: number, task: () => void) => () => void;
  /** Begins to dial. */
  readonly dial: () => void;
  /** Calls have waited for the link for too long. */
  readonly giveUp: () => void;
  /** Nothing is to be remembered any more. */
  readonly onIdle: () => void;
};

export type Redial = {
  /** A call waits for the link. */
  want(): void;
  /** The dial failed, or the session ended, and something of the node is needed. */
  again(): void;
  /** A session began. */
  opened(): void;
  /** It ended. */
  ended(): void;
  /** Whether it will be dialled by itself. */
  isWaiting(): boolean;
  /** Nothing is dialled any more. */
  stop(): void;
};

/** @returns the wait after one of `last` milliseconds, or the first */
export const nextWait = (
  last: number | undefined,
  random: (byteLength: number) => Uint8Array,
): number => {
  const [high, low] = random(2) as unknown as [number, number];
  const part = (high * 256 + low) / 65_535;
  const most = Math.min(3 * (last ?? shortestWait), longestWait);
  return shortestWait + part * (most - shortestWait);
};

type Timer = 'retry' | 'rest' | 'hold' | 'steady';

export const makeRedial = ({ random, after, dial, giveUp, onIdle }: RedialPowers): Redial => {
  const timers = new Map<Timer, () => void>();
  let lastWait: number | undefined;
  let isWanted = false;
  let isOpen = false;
  let stopped = false;

  const cancel = (name: Timer) => {
    timers.get(name)?.();
    timers.delete(name);
  };
  const set = (name: Timer, milliseconds: number, task: () => void) => {
    cancel(name);
    const cancelTimer = after(milliseconds, () => {
      timers.delete(name);
      task();
      if (timers.size === 0 && !isOpen) onIdle();
    });
    timers.set(name, cancelTimer);
  };

  const go = () => {
    cancel('retry');
    isWanted = false;
    if (stopped || isOpen) return;
    rest();
    dial();
  };
  const rest = () =>
    set('rest', betweenDials, () => {
      if (isWanted) go();
    });

  return harden({
    want() {
      if (stopped || isOpen) return;
      if (!timers.has('hold')) set('hold', longestHold, giveUp);
      if (timers.has('rest')) isWanted = true;
      else go();
    },
    again() {
      if (stopped || isOpen) return;
      lastWait = nextWait(lastWait, random);
      set('retry', lastWait, go);
    },
    opened() {
      isOpen = true;
      isWanted = false;
      cancel('retry');
      cancel('hold');
      set('steady', steadyAfter, () => {
        lastWait = undefined;
      });
    },
    ended() {
      if (!isOpen) return;
      isOpen = false;
      // Who accepts and ends at once is dialled no more often than who does not answer.
      if (timers.has('steady')) rest();
      cancel('steady');
      if (timers.size === 0) onIdle();
    },
    isWaiting: () => timers.has('retry') || isWanted,
    stop() {
      stopped = true;
      for (const name of [...timers.keys()]) cancel(name);
    },
  });
};
