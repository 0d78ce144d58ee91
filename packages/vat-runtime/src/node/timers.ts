/** The node's timers: an ordered index in the store, of which only what comes next is in memory. */
import harden from '@endo/harden';
import { RowDamagedError } from '../store/checked-storage.ts';
import type { Committer } from '../store/committer.ts';
import { earliestTime } from '../vat/clock.ts';
import type { TimeSource } from '../machine/system-time.ts';
import type { NodeClock } from './node-clock.ts';

export type Timers = {
  /** Both in the current batch. */
  set(vat: string, timer: number, at: bigint): void;
  cancel(vat: string, timer: number, at: bigint): void;
  /** How many are in memory: all, or those that come next. */
  size(): number;
  /** Begins to call `onDue`. */
  start(): void;
  stop(): void;
};

export type TimersPowers = {
  readonly store: Committer;
  readonly clock: NodeClock;
  readonly time: TimeSource;
  /** A timer went off; its row is deleted in the same batch as what this stages. */
  readonly onDue: (vat: string, timer: number) => void;
};

const prefix = 'timer/';
/** How many are read at a time. */
const windowSize = 1000;
/**
 * The longest sleep between looks at the clock, in milliseconds: the machine's clock may be set
 * forward meanwhile, and then what became due is late by no more than this.
 */
const longestSleep = 10_000;

/** Times before 1970 sort before those after it. The vat has seen to it that the time is in range. */
const timeKey = (at: bigint): string => String(at - earliestTime).padStart(18, '0');
const keyOf = (vat: string, timer: number, at: bigint): string =>
  `${prefix}${timeKey(at)}/${vat}/${String(timer).padStart(12, '0')}`;
const readKey = (
  key: string,
): { readonly at: bigint; readonly vat: string; readonly timer: number } => {
  const [, at, vat, timer] = /^timer\/(\d{18})\/([^/]+)\/(\d{12,16})$/.exec(key) ?? [];
  if (at === undefined) throw new RowDamagedError(key);
  return { at: BigInt(at) + earliestTime, vat: vat!, timer: Number(timer) };
};
const timeOf = (key: string): bigint => readKey(key).at;

export const makeTimers = ({ store, clock, time, onDue }: TimersPowers): Timers => {
  /** Keys in order: all that there are up to `horizon`, undefined for all of them. */
  let window: string[] = [];
  let horizon: string | undefined = prefix;
  let reading = false;
  let started = false;
  /** Whether a look is to come when the store has room. */
  let asked = false;
  let cancelSleep = () => {};

  const position = (key: string): number => {
    let low = 0;
    let high = window.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (window[middle]! < key) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  const insert = (key: string) => {
    const index = position(key);
    if (window[index] !== key) window.splice(index, 0, key);
  };

  const readOn = async () => {
    reading = true;
    const rows = await store.list(prefix, { after: horizon!, limit: windowSize });
    // What was set during the read may be in the list or not.
    for (const [key] of rows) insert(key);
    const end = rows.length < windowSize ? undefined : rows.at(-1)![0];
    if (end !== undefined) window = window.filter((key) => key <= end);
    horizon = end;
    reading = false;
    look();
  };

  /** Some timers at a time, so that a slow disk is felt when many are due at once. */
  const look = () => {
    if (!started || asked) return;
    asked = true;
    store.whenRoom(() => {
      asked = false;
      if (started) lookNow();
    });
  };
  const lookNow = () => {
    cancelSleep();
    const now = clock.now();
    for (let count = 0; window.length > 0 && timeOf(window[0]!) <= now; count += 1) {
      if (count === windowSize) return look();
      const key = window.shift()!;
      // One that was cancelled while the list was read.
      if (store.get(key) === undefined) continue;
      const { vat, timer } = readKey(key);
      store.stage([[key, undefined]]);
      onDue(vat, timer);
    }
    if (window.length === 0 && horizon !== undefined) {
      if (!reading) void readOn();
      return;
    }
    if (window.length === 0) return;
    const wait = Number(timeOf(window[0]!) - now);
    cancelSleep = time.after(Math.min(wait, longestSleep), look);
  };

  return harden({
    set(vat: string, timer: number, at: bigint) {
      const key = keyOf(vat, timer, at);
      store.stage([[key, '']]);
      // While more is read from the store, the newest rows may come too late for it.
      if (!reading && horizon !== undefined && key > horizon) return;
      insert(key);
      if (!reading && window.length > 2 * windowSize) {
        window.length = windowSize;
        horizon = window.at(-1);
      }
      if (started && window[0] === key) look();
    },
    cancel(vat: string, timer: number, at: bigint) {
      const key = keyOf(vat, timer, at);
      store.stage([[key, undefined]]);
      const index = position(key);
      if (window[index] === key) window.splice(index, 1);
    },
    size: () => window.length,
    start() {
      started = true;
      look();
    },
    stop() {
      started = false;
      cancelSleep();
    },
  });
};
