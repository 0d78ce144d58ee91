/**
 * The commit chain: one row for each batch, `commit/<sequence>`, in the batch itself.
 *
 * LevelDB drops what is damaged in its log without an error, some batches from the middle or all
 * from somewhere to the end. A batch that was dropped took its link along: a hole in the chain.
 */
import { RowDamagedError } from './checked-storage.ts';
import type { Row, Storage, StoredRow } from './storage.ts';
import { isCount, isText, parseRow, tuple } from './stored-json.ts';

/** One batch. */
export type Link = {
  readonly sequence: number;
  /** The hash of the link before. */
  readonly previous: string;
  /** Over sequence, previous hash, oldest, and all rows of the batch. */
  readonly hash: string;
  /** The first link that is kept after this batch. All from it to this one have to be there. */
  readonly oldest: number;
  /** How much of LevelDB's log the batch took, at least: characters, and at most `maxBatchSize`. */
  readonly size: number;
};

/** A collision-free digest of a text (SHA-256), as a short text. */
export type Hash = (text: string) => string;

export const linkPrefix = 'commit/';
const sequenceDigits = 16;
export const linkKey = (sequence: number): string =>
  `${linkPrefix}${String(sequence).padStart(sequenceDigits, '0')}`;
export const sequenceIn = (key: string): number => Number(key.slice(linkPrefix.length));

/**
 * Links are deleted when batches of this size have followed. LevelDB goes on to a new log at 4 MiB
 * and deletes an old one when its rows are in a table; so two logs, 8 MiB and the batches that
 * went over, are all that a damaged log can take away. A link older than that is needed to
 * notice that the beginning of a log is gone.
 */
export const keptSize: number = 16 << 20;
/** One batch counts for no more, so that a few big ones do not push out all others. */
const maxBatchSize = 1 << 20;

/** Lengths stand before the texts, so that two different batches never make one text. */
const textOf = (rows: readonly Row[]): string =>
  rows
    .map(([key, value]) =>
      value === undefined
        ? `${key.length} - ${key}`
        : `${key.length} ${value.length} ${key}${value}`,
    )
    .join('\n');

const linkRow = ({ sequence, previous, hash, oldest, size }: Link): Row => [
  linkKey(sequence),
  JSON.stringify([previous, hash, oldest, size]),
];

const isLink = tuple(isText, isText, isCount, isCount);

const parseLink = ([key, value]: StoredRow): Link => {
  const sequence = sequenceIn(key);
  if (!isCount(sequence) || linkKey(sequence) !== key) throw new RowDamagedError(key);
  const [previous, hash, oldest, size] = parseRow<[string, string, number, number]>(
    key,
    value,
    isLink,
  );
  return { sequence, previous, hash, oldest, size };
};

/** The links that are there, in order. */
export const readLinks = async (storage: Storage): Promise<readonly Link[]> =>
  (await storage.list(linkPrefix)).map(parseLink);

/** What is wrong with the chain, in words, or undefined. */
export const findHole = (links: readonly Link[]): string | undefined => {
  const last = links.at(-1);
  if (last === undefined) return 'no batch is there';
  let expected = last.oldest;
  let before: Link | undefined;
  for (const link of links) {
    if (link.sequence !== expected) {
      return link.sequence < expected
        ? `batch ${link.sequence} should be gone`
        : link.sequence - 1 === expected
          ? `batch ${expected} is missing`
          : `batches ${expected} to ${link.sequence - 1} are missing`;
    }
    if (before !== undefined && link.previous !== before.hash) {
      return `batch ${link.sequence} does not follow on batch ${before.sequence}`;
    }
    before = link;
    expected += 1;
  }
  return undefined;
};

export type Chain = {
  /** The newest link. */
  last(): Link;
  /** The link of the next batch, and the rows which that batch has beside its own. */
  next(rows: readonly Row[]): { readonly link: Link; readonly rows: readonly Row[] };
};

const makeLink = (hash: Hash, link: Omit<Link, 'hash'>, rows: readonly Row[]): Link =>
  Object.freeze({
    ...link,
    hash: hash(
      `pocas commit 1\n${link.sequence} ${link.previous} ${link.oldest} ${link.size}\n${textOf(rows)}`,
    ),
  });

/** A first link, on which nothing before it is needed. It is the same for the same arguments. */
export const startChain = (
  hash: Hash,
  sequence: number,
  previous: string,
  rows: readonly Row[],
): { readonly link: Link; readonly rows: readonly Row[] } => {
  const link = makeLink(hash, { sequence, previous, oldest: sequence, size: 0 }, rows);
  return { link, rows: [linkRow(link)] };
};

/** @param links - all that are there, without a hole; at least one */
export const makeChain = (hash: Hash, links: readonly Link[]): Chain => {
  let last = links.at(-1)!;
  // Of the links that are kept: the first one's number, and their sizes.
  let { oldest } = last;
  let sizes = links.map(({ size }) => size);
  let skipped = 0;
  let total = sizes.reduce((sum, size) => sum + size, 0);

  return Object.freeze({
    last: () => last,
    next(rows: readonly Row[]) {
      const sequence = last.sequence + 1;
      let size = 0;
      for (const [key, value] of rows) size += key.length + (value?.length ?? 0);
      size = Math.min(size, maxBatchSize);
      sizes.push(size);
      total += size;
      const deleted: Row[] = [];
      while (total - sizes[skipped]! > keptSize) {
        total -= sizes[skipped]!;
        deleted.push([linkKey(oldest), undefined]);
        skipped += 1;
        oldest += 1;
      }
      if (skipped > 1024) {
        sizes = sizes.slice(skipped);
        skipped = 0;
      }
      last = makeLink(hash, { sequence, previous: last.hash, oldest, size }, rows);
      return { link: last, rows: [linkRow(last), ...deleted] };
    },
  });
};
