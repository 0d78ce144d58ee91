/** The vat of a clearing round's coordinator: a new one for each round. */
import type { Facet } from '@pocas/vat-runtime';
import type { Convenor, RoundParams, RoundPowers } from './facets.ts';
import { makeRound } from './round.ts';

export const make = (powers: RoundPowers, params: RoundParams): Facet<Convenor> =>
  makeRound(powers, params);
