/** Which vats are put to sleep, and when. */
import harden from '@endo/harden';
import type { TimeSource } from '../machine/system-time.ts';
import type { Switchboard } from '../switchboard/switchboard.ts';
import type { AwakeVat, AwakeVats } from './awake-vats.ts';
import type { Inboxes } from './inbox.ts';

export type SleepPolicy = {
  /** A vat that got no message for so long goes to sleep, if nobody would notice. */
  readonly idleMilliseconds: number;
  /**
   * With more than this awake, the longest idle ones sleep at once, if nobody would notice;
   * with more than twice as many, also those that are in the middle of something.
   */
  readonly maxAwake: number;
};

export const defaultSleepPolicy: SleepPolicy = Object.freeze({
  idleMilliseconds: 60_000,
  maxAwake: 1000,
});

export type Sleep = {
  /** Puts some to sleep where too many are awake. */
  makeRoom(): void;
  /** Begins to look for idle ones. */
  start(): void;
  stop(): void;
};

export type SleepPowers = {
  readonly policy: SleepPolicy;
  readonly awake: Pick<AwakeVats, 'size' | 'all' | 'unload' | 'endSession'>;
  readonly inboxes: Inboxes;
  readonly switchboard: Switchboard;
  readonly time: TimeSource;
};

export const makeSleep = ({ policy, awake, inboxes, switchboard, time }: SleepPowers): Sleep => {
  const { idleMilliseconds, maxAwake } = policy;
  let cancelSweep = () => {};

  /** Puts a vat to sleep, if nobody would notice. */
  const tryToSleep = (vat: AwakeVat): boolean => {
    if (vat.phase !== 'awake' || inboxes.hasItems(vat.id)) return false;
    if (!switchboard.isQuiet(vat.party)) return false;
    switchboard.pause(vat.party);
    // It may be doing something of which we have not heard yet.
    awake.unload(vat, vat.crank);
    return true;
  };
  const forceToSleep = (vat: AwakeVat): void => {
    switchboard.pause(vat.party);
    awake.endSession(vat, 'too many vats are awake');
  };

  const sweep = () => {
    const end = time.monotonic() - idleMilliseconds;
    for (const vat of awake.all()) if (vat.used <= end) tryToSleep(vat);
    cancelSweep = time.after(Math.max(idleMilliseconds / 4, 10), sweep);
  };

  return harden({
    makeRoom() {
      let tooMany = awake.size() - maxAwake;
      if (tooMany <= 0) return;
      const idle = awake.all().sort((a, b) => a.used - b.used);
      for (const vat of idle) if (tooMany > 0 && tryToSleep(vat)) tooMany -= 1;
      for (const vat of idle) {
        if (tooMany > maxAwake && vat.phase === 'awake') {
          forceToSleep(vat);
          tooMany -= 1;
        }
      }
    },
    start: sweep,
    stop: () => cancelSweep(),
  });
};
