/**
 * Bundles that a node keeps for others, until a carrier who goes there takes them along, and no longer
 * than they are good for. None of them can be read here.
 *
 *   mail/<recipient>/<n>          what is kept, and who brought it
 *   mailpart/<recipient>/<n>/<k>  a part of it, in base64url
 *
 * The first row is there before the parts, marked as not whole, so that a crash leaves no part of which
 * nobody knows.
 */
import harden from '@endo/harden';
import type { Designator } from '../locator/identity.ts';
import { RowDamagedError } from '../store/checked-storage.ts';
import type { Ciphers } from '../session/ciphers.ts';
import type { Committer } from '../store/committer.ts';
import type { Row } from '../store/storage.ts';
import { isCount, isFlag, isText, parseCount, parseRow, recordOf } from '../store/stored-json.ts';
import { type BundleHeader, dayMilliseconds } from './bundle-form.ts';
import type { Texts } from './texts.ts';

/** A small bundle counts as 1/1,024 of the shelf. */
export type ShelfLimits = {
  /** Bytes of bundles that one carrier brought. */
  readonly maxCarrierBytes: number;
  /** Bytes for one recipient. Past it what is oldest of the carrier with the most makes room. */
  readonly maxRecipientBytes: number;
  /** Bytes in all. The same. */
  readonly maxShelfBytes: number;
};

/** For a node on a small disk. */
export const defaultShelfLimits: ShelfLimits = harden({
  maxCarrierBytes: 64 << 20,
  maxRecipientBytes: 64 << 20,
  maxShelfBytes: 256 << 20,
});

/** A bundle that is kept. */
export type Kept = {
  readonly id: string;
  readonly recipient: Designator;
  readonly size: number;
  readonly expiryDay: number;
  readonly carrier: string;
  /** SHA-256 of all of it, base64url. */
  readonly digest: string;
  /** All its parts are on disk. */
  readonly isWhole: boolean;
};

/**
 * Bundles that are kept, at most: a small one counts as what one of so many may have. A list of all has to
 * fit in an answer (`maxValuesInAnswer`, 5 for each), or whoever brings many small ones would keep
 * every carrier from taking anything along.
 */
export const maxKept = 1024;

/** So much of a bundle stands in one row. */
export const partBytes: number = 48 << 10;
export const partsOf = (size: number): number => Math.ceil(size / partBytes);

/** What a carrier may leave here was left. */
export class ShelfFullError extends Error {
  readonly code = 'POCAS_SHELF_FULL';
  constructor() {
    super(
      'Cannot keep bundle: there is no room for more of yours; bring it to the node that it is for',
    );
    this.name = 'ShelfFullError';
  }
}

export type Shelf = {
  /** @returns false where the same bundle is here already */
  put(bundle: Uint8Array, header: BundleHeader, carrier: string): Promise<boolean>;
  /** Whether there would be room. @throws ShelfFullError */
  assertRoom(size: number, recipient: Designator, carrier: string): void;
  /** All that are whole and good for longer. */
  list(): readonly Kept[];
  /** A part by its number, from 0. Undefined where there is none. */
  part(id: string, number: number): Uint8Array | undefined;
  /** Deletes what is not good any more. */
  expire(): void;
  bytes(): number;
};

export type ShelfPowers = {
  readonly store: Committer;
  readonly texts: Texts;
  readonly ciphers: Ciphers;
  /** Milliseconds since 1970. */
  readonly now: () => bigint;
  readonly limits?: Partial<ShelfLimits>;
};

const isHead = recordOf({
  size: isCount,
  expiryDay: isCount,
  carrier: isText,
  digest: isText,
  isWhole: isFlag,
});
const idForm = /^([a-z2-7]{52})\/(\d{16})$/;
const pad = (number: number): string => String(number).padStart(16, '0');
const headKey = (id: string): string => `mail/${id}`;
const partKey = (id: string, number: number): string =>
  `mailpart/${id}/${String(number).padStart(4, '0')}`;

const headRow = ({ id, recipient: _recipient, ...head }: Kept): Row => [
  headKey(id),
  JSON.stringify(head),
];

const erased = ({ id, size }: Kept): Row[] => [
  [headKey(id), undefined],
  ...Array.from({ length: partsOf(size) }, (_part, k): Row => [partKey(id, k), undefined]),
];

export const openShelf = async (powers: ShelfPowers): Promise<Shelf> => {
  const { store, texts, ciphers, now } = powers;
  const limits = { ...defaultShelfLimits, ...powers.limits };
  /** In the order in which they came. */
  const kept = new Map<string, Kept>();
  let last = 0;

  const leastBytes = Math.ceil(limits.maxShelfBytes / maxKept);
  /** What a bundle of so many bytes takes of a quota. */
  const charge = (size: number) => Math.max(size, leastBytes);
  const sum = (counts: (bundle: Kept) => boolean): number => {
    let bytes = 0;
    for (const bundle of kept.values()) if (counts(bundle)) bytes += charge(bundle.size);
    return bytes;
  };
  const remove = (bundle: Kept) => {
    kept.delete(bundle.id);
    store.stage(erased(bundle));
  };
  const isOver = ({ expiryDay }: Kept) => BigInt(expiryDay) * BigInt(dayMilliseconds) <= now();
  const expire = () => {
    for (const bundle of kept.values()) if (bundle.isWhole && isOver(bundle)) remove(bundle);
  };

  for (const [key, row] of await store.list('mail/')) {
    const id = key.slice('mail/'.length);
    const [, recipient, number] = idForm.exec(id) ?? [];
    if (recipient === undefined || number === undefined) throw new RowDamagedError(key);
    const head = parseRow<Omit<Kept, 'id' | 'recipient'>>(key, row, isHead);
    last = Math.max(last, parseCount(key, number));
    const bundle: Kept = harden({ id, recipient, ...head });
    if (bundle.isWhole) kept.set(id, bundle);
    else store.stage(erased(bundle));
  }
  const inOrder = [...kept].sort(([a], [b]) => (a.slice(-16) < b.slice(-16) ? -1 : 1));
  kept.clear();
  for (const [id, bundle] of inOrder) kept.set(id, bundle);
  expire();

  /**
   * Which bundles have to go so that another fits where no more than `limit` may be: the oldest of the
   * carrier with the most, as long as that one has more than the other would. So a carrier who
   * floods pushes out what he brought himself.
   */
  const victims = (
    size: number,
    limit: number,
    counts: (bundle: Kept) => boolean,
    carrier: string,
  ): Kept[] => {
    const gone = new Set<Kept>();
    const isLeft = (bundle: Kept) => counts(bundle) && !gone.has(bundle);
    const bytesOf = (other: string) => sum((bundle) => isLeft(bundle) && bundle.carrier === other);
    while (sum(isLeft) + size > limit) {
      const left = [...kept.values()].filter(isLeft);
      const [most] = [...new Set(left.map((bundle) => bundle.carrier))].sort(
        (a, b) => bytesOf(b) - bytesOf(a),
      );
      const oldest = left.find((bundle) => bundle.carrier === most && bundle.isWhole);
      if (most === undefined || oldest === undefined || bytesOf(most) <= bytesOf(carrier) + size) {
        throw new ShelfFullError();
      }
      gone.add(oldest);
    }
    return [...gone];
  };

  const roomFor = (length: number, recipient: Designator, carrier: string): Kept[] => {
    expire();
    const size = charge(length);
    if (sum((bundle) => bundle.carrier === carrier) + size > limits.maxCarrierBytes) {
      throw new ShelfFullError();
    }
    const isTheirs = (bundle: Kept) => bundle.recipient === recipient;
    return [
      ...new Set([
        ...victims(size, limits.maxRecipientBytes, isTheirs, carrier),
        ...victims(size, limits.maxShelfBytes, () => true, carrier),
      ]),
    ];
  };

  return harden({
    assertRoom: (size, recipient, carrier) => void roomFor(size, recipient, carrier),
    async put(bundle, { recipient, expiryDay }, carrier) {
      const digest = texts.toText(ciphers.hash(bundle));
      for (const other of kept.values()) if (other.digest === digest) return false;
      for (const victim of roomFor(bundle.length, recipient, carrier)) remove(victim);
      last += 1;
      const id = `${recipient}/${pad(last)}`;
      const head = { id, recipient, size: bundle.length, expiryDay, carrier, digest };
      const draft: Kept = harden({ ...head, isWhole: false });
      kept.set(id, draft);
      store.stage([headRow(draft)]);
      for (let k = 0; k < partsOf(bundle.length); k += 1) {
        // A few at a time: so a large one is not all in memory a second time.
        if (k % 16 === 0) await new Promise<void>((go) => store.whenRoom(go));
        const part = bundle.subarray(k * partBytes, (k + 1) * partBytes);
        store.stage([[partKey(id, k), texts.toText(part)]]);
      }
      const whole: Kept = harden({ ...head, isWhole: true });
      kept.set(id, whole);
      store.stage([headRow(whole)]);
      return true;
    },
    list() {
      expire();
      return [...kept.values()].filter(({ isWhole }) => isWhole);
    },
    part(id, number) {
      const bundle = kept.get(id);
      if (bundle?.isWhole !== true || !(number >= 0 && number < partsOf(bundle.size))) {
        return undefined;
      }
      const key = partKey(id, number);
      const text = store.get(key);
      const part = text === undefined ? undefined : texts.fromText(text);
      if (part === undefined) throw new RowDamagedError(key);
      return part;
    },
    expire,
    bytes: () => [...kept.values()].reduce((bytes, { size }) => bytes + size, 0),
  }) as Shelf;
};
