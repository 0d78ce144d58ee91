/** Rows that vats have written and that are not on disk yet, each with the number of its crank. */
import harden from '@endo/harden';

type Recent = { readonly value: string | undefined; readonly crank: number };

export type Overlay = {
  /** The newest of a row; undefined where it has to be read from the store. */
  get(vat: string, key: string): { readonly value: string | undefined } | undefined;
  /** Cranks come in the order of their numbers. */
  put(vat: string, key: string, value: string | undefined, crank: number): void;
  /** All cranks up to this one are on disk. */
  settle(crank: number): void;
};

/** How many settled entries of the queue are kept before it is cut: cutting costs what remains. */
const cutAfter = 1024;

export const makeOverlay = (): Overlay => {
  const rows = new Map<string, Map<string, Recent>>();
  let queue: { readonly vat: string; readonly key: string; readonly crank: number }[] = [];
  let first = 0;
  return harden({
    get: (vat: string, key: string) => rows.get(vat)?.get(key),
    put(vat: string, key: string, value: string | undefined, crank: number) {
      let slice = rows.get(vat);
      if (slice === undefined) {
        slice = new Map();
        rows.set(vat, slice);
      }
      slice.set(key, { value, crank });
      queue.push({ vat, key, crank });
    },
    settle(crank: number) {
      for (; first < queue.length && queue[first]!.crank <= crank; first += 1) {
        const { vat, key, crank: own } = queue[first]!;
        const slice = rows.get(vat);
        // A later crank may have written it again.
        if (slice?.get(key)?.crank === own) slice.delete(key);
        if (slice?.size === 0) rows.delete(vat);
      }
      if (first === queue.length || first >= cutAfter) {
        queue = queue.slice(first);
        first = 0;
      }
    },
  });
};
