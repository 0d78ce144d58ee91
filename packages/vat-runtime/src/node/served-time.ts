/**
 * How long this node has been there to be called, over all its starts, in the row `served`.
 *
 * Leases are measured in it, and not by any clock: a clock that was set a year ahead ends no lease, and
 * time in which this node was off counts against nobody. It is counted in short steps, each by a clock
 * that never jumps, and a step counts no more than it was to take: a machine that slept, or a process
 * that was stopped, was not there either.
 */
import harden from '@endo/harden';
import type { TimeSource } from '../machine/system-time.ts';
import type { Committer } from '../store/committer.ts';
import { parseCount } from '../store/stored-json.ts';

export type ServedTime = {
  /** Milliseconds, as of the last step. */
  now(): number;
  /** Takes a step. */
  step(): void;
};

export const stepMilliseconds = 60_000;
/** What a crash may take away; the row is written so seldom for the sake of small disks. */
const stepsForARow = 10;

export const makeServedTime = (
  store: Committer,
  { monotonic }: Pick<TimeSource, 'monotonic'>,
): ServedTime => {
  let served = parseCount('served', store.get('served') ?? '0');
  let mark = monotonic();
  let steps = 0;
  return harden({
    now: () => served,
    step() {
      const now = monotonic();
      served += Math.floor(Math.min(Math.max(now - mark, 0), 2 * stepMilliseconds));
      mark = now;
      steps += 1;
      if (steps % stepsForARow === 0) store.stage([['served', String(served)]]);
    },
  });
};
