/**
 * What makes a journal checkable by whoever reads it (SPEC V11). Pure functions.
 *
 * The hash of an entry is the SHA-256 (UTF-8, base64url without padding) of
 * `"pocas journal\n"` + `textOf([actorTag, number, epoch, label, kind, facts, salt, prevHash])`,
 * so it covers the entry and, by `prevHash`, all before it.
 */
import harden from '@endo/harden';
import { sha256 } from '@pocas/vat-runtime';
import type { Verdict } from './randomness.ts';

/**
 * Who may read a record (SPEC, section 0): `P0` everybody, `P1` participants of the actor,
 * `P2` the parties, `P3` nobody but the vat that hosts it.
 */
export type PrivacyLabel = 'P0' | 'P1' | 'P2' | 'P3';

/** A record in full. */
export type JournalEntry = {
  readonly actorTag: string;
  readonly number: bigint;
  readonly epoch: bigint;
  readonly label: PrivacyLabel;
  readonly kind: string;
  readonly facts: unknown;
  /** Keeps whoever sees only the hash from trying facts until one fits. Empty where the journal has none. */
  readonly salt: string;
  readonly prevHash: string;
  readonly hash: string;
};

/** What a reader sees of a record that is not for them. */
export type HiddenEntry = {
  readonly number: bigint;
  readonly label: PrivacyLabel;
  readonly hash: string;
};

/** Where a journal stood. */
export type JournalHead = {
  readonly actorTag: string;
  readonly epoch: bigint;
  /** Of the newest entry; 0 where there was none. */
  readonly number: bigint;
  /** Of the newest entry; empty where there was none. */
  readonly hash: string;
  /** Whether the epoch was over, so that there is no other head for it. */
  readonly final: boolean;
};

/** What the parties of an act receive (SPEC 0.1, convention 9). */
export type Receipt = Pick<JournalEntry, 'kind' | 'actorTag' | 'epoch' | 'facts' | 'prevHash'>;

/**
 * Data as one text, the same for equal data: JSON with sorted keys, `5n` for a bigint, `u` for undefined.
 *
 * @throws for what is not plain data, such as a reference
 */
export const textOf = (value: unknown): string => {
  switch (typeof value) {
    case 'bigint':
      return `${value}n`;
    case 'undefined':
      return 'u';
    case 'boolean':
    case 'string':
      return JSON.stringify(value);
    case 'number':
      if (Number.isFinite(value)) return JSON.stringify(value);
      throw TypeError(`Cannot record ${value}: it is no finite number`);
    case 'object': {
      if (value === null) return 'null';
      if (Array.isArray(value)) return `[${value.map(textOf).join()}]`;
      if (Object.getPrototypeOf(value) === Object.prototype) {
        const keys = Object.keys(value).sort();
        const record = value as Record<string, unknown>;
        return `{${keys.map((key) => `${JSON.stringify(key)}:${textOf(record[key])}`).join()}}`;
      }
    }
  }
  throw TypeError('Cannot record facts: they hold something else than data');
};

/** The hash that an entry must have. */
export const hashOf = (entry: Omit<JournalEntry, 'hash'>): string => {
  const { actorTag, number, epoch, label, kind, facts, salt, prevHash } = entry;
  return sha256(
    `pocas journal\n${textOf([actorTag, number, epoch, label, kind, facts, salt, prevHash])}`,
  );
};

/** The receipt of a record. */
export const receipt = ({ kind, actorTag, epoch, facts, prevHash }: JournalEntry): Receipt =>
  harden({ kind, actorTag, epoch, facts, prevHash });

const isFull = (entry: JournalEntry | HiddenEntry): entry is JournalEntry =>
  Object.hasOwn(entry, 'prevHash');

/**
 * Whether entries are a part of the journal that ends at `head`, without a gap: each that is shown in
 * full has its hash and follows the one before it.
 * An entry that is hidden is held in its place by the next one that is shown, and the last by the head.
 */
export const verifyEntries = (
  entries: readonly (JournalEntry | HiddenEntry)[],
  head: JournalHead,
): Verdict => {
  const fault = (number: bigint, what: string): Verdict => ({
    ok: false,
    reason: `entry ${number} ${what}`,
  });
  let before: JournalEntry | HiddenEntry | undefined;
  for (const entry of entries) {
    const { number, hash } = entry;
    if (before !== undefined && number !== before.number + 1n) {
      return fault(number, `does not follow entry ${before.number}`);
    }
    if (isFull(entry)) {
      if (entry.actorTag !== head.actorTag) return fault(number, 'is of another journal');
      if (hashOf(entry) !== hash) return fault(number, 'was altered');
      const prevHash = number === 1n ? '' : before?.hash;
      if (prevHash !== undefined && entry.prevHash !== prevHash) {
        return fault(number, 'names another entry before it');
      }
      const shown = before !== undefined && isFull(before) ? before : undefined;
      if (entry.epoch > head.epoch || (shown !== undefined && entry.epoch < shown.epoch)) {
        return fault(number, 'is of another epoch');
      }
    }
    before = entry;
  }
  if ((before?.number ?? 0n) !== head.number || (before?.hash ?? '') !== head.hash) {
    return { ok: false, reason: 'the entries do not end at the head' };
  }
  return { ok: true };
};

/**
 * Whether two heads cannot both be of one honest journal: different hashes for the same entry, or
 * two ends of one epoch. Together they are a proof, for whoever knows that both came from the actor.
 */
export const equivocation = (a: JournalHead, b: JournalHead): boolean => {
  if (a.actorTag !== b.actorTag) return false;
  if (a.number === b.number) return a.hash !== b.hash;
  return a.final && b.final && a.epoch === b.epoch;
};
