import { E } from '@endo/far';
import { chainOf } from './chain.ts';
import type { Calls } from './modes.ts';
import type { Target } from './pocas-vat.ts';

/** @param enlivened - the target, as an enlivener answers it */
export const callsOn = (enlivened: unknown): Calls => {
  const target = enlivened as Target; // the sturdy ref is that of our own vat
  return {
    echo: (text) => E(target).echo(text),
    chain: () => chainOf(target),
    count: () => E(target).count(),
  };
};
