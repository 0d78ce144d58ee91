import { E, type ERef } from '@endo/far';
import { chainLength } from './modes.ts';

export type Link = { next(): unknown };

/** The promise for the last of `chainLength` calls, none of which waits for an answer. */
export const chainOf = async (first: ERef<Link>): Promise<unknown> => {
  let last = first;
  // What `next` answers is the target again.
  for (let made = 0; made < chainLength; made += 1) last = E(last).next() as Promise<Link>;
  return last;
};
