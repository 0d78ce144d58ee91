/** The vat of a free store. Its root is for those who look after it; the shelf itself is for everybody. */
import { M, mustMatch } from '@endo/patterns';
import type { Facet } from '@pocas/vat-runtime';
import { NameShape } from '../inside/shapes.ts';
import { makeFreeStore } from './store.ts';
import type { FreeStoreCare, FreeStoreParams, FreeStorePowers } from './types.ts';

const ParamsShape = M.splitRecord({ name: NameShape }, { space: M.nat(), foodDays: M.nat() }, {});

/** @param params - from whoever opens the store; checked here */
export const make = (powers: FreeStorePowers, params: FreeStoreParams): Facet<FreeStoreCare> => {
  mustMatch(params, ParamsShape, 'params of a free store');
  const { name, space = 500n, foodDays = 365n } = params;
  return makeFreeStore(name, space, foodDays, powers);
};
