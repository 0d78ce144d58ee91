/** The object that is called where there is no vat, and how a client calls any. */
import { E, Far } from '@endo/far';
import type { Calls } from './modes.ts';

export type Target = { echo(text: string): string; count(): bigint };

export const makeTarget = (): Target => {
  let count = 0n;
  return Far('Target', {
    echo: (text: string) => text,
    count: () => (count += 1n),
  });
};

/** @param target - the far target or a promise for it */
export const callsOn = (target: unknown): Calls => {
  const far = target as Target; // whoever measures knows what is there
  return { echo: (text) => E(far).echo(text), count: () => E(far).count() };
};
