/** For vat modules: the count of a market, and the rule of its limits. */
export { makeActivity } from './activity.ts';
export { bestReliability, firstReliability, worstReliability } from './bounds.ts';
export { movedTowardsZero } from './counting.ts';
export { defaultLimitParams, limitNames, paramsOf } from './names.ts';
export { maxVouches } from './row.ts';
export { ceilingOf, limitsOf, ruleVersion, smoothed, weightOf } from './rule.ts';
export type * from './types.ts';
