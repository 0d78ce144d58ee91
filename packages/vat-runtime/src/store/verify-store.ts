/** Whether storage and anchor fit together: what a start looks at, and a check too. */
import type { Anchor, AnchorPoint } from './anchor.ts';
import { type Link, findHole, readLinks } from './chain.ts';
import { RowDamagedError } from './checked-storage.ts';
import type { Storage } from './storage.ts';

/** Which form the rows have. Another one is never read as this one. */
export const formatKey = 'format';
export const storeFormat = '1';

/** What is wrong with a store. */
export type RefusalReason =
  /** Batches are missing, with later ones there. */
  | 'hole'
  /** The newest batches are missing: the store is older than what the node has said. */
  | 'behind-anchor'
  /** Rows, and no anchor. */
  | 'no-anchor'
  /** An anchor, and no row. */
  | 'empty'
  /** The anchor is another store's, or another time's. */
  | 'wrong-anchor'
  /** Rows that this version does not know how to read. */
  | 'unknown-format'
  /** A row of the chain, or the anchor, cannot be read. */
  | 'damaged';

/** What is there, and what it means, for the person who runs the node. */
export type Refusal = { readonly reason: RefusalReason; readonly words: string };

export type Findings = {
  /** undefined where the store may be used. */
  readonly refusal: Refusal | undefined;
  readonly links: readonly Link[];
  /** undefined where there is none that can be read. */
  readonly anchored: AnchorPoint | undefined;
};

const anchorRefusal = (
  links: readonly Link[],
  anchored: ReturnType<Anchor['read']>,
): Refusal | undefined => {
  const first = links[0]!;
  const last = links.at(-1)!;
  if (anchored === undefined) {
    return {
      reason: 'no-anchor',
      words:
        'the file with the anchor is missing, so nobody can tell whether the rows are the newest',
    };
  }
  if (anchored === 'damaged') {
    return { reason: 'damaged', words: 'the file with the anchor is damaged' };
  }
  if (anchored.sequence > last.sequence) {
    return {
      reason: 'behind-anchor',
      words: `its newest batch is ${last.sequence}, and the node has shown others what was in batch ${anchored.sequence}`,
    };
  }
  const link = links[anchored.sequence - first.sequence];
  if (link?.hash !== anchored.hash) {
    return {
      reason: 'wrong-anchor',
      words: `the anchor names a batch ${anchored.sequence} that is not the store's; one of them comes from another time or another node`,
    };
  }
  return undefined;
};

/** Whether there is any row, be it one without a checksum. */
const hasRows = async (storage: Storage): Promise<boolean> => {
  try {
    return (await storage.list('', { limit: 1 })).length > 0;
  } catch (error) {
    if (error instanceof RowDamagedError) return true;
    throw error;
  }
};

/**
 * Reads the chain and the anchor, and compares them.
 *
 * @param storage - with checksums
 * @param anchor - undefined where storage and process end together; nothing is compared then
 */
export const verifyStore = async (
  storage: Storage,
  anchor: Anchor | undefined,
): Promise<Findings> => {
  const read = anchor?.read();
  const anchored = read === 'damaged' ? undefined : read;
  const refuse = (reason: RefusalReason, words: string, links: readonly Link[] = []): Findings => ({
    refusal: { reason, words },
    links,
    anchored,
  });
  let format;
  let links;
  try {
    format = storage.get(formatKey);
    links = await readLinks(storage);
    if (format === undefined && links.length === 0) {
      if (await hasRows(storage)) {
        return refuse('unknown-format', 'its rows were written by an older version');
      }
      if (read === 'damaged') return refuse('empty', 'it has no rows, and its anchor is damaged');
      // The anchor of a new store stands before its first row does.
      if (anchored === undefined || anchored.sequence === 0) {
        return { refusal: undefined, links, anchored };
      }
      return refuse(
        'empty',
        `it has no rows, and the node has shown others what was in batch ${anchored.sequence}`,
      );
    }
  } catch (error) {
    if (!(error instanceof RowDamagedError)) throw error;
    return refuse('damaged', `row ${JSON.stringify(error.key)} is damaged on disk`);
  }
  if (format !== undefined && format !== storeFormat) {
    return refuse('unknown-format', `its rows have form ${JSON.stringify(format)}`, links);
  }
  const hole = format === undefined ? 'its first row is missing' : findHole(links);
  if (hole !== undefined) return refuse('hole', hole, links);
  return {
    refusal: anchor === undefined ? undefined : anchorRefusal(links, read),
    links,
    anchored,
  };
};
