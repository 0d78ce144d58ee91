/**
 * The sturdy refs of this node, in the store.
 *
 *   g/<hash>        a grant, by the keyed hash of its swiss number
 *   gi/<by>/<id>    its hash, by who granted it and its number among those
 *   gn/<by>         the last number given, and how many there are
 *
 * Each look at a grant writes the time by which it was judged, with what became of it, before the
 * answer leaves: what was over once stays over, whatever the machine's clock says after a crash. All
 * looks do the same work, whatever comes of them.
 */
import harden from '@endo/harden';
import {
  type Asker,
  type AskedTerms,
  type Grant,
  hashSwiss,
  isGrant,
  makeTerms,
  maxAbove,
  redeem,
} from '../locator/grants.ts';
import { type SwissNumber, isSwissNumber } from '../locator/sturdy-ref.ts';
import { makeSwiss } from '../locator/write-locator.ts';
import type { Committer } from '../store/committer.ts';
import { isCount, parseRow, tuple } from '../store/stored-json.ts';
import type { NodeClock } from './node-clock.ts';

/** A sturdy ref as whoever granted it may see it. Nothing here helps to use it. */
export type GrantView = {
  readonly by: Asker;
  readonly id: number;
  readonly grant: Grant;
  /** The one that it was derived from, where that is still there. */
  readonly from?: { readonly by: Asker; readonly id: number };
};

/** By pages. `next` is what to say to get the one after. */
export type GrantPage = { readonly grants: readonly GrantView[]; readonly next?: string };

export type GrantRows = {
  /** @throws where the terms are none, or one granted too many */
  grant(by: Asker, target: Grant['target'], terms: AskedTerms): SwissNumber;
  /** @returns undefined where `by` may not use what it derives from. @throws as `grant` does */
  derive(by: Asker, swiss: string, terms: AskedTerms): SwissNumber | undefined;
  /**
   * Uses a sturdy ref once.
   * @param find - finds the object; where it finds nothing, nothing is used
   */
  enliven<T>(
    asker: Asker,
    swiss: string,
    find: (target: Grant['target']) => T | undefined,
  ): T | undefined;
  /** Ends a grant, and all that was derived from it. @returns whether there was one */
  revoke(by: Asker, id: number): boolean;
  /** The same by the swiss number, for who granted it. */
  revokeSwiss(by: Asker, swiss: string): boolean;
  /** Those that still hold. What is over is removed on the way. @param by - without it: of all */
  list(by: Asker | undefined, after?: string): Promise<GrantPage>;
};

export type GrantRowsPowers = {
  readonly store: Committer;
  /** 32 secret bytes. */
  readonly key: Uint8Array;
  readonly clock: NodeClock;
  readonly random: (byteLength: number) => Uint8Array;
  /** A row cannot be read. */
  readonly onDamaged: (error: unknown) => void;
};

/** What one may have granted at a time, 400 bytes each. */
export const maxGrants = 16_384;
const pageSize = 100;

/** In place of what is no swiss number; nothing was ever granted under its hash. */
const noSwiss = 'A'.repeat(43) as SwissNumber;
/** In place of an ancestor where there is none, so that each look reads as many rows. */
const noHash = '-';

const isNumbers = tuple(isCount, isCount);
const rowOf = (hash: string) => `g/${hash}`;
const indexOf = (by: Asker, id: number) => `gi/${by}/${String(id).padStart(16, '0')}`;

export const makeGrantRows = (powers: GrantRowsPowers): GrantRows => {
  const { store, key, clock, random, onDamaged } = powers;
  const read = (hash: string): Grant | undefined => {
    const name = rowOf(hash);
    try {
      const row = store.get(name);
      return row === undefined ? undefined : parseRow<Grant>(name, row, isGrant);
    } catch (error) {
      // Whoever asks is told what everybody is told of what is not there.
      onDamaged(error);
      return undefined;
    }
  };
  const hashOf = (swiss: string) => hashSwiss(key, isSwissNumber(swiss) ? swiss : noSwiss);

  const readNumbers = (by: Asker): readonly [last: number, live: number] => {
    const name = `gn/${by}`;
    const row = store.get(name);
    return row === undefined ? [0, 0] : parseRow<[number, number]>(name, row, isNumbers);
  };

  /** Stages the rows without a grant. */
  const remove = (hash: string, { by, id }: Grant): void => {
    const [last, live] = readNumbers(by);
    store.stage([
      [rowOf(hash), undefined],
      [indexOf(by, id), undefined],
      [`gn/${by}`, JSON.stringify([last, live - 1])],
    ]);
  };

  /** A grant and those above it, as many rows in any case; and the time, which is noted. */
  const look = (hash: string) => {
    const grant = read(hash);
    const above = grant?.above ?? [];
    const ancestors = Array.from({ length: maxAbove }, (_, i) => read(above[i] ?? noHash));
    const now = clock.now();
    store.stage([['clock', String(now)]]);
    const hashes = [hash, ...above];
    return { rows: [grant, ...ancestors.slice(0, above.length)], hashes, now };
  };

  const add = (by: Asker, target: Grant['target'], asked: AskedTerms, above: readonly string[]) => {
    const now = clock.now();
    const terms = makeTerms(asked, now);
    const [last, live] = readNumbers(by);
    if (live >= maxGrants) {
      throw RangeError(
        `Cannot grant: there are ${maxGrants} sturdy refs already; revoke some, or list them, which removes those that are over`,
      );
    }
    const swiss = makeSwiss(random);
    const hash = hashSwiss(key, swiss);
    const id = last + 1;
    const grant: Grant = {
      ...{ target, by, id, madeAt: Number(now), ...terms },
      ...(above.length === 0 ? {} : { above }),
    };
    store.stage([
      [rowOf(hash), JSON.stringify(grant)],
      [indexOf(by, id), hash],
      [`gn/${by}`, JSON.stringify([id, live + 1])],
    ]);
    return swiss;
  };

  const revoke = (by: Asker, hash: string): boolean => {
    const grant = read(hash);
    if (grant === undefined || grant.by !== by) return false;
    remove(hash, grant);
    return true;
  };

  /** One row of the index as it may be seen, undefined where it is over; that is removed. */
  const view = (hash: string, now: number): GrantView | undefined => {
    const grant = read(hash);
    if (grant === undefined) return undefined;
    const { by, id, expires, above = [] } = grant;
    const ancestors = above.map(read);
    const isOver = (one: Grant | undefined) =>
      one === undefined || (one.expires !== undefined && one.expires <= now);
    if ((expires !== undefined && expires <= now) || ancestors.some(isOver)) {
      remove(hash, grant);
      return undefined;
    }
    const [parent] = ancestors;
    const from = parent === undefined ? {} : { from: { by: parent.by, id: parent.id } };
    return { by, id, grant, ...from };
  };

  return harden({
    grant: (by: Asker, target: Grant['target'], terms: AskedTerms) => add(by, target, terms, []),
    derive(by: Asker, swiss: string, terms: AskedTerms) {
      const { rows, hashes, now } = look(hashOf(swiss));
      const redemption = redeem(rows, by, Number(now));
      if (redemption === undefined) return undefined;
      if (hashes.length > maxAbove) {
        throw RangeError(
          `Cannot derive: the sturdy ref is the ${maxAbove}th of a row of derived ones, and the last`,
        );
      }
      return add(by, redemption.target, terms, hashes);
    },
    enliven<T>(asker: Asker, swiss: string, find: (target: Grant['target']) => T | undefined) {
      const { rows, hashes, now } = look(hashOf(swiss));
      const redemption = redeem(rows, asker, Number(now));
      const found = redemption && find(redemption.target);
      if (found === undefined) return undefined;
      for (const [i, rest] of redemption!.rest.entries()) {
        if (rest === undefined) remove(hashes[i]!, rows[i]!);
        else if (rest !== rows[i]) store.stage([[rowOf(hashes[i]!), JSON.stringify(rest)]]);
      }
      return found;
    },
    revoke(by: Asker, id: number) {
      const hash = store.get(indexOf(by, id));
      return hash !== undefined && revoke(by, hash);
    },
    revokeSwiss: (by: Asker, swiss: string) => revoke(by, hashOf(swiss)),
    async list(by: Asker | undefined, after?: string) {
      const prefix = by === undefined ? 'gi/' : `gi/${by}/`;
      const listed = await store.list(prefix, {
        limit: pageSize,
        ...(after === undefined ? {} : { after: `${prefix}${after}` }),
      });
      const now = Number(clock.now());
      const grants = listed
        // As of now: the list was read a while ago.
        .map(([name]) => store.get(name))
        .map((hash) => (hash === undefined ? undefined : view(hash, now)))
        .filter((one) => one !== undefined);
      const next = listed.length < pageSize ? {} : { next: listed.at(-1)![0].slice(prefix.length) };
      return harden({ grants, ...next });
    },
  });
};
harden(makeGrantRows);
