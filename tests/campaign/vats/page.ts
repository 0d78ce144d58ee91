import type { DurableMap } from '@pocas/vat-runtime';

const rowsAtOnce = 2_000;

/** The rows after a key, as many as one message should carry. */
export const page = <V>(
  map: DurableMap<string, V>,
  after: string,
  most: number = rowsAtOnce,
): [string, V][] =>
  // One more, since the walk begins at the key itself where it is there.
  [...map.entries({ from: after, limit: most + 1 })]
    .filter(([key]) => key !== after)
    .slice(0, most);
