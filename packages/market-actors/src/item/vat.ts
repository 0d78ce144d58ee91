/** The vat of somebody's things at a place. Its root is the owner's page. */
import { M, mustMatch } from '@endo/patterns';
import type { Facet } from '@pocas/vat-runtime';
import { NameShape } from '../inside/shapes.ts';
import type { ThingsKeeper, ThingsParams, ThingsPowers } from './things.ts';
import { makeThings } from './things.ts';

const ParamsShape = M.splitRecord(
  { name: NameShape },
  { secret: M.string({ stringLengthLimit: 200 }) },
  {},
);

/** @param params - from whoever keeps the things; checked here */
export const make = (powers: ThingsPowers, params: ThingsParams): Facet<ThingsKeeper> => {
  mustMatch(params, ParamsShape, 'params of a place for things');
  return makeThings(powers, params);
};
