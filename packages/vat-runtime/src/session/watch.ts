/**
 * Follows a notifier, over lost links and restarts of either side, for programs and clients.
 *
 * It asks for what is newer than what it has, waits for as long as that takes, and asks again when the
 * question was lost. Versions only grow, so asking twice does no harm.
 */
import { E } from '@endo/eventual-send';
import harden from '@endo/harden';
import { deliveryOf } from '../switchboard/delivery.ts';
import { nextWait } from './redial.ts';

export type WatchPowers = {
  readonly random: (byteLength: number) => Uint8Array;
  /** @returns a function that cancels it */
  readonly after: (milliseconds: number, task: () => void) => () => void;
};

export type WatchOptions = {
  /** Only what is newer is of interest: a version that was shown before. Default: whatever there is. */
  readonly since?: bigint;
  /** Milliseconds from one value to the next at least: what changes in between is left out. Default: 100. */
  readonly every?: number;
};

export type Watch = {
  /** Nothing is shown any more. */
  stop(): void;
  /**
   * Resolves when it was stopped. Rejects with what the notifier answered where that is an error of
   * its own, such as of a reference that was taken back, and with what `onValue` threw.
   */
  readonly ended: Promise<void>;
};

type Notifying = { changedSince(after: bigint): unknown };

const defaultEvery = 100;

const checkNotice = (notice: unknown): { value: unknown; version: bigint } => {
  const { value, version } = (notice ?? {}) as { value?: unknown; version?: unknown };
  if (typeof version === 'bigint') return { value, version };
  throw TypeError('Cannot watch: what it answered is not a value with a version');
};

/**
 * @param notifier - a presence of one, as `makeNotifier` makes it
 * @param onValue - called with each value that is newer than all before. Where it answers a promise,
 *   nothing more is asked for until that is fulfilled
 */
export const watch = (
  notifier: unknown,
  onValue: (value: unknown, version: bigint) => unknown,
  { random, after }: WatchPowers,
  { since = -1n, every = defaultEvery }: WatchOptions = {},
): Watch => {
  let last = since;
  let isOver = false;
  let onStop = () => {};
  const stopped = new Promise<void>((resolve) => {
    onStop = resolve;
  });
  let endPause = () => {};
  const pause = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      const cancel = after(milliseconds, resolve);
      endPause = () => {
        cancel();
        resolve();
      };
    });

  const follow = async (): Promise<void> => {
    let wait: number | undefined;
    while (!isOver) {
      let notice: unknown;
      try {
        notice = await E(notifier as Notifying).changedSince(last);
      } catch (error) {
        if (isOver) return;
        if (deliveryOf(error) === undefined) throw error;
      }
      if (isOver) return;
      if (notice !== undefined) {
        const { value, version } = checkNotice(notice);
        if (version > last) {
          last = version;
          wait = undefined;
          await onValue(value, version);
          await pause(every);
          continue;
        }
      }
      // The question was lost, or answered although there is nothing new.
      wait = nextWait(wait, random);
      await pause(wait);
    }
  };

  const ended = Promise.race([follow(), stopped]);
  // Whoever does not look at it does not end the process.
  ended.catch(() => {});
  return harden({
    stop() {
      isOver = true;
      onStop();
      endPause();
    },
    ended,
  });
};
harden(watch);
