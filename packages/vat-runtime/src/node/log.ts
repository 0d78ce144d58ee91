/** Where the log of a process goes: lines for people, or JSON. */
import type { Writable } from 'node:stream';
import { pino } from 'pino';
import type { Level } from '../monitor/events.ts';
import { type Log, type LogRecord, makeLog, recordsOfSource, toLine } from '../monitor/log.ts';
import { makeTokenBucket } from '../switchboard/token-bucket.ts';

export type LogForm = 'text' | 'json';

/** Bytes that wait for a reader who does not read. What is more is lost and counted, and the node goes on. */
export const maxWaitingBytes: number = 4 << 20;

const makeBucket = () => makeTokenBucket(recordsOfSource, () => performance.now());

/** Streams whose errors end nothing any more. */
const heeded = new WeakSet<Writable>();

/**
 * A child process that is given our standard error, as esbuild's is, makes it blocking for us too: whoever
 * does not read it would then stop the node in the middle of a write. Node has no public way to undo that.
 */
const unblock = (stream: Writable): void => {
  const { _type, _handle } = stream as unknown as {
    _type?: string;
    _handle?: { setBlocking?(isBlocking: boolean): void };
  };
  if (_type === 'pipe') _handle?.setBlocking?.(false);
};

const jsonTo = (destination: { write(line: string): void }) => {
  // Every record was looked at before, so pino writes whatever comes.
  const json = pino(
    { base: null, level: 'trace', formatters: { level: (name) => ({ level: name }) } },
    destination,
  );
  return ({ event, level, values }: LogRecord) => json[level]({ event, ...values });
};

/**
 * A log on a stream.
 * @param stream - where its reader is slow, lines wait up to a bound; where it is gone, they are lost
 */
export const makeProcessLog = (
  form: LogForm,
  level: Level,
  stream: Writable = process.stderr,
): Log => {
  let lost = 0;
  if (!heeded.has(stream)) stream.on('error', () => {});
  heeded.add(stream);
  const put =
    form === 'json' ? jsonTo(stream) : (record: LogRecord) => stream.write(`${toLine(record)}\n`);
  return makeLog({
    level,
    makeBucket,
    write(record) {
      if (stream.writableLength > maxWaitingBytes) {
        lost += 1;
        return;
      }
      unblock(stream);
      if (lost > 0) put({ event: 'log.thinned', level: 'warn', values: { lines: lost } });
      lost = 0;
      put(record);
    },
  });
};

/** A log of lines, for tests and for programs that bring a place of their own. */
export const makeLineLog = (print: (line: string) => void, level: Level = 'info'): Log =>
  makeLog({ level, makeBucket, write: (record) => print(toLine(record)) });
