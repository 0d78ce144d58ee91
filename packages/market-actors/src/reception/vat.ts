/** The vat of a poca's reception. Its root is the operator's facet. */
import { M, mustMatch } from '@endo/patterns';
import type { Facet } from '@pocas/vat-runtime';
import { NameShape } from '../inside/shapes.ts';
import { makeReception } from './reception.ts';
import type { ReceptionOperator, ReceptionParams, ReceptionPowers } from './types.ts';

const ParamsShape = M.splitRecord({ name: NameShape }, { steward: M.remotable('steward') }, {});

/** @param params - from whoever opens the poca; checked here */
export const make = (
  powers: ReceptionPowers,
  params: ReceptionParams,
): Facet<ReceptionOperator> => {
  mustMatch(params, ParamsShape, 'params of a reception');
  return makeReception(powers, params);
};
