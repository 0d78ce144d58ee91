/**
 * Time inside a vat: objects of the vat itself, made where its maker granted them.
 *
 *   t/<number>   a timer: { at, sleeper, ctx }
 */
import harden from '@endo/harden';
import { type InterfaceGuard, M, type MethodGuard } from '@endo/patterns';
import type { Clock, Timer } from '../actor/clock.ts';
import { originalOf, wordsOf } from '../switchboard/errors.ts';
import { hasMethod } from '../switchboard/methods.ts';
import { isDigits, isText, parseRow, recordOf } from '../store/stored-json.ts';
import { type StoredData, isStoredData } from './delivery.ts';
import { contextOf } from './context.ts';
import type { Forwarding } from './forwarding.ts';
import { makePower } from './guard.ts';
import type { Form, Heap, Kind } from './objects.ts';

/** When epoch 0 began, and how long an epoch is, in milliseconds. */
export type Epochs = { readonly zero: bigint; readonly length: bigint };

/** The number of the epoch of a time. */
export const epochAt = (time: bigint, { zero, length }: Epochs): bigint => {
  const since = time - zero;
  // Division of bigints rounds to zero, and epochs before the first are counted too.
  return since < 0n ? (since + 1n) / length - 1n : since / length;
};

/** What a maker can grant. */
export type Device = ({ readonly kind: 'clock' } & Epochs) | { readonly kind: 'timer' };

export type Clocks = {
  /** The object for a device, in the turn that makes the vat. */
  makeDevice(device: Device): object;
  goOff(timer: number): void;
};

export type ClocksPowers = {
  readonly heap: Heap;
  readonly deliver: Forwarding['deliver'];
  /** The time of the current delivery. */
  readonly now: () => bigint;
  /** Whether the time is not to be told any finer than by the epoch. */
  readonly isUnlinked: () => boolean;
  /** A number that this vat did not give before. */
  readonly nextNumber: () => number;
  /** Reads and deletes a row, whatever becomes of the turn. */
  readonly consume: (key: string) => string | undefined;
  readonly print: (line: string) => void;
};

/** The times at which a timer may go off: what the node's index of timers has room for. */
export const earliestTime: bigint = -(10n ** 17n);
export const latestTime: bigint = 9n * 10n ** 17n - 1n;

type Alarm = { readonly at: string; readonly sleeper: string; readonly ctx: StoredData };

const isAlarm = recordOf({ at: isDigits, sleeper: isText, ctx: isStoredData });
const readAlarm = (key: string, row: string) => parseRow<Alarm>(key, row, isAlarm);

/** What a vat's clocks ask. */
type Hands = Pick<ClocksPowers, 'now' | 'isUnlinked'>;
const handsOf = (clock: object): Hands => contextOf(clock).kind.own as Hands;

const epochsOf = (clock: object): Epochs => {
  const context = contextOf(clock);
  return {
    zero: context.heap.read(context, 'zero') as bigint,
    length: context.heap.read(context, 'length') as bigint,
  };
};

/** What a clock and a timer take, those of vats and those of the node. */
export const ClockI: InterfaceGuard<Record<keyof Clock, MethodGuard>> = M.interface('Clock', {
  now: M.call().returns(M.bigint()),
  epoch: M.call().returns(M.bigint()),
  startOf: M.call(M.bigint()).returns(M.bigint()),
});
export const TimerI: InterfaceGuard<Record<keyof Timer, MethodGuard>> = M.interface('Timer', {
  // What does not last is refused by name.
  wakeAt: M.call(M.bigint(), M.raw()).optional(M.raw()).returns(M.bigint()),
  cancel: M.call(M.bigint()).returns(M.boolean()),
});

const clockForm: Form = harden({
  name: '@clock',
  version: 1,
  phases: [],
  shape: { zero: M.bigint(), length: M.gt(0n) },
  prototypes: {
    clock: makePower('Clock', ClockI, {
      now(this: object) {
        const { now, isUnlinked } = handsOf(this);
        if (!isUnlinked()) return now();
        // The end of the epoch, not its start: a deadline that is reckoned from it is never over before
        // it began. And it is in the epoch that `epoch` tells.
        const epochs = epochsOf(this);
        return epochs.zero + (epochAt(now(), epochs) + 1n) * epochs.length - 1n;
      },
      epoch(this: object) {
        return epochAt(handsOf(this).now(), epochsOf(this));
      },
      startOf(this: object, epoch: bigint) {
        const { zero, length } = epochsOf(this);
        return zero + epoch * length;
      },
    }),
  },
  statePrototype: {},
});

/** What a vat's timer does, once its arguments were checked. */
type Alarms = {
  set(alarm: Alarm): number;
  cancel(timer: number): boolean;
};

const timerForm: Form = harden({
  name: '@timer',
  version: 1,
  phases: [],
  shape: {},
  prototypes: {
    timer: makePower('Timer', TimerI, {
      wakeAt(this: object, time: bigint, sleeper: unknown, ctx: unknown) {
        const { heap, kind } = contextOf(this);
        heap.turns.assertActive('set a timer');
        // Here the turn can still be undone; the node could only end.
        if (time < earliestTime || time > latestTime) {
          throw RangeError('Cannot set timer: its time is out of the range of time');
        }
        const slot = typeof sleeper === 'object' ? heap.slotOf(sleeper!) : undefined;
        if (slot === undefined || !hasMethod(sleeper!, 'wake')) {
          throw TypeError(
            'Cannot set timer: its sleeper is not a facet of this vat with a method "wake"',
          );
        }
        const number = (kind.own as Alarms).set({
          at: String(time),
          sleeper: slot.slice(2),
          ctx: heap.toData(ctx, 'ctx of a timer'),
        });
        return BigInt(number);
      },
      cancel(this: object, timer: bigint) {
        const { heap, kind } = contextOf(this);
        heap.turns.assertActive('cancel a timer');
        return (kind.own as Alarms).cancel(Number(timer));
      },
    }),
  },
  statePrototype: {},
});

export const makeClocks = (powers: ClocksPowers): Clocks => {
  const { heap } = powers;
  const { turns } = heap;

  /** Timers that the current turn set or cancelled; the others are in their rows. */
  const changed = new Map<number, Alarm | undefined>();
  const alarmAt = (number: number): Alarm | undefined => {
    if (changed.has(number)) return changed.get(number);
    const row = heap.row(`t/${number}`);
    return row === undefined ? undefined : readAlarm(`t/${number}`, row);
  };
  const change = (number: number, alarm: Alarm | undefined) => {
    const isFirst = !changed.has(number);
    const before = changed.get(number);
    changed.set(number, alarm);
    turns.note({
      undo: () => void (isFirst ? changed.delete(number) : changed.set(number, before)),
      key: `t/${number}`,
      row() {
        const alarmNow = alarmAt(number);
        changed.delete(number);
        return alarmNow === undefined ? undefined : JSON.stringify(alarmNow);
      },
    });
  };

  const alarms: Alarms = {
    set(alarm) {
      const number = powers.nextNumber();
      change(number, alarm);
      turns.effect({ kind: 'timer', timer: number, at: alarm.at });
      return number;
    },
    cancel(number) {
      const alarm = alarmAt(number);
      if (alarm === undefined) return false;
      change(number, undefined);
      turns.effect({ kind: 'cancel', timer: number, at: alarm.at });
      return true;
    },
  };
  const clockKind: Kind = Object.freeze({ form: clockForm, own: powers });
  const timerKind: Kind = Object.freeze({ form: timerForm, own: alarms });
  heap.define(clockKind);
  heap.define(timerKind);

  return Object.freeze({
    makeDevice(device: Device) {
      if (device.kind === 'timer') return heap.make(timerKind, () => ({})).facets['timer']!;
      const { zero, length } = device;
      return heap.make(clockKind, () => ({ zero, length })).facets['clock']!;
    },
    goOff(number: number) {
      const row = powers.consume(`t/${number}`);
      // It was cancelled when it was on its way already.
      if (row === undefined) return;
      try {
        const { at, sleeper, ctx } = readAlarm(`t/${number}`, row);
        const facet = heap.facetAt(`o+${sleeper}`);
        if (facet === undefined) throw Error('its sleeper exists no more');
        const args = [heap.fromData(`t/${number}`, ctx), BigInt(at)];
        turns.run(() => void powers.deliver(facet, 'wake', args, { by: 'E' }));
      } catch (error) {
        powers.print(`A timer came to nothing: ${wordsOf(originalOf(error) ?? error)}`);
      }
    },
  });
};
