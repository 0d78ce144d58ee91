/** For vat modules: the audits of a ledger. What checks them, in a vat or outside: `@pocas/clearing/audit-check`. */
export { type AuditsParts, makeAudits } from './audits.ts';
export { auditBooksOf, floatLabel } from './books.ts';
export { makeAudit, openingOf } from './make.ts';
export type * from './types.ts';
