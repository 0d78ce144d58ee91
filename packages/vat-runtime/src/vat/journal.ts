/**
 * A vat's journal, and the sum by which its rows are checked.
 *
 *   j/<number>   one crank: { prev, label, cause, changes, … }; `prev` is the hash of the entry before
 *   head         { first, last, hash, sum, number, usage }: the oldest and the newest entry, the hash
 *                of the newest, the sum of the checksums of all other rows, the last number given to
 *                a send or a timer, and how much there is of what the vat's quotas count
 *
 * The chain shows that no entry was altered or taken out. The sum shows that no row is missing,
 * stale or altered: it changes by what each crank writes, and is compared when the vat first wakes in the life of a node.
 *
 * A crank in which an `unlinked` facet was called (SPEC 7.2) has an entry that says nothing but that: which
 * rows it changed would say, with the entries around it, when each of them was written.
 *
 * An entry is private to the vat's node (SPEC, label P3). What an actor publishes of its own acts
 * stands in a journal of its own (SPEC V11).
 */
import harden from '@endo/harden';
import { isCount, isDigits, isRecord, isText, parseRow, recordOf } from '../store/stored-json.ts';
import type { Message } from '../switchboard/wire.ts';
import type { Delivery, Effect } from './delivery.ts';
import { hiddenNumbers, hiddenObjects } from './hidden.ts';
import { type Usage, countRow, isSameUsage, noUsage } from './usage.ts';

type Row = readonly [key: string, value: string | undefined];

export type Digests = {
  /** SHA-256 of a text in UTF-8, base64url. */
  readonly hash: (text: string) => string;
  /** A checksum of 32 bits of a row. */
  readonly checksum: (key: string, value: string) => number;
  /** Of a text in UTF-8. */
  readonly byteLength: (text: string) => number;
};

/** A row that a crank wrote, and what it held before. */
export type Changed = { readonly before: string | undefined; readonly now: string | undefined };

type Head = {
  readonly first: number;
  readonly last: number;
  readonly hash: string;
  readonly sum: number;
  readonly number: number;
  /** The same of deliveries that are tied to nobody, where there was one. */
  readonly hidden?: number;
  readonly usage: Readonly<Usage>;
};

export type Journal = {
  /** What the vat had of what its quotas count, as of the last crank. */
  usage(): Readonly<Usage>;
  /** A number that no send and no timer of this vat had before. @param isHidden - in a range that dates nothing */
  nextNumber(isHidden?: boolean): number;
  /** The rows of a crank with those of its entry. */
  record(crank: {
    /** Undefined where something was collected, and no delivery did it. */
    cause: Delivery | undefined;
    rows: ReadonlyMap<string, Changed>;
    /** With those rows. */
    usage: Readonly<Usage>;
    effects: readonly Effect[];
    /** The time, where the crank learned it. */
    time: bigint | undefined;
    /** Whether its entry tells neither its cause nor its time, nor what it did. */
    unlinked: boolean;
  }): Row[];
};

/** How many entries a vat keeps. Enough to see what led to where it is; older ones leave their hash. */
export const maxJournalEntries = 256;
/** Characters of a delivery that an entry repeats. Of a longer one it keeps the hash. */
const maxCauseLength = 4096;
/** Characters of an entry. Of the changes in a longer one it keeps the hash. */
export const maxEntryLength = 32_768;

/**
 * How far past the highest number that is left a slice goes on that was taken as it was: what is missing
 * may have had higher ones, and others may still hold those objects or answer those sends.
 */
const acceptedGap = 1_000_000_000;

/** Sums stay exact integers of a double. */
const MODULUS = 2 ** 48;
const add = (sum: number, by: number): number => (sum + by + MODULUS) % MODULUS;

const HEAD = 'head';
const META = 'meta';
const isJournal = (key: string): boolean => key.startsWith('j/');
const entryKey = (number: number): string => `j/${String(number).padStart(12, '0')}`;

const noHead: Head = Object.freeze({
  first: 1,
  last: 0,
  hash: '',
  sum: 0,
  number: 0,
  usage: noUsage,
});

/** The rows of a vat that has done nothing yet: a slice without any has lost them. */
export const firstRows: readonly Row[] = Object.freeze([[HEAD, JSON.stringify(noHead)]]);

/** A head of an earlier version counts nothing; where the vat has rows, that is noticed. */
const isHead = recordOf(
  { first: isCount, last: isCount, hash: isText, sum: isCount, number: isCount },
  { usage: isRecord, hidden: isCount },
);
const readHead = (row: string | undefined): Head =>
  row === undefined ? noHead : { ...noHead, ...parseRow<Head>(HEAD, row, isHead) };

/**
 * Without the numbers of questions. They mean nothing after the session, and count all calls that the vat
 * had or made: between two entries they would tell how many others there were, at a till too.
 */
const toldCause = (cause: Delivery | undefined): object | undefined => {
  if (cause?.kind !== 'message') return cause;
  const {
    questionID: _question,
    answerID: _answer,
    ...message
  } = cause.message as Message & {
    questionID?: string;
    answerID?: string;
  };
  return { ...cause, message };
};

export const makeJournal = (
  /** A row as of the last crank. */
  read: (key: string) => string | undefined,
  { hash, checksum }: Digests,
): Journal => {
  let head = readHead(read(HEAD));
  let { number, hidden } = head;

  const linkedEntry = (
    cause: Delivery | undefined,
    changes: Record<string, number | null>,
    effects: readonly Effect[],
    time: bigint | undefined,
  ): string => {
    const kept = toldCause(cause);
    const causeText = JSON.stringify(kept ?? null);
    const header = {
      prev: head.hash,
      label: 'P3',
      cause: causeText.length > maxCauseLength ? { hash: hash(causeText) } : kept,
      ...(time === undefined ? {} : { time: String(time) }),
    };
    const did = {
      changes,
      ...(effects.length === 0 ? {} : { effects: effects.map(({ kind }) => kind) }),
    };
    const entry = JSON.stringify({ ...header, ...did });
    return entry.length > maxEntryLength
      ? JSON.stringify({ ...header, hash: hash(JSON.stringify(did)) })
      : entry;
  };

  return Object.freeze({
    usage: () => head.usage,
    nextNumber: (isHidden = false) =>
      isHidden ? (hidden = (hidden ?? hiddenNumbers) + 1) : (number += 1),
    record({ cause, rows, usage, effects, time, unlinked }) {
      let { sum } = head;
      const changes: Record<string, number | null> = {};
      const written: Row[] = [];
      for (const [key, { before, now: value }] of rows) {
        if (before === value) continue;
        const check = value === undefined ? null : checksum(key, value);
        if (before !== undefined) sum = add(sum, -checksum(key, before));
        if (check !== null) sum = add(sum, check);
        changes[key] = check;
        written.push([key, value]);
      }
      if (written.length === 0 && effects.length === 0) return [];
      const last = head.last + 1;
      const entry = unlinked
        ? JSON.stringify({ prev: head.hash, label: 'P3', unlinked })
        : linkedEntry(cause, changes, effects, time);
      written.push([entryKey(last), entry]);
      let { first } = head;
      for (; last - first >= maxJournalEntries; first += 1) {
        written.push([entryKey(first), undefined]);
      }
      const numbers = { number, ...(hidden === undefined ? {} : { hidden }) };
      head = { first, last, hash: hash(entry), sum, ...numbers, usage };
      written.push([HEAD, JSON.stringify(head)]);
      return written;
    },
  }) as Journal;
};

/** Checks all rows of a vat, given in pieces and in the order of their keys. */
export type SliceCheck = {
  take(rows: Iterable<readonly [key: string, value: string]>): void;
  /** What is wrong, in words for the operator; undefined where all is as the vat left it. */
  fault(): string | undefined;
  /** The rows by which the slice is taken as it is: a new head, no journal, and no number that was used. */
  accept(): Row[];
};

type Meta = {
  readonly lastObject?: string;
  readonly lastHidden?: string;
  readonly root?: string;
};
/** What is left of a damaged one is nothing: the vat then has no root. */
const readMeta = (row: string | undefined): Meta => {
  try {
    return row === undefined
      ? {}
      : parseRow(
          META,
          row,
          recordOf({}, { lastObject: isDigits, lastHidden: isDigits, root: isText }),
        );
  } catch {
    return {};
  }
};

export const makeSliceCheck = ({ hash, checksum, byteLength }: Digests): SliceCheck => {
  let sum = 0;
  const usage = { ...noUsage };
  let head: Head | undefined;
  let first: number | undefined;
  let previous: { number: number; hash: string } | undefined;
  let broken: string | undefined;
  const entries: string[] = [];
  /** The highest number of a send or a timer that still waits. */
  let waiting = 0;
  let waitingHidden = 0;
  let meta: string | undefined;
  /** The highest number of an object of which anything is left. */
  let lastObject = 0n;
  let lastHidden = hiddenObjects;

  const takeNumber = (number: number) => {
    if (number > hiddenNumbers) waitingHidden = Math.max(waitingHidden, number);
    else waiting = Math.max(waiting, number);
  };
  const takeObject = (number: bigint) => {
    if (number > hiddenObjects) lastHidden = number > lastHidden ? number : lastHidden;
    else if (number > lastObject) lastObject = number;
  };
  const takeEntry = (key: string, entry: string) => {
    const number = Number(key.slice(2));
    first ??= number;
    let prev;
    try {
      ({ prev } = parseRow<{ prev: string }>(key, entry, recordOf({ prev: isText })));
    } catch {
      broken ??= `its journal cannot be read at entry ${number}`;
    }
    if (previous !== undefined && (previous.number + 1 !== number || previous.hash !== prev)) {
      broken ??= `its journal is broken at entry ${number}`;
    }
    previous = { number, hash: hash(entry) };
  };

  const takeHead = (value: string) => {
    try {
      head = readHead(value);
    } catch {
      broken ??= 'its head cannot be read';
    }
  };

  return harden({
    take(rows) {
      for (const [key, value] of rows) {
        if (key === HEAD) takeHead(value);
        else if (isJournal(key)) {
          entries.push(key);
          takeEntry(key, value);
        } else {
          sum = add(sum, checksum(key, value));
          countRow(usage, key, byteLength(key) + byteLength(value), 1);
          if (/^[at]\/[0-9]{1,15}$/.test(key)) takeNumber(Number(key.slice(2)));
          if (key === 'meta') meta = value;
          const [, object] = /^[oxknm]\/([0-9]{1,80})/.exec(key) ?? [];
          if (object !== undefined) takeObject(BigInt(object));
        }
      }
    },
    fault() {
      if (broken !== undefined) return broken;
      if (head === undefined) return 'its head is missing';
      // None yet, since the vat is new or its slice was taken as it was.
      const isNew = head.last === 0 && previous === undefined && head.sum === sum;
      const isWhole =
        first === head.first && previous?.number === head.last && previous.hash === head.hash;
      if (!isNew && !isWhole) return 'its journal does not begin or end where its head says';
      if (sum !== head.sum) {
        return 'its rows are not those that it wrote: one is missing, stale or altered';
      }
      return isSameUsage(usage, head.usage) ? undefined : 'its head miscounts its rows';
    },
    accept() {
      const number = Math.max(waiting, head?.number ?? 0) + acceptedGap;
      const known = readMeta(meta);
      const given = BigInt(known.lastObject ?? 0);
      const last = (given > lastObject ? given : lastObject) + BigInt(acceptedGap);
      const givenHidden = BigInt(known.lastHidden ?? hiddenObjects);
      const hiddenLast =
        (givenHidden > lastHidden ? givenHidden : lastHidden) + BigInt(acceptedGap);
      const metaNow = JSON.stringify({
        ...known,
        lastObject: String(last),
        lastHidden: String(hiddenLast),
      });
      let sumNow = add(sum, checksum('meta', metaNow));
      const usageNow = { ...usage };
      countRow(usageNow, 'meta', byteLength('meta') + byteLength(metaNow), 1);
      if (meta !== undefined) {
        sumNow = add(sumNow, -checksum('meta', meta));
        countRow(usageNow, 'meta', byteLength('meta') + byteLength(meta), -1);
      }
      const hidden = Math.max(waitingHidden, head?.hidden ?? hiddenNumbers) + acceptedGap;
      const accepted: Head = { ...noHead, sum: sumNow, number, hidden, usage: usageNow };
      return [
        ...entries.map((key): Row => [key, undefined]),
        ['meta', metaNow],
        [HEAD, JSON.stringify(accepted)],
      ];
    },
  }) as SliceCheck;
};
