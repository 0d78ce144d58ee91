/** The vat of one plural market. Its root is the steward's facet. */
import { M, mustMatch } from '@endo/patterns';
import { type LedgerPowers, ValueShape } from '@pocas/clearing/credit';
import type { Facet, Grantor } from '@pocas/vat-runtime';
import { makeMarket } from './market.ts';
import { NameShape } from '../inside/shapes.ts';
import type { MarketParams, Steward } from './types.ts';

export type MarketPowers = LedgerPowers & {
  /** Lets the steward make invitations that can be sent as a text. */
  readonly grantor?: Facet<Grantor>;
};

const ParamsShape = M.splitRecord(
  { name: NameShape },
  { unit: NameShape, debitLimit: ValueShape, ceiling: ValueShape },
  {},
);

/** @param params - data from whoever founds the market; checked here */
export const make = (powers: MarketPowers, params: MarketParams): Facet<Steward> => {
  mustMatch(params, ParamsShape, 'params of a market');
  const { name, unit = 'créditos', debitLimit = 20n, ceiling = 50n } = params;
  return makeMarket({ name, unit, debitLimit, ceiling }, powers, powers.grantor);
};
