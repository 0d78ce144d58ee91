/** The log of a node: declared events at a level, and bounded in rate whoever causes them. */
import harden from '@endo/harden';
import { type EventFields, type EventName, type Level, events, levels } from './events.ts';
import type { Field, FieldValue } from './fields.ts';

export type Log = {
  tell<N extends EventName>(name: N, values: EventFields[N]): void;
  /** Whether an event would be written: spares making what nobody reads. */
  tells(name: EventName): boolean;
};

/** What is written: the declared fields of one event, looked at. */
export type LogRecord = {
  readonly event: EventName;
  readonly level: Level;
  readonly values: { readonly [field: string]: FieldValue };
};

export type LogPowers = {
  /** The lowest level that is written. */
  readonly level: Level;
  readonly write: (record: LogRecord) => void;
  /** A token bucket for one source, of `recordsOfSource`. */
  readonly makeBucket: () => { takeOne(): boolean };
};

/**
 * Records of one source (an event, of one vat where it names one) that may come at once, and how many
 * a second after that: no party fills the disk by being talked about.
 */
export const recordsOfSource: { readonly perSecond: number; readonly burst: number } = {
  perSecond: 100,
  burst: 2000,
};
/** Sources that are told apart. With more, all begin anew. */
const maxSources = 4096;

const withheld = '(withheld)';

/** The line of a record for a terminal. Only its beginning stands in the first column. */
export const toLine = ({ event, values }: LogRecord): string =>
  // The cast holds: `makeLog` made the values of what this event declares.
  (events[event].say as (values: LogRecord['values']) => string)(values).replaceAll('\n', '\n  ');

export const makeLog = ({ level, write, makeBucket }: LogPowers): Log => {
  const lowest = levels.indexOf(level);
  const sources = new Map<string, { bucket: ReturnType<LogPowers['makeBucket']>; left: number }>();

  const wanted = new Set<string>(
    Object.entries(events)
      .filter(([, { level: its }]) => levels.indexOf(its) >= lowest)
      .map(([name]) => name),
  );
  const tells = (name: EventName) => wanted.has(name);

  const read = (name: EventName, values: object): LogRecord => {
    const declared = Object.entries<Field<FieldValue>>(events[name].fields);
    return {
      event: name,
      level: events[name].level,
      values: Object.fromEntries(
        declared.map(([field, { read }]) => [
          field,
          read((values as Record<string, unknown>)[field]) ?? withheld,
        ]),
      ),
    };
  };

  /** Whether there is room for one more of a source. */
  const isAllowed = (source: string): boolean => {
    let state = sources.get(source);
    if (state === undefined) {
      if (sources.size >= maxSources) sources.clear();
      state = { bucket: makeBucket(), left: 0 };
      sources.set(source, state);
    }
    if (!state.bucket.takeOne()) {
      state.left += 1;
      return false;
    }
    if (state.left > 0) {
      write(read('log.thinned', { lines: state.left }));
      state.left = 0;
    }
    return true;
  };

  return harden({
    tells,
    tell(name: EventName, values: object) {
      if (!tells(name)) return;
      const record = read(name, values);
      const { vat = '' } = record.values;
      if (isAllowed(`${name} ${vat}`)) write(record);
    },
  }) as Log;
};

/** What a record takes in memory while it waits, beside its texts. */
const lengthAround = 300;

/** A log whose records wait at the gate: what they tell of is on disk when they are written. */
export const makeGatedLog = (log: Log, gate: (release: () => void, size: number) => void): Log =>
  harden({
    tells: log.tells,
    tell(name: EventName, values: EventFields[EventName]) {
      if (!log.tells(name)) return;
      const texts = Object.values(values as object).filter((value) => typeof value === 'string');
      const size = texts.reduce((sum, { length }) => sum + length, lengthAround);
      gate(() => log.tell(name, values), size);
    },
  }) as Log;
