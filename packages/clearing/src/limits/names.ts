/** The parameters of the rule, and SPEC's values for them. */
import type { LimitName, LimitParams, LimitPolicy } from './types.ts';

/** SPEC 7.1, "Defaults"; a founder's base limit is the market's own choice. */
export const defaultLimitParams: LimitParams = {
  baseLimit: 0n,
  kappa: 30n,
  kappaPair: 30n,
  appreciations: 8n,
  perEpochCap: 60n,
  halfActivity: 120n,
  beta: 900n,
  limitCap: 400n,
  chi: 500n,
  gamma: 1_500n,
  minimumCeiling: 50n,
  window: 12n,
};

// The cast holds because the record has exactly these keys, by its type.
export const limitNames: readonly LimitName[] = Object.keys(defaultLimitParams) as LimitName[];

/** The numbers that hold now. */
export const paramsOf = (policy: LimitPolicy): LimitParams =>
  // The cast holds because every name gets its value.
  Object.fromEntries(limitNames.map((name) => [name, policy.charter(name)])) as LimitParams;

/** What is looked at with each sale, of the numbers that hold now. */
export type SaleRule = Pick<LimitParams, 'kappa' | 'kappaPair' | 'perEpochCap'>;
export const saleRuleOf = (policy: LimitPolicy): SaleRule => ({
  kappa: policy.charter('kappa'),
  kappaPair: policy.charter('kappaPair'),
  perEpochCap: policy.charter('perEpochCap'),
});
