/** What checks a public audit: pure, for wallets' vats, programs and pages. */
export { checkAudit, checkOwn, compareAudits, valueOut } from './check.ts';
export { isAudit } from './form.ts';
export { digestOf } from './text.ts';
export type * from './types.ts';
