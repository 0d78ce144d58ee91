/** The object that is called where there is no vat, and how a client calls any. */
import { E, Far } from '@endo/far';
import { M } from '@endo/patterns';
import type { Calls } from './modes.ts';

export type Target = { echo(text: string): string; count(): bigint };

export const TargetI = M.interface('Target', {
  echo: M.call(M.string()).returns(M.string()),
  count: M.call().returns(M.bigint()),
});

export const makeMethods = (): Target => {
  let count = 0n;
  return { echo: (text: string) => text, count: () => (count += 1n) };
};

export const makeTarget = (): Target => Far('Target', makeMethods());

/** @param target - the far target or a promise for it */
export const callsOn = (target: unknown): Calls => {
  const far = target as Target; // whoever measures knows what is there
  return { echo: (text) => E(far).echo(text), count: () => E(far).count() };
};
