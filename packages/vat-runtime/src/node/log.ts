/** Where the log of a process goes: lines for people, or JSON, on standard error. */
import { pino } from 'pino';
import type { Level } from '../monitor/events.ts';
import { type Log, makeLog, toLine } from '../monitor/log.ts';

export type LogForm = 'text' | 'json';

export type ProcessLog = {
  readonly log: Log;
  /** Writes what was told so far, before a process ends at once. */
  flush(): void;
};

/**
 * Characters that wait for a reader who does not read. What is more is lost, and the node goes on.
 */
const maxWaiting = 4 << 20;

/** @param file - a path, or the number of a descriptor; default: standard error */
export const makeProcessLog = (
  form: LogForm,
  level: Level,
  file: string | number = 2,
): ProcessLog => {
  const destination = pino.destination({ dest: file, sync: false, maxLength: maxWaiting });
  // A disk that is full or a terminal that is gone costs the log, not the node.
  destination.on('error', () => {});
  const json = pino(
    { base: null, level, formatters: { level: (name) => ({ level: name }) } },
    destination,
  );
  const log = makeLog({
    level,
    now: () => performance.now(),
    write:
      form === 'text'
        ? (record) => void destination.write(`${toLine(record)}\n`)
        : ({ event, level, values }) => json[level]({ event, ...values }),
  });
  return Object.freeze({ log, flush: () => destination.flushSync() });
};

/** A log of lines for tests and for programs that bring a place of their own. */
export const makeLineLog = (print: (line: string) => void, level: Level = 'info'): Log =>
  makeLog({ level, now: () => performance.now(), write: (record) => print(toLine(record)) });
